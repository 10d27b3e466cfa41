/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * published.c - what was measured on real machines, and what the simulated
 * ones do.
 *
 *   cycles of a load
 *      |                         ______  walk
 *      |             ___________/
 *      |            /                    hit in the second level
 *      |___________/                     hit in the first
 *      +-----------|-----------|------ pages
 *               first       second knee
 *
 * Sources: the latency tables of InstLatx64, read as the last size that is
 * still flat; of Zen 5 a pointer chase in a guest on an EPYC 9005, median of
 * ten runs, which is workloads/zen5-curve.csv.  Limits are what these runs
 * differed by.
 *
 * Zen 5's second knee is an approximation: nobody published how its second
 * level replaces.  Random replacement is nearest to what was seen there, but
 * puts the half-way point at about 5630 pages, above each of the ten runs
 * (4084 to 5412) and just inside the limit that was set for this quantity.
 */
#include "config.h"

#include "sim/published.h"

#include <string.h>

#include "sim/curve.h"

#define LOAD 4 /* cycles of a dependent load that hits everywhere */

/* ---- what the curve says ------------------------------------------------- */

/* Entries for loads of 4K pages. */
static unsigned entries(const struct profile *machine, unsigned level)
{
	const struct mmu_profile *mmu = &machine->mmu;
	unsigned sum = 0;

	for (unsigned i = 0; i < mmu->nr_tlbs; i++) {
		const struct mmu_tlb_geometry *tlb = &mmu->tlb[i];

		if (tlb->level == level && (tlb->sizes & 1u << MMU_4K) &&
		    (tlb->accesses & 1u << MMU_READ))
			sum += tlb->sets * tlb->ways;
	}
	return sum;
}

static uint64_t misses(const struct curve_point *point, unsigned level)
{
	return level == 1 ? point->l1_misses : point->walks;
}

/* Which accesses count, of how many: a size is beyond if any, or that share
 * of them, misses. */
struct question {
	struct curve_request how;
	uint64_t share; /* in hundredths; 0: any */
};

static const struct question reach = { { .warm = 2, .rounds = 1 }, 0 };
static const struct question half_way = { { .warm = 6, .rounds = 6 }, 50 };

static int is_beyond(const struct profile *machine, unsigned level,
		     const struct question *question,
		     const struct curve_request *request, bool *beyond)
{
	struct curve_point point;
	uint64_t missed;
	int rc = curve_measure(machine, request, &point);

	if (rc < 0)
		return rc;
	missed = misses(&point, level);
	*beyond = question->share
			  ? missed * 100 >= question->share * point.accesses
			  : missed > 0;
	return 0;
}

/* The last size that is not beyond, from 1 to twice the entries. */
static int find_last(const struct profile *machine, unsigned level,
		     unsigned stride, const struct question *question,
		     unsigned *hundredths)
{
	unsigned few = 1, many = 2 * entries(machine, level);
	struct curve_request request = question->how;
	bool beyond;
	int rc = 0;

	request.stride = stride;
	while (rc == 0 && many > few + 1) {
		request.pages = few + (many - few) / 2;
		rc = is_beyond(machine, level, question, &request, &beyond);
		if (rc == 0 && beyond)
			many = request.pages;
		else
			few = request.pages;
	}
	*hundredths = few * 100;
	return rc;
}

/* ---- quantities ---------------------------------------------------------- */

static int l1_reach(const struct profile *machine, unsigned stride,
		    unsigned *hundredths)
{
	return find_last(machine, 1, stride, &reach, hundredths);
}

static int l2_reach(const struct profile *machine, unsigned stride,
		    unsigned *hundredths)
{
	return find_last(machine, 2, stride, &reach, hundredths);
}

static int first_knee(const struct profile *machine, unsigned stride,
		      unsigned *hundredths)
{
	return find_last(machine, 1, stride, &half_way, hundredths);
}

static int second_knee(const struct profile *machine, unsigned stride,
		       unsigned *hundredths)
{
	return find_last(machine, 2, stride, &half_way, hundredths);
}

static int knee_ratio(const struct profile *machine, unsigned stride,
		      unsigned *hundredths)
{
	unsigned one, other;
	int rc = second_knee(machine, 1, &one);

	if (rc == 0)
		rc = second_knee(machine, stride, &other);
	if (rc == 0)
		*hundredths = one * 100 / other;
	return rc;
}

/* Cycles of translation for each access. */
static int cycles_at(const struct profile *machine, unsigned pages,
		     unsigned stride, unsigned *hundredths)
{
	struct curve_request request = { pages, stride, 4, 4 };
	struct curve_point point;
	int rc = curve_measure(machine, &request, &point);

	if (rc == 0)
		*hundredths = (unsigned)(point.cycles * 100 / point.accesses);
	return rc;
}

/* What a hit in the second level adds, far from both knees. */
static int l2_penalty(const struct profile *machine, unsigned stride,
		      unsigned *hundredths)
{
	unsigned hit, miss, few = entries(machine, 1) / (2 * stride);
	int rc = cycles_at(machine, few, stride, &hit);

	if (rc == 0)
		rc = cycles_at(machine, 4 * few, stride, &miss);
	if (rc == 0)
		*hundredths = miss - hit;
	return rc;
}

/* A load that hits the second level to one that hits the first. */
static int hit_ratio(const struct profile *machine, unsigned stride,
		     unsigned *hundredths)
{
	unsigned penalty;
	int rc = l2_penalty(machine, stride, &penalty);

	if (rc == 0)
		*hundredths = (LOAD * 100 + penalty) / LOAD;
	return rc;
}

/* What a walk adds to a load, to what a second-level hit adds. */
static int walk_ratio(const struct profile *machine, unsigned stride,
		      unsigned *hundredths)
{
	unsigned penalty, walk;
	int rc = l2_penalty(machine, 1, &penalty);

	if (rc == 0)
		rc = cycles_at(machine, 512, stride, &walk);
	if (rc == 0)
		*hundredths = penalty ? walk * 100 / penalty : 0;
	return rc;
}

static unsigned root(uint64_t square)
{
	unsigned value = 0;

	while ((uint64_t)(value + 1) * (value + 1) <= square)
		value++;
	return value;
}

/* Share of accesses that walk beyond the reach, off what was measured: root
 * of the mean square, in percent. */
static int shape(const struct profile *machine, unsigned stride,
		 unsigned *hundredths)
{
	static const struct {
		unsigned pages, percent;
	} seen[] = {
		{ 4467, 37 }, { 4871, 48 }, { 5312, 55 },
		{ 5793, 62 }, { 6317, 66 }, { 6889, 78 },
	};
	const unsigned rows = sizeof(seen) / sizeof(seen[0]);
	uint64_t squares = 0;

	for (unsigned i = 0; i < rows; i++) {
		struct curve_request request = { seen[i].pages, stride, 6, 6 };
		struct curve_point point;
		int rc = curve_measure(machine, &request, &point);
		int64_t off;

		if (rc < 0)
			return rc;
		off = (int64_t)(point.walks * 10000 / point.accesses) -
		      (int64_t)seen[i].percent * 100;
		squares += (uint64_t)(off * off);
	}
	*hundredths = root(squares / rows);
	return 0;
}

/* ---- the table ----------------------------------------------------------- */

#define BETWEEN(low, high) (low) * 100, (high)*100
#define L1_REACH(machine, stride, seen, low, high)                             \
	{                                                                      \
		machine, "pages in L1, stride " #stride, seen,                 \
			BETWEEN(low, high), l1_reach, stride                   \
	}
#define L2_REACH(machine, stride, seen, low, high)                             \
	{                                                                      \
		machine, "pages in L2, stride " #stride, seen,                 \
			BETWEEN(low, high), l2_reach, stride                   \
	}
#define L2_HIT(machine, seen, low, high)                                       \
	{                                                                      \
		machine, "L2 hit, cycles", seen, BETWEEN(low, high),           \
			l2_penalty, 1                                          \
	}
#define TIGER " (Tiger Lake)"
#define ALDER " (Alder Lake)"

/* clang-format off */
static const struct published table[] = {
	L2_REACH("sandybridge-ep", 1, "512", 512, 512),
	L2_REACH("sandybridge-ep", 2, "256", 256, 256),
	L2_REACH("sandybridge-ep", 4, "128", 128, 128),
	L2_HIT("sandybridge-ep", "+7", 6, 8),
	L2_REACH("ivybridge-ep", 1, "512", 512, 512),
	L2_REACH("ivybridge-ep", 2, "256", 256, 256),
	L2_REACH("ivybridge-ep", 4, "128", 128, 128),
	L2_HIT("ivybridge-ep", "+7", 6, 8),
	L2_REACH("haswell-ep", 1, "1024", 1024, 1024),
	L2_REACH("haswell-ep", 2, "512", 512, 512),
	L2_REACH("haswell-ep", 4, "256", 256, 256),
	L2_HIT("haswell-ep", "+8", 7, 9),
	L1_REACH("skylake-sp", 1, "64", 64, 64),
	L1_REACH("skylake-sp", 2, "32", 32, 32),
	L1_REACH("skylake-sp", 4, "16", 16, 16),
	L2_HIT("skylake-sp", "+9", 8, 10),
	L1_REACH("icelake-sp", 1, "64" TIGER, 64, 64),
	L1_REACH("icelake-sp", 2, "32" TIGER, 32, 32),
	L1_REACH("icelake-sp", 4, "16" TIGER, 16, 16),
	L2_HIT("icelake-sp", "+7" TIGER, 6, 8),
	L1_REACH("goldencove", 1, "96" ALDER, 96, 96),
	L1_REACH("goldencove", 2, "48" ALDER, 48, 48),
	L1_REACH("goldencove", 4, "24" ALDER, 24, 24),
	L2_HIT("goldencove", "+7" ALDER, 6, 8),
	L2_HIT("zen2", "+7", 6, 8),
	L1_REACH("zen3", 1, "64 to 96", 64, 96),
	L1_REACH("zen3", 2, "64 to 96", 64, 96),
	L1_REACH("zen3", 4, "64 to 96", 64, 96),
	L2_HIT("zen3", "+5 or more", 5, 9),
	L1_REACH("zen4", 1, "64 to 96", 64, 96),
	L1_REACH("zen4", 2, "64 to 96", 64, 96),
	L1_REACH("zen4", 4, "64 to 96", 64, 96),
	L2_REACH("zen4", 4, "near 768", 700, 840),
	L2_HIT("zen4", "+5 or more", 5, 9),
	{ "zen5", "first knee, stride 1", "95.3", BETWEEN(94, 98),
	  first_knee, 1 },
	{ "zen5", "first knee, stride 256", "95.3", BETWEEN(94, 98),
	  first_knee, 256 },
	{ "zen5", "L2 hit / L1 hit", "2.75", 261, 289, hit_ratio, 1 },
	{ "zen5", "walk / L2 hit, nested", "8.7", 800, 950, walk_ratio, 256 },
	{ "zen5", "second knee, stride 1", "5007 (4084-5412)",
	  BETWEEN(3800, 5700), second_knee, 1 },
	{ "zen5", "second knee, stride 1 / 4", "3.9", 320, 440,
	  knee_ratio, 4 },
	{ "zen5", "misses beyond it, % off", "12 (LRU: 31)", BETWEEN(0, 20),
	  shape, 1 },
};
/* clang-format on */

const struct published *published_at(size_t i)
{
	return i < sizeof(table) / sizeof(table[0]) ? &table[i] : NULL;
}

int published_measure(const struct published *row,
		      const struct profile *machine, unsigned *hundredths)
{
	return row->measure(machine, row->stride, hundredths);
}
