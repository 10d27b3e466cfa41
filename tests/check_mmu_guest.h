/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_mmu_guest.h - a machine with a guest, by EPT or NPT. */
#ifndef TESTS_CHECK_MMU_GUEST_H
#define TESTS_CHECK_MMU_GUEST_H

#include "tests/check_mmu.h"

/* Guest-physical addresses below MEMORY are so much further in the host's. */
#define GUEST_OFFSET 0x2000000ull
#define GUEST_MEMORY 0x1000000ull

#define EPT_R 1ull
#define EPT_W 2ull
#define EPT_X 4ull
#define EPT_RWX 7ull
#define EPT_WB (6ull << 3)
#define EPT_A (1ull << 8)
#define EPT_D (1ull << 9)
#define EPTP_4_LEVELS (3ull << 3 | 6)

enum guest_kind { GUEST_EPT, GUEST_EPT_AD, GUEST_NPT };
#define GUEST_KINDS 3

struct guest {
	struct machine m;	/* m.root is the guest's, guest-physical */
	enum guest_kind kind;
	uint64_t pointer;	/* EPTP, nCR3 */
	paddr_t tables;		/* guest-physical: the next one */
};

/* The guest runs, in long mode; all its memory is mapped by 4K. */
struct guest guest_make(struct mmu_profile profile, enum guest_kind kind);
/* With the registers that VM entry loads; false if it fails. */
bool guest_enter(struct guest *g, const struct mmu_registers *regs);
struct mmu_registers guest_registers(const struct guest *g);

/* As machine_map_at(); addresses in @leaf are guest-physical, the result is
 * the host's. */
paddr_t guest_map(struct guest *g, vaddr_t va, enum mmu_page_size size,
		  uint64_t leaf);
/* The guest's entry for @va at @level. */
paddr_t guest_entry(const struct guest *g, vaddr_t va, unsigned level);
/* The host's for @gpa. */
paddr_t host_entry(const struct guest *g, paddr_t gpa, unsigned level);
/* Let it map a page at that level, permitting all. */
void host_map_large(struct guest *g, paddr_t gpa, unsigned level);
/* Change bits in it, and tell. */
void host_change(struct guest *g, paddr_t gpa, unsigned level, uint64_t set,
		 uint64_t clear);

#endif /* TESTS_CHECK_MMU_GUEST_H */
