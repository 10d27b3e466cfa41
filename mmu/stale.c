/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stale.c - which cached translations does memory contradict?
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

/* The tables under which @tag would be used. */
static paddr_t root_of(const struct mmu_cpu *cpu, uint64_t tag)
{
	if (cpu->root_of && !(tag & TAG_GLOBAL))
		return cpu->root_of[tag & TAG_PCID];
	return cpu->paging.root;
}

/* What a walk finds at @tag. */
static void look(const struct mmu_cpu *cpu, uint64_t tag, struct walk *now)
{
	walk_look(&cpu->paging, root_of(cpu, tag), tag_va(tag), now);
}

static bool agrees(const struct mmu_cpu *cpu, uint64_t tag, uint64_t target,
		   const struct walk *now)
{
	uint64_t inside;

	if (now->end != WALK_FOUND || now->size < tag_size(tag))
		return false;
	inside = tag_va(tag) & page_offset_mask(now->size);
	if ((target & TARGET_PAGE) != ((now->target & TARGET_PAGE) | inside))
		return false;
	return !(now->target & ~target & cpu->restricting);
}

static inline void mark(const struct tlb *tlb, size_t slot, bool stale,
			uint64_t stamp)
{
	struct tlb_payload *what = &tlb->payload[slot];

	if (!stale) {
		what->target &= ~TARGET_STALE;
	} else if (!(what->target & TARGET_STALE)) {
		what->target |= TARGET_STALE;
		tlb->stale_since[slot] = stamp;
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

/* At the leaf that it was filled from. */
static void leave_at_leaf(struct mmu *mmu, const struct mmu_cpu *cpu,
			  uint64_t tag, uint64_t target, paddr_t entry)
{
	footprint_leave(&mmu->footprints, entry, cpu_bit(cpu),
			region_of(cpu, tag, target, tag_size(tag) + 1));
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

/* No other tables, and no registers, between the root and what it leads to. */
static bool is_plain(const struct paging *paging)
{
	return !paging->nested && !paging->pdpte_registers &&
	       paging->entry_shift == 3;
}

static paddr_t entry_in(const struct paging *paging, paddr_t table, vaddr_t va,
			unsigned level)
{
	uint64_t index = va >> paging->level[level].shift & paging->index_mask;

	return table + index * 8;
}

/* At the entries above @top of the tables that lead to @va. */
static void leave_above(struct mmu *mmu, const struct mmu_cpu *cpu, vaddr_t va,
			unsigned top)
{
	paddr_t table = cpu->paging.root;

	for (unsigned level = cpu->paging.levels; level > top; level--) {
		paddr_t at = entry_in(&cpu->paging, table, va, level);

		footprint_leave(&mmu->footprints, at, cpu_bit(cpu),
				SEVERAL_PLACES);
		table = paging_load(&cpu->paging, at) & PTE_FRAME;
	}
}

/* What began below an upper entry that is not stale found what a walk from the
 * root would: (1) of mmu/upper.c. */
void stale_note_fill_below(struct mmu *mmu, struct mmu_cpu *cpu, uint64_t tag,
			   const struct walk *walk, struct translation *what,
			   uint64_t since)
{
	struct walk now;

	if (since == MMU_NOT_STALE && is_plain(&cpu->paging) && !mmu->steps) {
		leave_above(mmu, cpu, tag_va(tag), walk->top);
		stale_note_fill(mmu, cpu, tag, walk);
		return;
	}
	walk_look(&cpu->paging, cpu->paging.root, tag_va(tag), &now);
	leave_on_path(mmu, cpu, tag, what->target, &now);
	leave_at_leaf(mmu, cpu, tag, what->target, what->entry);
	if (tag_size(tag) == MMU_4K)
		leave_at_frame(mmu, cpu, tag, what->target);
	else
		mmu->footprints.large |= cpu_bit(cpu);
	if (agrees(cpu, tag, what->target, &now))
		return;
	assert(since != MMU_NOT_STALE);
	what->target |= TARGET_STALE;
	what->stale_since = since;
}

/* ---- comparing -------------------------------------------------------- */

static void verify(struct mmu *mmu, const struct mmu_cpu *cpu,
		   const struct tlb *tlb, size_t slot, uint64_t stamp)
{
	const struct tlb_payload *what = &tlb->payload[slot];
	uint64_t tag = tlb->tags[slot];
	struct walk now;

	look(cpu, tag, &now);
	leave_on_path(mmu, cpu, tag, what->target, &now);
	leave_at_leaf(mmu, cpu, tag, what->target, what->entry);
	mark(tlb, slot, !agrees(cpu, tag, what->target, &now), stamp);
}

/* All that is cached under the tags (@mask, @value). */
static void verify_all(struct mmu *mmu, struct mmu_cpu *cpu, uint64_t mask,
		       uint64_t value, uint64_t stamp)
{
	struct cursor at = cursor_at(cpu, SEVERAL_PLACES);

	while (cursor_next_anywhere(&at))
		if ((cursor_tag(&at) & mask) == value)
			verify(mmu, cpu, &cpu->tlb[at.nr], at.at, stamp);
}

void stale_verify_where(struct mmu *mmu, struct mmu_cpu *cpu, uint64_t mask,
			uint64_t value, uint64_t stamp)
{
	verify_all(mmu, cpu, mask, value, stamp);
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

/* Does a walk to the 4K page of @tag end at the leaf entry at @entry, absent?
 */
static bool ends_at(const struct mmu_cpu *cpu, uint64_t tag, paddr_t entry)
{
	const struct paging *paging = &cpu->paging;
	paddr_t table = root_of(cpu, tag);

	if (tag_size(tag) != MMU_4K || !is_plain(paging) ||
	    (paging_load(paging, entry) & PTE_P))
		return false;
	for (unsigned level = paging->levels; level > 1; level--) {
		paddr_t at = entry_in(paging, table, tag_va(tag), level);
		uint64_t value = paging_load(paging, at);

		if (!(value & PTE_P) ||
		    (value & paging->level[level].maps_page))
			return false;
		table = value & PTE_FRAME;
	}
	return entry_in(paging, table, tag_va(tag), 1) == entry;
}

/* An entry changed: what that is to one CPU. */
struct change {
	uint64_t place; /* of what was filled from it, if from it alone */
	paddr_t entry;
	uint64_t stamp;
	uint64_t absent; /* a tag whose walk ends there, where nothing is */
};

/* The translation in @slot is at the place of @change.  What was filled from a
 * leaf that is absent now, most often, is looked for in both levels. */
static void verify_slot(struct mmu *mmu, const struct mmu_cpu *cpu,
			const struct tlb *tlb, size_t slot,
			struct change *change)
{
	const struct tlb_payload *what = &tlb->payload[slot];
	uint64_t tag = tlb->tags[slot];
	bool from_it = what->entry == change->entry;

	if (from_it && tag != change->absent &&
	    ends_at(cpu, tag, change->entry)) {
		change->absent = tag;
		leave_at_leaf(mmu, cpu, tag, what->target, change->entry);
	}
	if (from_it && tag == change->absent)
		mark(tlb, slot, true, change->stamp);
	else
		verify(mmu, cpu, tlb, slot, change->stamp);
}

/* One set of each cache may have something at the place. */
static void verify_place(struct mmu *mmu, const struct mmu_cpu *cpu,
			 struct change change)
{
	const enum mmu_page_size size = tag_size(change.place);
	const struct tlb *end = cpu->tlb + cpu->nr_tlbs;

	for (const struct tlb *tlb = cpu->tlb; tlb < end; tlb++) {
		size_t first;

		if (!tlb->held[size])
			continue;
		first = tlb_set_of(tlb, change.place) * tlb->ways;
		for (size_t slot = first; slot < first + tlb->ways; slot++)
			if ((tlb->tags[slot] & TAG_PLACE) == change.place)
				verify_slot(mmu, cpu, tlb, slot, &change);
	}
}

/* Something that is cached may depend on the entry. */
static __attribute__((noinline)) void verify_at(struct mmu *mmu, paddr_t entry,
						uint64_t stamp)
{
	struct footprints *prints = &mmu->footprints;
	const struct footprint table = prints->of_table[entry / 4096];
	const struct change change = {
		.place = cursor_place(&table, entry),
		.entry = entry,
		.stamp = stamp,
	};

	/* Whatever still depends on the entry leaves its print anew. */
	footprint_wipe(prints, entry);
	for (uint64_t left = table.cpus; left; left &= left - 1) {
		struct mmu_cpu *cpu = &mmu->cpu[__builtin_ctzll(left)];

		if (change.place == SEVERAL_PLACES)
			verify_all(mmu, cpu, 0, 0, stamp);
		else
			verify_place(mmu, cpu, change);
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
	/* Those with upper entries cached. */
	uint64_t cpus = footprint_cpus_of_tables(prints, entry);

	mmu->last_stamp = stamp;
	mmu->changed = entry;
	if (cpus | mmu->guests)
		verify_widely(mmu, entry, cpus, stamp);
	else if (footprint_is_at(prints, entry))
		verify_at(mmu, entry, stamp);
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
	check_print(
		&(struct footprint){ table->cpus, cursor_place(table, entry) },
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
	const struct tlb_payload *what = cursor_payload(at);
	uint64_t tag = cursor_tag(at);
	struct walk now;
	bool stale;

	look(cpu, tag, &now);
	stale = !agrees(cpu, tag, what->target, &now);
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
