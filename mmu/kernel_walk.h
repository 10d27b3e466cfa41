/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel_walk.h - a walk that changes nothing but A and D of the last entry,
 * and what the machine has cached of upper ones, for mmu/kernel.c; and the
 * footprints that its fills leave.
 */
#ifndef MMU_KERNEL_WALK_H
#define MMU_KERNEL_WALK_H

#include "mmu/kernel_set.h"

/* ---- footprints ---------------------------------------------------------- */

/* Fetch the word of @frame, and write that of some fills ago. */
static always_inline void leave_at_frame(struct kernel *k, paddr_t frame,
					 uint64_t place)
{
	struct frame_note *note = &k->note[k->walked % KERNEL_NOTES];

	if (unlikely(frame >= k->bytes))
		return;
	footprint_leave_word(note->print, note->word);
	note->print = &k->mmu->footprints.of_frame[frame / 4096];
	note->word = (place & FRAME_PAGE) | k->print;
	__builtin_prefetch(note->print, 1);
}

/* ---- page tables --------------------------------------------------------- */

static always_inline uint64_t load(const struct kernel *k, paddr_t at)
{
	uint64_t value;

	memcpy(&value, k->memory + at, sizeof(value));
	return value;
}

static always_inline uint64_t leaf_offset(vaddr_t va)
{
	return (va >> 12 & 511) * 8;
}

static always_inline paddr_t entry_of(paddr_t table, vaddr_t va, unsigned shift)
{
	return table + (va >> shift & 511) * 8;
}

/*
 * The table of the leaf of an address, found once and remembered for the rest
 * of the call, in which nobody but this CPU changes anything, and it only sets
 * A and D: then A is set in all entries above, they take as little away, and
 * the footprints there are left.
 */
static always_inline struct known_table *known_at(const struct kernel *k,
						  vaddr_t va)
{
	return &k->known[va >> 21 & (KERNEL_TABLES - 1)];
}

static always_inline uint64_t known_as(const struct kernel *k, vaddr_t va)
{
	return va >> 21 << KERNEL_CALL_BITS | k->call;
}

/* What is remembered from other calls is good enough for this. */
static always_inline void fetch_ahead(const struct kernel *k, vaddr_t va)
{
	/* It may be of nothing yet: then no pointer is made of it, either. */
	uintptr_t table = (uintptr_t)known_at(k, va)->host;

	__builtin_prefetch((const void *)(table + leaf_offset(va)), 1);
}

/* The entries above the leaf, and where each leads to, as in walk.through[]. */
struct path {
	paddr_t entry[WALK_LEVELS + 1];
	uint64_t through[WALK_LEVELS + 1];
};

/* Down to the leaf's table; false unless every entry leads to a table and has
 * A set. */
static inline bool descend(const struct kernel *k, vaddr_t va,
			   struct path *path)
{
	const struct paging *paging = &k->cpu->paging;
	uint64_t table = paging->root, taken = 0;

	for (unsigned l = paging->levels; l > 1; l--) {
		const struct paging_level *level = &paging->level[l];
		uint64_t value;

		path->entry[l] = entry_of(table, va, 12 + 9 * (l - 1));
		value = load(k, path->entry[l]);
		table = value & PTE_FRAME;
		if ((value & (PTE_P | PTE_A)) != (PTE_P | PTE_A) ||
		    (value & (level->maps_page | level->reserved[0])) ||
		    table >= k->bytes)
			return false;
		taken |= (~value & (PTE_RW | PTE_US)) | (value & PTE_XD);
		path->through[l] = taken | table;
	}
	return true;
}

static inline void leave_on_path(struct kernel *k, vaddr_t va,
				 const struct path *path)
{
	struct footprints *prints = &k->mmu->footprints;
	uint64_t region = TAG_VALID | (va & TAG_PAGE & ~(511ull << 12));
	paddr_t table = path->through[2] & TARGET_PAGE;

	footprint_leave(prints, entry_of(table, va, 12), cpu_bit(k->cpu),
			region);
	for (unsigned l = k->cpu->paging.levels; l > 1; l--) {
		footprint_leave(prints, path->entry[l], cpu_bit(k->cpu),
				SEVERAL_PLACES);
		if (k->upper_levels)
			prints->of_tables[path->entry[l] / 4096] |=
				cpu_bit(k->cpu);
	}
}

/* Remember the table of @va's leaf. */
__attribute__((noinline)) static bool
learn(struct kernel *k, vaddr_t va, struct known_table *known)
{
	struct path path = { .entry = { 0 } };

	if (!descend(k, va, &path))
		return false;
	leave_on_path(k, va, &path);
	known->as = known_as(k, va);
	known->taken = path.through[2] & ~TARGET_PAGE;
	known->host = k->memory + (path.through[2] & TARGET_PAGE);
	return true;
}

/* ---- cached upper entries ------------------------------------------------ */

/* Where a walk begins: below @entry, or at the root if that is NULL. */
struct beginning {
	struct psc *psc;
	struct psc_entry *entry;
	unsigned level; /* of the first entry to read */
};

static inline struct beginning find_beginning(const struct kernel *k,
					      vaddr_t va)
{
	struct pscs *all = &k->cpu->upper;
	struct beginning at = { .level = k->cpu->paging.levels };

	for (unsigned left = k->upper_levels; left; left &= left - 1) {
		unsigned l = (unsigned)__builtin_ctz(left);

		at.psc = psc_of(all, l);
		at.entry = psc_find(at.psc, psc_tag(l, va, k->cpu->pcid));
		if (!at.entry)
			continue;
		at.level = l - 1;
		break;
	}
	return at;
}

/* Keep the upper entries of @levels, the lowest first. */
__attribute__((noinline)) static void keep_path(struct kernel *k, vaddr_t va,
						unsigned levels)
{
	struct path path = { .entry = { 0 } };

	descend(k, va, &path); /* as it was when it became known */
	for (; levels; levels &= levels - 1) {
		unsigned l = (unsigned)__builtin_ctz(levels);

		psc_fill(&k->cpu->upper, l, va, k->cpu->pcid, path.through[l]);
	}
}

/* One that is stale leads elsewhere; one that takes rights away is rare. */
static inline bool is_quick(const struct psc_entry *entry)
{
	return entry->stale_since == MMU_NOT_STALE &&
	       !(entry->through & ~TARGET_PAGE);
}

/* As upper_begin() and upper_keep() do it, for a walk to a leaf whose table is
 * known, by a path that takes nothing away.  False: nothing was changed. */
__attribute__((noinline)) static bool
walk_below(struct kernel *k, vaddr_t va, const struct known_table *known)
{
	struct beginning at = find_beginning(k, va);
	unsigned read = k->upper_levels & ~(~0u << (at.level + 1));

	if (known->taken || (at.entry && !is_quick(at.entry)))
		return false;
	k->loads_saved += k->cpu->paging.levels - at.level;
	if (at.entry) {
		psc_touch(at.psc, at.entry);
		k->psc_hits++;
	}
	if (read == 1u << 2)
		psc_fill(&k->cpu->upper, 2, va, k->cpu->pcid,
			 (paddr_t)(known->host - k->memory));
	else if (read)
		keep_path(k, va, read);
	return true;
}

/* ---- the leaf ------------------------------------------------------------ */

/* The leaf's value as a translation. */
static always_inline uint64_t target_of(uint64_t value, uint64_t taken)
{
	uint64_t target = taken | (~value & (PTE_RW | PTE_US)) |
			  (value & (PTE_XD | PTE_FRAME));
	unsigned key = value >> PTE_KEY_SHIFT & 15;

	if (target & TARGET_SUPERVISOR)
		return target;
	if (unlikely(key))
		return target | TARGET_USER | target_of_key(key);
	return target | TARGET_USER | target_of_key(0);
}

/* Set A, and D for a write, in the leaf; its value. */
static always_inline uint64_t set_leaf(struct kernel *k,
				       const struct lane *lane,
				       unsigned char *at, uint64_t value)
{
	uint64_t missing = lane->set_leaf & ~value;

	if (!missing)
		return value;
	value |= missing;
	memcpy(at, &value, sizeof(value));
	k->a_set += (missing & PTE_A) != 0;
	k->d_set += (missing & PTE_D) != 0;
	return value;
}

/* May this leaf be what an access finds?  Neither absent nor wrong, and not
 * global where that replaces several.  From now on both keys are looked for. */
__attribute__((noinline)) static bool
is_global_leaf(struct kernel *k, const struct lane *lane, uint64_t value)
{
	if ((value & (PTE_P | k->reserved)) != PTE_P || k->global_apart)
		return false;
	k->globals = true;
	lane->l1->has_globals = true;
	if (lane->l2)
		lane->l2->has_globals = true;
	return true;
}

/* As walk_tables() does it.  False: nothing was changed, it has to. */
static always_inline bool walk(struct kernel *k, const struct lane *lane,
			       vaddr_t va, struct translation *what,
			       bool *global)
{
	struct known_table *known = known_at(k, va);
	unsigned char *at;
	uint64_t value;

	if (unlikely(known->as != known_as(k, va)) && !learn(k, va, known))
		return false;
	at = known->host + leaf_offset(va);
	memcpy(&value, at, sizeof(value));
	what->target = target_of(value, known->taken);
	if (unlikely(what->target & lane->denied_by))
		return false;
	*global = (value & (PTE_P | k->reserved | k->global)) != PTE_P;
	if (unlikely(*global) && !is_global_leaf(k, lane, value))
		return false;
	if (k->upper_levels && !walk_below(k, va, known))
		return false;
	value = set_leaf(k, lane, at, value);
	what->target |= ~value & TARGET_CLEAN;
	what->stale_since = MMU_NOT_STALE;
	what->entry = (paddr_t)(at - k->memory);
	footprint_mark(&k->mmu->footprints, what->entry);
	leave_at_frame(k, what->target & TARGET_PAGE, va);
	k->walked++;
	return true;
}

#endif /* MMU_KERNEL_WALK_H */
