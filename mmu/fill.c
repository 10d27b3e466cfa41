/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fill.c - a translation goes into the TLBs.
 *
 * Both levels get what a walk found.  What level 1 evicts is not put into level
 * 2, and what level 2 evicts stays in level 1 (measured on Intel: TLB;DR,
 * USENIX Security 2022).  A level that smashes 1G pages gets the 2M piece that
 * was asked for, and passes it on as that.
 *
 * Rule:
 *  (1) Nothing is cached before A is set in every entry used, but where a quirk
 *      of the machine breaks that: mmu/quirks.c.
 *
 * Sources: SDM vol. 3A, "Caching Translation Information"; APM vol. 2,
 * "Translation-Lookaside Buffer (TLB)".
 */
#include "config.h"

#include <assert.h>

#include "mmu/cpu.h"

/*
 * Where @tag goes: into the bank that has it already, or else one with room
 * for it, or else the one that the parity of its page number names, so that
 * every set of both has its share whatever the stride.  No source says what
 * Intel does.  NULL if no cache serves the size.
 */
static struct tlb *choose_bank(const struct route *route, uint64_t tag)
{
	struct tlb *first = NULL, *second = NULL;

	static_assert(MMU_BANKS == 2, "there is no third bank");
	for (unsigned i = route->count; i-- > 0;)
		if (route->at[i].size == tag_size(tag)) {
			second = first;
			first = route->at[i].tlb;
		}
	if (!second || tlb_has(first, tag))
		return first;
	if (tlb_has(second, tag))
		return second;
	if (tlb_has_room(first, tag))
		return first;
	if (tlb_has_room(second, tag))
		return second;
	return __builtin_parityll(tag & TAG_PAGE) ? second : first;
}

void cpu_fill_level(struct mmu_cpu *cpu, unsigned level, enum mmu_access access,
		    uint64_t tag, const struct translation *what)
{
	struct tlb *tlb = choose_bank(&cpu->route[level][access], tag);

	if (!tlb)
		return;
	cpu->count.evictions += tlb_fill(tlb, tag, what);
	cpu->count.fills++;
}

/* What is about to be cached. */
struct filling {
	uint64_t tag;
	struct translation what;
};

/* The 2M piece of a 1G translation that serves @va. */
static struct filling piece_of(const struct filling *whole, vaddr_t va)
{
	struct filling piece = *whole;

	piece.tag = tag_make(va, MMU_2M, whole->tag & TAG_PCID,
			     whole->tag & TAG_GLOBAL);
	piece.what.target |= TARGET_PIECE | (va & page_offset_mask(MMU_1G) &
					     ~page_offset_mask(MMU_2M));
	return piece;
}

static void note_filling(struct mmu *mmu, struct mmu_cpu *cpu,
			 const struct walk *walk, struct filling *filling,
			 uint64_t upper_stale_since)
{
	if (walk->top < cpu->paging.levels || mmu->steps)
		stale_note_fill_below(mmu, cpu, filling->tag, walk,
				      &filling->what, upper_stale_since);
	else if (cpu->nr_tlbs)
		stale_note_fill(mmu, cpu, filling->tag, walk);
}

uint64_t cpu_cache(struct mmu *mmu, struct mmu_cpu *cpu, vaddr_t va,
		   enum mmu_access access, const struct walk *walk,
		   uint64_t upper_stale_since)
{
	struct filling whole = {
		.tag = tag_make(va, walk->size, cpu->pcid, walk->global),
		.what = { .target = walk->target,
			  .entry = walk->entry[walk->level],
			  .stale_since = MMU_NOT_STALE },
	};
	struct filling piece;
	bool smash = cpu->smashes_1g && walk->size == MMU_1G;

	assert((walk->value & PTE_A) || mmu->profile.quirks); /* (1) */
	if (walk->pieces_of > cpu->pieces_of)
		cpu->pieces_of = walk->pieces_of;
	if (smash) {
		piece = piece_of(&whole, va);
		note_filling(mmu, cpu, walk, &piece, upper_stale_since);
		cpu->smashed = true;
	}
	note_filling(mmu, cpu, walk, &whole, upper_stale_since);
	for (unsigned level = MMU_LEVELS; level-- > 0;) {
		const struct route *route = &cpu->route[level][access];
		const struct filling *filling = smash && route->smashes_1g
							? &piece
							: &whole;

		cpu_fill_level(cpu, level, access, filling->tag,
			       &filling->what);
	}
	return whole.what.stale_since;
}
