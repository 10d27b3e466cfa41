/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_explore_same.c - the reduction of explore loses no outcome.
 *
 * Random programs of two CPUs, a few events each, by a seeded generator; some
 * with CPUs that walk ahead, some with store buffers.  The first SCHEDULES
 * schedules, those with fewer preemptions before others and none with more than
 * two, are run without reduction, at each crossing.  Where
 * nothing breaks in them, or in the search, the search has to have seen what
 * each of them ends in: flushes done and avoided, the counters of turns.c, page
 * tables of the hypervisor's keeping and grant tables bit by bit, and which
 * CPUs hold each granted frame, and to write. Where something breaks, the
 * search has to find that too, and no more is compared: what breaks in other
 * ways, and what those schedules end in, is not.
 *
 * So a step that does not tell something it touched is found out, if one of
 * these programs shows that within the bound.
 *
 * ROUNDS and ROUND in the environment: so many, or that one.
 */
#include <check.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/explore.h"
#include "tests/suite.h"
#include "tests/text_file.h"

#ifdef __SANITIZE_ADDRESS__
#define ROUNDS 20
#define ROUNDS_BUFFERED 5
#define ROUNDS_AHEAD 4
#define SCHEDULES 1000
#else
#define ROUNDS 100
#define ROUNDS_BUFFERED 40
#define ROUNDS_AHEAD 30
#define SCHEDULES 5000
#endif

/* ---- programs ---------------------------------------------------------- */

struct program {
	char text[4096];
	size_t length;
	uint64_t seed;
	unsigned ahead; /* walks to each page */
	enum trace_memory memory;
};

/* Below @n; as in Steele et al., Fast Splittable Pseudorandom Number
 * Generators, OOPSLA 2014. */
static unsigned draw(struct program *p, unsigned n)
{
	uint64_t x = p->seed += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return (unsigned)((x ^ x >> 31) % n);
}

static void put(struct program *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void put(struct program *p, const char *format, ...)
{
	size_t room = sizeof(p->text) - p->length;
	va_list list;
	int length;

	va_start(list, format);
	length = vsnprintf(p->text + p->length, room, format, list);
	va_end(list);
	ck_assert(length >= 0 && (size_t)length < room);
	p->length += (size_t)length;
}

static const char *const policies[] = { "upstream", "xs8",	  "trusted-ad",
					"per-page", "per-cpu",	  "tracked",
					"oracle",   "xs-2017-10", "xs65",
					"xs70" };

/* Two are mapped at first; the third address is in a table of its own. */
static const char *const pages[] = { "0xffff880000100000", "0xffff880000101000",
				     "0xffff880000400000" };
static const char *const labels[] = { "a", "b", "c" };

static void put_map(struct program *p, int cpu, unsigned ref, unsigned page)
{
	put(p,
	    "  - map: {domain: 0, cpu: %d, ops: [{ref: %u, from: 1, at: %s, "
	    "as: %s%s}]}\n",
	    cpu, 8 + ref, pages[page], labels[page],
	    draw(p, 2) ? ", readonly: true" : "");
}

/* The first is what most is about. */
static unsigned draw_page(struct program *p)
{
	return draw(p, 2) ? 0 : draw(p, 3);
}

static void put_access(struct program *p, int cpu)
{
	put(p, "  - %s: {cpu: %d, at: %s}\n", draw(p, 2) ? "read" : "write",
	    cpu, pages[draw_page(p)]);
}

static void put_unmap(struct program *p, int cpu)
{
	if (draw(p, 4))
		put(p, "  - unmap: {domain: 0, cpu: %d, ops: [{handle: %s}]}\n",
		    cpu, labels[draw(p, 3) == 0]);
	else
		put(p,
		    "  - unmap: {domain: 0, cpu: %d, ops: [{handle: %u, at: "
		    "%s}]}\n",
		    cpu, draw(p, 3), pages[draw_page(p)]);
}

static void put_event(struct program *p, int cpu)
{
	switch (draw(p, 8)) {
	case 0:
	case 1:
	case 2:
		put_unmap(p, cpu);
		break;
	case 3:
	case 4:
		put_map(p, cpu, draw(p, 2), draw(p, 2) ? 2 : 0);
		break;
	default:
		put_access(p, cpu);
		break;
	}
}

static void put_setup(struct program *p)
{
	put_map(p, 0, 0, 0);
	put_map(p, 0, draw(p, 2), 1);
	for (unsigned n = draw(p, 3); n; n--)
		put_access(p, (int)draw(p, 2));
}

/* How entries are written, if not as the policy says: a store waits, where
 * stores may wait. */
static const char *draw_update(struct program *p)
{
	static const char *const updates[] = { "plain\n", "cmpxchg\n",
					       "cmpxchg-preserve\n", NULL };

	if (p->memory != MEMORY_TSO)
		return NULL;
	return updates[draw(p, sizeof(updates) / sizeof(*updates))];
}

static void put_program(struct program *p)
{
	unsigned policy = draw(p, sizeof(policies) / sizeof(*policies));
	const char *update = draw_update(p);

	put(p,
	    "tlbsim: 1\n"
	    "title: a random program\n"
	    "machine: caches-everything\n"
	    "cpus: 2\n"
	    "policy: %s\n"
	    "schedule: [{cpu: 0, domain: 0}, {cpu: 1, domain: 0}]\n"
	    "domains:\n"
	    "  - {id: 0, name: dom0, hardware: true, paging: pv, memory: 1M}\n"
	    "  - {id: 1, name: guest, paging: pv, memory: 1M}\n"
	    "%s%s%s"
	    "events:\n"
	    "  - grant: {domain: 1, ref: 8..10, to: 0, frame: 0x80..}\n",
	    policies[policy], p->memory == MEMORY_TSO ? "memory: tso\n" : "",
	    update ? "update: " : "", update ? update : "");
	put_setup(p);
	put(p, "  - parallel: {speculate: %u}\n", p->ahead);
	put_unmap(p, 0);
	put_event(p, 1);
	for (unsigned n = draw(p, 3); n; n--)
		put_event(p, (int)draw(p, 2));
	if (draw(p, 4) == 0)
		put(p, "  - schedule: {cpu: 1, domain: idle}\n");
}

/* ---- both searches ------------------------------------------------------- */

static void explore(const struct explore_config *config, struct explored *to)
{
	struct progress none = progress_start(-1, false);
	struct explore_plan plan;
	int rc = explore_plan_read(&plan, config);

	if (rc < 0)
		diag_print(&plan.mistakes, stderr);
	ck_assert_int_eq(rc, 0);
	rc = explore_search(&plan, to, &none);
	if (rc < 0)
		diag_print(&to->diags, stderr);
	ck_assert_int_eq(rc, 0);
	explore_plan_free(&plan);
}

static bool is_same(const struct explore_outcome *a,
		    const struct explore_outcome *b)
{
	return a->deadlock == b->deadlock && a->violations == b->violations &&
	       a->stale == b->stale && a->refused == b->refused &&
	       a->performed == b->performed && a->avoided == b->avoided &&
	       a->state == b->state;
}

static bool has_outcome(const struct explored *in,
			const struct explore_outcome *o)
{
	for (unsigned i = 0; i < in->outcomes; i++)
		if (is_same(&in->outcome[i], o))
			return true;
	return false;
}

/* What breaks something ends the search: then it is that which counts. */
static unsigned lost(const struct explored *force,
		     const struct explored *reduced)
{
	unsigned count = 0;

	if (force->found.yes || reduced->found.yes)
		return force->found.yes && !reduced->found.yes;
	for (unsigned i = 0; i < force->outcomes; i++)
		count += !has_outcome(reduced, &force->outcome[i]);
	return count;
}

static const struct programs {
	enum trace_memory memory;
	unsigned ahead, rounds;
} programs[] = {
	{ MEMORY_SC, 0, ROUNDS },
	{ MEMORY_SC, 1, ROUNDS_AHEAD },
	{ MEMORY_TSO, 0, ROUNDS_BUFFERED },
};

static unsigned run_round(unsigned round, const struct programs *of,
			  uint64_t *told_apart)
{
	struct program p = { .seed = round,
			     .ahead = of->ahead,
			     .memory = of->memory };
	struct explore_config config = {
		.preemptions = 2,
		.depth = EXPLORE_NO_BOUND,
		.schedules = SCHEDULES,
		.seconds = EXPLORE_NO_BOUND,
		.no_reduction = true,
		.states = true,
	};
	struct explored force, reduced;
	struct text_file file;
	unsigned missing;

	put_program(&p);
	file = text_file(p.text);
	config.trace = file.path;
	explore(&config, &force);
	config.preemptions = config.schedules = EXPLORE_NO_BOUND;
	config.no_reduction = false;
	explore(&config, &reduced);
	text_file_close(&file);
	missing = lost(&force, &reduced);
	if (missing)
		fprintf(stderr,
			"round %u: %u of %u outcomes are lost, %u found:\n%s",
			round, missing, force.outcomes, reduced.outcomes,
			p.text);
	*told_apart += force.outcomes;
	explored_free(&force);
	explored_free(&reduced);
	return missing;
}

static unsigned number(const char *name, unsigned otherwise)
{
	const char *text = getenv(name);

	return text ? (unsigned)strtoul(text, NULL, 10) : otherwise;
}

START_TEST(reduction_loses_no_outcome_of_random_programs)
{
	unsigned first = number("ROUND", 0);
	unsigned rounds = number("ROUNDS",
				 getenv("ROUND") ? 1 : programs[_i].rounds);
	unsigned missing = 0;
	uint64_t told_apart = 0;

	for (unsigned i = 0; i < rounds; i++)
		missing += run_round(first + i, &programs[_i], &told_apart);
	ck_assert_uint_eq(missing, 0);
	/* They are not all alike, or nothing was compared. */
	ck_assert_uint_gt(told_apart, rounds);
}
END_TEST

static void add(TCase *tc)
{
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, reduction_loses_no_outcome_of_random_programs,
			    0, sizeof(programs) / sizeof(*programs));
}

int main(void)
{
	return run_suite("explore", add);
}
