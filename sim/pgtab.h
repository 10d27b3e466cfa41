/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pgtab.h - the page tables of a PV guest: real entries in simulated memory.
 *
 * A guest's own tables are made as an OS would, so that a slot exists for
 * any address that a trace names.  Every store to an entry, by a guest or by
 * the grant code, goes through pgtab_store().
 */
#ifndef SIM_PGTAB_H
#define SIM_PGTAB_H

#include "mmu/mmu.h"
#include "sim/frame.h"

struct sim;
struct domain;

/* The L1 table of a region of 2M of a domain, as it was found, so that the
 * tables above need not be read again. */
struct pgtab_known {
	uint64_t region; /* address / 2M, or PGTAB_UNKNOWN */
	paddr_t table;
	struct frame *frame; /* the table's */
	const struct domain *maker; /* that the table was made for; NULL: it is
				       a guest's memory */
};
#define PGTAB_KNOWN 16
#define PGTAB_UNKNOWN UINT64_MAX
#define PGTAB_REGION_SHIFT 21

/* Give @d an empty level 4 table; 0, -ENOMEM. */
int pgtab_create(struct domain *d);

/* May a guest map something at @va?  Canonical, and not the hypervisor's. */
bool pgtab_is_guest(vaddr_t va);

/* The entry of @va in the table at @table, which is of @level (1 .. 4). */
static inline paddr_t pgtab_entry_at(paddr_t table, vaddr_t va, unsigned level)
{
	unsigned shift = 12 + 9 * (level - 1);

	return table + (va >> shift) % 512 * 8;
}

/* An entry, and how deep the walk got. */
struct pgtab_leaf {
	paddr_t entry;
	uint64_t value;
	unsigned level; /* 1 is a PTE */
};
/* The leaf of @va in @d's tables, or the absent entry where it ends. */
struct pgtab_leaf pgtab_find(struct domain *d, vaddr_t va);
/* Does @leaf map a page? */
bool pgtab_present(const struct pgtab_leaf *leaf);

/*
 * The entry of @level for @va, after making the tables above it.
 * 0; -EFAULT: not a guest's address; -EEXIST: a larger page is there;
 * -ENOMEM: no frame for a table is left.
 */
int pgtab_make(struct domain *d, vaddr_t va, unsigned level, paddr_t *entry);

/* Is each entry of the table that @value points to 0? */
bool pgtab_is_empty(const struct sim *sim, uint64_t value);

/* Change an entry, and let the hardware model know. */
void pgtab_store(struct sim *sim, paddr_t entry, uint64_t value);

/* Assert the invariant of pgtab.c. */
void pgtab_check(const struct domain *d);

/* The frame of an entry, if it is a present one of 4 KiB. */
static inline mfn_t pgtab_frame(uint64_t value)
{
	return (mfn_t){ (value & 0x000ffffffffff000ull) / FRAME_BYTES };
}
/* Drop the reference that the leaf PTE @value stood for. */
void pgtab_put(struct sim *sim, uint64_t value);
/* Take it; false if the frame may not be mapped so. */
bool pgtab_get(struct sim *sim, uint64_t value);

#endif /* SIM_PGTAB_H */
