/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_drivers.c - what holds for every driver model, whatever its block.
 *
 * A referee looks at all events as any guest and any hypervisor would:
 *
 *     grant --> map --> read, write --> unmap --> revoke
 *       |                                           ^
 *       `-----------------> copy -------------------'
 */
#include <stdio.h>

#include "tests/driver_run.h"
#include "tests/suite.h"
#include "workloads/due.h"
#include "workloads/script.h"

#define REFS 32768
#define PAGES 65536

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

/* The page that is mapped or unmapped: an unmap names its handle alone. */
static size_t page_in(const struct event *event, const struct op *op)
{
	if (event->kind != EVENT_unmap)
		return page_of(op->at);
	insist(op->label.name == LABEL && op->label.index < PAGES &&
		       !op->at_given,
	       "not the handle of a page");
	return op->label.index;
}

static void referee_op(struct referee *r, const struct event *event,
		       const struct op *op)
{
	uint32_t *page = &r->page_ref[page_in(event, op)];

	referee_hash(r, op->ref ^ op->at ^ op->label.index);
	referee_hash(r, op->frame ^ op->flags);
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
		insist(op->as.name == LABEL && op->as.index == page_of(op->at),
		       "not the handle of the page");
		*page = op->ref;
		r->mapped[op->ref]++;
		r->nr_mapped++;
	} else if (event->kind == EVENT_unmap) {
		insist(*page, "unmapped what was not mapped");
		r->mapped[*page]--;
		*page = 0;
		r->nr_mapped--;
	}
}

/* To another guest, from grant to grant: that it granted is checked by the
 * replay. */
static void referee_pass_on(const struct referee *r, const struct op *op)
{
	insist(op->source.domain == 1 && r->granted[op->source.ref],
	       "copied, not granted");
	insist(op->dest.by_ref && op->source.offset + op->length <= 4096 &&
		       op->dest.offset + op->length <= 4096,
	       "within a page");
}

static void referee_hash_end(struct referee *r, const struct copy_end *end)
{
	referee_hash(r, end->by_ref ? end->ref : end->frame);
	referee_hash(r, end->offset);
}

static void referee_copy(struct referee *r, const struct op *op)
{
	const struct copy_end *theirs = op->source.by_ref ? &op->source
							  : &op->dest;
	const struct copy_end *ours = op->source.by_ref ? &op->dest
							: &op->source;

	referee_hash_end(r, theirs);
	referee_hash_end(r, ours);
	referee_hash(r, op->length);
	if (op->source.by_ref && op->dest.by_ref) {
		referee_pass_on(r, op);
		return;
	}
	if (theirs->domain == 3)
		return; /* its linear part */
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
	/* persistent grants: nothing to unmap */
	if (event->domain == 3)
		return; /* gets what is passed on */
	insist(event->nr_ops || event->kind == EVENT_unmap, "an empty call");
	for (size_t i = 0; i < event->nr_ops; i++) {
		if (event->kind == EVENT_copy)
			referee_copy(r, &event->ops[i]);
		else
			referee_op(r, event, &event->ops[i]);
	}
}

/* Look at all events; the hash of them. */
static uint64_t referee_run(const struct trace_header *header,
			    const char *driver, const char *block)
{
	struct referee *r = calloc(1, sizeof(*r));
	struct event event;
	struct run run;
	uint64_t hash;

	run_open_in(&run, header, driver, block);
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
	{ "blkback", "{driver: modern, persistent: true, queues: 3,"
	  " ring_pages: 2, max_persistent_grants: 300, generate: {count: 120,"
	  " segments: [{value: 1, weight: 3}, {value: 11}, {value: 256}],"
	  " depth: 64, burst: 9, gap: 1ms, service: [{value: 5us},"
	  " {value: 9ms}], seed: %u}}" },
	{ "blkback", "{driver: linux-3.16, persistent: true, file: true,"
	  " max_persistent_grants: 500, generate: {count: 200,"
	  " segments: [{value: 1}, {value: 30}], depth: 32, gap: 1ms,"
	  " service: [{value: 5us}, {value: 200ms}], seed: %u}}" },
	{ "netback", "{driver: N1, generate: {count: 1000, burst: 100, slots:"
	  " [{value: [66, 4096, 4096]}, {value: [98]}, {value: [14, 1, 1,"
	  " 4096]}], gap: 10us, service: [{value: 1us}, {value: 3ms}],"
	  " rx_share: 0.5, seed: %u}}" },
	{ "netback", "{driver: N2, poll: 3us, dealloc: 5us, generate: {count:"
	  " 1000, bytes: [{value: 65535}, {value: 98}], header: 66, burst: 9,"
	  " gap: 10us, service: [{value: 1us}, {value: 3ms}], seed: %u}}" },
	{ "netback", "{driver: N4b, bridge: 3, dealloc: 9us, generate: {count:"
	  " 1000, bytes: [{value: 65535}, {value: 98}], header: 66, burst: 9,"
	  " gap: 10us, service: [{value: 1us}, {value: 3ms}], seed: %u}}" },
	{ "netback", "{driver: N0, bridge: 3, generate: {count:"
	  " 1000, bytes: [{value: 65535}, {value: 98}], header: 66, burst: 9,"
	  " gap: 10us, rx_share: 0.5, service: [{value: 1us}, {value: 3ms}],"
	  " seed: %u}}" },
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
	return referee_run(&driver_header, mixed_rows[row].driver, block);
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
	struct trace_header header = driver_header;
	uint64_t hash = referee_run(&header, "blkback", block);

	header.seed = 2;
	ck_assert(hash != referee_run(&header, "blkback", block));
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
		/* 0: that of the event */
		ck_assert_uint_eq(event.ops[0].line, 0);
	}
	ck_assert_uint_eq(line, 3);
	run_close(&run);
}
END_TEST

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

static void add(TCase *tc)
{
	tcase_add_loop_test(
		tc, nothing_is_reused_while_in_use_and_all_is_given_back, 0,
		ROWS(mixed_rows));
	tcase_add_loop_test(tc, equal_seeds_give_equal_events_and_others_do_not,
			    0, ROWS(mixed_rows));
	tcase_add_test(tc, the_default_seed_is_the_traces);
	tcase_add_test(tc, ends_and_cpu_are_as_named);
	tcase_add_test(tc, events_have_the_place_of_their_request);
	tcase_add_test(tc, the_due_queue_is_ordered_by_time_then_arrival);
}

int main(void)
{
	return run_suite("drivers", add);
}
