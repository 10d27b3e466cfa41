/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * quirks.c - what each quirk is, and those about the A bit.
 *
 *   a walk finds A = 0    late-a       used at once, stored later
 *                         amd10h-298   used at once, stored never, if another
 *                                      CPU was the last in that cache line
 *   a walk finds P = 0    stray-a      stored, and used never
 *
 * Rules:
 *  (1) A late store happens before this CPU's next walk, and at its next
 *      serialising instruction or locked access to a table entry
 *      (mmu_serialise()): a CPU has one at most.  It sets A in the very value
 *      that the walk saw, or nothing.
 *  (2) A store is late only if A alone is missing: D is never late.
 *  (3) Of entries with P = 0 only the one that software changed last gets a
 *      stray A, once: the walk is taken to have begun before that change.
 *
 * Sources: as in the table; APM vol. 2, "Accessed (A) Bit", for (1): it does
 * not order the update of A with loads by other instructions.
 */
#include "config.h"

#include <assert.h>

#include "mmu/cpu.h"
#include "mmu/physmem.h"

#define LINE 64 /* bytes */

/* clang-format off */
const struct mmu_quirk_info mmu_quirk_info[MMU_QUIRKS] = {
	[MMU_QUIRK_SPECULATE] = { "speculate",
		"after each walk the next page is walked and cached, too",
		"allowed: SDM vol. 3A, \"Details of TLB Use\"; APM vol. 2, "
		"\"TLB Management\"" },
	[MMU_QUIRK_LATE_A] = { "late-a",
		"a translation is used before its A bit is in memory",
		"hypothetical; APM vol. 2, \"Accessed (A) Bit\", at its worst; "
		"XenServer's CA-262966" },
	[MMU_QUIRK_STRAY_A] = { "stray-a",
		"a fault may set A and D in an entry just cleared, and caches "
		"nothing",
		"Knights Landing, erratum KNL4; Linux kernel list 2016" },
	[MMU_QUIRK_COALESCE] = { "coalesce",
		"4 neighbours are cached when one of them is used, whatever "
		"their A bits",
		"hypothetical: no machine is known to" },
	[MMU_QUIRK_COALESCE_ACCESSED] = { "coalesce-accessed",
		"4 neighbours with A set are cached when one of them is used",
		"Zen 3 and 4, AMD's optimization guides at second hand" },
	[MMU_QUIRK_AMD10H_298] = { "amd10h-298",
		"A and D bits that two CPUs set in one line of memory get lost",
		"AMD family 10h, erratum 298, revision B2; x86-64.org list "
		"2007-12-05" },
	[MMU_QUIRK_ADL_INVLPG_GLOBAL] = { "adl-invlpg-global",
		"INVLPG spares global pages while CR4.PCIDE is set",
		"Alder Lake, Raptor Lake, Gracemont before microcode of 2023; "
		"Linux kernel list" },
	[MMU_QUIRK_AMD16H_SMASH] = { "amd16h-smash",
		"INVLPG drops everything once a page of 1G was smashed",
		"AMD family 16h, software optimization guide 52128" },
	[MMU_QUIRK_AMD10H_383] = { "amd10h-383",
		"a read or write that hits pages of two sizes is a machine "
		"check",
		"AMD family 10h, erratum 383, revision guide 41322" },
	[MMU_QUIRK_ITLB_MULTIHIT] = { "itlb-multihit",
		"a fetch that hits pages of two sizes, to different memory, "
		"is one",
		"Intel without PSCHANGE_MC_NO; Linux, multihit.rst" },
};
/* clang-format on */

/* ---- the store of A ------------------------------------------------------ */

static void store(struct mmu_cpu *cpu, struct walk *walk, uint64_t wanted)
{
	unsigned a_set = walk->a_set, d_set = walk->d_set;

	if (!walk_set(&cpu->paging, walk, wanted))
		return;
	cpu->count.a_set += walk->a_set - a_set;
	cpu->count.d_set += walk->d_set - d_set;
}

void quirk_drain(struct mmu_cpu *cpu)
{
	struct walk walk;

	if (!cpu->late.waits)
		return;
	walk = (struct walk){ .level = cpu->late.level,
			      .value = cpu->late.value };
	cpu->late.waits = false;
	walk.entry[walk.level] = cpu->late.entry;
	store(cpu, &walk, PTE_A); /* (1) */
}

/* Was another CPU the last to store in this line? */
static bool is_contended(struct mmu *mmu, const struct mmu_cpu *cpu,
			 const struct walk *walk)
{
	paddr_t line = walk->entry[walk->level] / LINE;
	bool same = mmu->stored_line == line && mmu->stored_cpus;
	bool alone = mmu->stored_cpus == cpu_bit(cpu);

	mmu->stored_line = line;
	mmu->stored_cpus = cpu_bit(cpu);
	return same && !alone;
}

static void be_late(struct mmu_cpu *cpu, const struct walk *walk)
{
	assert(!cpu->late.waits);
	cpu->late = (struct late_store){ true, walk->level,
					 walk->entry[walk->level],
					 walk->value };
}

/* The walk left its leaf alone: set the bits of @wanted, or do not. */
static void store_or_not(struct mmu *mmu, struct mmu_cpu *cpu, uint64_t wanted,
			 struct walk *walk)
{
	uint64_t missing = wanted & ~walk->value;
	unsigned quirks = mmu->profile.quirks;

	if (!missing)
		return;
	walk->target &= ~(wanted & TARGET_CLEAN);
	if ((quirks & QUIRK(AMD10H_298)) && is_contended(mmu, cpu, walk))
		return;
	if ((quirks & QUIRK(LATE_A)) && missing == PTE_A) /* (2) */
		be_late(cpu, walk);
	else
		store(cpu, walk, wanted);
}

void mmu_serialise(struct mmu *mmu, unsigned number)
{
	assert(number < mmu->cpus);
	quirk_drain(&mmu->cpu[number]);
}

bool mmu_is_late(const struct mmu *mmu, unsigned number, paddr_t *entry,
		 uint64_t *seen)
{
	const struct late_store *late = &mmu->cpu[number].late;

	*entry = late->entry;
	*seen = late->value;
	return late->waits;
}

/* ---- a fault ------------------------------------------------------------- */

static void stray(struct mmu *mmu, struct mmu_cpu *cpu, uint64_t bits,
		  struct walk *walk)
{
	if (walk->level != 1 || mmu->changed != walk->entry[walk->level])
		return;
	mmu->changed = NO_ENTRY; /* (3) */
	store(cpu, walk, bits);
}

/* ---- around a walk ------------------------------------------------------- */

void quirk_before_walk(const struct mmu *mmu, struct mmu_cpu *cpu,
		       struct walk_request *request)
{
	const struct mmu_walk_step begin = { .kind = MMU_STEP_BEGIN,
					     .cpu = cpu->number };

	if (mmu->steps)
		mmu->steps->take(mmu->steps, &begin);
	quirk_drain(cpu); /* (1) */
	if (mmu->profile.quirks & QUIRKS_OF_LATE_STORES)
		request->set_leaf = 0;
}

void quirk_after_walk(struct mmu *mmu, struct mmu_cpu *cpu,
		      enum mmu_access access, struct walk *walk)
{
	uint64_t bits = access == MMU_WRITE ? PTE_A | PTE_D : PTE_A;

	if (walk->end == WALK_FOUND)
		store_or_not(mmu, cpu, bits, walk);
	else if (walk->end == WALK_NOT_PRESENT &&
		 (mmu->profile.quirks & QUIRK(STRAY_A)))
		stray(mmu, cpu, bits, walk);
}
