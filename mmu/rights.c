/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rights.c - may this access happen?
 *
 * Sources: SDM vol. 3A, "Determination of Access Rights", "Protection Keys"
 * and "Page-Fault Exceptions"; APM vol. 2, "Page-Protection Checks", "Memory
 * Protection Keys (MPK)".
 */
#include "config.h"

#include "mmu/rights.h"

#include <stddef.h>

enum condition {
	ALWAYS = 1,
	WP = 2,
	NXE = 4,
	SMEP = 8,
	SMAP = 16,
	SMAP_NO_AC = 32, /* not suspended by RFLAGS.AC */
};

#define READ (1u << MMU_READ)
#define WRITE (1u << MMU_WRITE)
#define FETCH (1u << MMU_FETCH)
#define DATA (READ | WRITE)

#define USER (1u << MMU_USER)
#define SUPERVISOR (1u << MMU_SUPERVISOR | 1u << MMU_IMPLICIT)
#define EXPLICIT (1u << MMU_SUPERVISOR)
#define IMPLICIT (1u << MMU_IMPLICIT)

/* clang-format off */
static const struct rule {
	unsigned by;
	unsigned accesses;
	enum condition when;
	uint64_t denied_by;
} rules[] = {
	{ USER,       DATA | FETCH, ALWAYS,     TARGET_SUPERVISOR },
	{ USER,       WRITE,        ALWAYS,     TARGET_READONLY },
	{ USER,       FETCH,        NXE,        TARGET_XD },
	{ SUPERVISOR, WRITE,        WP,         TARGET_READONLY },
	{ SUPERVISOR, FETCH,        NXE,        TARGET_XD },
	{ SUPERVISOR, FETCH,        SMEP,       TARGET_USER },
	{ EXPLICIT,   DATA,         SMAP_NO_AC, TARGET_USER },
	{ IMPLICIT,   DATA,         SMAP,       TARGET_USER },
};
/* clang-format on */

/* Entries of 4 bytes have none. */
static bool has_xd(const struct mmu_registers *regs)
{
	return (regs->cr4 & CR4_PAE) && (regs->efer & EFER_NXE);
}

static unsigned conditions(const struct mmu_registers *regs)
{
	unsigned met = ALWAYS;

	if (regs->cr0 & CR0_WP)
		met |= WP;
	if (has_xd(regs))
		met |= NXE;
	if (regs->cr4 & CR4_SMEP)
		met |= SMEP;
	if (regs->cr4 & CR4_SMAP)
		met |= regs->ac ? SMAP : SMAP | SMAP_NO_AC;
	return met;
}

/* Keys do not apply to fetches, nor their write-disable bits to a supervisor
 * that R/W does not bind. */
static uint64_t denied_keys(const struct mmu_registers *regs,
			    enum mmu_access access,
			    enum mmu_privilege privilege)
{
	bool binds = privilege == MMU_USER || (regs->cr0 & CR0_WP);
	uint32_t bits = PKRU_AD;
	uint64_t denied = 0;

	if (!(regs->cr4 & CR4_PKE) || !(regs->efer & EFER_LMA) ||
	    access == MMU_FETCH)
		return 0;
	if (access == MMU_WRITE && binds)
		bits |= PKRU_WD;
	for (unsigned key = 0; key < PROTECTION_KEYS; key++)
		if (regs->pkru >> 2 * key & bits)
			denied |= target_of_key(key);
	return denied;
}

uint64_t rights_denied_by(const struct mmu_registers *regs,
			  enum mmu_access access, enum mmu_privilege privilege)
{
	unsigned met = conditions(regs);
	uint64_t denied_by = denied_keys(regs, access, privilege);

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		const struct rule *rule = &rules[i];

		if ((rule->by & 1u << privilege) &&
		    (rule->accesses & 1u << access) && (rule->when & met))
			denied_by |= rule->denied_by;
	}
	return denied_by;
}

uint32_t rights_error_code(const struct mmu_registers *regs,
			   enum mmu_access access, enum mmu_privilege privilege)
{
	uint32_t code = privilege == MMU_USER ? PF_U : 0;

	if (access == MMU_WRITE)
		code |= PF_W;
	if (access == MMU_FETCH && (has_xd(regs) || (regs->cr4 & CR4_SMEP)))
		code |= PF_ID;
	return code;
}
