/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * machine.c - gnttab/machine.h over mmu/: what the grant code finds below.
 *
 *   gnttab/ --- machine_*() ---> this file ---> mmu/      entries, flushes
 *                                    |--------> frame     references
 *                                    |--------> hypercall copies, points
 *                                    `--------> oracle    told of each crossing
 *
 * CPUs take turns between events, so a lock is never found taken here.
 */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "mmu/physmem.h"
#include "mmu/x86.h"
#include "sim/pgtab.h"
#include "sim/state.h"

/* ---- domains -------------------------------------------------------- */

struct grant_table *machine_grant_table(struct cpu *cpu, domid_t id)
{
	struct domain *d = domain_find(cpu->sim, id);

	return d ? d->grants : NULL;
}

void machine_crash_domain(struct cpu *cpu, struct domain *d)
{
	(void)cpu;
	d->crashed = true;
}

/* ---- frames --------------------------------------------------------- */

static struct frame *frame_of(struct cpu *cpu, mfn_t mfn)
{
	assert(mfn.n < cpu->sim->frames.count);
	return &cpu->sim->frames.frame[mfn.n];
}

int16_t machine_frame_get(struct cpu *cpu, struct domain *d, gfn_t gfn,
			  mfn_t *mfn)
{
	const struct p2m_entry entry = p2m_get(&d->p2m, gfn.n);

	if (entry.type != P2M_RAM)
		return GNTST_bad_page;
	*mfn = entry.mfn;
	page_hold(cpu->sim, *mfn, MACHINE_HOLD);
	return GNTST_okay;
}

bool machine_frame_hold(struct cpu *cpu, struct domain *owner, mfn_t mfn,
			enum machine_hold kind)
{
	if (domain_of_frame(cpu->sim, mfn) != owner)
		return false;
	return page_hold(cpu->sim, mfn, kind);
}

void machine_frame_drop(struct cpu *cpu, mfn_t mfn, enum machine_hold kind)
{
	oracle_dropped(cpu, mfn);
	page_drop(cpu->sim, mfn, kind);
}

void *machine_frame_pointer(struct cpu *cpu, mfn_t mfn)
{
	return physmem_pointer(cpu->sim->mem, mfn.n * FRAME_BYTES);
}

int machine_frame_alloc(struct cpu *cpu, struct domain *d, mfn_t *mfn)
{
	if (!frame_alloc(&cpu->sim->frames, d, FRAME_SHARED, mfn))
		return -ENOMEM;
	return 0;
}

bool machine_frame_mapped(struct cpu *cpu, struct domain *d, mfn_t mfn)
{
	(void)d;
	return frame_of(cpu, mfn)->refs > 0;
}

void machine_frame_free(struct cpu *cpu, mfn_t mfn)
{
	if (mfn.n >= FRAMES_OWN) {
		page_free(cpu->sim, mfn);
		return;
	}
	memset(machine_frame_pointer(cpu, mfn), 0, FRAME_BYTES);
	frame_free(&cpu->sim->frames, mfn);
}

int16_t machine_frame_steal(struct cpu *cpu, struct domain *d, gfn_t gfn,
			    mfn_t *mfn)
{
	int16_t status = page_steal(d, gfn.n, mfn);

	if (status == GNTST_okay)
		oracle_stolen(cpu, *mfn);
	return status;
}

bool machine_frame_assign(struct cpu *cpu, struct domain *d, mfn_t mfn)
{
	oracle_check_reuse(cpu->sim, mfn);
	return page_assign(d, mfn);
}

void machine_frame_place(struct cpu *cpu, struct domain *d, gfn_t gfn,
			 mfn_t mfn)
{
	(void)cpu;
	page_place(d, gfn.n, mfn);
}

void machine_mark_dirty(struct cpu *cpu, struct domain *d, mfn_t mfn)
{
	/* No domain is being migrated: log-dirty mode is off. */
	(void)cpu;
	(void)d;
	(void)mfn;
}

/* ---- the words of a shared table ------------------------------------- */

uint32_t machine_shared_read(struct cpu *cpu, const uint32_t *word)
{
	(void)cpu;
	return *word;
}

void machine_shared_write(struct cpu *cpu, uint32_t *word, uint32_t value)
{
	(void)cpu;
	*word = value;
}

bool machine_shared_cmpxchg(struct cpu *cpu, uint32_t *word, uint32_t *old,
			    uint32_t new)
{
	if (*word != *old) {
		*old = *word;
		return false;
	}
	*word = new;
	oracle_word_changed(cpu, word, *old, new);
	return true;
}

void machine_shared_set(struct cpu *cpu, uint32_t *word, uint32_t bits)
{
	uint32_t old = *word;

	*word = old | bits;
	if (*word != old)
		oracle_word_changed(cpu, word, old, *word);
}

void machine_shared_clear(struct cpu *cpu, uint32_t *word, uint32_t bits)
{
	uint32_t old = *word;

	*word = old & ~bits;
	oracle_word_changed(cpu, word, old, old & ~bits);
}

/* ---- PV page tables ------------------------------------------------- */

bool machine_l1_slot(struct cpu *cpu, uint64_t va, maddr_t *slot)
{
	struct pgtab_leaf leaf;

	if (!pgtab_is_guest(va))
		return false;
	leaf = pgtab_find(cpu->loaded, va);
	slot->n = leaf.entry;
	return leaf.level == 1;
}

bool machine_l1_lock(struct cpu *cpu, struct domain *d, maddr_t slot)
{
	mfn_t mfn = { slot.n / FRAME_BYTES };
	struct frame *frame;

	if (domain_of_frame(cpu->sim, mfn) != d)
		return false;
	frame = frame_of(cpu, mfn);
	if (frame->type != FRAME_L1 || frame->pinned)
		return false;
	assert(!frame->locked);
	frame->locked = true;
	return true;
}

void machine_l1_unlock(struct cpu *cpu, maddr_t slot)
{
	struct frame *frame = frame_of(cpu, (mfn_t){ slot.n / FRAME_BYTES });

	assert(frame->locked);
	frame->locked = false;
}

uint64_t machine_pte_read(struct cpu *cpu, maddr_t slot)
{
	return physmem_read(cpu->sim->mem, slot.n);
}

/* The grant code changed an entry: mark it, count it, show it around.  What
 * an unmap_and_replace did to two entries is seen when it has ended. */
static void pte_changed(struct cpu *cpu, maddr_t slot, uint64_t old,
			uint64_t new)
{
	struct sim *sim = cpu->sim;
	unsigned cmd = cpu->call->left.cmd;

	oracle_entry_changed(cpu, slot.n, old, new);
	if (cmd == GNTTABOP_map_grant_ref) {
		marks_clear(sim->marks, slot.n);
		if (new &PTE_P)
			marks_grant(sim->marks, slot.n);
	} else if (cmd == GNTTABOP_unmap_grant_ref && (old & PTE_P)) {
		sim_count(sim, COUNTER_grant_pages_unmapped, 1);
		sim_count(sim, COUNTER_grant_pages_touched,
			  marks_clear(sim->marks, slot.n));
	}
}

void machine_pte_write(struct cpu *cpu, maddr_t slot, uint64_t pte)
{
	uint64_t old = physmem_read(cpu->sim->mem, slot.n);

	pgtab_store(cpu->sim, slot.n, pte);
	pte_changed(cpu, slot, old, pte);
}

bool machine_pte_cmpxchg(struct cpu *cpu, maddr_t slot, uint64_t *old,
			 uint64_t new)
{
	if (!pgtab_exchange(cpu->sim, slot.n, old, new))
		return false;
	pte_changed(cpu, slot, *old, new);
	return true;
}

void machine_pte_put(struct cpu *cpu, struct domain *d, uint64_t pte)
{
	(void)d;
	pgtab_put(cpu->sim, pte);
}

/* ---- guest memory ---------------------------------------------------- */

int machine_copy_from_guest(struct cpu *cpu, void *to, uint64_t from,
			    size_t len)
{
	return call_copy_in(cpu->call, to, from, len);
}

int machine_copy_to_guest(struct cpu *cpu, uint64_t to, const void *from,
			  size_t len)
{
	return call_copy_out(cpu->call, to, from, len);
}

/* ---- scheduling, translation caches, locks --------------------------- */

bool machine_preemption_wanted(struct cpu *cpu)
{
	return call_preemption_wanted(cpu->call);
}

cpumask_t machine_dirty_cpus(struct cpu *cpu, struct domain *d)
{
	(void)cpu;
	return d->dirty;
}

void machine_flush_tlb(struct cpu *cpu, cpumask_t mask)
{
	cpu->sim->grant_flushes++;
	sim_count(cpu->sim, COUNTER_flush_false,
		  oracle_flush_is_false(cpu, mask));
	flush_cpus(cpu, mask);
	oracle_flushed(cpu);
}

cpumask_t machine_slot_holders(struct cpu *cpu, maddr_t slot, mfn_t mfn)
{
	const struct mmu *mmu = cpu->sim->mmu;
	cpumask_t mask = mmu_holders_of_entry(mmu, slot.n).any;

	return mask & mmu_holders_of_frame(mmu, mfn.n * FRAME_BYTES).any;
}

void machine_lock(struct cpu *cpu, struct machine_lock *lock)
{
	assert(!lock->holder);
	lock->holder = cpu->number + 1;
}

void machine_unlock(struct cpu *cpu, struct machine_lock *lock)
{
	assert(lock->holder == cpu->number + 1);
	lock->holder = 0;
}
