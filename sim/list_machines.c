/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * list_machines.c - `tlbsim list machines`: every number with its source, and
 * the simulated machines beside the published ones.
 */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "sim/list_machines.h"
#include "sim/output.h"
#include "sim/profile.h"
#include "sim/progress.h"
#include "sim/published.h"
#include "sim/table.h"

static const struct place nowhere = { NULL, 0, 0 };

/* ---- numbers and their sources ------------------------------------------- */

#define WIDTH 79
#define INDENT 6
#define WHAT 25 /* columns for names */

/* Facts that follow one another with the same source show it once. */
struct facts {
	char source[1200];
};

/* @text in lines of up to WIDTH columns. */
static void print_wrapped(const char *text)
{
	int column = 0;

	while (*text) {
		int word = (int)strcspn(text, " ");
		bool fits = column && column + 1 + word <= WIDTH;

		if (!fits)
			column = printf("%s%*s", column ? "\n" : "", INDENT,
					"") -
				 (column ? 1 : 0);
		column += printf("%s%.*s", fits ? " " : "", word, text);
		text += word;
		text += strspn(text, " ");
	}
	putchar('\n');
}

static void end_source(struct facts *facts)
{
	if (facts->source[0])
		print_wrapped(facts->source);
	facts->source[0] = '\0';
}

/* What comes after "; " goes below. */
static void print_value(const char *what, const char *value)
{
	const char *more = strstr(value, "; ");
	int length = (int)(more ? more - value : (int)strlen(value));

	printf("  %-*s  %.*s\n", WHAT, what, length, value);
	if (more)
		printf("  %-*s  %s\n", WHAT, "", more + 2);
}

static void show_fact(void *data, const struct profile_fact *fact)
{
	struct facts *facts = data;
	char source[sizeof(facts->source)];

	snprintf(source, sizeof(source), "%s: %s", fact->confidence,
		 fact->source);
	if (strcmp(source, facts->source) != 0)
		end_source(facts);
	print_value(fact->what, fact->value);
	strcpy(facts->source, source);
}

static enum status show_one(const char *name)
{
	struct diags diags = { .count = 0 };
	struct facts facts = { .source = "" };
	struct profile profile;

	if (profile_load(name, &profile, nowhere, &diags) < 0) {
		diag_print(&diags, stderr);
		return STATUS_REJECTED;
	}
	printf("%s: %s\n", profile.mmu.name, profile.title);
	profile_facts(name, &profile, show_fact, &facts, nowhere, &diags);
	end_source(&facts);
	return STATUS_OK;
}

static int show_each(void *data, const char *name, const char *path)
{
	bool *later = data;

	(void)name;
	if (*later)
		putchar('\n');
	*later = true;
	show_one(path);
	return 0;
}

enum status machines_show(const char *name)
{
	bool later = false;

	if (name)
		return show_one(name);
	profile_each(show_each, &later);
	return STATUS_OK;
}

/* ---- beside the published ones ------------------------------------------- */

struct check {
	const char *name; /* as given; NULL: all machines */
	struct profile profile;
	struct progress progress;
	struct table table;
	size_t rows;
	enum status status;
};

static void add_hundredths(struct table *table, enum paint paint,
			   unsigned hundredths)
{
	if (hundredths % 100)
		table_add(table, paint, "%u.%02u", hundredths / 100,
			  hundredths % 100);
	else
		table_add(table, paint, "%u", hundredths / 100);
}

static void add_limits(struct table *table, const struct published *row)
{
	if (row->min == row->max)
		add_hundredths(table, PAINT_NONE, row->min);
	else if (row->min % 100 || row->max % 100)
		table_add(table, PAINT_NONE, "%u.%02u-%u.%02u", row->min / 100,
			  row->min % 100, row->max / 100, row->max % 100);
	else
		table_add(table, PAINT_NONE, "%u-%u", row->min / 100,
			  row->max / 100);
}

static void judge(struct check *check, const struct published *row,
		  unsigned hundredths)
{
	bool ok = hundredths >= row->min && hundredths <= row->max;
	struct table *table = &check->table;

	table_add(table, PAINT_NONE, "%s", row->machine);
	table_add(table, PAINT_NONE, "%s", row->quantity);
	table_add(table, PAINT_NONE, "%s", row->value);
	add_hundredths(table, PAINT_NONE, hundredths);
	add_limits(table, row);
	table_add(table, ok ? PAINT_GOOD : PAINT_BAD, "%s", ok ? "yes" : "no");
	if (!ok && check->status < STATUS_FAILED)
		check->status = STATUS_FAILED;
}

/* The profile of @row in @check; false if there is none. */
static bool load_for(struct check *check, const struct published *row)
{
	struct diags diags = { .count = 0 };

	if (check->name || strcmp(check->profile.mmu.name, row->machine) == 0)
		return strcmp(check->profile.mmu.name, row->machine) == 0;
	if (profile_load(row->machine, &check->profile, nowhere, &diags) == 0)
		return true;
	diag_print(&diags, stderr);
	check->status = STATUS_REJECTED;
	return false;
}

static int check_row(struct check *check, const struct published *row,
		     size_t number, size_t of)
{
	unsigned hundredths = 0;
	int rc;

	progress_update(&check->progress, row->machine, number, of, number);
	if (!load_for(check, row))
		return 0;
	rc = published_measure(row, &check->profile, &hundredths);
	if (rc < 0)
		return rc;
	judge(check, row, hundredths);
	check->rows++;
	return 0;
}

static int check_rows(struct check *check)
{
	size_t of = 0;
	int rc = 0;

	while (published_at(of))
		of++;
	for (size_t i = 0; i < of && rc == 0; i++)
		rc = check_row(check, published_at(i), i, of);
	progress_clear(&check->progress);
	return rc;
}

static void add_titles(struct table *table)
{
	static const char *const titles[] = { "machine",   "quantity",
					      "published", "simulated",
					      "limits",	   "ok" };

	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		table_add(table, PAINT_BOLD, "%s", titles[i]);
}

/* The machine that was named, and whether anything is known of it. */
static enum status load_named(struct check *check)
{
	struct diags diags = { .count = 0 };

	if (!check->name ||
	    profile_load(check->name, &check->profile, nowhere, &diags) == 0)
		return STATUS_OK;
	diag_print(&diags, stderr);
	return STATUS_REJECTED;
}

enum status machines_check(const char *name)
{
	struct check check = {
		.name = name,
		.progress = progress_start(STDERR_FILENO, true),
		.table = { .columns = 6, .left = 3 },
	};
	enum status status = load_named(&check);
	int rc;

	if (status != STATUS_OK)
		return status;
	add_titles(&check.table);
	rc = check_rows(&check);
	if (rc < 0)
		check.status = io_error("simulate", check.profile.mmu.name, rc);
	else if (check.rows)
		table_print(&check.table, stdout, false);
	else if (check.status == STATUS_OK)
		fprintf(stderr, "tlbsim: nothing is published of '%s'\n",
			check.profile.mmu.name);
	table_free(&check.table);
	return check.status;
}
