/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_list.c - `tlbsim list`: what there is, and where it comes from.
 */
#include "config.h"

#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "gnttab/policy.h"
#include "sim/driver.h"
#include "sim/event_keys.h"
#include "sim/generator.h"
#include "sim/list_machines.h"
#include "sim/options.h"
#include "sim/profile.h"
#include "sim/report.h"
#include "sim/table.h"

/* What a topic fills in: one row for a thing, and rows about it. */
struct list {
	struct table table;
	bool names_only, verbose;
};

static void item(struct list *list, const char *name, const char *text)
{
	table_add(&list->table, PAINT_NONE, "%s", name);
	table_add(&list->table, PAINT_NONE, "%s", list->names_only ? "" : text);
}

static void detail(struct list *list, const char *what, const char *text)
{
	if (list->names_only)
		return;
	table_add(&list->table, PAINT_NONE, "%s", "");
	table_add(&list->table, PAINT_NONE, "%s: %s", what, text);
}

/* One that is no good is named, and told about on stderr. */
static int list_machine(void *data, const char *name, const char *path)
{
	struct list *list = data;
	struct diags diags = { .count = 0 };
	struct profile profile;
	const struct place nowhere = { NULL, 0, 0 };
	bool good = profile_load(path, &profile, nowhere, &diags) == 0;

	item(list, name, good ? profile.title : "(rejected)");
	diag_print(&diags, stderr);
	return 0;
}

static void list_machines(struct list *list)
{
	profile_each(list_machine, list);
}

static void list_policies(struct list *list)
{
	const struct gnttab_policy *policy;

	for (size_t i = 0; (policy = gnttab_policy_at(i)); i++) {
		item(list, policy->name, policy->summary);
		detail(list, "reasoning", policy->reasoning);
		detail(list, "source", policy->source);
	}
}

static void list_drivers(struct list *list)
{
	const struct driver *driver;
	char versions[200];

	for (size_t i = 0; (driver = sim_drivers[i]); i++) {
		item(list, driver->name, driver->text);
		join_names(versions, sizeof(versions), driver->versions);
		detail(list, "driver", versions);
	}
}

static void list_keys(struct list *list, const char *what, key_set keys)
{
	const char *names[KEYS + 1];
	char text[200];

	event_key_names(keys, names);
	join_names(text, sizeof(text), names);
	if (text[0])
		detail(list, what, text);
}

static void list_events(struct list *list)
{
	for (size_t i = 0; i < EVENT_KINDS; i++) {
		item(list, event_names[i], event_texts[i]);
		if (!list->verbose)
			continue;
		list_keys(list, "keys", event_forms[i].keys);
		list_keys(list, "of each operation", event_forms[i].op_keys);
	}
}

static void list_formats(struct list *list)
{
	for (size_t i = 0; report_formats[i]; i++)
		item(list, report_formats[i]->name, report_formats[i]->text);
}

/* Importers or generators, with their options. */
static void list_all(struct list *list, const struct importer *const *all)
{
	const struct import_option *option;
	char text[200];

	for (; *all; all++) {
		item(list, (*all)->name, (*all)->text);
		option = (*all)->options;
		for (; list->verbose && option && option->field.name;
		     option++) {
			snprintf(text, sizeof(text), "%s%s%s%s", option->text,
				 option->standard ? " (default " : "",
				 option->standard ? option->standard : "",
				 option->standard ? ")" : "");
			detail(list, option->field.name, text);
		}
	}
}

static void list_importers(struct list *list)
{
	list_all(list, sim_importers);
}

static void list_generators(struct list *list)
{
	list_all(list, sim_generators);
}

static void list_quirks(struct list *list)
{
	for (unsigned i = 0; i < MMU_QUIRKS; i++) {
		item(list, mmu_quirk_info[i].name, mmu_quirk_info[i].text);
		detail(list, "source", mmu_quirk_info[i].source);
	}
}

static void list_counters(struct list *list)
{
	for (size_t i = 0; i < COUNTERS; i++)
		item(list, counter_info[i].path, counter_info[i].text);
}

static const struct topic {
	const char *name;
	const char *title;
	void (*fill)(struct list *list);
	/* The same at length, or NULL if fill() does that. */
	enum status (*show)(const char *name);
} topics[] = {
	{ "machines", "Machine profiles, for --machine and 'machine:'",
	  list_machines, machines_show },
	{ "policies",
	  "Flush policies, oldest first, for --policy and "
	  "'policy:'",
	  list_policies },
	{ "drivers", "Driver models, blocks of a trace", list_drivers },
	{ "events", "Events of a trace", list_events },
	{ "formats", "Formats of reports, for --format", list_formats },
	{ "importers", "Formats that 'tlbsim import' reads", list_importers },
	{ "generators", "What 'tlbsim generate' writes", list_generators },
	{ "quirks", "Quirks of machines, for 'quirks:'", list_quirks },
	{ "counters", "Counters of the results, for 'expect:'", list_counters },
};
#define TOPICS (sizeof(topics) / sizeof(*topics))

struct options {
	const struct topic *topic; /* NULL: all */
	const char *name;	   /* of one machine, or NULL */
	bool names_only, verbose, check;
};

#define OPTION_CHECK 256

static const struct argp_option option_table[] = {
	{ "quiet", 'q', NULL, 0, "names only, one a line" },
	{ "verbose", 'v', NULL, 0,
	  "also the numbers of machines, "
	  "each with its confidence and source, and the keys of events" },
	{ "check", OPTION_CHECK, NULL, 0,
	  "simulate what was measured on real machines, and compare; 1 is "
	  "returned if something differs too much" },
	{ 0 },
};

static const char doc[] =
	"Show what there is to choose from, with sources: machines, policies, "
	"drivers, events, formats, importers, generators, quirks or counters; "
	"without a "
	"topic, all of them.  Of machines also one, by NAME or as a file.";

static const struct topic *find(struct argp_state *state, const char *name)
{
	const char *names[TOPICS + 1] = { NULL };

	for (size_t i = 0; i < TOPICS; i++)
		names[i] = topics[i].name;
	return &topics[options_choice(state, "topic", name, names)];
}

static bool is_about_machines(const struct options *o)
{
	return o->topic && o->topic->show;
}

static void take_argument(struct options *o, char *arg,
			  struct argp_state *state)
{
	if (state->arg_num == 0)
		o->topic = find(state, arg);
	else if (state->arg_num == 1 && is_about_machines(o))
		o->name = arg;
	else
		argp_error(state, "one topic at a time");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'q':
		o->names_only = true;
		break;
	case 'v':
		o->verbose = true;
		break;
	case OPTION_CHECK:
		o->check = true;
		break;
	case ARGP_KEY_ARG:
		take_argument(o, arg, state);
		break;
	case ARGP_KEY_END:
		if (o->check && !is_about_machines(o))
			argp_error(state, "'--check' is of machines");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = { option_table, parse, "[TOPIC [NAME]]", doc };

static enum status show(const struct topic *topic,
			const struct options *options)
{
	struct list list = {
		.table = { .columns = 2, .left = 2 },
		.names_only = options->names_only,
		.verbose = options->verbose && !options->names_only,
	};

	if (topic->show && (list.verbose || options->name))
		return topic->show(options->name);
	topic->fill(&list);
	table_print(&list.table, stdout, false);
	table_free(&list.table);
	return STATUS_OK;
}

static enum status list(int argc, char **argv)
{
	struct options o = { .topic = NULL };

	options_parse(&argp, argc, argv, &o);
	if (o.check)
		return machines_check(o.name);
	if (o.topic)
		return show(o.topic, &o);
	for (size_t i = 0; i < TOPICS; i++) {
		printf("%s%s\n\n", i ? "\n" : "", topics[i].title);
		show(&topics[i], &o);
	}
	return STATUS_OK;
}

const struct command cmd_list = {
	.name = "list",
	.summary = "show machines, policies, drivers, events and formats",
	.run = list,
};
