/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stale.c - which cached translations does memory contradict, and who holds
 * what?
 *
 *   a fill, and each comparison with memory, leaves a footprint at
 *        every table entry of the walk       and at the frame
 *               |                                 |
 *   a change of an entry asks only the       so does "who leads here?"
 *   CPUs, and if it can only the sets,
 *   that the footprint names; nobody,
 *   if there is none
 *
 * A translation is stale when a walk would not find its page, finds another
 * frame or a smaller page there, or less rights than were cached.  More
 * rights, and other A and D bits, are no staleness: manuals ask for no
 * invalidation then, and a denied access walks again anyway.  U/S set takes
 * rights away from a supervisor under SMEP or SMAP.
 *
 * Invariants, checked by stale_check():
 *  (1) Exactly the stale translations are marked.
 *  (2) For each cached translation the entries that a walk to it reads now,
 *      the leaf entry that it was filled from, and its frame have a footprint
 *      with the CPU and the place; instead of the frames of a large page, what
 *      is kept of all of them names the CPU.
 *
 * Sources: SDM vol. 3A, "Optional Invalidation", "Delayed Invalidation";
 * APM vol. 2, "TLB Management".
 */
#include "config.h"

#include <assert.h>

#include "mmu/cpu.h"
#include "mmu/cursor.h"

/* ---- one translation against memory ----------------------------------- */

/* What a walk finds at @tag, by the tables under which it would be used. */
static void look(const struct mmu_cpu *cpu, uint64_t tag, struct walk *now)
{
	paddr_t root = cpu->paging.root;

	if (cpu->root_of && !(tag & TAG_GLOBAL))
		root = cpu->root_of[tag & TAG_PCID];
	walk_look(&cpu->paging, root, tag_va(tag), now);
}

static bool agrees(const struct mmu_cpu *cpu, uint64_t tag,
		   const struct translation *what, const struct walk *now)
{
	uint64_t inside;

	if (now->end != WALK_FOUND || now->size < tag_size(tag))
		return false;
	inside = tag_va(tag) & page_offset_mask(now->size);
	if ((what->target & TARGET_PAGE) !=
	    ((now->target & TARGET_PAGE) | inside))
		return false;
	return !(now->target & ~what->target & cpu->restricting);
}

static void mark(struct translation *what, bool stale, uint64_t stamp)
{
	if (!stale) {
		what->target &= ~TARGET_STALE;
		what->stale_since = MMU_NOT_STALE;
	} else if (!(what->target & TARGET_STALE)) {
		what->target |= TARGET_STALE;
		what->stale_since = stamp;
	}
}

/* ---- footprints ------------------------------------------------------- */

/* Where the table of the leaf begins that @tag was filled from, if it is that
 * of @level; or SEVERAL_PLACES. */
static uint64_t region_of(const struct mmu_cpu *cpu, uint64_t tag,
			  uint64_t target, unsigned level)
{
	unsigned shift = page_shift(tag_size(tag));

	if (level != tag_size(tag) + 1u || (target & TARGET_PIECE) ||
	    cpu->paging.nested || cpu->paging.entry_shift != 3)
		return SEVERAL_PLACES;
	return tag & TAG_PLACE & ~(511ull << shift);
}

/* At every entry that @walk has read for what @tag leads to. */
static void leave_on_path(struct mmu *mmu, const struct mmu_cpu *cpu,
			  uint64_t tag, uint64_t target,
			  const struct walk *walk)
{
	uint64_t region = region_of(cpu, tag, target, walk->level);

	for (unsigned level = walk->level; level <= walk->top; level++) {
		footprint_leave(&mmu->footprints, walk->entry[level],
				cpu_bit(cpu), region);
		region = SEVERAL_PLACES;
	}
}

/* At the leaf that @what was filled from. */
static void leave_at_leaf(struct mmu *mmu, const struct mmu_cpu *cpu,
			  uint64_t tag, const struct translation *what)
{
	footprint_leave(&mmu->footprints, what->entry, cpu_bit(cpu),
			region_of(cpu, tag, what->target, tag_size(tag) + 1));
}

static void leave_at_frame(const struct mmu *mmu, const struct mmu_cpu *cpu,
			   uint64_t tag, uint64_t target)
{
	footprint_leave_at_frame(&mmu->footprints, target & TARGET_PAGE,
				 cpu_bit(cpu), tag & TAG_PLACE);
}

void stale_note_fill(struct mmu *mmu, struct mmu_cpu *cpu, uint64_t tag,
		     const struct walk *walk)
{
	leave_on_path(mmu, cpu, tag, walk->target, walk);
	if (walk->size == MMU_4K)
		leave_at_frame(mmu, cpu, tag, walk->target);
	else
		mmu->footprints.large |= cpu_bit(cpu);
}

void stale_note_fill_below(struct mmu *mmu, struct mmu_cpu *cpu, uint64_t tag,
			   struct translation *what, uint64_t since)
{
	struct walk now;

	walk_look(&cpu->paging, cpu->paging.root, tag_va(tag), &now);
	leave_on_path(mmu, cpu, tag, what->target, &now);
	leave_at_leaf(mmu, cpu, tag, what);
	if (tag_size(tag) == MMU_4K)
		leave_at_frame(mmu, cpu, tag, what->target);
	else
		mmu->footprints.large |= cpu_bit(cpu);
	if (agrees(cpu, tag, what, &now))
		return;
	assert(since != MMU_NOT_STALE);
	mark(what, true, since);
}

/* ---- comparing -------------------------------------------------------- */

static void verify(struct mmu *mmu, struct mmu_cpu *cpu,
		   const struct cursor *at, uint64_t stamp)
{
	struct translation *what = cursor_translation(at);
	uint64_t tag = cursor_tag(at);
	struct walk now;

	look(cpu, tag, &now);
	leave_on_path(mmu, cpu, tag, what->target, &now);
	leave_at_leaf(mmu, cpu, tag, what);
	mark(what, !agrees(cpu, tag, what, &now), stamp);
}

void stale_verify_where(struct mmu *mmu, struct mmu_cpu *cpu, uint64_t mask,
			uint64_t value, uint64_t stamp)
{
	struct cursor at = cursor_at(cpu, SEVERAL_PLACES);

	while (cursor_next(&at))
		if ((cursor_tag(&at) & mask) == value)
			verify(mmu, cpu, &at, stamp);
	upper_verify(mmu, cpu, stamp);
}

/* Footprints tell of the guest's entries, not of those that translate its
 * addresses: whoever runs a guest looks at all. */
static void verify_guests(struct mmu *mmu, uint64_t stamp)
{
	for (unsigned i = 0; i < mmu->cpus; i++)
		if (mmu->guests & cpu_bit(&mmu->cpu[i]))
			stale_verify_where(mmu, &mmu->cpu[i], 0, 0, stamp);
}

/* The tags of what depends on the entry at @entry, of such a table. */
static uint64_t place_of(const struct footprint *table, paddr_t entry)
{
	if (table->place == SEVERAL_PLACES)
		return SEVERAL_PLACES;
	return table->place | entry / 8 % 512
				      << page_shift(tag_size(table->place));
}

/* Something that is cached may depend on the entry. */
static __attribute__((noinline)) void verify_at(struct mmu *mmu, paddr_t entry,
						uint64_t stamp)
{
	struct footprints *prints = &mmu->footprints;
	uint64_t cpus = prints->of_table[entry / 4096].cpus;
	uint64_t place = place_of(&prints->of_table[entry / 4096], entry);

	/* Whatever still depends on the entry leaves its print anew. */
	footprint_wipe(prints, entry);
	for (unsigned i = 0; i < mmu->cpus; i++) {
		struct mmu_cpu *cpu = &mmu->cpu[i];
		struct cursor at = cursor_at(cpu, place);

		while ((cpus & cpu_bit(cpu)) && cursor_next(&at))
			verify(mmu, cpu, &at, stamp);
	}
}

/* The same where more than that may. */
static __attribute__((noinline)) void
verify_widely(struct mmu *mmu, paddr_t entry, uint64_t cpus, uint64_t stamp)
{
	if (cpus)
		upper_changed(mmu, cpus, stamp);
	if (mmu->guests)
		verify_guests(mmu, stamp);
	if (footprint_is_at(&mmu->footprints, entry))
		verify_at(mmu, entry, stamp);
}

void mmu_entry_changed(struct mmu *mmu, paddr_t entry, uint64_t stamp)
{
	const struct footprints *prints = &mmu->footprints;
	const uint64_t *tables = footprint_of_tables(prints, entry);
	uint64_t cpus = tables ? *tables : 0; /* with upper entries cached */

	mmu->last_stamp = stamp;
	mmu->changed = entry;
	if (cpus || mmu->guests)
		verify_widely(mmu, entry, cpus, stamp);
	else if (footprint_is_at(prints, entry))
		verify_at(mmu, entry, stamp);
}

/* ---- who holds what --------------------------------------------------- */

static void hold(struct mmu_holders *holders, const struct mmu_cpu *cpu,
		 const struct translation *what)
{
	holders->any |= cpu_bit(cpu);
	if (!(what->target & TARGET_READONLY))
		holders->writable |= cpu_bit(cpu);
}

bool mmu_may_hold_entry(const struct mmu *mmu, paddr_t entry)
{
	return footprint_is_at(&mmu->footprints, entry);
}

struct mmu_holders mmu_holders_of_entry(const struct mmu *mmu, paddr_t entry)
{
	const struct footprint *table = &mmu->footprints.of_table[entry / 4096];
	struct mmu_holders holders = { 0 };

	if (!footprint_is_at(&mmu->footprints, entry))
		return holders;
	for (unsigned i = 0; i < mmu->cpus; i++) {
		const struct mmu_cpu *cpu = &mmu->cpu[i];
		struct cursor at = cursor_at(cpu, place_of(table, entry));

		while ((table->cpus & cpu_bit(cpu)) && cursor_next(&at))
			if (cursor_translation(&at)->entry == entry)
				hold(&holders, cpu, cursor_translation(&at));
	}
	return holders;
}

static bool leads_to(const struct cursor *at, paddr_t frame)
{
	uint64_t page = cursor_translation(at)->target & TARGET_PAGE;
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
			hold(holders, cpu, cursor_translation(&at));
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
				hold(holders, cpu, cursor_translation(&at));
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

/* ---- invariants ------------------------------------------------------- */

static void check_print(const struct footprint *print,
			const struct mmu_cpu *cpu, uint64_t tag)
{
	assert(print->cpus & cpu_bit(cpu)); /* (2) */
	assert(print->place == (tag & TAG_PLACE) ||
	       print->place == SEVERAL_PLACES);
}

static void check_entry(const struct footprints *prints,
			const struct mmu_cpu *cpu, uint64_t tag, paddr_t entry)
{
	const struct footprint *table = &prints->of_table[entry / 4096];

	if (entry >= prints->memory)
		return;
	assert(footprint_is_at(prints, entry)); /* (2) */
	check_print(&(struct footprint){ table->cpus, place_of(table, entry) },
		    cpu, tag);
}

static void check_frame(const struct footprints *prints,
			const struct mmu_cpu *cpu, uint64_t tag, paddr_t frame)
{
	struct footprint print = footprint_of_frame(prints, frame);

	if (frame < prints->memory)
		check_print(&print, cpu, tag);
}

static void check_one(const struct mmu *mmu, const struct mmu_cpu *cpu,
		      const struct cursor *at)
{
	const struct translation *what = cursor_translation(at);
	uint64_t tag = cursor_tag(at);
	struct walk now;
	bool stale;

	look(cpu, tag, &now);
	stale = !agrees(cpu, tag, what, &now);
	assert(stale == !!(what->target & TARGET_STALE)); /* (1) */
	for (unsigned level = now.level; level <= now.top; level++)
		check_entry(&mmu->footprints, cpu, tag, now.entry[level]);
	check_entry(&mmu->footprints, cpu, tag, what->entry);
	if (tag_size(tag) == MMU_4K)
		check_frame(&mmu->footprints, cpu, tag,
			    what->target & TARGET_PAGE);
	else
		assert(mmu->footprints.large & cpu_bit(cpu)); /* (2) */
}

void stale_check(const struct mmu *mmu, const struct mmu_cpu *cpu)
{
	struct cursor at = cursor_at(cpu, SEVERAL_PLACES);

	while (cursor_next(&at))
		check_one(mmu, cpu, &at);
}
