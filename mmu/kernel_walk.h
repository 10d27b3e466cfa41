/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel_walk.h - a walk that changes nothing but A and D of the last entry,
 * for mmu/kernel.c, and the footprints that its fills leave.
 */
#ifndef MMU_KERNEL_WALK_H
#define MMU_KERNEL_WALK_H

#include "mmu/kernel_set.h"

/* ---- footprints ---------------------------------------------------------- */

static inline void leave_at_frames(struct kernel *k)
{
	for (unsigned i = 0; i < k->nr_notes; i++)
		footprint_leave_at_frame(&k->mmu->footprints, k->note[i].frame,
					 cpu_bit(k->cpu), k->note[i].place);
	k->nr_notes = 0;
}

static always_inline void leave_at_frame(struct kernel *k, paddr_t frame,
					 uint64_t place)
{
	if (frame >= k->bytes)
		return;
	__builtin_prefetch(&k->mmu->footprints.of_frame[frame / 4096], 1);
	if (k->nr_notes == KERNEL_NOTES)
		leave_at_frames(k);
	k->note[k->nr_notes].frame = frame;
	k->note[k->nr_notes].place = place;
	k->nr_notes++;
}

/* ---- page tables --------------------------------------------------------- */

static always_inline uint64_t load(const struct kernel *k, paddr_t at)
{
	uint64_t value;

	memcpy(&value, k->memory + at, sizeof(value));
	return value;
}

static always_inline void store(const struct kernel *k, paddr_t at,
				uint64_t value)
{
	memcpy(k->memory + at, &value, sizeof(value));
}

static always_inline paddr_t entry_of(paddr_t table, vaddr_t va, unsigned shift)
{
	return table + (va >> shift & 511) * 8;
}

/*
 * The table of the leaf of an address, found once and remembered for the rest
 * of the call, in which nobody but this CPU changes anything, and it only sets
 * A and D: then A is set in all entries above, they take no rights away, and
 * the footprints there are left.
 */
static always_inline uint64_t known_as(const struct kernel *k, vaddr_t va)
{
	return va >> 21 << KERNEL_CALL_BITS | k->call;
}

static always_inline size_t known_at(vaddr_t va)
{
	return va >> 21 & (KERNEL_TABLES - 1);
}

/* What is remembered from other calls is good enough for this. */
static always_inline void fetch_ahead(const struct kernel *k, vaddr_t va)
{
	uint64_t table = k->cpu->known.table[known_at(va)];

	__builtin_prefetch(k->memory + entry_of(table * 4096, va, 12), 1);
}

/* What the entries above the leaf say. */
struct path {
	paddr_t entry[WALK_LEVELS + 1];
	uint64_t taken; /* TARGET_ bits */
};

/* Down to the leaf's table; false unless every entry leads to a table and has
 * A set. */
static inline bool descend(const struct kernel *k, vaddr_t va,
			   struct path *path)
{
	const struct paging *paging = &k->cpu->paging;
	paddr_t table = paging->root;
	uint64_t all = ~0ull, any = 0;

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
		all &= value;
		any |= value;
	}
	path->entry[1] = entry_of(table, va, 12);
	path->taken = (~all & (PTE_RW | PTE_US)) | (any & PTE_XD);
	return true;
}

static inline void leave_on_path(struct kernel *k, vaddr_t va,
				 const struct path *path)
{
	struct footprints *prints = &k->mmu->footprints;
	uint64_t region = TAG_VALID | (va & TAG_PAGE & ~(511ull << 12));

	footprint_leave(prints, path->entry[1], cpu_bit(k->cpu), region);
	for (unsigned l = k->cpu->paging.levels; l > 1; l--)
		footprint_leave(prints, path->entry[l], cpu_bit(k->cpu),
				SEVERAL_PLACES);
}

/* The leaf's value as a translation; 0: it is none, or denies the access. */
static always_inline uint64_t target_of(const struct kernel *k,
					const struct lane *lane, uint64_t value,
					uint64_t taken)
{
	uint64_t target = taken | (~value & (PTE_RW | PTE_US)) |
			  (value & PTE_XD) | (value & PTE_FRAME);

	if ((value & (PTE_P | k->reserved)) != PTE_P)
		return 0;
	if (!(target & TARGET_SUPERVISOR))
		target |= TARGET_USER |
			  target_of_key(value >> PTE_KEY_SHIFT & 15);
	return target & lane->denied_by ? 0 : target;
}

/* As walk_tables() does it.  False: nothing was changed, it has to. */
static always_inline bool walk(struct kernel *k, const struct lane *lane,
			       vaddr_t va, struct translation *what,
			       bool *global)
{
	struct known_tables *known = &k->cpu->known;
	size_t at = known_at(va);
	struct path path = { .taken = 0 };
	uint64_t value, missing;
	bool is_known = known->as[at] == known_as(k, va);

	if (is_known)
		path.entry[1] = entry_of(known->table[at] * 4096ull, va, 12);
	else if (!descend(k, va, &path))
		return false;
	value = load(k, path.entry[1]);
	what->target = target_of(k, lane, value, path.taken);
	*global = value & k->global;
	if (!what->target || (*global && k->global_apart))
		return false;
	missing = lane->set_leaf & ~value;
	if (missing) {
		value |= missing;
		store(k, path.entry[1], value);
		k->a_set += (missing & PTE_A) != 0;
		k->d_set += (missing & PTE_D) != 0;
	}
	what->target |= ~value & TARGET_CLEAN;
	what->entry = path.entry[1];
	what->stale_since = MMU_NOT_STALE;
	if (is_known) {
		footprint_mark(&k->mmu->footprints, path.entry[1]);
	} else {
		leave_on_path(k, va, &path);
		known->table[at] = (uint32_t)(path.entry[1] / 4096);
		known->as[at] = path.taken ? 0 : known_as(k, va);
	}
	return true;
}

#endif /* MMU_KERNEL_WALK_H */
