/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * invalidate.c - the instructions that drop what is cached.
 *
 *                  the page   a PCID   all    global ones
 *   INVLPG             x                      of the page
 *   INVPCID 0          x        x             kept
 *   INVPCID 1                   x             kept
 *   INVPCID 2                           x     dropped
 *   INVPCID 3                           x     kept
 *   INVLPGB        if asked  if asked   else  if asked; on every CPU
 *
 * Of upper entries, whatever page they lead to, INVLPG drops on Intel all of
 * the PCID, and on AMD all, or with EFER.TCE those on the way to the page.
 *
 * INVLPGB returns before other CPUs have done their part; TLBSYNC waits for
 * that.  Here they do it as late as they may: at the TLBSYNC, or when too
 * much is outstanding.
 *
 * Sources: SDM vol. 3A, "Operations that Invalidate TLBs and Paging-Structure
 * Caches"; SDM vol. 2, "INVPCID - Invalidate Process-Context Identifier"; APM
 * vol. 2, "TLB Management"; APM vol. 3, "INVLPGB", "TLBSYNC".
 */
#include "config.h"

#include <assert.h>

#include "mmu/cpu.h"

void cpu_drop_where(struct mmu_cpu *cpu, uint64_t mask, uint64_t value)
{
	for (unsigned i = 0; i < cpu->nr_tlbs; i++)
		tlb_drop_where(&cpu->tlb[i], mask, value);
}

void cpu_drop_everything(struct mmu_cpu *cpu)
{
	cpu_drop_where(cpu, 0, 0);
	psc_drop_all(&cpu->upper);
	cpu->pieces_of = 0;
	cpu->smashed = false;
}

void cpu_drop_pcid(struct mmu_cpu *cpu, unsigned pcid)
{
	cpu_drop_where(cpu, TAG_GLOBAL | TAG_PCID, pcid);
	psc_drop_pcid(&cpu->upper, pcid);
}

/* What else is cached of the page at @va, if it was in pieces: the other half
 * of 4 MiB, and what a host maps by smaller pages than the guest (SDM vol. 3A,
 * "Details of TLB Use"). */
static void drop_pieces(struct mmu_cpu *cpu, vaddr_t va, uint64_t mask,
			uint64_t value)
{
	vaddr_t twin = cpu->paging.twin;
	uint64_t of = TAG_PAGE & ~0ull << cpu->pieces_of;

	if (twin)
		cpu_drop_where(cpu, TAG_PLACE | mask,
			       tag_make(va ^ twin, MMU_2M, 0, false) | value);
	if (cpu->pieces_of)
		cpu_drop_where(cpu, TAG_VALID | of | mask,
			       TAG_VALID | (va & of) | value);
}

void cpu_drop_page(struct mmu_cpu *cpu, vaddr_t va)
{
	for (unsigned i = 0; i < cpu->nr_tlbs; i++)
		tlb_drop_page(&cpu->tlb[i], va, cpu->pcid);
	drop_pieces(cpu, va, 0, 0);
}

void cpu_drop_path(struct mmu_cpu *cpu, vaddr_t va)
{
	psc_drop_path(&cpu->upper, va, cpu->pcid);
	psc_drop_path(&cpu->upper, va ^ cpu->paging.twin, cpu->pcid);
}

/* What INVLPG drops of upper entries. */
static void drop_upper(const struct mmu *mmu, struct mmu_cpu *cpu, vaddr_t va)
{
	if (mmu->profile.vendor == MMU_INTEL)
		psc_drop_pcid(&cpu->upper, cpu->pcid);
	else if (cpu->regs.efer & EFER_TCE)
		cpu_drop_path(cpu, va);
	else
		psc_drop_all(&cpu->upper);
}

void cpu_drop_place(struct mmu_cpu *cpu, vaddr_t va, uint64_t mask,
		    uint64_t value)
{
	for (unsigned size = 0; size < MMU_PAGE_SIZES; size++) {
		uint64_t tag = tag_make(va, (enum mmu_page_size)size, 0, false);

		cpu_drop_where(cpu, TAG_PLACE | mask, tag | value);
	}
	for (unsigned i = 0; i < cpu->nr_tlbs; i++)
		tlb_drop_pieces(&cpu->tlb[i], va, mask, value);
	drop_pieces(cpu, va, mask, value);
}

/* ---- one CPU ----------------------------------------------------------- */

static void invlpg(const struct mmu *mmu, struct mmu_cpu *cpu, vaddr_t va)
{
	unsigned quirks = mmu->profile.quirks;

	if ((quirks & QUIRK(ADL_INVLPG_GLOBAL)) && (cpu->regs.cr4 & CR4_PCIDE))
		cpu_drop_place(cpu, va, TAG_GLOBAL | TAG_PCID, cpu->pcid);
	else
		cpu_drop_page(cpu, va);
	drop_upper(mmu, cpu, va);
	if ((quirks & QUIRK(AMD16H_SMASH)) && cpu->smashed)
		cpu_drop_everything(cpu);
}

uint32_t mmu_invlpg(struct mmu *mmu, unsigned number, vaddr_t va)
{
	struct mmu_cpu *cpu = &mmu->cpu[number];

	assert(number < mmu->cpus);
	quirk_drain(cpu);
	if (is_canonical(&cpu->paging, va))
		invlpg(mmu, cpu, va);
	return mmu->profile.cost.invlpg;
}

uint32_t mmu_flush_all(struct mmu *mmu, unsigned number)
{
	mmu_serialise(mmu, number);
	mmu_drop_all(mmu, number);
	return mmu->profile.cost.flush_all;
}

void mmu_drop_all(struct mmu *mmu, unsigned number)
{
	assert(number < mmu->cpus);
	cpu_drop_everything(&mmu->cpu[number]);
}

static bool invpcid_is_allowed(const struct mmu *mmu, const struct mmu_cpu *cpu,
			       enum mmu_invpcid type,
			       const struct mmu_invpcid_descriptor *what)
{
	bool names_pcid = type == MMU_INVPCID_ADDRESS ||
			  type == MMU_INVPCID_CONTEXT;

	if (!mmu->profile.invpcid || type > MMU_INVPCID_NOT_GLOBAL ||
	    what->pcid & ~CR3_PCID)
		return false;
	if (names_pcid && what->pcid && !(cpu->regs.cr4 & CR4_PCIDE))
		return false;
	return type != MMU_INVPCID_ADDRESS ||
	       is_canonical(&cpu->paging, what->va);
}

static uint32_t invpcid(const struct mmu_costs *cost, struct mmu_cpu *cpu,
			enum mmu_invpcid type,
			const struct mmu_invpcid_descriptor *what)
{
	unsigned pcid = (unsigned)what->pcid;

	switch (type) {
	case MMU_INVPCID_ADDRESS:
		cpu_drop_place(cpu, what->va, TAG_GLOBAL | TAG_PCID, pcid);
		psc_drop_pcid(&cpu->upper, pcid);
		return cost->invlpg;
	case MMU_INVPCID_CONTEXT:
		cpu_drop_pcid(cpu, pcid);
		return cost->mov_cr3;
	case MMU_INVPCID_ALL:
		cpu_drop_everything(cpu);
		return cost->flush_all;
	case MMU_INVPCID_NOT_GLOBAL:
		cpu_drop_where(cpu, TAG_GLOBAL, 0);
		psc_drop_all(&cpu->upper);
		return cost->flush_all;
	}
	return 0;
}

bool mmu_invpcid(struct mmu *mmu, unsigned number, enum mmu_invpcid type,
		 const struct mmu_invpcid_descriptor *what, uint32_t *cycles)
{
	struct mmu_cpu *cpu = &mmu->cpu[number];
	uint32_t taken;

	assert(number < mmu->cpus);
	if (!invpcid_is_allowed(mmu, cpu, type, what))
		return false;
	quirk_drain(cpu);
	taken = invpcid(&mmu->profile.cost, cpu, type, what);
	if (cycles)
		*cycles = taken;
	return true;
}

/* ---- every CPU --------------------------------------------------------- */

/* What it names, of the tags (@mask, @value). */
static void drop_named(struct mmu_cpu *cpu, const struct mmu_invlpgb *what,
		       uint64_t mask, uint64_t value)
{
	uint64_t step = 1ull << page_shift(what->stride);

	if (!what->by_va) {
		cpu_drop_where(cpu, mask, value);
		return;
	}
	for (unsigned i = 0; i <= what->count; i++)
		cpu_drop_place(cpu, what->va + i * step, mask, value);
}

static void broadcast_one(struct mmu_cpu *cpu, const struct mmu_invlpgb *what)
{
	if (what->by_pcid)
		psc_drop_pcid(&cpu->upper, what->pcid);
	else
		psc_drop_all(&cpu->upper);
	if (what->by_pcid)
		drop_named(cpu, what, TAG_GLOBAL | TAG_PCID, what->pcid);
	else
		drop_named(cpu, what, TAG_GLOBAL, 0);
	if (what->globals)
		drop_named(cpu, what, TAG_GLOBAL, TAG_GLOBAL);
}

/* All CPUs but @from, which has done it. */
static void broadcast(struct mmu *mmu, const struct mmu_cpu *from,
		      const struct mmu_invlpgb *what)
{
	for (unsigned i = 0; i < mmu->cpus; i++)
		if (&mmu->cpu[i] != from)
			broadcast_one(&mmu->cpu[i], what);
}

bool mmu_invlpgb(struct mmu *mmu, unsigned number,
		 const struct mmu_invlpgb *what, uint32_t *cycles)
{
	struct mmu_cpu *cpu = &mmu->cpu[number];

	assert(number < mmu->cpus);
	if (!mmu->profile.invlpgb || what->count > MMU_INVLPGB_MAX_COUNT ||
	    what->pcid >= MMU_PCIDS || what->stride > MMU_2M)
		return false;
	if (cpu->nr_outstanding == MMU_MAX_OUTSTANDING)
		mmu_tlbsync(mmu, number);
	broadcast_one(cpu, what);
	cpu->outstanding[cpu->nr_outstanding++] = *what;
	if (cycles)
		*cycles = mmu->profile.cost.invlpg;
	return true;
}

bool mmu_tlbsync(struct mmu *mmu, unsigned number)
{
	struct mmu_cpu *cpu = &mmu->cpu[number];

	assert(number < mmu->cpus);
	if (!mmu->profile.invlpgb)
		return false;
	for (unsigned i = 0; i < cpu->nr_outstanding; i++)
		broadcast(mmu, cpu, &cpu->outstanding[i]);
	cpu->nr_outstanding = 0;
	return true;
}
