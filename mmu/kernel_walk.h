/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel_walk.h - a walk that changes nothing but A and D of the last entry,
 * and what the machine has cached of upper ones, for mmu/kernel.c; and the
 * footprints that its fills leave.
 */
#ifndef MMU_KERNEL_WALK_H
#define MMU_KERNEL_WALK_H

#include "mmu/kernel_set.h"

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
			prints->of_tables[path->entry[l] / 4096] |= cpu_bit(
				k->cpu);
	}
}

/* ---- cached upper entries ------------------------------------------------ */

/* One that is stale leads elsewhere; one that takes rights away is rare. */
static inline bool is_quick(const struct psc_entry *entry)
{
	return entry->stale_since == MMU_NOT_STALE &&
	       !(entry->through & ~TARGET_PAGE);
}

static always_inline uint64_t upper_tag(const struct upper *upper, vaddr_t va)
{
	return (va & upper->place) | upper->space;
}

/* Where the PDE of @va is cached; if it is not, anywhere.  False if it is, but
 * not as it would be now. */
static inline bool find_pde(const struct kernel *k, vaddr_t va, uint32_t *at)
{
	const struct psc *psc = k->pde.psc;
	const struct psc_entry *entry = psc_find(psc, upper_tag(&k->pde, va));

	*at = entry ? (uint32_t)(entry - psc->entry) : 0;
	return !entry || is_quick(entry);
}

/* Remember the table of @va's leaf.  Where upper entries are cached this is of
 * paths that take nothing away. */
__attribute__((noinline)) static bool learn(struct kernel *k, vaddr_t va,
					    struct known_table *known)
{
	struct path path = { .entry = { 0 } };
	uint64_t taken;

	if (!descend(k, va, &path))
		return false;
	taken = path.through[2] & ~TARGET_PAGE;
	if (k->upper_levels && (taken || !find_pde(k, va, &known->pde_at)))
		return false;
	leave_on_path(k, va, &path);
	known->as = known_as(k, va);
	known->higher_at = 0;
	memset(known->left, 0, sizeof(known->left));
	known->taken = taken;
	known->host = k->memory + (path.through[2] & TARGET_PAGE);
	return true;
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

/* Is the entry at @i as it was, and above? */
static always_inline bool use_upper(struct upper *upper, uint32_t i)
{
	if (!is_quick(&upper->psc->entry[i]))
		return false;
	psc_touch(upper->psc, i);
	upper->hits++;
	return true;
}

static always_inline void keep_pde(struct kernel *k, vaddr_t va,
				   struct known_table *known)
{
	known->pde_at = psc_add(k->pde.psc, upper_tag(&k->pde, va),
				(paddr_t)(known->host - k->memory));
}

/* The level of the first entry to read where no PDE is cached; 0 if what is
 * cached above is not quick. */
static inline unsigned begin_above(struct kernel *k, vaddr_t va,
				   struct known_table *known)
{
	const struct psc_entry *entry;
	uint32_t i;

	for (struct upper *upper = k->higher; upper->psc; upper++) {
		entry = psc_find(upper->psc, upper_tag(upper, va));
		if (!entry)
			continue;
		i = (uint32_t)(entry - upper->psc->entry);
		if (upper == k->higher)
			known->higher_at = i;
		return use_upper(upper, i) ? upper->level - 1 : 0;
	}
	return k->cpu->paging.levels;
}

/* As upper_begin() and upper_keep() do it, for a walk to a leaf whose table is
 * known, and whose PDE is not cached.  False: nothing was changed. */
__attribute__((noinline)) static bool
walk_from_above(struct kernel *k, vaddr_t va, struct known_table *known)
{
	unsigned first = begin_above(k, va, known), read;

	if (!first)
		return false;
	read = k->upper_levels & ~(~0u << (first + 1));
	if (read & PDES)
		keep_pde(k, va, known);
	if (read & ~PDES)
		keep_path(k, va, read & ~PDES);
	return true;
}

/* The same, mostly below the PDPTE that was found last time, where those are
 * cached, or from the root, where only PDEs are. */
__attribute__((noinline)) static bool
walk_to_table(struct kernel *k, vaddr_t va, struct known_table *known)
{
	struct upper *upper = k->higher;
	uint32_t i = known->higher_at;

	if (k->upper_levels != PDES) {
		if ((k->upper_levels & (PDES | PDPTES)) != (PDES | PDPTES) ||
		    upper->psc->entry[i].tag != upper_tag(upper, va))
			return walk_from_above(k, va, known);
		if (!use_upper(upper, i))
			return false;
	}
	keep_pde(k, va, known);
	return true;
}

/* The same, wherever it may begin: mostly below a cached PDE. */
static always_inline bool walk_above(struct kernel *k, vaddr_t va,
				     struct known_table *known)
{
	uint32_t i = known->pde_at;

	if (k->pde.psc->entry[i].tag != upper_tag(&k->pde, va))
		return walk_to_table(k, va, known);
	psc_touch(k->pde.psc, i);
	k->pde_hits++;
	return true;
}

/* ---- the leaf ------------------------------------------------------------ */

/* What the leaf's value and the path leave of rights. */
static inline uint64_t rights_of(uint64_t value, uint64_t taken)
{
	uint64_t rights = taken | (~value & (PTE_RW | PTE_US)) |
			  (value & PTE_XD);

	if (rights & TARGET_SUPERVISOR)
		return rights;
	return rights | TARGET_USER |
	       target_of_key(value >> PTE_KEY_SHIFT & 15);
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

/* Global, and that replaces one at most: from now on both keys are looked for.
 */
static bool is_global_leaf(struct kernel *k, struct lane *lane)
{
	if (k->global_apart)
		return false;
	k->globals = true;
	lane->l1->has_globals = true;
	if (lane->l2)
		lane->l2->has_globals = true;
	if (lane->bank)
		lane->bank->has_globals = true;
	return true;
}

/* May a leaf of this kind be what an access finds, neither absent nor wrong?
 * Then it is the kind of the lane. */
__attribute__((noinline)) static bool is_kind_leaf(struct kernel *k,
						   struct lane *lane,
						   uint64_t value,
						   uint64_t taken)
{
	uint64_t rights = rights_of(value, taken);
	bool global = value & k->global;

	if ((value & (PTE_P | k->reserved)) != PTE_P ||
	    (rights & lane->denied_by) || (global && !is_global_leaf(k, lane)))
		return false;
	lane->kind = (struct leaf_kind){
		.bits = value & k->kind,
		.taken = taken,
		.rights = rights,
		.global = global,
	};
	return true;
}

static always_inline bool is_alike(const struct kernel *k,
				   const struct lane *lane, uint64_t value,
				   uint64_t taken)
{
	return !(((value & k->kind) ^ lane->kind.bits) |
		 (taken ^ lane->kind.taken));
}

/* Fetch the word of @frame, and write that of some fills ago. */
static always_inline void leave_at_frame(struct kernel *k, paddr_t frame,
					 uint64_t place)
{
	struct frame_note *note = &k->note[k->noted++ % KERNEL_NOTES];

	footprint_leave_word(note->print, note->word);
	note->print = &k->of_frame[frame / 4096];
	note->word = (place & FRAME_PAGE) | k->print;
	__builtin_prefetch(note->print, 1);
}

/* Leave footprints at the leaf at @entry and at its frame, unless this call
 * has: the leaf is the same since, and nobody takes them. */
static always_inline void leave_below(struct kernel *k,
				      struct known_table *known, uint64_t key,
				      const struct tlb_payload *what)
{
	uint64_t *left = &known->left[key >> 18 & 7];
	uint64_t bit = 1ull << (key >> 12 & 63);
	paddr_t frame = what->target & TARGET_PAGE;

	if (likely(*left & bit))
		return;
	*left |= bit;
	footprint_mark(k->used, what->entry);
	if (frame < k->bytes)
		leave_at_frame(k, frame, key);
}

/* As walk_tables() does it, and the leaf is of the lane's kind then.  False:
 * nothing was changed, it has to. */
static always_inline bool walk(struct kernel *k, struct lane *lane, vaddr_t va,
			       uint64_t key, struct tlb_payload *what)
{
	struct known_table *known = known_at(k, va);
	unsigned char *at;
	uint64_t value;

	if (unlikely(known->as != known_as(k, va)) && !learn(k, va, known))
		return false;
	at = known->host + leaf_offset(va);
	memcpy(&value, at, sizeof(value));
	if (unlikely(!is_alike(k, lane, value, known->taken)) &&
	    !is_kind_leaf(k, lane, value, known->taken))
		return false;
	if (k->upper_levels && !walk_above(k, va, known))
		return false;
	value = set_leaf(k, lane, at, value);
	what->target = lane->kind.rights | (value & PTE_FRAME) |
		       (~value & TARGET_CLEAN);
	what->entry = (paddr_t)(at - k->memory);
	leave_below(k, known, key, what);
	k->walked++;
	return true;
}

#endif /* MMU_KERNEL_WALK_H */
