/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_blkback.c - what a blkback does for a block of requests.
 */
#include <stdio.h>
#include <string.h>

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
	{ "a file is read and written by the CPU", "blkback",
	  "{driver: modern, file: true, requests: [{op: read, bytes: 512},"
	  " {op: write, bytes: 512}]}",
	  "grant 1\nmap 1\nwrite 64*8\nunmap 1\nrevoke 1\n"
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

#define TWICE(keys)                                                            \
	"{driver: modern, persistent: true, " keys "requests: ["               \
	"{op: read, segments: 2}, {op: write, segments: 2}]}"
#define ELEVEN(n) "map " n "\nmap " n "\nmap " n "\n"
#define CLOSE8 FOUR("unmap 11\n") FOUR("unmap 11\n")
#define FOUR(x) x x x x

/* The close of the device, at the end, unmaps 11 at a time. */
/* clang-format off */
static const struct sequence persistent_rows[] = {
	{ "persistent grants are mapped once, writable, and a modern backend "
	  "makes empty calls", "blkback", TWICE(""),
	  "grant 2\nmap 2\nunmap 0\nunmap 0\nunmap 2\nrevoke 2\n" },
	{ "one of 2014 makes none", "blkback",
	  "{driver: linux-3.16, persistent: true, requests: ["
	  "{op: read, segments: 2}, {op: write, segments: 1}]}",
	  "grant 2\nmap 2\nunmap 2\nrevoke 2\n" },
	{ "so are the descriptors, and read each time", "blkback",
	  "{driver: modern, persistent: true, requests: ["
	  "{op: read, segments: 12}, {op: read, segments: 12}]}",
	  "grant 13\nmap 1\nread 12*8\nread 12*8 at 4\nread 12*8 at 5\n"
	  "map 11\nmap 1\nunmap 0\n"
	  "read 12*8\nread 12*8 at 4\nread 12*8 at 5\nunmap 0\n"
	  "unmap 11\nunmap 2\nrevoke 13\n" },
	{ "what is more than the most is unmapped each time", "blkback",
	  TWICE("max_persistent_grants: 1, "),
	  "grant 2\nmap 2\nunmap 1\nrevoke 1\n"
	  "grant 1\nmap 1\nunmap 1\nrevoke 1\nunmap 1\nrevoke 1\n" },
	{ "a full backend of 2014 purges 5 %, later than 100 ms", "blkback",
	  "{driver: linux-3.16, persistent: true, max_persistent_grants: 100,"
	  " requests: [{op: read, segments: 100}, {op: read, segments: 1,"
	  " at: 99ms}, {op: read, segments: 1, at: 100ms}]}",
	  "grant 101\nmap 1\nread 100*8\nread 100*8 at 4\n"
	  "read 100*8 at 5\n" ELEVEN("11") ELEVEN("11") ELEVEN("11")
	  "map 1\nunmap 1\nrevoke 1\n" /* at 99 ms nothing */
	  "unmap 5\nmap 1\n"
	  CLOSE8 "unmap 8\nrevoke 100\n" },
	{ "a modern one as well", "blkback",
	  "{driver: modern, persistent: true, max_persistent_grants: 100,"
	  " requests: [{op: read, segments: 100}, {op: read, segments: 1,"
	  " at: 100ms}]}",
	  "grant 101\nmap 1\nread 100*8\nread 100*8 at 4\n"
	  "read 100*8 at 5\n" ELEVEN("11") ELEVEN("11") ELEVEN("11")
	  "map 1\nunmap 1\nrevoke 1\nunmap 5\nmap 1\nunmap 0\n"
	  CLOSE8 "unmap 8\nrevoke 100\n" },
	{ "and what was idle for a minute", "blkback",
	  "{driver: modern, persistent: true, requests: ["
	  "{op: read, segments: 1}, {op: read, segments: 1, at: 59s},"
	  " {op: read, segments: 1, at: 119s}]}",
	  "grant 1\nmap 1\nunmap 0\nunmap 0\nunmap 1\nmap 1\nunmap 0\n"
	  "unmap 1\nrevoke 1\n" },
	{ "not so one of 2014", "blkback",
	  "{driver: linux-3.16, persistent: true, requests: ["
	  "{op: read, segments: 1}, {op: read, segments: 1, at: 600s}]}",
	  "grant 1\nmap 1\nunmap 1\nrevoke 1\n" },
};
/* clang-format on */

START_TEST(persistent_grants_make_these_calls)
{
	check_sequence(&persistent_rows[_i]);
}
END_TEST

/*
 * Three loads of the recording p2, with their requests of 1, 16 and 32 pages,
 * the last of them eight at a time.  Recorded in rd64k were maps of 11 and 5,
 * in rd1m 15 of 11, 7 of 10, one of 5, and 7 of a descriptor page; then each
 * request made an unmap call without operations.  That is: a request takes
 * its descriptor page from the grants that are held, like its data.
 */
#define READ(n, at) "{op: read, segments: " n ", at: " at "us, done: 9s}"

START_TEST(persistent_grants_are_mapped_as_recorded)
{
	static const char block[] =
		"{driver: modern, persistent: true, requests: ["
		"{op: read, segments: 1}, {op: read, segments: 16, at: "
		"1us}, " READ("32", "2") "," READ("32", "3") "," READ("32", "4") "," READ(
			"32",
			"5") "," READ("32",
				      "6") "," READ("32",
						    "7") "," READ("32",
								  "8") "," READ("32",
										"9") ", {op: write,"
										     " segments: 32, at: 10s}]}";
	unsigned maps[12] = { 0 }, empty = 0;
	struct event event;
	struct run run;

	run_open(&run, "blkback", block);
	while (run_next(&run, &event)) {
		if (event.kind == EVENT_map)
			maps[event.nr_ops]++;
		empty += event.kind == EVENT_unmap && !event.nr_ops;
	}
	ck_assert_uint_eq(maps[11], 1 + 15);
	ck_assert_uint_eq(maps[10], 7);
	ck_assert_uint_eq(maps[5], 1 + 1);
	ck_assert_uint_eq(maps[1], 1 + 7);
	ck_assert_uint_eq(empty, 11);
	run_close(&run);
}
END_TEST

/* Batches of the hypervisor's that unmap one request, and how many of them
 * have a page that a CPU touched: of 4 a quarter, of 2 half, of 9 a ninth is
 * flushed. */
static const struct {
	const char *block;
	unsigned batches, touched;
} batch_rows[] = {
	{ OLD("1"), 1, 0 },	 { OLD("11"), 1, 0 },	 { MODERN("1"), 1, 0 },
	{ MODERN("11"), 1, 0 },	 { OLD("32"), 4, 1 },	 { MODERN("32"), 2, 1 },
	{ MODERN("256"), 9, 1 }, { MODERN("12"), 2, 1 },
};

START_TEST(of_a_requests_batches_so_many_are_touched)
{
	static bool touched[65536];
	unsigned batches = 0, dirty = 0;
	struct event event;
	struct run run;

	memset(touched, 0, sizeof(touched));
	run_open(&run, "blkback", batch_rows[_i].block);
	while (run_next(&run, &event)) {
		bool batch = false;

		if (event.kind == EVENT_read)
			touched[page_of(event.access.at)] = true;
		for (size_t i = 0;
		     event.kind == EVENT_unmap && i < event.nr_ops; i++) {
			bool *page = &touched[event.ops[i].label.index];

			batches += i % 32 == 0;
			batch = i % 32 ? batch : false;
			dirty += *page && !batch;
			batch = batch || *page;
			*page = false;
		}
	}
	ck_assert_msg(batches == batch_rows[_i].batches &&
			      dirty == batch_rows[_i].touched,
		      "%s: %u of %u", batch_rows[_i].block, dirty, batches);
	run_close(&run);
}
END_TEST

/* io/blkif.h, io/ring.h: a header of 64 bytes, then entries of 112 bytes, as
 * many as the largest power of two that fits. */
static const struct {
	unsigned pages, requests;
} ring_rows[] = { { 1, 32 }, { 2, 64 }, { 4, 128 }, { 8, 256 }, { 16, 512 } };

START_TEST(one_request_more_than_the_ring_holds_waits)
{
	struct event event;
	struct run run;
	char block[200];

	snprintf(block, sizeof(block),
		 "{driver: modern, ring_pages: %u, generate: {count: %u,"
		 " segments: 1, depth: %u, service: 1s}}",
		 ring_rows[_i].pages, ring_rows[_i].requests + 8,
		 ring_rows[_i].requests);
	run_open(&run, "blkback", block);
	ck_assert_uint_eq(run_to_unmap(&run, EVENT_map, &event),
			  ring_rows[_i].requests);
	run_close(&run);
}
END_TEST

START_TEST(each_queue_has_its_ring_pages_and_cpu)
{
	static const char block[] =
		"{driver: modern, queues: 2, cpu: [1, 0], requests: ["
		"{op: read, segments: 1, queue: 1, done: 1s},"
		"{op: read, segments: 1, queue: 0, done: 1s}]}";
	struct event event;
	uint64_t at[2];
	int cpu[2];
	unsigned maps = 0;
	struct run run;

	run_open(&run, "blkback", block);
	while (run_next(&run, &event)) {
		if (event.kind != EVENT_map)
			continue;
		at[maps] = event.ops[0].at;
		cpu[maps++] = event.cpu;
	}
	ck_assert_uint_eq(maps, 2);
	ck_assert(at[0] != at[1]);
	ck_assert_int_eq(cpu[0], 0);
	ck_assert_int_eq(cpu[1], 1);
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
	tcase_add_loop_test(tc, persistent_grants_make_these_calls, 0,
			    ROWS(persistent_rows));
	tcase_add_test(tc, persistent_grants_are_mapped_as_recorded);
	tcase_add_loop_test(tc, of_a_requests_batches_so_many_are_touched, 0,
			    ROWS(batch_rows));
	tcase_add_loop_test(tc, one_request_more_than_the_ring_holds_waits, 0,
			    ROWS(ring_rows));
	tcase_add_test(tc, each_queue_has_its_ring_pages_and_cpu);
	tcase_add_test(tc, a_request_waits_for_grant_references);
	tcase_add_test(tc, blkback_uses_the_page_that_came_back_last);
}

int main(void)
{
	return run_suite("blkback", add);
}
