/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compare_text.c - a comparison for people: what moved, then how it ended.
 *
 *   trace under policy on machine
 *     worse   flush.performed  2651  ->  2700  +49  +1.85%
 */
#include "config.h"

#include "sim/compare.h"
#include "sim/table.h"

static const enum paint paints[VERDICTS] = {
	[VERDICT_SAME] = PAINT_NONE,   [VERDICT_MOVED] = PAINT_NONE,
	[VERDICT_BETTER] = PAINT_GOOD, [VERDICT_TOLERATED] = PAINT_DIM,
	[VERDICT_WORSE] = PAINT_BAD,
};

#define COLUMNS 7

static void add_row(struct table *table, const struct move *move)
{
	enum counter counter = move->counter;
	enum paint paint = paints[move->verdict];

	table_add(table, paint, "  %s", verdict_names[move->verdict]);
	table_add(table, PAINT_NONE, "%s", counter_info[counter].path);
	table_add(table, PAINT_NONE, "%s",
		  value_text(counter, move->from).text);
	table_add(table, PAINT_NONE, "->");
	table_add(table, PAINT_NONE, "%s",
		  move->gone ? "" : value_text(counter, move->to).text);
	table_add(table, paint, "%s", move_text(move).text);
	table_add(table, paint, "%s", move_share(move).text);
}

static void print_moves(const struct pair *pair, bool color, FILE *to)
{
	struct table table = { .columns = COLUMNS, .left = 2 };

	for (size_t i = 0; i < pair->moves; i++)
		add_row(&table, &pair->move[i]);
	table_print(&table, to, color);
	table_free(&table);
}

static void print_run(const struct result *run, bool color, FILE *to)
{
	paint_text(to, color, PAINT_BOLD, 0, run->trace);
	fprintf(to, " under %s on %s", run->policy, run->machine);
	if (run->parameters[0])
		fprintf(to, " with %s", run->parameters);
}

static void print_pair(const struct pair *pair, bool verbose, bool color,
		       FILE *to)
{
	const struct result *run = pair->base ? pair->base : pair->now;

	if (pair->base && pair->now && !pair->moves && !verbose)
		return;
	print_run(run, color, to);
	if (!pair->now)
		paint_text(to, color, PAINT_BAD, 0, ": missing");
	else if (!pair->base)
		fputs(": new", to);
	else if (!pair->moves)
		fputs(": same", to);
	fputc('\n', to);
	print_moves(pair, color, to);
}

static void print_end(const struct comparison *comparison, bool color, FILE *to)
{
	const size_t *counters = comparison->verdicts;
	bool failed = comparison_failed(comparison);

	paint_text(to, color, failed ? PAINT_BAD : PAINT_GOOD, 0,
		   failed ? "worse" : "not worse");
	fprintf(to,
		": %zu runs compared, %zu missing, %zu new; counters: %zu "
		"worse, %zu tolerated, %zu better, %zu moved, %zu same\n",
		comparison->compared, comparison->missing, comparison->added,
		counters[VERDICT_WORSE], counters[VERDICT_TOLERATED],
		counters[VERDICT_BETTER], counters[VERDICT_MOVED],
		counters[VERDICT_SAME]);
}

/* Most likely the wrong file, or another machine. */
static void print_hint(const struct comparison *comparison, FILE *to)
{
	if (!comparison->compared && comparison->missing && comparison->added)
		fputs("hint: no run is in both files: runs are the same if "
		      "trace, policy, machine, quirks and seed are\n",
		      to);
}

static int write_text(const struct comparison *comparison, bool verbose,
		      bool color, FILE *to)
{
	for (size_t i = 0; i < comparison->count; i++)
		print_pair(&comparison->pair[i], verbose, color, to);
	print_end(comparison, color, to);
	print_hint(comparison, to);
	return 0;
}

const struct compare_format compare_text = {
	.name = "text",
	.suffix = ".txt",
	.text = "what moved, for people",
	.write = write_text,
};
