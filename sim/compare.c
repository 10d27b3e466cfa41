/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compare.c - two files of results, run by run and counter by counter.
 *
 *   base:  a b c          pairs:  a-a  b-b  c-.   .-d
 *   now:   b d a                  compared  missing  new
 *
 * A run that is gone is as bad as one that got worse: else a benchmark that
 * no longer runs would pass.  So is a counter that is gone.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/compare.h"

const char *const verdict_names[VERDICTS] = {
	[VERDICT_SAME] = "same",     [VERDICT_MOVED] = "moved",
	[VERDICT_BETTER] = "better", [VERDICT_TOLERATED] = "tolerated",
	[VERDICT_WORSE] = "worse",
};

/* ---- tolerances ----------------------------------------------------- */

static bool is_safety(enum counter counter)
{
	return counter == COUNTER_oracle_violations ||
	       counter == COUNTER_oracle_stale_uses;
}

/* Whether "flush", "flush.ipis" or nothing of @length bytes means it. */
static bool is_meant(enum counter counter, const char *name, size_t length)
{
	const struct counter_info *info = &counter_info[counter];

	if (!length)
		return !is_safety(counter);
	if (strlen(info->path) == length)
		return strncmp(info->path, name, length) == 0;
	return !is_safety(counter) && strlen(info->group) == length &&
	       strncmp(info->group, name, length) == 0;
}

static bool parse_amount(const char *text, struct tolerance *tolerance)
{
	char *end;

	if (!*text || !strchr("0123456789.", *text))
		return false;
	tolerance->amount = strtod(text, &end);
	tolerance->relative = *end == '%';
	end += tolerance->relative;
	return !*end && isfinite(tolerance->amount);
}

const char *tolerance_parse(struct tolerances *all, const char *text)
{
	const char *equals = strchr(text, '=');
	size_t length = equals ? (size_t)(equals - text) : 0;
	struct tolerance tolerance;
	bool found = false;

	if (!parse_amount(equals ? equals + 1 : text, &tolerance))
		return "no count and no percentage";
	for (enum counter i = 0; i < COUNTERS; i++) {
		if ((equals && !length) || !is_meant(i, text, length))
			continue;
		all->of[i] = tolerance;
		found = true;
	}
	return found ? NULL : "no such counter or group";
}

/* ---- one counter ---------------------------------------------------- */

static double unit(enum counter counter)
{
	return counter_info[counter].type == COUNTER_percent
		       ? RESULT_PERCENT_UNIT
		       : 1;
}

/* As integers: a double would not see one cycle in 2^53. */
static uint64_t distance(uint64_t from, uint64_t to)
{
	return to >= from ? to - from : from - to;
}

static bool is_tolerated(const struct move *move,
			 const struct tolerance *tolerance)
{
	uint64_t by = distance(move->from, move->to);
	double limit = tolerance->amount * unit(move->counter);

	if (tolerance->relative &&
	    counter_info[move->counter].type != COUNTER_percent)
		limit = tolerance->amount / 100 * (double)move->from;
	return (double)by <= limit;
}

static bool is_wrong_way(const struct move *move)
{
	switch (counter_info[move->counter].worse) {
	case WORSE_up:
		return move->to > move->from;
	case WORSE_down:
		return move->to < move->from;
	case WORSE_either:
		return true;
	case WORSE_neither:
		return false;
	}
	return true;
}

static enum verdict judge(const struct move *move,
			  const struct tolerance *tolerance)
{
	if (move->to == move->from)
		return VERDICT_SAME;
	if (counter_info[move->counter].worse == WORSE_neither)
		return VERDICT_MOVED;
	if (!is_wrong_way(move))
		return VERDICT_BETTER;
	return is_tolerated(move, tolerance) ? VERDICT_TOLERATED
					     : VERDICT_WORSE;
}

static void add_move(struct pair *pair, const struct move *move)
{
	pair->move[pair->moves++] = *move;
	if (move->verdict > pair->verdict)
		pair->verdict = move->verdict;
}

/* A counter that only one file has: gone is worse, new is nothing. */
static void compare_counter(struct comparison *comparison, struct pair *pair,
			    enum counter counter,
			    const struct tolerances *tolerances)
{
	struct move move = {
		.counter = counter,
		.from = pair->base->value[counter],
		.to = pair->now->value[counter],
	};

	if (!pair->base->has[counter])
		return;
	move.gone = !pair->now->has[counter];
	move.verdict = move.gone ? VERDICT_WORSE
				 : judge(&move, &tolerances->of[counter]);
	comparison->verdicts[move.verdict]++;
	if (move.verdict != VERDICT_SAME)
		add_move(pair, &move);
}

/* ---- runs ----------------------------------------------------------- */

static int order(const void *a, const void *b)
{
	return result_order(*(const struct result *const *)a,
			    *(const struct result *const *)b);
}

static const struct result **sorted(const struct result_file *file)
{
	const struct result **all = calloc(file->count, sizeof(*all));

	for (size_t i = 0; all && i < file->count; i++)
		all[i] = &file->result[i];
	if (all)
		qsort(all, file->count, sizeof(*all), order);
	return all;
}

static const struct result *find(const struct result **all, size_t count,
				 const struct result *run)
{
	const struct result **found = bsearch(&run, all, count, sizeof(*all),
					      order);

	return found ? *found : NULL;
}

static void add_pair(struct comparison *comparison, const struct result *base,
		     const struct result *now,
		     const struct tolerances *tolerances)
{
	struct pair *pair = &comparison->pair[comparison->count++];

	pair->base = base;
	pair->now = now;
	if (!now)
		comparison->missing++;
	else if (!base)
		comparison->added++;
	else
		comparison->compared++;
	for (enum counter i = 0; base && now && i < COUNTERS; i++)
		compare_counter(comparison, pair, i, tolerances);
}

static void
add_pairs(struct comparison *comparison, const struct result_file *base,
	  const struct result **of_base, const struct result_file *now,
	  const struct result **of_now, const struct tolerances *tolerances)
{
	const struct result *r;

	for (size_t i = 0; i < base->count; i++) {
		r = &base->result[i];
		add_pair(comparison, r, find(of_now, now->count, r),
			 tolerances);
	}
	for (size_t i = 0; i < now->count; i++) {
		r = &now->result[i];
		if (!find(of_base, base->count, r))
			add_pair(comparison, NULL, r, tolerances);
	}
}

int compare(struct comparison *comparison, const struct result_file *base,
	    const struct result_file *now, const struct tolerances *tolerances)
{
	const struct result **of_base = sorted(base), **of_now = sorted(now);
	int rc = -ENOMEM;

	*comparison = (struct comparison){ .base = base->path,
					   .now = now->path };
	comparison->pair = calloc(base->count + now->count,
				  sizeof(*comparison->pair));
	if (of_base && of_now && comparison->pair) {
		add_pairs(comparison, base, of_base, now, of_now, tolerances);
		rc = 0;
	} else {
		comparison_free(comparison);
	}
	free(of_base);
	free(of_now);
	return rc;
}

void comparison_free(struct comparison *comparison)
{
	free(comparison->pair);
	*comparison = (struct comparison){ .count = 0 };
}

bool comparison_failed(const struct comparison *comparison)
{
	return comparison->verdicts[VERDICT_WORSE] || comparison->missing;
}

/* ---- as text -------------------------------------------------------- */

struct value_text value_text(enum counter counter, uint64_t value)
{
	struct value_text text;

	if (counter_info[counter].type == COUNTER_percent)
		snprintf(text.text, sizeof(text.text), "%.6g%%",
			 (double)value / RESULT_PERCENT_UNIT);
	else
		snprintf(text.text, sizeof(text.text), "%" PRIu64, value);
	return text;
}

struct value_text move_text(const struct move *move)
{
	bool up = move->to >= move->from;
	uint64_t by = distance(move->from, move->to);
	struct value_text text = { "gone" }, size;

	if (move->gone)
		return text;
	size = value_text(move->counter, by);
	snprintf(text.text, sizeof(text.text), "%c%.30s", up ? '+' : '-',
		 size.text);
	return text;
}

struct value_text move_share(const struct move *move)
{
	double from = (double)move->from;
	struct value_text text = { "" };

	if (move->from && !move->gone &&
	    counter_info[move->counter].type == COUNTER_count)
		snprintf(text.text, sizeof(text.text), "%+.2f%%",
			 100 * ((double)move->to - from) / from);
	return text;
}
