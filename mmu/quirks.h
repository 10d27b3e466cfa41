/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * quirks.h - what some machines do and others do not: errata, and what the
 * manuals leave open and that changes what can be seen.
 *
 * A profile has a mask of them, none by default.  A guest under nested paging
 * is spared.  Each stands at one place:
 *
 *   speculate, coalesce,         fills that nobody asked for   speculate.c
 *       coalesce-accessed
 *   late-a, amd10h-298           the store of A                quirks.c
 *   stray-a                      a fault                       quirks.c
 *   adl-invlpg-global,           INVLPG                        invalidate.c
 *       amd16h-smash
 *   amd10h-383, itlb-multihit    a hit                         multihit.c
 */
#ifndef MMU_QUIRKS_H
#define MMU_QUIRKS_H

enum mmu_quirk {
	MMU_QUIRK_SPECULATE,
	MMU_QUIRK_LATE_A,
	MMU_QUIRK_STRAY_A,
	MMU_QUIRK_COALESCE,
	MMU_QUIRK_COALESCE_ACCESSED,
	MMU_QUIRK_AMD10H_298,
	MMU_QUIRK_ADL_INVLPG_GLOBAL,
	MMU_QUIRK_AMD16H_SMASH,
	MMU_QUIRK_AMD10H_383,
	MMU_QUIRK_ITLB_MULTIHIT,
	MMU_QUIRKS,
};

#define QUIRK(name) (1u << MMU_QUIRK_##name)
/* With these alone mmu_serialise() has something to do. */
#define QUIRKS_OF_LATE_STORES (QUIRK(LATE_A) | QUIRK(AMD10H_298))

struct mmu_quirk_info {
	const char *name;   /* "late-a" */
	const char *text;   /* what it does, in a line */
	const char *source; /* who says so */
};
/* By enum mmu_quirk. */
extern const struct mmu_quirk_info mmu_quirk_info[MMU_QUIRKS];

#endif /* MMU_QUIRKS_H */
