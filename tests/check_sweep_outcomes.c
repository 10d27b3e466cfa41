/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_sweep_outcomes.c - outcomes of cells, written and read back. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/sweep.h"
#include "sim/sweep_outcome.h"
#include "sim/sweep_part.h"
#include "tests/suite.h"
#include "tests/text_file.h"

/* An outcome with something in every member that a report shows. */
static struct outcome an_outcome(void)
{
	static const struct result_parameter parameter[] = {
		{ "cpus", "2" },
		{ "seed", "123456789012345678901" },
		{ "update", "plain" },
	};
	static const char incomplete[][200] = { "what it does not know" };
	static char line[] = "PML4 0x1067";
	static char *inspect[] = { line };
	static char messages[] = "tlbsim: cell 2 failed\n";
	struct outcome outcome = {
		.done = true,
		.status = STATUS_FAILED,
		.messages = messages,
		.results = {
			.trace = "../a.yaml",
			.title = "Two pages",
			.policy = "xs8",
			.machine = "zen5",
			.quirks = 1u << 2 | 1u << 0,
			.seed = 7,
			.nr_parameters = 3,
			.parameter = parameter,
			.nr_incomplete = 1,
			.incomplete = incomplete,
			.nr_inspect = 1,
			.inspect = inspect,
		},
	};

	for (enum counter i = 0; i < COUNTERS; i++)
		if (counter_info[i].type == COUNTER_count)
			outcome.results.count[i] = 1000 + (uint64_t)i;
	strcpy(outcome.results.first, "../a.yaml:3: page 5 is \"cached\"");
	return outcome;
}

static void render(const struct outcomes *outcomes,
		   const struct report_format *format, char *text, size_t size)
{
	FILE *file = fmemopen(text, size, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(outcomes_write(outcomes, format, false, file), 0);
	ck_assert_int_eq(fclose(file), 0);
}

START_TEST(an_outcome_that_was_read_back_reports_the_same)
{
	static const struct report_format *const formats[] = {
		&report_text, &report_json, &report_json_lines, &report_csv
	};
	static char wanted[65536], got[65536];
	struct outcome one = an_outcome();
	struct outcomes before = { 1, &one }, after;
	char *line = outcome_line(1, &one);
	size_t cell = 0;
	json_t *json;

	ck_assert_ptr_nonnull(line);
	json = json_loads(line, 0, NULL);
	ck_assert_int_eq(outcomes_init(&after, 1), 0);
	ck_assert_int_eq(outcome_read(&after, json, &cell), 0);
	ck_assert_uint_eq(cell, 1);
	ck_assert_str_eq(after.of[0].messages, one.messages);
	ck_assert_int_eq(after.of[0].status, STATUS_FAILED);
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		render(&before, formats[i], wanted, sizeof(wanted));
		render(&after, formats[i], got, sizeof(got));
		ck_assert_str_eq(got, wanted);
		ck_assert_ptr_nonnull(strstr(got, "123456789012345678901"));
	}
	ck_assert_int_eq(outcome_read(&after, json, &cell), -EEXIST);
	json_decref(json);
	free(line);
	outcomes_free(&after);
}
END_TEST

START_TEST(shards_share_the_cells_evenly)
{
	for (size_t of = 1; of < 8; of++) {
		size_t least = 100, most = 0, all = 0;

		for (size_t n = 1; n <= of; n++) {
			const struct shard shard = { n, of };
			size_t count = 0;

			for (size_t cell = 1; cell <= 50; cell++)
				count += shard_has(&shard, cell);
			least = count < least ? count : least;
			most = count > most ? count : most;
			all += count;
		}
		ck_assert_uint_eq(all, 50);
		ck_assert_uint_le(most - least, 1);
	}
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, an_outcome_that_was_read_back_reports_the_same);
	tcase_add_test(tc, shards_share_the_cells_evenly);
}

int main(void)
{
	return run_suite("sweep_outcomes", add);
}
