/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * registers.c - control registers, and the invalidation that they imply.
 *
 *   MOV CR3, PCIDE=0              all but global ones
 *   MOV CR3, PCIDE=1, bit 63=0    those of the new PCID, but global ones
 *   MOV CR3, PCIDE=1, bit 63=1    nothing
 *   MOV CR4: PGE or PAE changes,  everything
 *            PCIDE 1 to 0,
 *            on AMD PSE changes,
 *            on AMD PKE 0 to 1
 *   MOV CR4: SMEP 0 to 1          those of the current PCID, and global ones
 *   MOV CR0: PG changes           everything
 *
 * PG may be cleared, as from compatibility mode.  Setting it enters long mode
 * if LME is set, and else a legacy mode.
 *
 * Sources: SDM vol. 3A, "Operations that Invalidate TLBs and Paging-Structure
 * Caches", "Process-Context Identifiers (PCIDs)", "Paging-Mode Enabling",
 * "PDPTE Registers"; SDM vol. 2, "MOV - Move to/from Control Registers"; APM
 * vol. 2, "TLB Management".
 */
#include "config.h"

#include <assert.h>
#include <string.h>

#include "mmu/cpu.h"

/* CR4 bits of features that leave translation alone: VME PVI TSD DE MCE PCE
 * OSFXSR OSXMMEXCPT UMIP VMXE SMXE FSGSBASE OSXSAVE. */
#define CR4_OTHER 0x00056f4full
/* EFER: SCE, and on AMD SVME, LMSLE, FFXSR, TCE. */
#define EFER_OTHER 0x0001ull
#define EFER_OTHER_AMD 0xf000ull

/* ---- what follows from the registers ---------------------------------- */

static void refresh_right(struct mmu_cpu *cpu, enum mmu_privilege privilege,
			  enum mmu_access access)
{
	uint64_t denied_by = rights_denied_by(&cpu->regs, access, privilege);

	cpu->denied_by[privilege][access] = denied_by;
	cpu->trouble[privilege][access] = denied_by | TARGET_STALE;
	cpu->error_code[privilege][access] = rights_error_code(
		&cpu->regs, access, privilege);
}

static void refresh_rights(struct mmu_cpu *cpu)
{
	for (unsigned p = 0; p < MMU_PRIVILEGES; p++) {
		for (unsigned a = 0; a < MMU_ACCESSES; a++)
			refresh_right(cpu, (enum mmu_privilege)p,
				      (enum mmu_access)a);
		cpu->trouble[p][MMU_WRITE] |= TARGET_CLEAN |
					      TARGET_HOST_READONLY;
		if (cpu->paging.nested) /* whatever the guest's NXE */
			cpu->trouble[p][MMU_FETCH] |= TARGET_XD;
	}
	memcpy(cpu->slow, cpu->trouble, sizeof(cpu->slow));
	cpu->restricting = TARGET_READONLY | TARGET_SUPERVISOR | TARGET_XD |
			   TARGET_HOST_READONLY;
	if (cpu->regs.cr4 & (CR4_SMEP | CR4_SMAP))
		cpu->restricting |= TARGET_USER;
	if (cpu->regs.cr4 & CR4_PKE)
		cpu->restricting |= TARGET_KEYS;
}

/* Every translation is of a user's page or of a supervisor's. */
static void look_at_hits(struct mmu_cpu *cpu)
{
	for (unsigned p = 0; p < MMU_PRIVILEGES; p++)
		for (unsigned a = 0; a < MMU_ACCESSES; a++)
			cpu->slow[p][a] |= TARGET_USER | TARGET_SUPERVISOR;
}

/* What follows from CR3 alone. */
static void refresh_root(struct mmu_cpu *cpu)
{
	uint64_t cr3 = cpu->regs.cr3;

	cpu->pcid = cpu->regs.cr4 & CR4_PCIDE ? cr3 & CR3_PCID : 0;
	paging_set_root(&cpu->paging, &cpu->regs);
	if (cpu->root_of)
		cpu->root_of[cpu->pcid] = cpu->paging.root;
}

void cpu_refresh(struct mmu *mmu, struct mmu_cpu *cpu)
{
	cpu->paging.mem = mmu->mem;
	paging_init(&cpu->paging, &mmu->profile, &cpu->regs);
	refresh_root(cpu);
	refresh_rights(cpu);
	if (has_quirks(mmu, cpu) && (mmu->profile.quirks & QUIRKS_OF_HITS))
		look_at_hits(cpu);
}

void cpu_reset(struct mmu *mmu, struct mmu_cpu *cpu)
{
	cpu->regs = (struct mmu_registers){
		.cr0 = CR0_PE | CR0_PG | CR0_WP,
		.cr4 = CR4_PAE | CR4_PGE,
		.efer = EFER_LME | EFER_LMA | EFER_NXE,
	};
	cpu_refresh(mmu, cpu);
}

/* ---- MOV to a register: false is #GP ---------------------------------- */

/* The PDPTE registers, if there are any, as @next asks; false: one is reserved,
 * none loaded. */
static bool load_pdptes(const struct mmu *mmu, struct mmu_cpu *cpu,
			const struct mmu_registers *next)
{
	struct paging paging = cpu->paging;

	paging_init(&paging, &mmu->profile, next);
	if (!paging_load_pdptes(&paging))
		return false;
	memcpy(cpu->paging.pdpte, paging.pdpte, sizeof(paging.pdpte));
	return true;
}

static bool cr0_is_allowed(const struct mmu_cpu *cpu, uint64_t value)
{
	uint64_t set = value & ~cpu->regs.cr0, clear = cpu->regs.cr0 & ~value;

	if (value >> 32 || ((value & CR0_PG) && !(value & CR0_PE)))
		return false;
	if (clear & CR0_PG)
		return !(cpu->regs.cr4 & CR4_PCIDE);
	return !(set & CR0_PG) || !(cpu->regs.efer & EFER_LME) ||
	       (cpu->regs.cr4 & CR4_PAE);
}

static bool set_cr0(struct mmu *mmu, struct mmu_cpu *cpu, uint64_t value,
		    uint32_t *cycles)
{
	uint64_t changed = value ^ cpu->regs.cr0;
	struct mmu_registers next = cpu->regs;

	next.cr0 = value;
	if ((changed & value & CR0_PG) && (next.efer & EFER_LME))
		next.efer |= EFER_LMA;
	if (changed & ~value & CR0_PG)
		next.efer &= ~EFER_LMA;
	if (!cr0_is_allowed(cpu, value) ||
	    ((changed & (CR0_PG | CR0_CD | CR0_NW)) &&
	     !load_pdptes(mmu, cpu, &next)))
		return false;
	cpu->regs = next;
	if (changed & CR0_PG) {
		cpu_drop_everything(cpu);
		*cycles = mmu->profile.cost.flush_all;
	}
	cpu_refresh(mmu, cpu);
	if (changed & (CR0_CD | CR0_NW))
		stale_verify_where(mmu, cpu, 0, 0, mmu->last_stamp);
	return true;
}

/* What stays cached may disagree with the new tables. */
static void verify_kept(struct mmu *mmu, struct mmu_cpu *cpu)
{
	stale_verify_where(mmu, cpu, TAG_GLOBAL, TAG_GLOBAL, mmu->last_stamp);
	stale_verify_where(mmu, cpu, TAG_GLOBAL | TAG_PCID, cpu->pcid,
			   mmu->last_stamp);
}

static bool set_cr3(struct mmu *mmu, struct mmu_cpu *cpu, uint64_t value,
		    uint32_t *cycles)
{
	bool pcide = cpu->regs.cr4 & CR4_PCIDE;
	bool keep = pcide && (value & CR3_NOFLUSH);
	struct mmu_registers next = cpu->regs;

	if (pcide)
		value &= ~CR3_NOFLUSH;
	next.cr3 = value;
	if (value >> (next.efer & EFER_LMA ? mmu->profile.maxphyaddr : 32) ||
	    (cpu->paging.pdpte_registers && !load_pdptes(mmu, cpu, &next)))
		return false;
	cpu->regs.cr3 = value;
	refresh_root(cpu);
	if (!keep)
		cpu_drop_pcid(cpu, cpu->pcid);
	for (unsigned i = 0; pcide && i < cpu->nr_tlbs; i++)
		tlb_load_pcid(&cpu->tlb[i], cpu->pcid, keep);
	verify_kept(mmu, cpu);
	*cycles = mmu->profile.cost.mov_cr3;
	return true;
}

/* The bits of CR4 that the processor has. */
static uint64_t cr4_bits(const struct mmu_profile *profile)
{
	uint64_t bits = CR4_OTHER | CR4_PSE | CR4_PAE | CR4_PGE;

	if (profile->pcid)
		bits |= CR4_PCIDE;
	if (profile->smep)
		bits |= CR4_SMEP;
	if (profile->smap)
		bits |= CR4_SMAP;
	if (profile->pku)
		bits |= CR4_PKE;
	if (profile->la57)
		bits |= CR4_LA57;
	return bits;
}

static uint64_t efer_bits(const struct mmu_profile *profile)
{
	uint64_t bits = EFER_LME | EFER_LMA | EFER_NXE | EFER_OTHER;

	return profile->vendor == MMU_AMD ? bits | EFER_OTHER_AMD : bits;
}

bool registers_are_valid(const struct mmu_profile *profile,
			 const struct mmu_registers *regs)
{
	bool paging = regs->cr0 & CR0_PG, lme = regs->efer & EFER_LME;
	bool long_mode = regs->efer & EFER_LMA;

	if (regs->cr0 >> 32 || (paging && !(regs->cr0 & CR0_PE)) ||
	    (regs->cr4 & ~cr4_bits(profile)) ||
	    (regs->efer & ~efer_bits(profile)))
		return false;
	if (long_mode != (paging && lme) ||
	    (long_mode && !(regs->cr4 & CR4_PAE)) ||
	    (!long_mode && (regs->cr4 & CR4_PCIDE)))
		return false;
	return regs->cr3 >> (long_mode ? profile->maxphyaddr : 32) == 0;
}

static bool cr4_is_allowed(const struct mmu *mmu, const struct mmu_cpu *cpu,
			   uint64_t value)
{
	uint64_t changed = value ^ cpu->regs.cr4;
	bool long_mode = cpu->regs.efer & EFER_LMA;

	if (value & ~cr4_bits(&mmu->profile))
		return false;
	if (long_mode && (changed & (CR4_PAE | CR4_LA57)))
		return false;
	return !(changed & value & CR4_PCIDE) ||
	       (long_mode && !(cpu->regs.cr3 & CR3_PCID));
}

/* clang-format off */
/* What is dropped when one of these bits gets set, or clear. */
static const struct cr4_rule {
	uint64_t set, clear;
	unsigned vendors;
	bool everything;	/* else what the current PCID and all may use */
} cr4_rules[] = {
	{ CR4_PGE,  CR4_PGE,   1u << MMU_INTEL | 1u << MMU_AMD, true },
	{ 0,        CR4_PCIDE, 1u << MMU_INTEL | 1u << MMU_AMD, true },
	{ CR4_PSE,  CR4_PSE,   1u << MMU_AMD,                   true },
	{ CR4_PKE,  0,         1u << MMU_AMD,                   true },
	{ CR4_PAE,  CR4_PAE,   1u << MMU_INTEL | 1u << MMU_AMD, true },
	{ CR4_SMEP, 0,         1u << MMU_INTEL | 1u << MMU_AMD, false },
};
/* clang-format on */

/* The cycles that it took. */
static uint32_t drop_for_cr4(const struct mmu *mmu, struct mmu_cpu *cpu,
			     uint64_t set, uint64_t clear)
{
	bool some = false, everything = false;

	for (size_t i = 0; i < sizeof(cr4_rules) / sizeof(cr4_rules[0]); i++) {
		const struct cr4_rule *rule = &cr4_rules[i];

		if (!(rule->vendors & 1u << mmu->profile.vendor) ||
		    !((rule->set & set) | (rule->clear & clear)))
			continue;
		some = true;
		everything |= rule->everything;
	}
	if (everything) {
		cpu_drop_everything(cpu);
	} else if (some) {
		cpu_drop_pcid(cpu, cpu->pcid);
		cpu_drop_where(cpu, TAG_GLOBAL, TAG_GLOBAL);
	}
	return some ? mmu->profile.cost.flush_all : 0;
}

/* MOV CR4 that changes one of these loads the PDPTE registers. */
#define LOADS_PDPTES (CR4_PAE | CR4_PGE | CR4_PSE | CR4_SMEP)

static bool set_cr4(struct mmu *mmu, struct mmu_cpu *cpu, uint64_t value,
		    uint32_t *cycles)
{
	uint64_t changed = value ^ cpu->regs.cr4;
	struct mmu_registers next = cpu->regs;

	next.cr4 = value;
	if (!cr4_is_allowed(mmu, cpu, value) ||
	    ((changed & LOADS_PDPTES) && !load_pdptes(mmu, cpu, &next)))
		return false;
	*cycles = drop_for_cr4(mmu, cpu, changed & value, changed & ~value);
	cpu->regs = next;
	cpu_refresh(mmu, cpu);
	for (unsigned i = 0; (changed & CR4_PCIDE) && i < cpu->nr_tlbs; i++)
		tlb_reset_pcids(&cpu->tlb[i], 0);
	if (changed & (CR4_PSE | CR4_SMEP | CR4_SMAP | CR4_PKE))
		stale_verify_where(mmu, cpu, 0, 0, mmu->last_stamp);
	return true;
}

static bool set_efer(struct mmu *mmu, struct mmu_cpu *cpu, uint64_t value,
		     uint32_t *cycles)
{
	bool paging = cpu->regs.cr0 & CR0_PG;
	uint64_t fixed = paging ? EFER_LME | EFER_LMA : EFER_LMA;
	uint64_t changed = value ^ cpu->regs.efer;

	(void)cycles;
	if ((changed & fixed) || (value & ~efer_bits(&mmu->profile)))
		return false;
	cpu->regs.efer = value;
	cpu_refresh(mmu, cpu);
	if (changed & EFER_NXE) /* another bit is reserved now */
		stale_verify_where(mmu, cpu, 0, 0, mmu->last_stamp);
	return true;
}

/* WRPKRU, which needs CR4.PKE. */
static bool set_pkru(struct mmu *mmu, struct mmu_cpu *cpu, uint64_t value,
		     uint32_t *cycles)
{
	(void)mmu;
	(void)cycles;
	if (value >> 32 || !(cpu->regs.cr4 & CR4_PKE))
		return false;
	cpu->regs.pkru = (uint32_t)value;
	refresh_rights(cpu);
	return true;
}

static bool set_rflags(struct mmu *mmu, struct mmu_cpu *cpu, uint64_t value,
		       uint32_t *cycles)
{
	(void)mmu;
	(void)cycles;
	cpu->regs.ac = value & RFLAGS_AC;
	refresh_rights(cpu);
	return true;
}

bool mmu_set_register(struct mmu *mmu, unsigned number, enum mmu_register reg,
		      uint64_t value, uint32_t *cycles)
{
	static bool (*const set[])(struct mmu *, struct mmu_cpu *, uint64_t,
				   uint32_t *) = {
		[MMU_CR0] = set_cr0,   [MMU_CR3] = set_cr3,
		[MMU_CR4] = set_cr4,   [MMU_EFER] = set_efer,
		[MMU_PKRU] = set_pkru, [MMU_RFLAGS] = set_rflags,
	};
	uint32_t taken = 0;
	bool done;

	assert(number < mmu->cpus);
	if (reg <= MMU_EFER)
		mmu_serialise(mmu, number);
	done = set[reg](mmu, &mmu->cpu[number], value, &taken);
	if (cycles)
		*cycles = taken;
	return done;
}

struct mmu_registers mmu_registers(const struct mmu *mmu, unsigned number)
{
	assert(number < mmu->cpus);
	return mmu->cpu[number].regs;
}
