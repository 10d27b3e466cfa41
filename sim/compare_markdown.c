/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compare_markdown.c - a comparison as a table for a pull request. */
#include "config.h"

#include "sim/compare.h"

/* A bar would end the cell, and a name may contain what has a meaning. */
static void put_name(FILE *to, const char *text)
{
	fputc('`', to);
	for (; *text; text++) {
		if (*text == '|')
			fputs("\\|", to);
		else if (*text == '`' || (unsigned char)*text < ' ')
			fputc('?', to);
		else
			fputc(*text, to);
	}
	fputc('`', to);
}

static void put_code(FILE *to, const char *text)
{
	put_name(to, text);
	fputs(" | ", to);
}

static void put_run(FILE *to, const struct result *run)
{
	fputs("| ", to);
	put_code(to, run->trace);
	put_code(to, run->policy);
	put_name(to, run->machine);
	if (run->parameters[0]) {
		fputs(" with ", to);
		put_name(to, run->parameters);
	}
	fputs(" | ", to);
}

static void put_move(FILE *to, const struct pair *pair, const struct move *move)
{
	const char *mark = move->verdict == VERDICT_WORSE ? "**" : "";

	put_run(to, pair->base);
	put_code(to, counter_info[move->counter].path);
	fprintf(to, "%s | %s | %s | %s%s%s |\n",
		value_text(move->counter, move->from).text,
		move->gone ? "" : value_text(move->counter, move->to).text,
		move_text(move).text, mark, verdict_names[move->verdict], mark);
}

static void put_pair(FILE *to, const struct pair *pair, bool verbose)
{
	for (size_t i = 0; i < pair->moves; i++)
		put_move(to, pair, &pair->move[i]);
	if (pair->base && pair->now && (pair->moves || !verbose))
		return;
	put_run(to, pair->base ? pair->base : pair->now);
	fprintf(to, " | | | | %s |\n",
		!pair->now    ? "**missing**"
		: !pair->base ? "new"
			      : "same");
}

static int write_markdown(const struct comparison *comparison, bool verbose,
			  bool color, FILE *to)
{
	(void)color;
	fprintf(to,
		"**tlbsim compare: %s** (%zu runs compared, %zu missing, %zu "
		"new; counters: %zu worse, %zu tolerated, %zu better)\n\n",
		comparison_failed(comparison) ? "worse" : "not worse",
		comparison->compared, comparison->missing, comparison->added,
		comparison->verdicts[VERDICT_WORSE],
		comparison->verdicts[VERDICT_TOLERATED],
		comparison->verdicts[VERDICT_BETTER]);
	fputs("| trace | policy | machine | counter | base | new | change | "
	      "verdict |\n| --- | --- | --- | --- | ---: | ---: | ---: | --- "
	      "|\n",
	      to);
	for (size_t i = 0; i < comparison->count; i++)
		put_pair(to, &comparison->pair[i], verbose);
	return 0;
}

const struct compare_format compare_markdown = {
	.name = "markdown",
	.suffix = ".md",
	.text = "a table for a pull request",
	.write = write_markdown,
};
