/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ev_memory.c - accesses, an OS's own page tables, invalidation.
 *
 * A PV guest's entry always has US, whatever it asks for: its kernel runs at
 * privilege 3 as well.  A kernel page is told apart by a bit that hardware
 * ignores.  An entry is written anew, A and D clear, by `protect` too: the
 * hypervisor lets a guest do so to a grant's entry if frame, P and RW stay.
 *
 * Sources: adjust_guest_l1e() and the fast path of mod_l1_entry(),
 * xen/arch/x86/mm.c.
 */
#include <errno.h>
#include <inttypes.h>

#include "mmu/physmem.h"
#include "mmu/x86.h"
#include "sim/pgtab.h"
#include "sim/pv_update.h"
#include "sim/state.h"

#define PTE_GUEST_KERNEL (UINT64_C(1) << 52)

static const uint64_t frames_of_size[MMU_PAGE_SIZES] = {
	[MMU_4K] = 1,
	[MMU_2M] = 512,
	[MMU_1G] = 512 * 512,
};

int ev_access(struct sim *sim, const struct event *event)
{
	static const enum mmu_access kinds[EVENT_KINDS] = {
		[EVENT_read] = MMU_READ,
		[EVENT_write] = MMU_WRITE,
		[EVENT_fetch] = MMU_FETCH,
	};
	struct accesses accesses = {
		.at = event->access.at,
		.count = event->access.count,
		.stride = event->access.stride,
		.kind = kinds[event->kind],
	};
	struct cpu *cpu = cpu_of_event(sim, event);

	if (!cpu)
		return -EBADMSG;
	if (event->stop.nth)
		return call_run_access(cpu, &accesses, event);
	cpu_access_row(cpu, accesses.at, accesses.count, accesses.stride,
		       accesses.kind);
	return 0;
}

/* ---- page tables ----------------------------------------------------- */

static uint64_t flags_of(const struct event *event)
{
	unsigned flags = event->page.flags;
	uint64_t value = PTE_P | PTE_US;

	if (flags & PAGE_WRITABLE)
		value |= PTE_RW;
	if (!(flags & PAGE_USER))
		value |= PTE_GUEST_KERNEL;
	if (flags & PAGE_GLOBAL)
		value |= PTE_G;
	if (flags & PAGE_NX)
		value |= PTE_XD;
	return value;
}

/* Replace the leaf @entry of @level, which held @old; references follow.
 * False, and nothing done: it would let somebody write to a page table. */
static bool store_leaf(struct sim *sim, paddr_t entry, unsigned level,
		       uint64_t old, uint64_t value)
{
	if (level == 1 && (value & PTE_P) && !pgtab_get(sim, value))
		return false;
	pgtab_store(sim, entry, value);
	if (level == 1)
		pgtab_put(sim, old);
	return true;
}

static int refuse_table(struct domain *d, const struct event *event,
			const struct op *op)
{
	diag_error(d->sim->diags, sim_place(event->place, op),
		   "0x%" PRIx64 " would lead to a page table, writable",
		   op->at);
	diag_hint(d->sim->diags, "'writable: false' is permitted");
	return -EBADMSG;
}

static int check_page(struct domain *d, const struct event *event,
		      const struct op *op, mfn_t *mfn)
{
	struct place place = sim_place(event->place, op);
	uint64_t count = frames_of_size[event->page.size];
	struct diags *diags = d->sim->diags;

	if (op->frame % count || op->at % (count * FRAME_BYTES))
		diag_error(diags, place,
			   "address 0x%" PRIx64 " and frame 0x%" PRIx64
			   " are not both multiples of the page's size",
			   op->at, op->frame);
	else if (domain_check_ram(d, place, op->frame, count, mfn) < 0)
		return -EBADMSG;
	else if (event->page.size == MMU_1G &&
		 !d->sim->header->profile.mmu.page_1g)
		diag_error(diags, place, "the machine has no 1G pages");
	else
		return 0;
	return -EBADMSG;
}

/* Nobody else is changing the table of @entry. */
static void wait_for_table(struct sim *sim, paddr_t entry)
{
	call_wait_for(sim, NULL,
		      &sim->frames.frame[entry / FRAME_BYTES].locker);
}

/* The entry for a new page, or why there is none. */
static int find_slot(struct domain *d, const struct event *event,
		     const struct op *op, paddr_t *entry)
{
	struct place place = sim_place(event->place, op);
	struct diags *diags = d->sim->diags;
	unsigned level = event->page.size + 1;

	switch (pgtab_make(d, op->at, level, entry)) {
	case 0:
		wait_for_table(d->sim, *entry);
		return 0;
	case -EFAULT:
		diag_error(diags, place,
			   "0x%" PRIx64 " is not a guest's address", op->at);
		diag_hint(diags, "the hypervisor has 0xffff800000000000 to "
				 "0xffff87ffffffffff");
		break;
	case -EEXIST:
		diag_error(diags, place, "0x%" PRIx64 " is in a larger page",
			   op->at);
		diag_hint(diags, "'unmap_page' that first");
		break;
	default:
		diag_error(diags, place,
			   "no machine memory is left for page tables");
	}
	return -EBADMSG;
}

static int map_one(struct domain *d, const struct event *event,
		   const struct op *op)
{
	unsigned level = event->page.size + 1;
	uint64_t old, value = flags_of(event);
	paddr_t entry;
	mfn_t mfn;

	if (check_page(d, event, op, &mfn) < 0 ||
	    find_slot(d, event, op, &entry) < 0)
		return -EBADMSG;
	old = physmem_read(d->sim->mem, entry);
	if (level > 1 && (old & PTE_P) && !(old & PTE_PS) &&
	    !pgtab_is_empty(d->sim, old)) {
		diag_error(d->sim->diags, sim_place(event->place, op),
			   "smaller pages are mapped at 0x%" PRIx64, op->at);
		diag_hint(d->sim->diags, "'unmap_page' those first");
		return -EBADMSG;
	}
	value |= mfn.n * FRAME_BYTES;
	if (level > 1)
		value |= PTE_PS;
	if (!store_leaf(d->sim, entry, level, old, value))
		return refuse_table(d, event, op);
	marks_clear(d->sim->marks, entry);
	return 0;
}

int ev_map_page(struct sim *sim, const struct event *event)
{
	struct domain *d = sim_domain(sim, event, event->domain);
	int rc = d ? 0 : -EBADMSG;

	for (size_t i = 0; rc == 0 && i < event->nr_ops; i++)
		rc = map_one(d, event, &event->ops[i]);
	return rc;
}

/* The page at @op->at, which must be there. */
static int find_page(struct domain *d, const struct event *event,
		     const struct op *op, struct pgtab_leaf *leaf)
{
	wait_for_table(d->sim, pgtab_find(d, op->at).entry);
	*leaf = pgtab_find(d, op->at);
	if (pgtab_is_guest(op->at) && pgtab_present(leaf))
		return 0;
	diag_error(d->sim->diags, sim_place(event->place, op),
		   "domain %u has nothing mapped at 0x%" PRIx64, d->id, op->at);
	return -EBADMSG;
}

static int unmap_one(struct domain *d, const struct event *event,
		     const struct op *op)
{
	struct pgtab_leaf leaf;

	if (find_page(d, event, op, &leaf) < 0)
		return -EBADMSG;
	/* Of a grant: its handle can no longer be unmapped here. */
	marks_clear(d->sim->marks, leaf.entry);
	store_leaf(d->sim, leaf.entry, leaf.level, leaf.value, 0);
	return 0;
}

int ev_unmap_page(struct sim *sim, const struct event *event)
{
	struct domain *d = sim_domain(sim, event, event->domain);
	int rc = d ? 0 : -EBADMSG;

	for (size_t i = 0; rc == 0 && i < event->nr_ops; i++)
		rc = unmap_one(d, event, &event->ops[i]);
	return rc;
}

static int protect_one(struct domain *d, const struct event *event,
		       const struct op *op)
{
	struct pgtab_leaf leaf;
	uint64_t value = flags_of(event);

	if (find_page(d, event, op, &leaf) < 0)
		return -EBADMSG;
	if (marks_is_grant(d->sim->marks, leaf.entry) &&
	    ((leaf.value ^ value) & PTE_RW)) {
		diag_error(d->sim->diags, sim_place(event->place, op),
			   "0x%" PRIx64 " maps a grant: the hypervisor "
			   "refuses to change whether it is writable",
			   op->at);
		return -EBADMSG;
	}
	value |= leaf.value & PTE_FRAME;
	if (leaf.level > 1)
		value |= PTE_PS;
	else
		value |= pv_kept(d, leaf.value, value);
	if (!store_leaf(d->sim, leaf.entry, leaf.level, leaf.value, value))
		return refuse_table(d, event, op);
	return 0;
}

int ev_protect(struct sim *sim, const struct event *event)
{
	struct domain *d = sim_domain(sim, event, event->domain);
	int rc = d ? 0 : -EBADMSG;

	for (size_t i = 0; rc == 0 && i < event->nr_ops; i++)
		rc = protect_one(d, event, &event->ops[i]);
	return rc;
}
