/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rights.h - may this access happen?
 *
 * A walk gathers what the entries on its path took away, in one word:
 *
 *   63 62 . 52 51 ............. 12 11 . 7  6   5   4    3    2    1   0
 *  [XD][ keys ][address of the page][keys][CLN][PC][HRO][STALE][SUP][RO][USER]
 *
 *   RO   R/W = 0 somewhere        SUP   U/S = 0 somewhere
 *   XD   XD = 1 somewhere, or the host of this guest permits no fetch
 *   USER  U/S = 1 everywhere
 *   CLN  D = 0 in the leaf        STALE memory says otherwise by now
 *   PC   a piece of a larger page, in a cache that smashes those
 *   HRO  the host of this guest permits no write
 *   keys of a user page: one bit, that of its protection key
 *
 * so that a lookup asks its question by one AND with what would be in the
 * way of this access in the present mode.
 */
#ifndef MMU_RIGHTS_H
#define MMU_RIGHTS_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/mmu.h"
#include "mmu/x86.h"

#define TARGET_USER 0x01ull
#define TARGET_READONLY PTE_RW /* the same bits, inverted */
#define TARGET_SUPERVISOR PTE_US
#define TARGET_STALE 0x08ull
#define TARGET_HOST_READONLY 0x10ull
#define TARGET_PIECE 0x20ull
#define TARGET_CLEAN PTE_D
#define TARGET_XD PTE_XD
#define TARGET_PAGE PTE_FRAME
#define TARGET_KEYS 0x7ff0000000000f80ull

#define PROTECTION_KEYS 16

static inline uint64_t target_of_key(unsigned key)
{
	return key < 11 ? 1ull << (52 + key) : 1ull << (key - 11 + 7);
}

#define MMU_ACCESSES (MMU_FETCH + 1)

/* The TARGET_ bits that forbid @access from this privilege level. */
uint64_t rights_denied_by(const struct mmu_registers *regs,
			  enum mmu_access access, enum mmu_privilege privilege);

/* W, U and I/D of the error code of a fault by @access. */
uint32_t rights_error_code(const struct mmu_registers *regs,
			   enum mmu_access access,
			   enum mmu_privilege privilege);

#endif /* MMU_RIGHTS_H */
