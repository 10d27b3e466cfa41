/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_published.c - simulated machines beside real ones: what was published,
 * and a recorded curve.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/curve.h"
#include "sim/published.h"
#include "tests/suite.h"

#define PUBLISHED 41

static struct profile load_machine(const char *name)
{
	struct place nowhere = { NULL, 0, 0 };
	struct diags diags = { .count = 0 };
	struct profile profile;

	ck_assert_msg(profile_load(name, &profile, nowhere, &diags) == 0,
		      "%s: %s", name, diags.diag[0].text);
	return profile;
}

/* Within its limits? */
static bool holds(const struct published *row, const struct profile *machine,
		  unsigned *hundredths)
{
	ck_assert_int_eq(published_measure(row, machine, hundredths), 0);
	return *hundredths >= row->min && *hundredths <= row->max;
}

START_TEST(simulated_machine_does_what_was_published)
{
	const struct published *row = published_at((size_t)_i);
	struct profile machine = load_machine(row->machine);
	unsigned got;

	ck_assert_msg(holds(row, &machine, &got), "%s, %s: %u.%02u, not %s",
		      row->machine, row->quantity, got / 100, got % 100,
		      row->value);
}
END_TEST

START_TEST(no_published_row_is_left_out)
{
	ck_assert_ptr_nonnull(published_at(PUBLISHED - 1));
	ck_assert_ptr_null(published_at(PUBLISHED));
}
END_TEST

/* ---- wrong machines ------------------------------------------------------ */

/* The cache of loads of 4K pages. */
static struct mmu_tlb_geometry *cache_of(struct profile *machine,
					 unsigned level)
{
	for (unsigned i = 0; i < machine->mmu.nr_tlbs; i++) {
		struct mmu_tlb_geometry *tlb = &machine->mmu.tlb[i];

		if (tlb->level == level && (tlb->sizes & 1u << MMU_4K) &&
		    (tlb->accesses & 1u << MMU_READ))
			return tlb;
	}
	ck_abort_msg("no cache of level %u", level);
}

static void take_cpuid_for_granted(struct profile *machine)
{
	cache_of(machine, 1)->ways = 4;
}

static void index_by_sets(struct profile *machine)
{
	cache_of(machine, 1)->sets = 16;
	cache_of(machine, 1)->ways = 6;
}

static void fold_the_index(struct profile *machine)
{
	cache_of(machine, 2)->fold = 4;
}

static void replace_by_lru(struct profile *machine)
{
	cache_of(machine, 2)->replacement = MMU_LRU;
}

static void halve_the_second_level(struct profile *machine)
{
	cache_of(machine, 2)->sets /= 2;
}

static void slow_the_second_level(struct profile *machine)
{
	machine->mmu.cost.l2_hit += 3;
}

static void walk_natively(struct profile *machine)
{
	machine->mmu.cost.walk = 8;
}

/* What a wrong machine still does right shows that each row can fail alone. */
static const struct {
	const char *machine;
	void (*spoil)(struct profile *machine);
	const char *fails, *holds;
} wrong_rows[] = {
	{ "goldencove", take_cpuid_for_granted, "pages in L1, stride 1",
	  "L2 hit, cycles" },
	{ "zen4", index_by_sets, "pages in L1, stride 4",
	  "pages in L1, stride 1" },
	{ "zen5", index_by_sets, "first knee, stride 256", "L2 hit / L1 hit" },
	{ "zen5", fold_the_index, "second knee, stride 1 / 4",
	  "second knee, stride 1" },
	{ "zen5", replace_by_lru, "misses beyond it, % off",
	  "second knee, stride 1" },
	{ "zen5", halve_the_second_level, "second knee, stride 1",
	  "second knee, stride 1 / 4" },
	{ "zen5", slow_the_second_level, "L2 hit / L1 hit",
	  "second knee, stride 1" },
	{ "zen5", walk_natively, "walk / L2 hit, nested", "L2 hit / L1 hit" },
	{ "ivybridge-ep", fold_the_index, "pages in L2, stride 4",
	  "pages in L2, stride 1" },
	{ "skylake-sp", slow_the_second_level, "L2 hit, cycles",
	  "pages in L1, stride 1" },
};

static const struct published *find_row(const char *machine,
					const char *quantity)
{
	for (size_t i = 0; published_at(i); i++)
		if (strcmp(published_at(i)->machine, machine) == 0 &&
		    strcmp(published_at(i)->quantity, quantity) == 0)
			return published_at(i);
	ck_abort_msg("%s: no %s", machine, quantity);
	return NULL;
}

START_TEST(machine_that_is_wrong_in_one_way_fails_in_one_way)
{
	const char *name = wrong_rows[_i].machine;
	struct profile machine = load_machine(name);
	unsigned got;

	wrong_rows[_i].spoil(&machine);
	ck_assert_msg(
		!holds(find_row(name, wrong_rows[_i].fails), &machine, &got),
		"%s, %s: %u", name, wrong_rows[_i].fails, got);
	ck_assert_msg(
		holds(find_row(name, wrong_rows[_i].holds), &machine, &got),
		"%s, %s: %u", name, wrong_rows[_i].holds, got);
}
END_TEST

/* ---- the recorded curve of a Zen 5 --------------------------------------- */

/* Cycles of a load, in thousandths; 0: not recorded. */
struct recorded {
	unsigned pages;
	unsigned by_stride[3], dense;
};

static const unsigned strides[3] = { 1, 4, 256 };

static unsigned thousandths(const char *text)
{
	return (unsigned)(atof(text) * 1000 + .5);
}

/* N, four times ns, then 4k_cyc, dense_cyc, 4k_s4_cyc, 4k_s256_cyc. */
static bool read_line(char *line, struct recorded *recorded)
{
	char *field[9];

	if (line[0] == '#' || line[0] == 'N')
		return false;
	for (int i = 0; i < ROWS(field); i++)
		field[i] = strsep(&line, ",\n");
	recorded->pages = (unsigned)atoi(field[0]);
	recorded->by_stride[0] = thousandths(field[5]);
	recorded->dense = thousandths(field[6]);
	recorded->by_stride[1] = thousandths(field[7]);
	recorded->by_stride[2] = thousandths(field[8]);
	return true;
}

static unsigned simulate(const struct profile *machine, unsigned pages,
			 unsigned stride)
{
	struct curve_request request = { pages, stride, 4, 4 };
	struct curve_point point;

	ck_assert_int_eq(curve_measure(machine, &request, &point), 0);
	return (unsigned)(point.cycles * 1000 / point.accesses);
}

/* What a page's translation adds: the dense run has the same data caches, but
 * is kept to where these do not change. */
static unsigned compare(const struct recorded *recorded,
			const struct profile *machine)
{
	bool flat = recorded->pages <= 470 ||
		    (recorded->pages >= 1024 && recorded->pages <= 2233);
	unsigned compared = 0;

	for (int i = 0; i < ROWS(strides) && flat; i++) {
		unsigned got, want = recorded->by_stride[i] - recorded->dense;

		if (!recorded->by_stride[i] || (i && recorded->pages > 470))
			continue;
		got = simulate(machine, recorded->pages, strides[i]);
		ck_assert_msg(abs((int)(got - want)) <= (int)want / 6 + 150,
			      "%u pages, stride %u: %u, not %u thousandths",
			      recorded->pages, strides[i], got, want);
		compared++;
	}
	return compared;
}

/* Up to the second knee; what comes then is in sim/published.c. */
START_TEST(zen5_curve_is_that_of_the_real_one)
{
	struct profile machine = load_machine("zen5");
	unsigned compared = 0;
	char path[4096], line[256];
	struct recorded recorded;
	FILE *file;

	snprintf(path, sizeof(path), "%s/workloads/zen5-curve.csv",
		 getenv("top_srcdir"));
	file = fopen(path, "r");
	ck_assert_ptr_nonnull(file);
	while (fgets(line, sizeof(line), file))
		if (read_line(line, &recorded))
			compared += compare(&recorded, &machine);
	fclose(file);
	ck_assert_uint_ge(compared, 70);
}
END_TEST

static void add(TCase *tc)
{
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, simulated_machine_does_what_was_published, 0,
			    PUBLISHED);
	tcase_add_test(tc, no_published_row_is_left_out);
	tcase_add_loop_test(tc,
			    machine_that_is_wrong_in_one_way_fails_in_one_way,
			    0, ROWS(wrong_rows));
	tcase_add_test(tc, zen5_curve_is_that_of_the_real_one);
}

int main(void)
{
	return run_suite("published", add);
}
