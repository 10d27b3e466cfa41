/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_blkback.c - what a blkback does for a block of requests.
 */
#include "tests/driver_run.h"
#include "tests/suite.h"

#define DIRECT(op) "{driver: modern, requests: [{op: " op ", segments: 3}]}"
#define MODERN(n) "{driver: modern, requests: [{op: read, segments: " n "}]}"
#define OLD(n) "{driver: linux-3.16, requests: [{op: read, segments: " n "}]}"

/* The descriptor page of an indirect request: three loads for each. */
#define DESCRIPTORS(n)                                                         \
	"map 1 ro\nread " n "*8\nread " n "*8 at 4\nread " n "*8 at 5\n"       \
	"unmap 1\n"

/* clang-format off */
static const struct sequence block_rows[] = {
	{ "a read is mapped writable and not touched", "blkback",
	  DIRECT("read"), "grant 3\nmap 3\nunmap 3\nrevoke 3\n" },
	{ "what the guest writes is mapped read-only", "blkback",
	  DIRECT("write"), "grant 3\nmap 3 ro\nunmap 3\nrevoke 3\n" },
	{ "the largest direct request is one map call", "blkback",
	  MODERN("11"), "grant 11\nmap 11\nunmap 11\nrevoke 11\n" },
	{ "twelve segments are indirect", "blkback", MODERN("12"),
	  "grant 13\n" DESCRIPTORS("12")
	  "map 11\nmap 1\nunmap 12\nrevoke 13\n" },
	{ "a modern backend unmaps all at once", "blkback", MODERN("32"),
	  "grant 33\n" DESCRIPTORS("32")
	  "map 11\nmap 11\nmap 10\nunmap 32\nrevoke 33\n" },
	{ "that of 2014 unmaps 11 at a time", "blkback", OLD("32"),
	  "grant 33\n" DESCRIPTORS("32")
	  "map 11\nmap 11\nmap 10\nunmap 11\nunmap 11\nunmap 10\n"
	  "revoke 33\n" },
	{ "and a direct request in one call", "blkback", OLD("11"),
	  "grant 11\nmap 11\nunmap 11\nrevoke 11\n" },
	{ "bytes are rounded up to pages", "blkback",
	  "{driver: modern, requests: [{op: read, bytes: 4608}]}",
	  "grant 2\nmap 2\nunmap 2\nrevoke 2\n" },
	{ "a bounced write is read before the disk starts", "blkback",
	  "{driver: modern, bounce: true, requests:"
	  " [{op: write, bytes: 4608}]}",
	  "grant 2\nmap 2 ro\nread 512*8\nread 64*8\nunmap 2\nrevoke 2\n" },
	{ "a bounced read is written when it is done", "blkback",
	  "{driver: modern, bounce: true, requests: [{op: read, bytes: 512,"
	  " at: 0, done: 5}, {op: read, bytes: 512, at: 1, done: 2}]}",
	  "grant 1\nmap 1\ngrant 1\nmap 1\n"
	  "write 64*8\nunmap 1\nrevoke 1\nwrite 64*8\nunmap 1\nrevoke 1\n" },
	{ "an encrypted read is decrypted in place", "blkback",
	  "{driver: modern, crypt: true, requests: [{op: read, bytes: 512}]}",
	  "grant 1\nmap 1\nread 64*8\nwrite 64*8\nunmap 1\nrevoke 1\n" },
	{ "an encrypted write is read only", "blkback",
	  "{driver: modern, crypt: true, requests:"
	  " [{op: write, bytes: 512}]}",
	  "grant 1\nmap 1 ro\nread 64*8\nunmap 1\nrevoke 1\n" },
	{ "requests overlap until they are done", "blkback",
	  "{driver: modern, requests: ["
	  "{op: read, segments: 1, at: 0, done: 3us},"
	  "{op: read, segments: 2, at: 1us, done: 2us},"
	  "{op: read, segments: 3, at: 3us, done: 3us}]}",
	  "grant 1\nmap 1\ngrant 2\nmap 2\nunmap 2\nrevoke 2\n"
	  "unmap 1\nrevoke 1\ngrant 3\nmap 3\nunmap 3\nrevoke 3\n" },
	{ "service is the time from start to completion", "blkback",
	  "{driver: modern, service: 2us, requests: ["
	  "{op: read, segments: 1}, {op: read, segments: 2, at: 1us}]}",
	  "grant 1\nmap 1\ngrant 2\nmap 2\nunmap 1\nrevoke 1\n"
	  "unmap 2\nrevoke 2\n" },
	{ "a generator sends one by one", "blkback",
	  "{driver: modern, generate: {count: 2, segments: 1,"
	  " read_share: 1, service: 1us}}",
	  "grant 1\nmap 1\nunmap 1\nrevoke 1\n"
	  "grant 1\nmap 1\nunmap 1\nrevoke 1\n" },
	{ "or as many at a time as its depth", "blkback",
	  "{driver: modern, generate: {count: 3, segments: 1, depth: 2,"
	  " read_share: 1, service: 1us}}",
	  "grant 1\nmap 1\ngrant 1\nmap 1\nunmap 1\nrevoke 1\n"
	  "grant 1\nmap 1\nunmap 1\nrevoke 1\nunmap 1\nrevoke 1\n" },
};
/* clang-format on */

START_TEST(block_requests_become_these_calls)
{
	check_sequence(&block_rows[_i]);
}
END_TEST

/* A ring of one page has 32 requests (io/blkif.h). */
START_TEST(the_33rd_request_waits_for_a_completion)
{
	struct event event;
	struct run run;

	run_open(&run, "blkback",
		 "{driver: modern, generate: {count: 40, segments: 1,"
		 " depth: 32, service: 1s}}");
	ck_assert_uint_eq(run_to_unmap(&run, EVENT_map, &event), 32);
	run_close(&run);
}
END_TEST

/* Domain 2 has one grant frame: 504 references after the reserved ones. */
START_TEST(a_request_waits_for_grant_references)
{
	struct event event;
	struct run run;
	unsigned grants = 0;

	run_open(&run, "blkback",
		 "{driver: modern, frontend: 2, generate: {count: 3,"
		 " segments: 256, depth: 32, service: 1s}}");
	while (run_next(&run, &event)) {
		grants += event.kind == EVENT_grant;
		if (event.kind == EVENT_unmap && event.nr_ops == 256)
			break;
	}
	ck_assert_uint_eq(grants, 1);
	run_close(&run);
}
END_TEST

/* As recorded: the page of the descriptors is that of the first data. */
START_TEST(blkback_uses_the_page_that_came_back_last)
{
	grant_ref_t ref[13];
	uint64_t at[13];

	mapped_at("blkback", MODERN("12"), at, ref, 13);
	ck_assert(at[1] == at[0]);
	for (unsigned i = 2; i < 13; i++)
		ck_assert(at[i] == at[i - 1] + 4096);
	for (unsigned i = 0; i < 13; i++)
		ck_assert_uint_eq(ref[i], FIRST_REF + i);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(tc, block_requests_become_these_calls, 0,
			    ROWS(block_rows));
	tcase_add_test(tc, the_33rd_request_waits_for_a_completion);
	tcase_add_test(tc, a_request_waits_for_grant_references);
	tcase_add_test(tc, blkback_uses_the_page_that_came_back_last);
}

int main(void)
{
	return run_suite("blkback", add);
}
