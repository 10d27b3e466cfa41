/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * x86.h - architectural bits, with the manuals' names; no code.
 *
 * A 4 KiB page-table entry (SDM vol. 3A, "Paging", format of a PTE):
 *
 *   63  62..59 58..52  51 .. 12  11..9  8   7   6  5   4    3   2   1   0
 *  [XD][ key ][avail.][ frame ][avl.][ G][PAT][D][A][PCD][PWT][US][RW][ P]
 *
 * In a PDE or PDPTE bit 7 is PS (the entry maps a page), and PAT moves to
 * bit 12.
 */
#ifndef MMU_X86_H
#define MMU_X86_H

#define PTE_P 0x001ull
#define PTE_RW 0x002ull
#define PTE_US 0x004ull
#define PTE_PWT 0x008ull
#define PTE_PCD 0x010ull
#define PTE_A 0x020ull
#define PTE_D 0x040ull
#define PTE_PAT 0x080ull /* in a PTE */
#define PTE_PS 0x080ull	 /* in a PDE or PDPTE */
#define PTE_G 0x100ull
#define PTE_AVAIL 0xe00ull
#define PTE_XD (1ull << 63)
#define PTE_FRAME 0x000ffffffffff000ull
#define PTE_KEY_SHIFT 59 /* of the protection key in a leaf, 4 bits */

#define CR0_PE (1ull << 0)
#define CR0_WP (1ull << 16)
#define CR0_NW (1ull << 29)
#define CR0_CD (1ull << 30)
#define CR0_PG (1ull << 31)

#define CR3_PCID 0xfffull
#define CR3_NOFLUSH (1ull << 63)

#define CR4_PSE (1ull << 4)
#define CR4_PAE (1ull << 5)
#define CR4_PGE (1ull << 7)
#define CR4_LA57 (1ull << 12)
#define CR4_PCIDE (1ull << 17)
#define CR4_SMEP (1ull << 20)
#define CR4_SMAP (1ull << 21)
#define CR4_PKE (1ull << 22)

/* PKRU has two bits for each key: access and write disabled. */
#define PKRU_AD 1u
#define PKRU_WD 2u

#define RFLAGS_AC (1ull << 18)

#define EFER_LME (1ull << 8)
#define EFER_LMA (1ull << 10)
#define EFER_NXE (1ull << 11)
#define EFER_TCE (1ull << 15) /* AMD */

#define EPTP_AD (1ull << 6) /* accessed and dirty flags for EPT */

/* Page-fault error code (SDM vol. 3A, "Page-Fault Exceptions"). */
#define PF_P 0x01u
#define PF_W 0x02u
#define PF_U 0x04u
#define PF_RSVD 0x08u
#define PF_ID 0x10u
#define PF_PK 0x20u

#endif /* MMU_X86_H */
