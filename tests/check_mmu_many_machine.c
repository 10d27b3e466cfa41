/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_many_machine.c - a machine of two CPUs and three address spaces
 * whose entries change.
 *
 * Pages of two sizes, global and not, read-only and not, on addresses that few
 * sets serve, so that there are victims in both levels and among upper entries;
 * entries change, with and without an invalidation.
 */
#include "config.h"

#include <string.h>

#include <check.h>

#include "tests/check_mmu_many.h"

#define SWAPS 4	   /* of regions, in one go */
#define CHANGES 20 /* of entries, in one go */

uint64_t draw(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* ---- tables: the same in every machine ----------------------------------- */

static paddr_t below(struct machine *m, paddr_t entry)
{
	uint64_t value = physmem_read(m->mem, entry);

	if (!(value & PTE_P)) {
		value = m->next | PTE_P | PTE_RW | PTE_US;
		physmem_write(m->mem, entry, value);
		m->next += PAGE;
	}
	return value & PTE_FRAME;
}

static paddr_t leaf(struct machine *m, unsigned space, vaddr_t va,
		    unsigned level)
{
	paddr_t table = m->root[space];
	unsigned shift = 39;

	for (; shift > 12 + 9 * (level - 1); shift -= 9)
		table = below(m, table + (va >> shift & 511) * 8);
	return table + (va >> shift & 511) * 8;
}

/* The page that is used as the @n-th of a region: four in each of 16 groups
 * that lie 32 apart. */
static vaddr_t nth_page(uint64_t n)
{
	return (n / 4 % 16 * 32 + n % 4) * PAGE;
}

/* Few sets serve all of them: regions are alike in their low bits.  Half of all
 * is in the first two regions of each place, a quarter in one page of them. */
vaddr_t address(uint64_t drawn)
{
	static const vaddr_t places[PLACES] = {
		UINT64_C(0x100000000000), UINT64_C(0xffff900000000000),
		UINT64_C(0x100040000000), UINT64_C(0x100080000000),
		UINT64_C(0x108000000000), UINT64_C(0x1000c0000000),
		UINT64_C(0x7ffd40000000), UINT64_C(0xffff900040000000),
	};
	uint64_t region = (drawn >> 36) % REGIONS, page = drawn >> 12 & 63;

	if (drawn >> 45 & 1)
		region %= 2;
	if ((drawn >> 45 & 3) == 3)
		page = 5;
	return places[(drawn >> 32) % PLACES] + (region << 21) +
	       nth_page(page) + (drawn >> 20 & 0xff8);
}

/* What an access may stumble over is rare, so that many go the quick way in one
 * call. */
static uint64_t flags(uint64_t drawn)
{
	uint64_t value = PTE_P | PTE_US | PTE_RW;

	if (drawn % 41 == 0)
		value &= ~PTE_RW;
	if (drawn % 61 == 0)
		value &= ~PTE_US;
	if (drawn % 13 == 0)
		value |= PTE_G;
	if (drawn % 53 == 0)
		value |= PTE_XD;
	if (drawn % 97 == 0)
		value &= ~PTE_P;
	return value;
}

static void change(struct machine *m, uint64_t drawn, uint64_t stamp)
{
	unsigned space = (unsigned)(drawn >> 8) % SPACES;
	vaddr_t va = address(drawn);
	bool large = (va >> 21) % 8 == 2; /* that region has pages of 2M */
	paddr_t entry = leaf(m, space, va, large ? 2 : 1);
	uint64_t value = flags(drawn >> 40);

	if (large)
		value |= PTE_PS | (drawn >> 50) % 16 << 21;
	else
		value |= (drawn >> 48) % 8192 * PAGE;
	physmem_write(m->mem, entry, value);
	mmu_entry_changed(m->mmu, entry, stamp);
}

/* Take A from an upper entry. */
static void age(struct machine *m, uint64_t drawn, uint64_t stamp)
{
	paddr_t entry = leaf(m, (unsigned)(drawn >> 8) % SPACES, address(drawn),
			     2);

	physmem_write(m->mem, entry, physmem_read(m->mem, entry) & ~PTE_A);
	mmu_entry_changed(m->mmu, entry, stamp);
}

/* Let two regions change places, tables and all: the first with the second, or
 * with a large page. */
static void swap(struct machine *m, uint64_t drawn, uint64_t stamp)
{
	unsigned space = (unsigned)(drawn >> 8) % SPACES;
	vaddr_t first = address(drawn) & ~UINT64_C(0x1ffffff);
	vaddr_t other = first + ((1 + (drawn & 1)) << 21);
	paddr_t a = leaf(m, space, first, 2), b = leaf(m, space, other, 2);
	uint64_t value = physmem_read(m->mem, a);

	physmem_write(m->mem, a, physmem_read(m->mem, b));
	physmem_write(m->mem, b, value);
	mmu_entry_changed(m->mmu, a, stamp);
	mmu_entry_changed(m->mmu, b, stamp);
}

void make_machine(struct machine *m, const struct profile *profile,
		  enum mmu_batching batching)
{
	struct mmu_config config = { .profile = &profile->mmu,
				     .cpus = 2,
				     .memory = MEMORY,
				     .seed = 7,
				     .batching = batching };
	uint64_t state = 1;

	memset(m, 0, sizeof(*m));
	ck_assert_int_eq(mmu_create(&m->mmu, &config), 0);
	m->mem = mmu_memory(m->mmu);
	m->next = MEMORY / 2;
	for (unsigned i = 0; i < SPACES; i++, m->next += PAGE)
		m->root[i] = m->next;
	for (unsigned i = 0; i < PLACES * REGIONS * PAGES * 8; i++)
		change(m, draw(&state), 0);
	for (unsigned cpu = 0; cpu < 2; cpu++)
		mmu_set_register(m->mmu, cpu, MMU_CR3, m->root[0], NULL);
}

/* ---- what is done to both ------------------------------------------------ */

static void load_space(struct machine *m, unsigned cpu, uint64_t drawn)
{
	unsigned space = (unsigned)(drawn >> 8) % SPACES;
	uint64_t cr4 = mmu_registers(m->mmu, cpu).cr4, value = m->root[space];

	if (cr4 & CR4_PCIDE)
		value |= (space + 1) | (drawn & 1 ? CR3_NOFLUSH : 0);
	ck_assert(mmu_set_register(m->mmu, cpu, MMU_CR3, value, NULL));
}

static void toggle(struct machine *m, unsigned cpu, uint64_t drawn)
{
	static const uint64_t bits[] = { CR4_PGE, CR4_PCIDE, CR4_SMEP,
					 CR4_SMAP };
	struct mmu_registers r = mmu_registers(m->mmu, cpu);

	if (drawn & 64) {
		mmu_set_register(m->mmu, cpu, MMU_CR0, r.cr0 ^ CR0_WP, NULL);
		return;
	}
	/* PCIDE may be set only with PCID 0. */
	mmu_set_register(m->mmu, cpu, MMU_CR3, m->root[0], NULL);
	mmu_set_register(m->mmu, cpu, MMU_CR4, r.cr4 ^ bits[drawn >> 7 & 3],
			 NULL);
}

void disturb(struct machine *m, unsigned cpu, uint64_t drawn, uint64_t stamp)
{
	switch (drawn >> 60) {
	case 0:
		mmu_invlpg(m->mmu, cpu, address(drawn));
		break;
	case 1:
		load_space(m, cpu, drawn);
		break;
	case 2:
		toggle(m, cpu, drawn);
		break;
	case 3:
		mmu_flush_all(m->mmu, cpu);
		break;
	case 4:
		age(m, drawn, stamp);
		break;
	case 5:
	case 6:
	case 7:
		for (unsigned i = 0; i < CHANGES; i++)
			change(m, draw(&drawn), stamp);
		break;
	case 8:
	case 9:
		for (unsigned i = 0; i < SWAPS; i++)
			swap(m, draw(&drawn), stamp);
		break;
	}
}
