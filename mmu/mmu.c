/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mmu.c - the machine: its making, its counters, its invariants.
 *
 *   struct mmu --- physmem            page tables live here
 *      |     \---- footprints         who may have cached what
 *      |
 *      +-- cpu[0] --- registers, what follows from them
 *      |      \------ tlb[0..n)  <--- route[level][access]
 *      +-- cpu[1] ...
 *
 * Each file states its own invariants; mmu_check() asserts them all, but those
 * of IOMMUs, which are none of its: iommu_check().
 */
#include "config.h"

#include "mmu/mmu.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/cpu.h"
#include "mmu/physmem.h"

/* ---- making -------------------------------------------------------------- */

#define ALL_SIZES ((1u << MMU_PAGE_SIZES) - 1)
#define ALL_ACCESSES ((1u << MMU_ACCESSES) - 1)

/* One kind of access to one size of page asks one cache of level 1, and up to
 * two of level 2. */
static bool add_route(struct mmu_cpu *cpu, struct tlb *tlb,
		      enum mmu_access access, enum mmu_page_size size)
{
	struct route *route = &cpu->route[tlb->level - 1][access];
	unsigned banks = 0;

	for (unsigned i = 0; i < route->count; i++)
		banks += route->at[i].size == size;
	if (banks == (tlb->level == 1 ? 1 : MMU_BANKS))
		return false;
	route->at[route->count].tlb = tlb;
	route->at[route->count].size = size;
	route->count++;
	return true;
}

/* A level that keeps 1G pages whole in another cache smashes none. */
static void note_smashing(struct mmu_cpu *cpu, struct route *route)
{
	bool whole = false, smashes = false;

	for (unsigned i = 0; i < route->count; i++) {
		whole |= route->at[i].size == MMU_1G;
		smashes |= route->at[i].tlb->smashes_1g;
	}
	route->smashes_1g = smashes && !whole;
	cpu->smashes_1g |= route->smashes_1g;
}

static void note_all_smashing(struct mmu_cpu *cpu)
{
	cpu->smashes_1g = false;
	for (unsigned level = 0; level < MMU_LEVELS; level++)
		for (unsigned access = 0; access < MMU_ACCESSES; access++)
			note_smashing(cpu, &cpu->route[level][access]);
}

static bool add_routes(struct mmu_cpu *cpu, struct tlb *tlb)
{
	for (unsigned access = 0; access < MMU_ACCESSES; access++)
		for (unsigned size = 0; size < MMU_PAGE_SIZES; size++)
			if ((tlb->accesses & 1u << access) &&
			    (tlb->sizes & 1u << size) &&
			    !add_route(cpu, tlb, (enum mmu_access)access,
				       (enum mmu_page_size)size))
				return false;
	return true;
}

static bool is_geometry(const struct mmu_tlb_geometry *geometry)
{
	return geometry->level >= 1 && geometry->level <= MMU_LEVELS &&
	       geometry->sizes && !(geometry->sizes & ~ALL_SIZES) &&
	       geometry->accesses && !(geometry->accesses & ~ALL_ACCESSES);
}

static int add_tlb(struct mmu_cpu *cpu, const struct mmu_tlb_geometry *geometry,
		   uint64_t seed)
{
	struct tlb *tlb = &cpu->tlb[cpu->nr_tlbs];
	int err;

	if (!is_geometry(geometry))
		return -EINVAL;
	err = tlb_init(tlb, geometry, seed);
	if (err)
		return err;
	cpu->nr_tlbs++;
	return add_routes(cpu, tlb) ? 0 : -EINVAL;
}

/* Every cache has another seed. */
static int make_cpu(struct mmu *mmu, struct mmu_cpu *cpu, unsigned number,
		    uint64_t seed)
{
	const struct mmu_profile *profile = &mmu->profile;
	int err = 0;

	cpu->number = number;
	if (profile->pcid) {
		cpu->root_of = calloc(MMU_PCIDS, sizeof(*cpu->root_of));
		if (!cpu->root_of)
			return -ENOMEM;
	}
	err = psc_init(&cpu->upper, profile);
	if (!profile->tlbs_off)
		for (unsigned i = 0; i < profile->nr_tlbs && !err; i++)
			err = add_tlb(cpu, &profile->tlb[i],
				      seed ^ (uint64_t)(number + 1) << 48 ^
					      (uint64_t)i << 40);
	note_all_smashing(cpu);
	cpu_reset(mmu, cpu);
	return err;
}

static bool is_in_range(const struct mmu_config *config)
{
	const struct mmu_profile *profile = config->profile;

	return config->cpus >= 1 && config->cpus <= MMU_MAX_CPUS &&
	       config->memory && config->memory % 4096 == 0 &&
	       profile->maxphyaddr >= 36 && profile->maxphyaddr <= 52 &&
	       config->memory >> profile->maxphyaddr == 0 &&
	       profile->nr_tlbs <= MMU_PROFILE_MAX_TLBS;
}

static int make_machine(struct mmu *mmu, const struct mmu_config *config)
{
	int err = 0;

	mmu->profile = *config->profile;
	mmu->changed = NO_ENTRY;
	mmu->batching = config->batching;
	mmu->mem = physmem_create(config->maps, config->memory, config->sparse);
	if (!mmu->mem || footprints_init(&mmu->footprints, config->maps,
					 config->memory, config->sparse))
		return -ENOMEM;
	for (unsigned i = 0; i < config->cpus && !err; i++) {
		mmu->cpus = i + 1;
		err = make_cpu(mmu, &mmu->cpu[i], i, config->seed);
	}
	return err;
}

int mmu_create(struct mmu **made, const struct mmu_config *config)
{
	struct mmu *mmu;
	int err;

	*made = NULL;
	if (!is_in_range(config))
		return -EINVAL;
	mmu = calloc(1, sizeof(*mmu) + config->cpus * sizeof(mmu->cpu[0]));
	if (!mmu)
		return -ENOMEM;
	err = make_machine(mmu, config);
	if (err) {
		mmu_destroy(mmu);
		return err;
	}
	*made = mmu;
	return 0;
}

void mmu_destroy(struct mmu *mmu)
{
	if (!mmu)
		return;
	for (unsigned i = 0; i < mmu->cpus; i++) {
		for (unsigned t = 0; t < mmu->cpu[i].nr_tlbs; t++)
			tlb_fini(&mmu->cpu[i].tlb[t]);
		psc_fini(&mmu->cpu[i].upper);
		free(mmu->cpu[i].root_of);
	}
	footprints_fini(&mmu->footprints);
	physmem_destroy(mmu->mem);
	free(mmu);
}

void mmu_watch_steps(struct mmu *mmu, const struct mmu_steps *steps)
{
	mmu->steps = steps;
}

struct physmem *mmu_memory(struct mmu *mmu)
{
	return mmu->mem;
}

const struct mmu_profile *mmu_profile(const struct mmu *mmu)
{
	return &mmu->profile;
}

/* ---- asking -------------------------------------------------------------- */

/* @va with paging off. */
static void probe_physical(const struct paging *paging, vaddr_t va,
			   struct mmu_probe *probe)
{
	struct nested_request request = { .gpa = va, .look = true };
	struct nested_answer answer = { .paddr = va };

	if (paging->nested)
		nested_translate(paging->nested, &request, &answer);
	probe->present = answer.end == NESTED_OK;
	probe->paddr = answer.paddr;
}

struct mmu_probe mmu_probe(const struct mmu *mmu, unsigned number, vaddr_t va)
{
	struct mmu_probe probe = { 0 };
	struct walk walk;

	assert(number < mmu->cpus);
	if (!is_canonical(&mmu->cpu[number].paging, va))
		return probe;
	if (!mmu->cpu[number].paging.levels) {
		probe_physical(&mmu->cpu[number].paging, va, &probe);
		return probe;
	}
	walk_look(&mmu->cpu[number].paging, mmu->cpu[number].paging.root, va,
		  &walk);
	probe.present = walk.end == WALK_FOUND;
	probe.entry = walk.entry[walk.level];
	probe.level = walk.level;
	probe.value = walk.value;
	if (probe.present) {
		probe.size = walk.size;
		probe.paddr = (walk.target & TARGET_PAGE) |
			      (va & page_offset_mask(walk.size));
	}
	return probe;
}

/* What is kept for one CPU, completed. */
static void add_counters(struct mmu_counters *sum, const struct mmu *mmu,
			 const struct mmu_counters *of)
{
	sum->l1_hits += of->l1_hits;
	sum->l1_misses += of->l2_hits + of->walks;
	sum->l2_hits += of->l2_hits;
	sum->l2_misses += of->walks;
	sum->l1_clean += of->l1_clean;
	sum->l2_clean += of->l2_clean;
	sum->lookups += of->l1_hits + of->l2_hits + of->walks;
	sum->fills += of->fills;
	sum->evictions += of->evictions;
	sum->walks += of->walks;
	sum->walk_loads += of->walk_loads;
	sum->a_set += of->a_set;
	sum->d_set += of->d_set;
	sum->psc_hits += of->psc_hits;
	sum->faults += of->faults;
	sum->machine_checks += of->machine_checks;
	sum->stale_uses += of->stale_uses;
	sum->translate_cycles += of->translate_cycles +
				 of->l1_hits * mmu->profile.cost.l1_hit;
	sum->walk_cycles += of->walk_cycles;
}

struct mmu_counters mmu_counters(const struct mmu *mmu)
{
	struct mmu_counters sum = { 0 };

	for (unsigned i = 0; i < mmu->cpus; i++)
		add_counters(&sum, mmu, &mmu->cpu[i].count);
	return sum;
}

/* ---- invariants ---------------------------------------------------------- */

void mmu_check(const struct mmu *mmu)
{
	for (unsigned i = 0; i < mmu->cpus; i++) {
		const struct mmu_cpu *cpu = &mmu->cpu[i];

		for (unsigned t = 0; t < cpu->nr_tlbs; t++)
			tlb_check(&cpu->tlb[t]);
		stale_check(mmu, cpu);
		upper_check(mmu, cpu);
	}
}
