/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_mmu_guest_machine.c - a machine with a guest, by EPT or NPT. */
#include "config.h"

#include "tests/check_mmu_guest.h"

#define FIRST_GUEST_TABLE 0x400000ull

static uint64_t all_rights(const struct guest *g, bool leaf)
{
	if (g->kind == GUEST_NPT)
		return USER_RW;
	return leaf ? EPT_RWX | EPT_WB : EPT_RWX;
}

static unsigned index_of(uint64_t address, unsigned level)
{
	return address >> (3 + 9 * level) & 511;
}

static void map_host_page(struct guest *g, paddr_t gpa)
{
	paddr_t table = g->pointer & PTE_FRAME;

	for (unsigned level = 4; level > 1; level--) {
		paddr_t at = table + 8 * index_of(gpa, level);

		if (!physmem_read(g->m.mem, at))
			physmem_write(g->m.mem, at,
				      machine_table(&g->m) |
					      all_rights(g, false));
		table = physmem_read(g->m.mem, at) & PTE_FRAME;
	}
	physmem_write(g->m.mem, table + 8 * index_of(gpa, 1),
		      (gpa + GUEST_OFFSET) | all_rights(g, true));
}

struct guest guest_make(struct mmu_profile profile, enum guest_kind kind)
{
	struct guest g = { .kind = kind, .tables = FIRST_GUEST_TABLE };
	struct mmu_registers regs;

	profile.vendor = kind == GUEST_NPT ? MMU_AMD : MMU_INTEL;
	profile.ept = profile.ept_ad = kind != GUEST_NPT;
	profile.npt = kind == GUEST_NPT;
	g.m = machine_make(profile, 1);
	g.pointer = machine_table(&g.m);
	if (kind != GUEST_NPT)
		g.pointer |= EPTP_4_LEVELS;
	if (kind == GUEST_EPT_AD)
		g.pointer |= EPTP_AD;
	for (paddr_t gpa = 0; gpa < GUEST_MEMORY; gpa += PAGE)
		map_host_page(&g, gpa);
	regs = mmu_registers(g.m.mmu, 0);
	g.m.root = g.tables;
	g.tables += PAGE;
	regs.cr3 = g.m.root;
	ck_assert(guest_enter(&g, &regs));
	return g;
}

bool guest_enter(struct guest *g, const struct mmu_registers *regs)
{
	struct mmu_guest guest = {
		.nesting = g->kind == GUEST_NPT ? MMU_NPT : MMU_EPT,
		.pointer = g->pointer,
		.regs = *regs,
	};

	return mmu_vm_entry(g->m.mmu, 0, &guest);
}

struct mmu_registers guest_registers(const struct guest *g)
{
	return mmu_registers(g->m.mmu, 0);
}

paddr_t guest_map(struct guest *g, vaddr_t va, enum mmu_page_size size,
		  uint64_t leaf)
{
	unsigned leaf_level = (unsigned)size + 1;
	paddr_t table = g->m.root, at;

	for (unsigned level = 4; level > leaf_level; level--) {
		at = GUEST_OFFSET + table + 8 * index_of(va, level);
		if (!physmem_read(g->m.mem, at)) {
			physmem_write(g->m.mem, at, g->tables | USER_RW);
			g->tables += PAGE;
		}
		table = physmem_read(g->m.mem, at) & PTE_FRAME;
	}
	at = GUEST_OFFSET + table + 8 * index_of(va, leaf_level);
	machine_set(&g->m, at, leaf);
	return at;
}

paddr_t guest_entry(const struct guest *g, vaddr_t va, unsigned level)
{
	paddr_t at = GUEST_OFFSET + g->m.root + 8 * index_of(va, 4);

	for (unsigned l = 4; l > level; l--)
		at = GUEST_OFFSET + (physmem_read(g->m.mem, at) & PTE_FRAME) +
		     8 * index_of(va, l - 1);
	return at;
}

paddr_t host_entry(const struct guest *g, paddr_t gpa, unsigned level)
{
	paddr_t at = (g->pointer & PTE_FRAME) + 8 * index_of(gpa, 4);

	for (unsigned l = 4; l > level; l--)
		at = (physmem_read(g->m.mem, at) & PTE_FRAME) +
		     8 * index_of(gpa, l - 1);
	return at;
}

void host_map_large(struct guest *g, paddr_t gpa, unsigned level)
{
	paddr_t inside = (1ull << (3 + 9 * level)) - 1;

	machine_set(&g->m, host_entry(g, gpa, level),
		    ((gpa + GUEST_OFFSET) & ~inside) | all_rights(g, true) |
			    PTE_PS);
}

void host_change(struct guest *g, paddr_t gpa, unsigned level, uint64_t set,
		 uint64_t clear)
{
	paddr_t at = host_entry(g, gpa, level);

	machine_set(&g->m, at, (physmem_read(g->m.mem, at) | set) & ~clear);
}
