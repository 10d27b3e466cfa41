/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * holders.c - who holds what?
 *
 * Footprints (footprint.h) say which CPUs to ask, and mostly where; without
 * one there is nobody.
 */
#include "config.h"

#include "mmu/cpu.h"
#include "mmu/cursor.h"

static void hold(struct mmu_holders *holders, const struct mmu_cpu *cpu,
		 const struct tlb_payload *what)
{
	holders->any |= cpu_bit(cpu);
	if (!(what->target & TARGET_READONLY))
		holders->writable |= cpu_bit(cpu);
}

bool mmu_may_hold_entry(const struct mmu *mmu, paddr_t entry)
{
	return footprint_is_at(&mmu->footprints, entry);
}

/* Where there is a footprint. */
static struct mmu_holders find_by_entry(const struct mmu *mmu, paddr_t entry)
{
	const struct footprint *table = &mmu->footprints.of_table[entry / 4096];
	const uint64_t place = cursor_place(table, entry);
	struct mmu_holders holders = { 0 };

	for (unsigned i = 0; i < mmu->cpus; i++) {
		const struct mmu_cpu *cpu = &mmu->cpu[i];
		struct cursor at = cursor_at(cpu, place);

		while ((table->cpus & cpu_bit(cpu)) && cursor_next(&at))
			if (cursor_payload(&at)->entry == entry)
				hold(&holders, cpu, cursor_payload(&at));
	}
	return holders;
}

struct mmu_holders mmu_holders_of_entry(const struct mmu *mmu, paddr_t entry)
{
	if (!mmu_may_hold_entry(mmu, entry))
		return (struct mmu_holders){ 0 };
	return find_by_entry(mmu, entry);
}

static bool leads_to(const struct cursor *at, paddr_t frame)
{
	uint64_t page = cursor_payload(at)->target & TARGET_PAGE;
	enum mmu_page_size size = tag_size(cursor_tag(at));

	return page == (frame & ~page_offset_mask(size));
}

/* By 4 KiB translations.  What is found leaves its print anew. */
static void find_small(const struct mmu *mmu, paddr_t frame,
		       struct mmu_holders *holders)
{
	struct footprint before = footprint_take_frame(&mmu->footprints, frame);

	if (!before.cpus)
		return;
	for (unsigned i = 0; i < mmu->cpus; i++) {
		const struct mmu_cpu *cpu = &mmu->cpu[i];
		struct cursor at = cursor_at(cpu, before.place);

		while ((before.cpus & cpu_bit(cpu)) && cursor_next(&at)) {
			if (tag_size(cursor_tag(&at)) != MMU_4K ||
			    !leads_to(&at, frame))
				continue;
			hold(holders, cpu, cursor_payload(&at));
			footprint_leave_at_frame(&mmu->footprints, frame,
						 cpu_bit(cpu),
						 cursor_tag(&at) & TAG_PLACE);
		}
	}
}

static void find_large(const struct mmu *mmu, paddr_t frame,
		       struct mmu_holders *holders)
{
	for (unsigned i = 0; i < mmu->cpus; i++) {
		const struct mmu_cpu *cpu = &mmu->cpu[i];
		struct cursor at = cursor_at(cpu, SEVERAL_PLACES);

		if (!(mmu->footprints.large & cpu_bit(cpu)))
			continue;
		while (cursor_next(&at))
			if (tag_size(cursor_tag(&at)) != MMU_4K &&
			    leads_to(&at, frame))
				hold(holders, cpu, cursor_payload(&at));
	}
}

struct mmu_holders mmu_holders_of_frame(const struct mmu *mmu, paddr_t frame)
{
	struct mmu_holders holders = { 0 };

	frame &= ~page_offset_mask(MMU_4K);
	find_small(mmu, frame, &holders);
	find_large(mmu, frame, &holders);
	return holders;
}

uint64_t mmu_holders_of_anything(const struct mmu *mmu)
{
	uint64_t holders = 0;

	for (unsigned i = 0; i < mmu->cpus; i++)
		for (unsigned t = 0; t < mmu->cpu[i].nr_tlbs; t++)
			if (!tlb_is_empty(&mmu->cpu[i].tlb[t]))
				holders |= cpu_bit(&mmu->cpu[i]);
	return holders;
}
