/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * many.c - many accesses by one call.
 */
#include "config.h"

#include "mmu/mmu.h"

static bool is_plain(const struct mmu_result *result)
{
	return result->end == MMU_OK && result->stale_since == MMU_NOT_STALE;
}

size_t mmu_access_many(struct mmu *mmu, unsigned cpu, const uint64_t *refs,
		       size_t count, enum mmu_privilege privilege,
		       struct mmu_result *last)
{
	for (size_t i = 0; i < count; i++) {
		*last = mmu_access(mmu, cpu, refs[i] & ~MMU_REF_ACCESS,
				   (enum mmu_access)(refs[i] & MMU_REF_ACCESS),
				   privilege);
		if (!is_plain(last))
			return i + 1;
	}
	return count;
}
