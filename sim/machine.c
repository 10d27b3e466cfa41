/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * machine.c - gnttab/machine.h over mmu/: what the grant code finds below.
 *
 *   gnttab/ --- machine_*() -.-> this file ---> frame     references
 *                            |       |--------> mmu/      words of memory
 *                            |       |--------> hypercall copies, points
 *                            |       `--------> oracle    told of each crossing
 *                            |-> machine_tables.c       page tables
 *                            `-> machine_tlb.c          flushes
 *
 * Whoever holds a lock that is wanted here is in a hypercall that was stopped
 * half-way, and goes on until it lets go.
 *
 * What comes with each operation is inline, so that linking can make it part of
 * its caller.  While nobody observes the CPU it does at once what it is for;
 * else a function beside it tells of it first.
 */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "mmu/physmem.h"
#include "sim/looked.h"
#include "sim/page_use.h"
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

static ASIDE int16_t frame_get_told(struct cpu *cpu, struct domain *d,
				    gfn_t gfn, enum machine_hold kind,
				    mfn_t *mfn)
{
	struct p2m_entry entry;

	sim_cross(cpu, CROSS_frame_get);
	entry = p2m_get(&d->p2m, gfn.n);
	if (entry.type != P2M_RAM)
		return GNTST_bad_page;
	touch_frame(cpu, entry.mfn, kind);
	*mfn = entry.mfn;
	return page_hold(cpu->sim, frames_at(&cpu->sim->frames, *mfn), *mfn,
			 kind)
		       ? GNTST_okay
		       : GNTST_general_error;
}

inline int16_t machine_frame_get(struct cpu *cpu, struct domain *d, gfn_t gfn,
				 enum machine_hold kind, mfn_t *mfn)
{
	struct frame *frame;

	if (cpu->observed || !p2m_is_as_at_first(&d->p2m, gfn.n))
		return frame_get_told(cpu, d, gfn, kind, mfn);
	mfn->n = d->p2m.first + gfn.n;
	frame = frames_at(&cpu->sim->frames, *mfn);
	if (page_is_new(frame, kind))
		return frame_get_told(cpu, d, gfn, kind, mfn);
	return frame_hold(frame, kind) ? GNTST_okay : GNTST_general_error;
}

static ASIDE void tell_hold(struct cpu *cpu, mfn_t mfn, enum machine_hold kind)
{
	sim_cross(cpu, CROSS_frame_hold);
	touch_frame(cpu, mfn, kind);
}

bool machine_frame_hold(struct cpu *cpu, struct domain *owner, mfn_t mfn,
			enum machine_hold kind)
{
	struct frame *frame = frames_at(&cpu->sim->frames, mfn);

	if (cpu->observed)
		tell_hold(cpu, mfn, kind);
	if (!domain_owns(owner, frame, mfn))
		return false;
	return page_hold(cpu->sim, frame, mfn, kind);
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

inline void machine_frame_drop(struct cpu *cpu, mfn_t mfn,
			       enum machine_hold kind)
{
	if (cpu->observed || cpu->running->unsynced || oracle_pends(cpu)) {
		drop_told(cpu, mfn, kind);
		return;
	}
	if (cpu->sim->checked)
		oracle_batch(cpu)->dropped = mfn;
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
	return frame_alloc(&cpu->sim->frames, d, FRAME_SHARED, mfn) ? 0
								    : -ENOMEM;
}

bool machine_frame_mapped(struct cpu *cpu, struct domain *d, mfn_t mfn)
{
	sim_cross(cpu, CROSS_frame_mapped);
	touch_frame(cpu, mfn, MACHINE_HOLD_WRITABLE);
	(void)d;
	return frames_at(&cpu->sim->frames, mfn)->refs > 0;
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
	sim_touch_held(cpu->sim, oracle_batch(cpu)->dropped, TOUCH_READ);
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

/* It is crossed, unobserved: what the CPU does then. */
static bool exchange(struct cpu *cpu, uint32_t *word, uint32_t *old,
		     uint32_t new)
{
	if (*word != *old) {
		*old = *word;
		return false;
	}
	*word = new;
	if (cpu->sim->checked)
		oracle_word_changed(cpu, word, *old, new);
	return true;
}

static ASIDE bool shared_cmpxchg_told(struct cpu *cpu, uint32_t *word,
				      uint32_t *old, uint32_t new)
{
	sim_cross(cpu, CROSS_shared_cmpxchg);
	touch_revocation(cpu, word);
	return exchange(cpu, word, old, new);
}

bool machine_shared_cmpxchg(struct cpu *cpu, uint32_t *word, uint32_t *old,
			    uint32_t new)
{
	return cpu->observed ? shared_cmpxchg_told(cpu, word, old, new)
			     : exchange(cpu, word, old, new);
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

static ASIDE void tell_clear(struct cpu *cpu, const uint32_t *word)
{
	sim_cross(cpu, CROSS_shared_clear);
	touch_revocation(cpu, word);
}

void machine_shared_clear(struct cpu *cpu, uint32_t *word, uint32_t bits)
{
	uint32_t old;

	if (cpu->observed)
		tell_clear(cpu, word);
	old = *word;
	*word = old & ~bits;
	if (cpu->sim->checked)
		oracle_word_changed(cpu, word, old, old & ~bits);
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
	struct call *call = cpu->call;
	uint64_t offset = from - call->array; /* huge when that is above */

	if (!call_is_plain(call, offset, len) ||
	    !call_move(to, call->args + offset, len))
		return copy_in_told(cpu, to, from, len);
	call->copies++;
	return 0;
}

static ASIDE int copy_out_told(struct cpu *cpu, uint64_t to, const void *from,
			       size_t len)
{
	sim_cross(cpu, CROSS_copy_to_guest);
	if (cpu->sim->touches)
		looked_stored(cpu->call, from, len);
	return call_copy_out(cpu->call, to, from, len);
}

int machine_copy_to_guest(struct cpu *cpu, uint64_t to, const void *from,
			  size_t len)
{
	struct call *call = cpu->call;
	uint64_t offset = to - call->array;

	if (!call_is_plain(call, offset, len) ||
	    !call_move(call->args + offset, from, len)) /* (2) of hypercall.c */
		return copy_out_told(cpu, to, from, len);
	call->copies++;
	return 0;
}

/* ---- scheduling, locks ----------------------------------------------- */

static ASIDE bool preemption_told(struct cpu *cpu)
{
	sim_cross(cpu, CROSS_preemption_wanted);
	return call_preemption_wanted(cpu->call);
}

bool machine_preemption_wanted(struct cpu *cpu)
{
	if (!cpu->call->plain)
		return preemption_told(cpu);
	cpu->call->points++;
	return false;
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
	lock->holder = cpu->holder;
}

void machine_lock(struct cpu *cpu, struct machine_lock *lock)
{
	if (cpu->observed | lock->holder)
		lock_told(cpu, lock);
	else
		lock->holder = cpu->holder;
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
	assert(lock->holder == cpu->holder);
	cpu->locks--;
	if (cpu->observed)
		unlock_told(cpu, lock);
	else
		lock->holder = 0;
}
