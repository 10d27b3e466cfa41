/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_mmu_nested.h - one page of a guest, and its tables. */
#ifndef TESTS_CHECK_MMU_NESTED_H
#define TESTS_CHECK_MMU_NESTED_H

#include "tests/check_mmu_guest.h"

#define VA 0x123456789000ull
#define GPA 0x800000ull /* of the guest's page, aligned to 2 MiB */

static inline struct mmu_result access_as(struct guest *g,
					  enum mmu_access access)
{
	return mmu_access(g->m.mmu, 0, VA, access, MMU_SUPERVISOR);
}

static inline uint64_t load(const struct guest *g, paddr_t at)
{
	return physmem_read(g->m.mem, at);
}

/* Guest-physical: the table with the guest's entry at @level. */
static inline paddr_t table_of(const struct guest *g, unsigned level)
{
	return (guest_entry(g, VA, level) & ~(PAGE - 1)) - GUEST_OFFSET;
}

#endif /* TESTS_CHECK_MMU_NESTED_H */
