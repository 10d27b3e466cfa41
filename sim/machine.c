/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * machine.c - gnttab/machine.h over mmu/: what the grant code finds below.
 *
 *   gnttab/ --- machine_*() ---> this file ---> mmu/      entries
 *                                    |--------> frame     references
 *                                    |--------> hypercall copies, points
 *                                    `--------> oracle    told of each crossing
 *
 * Whoever holds a lock that is wanted here is in a hypercall that was stopped
 * half-way, and goes on until it lets go.
 *
 * What comes with each operation does at once what it is for while nobody
 * observes the CPU; else a function beside it tells of it first.
 */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "mmu/physmem.h"
#include "mmu/x86.h"
#include "sim/looked.h"
#include "sim/pgtab.h"
#include "sim/state.h"

/* ---- domains -------------------------------------------------------- */

static struct grant_table *grants_of(const struct cpu *cpu, domid_t id)
{
	const struct domain *d = domain_find(cpu->sim, id);

	return d ? d->grants : NULL;
}

static ASIDE struct grant_table *grant_table_told(struct cpu *cpu, domid_t id)
{
	sim_cross(cpu, CROSS_grant_table);
	return grants_of(cpu, id);
}

struct grant_table *machine_grant_table(struct cpu *cpu, domid_t id)
{
	return cpu->observed ? grant_table_told(cpu, id) : grants_of(cpu, id);
}

void machine_crash_domain(struct cpu *cpu, struct domain *d)
{
	sim_cross(cpu, CROSS_crash_domain);
	sim_touch_all(cpu->sim);
	d->crashed = true;
}

/* ---- frames --------------------------------------------------------- */

static void touch_frame(struct cpu *cpu, mfn_t mfn, enum machine_hold kind)
{
	sim_touch(cpu->sim, TOUCH_FRAME, mfn.n,
		  kind == MACHINE_HOLD_WRITABLE ? TOUCH_WRITE : TOUCH_UPDATE);
}

static struct frame *frame_of(struct cpu *cpu, mfn_t mfn)
{
	assert(mfn.n < cpu->sim->frames.count);
	return &cpu->sim->frames.frame[mfn.n];
}

static ASIDE struct p2m_entry frame_get_told(struct cpu *cpu,
					     const struct domain *d, gfn_t gfn)
{
	struct p2m_entry entry;

	sim_cross(cpu, CROSS_frame_get);
	entry = p2m_get(&d->p2m, gfn.n);
	if (entry.type == P2M_RAM)
		touch_frame(cpu, entry.mfn, MACHINE_HOLD);
	return entry;
}

int16_t machine_frame_get(struct cpu *cpu, struct domain *d, gfn_t gfn,
			  mfn_t *mfn)
{
	struct p2m_entry entry = cpu->observed ? frame_get_told(cpu, d, gfn)
					       : p2m_get(&d->p2m, gfn.n);

	if (entry.type != P2M_RAM)
		return GNTST_bad_page;
	*mfn = entry.mfn;
	frame_hold(frame_of(cpu, *mfn), MACHINE_HOLD);
	return GNTST_okay;
}

static ASIDE void tell_hold(struct cpu *cpu, mfn_t mfn, enum machine_hold kind)
{
	sim_cross(cpu, CROSS_frame_hold);
	touch_frame(cpu, mfn, kind);
}

bool machine_frame_hold(struct cpu *cpu, struct domain *owner, mfn_t mfn,
			enum machine_hold kind)
{
	if (cpu->observed)
		tell_hold(cpu, mfn, kind);
	if (!domain_owns(owner, frame_of(cpu, mfn), mfn))
		return false;
	return page_hold(cpu->sim, mfn, kind);
}

static ASIDE void drop_told(struct cpu *cpu, mfn_t mfn, enum machine_hold kind)
{
	sim_cross(cpu, CROSS_frame_drop);
	touch_frame(cpu, mfn, kind);
	sim_touch_zapped(cpu);
	if (cpu->running->unsynced &&
	    cpu->sim->header->p2m_sync != P2M_SYNC_LATE)
		ept_settle(cpu, cpu->running);
	watch_batch(cpu, false);
	oracle_dropped(cpu, mfn);
	page_drop(cpu->sim, mfn, kind);
}

void machine_frame_drop(struct cpu *cpu, mfn_t mfn, enum machine_hold kind)
{
	if (cpu->observed || cpu->running->unsynced) {
		drop_told(cpu, mfn, kind);
		return;
	}
	oracle_dropped(cpu, mfn);
	page_drop(cpu->sim, mfn, kind);
}

void *machine_frame_pointer(struct cpu *cpu, mfn_t mfn)
{
	sim_cross(cpu, CROSS_frame_pointer);
	return physmem_pointer(cpu->sim->mem, mfn.n * FRAME_BYTES);
}

int machine_frame_alloc(struct cpu *cpu, struct domain *d, mfn_t *mfn)
{
	sim_cross(cpu, CROSS_frame_alloc);
	sim_touch_all(cpu->sim);
	if (!frame_alloc(&cpu->sim->frames, d, FRAME_SHARED, mfn))
		return -ENOMEM;
	return 0;
}

bool machine_frame_mapped(struct cpu *cpu, struct domain *d, mfn_t mfn)
{
	sim_cross(cpu, CROSS_frame_mapped);
	touch_frame(cpu, mfn, MACHINE_HOLD_WRITABLE);
	(void)d;
	return frame_of(cpu, mfn)->refs > 0;
}

void machine_frame_free(struct cpu *cpu, mfn_t mfn)
{
	sim_cross(cpu, CROSS_frame_free);
	sim_touch_all(cpu->sim);
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
	int16_t status = GNTST_general_error;

	sim_cross(cpu, CROSS_frame_steal);
	sim_touch_all(cpu->sim);
	if (!d->config->external)
		status = page_steal(d, gfn.n, mfn);
	if (status == GNTST_okay)
		oracle_stolen(cpu, *mfn);
	return status;
}

bool machine_frame_assign(struct cpu *cpu, struct domain *d, mfn_t mfn)
{
	sim_cross(cpu, CROSS_frame_assign);
	sim_touch_all(cpu->sim);
	oracle_check_reuse(cpu->sim, mfn);
	return page_assign(d, mfn);
}

void machine_frame_place(struct cpu *cpu, struct domain *d, gfn_t gfn,
			 mfn_t mfn)
{
	sim_cross(cpu, CROSS_frame_place);
	sim_touch_all(cpu->sim);
	page_place(d, gfn.n, mfn);
}

void machine_mark_dirty(struct cpu *cpu, struct domain *d, mfn_t mfn)
{
	sim_cross(cpu, CROSS_mark_dirty);
	/* No domain is being migrated: log-dirty mode is off. */
	(void)d;
	(void)mfn;
}

/* ---- the words of a shared table ------------------------------------- */

static void touch_word(struct cpu *cpu, const uint32_t *word,
		       enum touch_how how)
{
	const char *base = physmem_pointer(cpu->sim->mem, 0);

	sim_touch(cpu->sim, TOUCH_WORD, (uint64_t)((const char *)word - base),
		  how);
}

/* What the oracle looks at when one of them changes. */
static void touch_revocation(struct cpu *cpu, const uint32_t *word)
{
	touch_word(cpu, word, TOUCH_WRITE);
	sim_touch_held(cpu->sim, cpu->sim->oracle.batch[cpu->number].dropped,
		       TOUCH_READ);
	sim_touch_zapped(cpu);
}

static ASIDE uint32_t shared_read_told(struct cpu *cpu, const uint32_t *word)
{
	sim_cross(cpu, CROSS_shared_read);
	touch_word(cpu, word, TOUCH_READ);
	return *word;
}

uint32_t machine_shared_read(struct cpu *cpu, const uint32_t *word)
{
	return cpu->observed ? shared_read_told(cpu, word) : *word;
}

void machine_shared_write(struct cpu *cpu, uint32_t *word, uint32_t value)
{
	sim_cross(cpu, CROSS_shared_write);
	touch_word(cpu, word, TOUCH_WRITE);
	*word = value;
}

bool machine_shared_cmpxchg(struct cpu *cpu, uint32_t *word, uint32_t *old,
			    uint32_t new)
{
	if (cpu->observed) {
		sim_cross(cpu, CROSS_shared_cmpxchg);
		touch_revocation(cpu, word);
	}
	if (*word != *old) {
		*old = *word;
		return false;
	}
	*word = new;
	if (cpu->sim->checked)
		oracle_word_changed(cpu, word, *old, new);
	return true;
}

void machine_shared_set(struct cpu *cpu, uint32_t *word, uint32_t bits)
{
	uint32_t old;

	sim_cross(cpu, CROSS_shared_set);
	touch_revocation(cpu, word);
	old = *word;
	*word = old | bits;
	if (*word != old && cpu->sim->checked)
		oracle_word_changed(cpu, word, old, *word);
}

void machine_shared_clear(struct cpu *cpu, uint32_t *word, uint32_t bits)
{
	uint32_t old;

	if (cpu->observed) {
		sim_cross(cpu, CROSS_shared_clear);
		touch_revocation(cpu, word);
	}
	old = *word;
	*word = old & ~bits;
	if (cpu->sim->checked)
		oracle_word_changed(cpu, word, old, old & ~bits);
}

/* ---- PV page tables ------------------------------------------------- */

static ASIDE bool find_slot(struct cpu *cpu, uint64_t va, maddr_t *slot)
{
	struct pgtab_leaf leaf;

	sim_cross(cpu, CROSS_l1_slot);
	if (!pgtab_is_guest(va))
		return false;
	leaf = pgtab_find(cpu->loaded, va);
	slot->n = leaf.entry;
	return leaf.level == 1;
}

bool machine_l1_slot(struct cpu *cpu, uint64_t va, maddr_t *slot)
{
	if (!cpu->observed && pgtab_known(cpu->loaded, va, &slot->n))
		return true;
	return find_slot(cpu, va, slot);
}

/* Who holds the table in @mfn; NULL if there is no such frame. */
static const uint32_t *locker_of(struct cpu *cpu, mfn_t mfn)
{
	return mfn.n < cpu->sim->frames.count ? &frame_of(cpu, mfn)->locker
					      : NULL;
}

/* Is it a table of @d's? */
static bool is_l1(const struct domain *d, const struct frame *frame, mfn_t mfn)
{
	return frame->type == FRAME_L1 && !frame->pinned &&
	       domain_owns(d, frame, mfn);
}

static ASIDE bool l1_lock_told(struct cpu *cpu, const struct domain *d,
			       mfn_t mfn)
{
	struct frame *frame;

	sim_cross_lock(cpu, CROSS_l1_lock, locker_of(cpu, mfn));
	sim_touch(cpu->sim, TOUCH_TABLE, mfn.n, TOUCH_WRITE);
	if (mfn.n >= cpu->sim->frames.count)
		return false;
	frame = frame_of(cpu, mfn);
	if (!is_l1(d, frame, mfn))
		return false;
	sim_wait_for(cpu, &frame->locker);
	frame->locker = cpu->number + 1;
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
	frame = frame_of(cpu, mfn);
	if (frame->locker)
		return l1_lock_told(cpu, d, mfn);
	if (!is_l1(d, frame, mfn))
		return false;
	frame->locker = cpu->number + 1;
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

static void l1_unlock(struct cpu *cpu, struct frame *frame)
{
	if (cpu->stored.waits)
		buffer_flush(cpu);
	frame->locker = 0;
}

void machine_l1_unlock(struct cpu *cpu, maddr_t slot)
{
	struct frame *frame = frame_of(cpu, (mfn_t){ slot.n / FRAME_BYTES });

	assert(frame->locker == cpu->number + 1);
	cpu->locks--;
	if (cpu->observed)
		l1_unlock_told(cpu, slot, frame);
	else
		l1_unlock(cpu, frame);
}

static ASIDE uint64_t pte_read_told(struct cpu *cpu, maddr_t slot)
{
	sim_cross(cpu, CROSS_pte_read);
	sim_touch(cpu->sim, TOUCH_ENTRY, slot.n, TOUCH_READ);
	return buffer_read(cpu, slot.n);
}

uint64_t machine_pte_read(struct cpu *cpu, maddr_t slot)
{
	return cpu->observed || cpu->stored.waits
		       ? pte_read_told(cpu, slot)
		       : physmem_read(cpu->sim->mem, slot.n);
}

/* What an unmap_and_replace did to two entries is seen when it has ended. */
void call_entry_changed(struct cpu *cpu, paddr_t entry, uint64_t old,
			uint64_t new)
{
	struct sim *sim = cpu->sim;
	unsigned cmd = cpu->call->left.cmd;

	if (sim->checked && (old & PTE_P))
		oracle_entry_changed(cpu, entry, old, new);
	if (cmd == GNTTABOP_map_grant_ref) {
		if (new &PTE_P)
			marks_grant(sim->marks, entry);
		else
			marks_clear(sim->marks, entry);
	} else if (cmd == GNTTABOP_unmap_grant_ref && (old & PTE_P)) {
		sim_count(sim, COUNTER_grant_pages_unmapped, 1);
		sim_count(sim, COUNTER_grant_pages_touched,
			  marks_clear(sim->marks, entry));
	}
}

static ASIDE void tell_pte_write(struct cpu *cpu, maddr_t slot)
{
	sim_touch(cpu->sim, TOUCH_ENTRY, slot.n, TOUCH_WRITE);
	watch_acting(cpu->sim, cpu);
}

void machine_pte_write(struct cpu *cpu, maddr_t slot, uint64_t pte)
{
	if (cpu->observed) {
		sim_cross(cpu, CROSS_pte_write);
		tell_pte_write(cpu, slot);
	}
	buffer_store(cpu, slot.n, pte);
}

bool machine_pte_cmpxchg(struct cpu *cpu, maddr_t slot, uint64_t *old,
			 uint64_t new)
{
	bool done;

	if (cpu->observed) {
		sim_cross(cpu, CROSS_pte_cmpxchg);
		tell_pte_write(cpu, slot);
	}
	if (cpu->sim->header->memory == MEMORY_TSO)
		buffer_lock(cpu, slot.n);
	mmu_serialise(cpu->sim->mmu, cpu->number); /* a locked access */
	done = pgtab_exchange(cpu->sim, slot.n, old, new);
	watch_acting(cpu->sim, NULL);
	if (!done)
		return false;
	call_entry_changed(cpu, slot.n, *old, new);
	return true;
}

void machine_pte_put(struct cpu *cpu, struct domain *d, uint64_t pte)
{
	sim_cross(cpu, CROSS_pte_put);
	touch_frame(cpu, pgtab_frame(pte), MACHINE_HOLD_WRITABLE);
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

/* ---- guest memory ---------------------------------------------------- */

static ASIDE int copy_in_told(struct cpu *cpu, void *to, uint64_t from,
			      size_t len)
{
	int rc;

	sim_cross(cpu, CROSS_copy_from_guest);
	rc = call_copy_in(cpu->call, to, from, len);
	if (rc == 0)
		looked_up(cpu->call, to, len);
	return rc;
}

int machine_copy_from_guest(struct cpu *cpu, void *to, uint64_t from,
			    size_t len)
{
	if (cpu->call->plain && call_copies_in(cpu->call, to, from, len))
		return 0;
	return copy_in_told(cpu, to, from, len);
}

int machine_copy_to_guest(struct cpu *cpu, uint64_t to, const void *from,
			  size_t len)
{
	if (cpu->call->plain && call_copies_out(cpu->call, to, from, len))
		return 0;
	sim_cross(cpu, CROSS_copy_to_guest);
	if (cpu->sim->touches)
		looked_stored(cpu->call, from, len);
	return call_copy_out(cpu->call, to, from, len);
}

/* ---- scheduling, locks ----------------------------------------------- */

bool machine_preemption_wanted(struct cpu *cpu)
{
	sim_cross(cpu, CROSS_preemption_wanted);
	return call_preemption_wanted(cpu->call);
}

static void touch_lock(struct cpu *cpu, const struct machine_lock *lock)
{
	struct sim *sim = cpu->sim;
	uint64_t number = 0;
	size_t i = 0;

	if (!sim->touches)
		return;
	for (; i < sim->nr_domains && !number; i++)
		number = gnttab_lock_number(sim->domain[i].grants, lock);
	sim_touch(sim, TOUCH_LOCK, i << 32 | number, TOUCH_WRITE);
}

static ASIDE void lock_told(struct cpu *cpu, struct machine_lock *lock)
{
	sim_cross_lock(cpu, CROSS_lock, &lock->holder);
	touch_lock(cpu, lock);
	sim_wait_for(cpu, &lock->holder);
	lock->holder = cpu->number + 1;
}

void machine_lock(struct cpu *cpu, struct machine_lock *lock)
{
	if (cpu->observed || lock->holder)
		lock_told(cpu, lock);
	else
		lock->holder = cpu->number + 1;
	cpu->locks++;
}

static ASIDE void unlock_told(struct cpu *cpu, struct machine_lock *lock)
{
	sim_cross(cpu, CROSS_unlock);
	touch_lock(cpu, lock);
	lock->holder = 0;
	sim_cross(cpu, CROSS_UNLOCKED);
}

void machine_unlock(struct cpu *cpu, struct machine_lock *lock)
{
	assert(lock->holder == cpu->number + 1);
	cpu->locks--;
	if (cpu->observed)
		unlock_told(cpu, lock);
	else
		lock->holder = 0;
}
