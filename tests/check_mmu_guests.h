/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_mmu_guests.h - a guest with one page, large or small. */
#ifndef TESTS_CHECK_MMU_GUESTS_H
#define TESTS_CHECK_MMU_GUESTS_H

#include "tests/check_mmu_guest.h"

#define VA 0x123456600000ull /* aligned to 2 MiB */
#define GPA 0x800000ull

static inline struct guest guest_with_page(enum guest_kind kind,
					   enum mmu_page_size size)
{
	struct guest g = guest_make(profile_everything(), kind);

	guest_map(&g, VA, size, GPA | USER_RW | (size == MMU_4K ? 0 : PTE_PS));
	return g;
}

#endif /* TESTS_CHECK_MMU_GUESTS_H */
