/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ept.c - what the hardware walks for a domain with external paging.
 *
 *   p2m table, by guest frame ----> 4-level tables, by guest-physical address
 *                        ept_fill() on first access, ept_change()
 *
 * Such a guest is simulated as if it had its own paging off: the addresses
 * that it accesses are guest-physical, and one walk of tables made from its
 * p2m is all there is.  Its TLB entries are then what a combined mapping
 * would be, without the first half.  Entries are made when they are first
 * needed, as by a violation, and hold a reference each, like a PV guest's.
 *
 * When an entry is taken away the domain's CPUs are told to forget: for each
 * page, or once for all before the first reference on any of them is dropped.
 * That is not a flush by the TLB-flush clock.
 *
 * Source: ept_set_entry(), ept_sync_domain_prepare(),
 * xen/arch/x86/mm/p2m-ept.c; guest_physmap_add_entry(), p2m_unlock() and
 * defer_flush, xen/arch/x86/mm/p2m.c; Xen Security Advisory 480 (a deferred
 * flush that came too late).
 */
#include "sim/ept.h"

#include "mmu/physmem.h"
#include "mmu/x86.h"
#include "sim/pgtab.h"
#include "sim/state.h"

static uint64_t value_of(struct p2m_entry entry)
{
	uint64_t value = entry.mfn.n * FRAME_BYTES | PTE_P | PTE_US;

	switch (entry.type) {
	case P2M_NONE:
		return 0;
	case P2M_RAM:
	case P2M_GRANT_RW:
		return value | PTE_RW;
	case P2M_GRANT_RO:
		break;
	}
	return value;
}

void ept_fill(struct domain *d, paddr_t at)
{
	const struct p2m_entry entry = p2m_get(&d->p2m, at / FRAME_BYTES);
	uint64_t value = value_of(entry);
	paddr_t slot;

	if (entry.type != P2M_RAM || pgtab_make(d, at, 1, &slot) < 0 ||
	    physmem_read(d->sim->mem, slot))
		return;
	if (pgtab_get(d->sim, value))
		pgtab_store(d->sim, slot, value);
}

/* ---- forgetting ------------------------------------------------------ */

static void forget(struct cpu *by, struct domain *d)
{
	struct sim *sim = by->sim;

	d->unsynced = false;
	sim_count(sim, COUNTER_flush_p2m_syncs, 1);
	flush_interrupt(by, d->dirty);
	for (cpumask_t mask = d->dirty; mask; mask &= mask - 1)
		sim_count(sim, COUNTER_cycles_flush,
			  mmu_flush_all(sim->mmu,
					(unsigned)__builtin_ctzll(mask)));
	oracle_flushed(by);
}

void ept_settle(struct cpu *by, struct domain *d)
{
	if (d->unsynced)
		forget(by, d);
}

static void taken_away(struct cpu *by, struct domain *d)
{
	d->unsynced = true;
	if (d->sim->header->p2m_sync == P2M_SYNC_PAGE)
		forget(by, d);
}

/* ---- changes --------------------------------------------------------- */

/* Where the entry of @gfn is; false if there is none yet. */
static bool find_slot(struct domain *d, uint64_t gfn, struct pgtab_leaf *leaf)
{
	*leaf = pgtab_find(d, gfn * FRAME_BYTES);
	return leaf->level == 1 && (leaf->value & PTE_P);
}

void ept_change(struct cpu *by, struct domain *d, uint64_t gfn,
		struct p2m_entry entry)
{
	struct pgtab_leaf leaf;

	p2m_set(&d->p2m, gfn, entry);
	if (!d->config->external || !find_slot(d, gfn, &leaf))
		return;
	pgtab_store(d->sim, leaf.entry, 0);
	/* No guest can have it cached when it goes to another. */
	d->unsynced = true;
	forget(by, d);
	pgtab_put(d->sim, leaf.value);
}

static bool is_grant(struct p2m_entry entry)
{
	return entry.type == P2M_GRANT_RW || entry.type == P2M_GRANT_RO;
}

bool ept_insert(struct cpu *by, struct domain *d, uint64_t gfn,
		struct p2m_entry entry)
{
	paddr_t slot;

	if (gfn >= p2m_limit(&d->p2m) || is_grant(p2m_get(&d->p2m, gfn)) ||
	    pgtab_make(d, gfn * FRAME_BYTES, 1, &slot) < 0)
		return false;
	ept_change(by, d, gfn, entry);
	pgtab_store(d->sim, slot, value_of(entry));
	call_entry_changed(by, slot, 0, value_of(entry));
	return true;
}

bool ept_remove(struct cpu *by, struct domain *d, uint64_t gfn,
		struct p2m_entry entry)
{
	const struct p2m_entry found = p2m_get(&d->p2m, gfn);
	struct pgtab_leaf leaf;

	if (found.type != entry.type || found.mfn.n != entry.mfn.n ||
	    !find_slot(d, gfn, &leaf))
		return false;
	p2m_set(&d->p2m, gfn, (struct p2m_entry){ .type = P2M_NONE });
	pgtab_store(d->sim, leaf.entry, 0);
	call_entry_changed(by, leaf.entry, leaf.value, 0);
	taken_away(by, d);
	return true;
}
