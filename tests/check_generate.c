/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_generate.c - that numbers are drawn as said, and the traces made of
 * them are the same each time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "tests/suite.h"
#include "workloads/generators.h"
#include "workloads/zipf.h"

/* k^-s of 2^32, by hand: roots of powers of two, and whole exponents. */
static const struct {
	uint32_t k;
	unsigned skew;
	uint64_t weight;
} weight_rows[] = {
	{ 1, 0, UINT64_C(1) << 32 },
	{ 1, 100, UINT64_C(1) << 32 },
	{ 2, 100, UINT64_C(1) << 31 },
	{ 1024, 100, UINT64_C(1) << 22 },
	{ 4, 50, UINT64_C(1) << 31 },
	{ 2, 200, UINT64_C(1) << 30 },
	{ 12345, 0, UINT64_C(1) << 32 },
	{ 3, 100, 1431655765 }, /* 2^32 / 3 */
	{ 10, 100, 429496729 }, /* 2^32 / 10 */
	{ 1000000, 100, 4294 }, /* 2^32 / 10^6 */
	{ 2, 50, 3037000499 },	/* 2^31.5 */
	{ 9, 50, 1431655765 },	/* 2^32 / 3 */
	{ 16777216, 400, 1 },	/* less than that, so 1 */
};

/* 32 roots and products are each rounded down, so a few units are missing. */
START_TEST(weights_are_powers_of_the_rank)
{
	uint64_t got = zipf_weight(weight_rows[_i].k, weight_rows[_i].skew);
	uint64_t want = weight_rows[_i].weight;

	ck_assert_msg(got <= want && want - got <= 64,
		      "%u^-%u/100: got %lu, want %lu", weight_rows[_i].k,
		      weight_rows[_i].skew, (unsigned long)got,
		      (unsigned long)want);
}
END_TEST

START_TEST(weights_do_not_rise_with_the_rank)
{
	uint64_t last = zipf_weight(1, 80);

	for (uint32_t k = 2; k < 3000; k++) {
		uint64_t weight = zipf_weight(k, 80);

		ck_assert_msg(weight <= last, "%u", k);
		last = weight;
	}
}
END_TEST

/* Of 10 ranks with s = 1 the first gets 1/H(10) = 34.1 % of the draws, the
 * second half of that: 100000 draws are within four standard deviations. */
START_TEST(ranks_are_drawn_as_often_as_their_weights_say)
{
	struct rng rng = rng_seeded(1);
	struct zipf zipf;
	unsigned count[10] = { 0 };

	ck_assert(zipf_init(&zipf, 10, 100));
	for (int i = 0; i < 100000; i++)
		count[zipf_draw(&zipf, &rng)]++;
	ck_assert_msg(count[0] > 33541 && count[0] < 34741, "%u", count[0]);
	ck_assert_msg(count[1] > 16594 && count[1] < 17547, "%u", count[1]);
	ck_assert(count[9] > 0);
	zipf_fini(&zipf);
}
END_TEST

START_TEST(a_list_has_values_and_weights)
{
	struct diags diags = { .count = 0 };
	struct dist dist;

	ck_assert(generate_dist("1:3,11,256:2", "x", false, 1, 256, &dist,
				&diags));
	ck_assert_uint_eq(dist.count, 3);
	ck_assert_uint_eq(dist.value[0], 1);
	ck_assert_uint_eq(dist.value[2], 256);
	ck_assert_uint_eq(dist.upto[0], 3);
	ck_assert_uint_eq(dist.upto[1], 4);
	ck_assert_uint_eq(dist.upto[2], 6);
}
END_TEST

static const char *const bad_lists[] = {
	"", "0", "257", "1:0", "1:", "1,,2", "x", "1:3,", "1:2:3",
};

START_TEST(a_bad_list_is_refused)
{
	struct diags diags = { .count = 0 };
	struct dist dist;

	ck_assert_msg(!generate_dist(bad_lists[_i], "x", false, 1, 256, &dist,
				     &diags) &&
			      diags.count == 1,
		      "'%s'", bad_lists[_i]);
}
END_TEST

/* Something of each generator that is drawn. */
static const char *const drawn[] = { "reads=50", "reads=50", "received=50" };

/* The trace of generator @g with @seed, to be freed. */
static char *generated(size_t g, const char *seed)
{
	_Alignas(max_align_t) char values[1024];
	char made_by[512], *text;
	char *given[2] = { strdup(seed), strdup(drawn[g]) };
	struct import_job job = { .made_by = made_by, .options = values };
	struct diags diags = { .count = 0 };
	size_t size;
	FILE *out = open_memstream(&text, &size);

	ck_assert(import_options(sim_generators[g], given, 2, values, made_by,
				 sizeof(made_by), &diags));
	ck_assert_int_eq(sim_generators[g]->run(&job, NULL, out, &diags), 0);
	fclose(out);
	free(given[0]);
	free(given[1]);
	return text;
}

START_TEST(equal_seeds_give_equal_traces_and_others_do_not)
{
	char *one = generated((size_t)_i, "seed=1");
	char *again = generated((size_t)_i, "seed=1");
	char *other = generated((size_t)_i, "seed=2");

	ck_assert(!strcmp(one, again));
	ck_assert(strcmp(strchr(one, '\n'), strchr(other, '\n')));
	free(one);
	free(again);
	free(other);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(tc, weights_are_powers_of_the_rank, 0,
			    ROWS(weight_rows));
	tcase_add_test(tc, weights_do_not_rise_with_the_rank);
	tcase_add_test(tc, ranks_are_drawn_as_often_as_their_weights_say);
	tcase_add_test(tc, a_list_has_values_and_weights);
	tcase_add_loop_test(tc, a_bad_list_is_refused, 0, ROWS(bad_lists));
	tcase_add_loop_test(tc, equal_seeds_give_equal_traces_and_others_do_not,
			    0, ROWS(drawn));
}

int main(void)
{
	return run_suite("generate", add);
}
