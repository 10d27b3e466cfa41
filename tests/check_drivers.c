/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_drivers.c - what the driver models must do, event by event.
 *
 * Most rows give a block and the events that it must make, one a line:
 *
 *     grant N [ro]     N references        map N [ro]    one hypercall
 *     revoke N                             unmap N
 *     copy N                               read N*M [at O]  N loads, M apart,
 *                                          from offset O of a page
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/yaml_in.h"
#include "tests/suite.h"
#include "workloads/drivers.h"
#include "workloads/due.h"
#include "workloads/script.h"

#define LABEL 7

static struct trace_header header;

static void setup(void)
{
	header = (struct trace_header){
		.cpus = 2,
		.seed = 1,
		.nr_domains = 3,
		.domain = { { .id = 0,
			      .hardware = true,
			      .memory = 64 << 20,
			      .grant_frames = 64 },
			    { .id = 1, .memory = 1 << 20, .grant_frames = 64 },
			    { .id = 2, .memory = 1 << 20, .grant_frames = 1 } },
	};
}

/* ---- running a block --------------------------------------------------- */

struct run {
	const struct driver *driver;
	struct yaml_in *in;
	struct diags diags;
	void *instance; /* NULL: the block was refused */
	char path[32];
};

static const struct driver *find_driver(const char *name)
{
	for (size_t i = 0; sim_drivers[i]; i++)
		if (strcmp(sim_drivers[i]->name, name) == 0)
			return sim_drivers[i];
	ck_abort_msg("no driver %s", name);
}

static void write_file(char *path, const char *text)
{
	size_t length = strlen(text);
	int fd;

	strcpy(path, "check_drivers.XXXXXX");
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, length), length);
	close(fd);
}

/* @block is the text of the block's mapping, in flow style. */
static void run_open(struct run *run, const char *driver, const char *block)
{
	struct node *root;

	*run = (struct run){ .driver = find_driver(driver) };
	write_file(run->path, block);
	ck_assert_int_eq(yaml_in_load(&run->in, run->path, &root, &run->diags),
			 0);
	run->instance = run->driver->open(root, &header, LABEL, &run->diags);
}

static void run_close(struct run *run)
{
	if (run->instance)
		run->driver->close(run->instance);
	yaml_in_close(run->in);
	unlink(run->path);
}

static int run_next(struct run *run, struct event *event)
{
	ck_assert_msg(run->instance, "refused: %s", run->diags.diag[0].text);
	return run->driver->next(run->instance, event);
}

static void print_access(const struct event *event, FILE *out)
{
	uint64_t offset = event->access.at % 4096;

	fprintf(out, "%" PRIu64 "*%" PRIu64, event->access.count,
		event->access.stride);
	if (offset)
		fprintf(out, " at %" PRIu64, offset);
}

/* The line for an event. */
static void print_event(const struct event *event, FILE *out)
{
	bool readonly = event->kind == EVENT_grant
				? event->grant.readonly
				: event->nr_ops && (event->ops[0].flags &
						    GNTMAP_readonly);

	fprintf(out, "%s ", event_names[event->kind]);
	if (event->kind == EVENT_read || event->kind == EVENT_write)
		print_access(event, out);
	else
		fprintf(out, "%zu%s", event->nr_ops, readonly ? " ro" : "");
	fputc('\n', out);
}

/* All events of a block, to be freed. */
static char *events_of(const char *driver, const char *block)
{
	struct event event;
	struct run run;
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	run_open(&run, driver, block);
	while (run_next(&run, &event))
		print_event(&event, out);
	fclose(out);
	run_close(&run);
	return text;
}

struct sequence {
	const char *claim, *driver, *block, *events;
};

static void check_sequence(const struct sequence *row)
{
	char *got = events_of(row->driver, row->block);

	ck_assert_msg(strcmp(got, row->events) == 0,
		      "%s\n--- wanted\n%s--- got\n%s", row->claim, row->events,
		      got);
	free(got);
}

/* ---- blkback ----------------------------------------------------------- */

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
	unsigned maps = 0;

	run_open(&run, "blkback",
		 "{driver: modern, generate: {count: 40, segments: 1,"
		 " depth: 32, service: 1s}}");
	while (run_next(&run, &event) && event.kind != EVENT_unmap)
		maps += event.kind == EVENT_map;
	ck_assert_uint_eq(maps, 32);
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

/* ---- netback ----------------------------------------------------------- */

#define PACKETS(version, list) "{driver: " version ", packets: [" list "]}"
#define PING "{bytes: 98, header: 98}"
#define WINDOWS "{bytes: 1514}"
#define LINUX "{slots: [66, 4096, 4096]}"
#define FOUR(x, sep) x sep x sep x sep x
#define ONE17 FOUR(FOUR("1", ","), ",") ",1"
#define READ17 FOUR(FOUR("read 1*8\n", ), ) "read 1*8\n"

/* clang-format off */
static const struct sequence net_rows[] = {
	{ "a small packet is copied and answered at once", "netback",
	  PACKETS("N2", PING), "grant 1 ro\ncopy 1\nrevoke 1\n" },
	{ "N1 maps it, and unmaps it by a call of its own", "netback",
	  PACKETS("N1", PING),
	  "grant 1 ro\nmap 1 ro\nread 13*8\nunmap 1\nrevoke 1\n" },
	{ "what follows 128 copied bytes is mapped, not touched", "netback",
	  PACKETS("N2", WINDOWS),
	  "grant 1 ro\ncopy 1\nmap 1 ro\nunmap 1\nrevoke 1\n" },
	{ "N1 reads the header in the page", "netback",
	  PACKETS("N1", WINDOWS),
	  "grant 1 ro\nmap 1 ro\nread 16*8\nunmap 1\nrevoke 1\n" },
	{ "N2 pulls what a 66-byte header misses", "netback",
	  PACKETS("N2", LINUX),
	  "grant 3 ro\ncopy 1\nmap 2 ro\nrevoke 1\nread 8*8\n"
	  "unmap 2\nrevoke 2\n" },
	{ "out of two frags when the first is short", "netback",
	  PACKETS("N2", "{slots: [66, 32, 4096]}"),
	  "grant 3 ro\ncopy 1\nmap 2 ro\nrevoke 1\nread 4*8\nread 4*8\n"
	  "unmap 2\nrevoke 2\n" },
	{ "N3 does not", "netback", PACKETS("N3", LINUX),
	  "grant 3 ro\ncopy 1\nmap 2 ro\nrevoke 1\nunmap 2\nrevoke 2\n" },
	{ "unless the header is shorter than what is parsed", "netback",
	  PACKETS("N3", "{slots: [14, 4096]}"),
	  "grant 2 ro\ncopy 1\nmap 1 ro\nrevoke 1\nread 5*8\n"
	  "unmap 1\nrevoke 1\n" },
	{ "or than 'parsed' says", "netback",
	  "{driver: N3, parsed: 200, packets: [" WINDOWS "]}",
	  "grant 1 ro\ncopy 1\nmap 1 ro\nread 9*8 at 128\n"
	  "unmap 1\nrevoke 1\n" },
	{ "18 frags are copied by the CPU, once, and freed", "netback",
	  "{driver: N3, parsed: 140, packets: [{slots: [200, " ONE17 "],"
	  " done: 1s}, {bytes: 98, header: 98, at: 1us}]}",
	  "grant 18 ro\ncopy 1\nmap 18 ro\nread 9*8 at 128\n" READ17
	  "unmap 18\nrevoke 18\ngrant 1 ro\ncopy 1\nrevoke 1\n" },
	{ "N4 copies across slots", "netback",
	  PACKETS("N4", "{slots: [14, 40, 4096]}"),
	  "grant 3 ro\ncopy 3\nmap 1 ro\nrevoke 2\nunmap 1\nrevoke 1\n" },
	{ "all of them when they are short", "netback",
	  PACKETS("N4", "{slots: [14, " ONE17 "]}"),
	  "grant 18 ro\ncopy 18\nrevoke 18\n" },
	{ "time does not wrap", "netback",
	  "{driver: N3, dealloc: 2s, poll: 3s, packets:"
	  " [{bytes: 1514, at: 18446744073709551615}]}",
	  "grant 1 ro\ncopy 1\nmap 1 ro\nunmap 1\nrevoke 1\n" },
	{ "packets that are due together share a poll and a release",
	  "netback", PACKETS("N3", LINUX "," PING "," WINDOWS),
	  "grant 3 ro\ngrant 1 ro\ngrant 1 ro\ncopy 3\nmap 3 ro\n"
	  "revoke 1\nrevoke 1\nunmap 3\nrevoke 3\n" },
	{ "a poll waits for more", "netback",
	  "{driver: N3, poll: 1us, packets: [{bytes: 1514, done: 9us},"
	  " {bytes: 1514, at: 1us, done: 9us},"
	  " {bytes: 1514, at: 3us, done: 9us}]}",
	  "grant 1 ro\ngrant 1 ro\ncopy 2\nmap 2 ro\n"
	  "grant 1 ro\ncopy 1\nmap 1 ro\nunmap 3\nrevoke 3\n" },
	{ "so does the dealloc thread", "netback",
	  "{driver: N3, dealloc: 1us, packets: [{bytes: 1514, done: 5us},"
	  " {bytes: 1514, done: 6us}, {bytes: 1514, done: 7us}]}",
	  "grant 1 ro\ngrant 1 ro\ngrant 1 ro\ncopy 3\nmap 3 ro\n"
	  "unmap 2\nrevoke 2\nunmap 1\nrevoke 1\n" },
	{ "what is freed comes before what arrives", "netback",
	  PACKETS("N3", "{bytes: 1514, done: 5us}, {bytes: 1514, at: 5us}"),
	  "grant 1 ro\ncopy 1\nmap 1 ro\nunmap 1\nrevoke 1\n"
	  "grant 1 ro\ncopy 1\nmap 1 ro\nunmap 1\nrevoke 1\n" },
	{ "a generator sends bursts, a gap apart", "netback",
	  "{driver: N3, generate: {count: 4, bytes: 1514, burst: 2,"
	  " gap: 10us, service: 15us}}",
	  "grant 1 ro\ngrant 1 ro\ncopy 2\nmap 2 ro\n"
	  "grant 1 ro\ngrant 1 ro\ncopy 2\nmap 2 ro\n"
	  "unmap 2\nrevoke 2\nunmap 2\nrevoke 2\n" },
	{ "a capture copies all that is mapped and frees it", "netback",
	  "{driver: N3, tap: true, packets: [{slots: [66, 4096, 8],"
	  " done: 1s}, {bytes: 1514, at: 1us, done: 1s}]}",
	  "grant 3 ro\ncopy 1\nmap 2 ro\nrevoke 1\nread 512*8\nread 1*8\n"
	  "unmap 2\nrevoke 2\n"
	  "grant 1 ro\ncopy 1\nmap 1 ro\nread 174*8 at 128\nunmap 1\nrevoke 1\n" },
	{ "so does the backend's own network stack", "netback",
	  "{driver: N3, local-delivery: true, packets: [" WINDOWS "]}",
	  "grant 1 ro\ncopy 1\nmap 1 ro\nread 174*8 at 128\nunmap 1\nrevoke 1\n" },
	{ "a received packet is copied, a slot an operation", "netback",
	  PACKETS("N3", "{slots: [4096, 904], direction: rx}"),
	  "grant 2\ncopy 2\nrevoke 2\n" },
	{ "64 operations make a copy call", "netback",
	  "{driver: N3, generate: {count: 33, slots: [4096, 100],"
	  " rx_share: 1, burst: 33}}",
	  "grant 66\ncopy 64\ncopy 2\nrevoke 66\n" },
};
/* clang-format on */

START_TEST(packets_become_these_calls)
{
	check_sequence(&net_rows[_i]);
}
END_TEST

/* Pages that a block maps, and that a CPU touches while they are. */
struct touches {
	unsigned mapped, touched, copied;
};

static unsigned page_of(uint64_t address)
{
	return address / 4096 % 65536;
}

static struct touches touches_of(const char *driver, const char *block)
{
	static bool touched[65536];
	struct touches touches = { 0 };
	struct event event;
	struct run run;

	memset(touched, 0, sizeof(touched));
	run_open(&run, driver, block);
	while (run_next(&run, &event)) {
		if (event.kind == EVENT_read)
			touched[page_of(event.access.at)] = true;
		touches.copied += event.kind == EVENT_copy ? event.nr_ops : 0;
		if (event.kind != EVENT_unmap)
			continue;
		for (size_t i = 0; i < event.nr_ops; i++) {
			bool *page = &touched[page_of(event.ops[i].at)];

			touches.mapped++;
			touches.touched += *page;
			*page = false;
		}
	}
	run_close(&run);
	return touches;
}

#define FULL16 FOUR(FOUR("4096", ","), ",")

/* Touched and mapped pages of one packet in N1, N2, N3 and N4. */
/* clang-format off */
static const struct {
	const char *packet, *slots;
	struct { unsigned touched, mapped; } want[4];
} touch_rows[] = {
	{ "98-byte ping", "98", { { 1, 1 }, { 0, 0 }, { 0, 0 }, { 0, 0 } } },
	{ "1514 bytes in one slot", "1514",
	  { { 1, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ "TSO: a header and 16 full pages", "66, " FULL16,
	  { { 2, 17 }, { 1, 16 }, { 0, 16 }, { 0, 16 } } },
	{ "a header and one segment", "66, 1448",
	  { { 2, 2 }, { 1, 1 }, { 0, 1 }, { 0, 1 } } },
	{ "128 bytes and a page", "128, 4096",
	  { { 1, 2 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ "18 slots, the first longer than 128: one frag too many",
	  "200, 1, " FULL16,
	  { { 18, 18 }, { 18, 18 }, { 18, 18 }, { 0, 17 } } },
	{ "18 slots, the first copied", "66, 1, " FULL16,
	  { { 3, 18 }, { 2, 17 }, { 0, 17 }, { 0, 16 } } },
};
/* clang-format on */

START_TEST(this_many_pages_of_a_packet_are_touched)
{
	static const char *const version[] = { "N1", "N2", "N3", "N4" };
	unsigned v = (unsigned)_i % 4, row = (unsigned)_i / 4;
	struct touches got;
	char block[300];

	snprintf(block, sizeof(block), "{driver: %s, packets: [{slots: [%s]}]}",
		 version[v], touch_rows[row].slots);
	got = touches_of("netback", block);
	ck_assert_msg(got.touched == touch_rows[row].want[v].touched &&
			      got.mapped == touch_rows[row].want[v].mapped,
		      "%s in %s: %u of %u", touch_rows[row].packet, version[v],
		      got.touched, got.mapped);
}
END_TEST

/* 64 packets of a poll; 300 ask for five. */
START_TEST(a_poll_takes_64_packets)
{
	struct event event;
	struct run run;
	unsigned calls = 0;

	run_open(&run, "netback",
		 "{driver: N3, generate: {count: 300, bytes: 98, header: 98,"
		 " burst: 300}}");
	while (run_next(&run, &event)) {
		if (event.kind != EVENT_copy)
			continue;
		ck_assert_uint_eq(event.nr_ops, calls < 4 ? 64 : 300 - 4 * 64);
		calls++;
	}
	ck_assert_uint_eq(calls, 5);
	run_close(&run);
}
END_TEST

/* 256 slots: 15 packets of 17, and the 16th waits though it is due. */
START_TEST(packets_wait_for_slots_of_the_ring)
{
	struct event event;
	struct run run;
	unsigned grants = 0;

	run_open(&run, "netback",
		 "{driver: N3, generate: {count: 20, bytes: 65535,"
		 " header: 15, burst: 20, service: 1s}}");
	while (run_next(&run, &event) && event.kind != EVENT_unmap)
		grants += event.kind == EVENT_grant;
	ck_assert_uint_eq(grants, 15);
	ck_assert_uint_eq(event.nr_ops, 15 * 16);
	run_close(&run);
}
END_TEST

/* ---- what is used again, and when -------------------------------------- */

/* Addresses that a block maps, in order. */
static void mapped_at(const char *driver, const char *block, uint64_t *at,
		      grant_ref_t *ref, size_t want)
{
	struct event event;
	struct run run;
	size_t count = 0;

	run_open(&run, driver, block);
	while (run_next(&run, &event))
		for (size_t i = 0; event.kind == EVENT_map &&
				   i < event.nr_ops && count < want;
		     i++) {
			at[count] = event.ops[i].at;
			ref[count++] = event.ops[i].ref;
		}
	ck_assert_uint_eq(count, want);
	run_close(&run);
}

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

/* As recorded: the ring of pending indices goes round. */
START_TEST(netback_uses_the_page_that_came_back_first)
{
	static uint64_t at[257];
	static grant_ref_t ref[257];

	mapped_at("netback",
		  "{driver: N3, generate: {count: 257, bytes: 1514,"
		  " gap: 1us}}",
		  at, ref, 257);
	for (unsigned i = 1; i < 256; i++)
		ck_assert(at[i] == at[i - 1] + 4096);
	ck_assert(at[256] == at[0]);
	for (unsigned i = 0; i < 257; i++)
		ck_assert_uint_eq(ref[i], FIRST_REF);
}
END_TEST

/* ---- both: what any guest and any hypervisor would insist on ----------- */

#define REFS 32768
#define PAGES 16384

/* ck_assert() reports each success as well, by a system call. */
static void insist(bool good, const char *what)
{
	if (!good)
		ck_abort_msg("%s", what);
}

struct referee {
	bool granted[REFS];
	uint32_t mapped[REFS];	  /* how often */
	uint32_t page_ref[PAGES]; /* what is mapped there, or 0 */
	unsigned nr_granted, nr_mapped;
	uint64_t hash; /* of all that was seen */
};

static void referee_hash(struct referee *r, uint64_t value)
{
	r->hash = (r->hash ^ value) * 0x100000001b3;
}

static void referee_op(struct referee *r, const struct event *event,
		       const struct op *op)
{
	uint32_t *page = &r->page_ref[page_of(op->at)];

	if (event->kind == EVENT_grant) {
		insist(op->ref >= FIRST_REF && op->ref < REFS,
		       "no such reference");
		insist(!r->granted[op->ref], "granted twice");
		insist(op->frame < 256, "past the memory");
		r->granted[op->ref] = true;
		r->nr_granted++;
	} else if (event->kind == EVENT_revoke) {
		insist(r->granted[op->ref], "was not granted");
		insist(!r->mapped[op->ref], "revoked while mapped");
		r->granted[op->ref] = false;
		r->nr_granted--;
	} else if (event->kind == EVENT_map) {
		insist(op->from == 1, "not the frontend");
		insist(r->granted[op->ref], "mapped, not granted");
		insist(!*page, "mapped over a mapping");
		insist(op->as.name == LABEL, "not its own name");
		*page = op->ref;
		r->mapped[op->ref]++;
		r->nr_mapped++;
	} else if (event->kind == EVENT_unmap) {
		insist(*page, "unmapped what was not mapped");
		insist(op->label.name == LABEL &&
			       op->label.index == page_of(op->at),
		       "not the handle of the page");
		r->mapped[*page]--;
		*page = 0;
		r->nr_mapped--;
	}
}

static void referee_copy(const struct referee *r, const struct op *op)
{
	const struct copy_end *theirs = op->source.by_ref ? &op->source
							  : &op->dest;
	const struct copy_end *ours = op->source.by_ref ? &op->dest
							: &op->source;

	insist(r->granted[theirs->ref], "copied, not granted");
	insist(theirs->by_ref && !ours->by_ref, "one end is granted");
	insist(ours->domain == DOMID_SELF && theirs->domain == 1,
	       "between the two domains");
	insist(theirs->offset + op->length <= 4096 &&
		       ours->offset + op->length <= 4096,
	       "within a page");
}

static void referee_see(struct referee *r, const struct event *event)
{
	bool access = event->kind == EVENT_read || event->kind == EVENT_write;

	referee_hash(r, event->kind);
	referee_hash(r, event->nr_ops);
	if (access) {
		uint64_t last = event->access.at + (event->access.count - 1) *
							   event->access.stride;

		referee_hash(r, event->access.at);
		insist(r->page_ref[page_of(event->access.at)],
		       "touched what is not mapped");
		insist(event->access.at / 4096 == last / 4096 &&
			       event->domain == 0,
		       "within a page, by the backend");
		return;
	}
	insist(event->nr_ops, "an empty call");
	for (size_t i = 0; i < event->nr_ops; i++) {
		referee_hash(r, event->ops[i].ref ^ event->ops[i].at);
		referee_hash(r, event->ops[i].frame ^ event->ops[i].flags);
		if (event->kind == EVENT_copy)
			referee_copy(r, &event->ops[i]);
		else
			referee_op(r, event, &event->ops[i]);
	}
}

/* Look at all events; the hash of them. */
static uint64_t referee_run(const char *driver, const char *block)
{
	struct referee *r = calloc(1, sizeof(*r));
	struct event event;
	struct run run;
	uint64_t hash;

	run_open(&run, driver, block);
	while (run_next(&run, &event))
		referee_see(r, &event);
	ck_assert_uint_eq(r->nr_granted, 0);
	ck_assert_uint_eq(r->nr_mapped, 0);
	hash = r->hash;
	run_close(&run);
	free(r);
	return hash;
}

/* clang-format off */
static const struct {
	const char *driver, *block;
} mixed_rows[] = {
	{ "blkback", "{driver: modern, crypt: true, generate: {count: 500,"
	  " segments: [{value: 1, weight: 3}, {value: 11}, {value: 256}],"
	  " depth: 32, burst: 3, gap: 10us, service: [{value: 5us},"
	  " {value: 200us}], seed: %u}}" },
	{ "blkback", "{driver: linux-3.16, bounce: true, generate: {count:"
	  " 500, bytes: [{value: 512}, {value: 130K}], read_share: 0.3,"
	  " depth: 7, service: [{value: 5us}, {value: 200us}], seed: %u}}" },
	{ "netback", "{driver: N1, generate: {count: 1000, burst: 100, slots:"
	  " [{value: [66, 4096, 4096]}, {value: [98]}, {value: [14, 1, 1,"
	  " 4096]}], gap: 10us, service: [{value: 1us}, {value: 3ms}],"
	  " rx_share: 0.5, seed: %u}}" },
	{ "netback", "{driver: N2, poll: 3us, dealloc: 5us, generate: {count:"
	  " 1000, bytes: [{value: 65535}, {value: 98}], header: 66, burst: 9,"
	  " gap: 10us, service: [{value: 1us}, {value: 3ms}], seed: %u}}" },
	{ "netback", "{driver: N3, tap: true, generate: {count: 1000, slots:"
	  " [66, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100,"
	  " 100, 100, 100, 100, 100], burst: 20, rx_share: 0.2, seed: %u}}" },
	{ "netback", "{driver: N4, local-delivery: true, generate: {count:"
	  " 1000, slots: [{value: [14, 20, 30, 100]}, {value: [4096]}],"
	  " burst: 70, rx_share: 0.1, seed: %u}}" },
};
/* clang-format on */

static uint64_t mixed_run(unsigned row, unsigned seed)
{
	char block[600];

	/* the only conversion is the seed */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(block, sizeof(block), mixed_rows[row].block, seed);
#pragma GCC diagnostic pop
	return referee_run(mixed_rows[row].driver, block);
}

START_TEST(nothing_is_reused_while_in_use_and_all_is_given_back)
{
	for (unsigned seed = 0; seed < 4; seed++)
		mixed_run((unsigned)_i, seed);
}
END_TEST

START_TEST(equal_seeds_give_equal_events_and_others_do_not)
{
	uint64_t hash = mixed_run((unsigned)_i, 5);

	ck_assert(hash == mixed_run((unsigned)_i, 5));
	ck_assert(hash != mixed_run((unsigned)_i, 6));
}
END_TEST

START_TEST(the_default_seed_is_the_traces)
{
	static const char block[] =
		"{driver: modern, generate: {count: 100, segments: 1}}";
	uint64_t hash = referee_run("blkback", block);

	header.seed = 2;
	ck_assert(hash != referee_run("blkback", block));
}
END_TEST

START_TEST(ends_and_cpu_are_as_named)
{
	struct event event;
	struct run run;

	run_open(&run, "blkback",
		 "{driver: modern, backend: 2, frontend: 0, cpu: 1, requests:"
		 " [{op: read, segments: 1}]}");
	ck_assert_int_eq(run_next(&run, &event), 1);
	ck_assert_int_eq(event.domain, 0);
	ck_assert_int_eq(event.cpu, CPU_ANY);
	ck_assert_int_eq(event.grant.to, 2);
	ck_assert_int_eq(run_next(&run, &event), 1);
	ck_assert_int_eq(event.domain, 2);
	ck_assert_int_eq(event.cpu, 1);
	ck_assert_int_eq(event.ops[0].from, 0);
	run_close(&run);
}
END_TEST

START_TEST(events_have_the_place_of_their_request)
{
	struct event event;
	struct run run;
	uint32_t line = 0;

	run_open(&run, "blkback",
		 "driver: modern\nrequests:\n"
		 "  - {op: read, segments: 1, done: 1s}\n"
		 "  - {op: read, segments: 1}\n");
	while (run_next(&run, &event)) {
		if (event.kind != EVENT_unmap)
			continue;
		ck_assert(event.place.line != line);
		line = event.place.line;
		ck_assert_uint_eq(event.ops[0].line, line);
	}
	ck_assert_uint_eq(line, 3);
	run_close(&run);
}
END_TEST

/* ---- what is refused --------------------------------------------------- */

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
	{ "blkback", "driver: modern\npersistent: true\nrequests:\n"
	  "- {op: read, segments: 1}\n", 2, 13,
	  "there is no model of persistent grants: only 'persistent: false' "
	  "can be replayed" },
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
	  " depth: 33}\n", 2, 42, "33" },
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
	{ "netback", "driver: N2\npackets:\n- {slots: [13]}\n", 3, 12, "13" },
	{ "netback", "driver: N2\npackets:\n- {slots: [66, 0]}\n", 3, 16,
	  "0" },
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
	struct run run;

	header.nr_domains = 1;
	run_open(&run, "netback", "{driver: N2, packets: [{bytes: 98}]}");
	ck_assert_ptr_null(run.instance);
	ck_assert_str_eq(run.diags.diag[0].text,
			 "no second domain: a driver has a frontend and a "
			 "backend");
	run_close(&run);
}
END_TEST

START_TEST(a_trace_without_hardware_domain_must_name_the_backend)
{
	struct run run;

	header.domain[0].hardware = false;
	run_open(&run, "netback", "{driver: N2, packets: [{bytes: 98}]}");
	ck_assert_ptr_null(run.instance);
	ck_assert_str_eq(run.diags.diag[0].text,
			 "no hardware domain: 'backend' must name a domain");
	run_close(&run);
}
END_TEST

/* ---- parts ------------------------------------------------------------- */

START_TEST(the_due_queue_is_ordered_by_time_then_arrival)
{
	static struct due_queue queue;
	static uint32_t seen[DUE_MAX];
	uint32_t last_time = 0, last_what = 0;

	for (uint32_t i = 0; i < DUE_MAX; i++)
		due_push(&queue, i * 7919 % 16, i);
	for (uint32_t i = 0; i < DUE_MAX; i++) {
		uint32_t time = (uint32_t)due_time(&queue);
		uint32_t what = due_pop(&queue);

		ck_assert_uint_eq(what * 7919 % 16, time);
		ck_assert_uint_eq(seen[what]++, 0);
		ck_assert(!i || time > last_time ||
			  (time == last_time && what > last_what));
		last_time = time;
		last_what = what;
	}
}
END_TEST

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

static void add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_loop_test(tc, block_requests_become_these_calls, 0,
			    ROWS(block_rows));
	tcase_add_test(tc, the_33rd_request_waits_for_a_completion);
	tcase_add_test(tc, a_request_waits_for_grant_references);
	tcase_add_loop_test(tc, packets_become_these_calls, 0, ROWS(net_rows));
	tcase_add_loop_test(tc, this_many_pages_of_a_packet_are_touched, 0,
			    4 * ROWS(touch_rows));
	tcase_add_test(tc, a_poll_takes_64_packets);
	tcase_add_test(tc, packets_wait_for_slots_of_the_ring);
	tcase_add_test(tc, blkback_uses_the_page_that_came_back_last);
	tcase_add_test(tc, netback_uses_the_page_that_came_back_first);
	tcase_add_loop_test(
		tc, nothing_is_reused_while_in_use_and_all_is_given_back, 0,
		ROWS(mixed_rows));
	tcase_add_loop_test(tc, equal_seeds_give_equal_events_and_others_do_not,
			    0, ROWS(mixed_rows));
	tcase_add_test(tc, the_default_seed_is_the_traces);
	tcase_add_test(tc, ends_and_cpu_are_as_named);
	tcase_add_test(tc, events_have_the_place_of_their_request);
	tcase_add_loop_test(tc, a_bad_block_is_refused_with_its_place, 0,
			    ROWS(error_rows));
	tcase_add_test(tc, a_trace_without_two_domains_has_no_driver);
	tcase_add_test(tc,
		       a_trace_without_hardware_domain_must_name_the_backend);
	tcase_add_test(tc, the_due_queue_is_ordered_by_time_then_arrival);
}

int main(void)
{
	return run_suite("drivers", add);
}
