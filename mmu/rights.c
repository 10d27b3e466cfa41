/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rights.c - may this access happen?
 *
 * Sources: SDM vol. 3A, "Determination of Access Rights" and "Page-Fault
 * Exceptions"; APM vol. 2, "Page-Protection Checks".
 */
#include "config.h"

#include "mmu/rights.h"

#include <stddef.h>

enum condition {
	ALWAYS = 1,
	WP = 2,
	NXE = 4,
	SMEP = 8,
	SMAP = 16, /* and not suspended by RFLAGS.AC */
};

#define READ (1u << MMU_READ)
#define WRITE (1u << MMU_WRITE)
#define FETCH (1u << MMU_FETCH)
#define DATA (READ | WRITE)

/* clang-format off */
static const struct rule {
	bool user;
	unsigned accesses;
	enum condition when;
	uint64_t denied_by;
} rules[] = {
	{ true,  DATA | FETCH, ALWAYS, TARGET_SUPERVISOR },
	{ true,  WRITE,        ALWAYS, TARGET_READONLY },
	{ true,  FETCH,        NXE,    TARGET_XD },
	{ false, WRITE,        WP,     TARGET_READONLY },
	{ false, FETCH,        NXE,    TARGET_XD },
	{ false, FETCH,        SMEP,   TARGET_USER },
	{ false, DATA,         SMAP,   TARGET_USER },
};
/* clang-format on */

static unsigned conditions(const struct mmu_registers *regs)
{
	unsigned met = ALWAYS;

	if (regs->cr0 & CR0_WP)
		met |= WP;
	if (regs->efer & EFER_NXE)
		met |= NXE;
	if (regs->cr4 & CR4_SMEP)
		met |= SMEP;
	if ((regs->cr4 & CR4_SMAP) && !regs->ac)
		met |= SMAP;
	return met;
}

uint64_t rights_denied_by(const struct mmu_registers *regs,
			  enum mmu_access access, bool user)
{
	unsigned met = conditions(regs);
	uint64_t denied_by = 0;

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		const struct rule *rule = &rules[i];

		if (rule->user == user && (rule->accesses & 1u << access) &&
		    (rule->when & met))
			denied_by |= rule->denied_by;
	}
	return denied_by;
}

uint32_t rights_error_code(const struct mmu_registers *regs,
			   enum mmu_access access, bool user)
{
	uint32_t code = user ? PF_U : 0;

	if (access == MMU_WRITE)
		code |= PF_W;
	if (access == MMU_FETCH &&
	    ((regs->efer & EFER_NXE) || (regs->cr4 & CR4_SMEP)))
		code |= PF_ID;
	return code;
}
