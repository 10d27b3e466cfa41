/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_gnttab_model.c - the grant logic against a naive model of it.
 *
 * Seeded random guests grant, revoke, touch, rewrite entries and make
 * hypercalls, good and bad, some of them preempted or faulting; after each,
 * everything that can be seen must be what the model says.
 */
#include <string.h>

#include "tests/grant_calls.h"
#include "tests/model_gnttab.h"
#include "tests/suite.h"

#define PAGES 48 /* linear pages that the guests use */
#define MAX_OPS 70
#define OPERATIONS 17000 /* for each setting */

struct pair {
	struct fake_machine *m;
	struct model md;
	uint64_t seed;
	unsigned operations;
	bool map_heavy;
	unsigned seen[14]; /* statuses, negated */
	/* where each handle was mapped */
	uint64_t addr[FAKE_DOMAINS][MODEL_HANDLES];
};

/* xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift
 * generators, scrambled") */
static unsigned below(struct pair *p, unsigned n)
{
	p->seed ^= p->seed >> 12;
	p->seed ^= p->seed << 25;
	p->seed ^= p->seed >> 27;
	return (p->seed * 0x2545f4914f6cdd1dull >> 32) % n;
}

static bool one_in(struct pair *p, unsigned n)
{
	return below(p, n) == 0;
}

/* ck_assert() itself is too slow for this many. */
static void same(const char *what, unsigned i, uint64_t got, uint64_t want)
{
	if (got != want)
		ck_abort_msg("%s %u: got %#lx, want %#lx", what, i, got, want);
}

/* Most is done by domain 0, as in life. */
static domid_t some_mapper(struct pair *p)
{
	return one_in(p, 2) ? 0 : below(p, FAKE_DOMAINS);
}

/* ---- what guests do without a hypercall -----------------------------------
 */

static void do_grant(struct pair *p)
{
	const uint16_t more[] = { 0,	  0, 0, 0, GTF_readonly, GTF_sub_page,
				  GTF_PWT };
	domid_t d = below(p, FAKE_DOMAINS);
	grant_ref_t ref = below(p, MODEL_REFS);
	struct model_domain *g = &p->md.domains[d];

	g->gtf[ref] = more[below(p, 7)];
	g->gtf[ref] |= one_in(p, 8) ? below(p, 4) : GTF_permit_access;
	g->grantee[ref] = some_mapper(p);
	g->gfn[ref] = below(p, FAKE_GUEST_FRAMES + 1);
	/* Guests leave the status bits alone. */
	grant_access(p->m, d, ref, g->grantee[ref], g->gfn[ref], GTF_invalid);
	fake_shared(p->m, d, ref)[0] &= 0xffff0000;
	fake_shared(p->m, d, ref)[0] |= model_flags(&p->md, d, ref,
						    model_pin(&p->md, d, ref));
}

static void do_touch(struct pair *p)
{
	unsigned cpu = below(p, FAKE_CPUS), n = below(p, PAGES);
	domid_t d = p->m->cpus[cpu].runs->id;
	bool write = one_in(p, 2);

	if (!(p->md.domains[d].pte[n] & 1))
		return;
	p->m->cpus[cpu].nr_cached %= 64; /* evicts all when full */
	fake_touch(p->m, cpu, n, write);
	p->md.domains[d].pte[n] |= write ? 0x60 : 0x20;
}

/* Rewrite an entry: clear A, take rights away, or map an own frame. */
static void do_rewrite(struct pair *p)
{
	domid_t d = below(p, FAKE_DOMAINS);
	unsigned n = below(p, PAGES), gfn = below(p, FAKE_DATA_FRAMES);
	uint64_t *pte = fake_pte(p->m, d, n);

	if ((*pte & 1) && one_in(p, 2)) {
		*pte &= ~0x20ull;
	} else {
		if (*pte & 1)
			machine_pte_put(&p->m->cpus[0], &p->m->domains[d],
					*pte);
		fake_guest_map(p->m, d, n, gfn, one_in(p, 2));
	}
	p->md.domains[d].pte[n] = *pte;
}

static void do_schedule(struct pair *p)
{
	p->m->cpus[below(p, FAKE_CPUS)].runs = &p->m->domains[some_mapper(p)];
	p->m->paged_out.n = below(p, 100);
	p->md.paged_out = p->m->paged_out.n;
	if (one_in(p, 120))
		p->map_heavy = !p->map_heavy;
}

/* ---- hypercalls ------------------------------------------------------------
 */

static uint64_t some_addr(struct pair *p, domid_t d, bool by_entry)
{
	unsigned n = below(p, PAGES);

	if (one_in(p, 40))
		return by_entry ? fake_slot(p->m, d, n) + below(p, 8)
				: 0x1000 * below(p, 16);
	return by_entry ? fake_slot(p->m, d, n) : fake_linear(n);
}

static grant_ref_t some_ref(struct pair *p)
{
	if (one_in(p, 50))
		return 500 + below(p, 30);
	return one_in(p, 2) ? 0 : below(p, MODEL_REFS);
}

static void map_op(struct pair *p, domid_t d, gnttab_map_grant_ref_t *op)
{
	const uint32_t parts[] = { 0, 2, 2, 2, 2, 2, 3, 1 };

	op->flags = parts[below(p, 8)] | (one_in(p, 2) ? GNTMAP_readonly : 0) |
		    (one_in(p, 4) ? GNTMAP_contains_pte : 0) |
		    (one_in(p, 4) ? GNTMAP_application_map : 0) |
		    (one_in(p, 4) ? below(p, 16) << 16 : 0);
	op->dom = below(p, 40) ? below(p, FAKE_DOMAINS) : DOMID_SELF;
	op->ref = some_ref(p);
	op->host_addr = some_addr(p, d, op->flags & GNTMAP_contains_pte);
}

/* A handle in use, or perhaps not, and the address where it was mapped, or
 * another. */
static grant_handle_t some_handle(struct pair *p, domid_t d, uint64_t *addr)
{
	grant_handle_t h = below(p, p->md.domains[d].limit + 2);

	for (unsigned i = 0; i < 20 && !model_find(&p->md, d, h); i++)
		h = below(p, p->md.domains[d].limit + 2);
	*addr = h < MODEL_HANDLES && !one_in(p, 6) ? p->addr[d][h]
						   : some_addr(p, d, false);
	if (one_in(p, 10))
		*addr = 0;
	return h;
}

static void unmap_op(struct pair *p, domid_t d, gnttab_unmap_grant_ref_t *op)
{
	const struct model_mapping *mp;

	op->handle = some_handle(p, d, &op->host_addr);
	mp = model_find(&p->md, d, op->handle);
	if (mp && one_in(p, 2))
		op->dev_bus_addr = (mp->mfn << 12) + one_in(p, 8);
}

static void replace_op(struct pair *p, domid_t d,
		       gnttab_unmap_and_replace_t *op)
{
	op->handle = some_handle(p, d, &op->host_addr);
	op->new_addr = one_in(p, 4) ? 0 : some_addr(p, d, false);
}

static void copy_end(struct pair *p, bool by_ref, struct gnttab_copy_ptr *ptr)
{
	ptr->domid = by_ref || one_in(p, 20) ? below(p, FAKE_DOMAINS + 1)
					     : DOMID_SELF;
	if (by_ref)
		ptr->u.ref = some_ref(p);
	else
		ptr->u.gmfn = below(p, FAKE_GUEST_FRAMES + 1);
	ptr->offset = below(p, 16);
}

static void copy_op(struct pair *p, const gnttab_copy_t *before,
		    gnttab_copy_t *op)
{
	op->flags = below(p, 4);
	copy_end(p, op->flags & GNTCOPY_source_gref, &op->source);
	copy_end(p, op->flags & GNTCOPY_dest_gref, &op->dest);
	op->len = one_in(p, 10) ? below(p, 0x10000) : below(p, 4080);
	if (!before || one_in(p, 2))
		return;
	/* The same page as in the operation before. */
	if (one_in(p, 2)) {
		op->source = before->source;
		op->flags = (op->flags & ~GNTCOPY_source_gref) |
			    (before->flags & GNTCOPY_source_gref);
	} else {
		op->dest = before->dest;
		op->flags = (op->flags & ~GNTCOPY_dest_gref) |
			    (before->flags & GNTCOPY_dest_gref);
	}
}

union ops {
	gnttab_map_grant_ref_t map[MAX_OPS];
	gnttab_unmap_grant_ref_t unmap[MAX_OPS];
	gnttab_unmap_and_replace_t replace[MAX_OPS];
	gnttab_copy_t copy[MAX_OPS];
};

static void fill(struct pair *p, domid_t d, unsigned cmd, union ops *ops,
		 unsigned n)
{
	memset(ops, 0, sizeof(*ops));
	for (unsigned i = 0; i < n; i++) {
		if (cmd == GNTTABOP_map_grant_ref)
			map_op(p, d, &ops->map[i]);
		else if (cmd == GNTTABOP_unmap_grant_ref)
			unmap_op(p, d, &ops->unmap[i]);
		else if (cmd == GNTTABOP_copy)
			copy_op(p, i ? &ops->copy[i - 1] : NULL, &ops->copy[i]);
		else
			replace_op(p, d, &ops->replace[i]);
	}
}

static unsigned some_cmd(struct pair *p)
{
	const unsigned cmds[2][8] = {
		{ 0, 1, 1, 1, 1, 1, 5, 7 },
		{ 0, 0, 0, 0, 0, 1, 5, 7 },
	};

	return cmds[p->map_heavy][below(p, 8)];
}

static size_t op_size(unsigned cmd)
{
	switch (cmd) {
	case GNTTABOP_map_grant_ref:
		return sizeof(gnttab_map_grant_ref_t);
	case GNTTABOP_copy:
		return sizeof(gnttab_copy_t);
	default:
		return sizeof(gnttab_unmap_grant_ref_t);
	}
}

static int16_t status_of(unsigned cmd, const union ops *ops, unsigned i)
{
	switch (cmd) {
	case GNTTABOP_map_grant_ref:
		return ops->map[i].status;
	case GNTTABOP_copy:
		return ops->copy[i].status;
	default:
		return ops->unmap[i].status; /* and replace */
	}
}

static void compare_ops(struct pair *p, unsigned cmd, const union ops *got,
			const union ops *want, unsigned n)
{
	size_t size = op_size(cmd);

	for (unsigned i = 0; i < n; i++) {
		int16_t status = status_of(cmd, want, i);

		same("status of operation", i, status_of(cmd, got, i), status);
		if (memcmp((const char *)got + i * size,
			   (const char *)want + i * size, size))
			ck_abort_msg("result of operation %u differs", i);
		p->seen[-status]++;
	}
	p->operations += n;
}

static void do_call(struct pair *p)
{
	unsigned cpu = below(p, FAKE_CPUS), cmd = some_cmd(p);
	unsigned n = one_in(p, 4) ? below(p, MAX_OPS + 1) : 1 + below(p, 4);
	unsigned fault = one_in(p, 10) ? below(p, 2 * n + 2) : FAKE_NEVER;
	domid_t d = p->m->cpus[cpu].runs->id;
	union ops ops, want;
	int rc;

	fill(p, d, cmd, &ops, n);
	want = ops;
	p->m->preempt = one_in(p, 2);
	rc = model_call(&p->md, d, cmd, &want, n, fault, p->m->preempt);
	p->m->fault_in = fault;
	call_write(p->m, cpu, &ops, n, op_size(cmd));
	ck_assert_int_eq(call_run(p->m, cpu, cmd, n, NULL), rc);
	p->m->fault_in = FAKE_NEVER;
	call_read(p->m, cpu, &ops, n, op_size(cmd));
	compare_ops(p, cmd, &ops, &want, n);
	for (unsigned i = 0; cmd == GNTTABOP_map_grant_ref && i < n; i++) {
		if (ops.map[i].status == GNTST_okay)
			p->addr[d][ops.map[i].handle] = ops.map[i].host_addr;
	}
}

/* ---- comparing
 * --------------------------------------------------------------- */

static void compare_entries(struct pair *p, domid_t d)
{
	const struct grant_table *gt = p->m->domains[d].gt;

	for (grant_ref_t ref = 0; ref < MODEL_REFS; ref++) {
		uint32_t pin = model_pin(&p->md, d, ref);
		uint16_t flags = model_flags(&p->md, d, ref, pin);

		same("pin", ref, gnttab_active(gt, ref).pin, pin);
		same("flags", ref, grant_flags(p->m, d, ref), flags);
	}
}

static void compare_handles(struct pair *p, domid_t d)
{
	const struct grant_table *gt = p->m->domains[d].gt;
	unsigned limit = p->md.domains[d].limit, used = 0, want = 0;

	same("handle limit", d, gnttab_maptrack_limit(gt), limit);
	for (grant_handle_t h = 0; h < limit; h++)
		used += gnttab_maptrack(gt, h).flags != 0;
	for (unsigned i = 0; i < p->md.nr_mappings; i++) {
		const struct model_mapping *mp = &p->md.mappings[i];
		struct gnttab_maptrack_view v = gnttab_maptrack(gt, mp->handle);

		if (mp->mapper != d)
			continue;
		want++;
		same("handle's flags", mp->handle, v.flags, mp->flags);
		same("handle's granter", mp->handle, v.granter, mp->granter);
		same("handle's reference", mp->handle, v.ref, mp->ref);
	}
	same("handles of domain", d, used, want);
}

static void compare_counters(struct pair *p, domid_t d)
{
	const struct gnttab_counters *got = gnttab_counters(
		p->m->domains[d].gt);
	const struct gnttab_counters *want = &p->md.domains[d].counters;

	same("batches of", d, got->batches, want->batches);
	same("flushed batches of", d, got->batches_flushed,
	     want->batches_flushed);
	same("unmap operations of", d, got->unmap_operations,
	     want->unmap_operations);
	same("done by", d, got->flush_done, want->flush_done);
	same("avoided by", d, got->flush_avoided, want->flush_avoided);
}

static void compare_frames(struct pair *p)
{
	for (unsigned i = 0; i < FAKE_DOMAINS * FAKE_GUEST_FRAMES; i++) {
		unsigned refs, writers;

		model_frame(&p->md, i, &refs, &writers);
		same("references of frame", i, p->m->frames[i].refs, refs);
		same("writers of frame", i, p->m->frames[i].writers, writers);
	}
}

static void compare(struct pair *p)
{
	for (domid_t d = 0; d < FAKE_DOMAINS; d++) {
		compare_entries(p, d);
		compare_handles(p, d);
		compare_counters(p, d);
		for (unsigned i = 0; i < PAGES; i++)
			same("entry", i, *fake_pte(p->m, d, i),
			     p->md.domains[d].pte[i]);
	}
	same("flushes", 0, p->m->flushes, p->md.flushes);
	if (one_in(p, 50)) { /* these take longer */
		compare_frames(p);
		fake_check(p->m);
	}
}

/* What random guests must have come across, for this to say anything. */
static const int16_t expected[] = {
	GNTST_okay,
	GNTST_general_error,
	GNTST_bad_domain,
	GNTST_bad_gntref,
	GNTST_bad_handle,
	GNTST_bad_dev_addr,
	GNTST_permission_denied,
	GNTST_bad_page,
	GNTST_bad_copy_arg,
	GNTST_eagain,
	GNTST_no_space,
};

static const struct setting {
	const char *policy;
	bool amd;
} settings[] = {
	{ "upstream", false }, { "rfc2014", false }, { "xs65", false },
	{ "xs70", false },     { "xs72-amd", true }, { "xs8", false },
};

static void step(struct pair *p)
{
	void (*const events[])(struct pair *) = {
		do_grant,    do_touch, do_touch, do_rewrite,
		do_schedule, do_call,  do_call,	 do_call,
	};

	events[below(p, 8)](p);
	p->m->nr_log = 0;
	compare(p);
}

START_TEST(logic_and_model_agree_after_every_operation)
{
	static struct pair p;

	p.m = fake_create(settings[_i].policy);
	p.m->rules.amd = settings[_i].amd;
	p.md.rules = &p.m->rules;
	p.seed = 0x9e3779b97f4a7c15ull + _i;
	p.map_heavy = true;
	while (p.operations < OPERATIONS)
		step(&p);
	for (unsigned i = 0; i < sizeof(expected) / sizeof(*expected); i++)
		ck_assert_msg(p.seen[-expected[i]], "no operation gave %d",
			      expected[i]);
	fake_destroy(p.m);
}
END_TEST

static void add(TCase *tc)
{
	tcase_set_timeout(tc, 300);
	tcase_add_loop_test(tc, logic_and_model_agree_after_every_operation, 0,
			    sizeof(settings) / sizeof(*settings));
}

int main(void)
{
	return run_suite("gnttab model", add);
}
