/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compare_json.c - a comparison for programs; schema "tlbsim-compare/1". */
#include "config.h"

#include <errno.h>

#include <jansson.h>

#include "sim/compare.h"

static json_t *value(enum counter counter, uint64_t value)
{
	if (counter_info[counter].type == COUNTER_percent)
		return json_real((double)value / RESULT_PERCENT_UNIT);
	return json_integer((json_int_t)value);
}

static json_t *move_object(const struct move *move)
{
	return json_pack("{s:s, s:s, s:o, s:o}", "counter",
			 counter_info[move->counter].path, "verdict",
			 verdict_names[move->verdict], "from",
			 value(move->counter, move->from), "to",
			 move->gone ? json_null()
				    : value(move->counter, move->to));
}

static json_t *moves_array(const struct pair *pair)
{
	json_t *array = json_array();

	for (size_t i = 0; i < pair->moves; i++)
		json_array_append_new(array, move_object(&pair->move[i]));
	return array;
}

static const char *state(const struct pair *pair)
{
	if (!pair->now)
		return "missing";
	return pair->base ? verdict_names[pair->verdict] : "new";
}

static json_t *pair_object(const struct pair *pair)
{
	const struct result *run = pair->base ? pair->base : pair->now;

	/* Results of a sweep alone have parameters: "*" leaves out a NULL. */
	return json_pack("{s:s, s:s, s:s, s:I, s:o*, s:s, s:o}", "trace",
			 run->trace, "policy", run->policy, "machine",
			 run->machine, "seed", (json_int_t)run->seed,
			 "parameters", json_loads(run->parameters, 0, NULL),
			 "verdict", state(pair), "counters", moves_array(pair));
}

static json_t *counts_object(const struct comparison *comparison)
{
	json_t *object = json_pack("{s:I, s:I, s:I}", "compared",
				   (json_int_t)comparison->compared, "missing",
				   (json_int_t)comparison->missing, "new",
				   (json_int_t)comparison->added);

	for (enum verdict i = 0; i < VERDICTS; i++)
		json_object_set_new(
			object, verdict_names[i],
			json_integer((json_int_t)comparison->verdicts[i]));
	return object;
}

static int write_json(const struct comparison *comparison, bool verbose,
		      bool color, FILE *to)
{
	json_t *runs = json_array(), *whole;

	(void)color;
	for (size_t i = 0; i < comparison->count; i++) {
		const struct pair *pair = &comparison->pair[i];

		if (verbose || pair->moves || !pair->base || !pair->now)
			json_array_append_new(runs, pair_object(pair));
	}
	whole = json_pack("{s:s, s:s, s:s, s:b, s:o, s:o}", "schema",
			  "tlbsim-compare/1", "base", comparison->base, "new",
			  comparison->now, "failed",
			  comparison_failed(comparison), "counts",
			  counts_object(comparison), "runs", runs);
	if (!whole)
		return -ENOMEM;
	json_dumpf(whole, to, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
	fputc('\n', to);
	json_decref(whole);
	return 0;
}

const struct compare_format compare_json = {
	.name = "json",
	.suffix = ".json",
	.text = "a tlbsim-compare/1 object, for programs",
	.write = write_json,
};
