/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_mmu_legacy_machine.c - a machine in a legacy paging mode. */
#include "config.h"

#include "tests/check_mmu_legacy.h"

#include <string.h>

bool legacy_enter(struct machine *m, uint64_t cr3, uint64_t cr4, uint64_t efer)
{
	uint64_t cr0 = CR0_PE | CR0_WP;

	return mmu_set_register(m->mmu, 0, MMU_CR0, cr0, NULL) &&
	       mmu_set_register(m->mmu, 0, MMU_EFER, efer, NULL) &&
	       mmu_set_register(m->mmu, 0, MMU_CR4, cr4, NULL) &&
	       mmu_set_register(m->mmu, 0, MMU_CR3, cr3, NULL) &&
	       mmu_set_register(m->mmu, 0, MMU_CR0, cr0 | CR0_PG, NULL);
}

struct legacy legacy_make(struct mmu_profile profile, bool pae)
{
	struct legacy l = { .m = machine_make(profile, 1), .pae = pae };

	/* Not aligned to more than it must be. */
	l.pdpt = machine_table(&l.m) + 0xfe0;
	l.pd = machine_table(&l.m);
	l.pt = machine_table(&l.m);
	legacy_set(&l, legacy_entry(&l, VA, 2), l.pt | USER_RW);
	if (pae)
		legacy_set(&l, legacy_entry(&l, VA, 3), l.pd | PTE_P);
	ck_assert(legacy_enter(&l.m, pae ? l.pdpt : l.pd,
			       CR4_PGE | (pae ? CR4_PAE : CR4_PSE), EFER_NXE));
	return l;
}

paddr_t legacy_entry(const struct legacy *l, vaddr_t va, unsigned level)
{
	if (level == 3)
		return l->pdpt + 8 * (va >> 30);
	if (l->pae)
		return level == 2 ? l->pd + 8 * (va >> 21 & 511)
				  : l->pt + 8 * (va >> 12 & 511);
	return level == 2 ? l->pd + 4 * (va >> 22)
			  : l->pt + 4 * (va >> 12 & 1023);
}

static size_t entry_bytes(const struct legacy *l)
{
	return l->pae ? 8 : 4;
}

/* The same bytes whatever the host's way to read them: little-endian. */
uint64_t legacy_load(const struct legacy *l, paddr_t entry)
{
	uint64_t value = 0;

	memcpy(&value, physmem_pointer(l->m.mem, entry), entry_bytes(l));
	return value;
}

void legacy_set(struct legacy *l, paddr_t entry, uint64_t value)
{
	memcpy(physmem_pointer(l->m.mem, entry), &value, entry_bytes(l));
	mmu_entry_changed(l->m.mmu, entry, ++l->m.stamp);
}
