/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_driver_errors.c - blocks that are refused, and where they are wrong.
 */
#include <string.h>

#include "tests/driver_run.h"
#include "tests/suite.h"

/* clang-format off */
static const struct {
	const char *driver, *block;
	uint32_t line, column;
	const char *text;
} error_rows[] = {
	{ "blkback", "{driver: moderm, requests: [{op: read, segments: 1}]}",
	  1, 10, "moderm" },
	{ "blkback", "{driver: modern}", 1, 1,
	  "a blkback has either 'requests' or 'generate'" },
	{ "blkback", "driver: modern\nrequests: []\n", 2, 11,
	  "'requests' is a list of {op, segments, ...}" },
	{ "blkback", "driver: modern\nrequests:\n- {op: read, segments: 0}\n",
	  3, 24, "0" },
	{ "blkback", "driver: modern\nrequests:\n- {op: read, segments: 257}\n",
	  3, 24, "257" },
	{ "blkback", "driver: modern\nrequests:\n- {op: read, bytes: 100}\n",
	  3, 21, "100" },
	{ "blkback", "driver: modern\nrequests:\n- {op: read, bytes: 1000}\n",
	  3, 21, "a request is a number of sectors of 512 bytes" },
	{ "blkback", "driver: modern\nrequests:\n- {op: read}\n", 3, 3,
	  "either 'segments' or 'bytes' gives the size" },
	{ "blkback", "driver: modern\nrequests:\n"
	  "- {op: read, segments: [{value: 1}, {value: 2}]}\n", 3, 3,
	  "the size of a request is one number" },
	{ "blkback", "driver: modern\nrequests:\n"
	  "- {op: read, segments: 1, at: 5us, done: 4us}\n", 3, 42,
	  "'done' is before 'at'" },
	{ "blkback", "driver: modern\nrequests:\n"
	  "- {op: read, segments: 1, at: 5us}\n"
	  "- {op: read, segments: 1, at: 4us}\n", 4, 31,
	  "'at' is before that of the item above" },
	{ "blkback", "driver: linux-3.16\nqueues: 2\nrequests:\n"
	  "- {op: read, segments: 1}\n", 1, 1,
	  "linux-3.16 has one ring, of one page" },
	{ "blkback", "driver: modern\nring_pages: 3\nrequests:\n"
	  "- {op: read, segments: 1}\n", 2, 13,
	  "a ring has 1, 2, 4, 8 or 16 pages" },
	{ "blkback", "driver: modern\nqueues: 2\nrequests:\n"
	  "- {op: read, segments: 1, queue: 2}\n", 4, 3,
	  "there is no queue 2, only 2" },
	{ "blkback", "driver: modern\nqueues: 2\nfrontend: 2\nrequests:\n"
	  "- {op: read, segments: 1}\n", 1, 1,
	  "514 grant references are needed, the 'grant_frames' of domain 2 "
	  "hold 504" },
	{ "blkback", "driver: modern\ncpu: []\nrequests:\n"
	  "- {op: read, segments: 1}\n", 2, 6,
	  "'cpu' is one, or a list of up to 64" },
	{ "blkback", "driver: modern\nfrontend: 9\nrequests:\n"
	  "- {op: read, segments: 1}\n", 2, 11,
	  "'frontend': there is no domain 9" },
	{ "blkback", "driver: modern\nbackend: 1\nfrontend: 1\nrequests:\n"
	  "- {op: read, segments: 1}\n", 1, 1,
	  "frontend and backend are the same domain 1" },
	{ "blkback", "driver: modern\ncpu: 2\nrequests:\n"
	  "- {op: read, segments: 1}\n", 2, 6,
	  "'cpu': 2 is not below the trace's 2" },
	{ "blkback", "driver: modern\ngenerate: {count: 1, segments: 1,"
	  " depth: 33}\n", 2, 42, "a ring of 32 requests cannot hold 33" },
	{ "blkback", "driver: modern\ngenerate: {count: 1, segments:"
	  " [{value: 1, weight: 0}]}\n", 2, 52, "0" },
	{ "netback", "driver: N2\nfrontend: 2\npackets:\n- {bytes: 98}\n",
	  1, 1, "512 grant references are needed, the 'grant_frames' of "
	  "domain 2 hold 504" },
	{ "netback", "{driver: N9, packets: [{bytes: 98}]}", 1, 10, "N9" },
	{ "netback", "{driver: N2}", 1, 1,
	  "a netback has either 'packets' or 'generate'" },
	{ "netback", "driver: N2\npackets:\n- {slots: []}\n", 3, 11,
	  "a packet has 1 to 18 slots, this one 0" },
	{ "netback", "driver: N2\npackets:\n- {slots: [66, 1, 1, 1, 1, 1, 1, 1,"
	  " 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]}\n", 3, 11,
	  "a packet has 1 to 18 slots, this one 19" },
	{ "netback", "driver: N2\npackets:\n- {slots: [66, 4097]}\n", 3, 16,
	  "4097" },
	{ "netback", "driver: N2\npackets:\n- {slots: [7, 6]}\n", 3, 11,
	  "a packet has at least 14 bytes, and some in its first slot" },
	{ "netback", "driver: N2\npackets:\n- {slots: [0, 60]}\n", 3, 11,
	  "a packet has at least 14 bytes, and some in its first slot" },
	{ "netback", "driver: N2\ngenerate: {count: 1, slots: [66, 1, 1, 1, 1,"
	  " 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]}\n", 2, 29,
	  "a packet has 1 to 18 slots, this one 19" },
	{ "netback", "driver: N2\nbridge: 9\npackets:\n- {bytes: 98}\n", 2, 9,
	  "'bridge': there is no domain 9" },
	{ "netback", "driver: N2\nbridge: 1\npackets:\n- {bytes: 98}\n", 2, 9,
	  "'bridge' is a guest beside the two ends" },
	{ "netback", "driver: N2\npackets:\n- {slots: 66}\n", 3, 11,
	  "'slots' is a list of sizes, such as [66, 4096]" },
	{ "netback", "driver: N2\npackets:\n- {bytes: 65536}\n", 3, 11,
	  "65536" },
	{ "netback", "driver: N2\npackets:\n- {slots: [66], header: 66}\n", 3,
	  25, "'header' goes with 'bytes': the first of 'slots' is the "
	  "header" },
	{ "netback", "driver: N2\npackets:\n- {at: 1us}\n", 3, 3,
	  "either 'slots' or 'bytes' gives the size" },
	{ "netback", "driver: N2\npackets:\n"
	  "- {bytes: 98, at: 2us, done: 1us}\n", 3, 30,
	  "'done' is before 'at'" },
	{ "netback", "driver: N2\ngenerate: {count: 0, bytes: 98}\n", 2, 19,
	  "0" },
	{ "netback", "driver: N2\ngenerate: {count: 1, bytes: 98,"
	  " gap: 1h}\n", 2, 38, "1h" },
};
/* clang-format on */

START_TEST(a_bad_block_is_refused_with_its_place)
{
	const char *text = error_rows[_i].text;
	const struct diag *diag;
	struct run run;

	run_open(&run, error_rows[_i].driver, error_rows[_i].block);
	diag = &run.diags.diag[0];
	ck_assert_msg(!run.instance, "taken: %s", error_rows[_i].block);
	ck_assert_msg(run.diags.count == 1 && strstr(diag->text, text) &&
			      diag->line == error_rows[_i].line &&
			      diag->column == error_rows[_i].column,
		      "%s\n%zu errors, the first at %u:%u: %s",
		      error_rows[_i].block, run.diags.count, diag->line,
		      diag->column, diag->text);
	run_close(&run);
}
END_TEST

START_TEST(a_trace_without_two_domains_has_no_driver)
{
	struct trace_header header = driver_header;
	struct run run;

	header.nr_domains = 1;
	run_open_in(&run, &header, "netback",
		    "{driver: N2, packets: [{bytes: 98}]}");
	ck_assert_ptr_null(run.instance);
	ck_assert_str_eq(run.diags.diag[0].text,
			 "no second domain: a driver has a frontend and a "
			 "backend");
	run_close(&run);
}
END_TEST

START_TEST(a_trace_without_hardware_domain_must_name_the_backend)
{
	struct trace_header header = driver_header;
	struct run run;

	header.domain[0].hardware = false;
	run_open_in(&run, &header, "netback",
		    "{driver: N2, packets: [{bytes: 98}]}");
	ck_assert_ptr_null(run.instance);
	ck_assert_str_eq(run.diags.diag[0].text,
			 "no hardware domain: 'backend' must name a domain");
	run_close(&run);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(tc, a_bad_block_is_refused_with_its_place, 0,
			    ROWS(error_rows));
	tcase_add_test(tc, a_trace_without_two_domains_has_no_driver);
	tcase_add_test(tc,
		       a_trace_without_hardware_domain_must_name_the_backend);
}

int main(void)
{
	return run_suite("driver_errors", add);
}
