/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model_guests.c - what random guests do without a hypercall. */
#include "tests/model_guests.h"

#include <string.h>

#include "tests/grant_calls.h"
#include "tests/suite.h"

#define PAGES 48 /* linear pages that the guests use */

/* xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift
 * generators, scrambled") */
unsigned below(struct pair *p, unsigned n)
{
	p->seed ^= p->seed >> 12;
	p->seed ^= p->seed << 25;
	p->seed ^= p->seed >> 27;
	return (p->seed * 0x2545f4914f6cdd1dull >> 32) % n;
}

bool one_in(struct pair *p, unsigned n)
{
	return below(p, n) == 0;
}

/* ck_assert() itself is too slow for this many. */
void same(const char *what, unsigned i, uint64_t got, uint64_t want)
{
	if (got != want)
		ck_abort_msg("%s %u: got %#lx, want %#lx", what, i, got, want);
}

domid_t some_mapper(struct pair *p)
{
	return one_in(p, 2) ? 0 : below(p, FAKE_DOMAINS);
}

/* So that a copy from or to the wrong place shows. */
void do_fill_memory(struct pair *p)
{
	for (unsigned i = 0; i < MODEL_FRAMES; i++) {
		if (i % FAKE_GUEST_FRAMES >= FAKE_DATA_FRAMES)
			continue;
		for (unsigned at = 0; at < 4096; at++)
			p->md.memory[i][at] = below(p, 256);
		memcpy(p->m->memory[i], p->md.memory[i], 4096);
	}
}

/* ---- entries of the shared table ------------------------------------------
 */

/* A number that leads nowhere now, or never does; not of those where domain
 * 0 may have grants. */
static uint64_t free_number(struct pair *p, domid_t d)
{
	for (unsigned i = 0; i < 20; i++) {
		uint64_t gfn = below(p, 40);

		if (p->md.domains[d].frame_at[gfn] == FAKE_NOWHERE)
			return gfn;
	}
	return FAKE_GUEST_FRAMES + below(p, 2);
}

static struct model_grant some_grant(struct pair *p, domid_t d)
{
	const uint16_t more[] = { 0,	  0, 0, 0, GTF_readonly, GTF_sub_page,
				  GTF_PWT };
	struct model_grant g = {
		.flags = more[below(p, 7)],
		.domid = some_mapper(p),
		.frame = below(p, FAKE_GUEST_FRAMES + 1),
	};

	g.flags |= one_in(p, 8) ? 3 * below(p, 2) : GTF_permit_access;
	if (p->md.domains[d].version == 1)
		return g;
	g.second = one_in(p, 2) ? 4096u << 16 : below(p, 4200) << 16;
	g.second |= one_in(p, 2) ? 0 : below(p, 64);
	if (one_in(p, 40))
		g.frame |= 1ull << 32;
	return g;
}

/* Mostly of an entry that is good for it. */
static struct model_grant some_transitive(struct pair *p, domid_t d)
{
	struct model_grant g = {
		.flags = GTF_transitive | (one_in(p, 8) ? GTF_readonly : 0),
		.domid = one_in(p, 2) ? d : some_mapper(p),
		.second = below(p, FAKE_DOMAINS + one_in(p, 20)),
		.frame = one_in(p, 40) ? 5000 : below(p, p->refs),
	};

	for (unsigned i = 0; i < 20 && g.second < FAKE_DOMAINS; i++) {
		grant_ref_t ref = below(p, p->refs);

		if (p->md.domains[g.second].grants[ref].domid == d)
			g.frame = ref;
	}
	return g;
}

/* Guests leave the status bits alone.  In version 2 a transfer leaves what
 * looks like them, so those that are kept from version 1 accept none. */
void do_grant(struct pair *p)
{
	domid_t d = below(p, FAKE_DOMAINS);
	struct model_domain *g = &p->md.domains[d];
	grant_ref_t ref = below(p, p->refs);
	uint32_t words[4];
	unsigned n;

	if (g->version == 2 && one_in(p, 4))
		g->grants[ref] = some_transitive(p, d);
	else
		g->grants[ref] = some_grant(p, d);
	if (ref >= GNTTAB_NR_RESERVED_ENTRIES && one_in(p, 6))
		g->grants[ref] = (struct model_grant){
			.flags = GTF_accept_transfer,
			.domid = below(p, FAKE_DOMAINS),
			.frame = free_number(p, d),
		};
	n = model_words(&p->md, d, ref, words);
	memcpy(fake_shared(p->m, d, ref), words, n * sizeof(*words));
}

/* ---- page tables and frames ------------------------------------------------
 */

void do_touch(struct pair *p)
{
	unsigned cpu = below(p, FAKE_CPUS), n = below(p, PAGES);
	domid_t d = p->m->cpus[cpu].runs->id;
	bool write = one_in(p, 2);

	if (!(*model_pte(&p->md, d, n) & 1))
		return;
	p->m->cpus[cpu].nr_cached %= 64; /* evicts all when full */
	fake_touch(p->m, cpu, n, write);
	*model_pte(&p->md, d, n) |= write ? 0x60 : 0x20;
}

/* Rewrite an entry: clear A, take rights away, or map an own frame. */
void do_rewrite(struct pair *p)
{
	domid_t d = below(p, FAKE_DOMAINS);
	const struct model_domain *g = &p->md.domains[d];
	unsigned n = below(p, PAGES), gfn = below(p, FAKE_DATA_FRAMES);
	uint64_t *pte = fake_pte(p->m, d, n);

	if (g->external || g->frame_at[gfn] == FAKE_NOWHERE)
		return;
	if ((*pte & 1) && one_in(p, 2)) {
		*pte &= ~0x20ull;
	} else {
		if (*pte & 1)
			machine_pte_put(&p->m->cpus[0], &p->m->domains[d],
					*pte);
		fake_guest_map(p->m, d, n, gfn, one_in(p, 2));
	}
	*model_pte(&p->md, d, n) = *pte;
}

void do_schedule(struct pair *p)
{
	p->m->cpus[below(p, FAKE_CPUS)].runs = &p->m->domains[some_mapper(p)];
	p->m->paged_out.n = below(p, 100);
	p->md.paged_out = p->m->paged_out.n;
	if (one_in(p, 120))
		p->map_heavy = !p->map_heavy;
}

/* A frame of nobody's becomes that of a number that leads nowhere. */
void do_populate(struct pair *p)
{
	domid_t id = below(p, FAKE_DOMAINS);
	struct domain *d = &p->m->domains[id];
	unsigned mfn = below(p, MODEL_FRAMES), gfn = below(p, FAKE_DATA_FRAMES);

	if (p->m->frames[mfn].owner || d->owned == FAKE_GUEST_FRAMES ||
	    d->frame_at[gfn] != FAKE_NOWHERE)
		return;
	p->m->frames[mfn].owner = d;
	d->frame_at[gfn] = mfn;
	d->owned++;
	p->md.domains[id].frame_at[gfn] = mfn;
	p->md.domains[id].owned++;
	p->md.owner_of[mfn] = id;
}
