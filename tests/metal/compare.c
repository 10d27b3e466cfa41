/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compare.c - compare what one machine sent with what the model does.
 *
 * The model performs every case twice, caching all that it may and caching
 * nothing: where invalidation was as the manuals ask, that must not show.
 */
#include "config.h"

#include "tests/metal/compare.h"

#include <inttypes.h>
#include <stdio.h>

#include "tests/metal/describe.h"
#include "tests/metal/model.h"
#include "tests/metal/sequence.h"

#define SHOWN 5 /* unknown disagreements of each reference */

/* ---- one reference ------------------------------------------------------ */

/* What no row explains; in *@wrong, what only rows do that say the reference
 * is wrong. */
static unsigned explain(const struct reference *r, const struct metal_case *c,
			const struct metal_result *model,
			const struct metal_result *machine,
			struct metal_tally *tally, unsigned *wrong)
{
	unsigned left = metal_differences(model, machine);

	*wrong = 0;
	for (unsigned i = 0; i < metal_nr_known(); i++) {
		const struct metal_known *row = metal_known(i);

		if (!(left & row->explains) ||
		    !metal_known_applies(row, r->name, c, model, machine))
			continue;
		if (row->verdict == METAL_REFERENCE_IS_WRONG)
			*wrong |= left & row->explains;
		left &= ~row->explains;
		tally->by_row[i]++;
	}
	return left;
}

static void show(const struct reference *r, uint64_t number,
		 const struct metal_case *c, const struct metal_result *model,
		 const struct metal_result *machine)
{
	printf("%s disagrees about case %" PRIu64 ": ", r->name, number);
	describe_case(stdout, c);
	printf("    model:   ");
	describe_result(stdout, model);
	printf("    machine: ");
	describe_result(stdout, machine);
}

static void judge(const struct reference *r, unsigned program, uint64_t number,
		  const struct metal_case *c, const struct metal_result *model,
		  struct metal_tally *tally, uint16_t *said)
{
	const struct metal_result *machine = &r->result[number];
	unsigned unknown, wrong;

	if (machine->vector == METAL_SKIPPED) {
		tally->skipped++;
		return;
	}
	unknown = explain(r, c, model, machine, tally, &wrong);
	*said |= metal_performed_by(program);
	if (!unknown && !wrong)
		*said |= METAL_AGREED;
	if (unknown) {
		if (tally->unknown++ < SHOWN)
			show(r, number, c, model, machine);
	} else if (wrong) {
		tally->wrong++;
	} else if (metal_differences(model, machine)) {
		tally->permitted++;
	} else {
		tally->same++;
	}
}

/* Model results must not depend on what is cached. */
static bool perform_both(struct metal_hw *model[], const struct metal_case *c,
			 struct metal_result *result)
{
	struct metal_result other;

	metal_perform_case(model[MODEL_CACHES_EVERYTHING], c, result);
	metal_perform_case(model[MODEL_CACHES_NOTHING], c, &other);
	if (!metal_differences(result, &other))
		return true;
	printf("the model's caches change case: ");
	describe_case(stdout, c);
	printf("    caching nothing:    ");
	describe_result(stdout, &other);
	printf("    caching everything: ");
	describe_result(stdout, result);
	return false;
}

static bool compare_cases(const struct reference *r, unsigned program,
			  struct metal_hw *model[], struct metal_tally *tally,
			  uint16_t *said)
{
	struct metal_cursor at;
	struct metal_case c;
	uint64_t n = 0;
	bool good = true;

	metal_first(&at, &r->header.space, r->header.machine);
	for (; n < r->cases && metal_next(&at, &c); n++) {
		struct metal_result result;

		good = perform_both(model, &c, &result) && good;
		tally->done += result.vector == METAL_DONE;
		judge(r, program, n, &c, &result, tally, &said[n]);
	}
	if (n == r->cases && !metal_next(&at, &c))
		return good;
	printf("%s: sent results of other cases\n", r->name);
	return false;
}

/* ---- sequences ---------------------------------------------------------- */

static bool is_permitted(unsigned sight, unsigned permitted)
{
	static const unsigned group[] = {
		METAL_OLD | METAL_NEW | METAL_FAULT,
		METAL_A_SET | METAL_A_CLEAR,
		METAL_D_SET | METAL_D_CLEAR,
		METAL_PDE_A_SET | METAL_PDE_A_CLEAR,
	};

	for (size_t i = 0; i < sizeof(group) / sizeof(group[0]); i++)
		if ((permitted & group[i]) && !(sight & permitted & group[i]))
			return false;
	return true;
}

static const struct metal_step *
nth_access(const struct metal_sequence *sequence, unsigned n)
{
	const struct metal_step *step = sequence->step;

	for (;; step++)
		if (step->kind == METAL_ACCESS && n-- == 0)
			return step;
}

/* Whether @who may have seen @result at the @n-th access. */
static bool check_sight(const char *who, const struct metal_sequence *sequence,
			unsigned n, const struct metal_result *result,
			struct metal_tally *tally)
{
	unsigned permitted = nth_access(sequence, n)->permitted;
	unsigned sight = metal_sight(result);
	bool is_known = metal_known_sight(who, sequence->name);

	if ((permitted & METAL_OLD) && (permitted & (METAL_NEW | METAL_FAULT)))
		tally->old += (sight & METAL_OLD) != 0;
	if (is_permitted(sight, permitted))
		return true;
	printf("%s, %s: not so: %s (SDM \"%s\"); access %u: ", who,
	       is_known ? "known" : "not known", sequence->name,
	       sequence->source, n + 1);
	describe_result(stdout, result);
	tally->wrong_sights += is_known;
	return is_known;
}

static bool perform_on_models(struct metal_hw *model[],
			      const struct metal_sequence *sequence,
			      unsigned *accesses)
{
	struct metal_result result[METAL_MAX_OBSERVATIONS];
	struct metal_tally ignored = { 0 };
	bool good = true;

	for (unsigned m = 0; m < MODELS; m++) {
		*accesses = metal_perform_sequence(model[m], sequence, result);
		for (unsigned k = 0; k < *accesses; k++)
			good &= check_sight("model", sequence, k, &result[k],
					    &ignored);
	}
	return good;
}

static bool compare_sequences(const struct reference *r,
			      struct metal_hw *model[],
			      struct metal_tally *tally)
{
	const struct metal_result *machine = r->result + r->cases;
	uint64_t done = 0;
	bool good = true;

	for (unsigned i = 0; i < metal_nr_sequences(); i++) {
		const struct metal_sequence *sequence = metal_sequence(i);
		unsigned n;

		good &= perform_on_models(model, sequence, &n);
		for (unsigned k = 0; k < n && done < r->observations; k++)
			good &= check_sight(r->name, sequence, k,
					    &machine[done++], tally);
	}
	return good && done == r->observations;
}

/* ---- both --------------------------------------------------------------- */

bool metal_compare(const struct reference *r, unsigned program,
		   struct metal_tally *tally, uint16_t *said)
{
	struct metal_hw *model[MODELS] = { NULL };
	bool good = true;

	*tally = (struct metal_tally){ 0 };
	for (unsigned m = 0; m < MODELS; m++)
		if (model_create(&model[m], &r->header, m)) {
			printf("%s: no model for this machine\n", r->name);
			good = false;
		}
	if (good) {
		good = compare_cases(r, program, model, tally, said);
		good = compare_sequences(r, model, tally) && good;
	}
	for (unsigned m = 0; m < MODELS; m++)
		model_destroy(model[m]);
	return good && !tally->unknown;
}
