/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * explore_save.c - a schedule as a trace that `replay` and `explain` run.
 *
 *   header            as it was, with the policy that ran
 *   events: setup     as it was
 *           parallel  in the order that was found: hypercalls stop before the
 *                     nth crossing of the seam, others run, `resume`
 *   expect:           what this order breaks
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/explore_part.h"
#include "sim/yaml_in.h"

struct saver {
	const struct explore_plan *plan;
	const struct explore_found *found;
	struct yaml_in *yaml;
	struct node **item; /* of the events after `parallel` */
	size_t items, room;
	FILE *to;
};

/* ---- YAML on one line ------------------------------------------------ */

static void put_node(const struct node *node, FILE *to);

static void put_scalar(const struct node *node, FILE *to)
{
	if (node->plain) {
		fputs(node->text, to);
		return;
	}
	fputc('"', to);
	for (const char *c = node->text; *c; c++)
		if (*c == '\n')
			fputs("\\n", to);
		else if (*c == '"' || *c == '\\')
			fprintf(to, "\\%c", *c);
		else
			fputc(*c, to);
	fputc('"', to);
}

/* "a: b, c: d" */
static void put_pairs(const struct node *mapping, FILE *to)
{
	for (const struct node *key = mapping->first; key;
	     key = key->next->next) {
		put_node(key, to);
		fputs(": ", to);
		put_node(key->next, to);
		if (key->next->next)
			fputs(", ", to);
	}
}

static void put_items(const struct node *sequence, FILE *to)
{
	for (const struct node *item = sequence->first; item;
	     item = item->next) {
		put_node(item, to);
		if (item->next)
			fputs(", ", to);
	}
}

static void put_node(const struct node *node, FILE *to)
{
	switch (node->kind) {
	case NODE_SCALAR:
		put_scalar(node, to);
		break;
	case NODE_SEQUENCE:
		fputc('[', to);
		put_items(node, to);
		fputc(']', to);
		break;
	case NODE_MAPPING:
		fputc('{', to);
		put_pairs(node, to);
		fputc('}', to);
		break;
	}
}

/* ---- the order that was found ---------------------------------------- */

static const struct node *item_of(const struct saver *s,
				  const struct event *event)
{
	for (size_t i = 0; i < s->items; i++) {
		const struct place *place = &s->item[i]->first->place;

		if (place->line == event->place.line &&
		    place->column == event->place.column)
			return s->item[i];
	}
	return NULL;
}

static void put_stop(const struct explore_part *part, FILE *to)
{
	if (!part->ends)
		fprintf(to, ", before: any, nth: %" PRIu32, part->nth);
	fputc('}', to);
	if (!part->ends)
		fprintf(to, "    # before %s", crossing_names[part->at]);
	fputc('\n', to);
}

static int put_part(const struct saver *s, const struct explore_part *part)
{
	const struct node *item = item_of(s, part->event);

	if (part->event->kind == EVENT_drain) {
		fprintf(s->to, "  - drain: {cpu: %d}\n", part->event->cpu);
		return 0;
	}
	if (part->event->kind == EVENT_speculate) {
		fprintf(s->to, "  - speculate: {cpu: %d, at: 0x%" PRIx64 "}\n",
			part->event->cpu, part->event->access.at);
		return 0;
	}
	if (!item)
		return -ENOTSUP;
	if (!part->begins) {
		fprintf(s->to, "  - resume: {call: turn%u", part->thread);
		put_stop(part, s->to);
		return 0;
	}
	fprintf(s->to, "  - %s: {", item->first->text);
	put_pairs(item->first->next, s->to);
	if (!part->ends)
		fprintf(s->to, ", call: turn%u", part->thread);
	put_stop(part, s->to);
	return 0;
}

static int put_parts(const struct saver *s)
{
	struct explore_part part = { .number = 0 };
	int rc = 0;

	while (rc == 0 && explore_part_next(s->found, &part))
		rc = put_part(s, &part);
	fprintf(s->to,
		"\nexpect: {oracle.violations: %" PRIu64
		", oracle.stale_uses: %" PRIu64 "}\n",
		s->found->outcome.violations, s->found->all_stale);
	return rc;
}

/* ---- the rest, as it was --------------------------------------------- */

static bool is_event(const struct node *item, const char *name)
{
	return item->kind == NODE_MAPPING && item->first &&
	       strcmp(item->first->text, name) == 0;
}

static int keep_item(struct saver *s, struct node *item)
{
	size_t more = s->room ? 2 * s->room : 16;
	struct node **bigger;

	if (s->items == s->room) {
		bigger = realloc(s->item, more * sizeof(*bigger));
		if (!bigger)
			return -ENOMEM;
		s->item = bigger;
		s->room = more;
	}
	s->item[s->items++] = item;
	return 0;
}

static int put_events(struct saver *s)
{
	bool parallel = false;
	struct node *item;
	int rc;

	fputs("\nevents:\n", s->to);
	while ((rc = yaml_in_item(s->yaml, &item)) > 0) {
		if (is_event(item, "parallel")) {
			parallel = true;
		} else if (parallel) {
			rc = keep_item(s, item);
		} else if (!is_event(item, "expect")) {
			fputs("  - ", s->to);
			put_pairs(item, s->to);
			fputc('\n', s->to);
		}
		if (rc < 0)
			return rc;
	}
	return rc < 0 ? rc : put_parts(s);
}

/* The value of "events:". */
static int put_list(struct saver *s)
{
	enum yaml_value kind;
	int rc = yaml_in_value(s->yaml, &kind);

	if (rc < 0)
		return rc;
	return kind == YAML_LIST ? put_events(s) : -ENOTSUP;
}

/* Is the value of @key another one in what is saved? */
static bool is_left_out(const struct saver *s, const char *key)
{
	if (strcmp(key, "machine") == 0)
		return s->plan->config->over.machine;
	return strcmp(key, "policy") == 0 || strcmp(key, "expect") == 0 ||
	       strcmp(key, "memory") == 0;
}

static void put_choices(const struct saver *s)
{
	fprintf(s->to, "policy: %s\n", s->plan->policy->name);
	if (s->plan->header->memory != MEMORY_SC)
		fputs("memory: tso\n", s->to);
	if (s->plan->config->over.machine)
		fprintf(s->to, "machine: \"%s\"\n",
			s->plan->config->over.machine);
}

static int put_key(struct saver *s, const struct node *key)
{
	struct node *value;
	int rc;

	if (strcmp(key->text, "events") == 0)
		return put_list(s);
	rc = yaml_in_tree(s->yaml, &value);
	if (rc < 0 || !value || is_left_out(s, key->text))
		return rc < 0 ? rc : 0;
	fprintf(s->to, "%s: ", key->text);
	put_node(value, s->to);
	fputc('\n', s->to);
	if (strcmp(key->text, "tlbsim") == 0)
		put_choices(s);
	return 0;
}

static int put_document(struct saver *s)
{
	struct node *key;
	int rc = yaml_in_document(s->yaml);

	if (rc <= 0)
		return rc < 0 ? rc : -ENOTSUP;
	while ((rc = yaml_in_key(s->yaml, &key)) > 0) {
		rc = put_key(s, key);
		if (rc < 0)
			break;
	}
	return rc;
}

static void put_comment(const struct saver *s)
{
	fprintf(s->to,
		"# An order that breaks something, found by tlbsim explore:\n"
		"# %s\n",
		s->found->first);
}

int explore_save(const struct explore_plan *plan,
		 const struct explore_found *found, FILE *to)
{
	struct saver s = { .plan = plan, .found = found, .to = to };
	struct diags diags = { .count = 0 };
	int rc = yaml_in_open(&s.yaml, plan->config->trace, NULL, &diags);

	if (rc < 0)
		return rc;
	put_comment(&s);
	rc = put_document(&s);
	if (rc == 0 && !s.items)
		rc = -ENOTSUP;
	free(s.item);
	yaml_in_close(s.yaml);
	/* It was read before: as a binary trace, which has no list. */
	return rc == -EBADMSG ? -ENOTSUP : rc;
}
