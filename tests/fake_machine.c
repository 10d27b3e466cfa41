/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fake_machine.c - making a fake machine, and what tests do with it. */
#include "tests/fake_machine.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void rules_init(struct gnttab_rules *rules, const char *policy)
{
	rules->policy = gnttab_policy_find(policy);
	assert(rules->policy);
	rules->update = rules->policy->update;
	rules->max_grant_frames = 2;
	rules->max_maptrack_frames = FAKE_HANDLE_FRAMES;
}

/* What is special about domain 0. */
struct special {
	bool external, iommu;
};

static void domain_init(struct fake_machine *m, domid_t id,
			struct special special)
{
	struct domain *d = &m->domains[id];
	const struct gnttab_domain who = {
		.id = id,
		.machine = d,
		.hardware = id == 0,
		.external = special.external && id == 0,
		.iommu = special.iommu && id == 0,
	};

	d->m = m;
	d->id = id;
	d->iommu = who.iommu;
	d->first_mfn = id * FAKE_GUEST_FRAMES;
	d->owned = FAKE_GUEST_FRAMES;
	for (unsigned i = 0; i < FAKE_GUEST_FRAMES; i++) {
		d->frame_at[i] = d->first_mfn + i;
		m->frames[d->first_mfn + i].owner = d;
	}
	d->gt = gnttab_create(&m->cpus[0], &who, &m->rules);
	assert(d->gt);
}

static struct fake_machine *create(const char *policy, struct special special)
{
	struct fake_machine *m = aligned_alloc(4096, sizeof(*m));

	assert(m);
	memset(m, 0, sizeof(*m));
	m->paged_out.n = FAKE_NEVER;
	rules_init(&m->rules, policy);
	fake_reset(m);
	for (unsigned i = 0; i < FAKE_CPUS; i++) {
		m->cpus[i].m = m;
		m->cpus[i].id = i;
		m->cpus[i].runs = &m->domains[i];
	}
	for (domid_t i = 0; i < FAKE_DOMAINS; i++)
		domain_init(m, i, special);
	fake_reset(m);
	return m;
}

struct fake_machine *fake_create(const char *policy)
{
	return create(policy, (struct special){ .external = false });
}

struct fake_machine *fake_create_external(const char *policy)
{
	return create(policy, (struct special){ .external = true });
}

struct fake_machine *fake_create_iommu(const char *policy)
{
	return create(policy, (struct special){ .iommu = true });
}

void fake_check(const struct fake_machine *m)
{
	const struct grant_table *gt[FAKE_DOMAINS];

	for (unsigned i = 0; i < FAKE_DOMAINS; i++)
		gt[i] = m->domains[i].gt;
	gnttab_check_all(gt, FAKE_DOMAINS);
}

void fake_destroy(struct fake_machine *m)
{
	fake_check(m);
	for (unsigned i = 0; i < FAKE_DOMAINS; i++)
		gnttab_destroy(m->domains[i].gt);
	free(m);
}

void fake_reset(struct fake_machine *m)
{
	m->fail_at = m->call_at = m->fault_in = FAKE_NEVER;
	m->preempt = false;
	m->call = NULL;
	m->lock_free = false;
	memset(m->at, 0, sizeof(m->at));
	m->crossings = m->nr_log = 0;
	m->flushes = m->violations = 0;
}

unsigned fake_count(const struct fake_machine *m, enum fake_hook hook)
{
	unsigned count = 0;

	for (unsigned i = 0; i < m->nr_log; i++)
		count += m->log[i].hook == hook;
	return count;
}

int fake_find(const struct fake_machine *m, enum fake_hook hook, unsigned n)
{
	for (unsigned i = 0; i < m->nr_log; i++) {
		if (m->log[i].hook == hook && n-- == 0)
			return i;
	}
	return -1;
}

mfn_t fake_mfn(const struct fake_machine *m, domid_t id, uint64_t gfn)
{
	return (mfn_t){ gfn < FAKE_GUEST_FRAMES ? m->domains[id].frame_at[gfn]
						: FAKE_NOWHERE };
}

uint64_t fake_slot(const struct fake_machine *m, domid_t id, unsigned n)
{
	/* Where they were made: what a guest calls by their number does not
	 * move its tables. */
	uint64_t l1 = m->domains[id].first_mfn + FAKE_DATA_FRAMES + n / 512;

	return l1 << 12 | (n % 512) * 8;
}

uint64_t *fake_pte_at(struct fake_machine *m, uint64_t slot)
{
	return (uint64_t *)(void *)&m->memory[slot >> 12][slot & 0xfff];
}

uint64_t *fake_pte(struct fake_machine *m, domid_t id, unsigned n)
{
	return fake_pte_at(m, fake_slot(m, id, n));
}

uint64_t fake_linear(unsigned n)
{
	return FAKE_LINEAR + n * 4096ull;
}

uint32_t *fake_shared(struct fake_machine *m, domid_t id, grant_ref_t ref)
{
	const struct grant_table *gt = m->domains[id].gt;
	unsigned size = gnttab_version(gt) == 1 ? 8 : 16;
	mfn_t mfn = gnttab_shared_frame(gt, ref * size / 4096);

	return (uint32_t *)(void *)&m->memory[mfn.n][ref * size % 4096];
}

uint16_t *fake_status(struct fake_machine *m, domid_t id, grant_ref_t ref)
{
	mfn_t mfn = gnttab_status_frame(m->domains[id].gt, ref / 2048);

	return (uint16_t *)(void *)&m->memory[mfn.n][ref % 2048 * 2];
}

void fake_touch(struct fake_machine *m, unsigned cpu, unsigned n, bool write)
{
	struct cpu *c = &m->cpus[cpu];
	uint64_t *pte = fake_pte(m, c->runs->id, n);

	assert(*pte & FAKE_PTE_P);
	*pte |= FAKE_PTE_A | (write ? FAKE_PTE_D : 0);
	assert(c->nr_cached < 64);
	c->cached[c->nr_cached++] = (struct fake_cached){
		fake_slot(m, c->runs->id, n), *pte
	};
}

void fake_idle(struct fake_machine *m, unsigned cpu)
{
	m->cpus[cpu].idle = true;
	m->cpus[cpu].idle_since = ++m->idle_clock;
}

bool fake_cached(const struct fake_machine *m, mfn_t mfn, bool writable)
{
	for (unsigned i = 0; i < FAKE_CPUS; i++) {
		const struct cpu *c = &m->cpus[i];

		for (unsigned j = 0; j < c->nr_cached; j++) {
			uint64_t pte = c->cached[j].pte;

			if ((pte & FAKE_PTE_FRAME) == mfn.n << 12 &&
			    (!writable || (pte & FAKE_PTE_RW)))
				return true;
		}
	}
	return false;
}

void fake_hold(struct fake_machine *m, uint64_t mfn, enum machine_hold kind)
{
	m->frames[mfn].refs++;
	m->frames[mfn].writers += kind == MACHINE_HOLD_WRITABLE;
}

void fake_drop(struct fake_machine *m, uint64_t mfn, enum machine_hold kind)
{
	assert(m->frames[mfn].refs);
	m->frames[mfn].refs--;
	if (kind == MACHINE_HOLD)
		return;
	assert(m->frames[mfn].writers);
	m->frames[mfn].writers--;
}

void fake_guest_map(struct fake_machine *m, domid_t id, unsigned n,
		    uint64_t gfn, bool writable)
{
	uint64_t mfn = fake_mfn(m, id, gfn).n;

	fake_hold(m, mfn, writable ? MACHINE_HOLD_WRITABLE : MACHINE_HOLD);
	*fake_pte(m, id, n) = mfn << 12 | FAKE_PTE_P |
			      (writable ? FAKE_PTE_RW : 0);
}
