/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_gnttab_storm.c - random hypercalls, with failures and preemption at
 * random crossings of the seam, leave nothing behind (I4).
 *
 *   round    one machine, a policy, an era; all versions and operations
 *     calls    each perhaps failing at its n-th crossing, perhaps preempted
 *     end      what handles are left are unmapped: no pin, reference, handle
 *              or status bit may be left then
 *
 * A round is told by its number alone, which is its seed and is written to
 * the log before it begins.  STORM_CALLS=1000000 in the environment asks for
 * more than the 50000 calls of `make check`; STORM_ROUND=N for one round.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/storm.h"
#include "tests/suite.h"

#define CALLS 500 /* in a round */
#define DEFAULT_CALLS "50000"
#define STATUS (GTF_reading | GTF_writing)

/* ---- what guests do by themselves -----------------------------------------
 */

static uint16_t bits_in_entry(struct storm *s, domid_t d, grant_ref_t ref)
{
	const struct grant_table *gt = s->m->domains[d].gt;

	/* Unpinned, what looks like them may be left of a transfer. */
	if (gnttab_version(gt) == 2 || !gnttab_active(gt, ref).pin)
		return 0;
	return *fake_shared(s->m, d, ref) & STATUS;
}

/* Write an entry, and leave the hypervisor's bits alone. */
static void do_grant(struct storm *s)
{
	domid_t d = below(s, FAKE_DOMAINS), to = below(s, FAKE_DOMAINS);
	grant_ref_t ref = below(s, REFS), other = below(s, REFS);
	uint16_t bits = bits_in_entry(s, d, ref);
	uint64_t gfn = 1 + below(s, FAKE_DATA_FRAMES); /* bus address 0: none */
	bool v2 = gnttab_version(s->m->domains[d].gt) == 2;

	if (v2 && one_in(s, 4))
		grant_sub_page(s->m, d, ref, to, gfn, below(s, 4096),
			       below(s, 4096));
	else if (v2 && one_in(s, 3))
		grant_transitive(s->m, d, ref, to, below(s, FAKE_DOMAINS + 1),
				 other);
	else
		grant_access(s->m, d, ref, to, gfn,
			     one_in(s, 4) ? GTF_readonly : 0);
	if (!bits && one_in(s, 16))
		*fake_shared(s->m, d, ref) = (uint32_t)to << 16 |
					     GTF_accept_transfer;
	*fake_shared(s->m, d, ref) |= bits;
}

/* Map an own page, or take an entry away, a grant's as well. */
static void do_entry(struct storm *s)
{
	domid_t d = below(s, FAKE_DOMAINS);
	unsigned n = below(s, PAGES);
	uint64_t gfn = below(s, FAKE_DATA_FRAMES);
	uint64_t *pte = fake_pte(s->m, d, n);

	if (*pte & FAKE_PTE_P)
		machine_pte_put(&s->m->cpus[0], &s->m->domains[d], *pte);
	*pte = 0;
	if (one_in(s, 2) && fake_mfn(s->m, d, gfn).n != FAKE_NOWHERE)
		fake_guest_map(s->m, d, n, gfn, one_in(s, 2));
}

static void do_schedule(struct storm *s)
{
	s->m->cpus[below(s, FAKE_CPUS)].runs =
		&s->m->domains[below(s, FAKE_DOMAINS)];
	s->m->paged_out.n = below(s, 200);
}

/* ---- the end of a round ---------------------------------------------------
 */

/* All entries go, with their references. */
static void entries_drop(struct fake_machine *m, domid_t d)
{
	for (unsigned i = 0; i < FAKE_SLOTS; i++) {
		uint64_t *pte = fake_pte(m, d, i);

		if (*pte & FAKE_PTE_P)
			machine_pte_put(&m->cpus[0], &m->domains[d], *pte);
		*pte = 0;
	}
}

/* Unmap what is left of handle @h at an entry made for that. */
static void handle_drop(struct fake_machine *m, domid_t d, grant_handle_t h)
{
	struct gnttab_maptrack_view v = gnttab_maptrack(m->domains[d].gt, h);
	gnttab_unmap_grant_ref_t op = { .handle = h };
	bool writable = !(v.flags & GNTMAP_readonly);
	mfn_t mfn;

	if (!v.flags)
		return;
	mfn = gnttab_active(m->domains[v.granter].gt, v.ref).mfn;
	if (v.flags & DEVICE)
		op.dev_bus_addr = mfn.n << 12;
	if (v.flags & HOST) {
		op.host_addr = v.flags & GNTMAP_contains_pte
				       ? fake_slot(m, d, 0)
				       : fake_linear(0);
		*fake_pte(m, d, 0) = mfn.n << 12 | FAKE_PTE_P |
				     (writable ? FAKE_PTE_RW : 0);
		fake_hold(m, mfn.n,
			  writable ? MACHINE_HOLD_WRITABLE : MACHINE_HOLD);
	}
	m->cpus[0].runs = &m->domains[d];
	call(m, 0, GNTTABOP_unmap_grant_ref, &op, 1, sizeof(op));
	ck_assert_msg(op.status == GNTST_okay, "handle %u of %u: status %d", h,
		      d, op.status);
}

static void nothing_left_of(struct fake_machine *m, domid_t d)
{
	const struct grant_table *gt = m->domains[d].gt;

	for (grant_ref_t ref = 0; ref < gnttab_nr_entries(gt); ref++) {
		uint16_t type = *fake_shared(m, d, ref) & GTF_type_mask;
		bool bits = grant_flags(m, d, ref) & STATUS;

		ck_assert_msg(!gnttab_active(gt, ref).pin, "pin of %u", ref);
		/* There they say how far a transfer got. */
		ck_assert_msg(!bits || type == GTF_accept_transfer,
			      "status of %u", ref);
	}
	for (grant_handle_t h = 0; h < gnttab_maptrack_limit(gt); h++)
		ck_assert_msg(!gnttab_maptrack(gt, h).flags, "handle %u", h);
	for (unsigned i = 0; i < FAKE_FRAMES; i++)
		ck_assert_msg(!m->domains[d].dma[i],
			      "devices of %u reach frame %u", d, i);
}

static void round_end(struct storm *s)
{
	struct fake_machine *m = s->m;

	m->preempt = false;
	fake_check(m);
	for (domid_t d = 0; d < FAKE_DOMAINS; d++)
		entries_drop(m, d);
	for (domid_t d = 0; d < FAKE_DOMAINS; d++)
		for (grant_handle_t h = 0; h < HANDLES; h++)
			handle_drop(m, d, h);
	for (domid_t d = 0; d < FAKE_DOMAINS; d++)
		nothing_left_of(m, d);
	for (unsigned i = 0; i < FAKE_FRAMES; i++)
		ck_assert_msg(!m->frames[i].refs && !m->frames[i].writers &&
				      !m->frames[i].locked,
			      "frame %u has %u references, %u writable", i,
			      m->frames[i].refs, m->frames[i].writers);
	ck_assert_uint_eq(m->locks, 0);
	fake_destroy(m);
}

static struct fake_machine *round_machine(struct storm *s)
{
	unsigned policies = 0;
	struct fake_machine *m;
	const char *name;

	while (gnttab_policy_at(policies))
		policies++;
	name = gnttab_policy_at(below(s, policies))->name;
	m = one_in(s, 2) ? fake_create_iommu(name) : fake_create(name);
	if (one_in(s, 3))
		m->rules.era = GNTTAB_ERA_2014;
	m->rules.amd = one_in(s, 2);
	m->aliased = one_in(s, 3);
	return m;
}

static void storm_run(unsigned number)
{
	struct storm s = { .seed = 0x9e3779b97f4a7c15ull * (number + 1) };
	void (*const events[])(struct storm *) = { do_grant, do_grant, do_entry,
						   do_schedule };

	s.m = round_machine(&s);
	fprintf(stderr, "# round %u: %s, era %d%s\n", number,
		s.m->rules.policy->name, s.m->rules.era,
		s.m->domains[0].iommu ? ", IOMMU" : "");
	for (unsigned i = 0; i < CALLS; i++) {
		events[below(&s, 4)](&s);
		storm_call(&s);
		for (unsigned cpu = 0; cpu < FAKE_CPUS; cpu++)
			s.m->cpus[cpu].nr_cached = 0; /* evicted */
	}
	round_end(&s);
}

START_TEST(failures_anywhere_leave_nothing_behind)
{
	storm_run(_i);
}
END_TEST

static int number_from(const char *name, const char *otherwise)
{
	const char *text = getenv(name);

	return atoi(text ? text : otherwise);
}

static void add(TCase *tc)
{
	int one = number_from("STORM_ROUND", "-1");
	int rounds = number_from("STORM_CALLS", DEFAULT_CALLS) / CALLS;

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, failures_anywhere_leave_nothing_behind,
			    one < 0 ? 0 : one, one < 0 ? rounds : one + 1);
}

/* One process for all: with a new one for each round a sanitizer would look
 * through all of its memory for leaks a thousand times. */
int main(void)
{
	setenv("CK_FORK", "no", 0);
	return run_suite("gnttab storm", add);
}
