/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_mmu_machine.c - a small machine with page tables, for tests. */
#include "config.h"

#include "tests/check_mmu.h"

#define MEMORY (64ull << 20)
#define FIRST_TABLE (1ull << 20)

const struct mmu_costs decimal_costs = {
	.l1_hit = 1,
	.l2_hit = 10,
	.walk = 100,
	.walk_load = 1000,
	.a_set = 10000,
	.d_set = 100000,
	.page_fault = 1000000,
	.invlpg = 2,
	.mov_cr3 = 3,
	.flush_all = 4,
};

struct mmu_profile profile_bare(void)
{
	return (struct mmu_profile){
		.name = "test",
		.vendor = MMU_INTEL,
		.maxphyaddr = 46,
		.page_1g = true,
		.pcid = true,
		.smep = true,
		.smap = true,
		.pku = true,
		.invpcid = true,
		.invlpgb = true,
		.la57 = true,
		.cost = decimal_costs,
	};
}

void profile_add(struct mmu_profile *profile, unsigned level, unsigned sizes,
		 unsigned accesses, unsigned sets, unsigned ways,
		 enum mmu_replacement replacement)
{
	profile->tlb[profile->nr_tlbs++] = (struct mmu_tlb_geometry){
		.level = level,
		.sizes = sizes,
		.accesses = accesses,
		.sets = sets,
		.ways = ways,
		.replacement = replacement,
	};
}

void profile_add_infinite(struct mmu_profile *profile, unsigned level)
{
	profile->tlb[profile->nr_tlbs++] = (struct mmu_tlb_geometry){
		.level = level,
		.sizes = ANY_SIZE,
		.accesses = ANY_ACCESS,
		.infinite = true,
	};
}

struct mmu_profile profile_nothing(void)
{
	struct mmu_profile profile = profile_bare();

	profile.tlbs_off = true;
	return profile;
}

struct mmu_profile profile_everything(void)
{
	struct mmu_profile profile = profile_bare();

	profile_add_infinite(&profile, 1);
	return profile;
}

struct mmu_profile profile_of_vendor(enum mmu_vendor vendor)
{
	struct mmu_profile profile = profile_everything();

	profile.vendor = vendor;
	return profile;
}

struct mmu_profile profile_small(void)
{
	struct mmu_profile profile = profile_bare();

	profile_add(&profile, 1, ONLY_4K, DATA, 2, 2, MMU_TREE_PLRU);
	profile_add(&profile, 1, ONLY_2M | ONLY_1G, DATA, 1, 2, MMU_LRU);
	profile_add(&profile, 1, ANY_SIZE, CODE, 1, 3, MMU_LRU);
	profile_add(&profile, 2, ONLY_4K | ONLY_2M, ANY_ACCESS, 4, 4,
		    MMU_TREE_PLRU);
	return profile;
}

struct machine machine_make(struct mmu_profile profile, unsigned cpus)
{
	return machine_make_seeded(profile, cpus, 0);
}

struct machine machine_make_seeded(struct mmu_profile profile, unsigned cpus,
				   uint64_t seed)
{
	struct mmu_config config = { .profile = &profile,
				     .cpus = cpus,
				     .memory = MEMORY,
				     .seed = seed };
	struct machine m = { .free = FIRST_TABLE };

	ck_assert_int_eq(mmu_create(&m.mmu, &config), 0);
	m.mem = mmu_memory(m.mmu);
	m.root = machine_table(&m);
	for (unsigned cpu = 0; cpu < cpus; cpu++)
		ck_assert(mmu_set_register(m.mmu, cpu, MMU_CR3, m.root, NULL));
	return m;
}

void machine_free(struct machine *m)
{
	mmu_check(m->mmu);
	mmu_destroy(m->mmu);
}

paddr_t machine_table(struct machine *m)
{
	paddr_t table = m->free;

	m->free += PAGE;
	return table;
}

static unsigned index_of(vaddr_t va, unsigned level)
{
	return va >> (3 + 9 * level) & 511;
}

paddr_t machine_map_at(struct machine *m, paddr_t root, vaddr_t va,
		       enum mmu_page_size size, uint64_t leaf)
{
	unsigned leaf_level = (unsigned)size + 1;
	paddr_t table = root;

	for (unsigned level = 4; level > leaf_level; level--) {
		paddr_t entry = table + 8 * index_of(va, level);

		if (!physmem_read(m->mem, entry))
			physmem_write(m->mem, entry,
				      machine_table(m) | USER_RW);
		table = physmem_read(m->mem, entry) & PTE_FRAME;
	}
	table += 8 * index_of(va, leaf_level);
	machine_set(m, table, leaf);
	return table;
}

paddr_t machine_map(struct machine *m, vaddr_t va, uint64_t leaf)
{
	return machine_map_at(m, m->root, va, MMU_4K, leaf);
}

struct machine machine_with_pages(struct mmu_profile profile, unsigned pages,
				  unsigned stride)
{
	struct machine m = machine_make(profile, 1);

	for (unsigned i = 0; i < pages; i++)
		machine_map(&m, i * stride * PAGE, 0x1000000 | KERNEL_RW);
	return m;
}

paddr_t machine_entry(const struct machine *m, vaddr_t va, unsigned level)
{
	paddr_t entry = m->root + 8 * index_of(va, 4);

	for (unsigned at = 4; at > level; at--)
		entry = (physmem_read(m->mem, entry) & PTE_FRAME) +
			8 * index_of(va, at - 1);
	return entry;
}

uint64_t machine_set(struct machine *m, paddr_t entry, uint64_t value)
{
	physmem_write(m->mem, entry, value);
	mmu_entry_changed(m->mmu, entry, ++m->stamp);
	return m->stamp;
}

struct mmu_result machine_read(struct machine *m, vaddr_t va)
{
	return mmu_access(m->mmu, 0, va, MMU_READ, MMU_SUPERVISOR);
}

struct mmu_result machine_write(struct machine *m, vaddr_t va)
{
	return mmu_access(m->mmu, 0, va, MMU_WRITE, MMU_SUPERVISOR);
}

struct mmu_result machine_fetch(struct machine *m, vaddr_t va)
{
	return mmu_access(m->mmu, 0, va, MMU_FETCH, MMU_SUPERVISOR);
}

bool machine_was_cached(struct machine *m, unsigned cpu, vaddr_t va)
{
	return mmu_access(m->mmu, cpu, va, MMU_READ, MMU_SUPERVISOR).served !=
	       MMU_BY_WALK;
}

bool machine_change(struct machine *m, enum mmu_register reg, uint64_t set,
		    uint64_t clear)
{
	struct mmu_registers now = mmu_registers(m->mmu, 0);
	uint64_t value = 0;

	switch (reg) {
	case MMU_CR0:
		value = now.cr0;
		break;
	case MMU_CR3:
		value = now.cr3;
		break;
	case MMU_CR4:
		value = now.cr4;
		break;
	case MMU_EFER:
		value = now.efer;
		break;
	case MMU_PKRU:
		value = now.pkru;
		break;
	case MMU_RFLAGS:
		value = now.ac ? RFLAGS_AC : 0;
		break;
	}
	return mmu_set_register(m->mmu, 0, reg, (value | set) & ~clear, NULL);
}

unsigned machine_count_hits(struct machine *m, unsigned pages, unsigned stride,
			    enum mmu_served by)
{
	unsigned hits = 0;

	for (unsigned round = 0; round < 2; round++) {
		hits = 0;
		for (unsigned i = 0; i < pages; i++)
			hits += machine_read(m, i * stride * PAGE).served == by;
	}
	return hits;
}
