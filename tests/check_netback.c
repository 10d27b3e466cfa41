/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_netback.c - what a netback does for a block of packets.
 */
#include <stdio.h>
#include <string.h>

#include "tests/driver_run.h"
#include "tests/suite.h"

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
	{ "N0 copies all: slot 0, then pages filled to the end", "netback",
	  PACKETS("N0", "{slots: [66, 4000, 4000]}"),
	  "grant 3 ro\ncopy 4\nrevoke 3\n" },
	{ "N4b splits what crosses the end of a page", "netback",
	  PACKETS("N4b", "{slots: [4096, " ONE17 "]}"),
	  "grant 18 ro\ncopy 2\nmap 17 ro\nrevoke 1\nunmap 17\nrevoke 17\n" },
	{ "N4 does not", "netback",
	  PACKETS("N4", "{slots: [4096, " ONE17 "]}"),
	  "grant 18 ro\ncopy 1\nmap 17 ro\nrevoke 1\nunmap 17\nrevoke 17\n" },
	{ "nor does it know of empty slots", "netback",
	  PACKETS("N4", "{slots: [1514, 0]}"),
	  "grant 2 ro\ncopy 1\nmap 2 ro\nunmap 2\nrevoke 2\n" },
	{ "which N4b answers at once", "netback",
	  PACKETS("N4b", "{slots: [1514, 0]}"),
	  "grant 2 ro\ncopy 1\nmap 1 ro\nrevoke 1\nunmap 1\nrevoke 1\n" },
	{ "a checksum reads all, and frees nothing", "netback",
	  "{driver: N3, checksum: true, packets: [{bytes: 1514, done: 9us},"
	  " {bytes: 98, header: 98, at: 1us}]}",
	  "grant 1 ro\ncopy 1\nmap 1 ro\nread 174*8 at 128\n"
	  "grant 1 ro\ncopy 1\nrevoke 1\nunmap 1\nrevoke 1\n" },
	{ "so does a bounce buffer", "netback",
	  "{driver: N3, bounce: true, packets: [{bytes: 1514}]}",
	  "grant 1 ro\ncopy 1\nmap 1 ro\nread 174*8 at 128\n"
	  "unmap 1\nrevoke 1\n" },
	{ "one packet may be for the backend itself, or not", "netback",
	  "{driver: N3, local-delivery: true, packets: [{bytes: 1514},"
	  " {bytes: 1514, at: 1us, local-delivery: false}]}",
	  "grant 1 ro\ncopy 1\nmap 1 ro\nread 174*8 at 128\n"
	  "unmap 1\nrevoke 1\ngrant 1 ro\ncopy 1\nmap 1 ro\n"
	  "unmap 1\nrevoke 1\n" },
	/* 128 of 1514 bytes are in dom0; the rest is the other guest's from
	 * grant to grant, then the page is free */
	{ "what is for another guest is copied there, untouched", "netback",
	  "{driver: N3, frontend: 1, backend: 0, bridge: 3, packets:"
	  " [{bytes: 1514}]}",
	  "grant 1 ro\ncopy 1\nmap 1 ro\ngrant 1\ncopy 2\nrevoke 1\n"
	  "unmap 1\nrevoke 1\n" },
	/* 66 + 4096 + 4096 bytes: into slots of 4096, 4096 and 66 bytes */
	{ "with the other guest's pages filled to the end", "netback",
	  "{driver: N3, frontend: 1, backend: 0, bridge: 3, packets: ["
	  LINUX "]}",
	  "grant 3 ro\ncopy 1\nmap 2 ro\nrevoke 1\n"
	  "grant 3\ncopy 5\nrevoke 3\nunmap 2\nrevoke 2\n" },
	{ "at once, if nothing of it is mapped", "netback",
	  "{driver: N3, frontend: 1, backend: 0, bridge: 3, packets: ["
	  PING "]}",
	  "grant 1 ro\ncopy 1\nrevoke 1\ngrant 1\ncopy 1\nrevoke 1\n" },
	{ "a packet for the backend goes nowhere else", "netback",
	  "{driver: N3, bridge: 3, local-delivery: true, packets: ["
	  PING "]}", "grant 1 ro\ncopy 1\nrevoke 1\n" },
	{ "a received packet is copied, a piece an operation", "netback",
	  PACKETS("N3", "{slots: [4096, 904], direction: rx}"),
	  "grant 2\ncopy 2\nrevoke 2\n" },
	{ "pieces share a slot of the guest's, or cross into the next",
	  "netback", PACKETS("N3", "{slots: [66, 4000, 40], direction: rx}"),
	  "grant 2\ncopy 4\nrevoke 2\n" },
	{ "and there may be more of them than slots in a packet sent",
	  "netback", PACKETS("N3", "{slots: [66, " ONE17 ", 1], direction: rx}"),
	  "grant 1\ncopy 19\nrevoke 1\n" },
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
			bool *page = &touched[event.ops[i].label.index];

			touches.mapped++;
			touches.touched += *page;
			*page = false;
		}
	}
	run_close(&run);
	return touches;
}

#define FULL16 FOUR(FOUR("4096", ","), ",")

#define VERSIONS 6

/* Touched and mapped pages of one packet in N0 ... N4b.  Three are worked
 * examples: a ping, a Windows-style packet and a Linux-style one. */
/* clang-format off */
static const struct {
	const char *packet, *slots;
	struct { unsigned touched, mapped; } want[VERSIONS];
} touch_rows[] = {
	{ "98-byte ping", "98", { { 0, 0 }, { 1, 1 }, { 0, 0 }, { 0, 0 },
	    { 0, 0 }, { 0, 0 } } },
	{ "1514 bytes in one slot", "1514",
	  { { 0, 0 }, { 1, 1 }, { 0, 1 }, { 0, 1 },
	    { 0, 1 }, { 0, 1 } } },
	{ "TSO: a header and 16 full pages", "66, " FULL16,
	  { { 0, 0 }, { 2, 17 }, { 1, 16 }, { 0, 16 },
	    { 0, 16 }, { 0, 16 } } },
	{ "a header and one segment", "66, 1448",
	  { { 0, 0 }, { 2, 2 }, { 1, 1 }, { 0, 1 },
	    { 0, 1 }, { 0, 1 } } },
	{ "128 bytes and a page", "128, 4096",
	  { { 0, 0 }, { 1, 2 }, { 0, 1 }, { 0, 1 },
	    { 0, 1 }, { 0, 1 } } },
	{ "18 slots, the first longer than 128: one frag too many",
	  "200, 1, " FULL16,
	  { { 0, 0 }, { 18, 18 }, { 18, 18 }, { 18, 18 },
	    { 0, 17 }, { 0, 17 } } },
	{ "18 slots, the first copied", "66, 1, " FULL16,
	  { { 0, 0 }, { 3, 18 }, { 2, 17 }, { 0, 17 },
	    { 0, 16 }, { 0, 16 } } },
};
/* clang-format on */

START_TEST(this_many_pages_of_a_packet_are_touched)
{
	static const char *const version[VERSIONS] = { "N0", "N1", "N2",
						       "N3", "N4", "N4b" };
	unsigned v = (unsigned)_i % VERSIONS, row = (unsigned)_i / VERSIONS;
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

	run_open(&run, "netback",
		 "{driver: N3, generate: {count: 20, bytes: 65535,"
		 " header: 15, burst: 20, service: 1s}}");
	ck_assert_uint_eq(run_to_unmap(&run, EVENT_grant, &event), 15);
	ck_assert_uint_eq(event.nr_ops, 15 * 16);
	run_close(&run);
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

static void add(TCase *tc)
{
	tcase_add_loop_test(tc, packets_become_these_calls, 0, ROWS(net_rows));
	tcase_add_loop_test(tc, this_many_pages_of_a_packet_are_touched, 0,
			    VERSIONS * ROWS(touch_rows));
	tcase_add_test(tc, a_poll_takes_64_packets);
	tcase_add_test(tc, packets_wait_for_slots_of_the_ring);
	tcase_add_test(tc, netback_uses_the_page_that_came_back_first);
}

int main(void)
{
	return run_suite("netback", add);
}
