/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compare.h - what moved between two files of results, and whether that is
 * worse.
 */
#ifndef SIM_COMPARE_H
#define SIM_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "sim/results_file.h"

/* Of one counter. */
enum verdict {
	VERDICT_SAME,
	VERDICT_MOVED,			/* a counter that is good either way */
	VERDICT_BETTER,
	VERDICT_TOLERATED,		/* worse, but not by much */
	VERDICT_WORSE,
	VERDICTS
};
extern const char *const verdict_names[VERDICTS];

/* How far a counter may move the wrong way. */
struct tolerance {
	double amount;			/* a count, or a percentage: */
	bool relative;			/* ... of what it was */
};

struct tolerances {
	struct tolerance of[COUNTERS];
};

/*
 * Take "N", "N%", or these after "COUNTER=" or "GROUP=", into @all.  N alone
 * is for every counter but the oracle's, which have to be named.  NULL, or
 * what is wrong with @text.  A percentage of a counter that is a percentage
 * itself is in points.
 */
const char *tolerance_parse(struct tolerances *all, const char *text);

struct move {
	enum counter counter;
	enum verdict verdict;
	uint64_t from, to;		/* as in struct result */
	bool gone;			/* the newer file has no such counter */
};

/* One run in both files; @base or @now is NULL where it is missing. */
struct pair {
	const struct result *base, *now;
	enum verdict verdict;		/* the worst */
	size_t moves;
	struct move move[COUNTERS];	/* those not VERDICT_SAME */
};

struct comparison {
	const char *base, *now;		/* paths */
	size_t count;
	struct pair *pair;		/* in the order of the base, then new */
	size_t verdicts[VERDICTS];	/* counters */
	size_t compared, missing, added;	/* runs */
};

/* 0 or -ENOMEM. */
int compare(struct comparison *comparison, const struct result_file *base,
	    const struct result_file *now, const struct tolerances *tolerances);
void comparison_free(struct comparison *comparison);
/* Something is worse, or a run of the base is missing. */
bool comparison_failed(const struct comparison *comparison);

/* A value as text: "1234", "65.1%". */
struct value_text {
	char text[32];
};
struct value_text value_text(enum counter counter, uint64_t value);
/* "+49", "-1.5%", "gone"; and by how much of what it was: "+1.8%", or empty. */
struct value_text move_text(const struct move *move);
struct value_text move_share(const struct move *move);

struct compare_format {
	const char *name, *suffix, *text;
	int (*write)(const struct comparison *comparison, bool verbose,
		     bool color, FILE *to);	/* 0, -ENOMEM */
};
extern const struct compare_format compare_text, compare_json, compare_junit,
	compare_markdown;

#endif /* SIM_COMPARE_H */
