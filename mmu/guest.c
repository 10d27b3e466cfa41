/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guest.c - VM entry and exit, and the hypervisor's invalidations.
 *
 *                       combined mappings, from linear to physical addresses
 *   VM entry, VM exit   all                      (as with VPID 0)
 *   INVEPT 1            those of the EP4TA       EP4TA is EPTP[51:12]
 *   INVEPT 2            all
 *   INVVPID 0           those of the address
 *   INVVPID 1, 2        all                      (there is one VPID)
 *   INVVPID 3           all but global ones
 *
 * Mappings from guest-physical addresses alone are not cached.  SVM has no
 * INVEPT: there VMRUN may be asked to flush, as by mmu_flush_all().
 *
 * Sources: SDM vol. 3C, "Operations that Invalidate Cached Mappings", "Checks
 * on VMX Controls", "Checks on Guest Control Registers"; SDM vol. 3C,
 * "INVEPT", "INVVPID"; APM vol. 2, "Nested Paging", "VMRUN Instruction".
 */
#include "config.h"

#include <assert.h>
#include <string.h>

#include "mmu/cpu.h"

/* Load @regs with @nested in force, or without; nothing stays cached. */
static void switch_to(struct mmu *mmu, struct mmu_cpu *cpu,
		      const struct mmu_registers *regs,
		      const struct nested *nested)
{
	cpu_drop_everything(cpu);
	cpu->paging.nested = nested;
	mmu->guests &= ~cpu_bit(cpu);
	if (nested)
		mmu->guests |= cpu_bit(cpu);
	cpu->regs = *regs;
	cpu_refresh(mmu, cpu);
}

bool mmu_vm_entry(struct mmu *mmu, unsigned number,
		  const struct mmu_guest *guest)
{
	struct mmu_cpu *cpu = &mmu->cpu[number];
	struct nested nested = { .paging.mem = mmu->mem };
	struct paging paging = { .mem = mmu->mem, .nested = &nested };

	assert(number < mmu->cpus);
	if (cpu->paging.nested ||
	    !registers_are_valid(&mmu->profile, &guest->regs) ||
	    nested_init(&nested, &mmu->profile, guest, &cpu->regs))
		return false;
	paging_init(&paging, &mmu->profile, &guest->regs);
	if (!paging_load_pdptes(&paging))
		return false;
	mmu_serialise(mmu, number);
	cpu->host = cpu->regs;
	cpu->nested = nested;
	memcpy(cpu->paging.pdpte, paging.pdpte, sizeof(paging.pdpte));
	switch_to(mmu, cpu, &guest->regs, &cpu->nested);
	return true;
}

struct mmu_registers mmu_vm_exit(struct mmu *mmu, unsigned number)
{
	struct mmu_cpu *cpu = &mmu->cpu[number];
	struct mmu_registers regs = cpu->regs;

	assert(number < mmu->cpus && cpu->paging.nested);
	switch_to(mmu, cpu, &cpu->host, NULL);
	return regs;
}

/* ---- invalidation -------------------------------------------------------- */

static uint32_t drop_all(const struct mmu *mmu, struct mmu_cpu *cpu)
{
	cpu_drop_everything(cpu);
	return mmu->profile.cost.flush_all;
}

bool mmu_invept(struct mmu *mmu, unsigned number, enum mmu_invept type,
		uint64_t eptp, uint32_t *cycles)
{
	struct mmu_cpu *cpu = &mmu->cpu[number];
	uint64_t ep4ta = eptp & PTE_FRAME;
	uint32_t taken = 0;

	assert(number < mmu->cpus);
	if (!mmu->profile.ept ||
	    (type != MMU_INVEPT_CONTEXT && type != MMU_INVEPT_ALL))
		return false;
	if (type == MMU_INVEPT_CONTEXT &&
	    !ept_pointer_is_valid(&mmu->profile, eptp))
		return false;
	if (type == MMU_INVEPT_ALL ||
	    (cpu->paging.nested && cpu->nested.paging.root == ep4ta))
		taken = drop_all(mmu, cpu);
	if (cycles)
		*cycles = taken;
	return true;
}

bool mmu_invvpid(struct mmu *mmu, unsigned number, enum mmu_invvpid type,
		 vaddr_t va, uint32_t *cycles)
{
	struct mmu_cpu *cpu = &mmu->cpu[number];
	uint32_t taken = mmu->profile.cost.flush_all;

	assert(number < mmu->cpus);
	if (!mmu->profile.ept || type > MMU_INVVPID_NOT_GLOBAL)
		return false;
	switch (type) {
	case MMU_INVVPID_ADDRESS:
		/* For every PCID; upper entries go with it. */
		cpu_drop_place(cpu, va, 0, 0);
		psc_drop_all(&cpu->upper);
		taken = mmu->profile.cost.invlpg;
		break;
	case MMU_INVVPID_CONTEXT:
	case MMU_INVVPID_ALL:
		cpu_drop_everything(cpu);
		break;
	case MMU_INVVPID_NOT_GLOBAL:
		cpu_drop_where(cpu, TAG_GLOBAL, 0);
		psc_drop_all(&cpu->upper);
		break;
	}
	if (cycles)
		*cycles = taken;
	return true;
}
