/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * look.c - see what an MMU would read and what it holds, changing nothing.
 */
#include "config.h"

#include "mmu/look.h"

#include <assert.h>
#include <string.h>

#include "mmu/cursor.h"
static enum mmu_path_end end_of(const struct walk *walk)
{
	switch (walk->end) {
	case WALK_NOT_PRESENT:
		return MMU_PATH_ABSENT;
	case WALK_RESERVED:
		return MMU_PATH_RESERVED;
	case WALK_NESTED:
		return MMU_PATH_NESTED;
	case WALK_FOUND:
	case WALK_DENIED:
		break;
	}
	return MMU_PATH_PAGE;
}

static void note_page(struct mmu_path *path, const struct walk *walk,
		      vaddr_t va)
{
	path->size = walk->size;
	path->global = walk->global;
	path->paddr = (walk->target & TARGET_PAGE) |
		      (va & page_offset_mask(walk->size));
	path->writable = !(walk->target & TARGET_READONLY);
	path->user = !(walk->target & TARGET_SUPERVISOR);
	path->executable = !(walk->target & TARGET_XD);
}

void mmu_look(const struct mmu *mmu, unsigned number, vaddr_t va,
	      struct mmu_path *path)
{
	const struct paging *paging = &mmu->cpu[number].paging;
	struct walk walk;

	assert(number < mmu->cpus);
	memset(path, 0, sizeof(*path));
	path->end = MMU_PATH_NONE;
	if (!paging->levels || !is_canonical(paging, va))
		return;
	walk_look(paging, paging->root, va, &walk);
	path->end = end_of(&walk);
	path->top = walk.top;
	path->level = walk.level;
	/* An entry that the host does not map was not read. */
	if (walk.end == WALK_NESTED && !walk.entry[walk.level])
		path->level++;
	for (unsigned level = path->level; level <= walk.top; level++) {
		path->entry[level] = walk.entry[level];
		path->value[level] = paging_load(paging, walk.entry[level]);
	}
	if (path->end == MMU_PATH_PAGE)
		note_page(path, &walk, va);
}

static struct mmu_cached of_translation(const struct cursor *at)
{
	const struct tlb *tlb = &at->cpu->tlb[at->nr];
	struct translation what = tlb_translation(tlb, at->at);
	uint64_t tag = cursor_tag(at);

	return (struct mmu_cached){
		.cache = at->nr,
		.va = tag_va(tag),
		.pcid = tag & TAG_PCID,
		.global = tag & TAG_GLOBAL,
		.size = tag_size(tag),
		.paddr = what.target & TARGET_PAGE,
		.entry = what.entry,
		.writable = !(what.target & TARGET_READONLY),
		.user = !(what.target & TARGET_SUPERVISOR),
		.executable = !(what.target & TARGET_XD),
		.dirty = !(what.target & TARGET_CLEAN),
		.stale_since = what.stale_since,
	};
}

static struct mmu_cached of_upper(const struct psc_entry *entry)
{
	return (struct mmu_cached){
		.cache = MMU_CACHE_OF_LEVEL(psc_level(entry)),
		.va = psc_va(entry),
		.pcid = psc_pcid(entry),
		.paddr = entry->through & TARGET_PAGE,
		.writable = !(entry->through & TARGET_READONLY),
		.user = !(entry->through & TARGET_SUPERVISOR),
		.executable = !(entry->through & TARGET_XD),
		.stale_since = entry->stale_since,
	};
}

void mmu_each_cached(const struct mmu *mmu, unsigned number,
		     void (*visit)(void *data, const struct mmu_cached *what),
		     void *data)
{
	const struct mmu_cpu *cpu = &mmu->cpu[number];
	struct cursor at = cursor_at(cpu, SEVERAL_PLACES);
	struct mmu_cached what;

	assert(number < mmu->cpus);
	while (cursor_next(&at)) {
		what = of_translation(&at);
		visit(data, &what);
	}
	for (unsigned level = PSC_FIRST_LEVEL; level <= WALK_LEVELS; level++)
		for (size_t i = 0; i < cpu->upper.cache[level].count; i++) {
			what = of_upper(&cpu->upper.cache[level].entry[i]);
			visit(data, &what);
		}
}
