/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page.c - frames of memory change hands.
 *
 *               page_give_up()                last reference dropped
 *   a domain's, ------------> the domain's,  ------------------------.
 *   by a number               without one                            v
 *    |  ^   ^                                                     free: a heap,
 *    |  |   `------------ page_alloc() --------------------------- last in,
 *    |  `---- page_assign(), page_place() ----.                    first out
 *    `--------- page_steal() ---------------> nobody's -- page_free() --^
 *
 * Invariants, (1) and (2) checked by sim_check():
 *  (1) A free frame has no references, no owner, and no number leads to it.
 *  (2) A domain owns at most as much as it had at first.
 *  (3) The stamp of a frame that is free or has no type is the time at which
 *      it fell out of use: whoever was flushed later cannot hold what it was.
 *
 * Source: guest_remove_page(), xen/common/memory.c; put_page(), steal_page(),
 * __get_page_type(), __put_page_type(), xen/arch/x86/mm.c; alloc_heap_pages(),
 * free_heap_pages(), xen/common/page_alloc.c; XSA-401.
 */
#include <assert.h>
#include <string.h>

#include "mmu/physmem.h"
#include "sim/page_use.h"
#include "sim/state.h"

/* ---- references ------------------------------------------------------ */

/* Before the frame, which has no type, gets another one than its last: its
 * owner's CPUs may hold what that allowed. */
static void change_type(struct cpu *by, struct domain *owner,
			const struct frame *frame, enum frame_type type)
{
	if (frame->was != type &&
	    flush_for_stamp(by, owner->dirty, frame->stamp))
		sim_count(by->sim, COUNTER_flush_at_type_change, 1);
}

bool page_hold_typed(struct sim *sim, mfn_t mfn)
{
	struct frame *frame = frames_at(&sim->frames, mfn);
	struct domain *owner = domain_of_frame(sim, mfn);
	/* Without a CPU that may hold its translations none is asked. */
	struct cpu *by = owner->dirty ? cpu_of_domain(sim, owner) : NULL;

	if (owner->dirty)
		change_type(by ? by : &sim->cpu[0], owner, frame,
			    FRAME_WRITABLE);
	return frame_hold(frame, MACHINE_HOLD_WRITABLE);
}

/* ---- the heap -------------------------------------------------------- */

void page_free(struct sim *sim, mfn_t mfn)
{
	struct frame *frame = frames_at(&sim->frames, mfn);
	struct domain *owner = domain_of_frame(sim, mfn);

	assert(!frame->refs && !frame->type_refs); /* (1) */
	if (owner)
		owner->owned--;
	frame->moved = true;
	frame->leaving = false;
	frame->type = FRAME_FREE;
	frame->stamp = sim->clock.now; /* (3) */
	frame->next = sim->frames.heap;
	sim->frames.heap = mfn.n;
}

/* Let @gfn lead elsewhere. */
static void renumber(struct domain *d, uint64_t gfn, struct p2m_entry entry)
{
	struct cpu *by = cpu_of_domain(d->sim, d);

	ept_change(by ? by : &d->sim->cpu[0], d, gfn, entry);
}

void page_give_up(struct domain *d, uint64_t gfn)
{
	const struct p2m_entry entry = p2m_get(&d->p2m, gfn);
	struct frame *frame = frames_at(&d->sim->frames, entry.mfn);

	assert(entry.type == P2M_RAM);
	frame->leaving = true;
	frame->refs++; /* until the number is gone */
	renumber(d, gfn, (struct p2m_entry){ .type = P2M_NONE });
	page_drop(d->sim, entry.mfn, MACHINE_HOLD);
}

/* Nobody's, out of the heap; false when that is empty. */
static bool take_free(struct sim *sim, mfn_t *mfn)
{
	struct frame *frame;

	mfn->n = sim->frames.heap;
	if (!mfn->n)
		return false;
	frame = frames_at(&sim->frames, *mfn);
	sim->frames.heap = frame->next;
	frame->type = frame->was = FRAME_UNTYPED;
	frame->owner = NULL;
	memset(physmem_pointer(sim->mem, mfn->n * FRAME_BYTES), 0, FRAME_BYTES);
	return true;
}

/* Whoever had it before may have it cached, on any CPU. */
static void flush_reused(struct cpu *cpu, mfn_t mfn)
{
	struct sim *sim = cpu->sim;

	if (flush_for_stamp(cpu, flush_online(sim),
			    frames_at(&sim->frames, mfn)->stamp))
		sim_count(sim, COUNTER_flush_at_allocation, 1);
	oracle_check_reuse(sim, mfn);
}

bool page_alloc(struct cpu *cpu, struct domain *d, uint64_t gfn)
{
	mfn_t mfn;

	if (d->owned == d->frames || !take_free(d->sim, &mfn))
		return false;
	flush_reused(cpu, mfn);
	page_assign(d, mfn);
	page_place(d, gfn, mfn);
	return true;
}

/* ---- page tables ----------------------------------------------------- */

/* Between the two nobody kept the frame from being mapped writable again, and
 * cached so (XSA-401). */
static bool flushes_first(const struct sim *sim)
{
	switch (sim->header->era) {
	case GNTTAB_ERA_2014:
	case GNTTAB_ERA_2021:
		return true;
	case GNTTAB_ERA_CURRENT:
		break;
	}
	return false;
}

bool page_pin_begin(const struct pinning *p)
{
	struct sim *sim = p->domain->sim;
	struct frame *frame = frames_at(&sim->frames, p->mfn);

	if (frame->type != FRAME_UNTYPED)
		return false;
	frame->refs++;
	if (flushes_first(sim))
		change_type(p->by, p->domain, frame, p->type);
	else
		frame->type = (uint8_t)p->type;
	return true;
}

bool page_pin_end(const struct pinning *p)
{
	struct sim *sim = p->domain->sim;
	struct frame *frame = frames_at(&sim->frames, p->mfn);

	if (!flushes_first(sim)) {
		change_type(p->by, p->domain, frame, p->type);
	} else if (frame->type != FRAME_UNTYPED) {
		page_drop(sim, p->mfn, MACHINE_HOLD);
		return false;
	}
	frame->type = (uint8_t)p->type;
	frame->pinned = true;
	oracle_check_typing(sim, p->mfn);
	return true;
}

bool page_unpin(struct sim *sim, mfn_t mfn)
{
	struct frame *frame = frames_at(&sim->frames, mfn);

	if (!frame->pinned)
		return false;
	page_end_type(sim, frame, (enum frame_type)frame->type);
	frame->type = FRAME_UNTYPED;
	frame->pinned = false;
	page_drop(sim, mfn, MACHINE_HOLD);
	return true;
}

/* ---- from one to another --------------------------------------------- */

int16_t page_steal(struct domain *d, uint64_t gfn, mfn_t *mfn)
{
	const struct p2m_entry entry = p2m_get(&d->p2m, gfn);
	struct frame *frame = frames_at(&d->sim->frames, entry.mfn);

	if (entry.type != P2M_RAM || frame->refs)
		return GNTST_bad_page;
	p2m_set(&d->p2m, gfn, (struct p2m_entry){ .type = P2M_NONE });
	d->owned--;
	frame->moved = true;
	frame->owner = NULL;
	frame->type = FRAME_UNTYPED;
	*mfn = entry.mfn;
	return GNTST_okay;
}

bool page_assign(struct domain *d, mfn_t mfn)
{
	if (d->owned == d->frames) /* (2) */
		return false;
	frames_at(&d->sim->frames, mfn)->owner = d;
	d->owned++;
	return true;
}

void page_place(struct domain *d, uint64_t gfn, mfn_t mfn)
{
	if (gfn < p2m_limit(&d->p2m))
		renumber(d, gfn, (struct p2m_entry){ P2M_RAM, mfn });
}
