/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * machine_tables.c - gnttab/machine.h over mmu/: where a grant is mapped, in a
 * page table of the guest's own or in its p2m.
 *
 *   machine_pte_*() ---> buffer.c ---> entry, in physical memory
 *                            `-------> mmu/, oracle, marks
 *   machine_p2m_*() ---> ept.c
 *
 * A table is locked while an entry of it changes, as by Xen's page_lock().
 */
#include <assert.h>

#include "mmu/physmem.h"
#include "mmu/x86.h"
#include "sim/pgtab.h"
#include "sim/state.h"

/* ---- PV page tables ------------------------------------------------- */

/* Who holds the table in @mfn; NULL if there is no such frame. */
static const uint32_t *locker_of(struct cpu *cpu, mfn_t mfn)
{
	return mfn.n < cpu->sim->frames.count
		       ? &frames_at(&cpu->sim->frames, mfn)->locker
		       : NULL;
}

/* Is it a table that was made for @d?  What a guest makes one is memory. */
static bool is_l1(const struct domain *d, const struct frame *frame, mfn_t mfn)
{
	return frame->type == FRAME_L1 && mfn.n < FRAMES_OWN &&
	       frame->owner == d;
}

static ASIDE bool l1_lock_told(struct cpu *cpu, const struct domain *d,
			       mfn_t mfn)
{
	struct frame *frame;

	sim_cross_lock(cpu, CROSS_l1_lock, locker_of(cpu, mfn));
	sim_touch(cpu->sim, TOUCH_TABLE, mfn.n, TOUCH_WRITE);
	if (mfn.n >= cpu->sim->frames.count)
		return false;
	frame = frames_at(&cpu->sim->frames, mfn);
	if (!is_l1(d, frame, mfn))
		return false;
	sim_wait_for(cpu, &frame->locker);
	frame->locker = cpu->holder;
	cpu->sim->calls.tables += cpu->observed;
	cpu->locks++;
	return true;
}

bool machine_l1_lock(struct cpu *cpu, struct domain *d, maddr_t slot)
{
	mfn_t mfn = { slot.n / FRAME_BYTES };
	struct frame *frame;

	if (cpu->observed || mfn.n >= cpu->sim->frames.count)
		return l1_lock_told(cpu, d, mfn);
	frame = frames_at(&cpu->sim->frames, mfn);
	if (frame->locker)
		return l1_lock_told(cpu, d, mfn);
	if (!is_l1(d, frame, mfn))
		return false;
	frame->locker = cpu->holder;
	cpu->locks++;
	return true;
}

static ASIDE bool find_slot(struct cpu *cpu, struct domain *d, uint64_t va,
			    maddr_t *slot)
{
	struct pgtab_leaf leaf;

	sim_cross(cpu, CROSS_l1_slot);
	if (!pgtab_is_guest(va))
		return false;
	leaf = pgtab_find(cpu->loaded, va);
	slot->n = leaf.entry;
	return leaf.level == 1 && machine_l1_lock(cpu, d, *slot);
}

bool machine_l1_slot(struct cpu *cpu, struct domain *d, uint64_t va,
		     maddr_t *slot)
{
	const struct pgtab_known *known = pgtab_known_table(cpu->loaded, va);

	if (!known || known->maker != d ||
	    (cpu->observed | known->frame->locker))
		return find_slot(cpu, d, va, slot);
	slot->n = pgtab_entry_at(known->table, va, 1);
	known->frame->locker = cpu->holder;
	cpu->locks++;
	return true;
}

static ASIDE void l1_unlock_told(struct cpu *cpu, maddr_t slot,
				 struct frame *frame)
{
	sim_cross(cpu, CROSS_l1_unlock);
	buffer_flush(cpu);
	sim_touch(cpu->sim, TOUCH_TABLE, slot.n / FRAME_BYTES, TOUCH_WRITE);
	frame->locker = 0;
	cpu->sim->calls.tables--;
	sim_cross(cpu, CROSS_UNLOCKED);
}

void machine_l1_unlock(struct cpu *cpu, maddr_t slot)
{
	struct frame *frame = &cpu->sim->frames.frame[slot.n / FRAME_BYTES];

	assert(frame->locker == cpu->holder);
	cpu->locks--;
	if (cpu->observed)
		l1_unlock_told(cpu, slot, frame);
	else
		frame->locker = 0;
}

static ASIDE uint64_t pte_read_told(struct cpu *cpu, maddr_t slot)
{
	sim_cross(cpu, CROSS_pte_read);
	sim_touch(cpu->sim, TOUCH_ENTRY, slot.n, TOUCH_READ);
	return buffer_read(cpu, slot.n);
}

uint64_t machine_pte_read(struct cpu *cpu, maddr_t slot)
{
	return cpu->observed ? pte_read_told(cpu, slot)
			     : physmem_read(cpu->sim->mem, slot.n);
}

/* What an unmap_and_replace did to two entries is seen when it has ended. */
static inline void entry_mark(struct cpu *cpu, paddr_t entry, uint64_t old,
			      uint64_t new)
{
	struct sim *sim = cpu->sim;
	unsigned cmd = cpu->call->left.cmd;

	if (cmd == GNTTABOP_map_grant_ref) {
		if (new &PTE_P)
			marks_grant(sim->marks, entry);
		else
			marks_clear(sim->marks, entry);
	} else if (cmd == GNTTABOP_unmap_grant_ref && (old & PTE_P)) {
		sim_count(sim, COUNTER_grant_pages_unmapped, 1);
		if (marks_clear(sim->marks, entry))
			sim_count(sim, COUNTER_grant_pages_touched, 1);
	}
}

void call_entry_changed(struct cpu *cpu, paddr_t entry, uint64_t old,
			uint64_t new)
{
	entry_mark(cpu, entry, old, new);
	if (cpu->sim->checked && (old & PTE_P))
		oracle_entry_changed(cpu, entry, old, new);
}

/* An L1 entry was @old and is @new now: all shall know. */
static ASIDE void entry_told(struct cpu *cpu, paddr_t entry, uint64_t old,
			     uint64_t new)
{
	struct sim *sim = cpu->sim;

	assert(!pgtab_is_upper(sim, entry));
	mmu_entry_changed(sim->mmu, entry, pgtab_stamp(sim));
	watch_entry(sim, entry, old, new);
	watch_acting(sim, NULL);
	call_entry_changed(cpu, entry, old, new);
}

/* The same, while nobody observes @cpu: what the oracle has to do for an entry
 * that is cleared, most often, is to remember it. */
static inline void entry_stored(struct cpu *cpu, paddr_t entry, uint64_t old,
				uint64_t new)
{
	struct sim *sim = cpu->sim;

	if (sim->checked && (old & PTE_P)) {
		if (new) {
			entry_told(cpu, entry, old, new);
			return;
		}
		oracle_zapped(cpu, entry, old);
		oracle_checked(sim);
	}
	entry_mark(cpu, entry, old, new);
	mmu_entry_changed(sim->mmu, entry, pgtab_stamp(sim));
}

void call_entry_store(struct cpu *cpu, paddr_t entry, uint64_t value)
{
	struct physmem *mem = cpu->sim->mem;
	uint64_t old = physmem_read(mem, entry);

	physmem_write(mem, entry, value);
	entry_told(cpu, entry, old, value);
}

static ASIDE void pte_write_told(struct cpu *cpu, maddr_t slot, uint64_t pte)
{
	sim_cross(cpu, CROSS_pte_write);
	watch_acting(cpu->sim, cpu);
	buffer_store(cpu, slot.n, pte);
}

void machine_pte_write(struct cpu *cpu, maddr_t slot, uint64_t pte)
{
	struct physmem *mem = cpu->sim->mem;
	uint64_t old;

	if (cpu->observed) {
		pte_write_told(cpu, slot, pte);
		return;
	}
	old = physmem_read(mem, slot.n);
	physmem_write(mem, slot.n, pte);
	entry_stored(cpu, slot.n, old, pte);
}

static ASIDE bool pte_cmpxchg_told(struct cpu *cpu, maddr_t slot, uint64_t *old,
				   uint64_t new)
{
	struct sim *sim = cpu->sim;

	sim_cross(cpu, CROSS_pte_cmpxchg);
	sim_touch(sim, TOUCH_ENTRY, slot.n, TOUCH_WRITE);
	watch_acting(sim, cpu);
	buffer_lock(cpu, slot.n);
	mmu_serialise(sim->mmu, cpu->number); /* a locked access */
	if (!physmem_cmpxchg(sim->mem, slot.n, old, new)) {
		watch_acting(sim, NULL);
		return false;
	}
	entry_told(cpu, slot.n, *old, new);
	return true;
}

bool machine_pte_cmpxchg(struct cpu *cpu, maddr_t slot, uint64_t *old,
			 uint64_t new)
{
	struct sim *sim = cpu->sim;

	if (cpu->observed || sim->stores_late)
		return pte_cmpxchg_told(cpu, slot, old, new);
	if (!physmem_cmpxchg(sim->mem, slot.n, old, new))
		return false;
	entry_stored(cpu, slot.n, *old, new);
	return true;
}

void machine_pte_put(struct cpu *cpu, struct domain *d, uint64_t pte)
{
	sim_cross(cpu, CROSS_pte_put);
	sim_touch(cpu->sim, TOUCH_FRAME, pgtab_frame(pte).n, TOUCH_WRITE);
	(void)d;
	pgtab_put(cpu->sim, pte);
}

/* ---- external paging -------------------------------------------------- */

static struct p2m_entry granted(mfn_t mfn, bool writable)
{
	return (struct p2m_entry){ writable ? P2M_GRANT_RW : P2M_GRANT_RO,
				   mfn };
}

bool machine_p2m_insert(struct cpu *cpu, struct domain *d, gfn_t gfn, mfn_t mfn,
			bool writable)
{
	sim_cross(cpu, CROSS_p2m_insert);
	sim_touch_all(cpu->sim);
	return ept_insert(cpu, d, gfn.n, granted(mfn, writable));
}

bool machine_p2m_remove(struct cpu *cpu, struct domain *d, gfn_t gfn, mfn_t mfn,
			bool writable)
{
	sim_cross(cpu, CROSS_p2m_remove);
	sim_touch_all(cpu->sim);
	return ept_remove(cpu, d, gfn.n, granted(mfn, writable));
}
