/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pgtab.c - a PV guest's page tables.
 *
 *   root -> PML4E -> PDPTE -> PDE -> PTE        level 4 3 2 1
 *           one 4 KiB frame of the hypervisor's region each, owned by the
 *           guest, typed by its level, never given back
 *
 * Upper entries are P|RW|US with A set: only leaves tell something.  Leaves
 * have US always: kernel and user of a 64-bit PV guest run at privilege 3.
 *
 * Invariants, checked by pgtab_check():
 *  (1) A table that is known is the one that the entries above lead to: with
 *      each store to one of those all are forgotten.
 *  (2) It is known whom it was made for: a table stays one.
 *
 * Sources: ROOT_PAGETABLE_FIRST_XEN_SLOT (256) and ..._LAST_... (271),
 * xen/include/asm-x86/config.h; put_page_from_l1e(), xen/arch/x86/mm.c.
 */
#include <assert.h>
#include <errno.h>

#include "mmu/physmem.h"
#include "mmu/x86.h"
#include "sim/pgtab.h"
#include "sim/page_use.h"
#include "sim/state.h"

#define UPPER_FLAGS (PTE_P | PTE_RW | PTE_US | PTE_A)
#define HYPERVISOR_END UINT64_C(0xffff880000000000)
#define LOWER_HALF_END (UINT64_C(1) << 47)

static const enum frame_type table_types[] = {
	[1] = FRAME_L1,
	[2] = FRAME_L2,
	[3] = FRAME_L3,
	[4] = FRAME_L4,
};

/* No table of @d is known. */
static void forget_tables(struct domain *d)
{
	for (unsigned i = 0; i < PGTAB_KNOWN; i++)
		d->known[i].region = PGTAB_UNKNOWN;
}

int pgtab_create(struct domain *d)
{
	mfn_t mfn;

	forget_tables(d);
	if (!frame_alloc(&d->sim->frames, d, FRAME_L4, &mfn))
		return -ENOMEM;
	d->root = mfn.n * FRAME_BYTES;
	return 0;
}

bool pgtab_is_guest(vaddr_t va)
{
	return va < LOWER_HALF_END || va >= HYPERVISOR_END;
}

bool pgtab_present(const struct pgtab_leaf *leaf)
{
	if (!(leaf->value & PTE_P))
		return false;
	return leaf->level == 1 || (leaf->value & PTE_PS);
}

/* ---- known tables ---------------------------------------------------- */

/* Whom the L1 table in @mfn was made for; what a guest makes one is memory. */
static const struct domain *maker_of(const struct frame *frame, mfn_t mfn)
{
	return frame->type == FRAME_L1 && mfn.n < FRAMES_OWN ? frame->owner
							     : NULL;
}

/* @entry is that of @va in an L1 table. */
static void know_table(struct domain *d, vaddr_t va, paddr_t entry)
{
	uint64_t region = va >> PGTAB_REGION_SHIFT;
	mfn_t mfn = { entry / FRAME_BYTES };
	struct frame *frame = frames_at(&d->sim->frames, mfn);

	d->known[region % PGTAB_KNOWN] = (struct pgtab_known){
		.region = region,
		.table = mfn.n * FRAME_BYTES,
		.frame = frame,
		.maker = maker_of(frame, mfn),
	};
}

/* ---- walks ----------------------------------------------------------- */

static struct pgtab_leaf walk(const struct domain *d, vaddr_t va)
{
	struct pgtab_leaf leaf = { .level = 5, .value = d->root | PTE_P };

	do {
		leaf.level--;
		leaf.entry = pgtab_entry_at(leaf.value & PTE_FRAME, va,
					    leaf.level);
		leaf.value = physmem_read(d->sim->mem, leaf.entry);
	} while (leaf.level > 1 && (leaf.value & (PTE_P | PTE_PS)) == PTE_P);
	return leaf;
}

struct pgtab_leaf pgtab_find(struct domain *d, vaddr_t va)
{
	struct pgtab_leaf leaf = { .level = 1 };

	if (pgtab_known(d, va, &leaf.entry)) {
		leaf.value = physmem_read(d->sim->mem, leaf.entry);
		return leaf;
	}
	leaf = walk(d, va);
	if (leaf.level == 1 && pgtab_is_guest(va))
		know_table(d, va, leaf.entry);
	return leaf;
}

void pgtab_check(const struct domain *d)
{
	for (unsigned i = 0; i < PGTAB_KNOWN; i++) {
		const struct pgtab_known *known = &d->known[i];
		vaddr_t va = known->region << PGTAB_REGION_SHIFT;
		mfn_t mfn = { known->table / FRAME_BYTES };

		if (known->region == PGTAB_UNKNOWN)
			continue;
		assert(walk(d, va).level == 1); /* (1) */
		assert(walk(d, va).entry ==
		       pgtab_entry_at(known->table, va, 1));
		assert(known->maker == maker_of(known->frame, mfn)); /* (2) */
	}
}

/* Put an empty table of @level into the entry above it. */
static int add_table(struct domain *d, struct pgtab_leaf *above)
{
	mfn_t mfn;

	if (!frame_alloc(&d->sim->frames, d, table_types[above->level - 1],
			 &mfn))
		return -ENOMEM;
	pgtab_store(d->sim, above->entry, mfn.n * FRAME_BYTES | UPPER_FLAGS);
	return 0;
}

int pgtab_make(struct domain *d, vaddr_t va, unsigned level, paddr_t *entry)
{
	paddr_t table = d->root;

	if (level == 1 && pgtab_known(d, va, entry))
		return 0;
	if (!pgtab_is_guest(va))
		return -EFAULT;
	for (unsigned at = 4; at > level; at--) {
		struct pgtab_leaf above = {
			.entry = pgtab_entry_at(table, va, at),
			.level = at,
		};

		above.value = physmem_read(d->sim->mem, above.entry);
		if (above.value & PTE_P && above.value & PTE_PS)
			return -EEXIST;
		if (!(above.value & PTE_P) && add_table(d, &above) < 0)
			return -ENOMEM;
		table = physmem_read(d->sim->mem, above.entry) & PTE_FRAME;
	}
	*entry = pgtab_entry_at(table, va, level);
	return 0;
}

bool pgtab_is_empty(const struct sim *sim, uint64_t value)
{
	paddr_t table = value & PTE_FRAME;

	for (unsigned i = 0; i < 512; i++)
		if (physmem_read(sim->mem, table + i * 8))
			return false;
	return true;
}

/* An upper entry is about to be @value.  If that leads to a table: did
 * another before, or did this one? */
static void note_link(struct sim *sim, uint64_t value)
{
	mfn_t mfn = pgtab_frame(value);
	struct frame *to;

	for (size_t i = 0; i < sim->nr_domains; i++)
		forget_tables(&sim->domain[i]); /* (1) */
	if ((value & (PTE_P | PTE_PS)) != PTE_P || mfn.n >= sim->frames.count)
		return;
	to = &sim->frames.frame[mfn.n];
	to->aliased = to->linked || to->type == FRAME_L4;
	to->linked = true;
}

void pgtab_store(struct sim *sim, paddr_t entry, uint64_t value)
{
	uint64_t before = physmem_read(sim->mem, entry);

	if (pgtab_is_upper(sim, entry)) {
		sim_touch(sim, TOUCH_ENTRY, entry, TOUCH_WRITE);
		note_link(sim, value);
	}
	physmem_write(sim->mem, entry, value);
	mmu_entry_changed(sim->mmu, entry, pgtab_stamp(sim));
	watch_entry(sim, entry, before, value);
}

static enum machine_hold hold_of(uint64_t value)
{
	return value & PTE_RW ? MACHINE_HOLD_WRITABLE : MACHINE_HOLD;
}

void pgtab_put(struct sim *sim, uint64_t value)
{
	mfn_t mfn = pgtab_frame(value);

	if ((value & PTE_P) && mfn.n < sim->frames.count)
		page_drop(sim, mfn, hold_of(value));
}

bool pgtab_get(struct sim *sim, uint64_t value)
{
	mfn_t mfn = pgtab_frame(value);

	assert(value & PTE_P);
	if (mfn.n >= sim->frames.count)
		return false;
	return page_hold(sim, frames_at(&sim->frames, mfn), mfn,
			 hold_of(value));
}
