/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sampler.c - counters as they stand, every so many events.
 *
 *   sum   1 2 3 4 5 6 7 8   width 1, full; one more event, and then
 *           2   4   6   8   width 2, which has one event of its ninth, tenth
 *
 * The grant code is not asked how large its batches are: its counters are
 * looked at when it fetches an operation, when it is over, and before another
 * CPU can run.
 *
 * Invariants, asserted where sums are noted and batches end:
 *  (1) A bucket but the last has ->width events, and the sums never fall.
 *  (2) The last sum is the total, once the run is over.
 *  (3) Batches by size add up to those counted.
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/sampler.h"
#include "sim/state.h"

const enum counter series_counter[SERIES_COUNTERS] = {
#define X(name) [SERIES_##name] = COUNTER_##name,
	SIM_SERIES(X)
#undef X
};

_Static_assert(SERIES_OPS == GNTTAB_UNMAP_BATCH, "batches have these sizes");

int sampler_create(struct sim *sim, size_t max)
{
	assert(max >= 2 && max <= SERIES_MAX && !(max & (max - 1)));
	sim->sampler = calloc(1, sizeof(*sim->sampler));
	if (!sim->sampler)
		return -ENOMEM;
	sim->sampler->max = max;
	sim->sampler->left = 1;
	sim->sampler->series.width = 1;
	sim->results.series = &sim->sampler->series;
	return 0;
}

void sampler_destroy(struct sim *sim)
{
	free(sim->sampler);
}

uint64_t series_value(const struct series *series, size_t bucket,
		      unsigned counter)
{
	assert(bucket < series->count && counter < SERIES_COUNTERS);
	return series->sum[bucket][counter] -
	       (bucket ? series->sum[bucket - 1][counter] : 0);
}

/* ---- buckets --------------------------------------------------------- */

static void merge_pairs(struct series *series)
{
	series->count /= 2;
	series->width *= 2;
	for (size_t i = 0; i < series->count; i++)
		memcpy(series->sum[i], series->sum[2 * i + 1],
		       sizeof(series->sum[i]));
}

/* The sums up to now, as those of bucket @i. */
static void note_sums(struct sim *sim, size_t i)
{
	struct series *series = &sim->sampler->series;

	sim_tally(sim);
	for (unsigned c = 0; c < SERIES_COUNTERS; c++) {
		series->sum[i][c] = sim->results.count[series_counter[c]];
		assert(!i || series->sum[i][c] >= series->sum[i - 1][c]);
	}
}

void sampler_event(struct sim *sim)
{
	struct sampler *s = sim->sampler;

	if (!s)
		return;
	s->series.events++;
	if (--s->left)
		return;
	s->left = s->series.width; /* (1) */
	if (s->series.count == s->max)
		merge_pairs(&s->series);
	else
		note_sums(sim, s->series.count++);
}

void sampler_finish(struct sim *sim)
{
	struct sampler *s = sim->sampler;

	if (!s || !s->series.events)
		return;
	if (s->left < s->series.width) {
		if (s->series.count == s->max)
			merge_pairs(&s->series);
		s->series.count++;
	}
	s->left = s->series.width;
	note_sums(sim, s->series.count - 1); /* (2) */
	assert((s->series.count - 1) * s->series.width < s->series.events &&
	       s->series.events <= s->series.count * s->series.width); /* (1) */
}

/* ---- batches --------------------------------------------------------- */

static unsigned next_op(const struct call *call)
{
	return (unsigned)call->nr_ops - call->left.count;
}

void sampler_enter(const struct call *call)
{
	if (call->sim->sampler)
		call->sim->sampler->first_op[call->cpu->number] = next_op(call);
}

void sampler_batch(const struct call *call)
{
	struct sampler *s = call->sim->sampler;
	const struct gnttab_counters *now;
	struct series_size *seen, *size;
	unsigned *first;
	bool flushed;

	if (!s)
		return;
	now = gnttab_counters(call->domain->grants);
	seen = &s->seen[call->domain - call->sim->domain];
	if (now->batches == seen->performed + seen->avoided)
		return;
	flushed = now->batches_flushed != seen->performed;
	seen->performed += flushed;
	seen->avoided += !flushed;
	first = &s->first_op[call->cpu->number];
	assert(next_op(call) - *first - 1 < SERIES_OPS);
	assert(now->batches == seen->performed + seen->avoided); /* (3) */
	size = &s->series.size[next_op(call) - *first];
	size->performed += flushed;
	size->avoided += !flushed;
	*first = next_op(call);
}
