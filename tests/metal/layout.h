/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * layout.h - where things are in the image's physical memory; for C and
 * assembler, and for the model, which keeps its tables at the same places.
 *
 *   0x007c00  boot sector, then the parameters (512 bytes), then the program,
 *             loaded in one piece; its zeroed data and its stacks follow
 *   0x100000  the image's own tables: an identity map of IDENTITY bytes,
 *             supervisor only, and one user page with the access stubs
 *   0x200000  tables under test: one page each for PDPT, PD, PT; the PML4 is
 *             the image's own, of which a case owns one slot; with 5 levels
 *             a page for the PML4 too, and the PML5 is the image's
 *   0x107000  the same for legacy modes: the first 2 or 4 MiB, and the user
 *             page at 4 MiB; a case owns the other slots of the root
 *   0x723240  the cell: the 8 bytes that every case's translation leads to
 *   0x923240  the other cell, to tell a new translation from an old one
 *
 * One cell serves all page sizes: as a 4 KiB frame 0x723000, as a 2 MiB frame
 * 0x600000, as a 4 MiB frame 0x400000 and as the 1 GiB frame 0.
 */
#ifndef METAL_LAYOUT_H
#define METAL_LAYOUT_H

#define METAL_BOOT 0x7c00
#define METAL_PARAMS 0x7e00
#define METAL_PARAMS_OFFSET 512		/* in the image file */

#define METAL_PML4 0x100000
#define METAL_PDPT 0x101000
#define METAL_PD 0x102000
#define METAL_USER_PDPT 0x103000
#define METAL_USER_PD 0x104000
#define METAL_USER_PT 0x105000
#define METAL_PML5 0x106000		/* its first entry: METAL_PML4 */
#define METAL_PAE_PDPT 0x107000		/* the image's; cases have their own */
#define METAL_PAE_PD 0x108000
#define METAL_PAE_USER_PT 0x109000
#define METAL_TEST_PAE_PDPT 0x10a000	/* its first entry: METAL_PAE_PD */
#define METAL_PD32 0x10b000		/* of 32-bit paging */
#define METAL_PT32 0x10c000
#define METAL_USER_PT32 0x10d000
#define METAL_OWN_TABLES_END 0x10e000
#define METAL_IDENTITY 0x2000000	/* 32 MiB: all the memory needed */

#define METAL_TEST_PDPT 0x200000
#define METAL_TEST_PD 0x201000
#define METAL_TEST_PT 0x202000
#define METAL_OTHER_PT 0x203000		/* for a PDE that is changed */
#define METAL_TEST_PML4 0x204000	/* of 5-level cases */

#define METAL_CELL 0x723240
#define METAL_CELL_STEP 0x200000
#define METAL_OTHER_CELL (METAL_CELL + METAL_CELL_STEP)

/* PML4 slots that no case may have. */
#define METAL_IDENTITY_SLOT 0
#define METAL_USER_SLOT 2
#define METAL_USER_BASE 0x10000000000	/* slot 2 */

/* The same in legacy modes: slots from 0 on. */
#define METAL_PAE_SLOTS 1		/* of 4 in the PDPT */
#define METAL_SLOTS32 2			/* of 1024 in the page directory */
#define METAL_LEGACY_USER_BASE 0x400000

/* Selectors. */
#define METAL_CODE64 0x08
#define METAL_DATA 0x10
#define METAL_CODE32 0x18
#define METAL_USER_DATA 0x23
#define METAL_USER_CODE 0x2b
#define METAL_TSS 0x30
#define METAL_USER_CODE32 0x43

/* From a stub of access.S to the one for legacy modes. */
#define METAL_LEGACY_STUBS 64

/* The software interrupt that says "the access was done". */
#define METAL_DONE 0x40

#endif /* METAL_LAYOUT_H */
