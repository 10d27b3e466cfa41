/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * access.c - one access: caches first, then a walk.
 *
 *   level 1 --miss--> level 2 --miss--> walk --> fill both levels
 *      |                 |               |
 *      v                 v               v
 *     hit        hit, fill level 1     fault: drop the page first
 *
 * A level 1 hit does not touch level 2 (measured on Intel: TLB;DR, USENIX
 * Security 2022).
 *
 * Rules:
 *  (1) An entry that denies the access is dropped and walked again, so that
 *      no fault comes from stale state.
 *  (2) A write through an entry with D=0 walks again and sets D first.
 *
 * Sources: SDM vol. 3A, "Caching Translation Information", "Accessed and
 * Dirty Flags", "Operations that Invalidate TLBs and Paging-Structure
 * Caches"; APM vol. 2, "Translation-Lookaside Buffer (TLB)".
 */
#include "config.h"

#include <assert.h>

#include "mmu/cost.h"
#include "mmu/cpu.h"

/* One access on its way. */
struct reference {
	vaddr_t va;
	enum mmu_access access;
	enum mmu_privilege privilege;
};

static paddr_t paddr_of(uint64_t target, uint64_t tag, vaddr_t va)
{
	return (target & TARGET_PAGE) | (va & page_offset_mask(tag_size(tag)));
}

/* A way found by a lookup. */
struct found {
	struct tlb *tlb;
	size_t slot;
	uint64_t key;
};

static inline bool find(const struct mmu_cpu *cpu, const struct route *route,
			vaddr_t va, struct found *found)
{
	for (unsigned i = 0; i < route->count; i++) {
		struct tlb *tlb = route->at[i].tlb;
		enum mmu_page_size size = route->at[i].size;

		if (!tlb->held[size])
			continue;
		found->key = tag_make(va, size, cpu->pcid, false);
		found->slot = tlb_lookup(tlb, found->key);
		found->tlb = tlb;
		if (found->slot != TLB_NOWHERE)
			return true;
	}
	return false;
}

/* ---- slow: not in level 1, or something is in the way -------------------- */

static void account(struct mmu *mmu, struct mmu_cpu *cpu,
		    const struct mmu_work *work, struct mmu_result *result)
{
	result->served = work->served;
	result->cycles = cost_of_access(&mmu->profile.cost, work);
	/* Of level 1 hits only the number is kept. */
	if (work->served != MMU_BY_L1)
		cpu->count.translate_cycles += result->cycles;
	cpu->count.walk_cycles += cost_of_walk(&mmu->profile.cost, work);
}

static struct mmu_result serve(struct mmu *mmu, struct mmu_cpu *cpu,
			       const struct reference *ref, unsigned level,
			       const struct found *found)
{
	struct translation what = tlb_translation(found->tlb, found->slot);
	uint64_t tag = found->tlb->tags[found->slot];
	struct mmu_work work = { .served = level ? MMU_BY_L2 : MMU_BY_L1 };
	struct mmu_result result = {
		.end = MMU_OK,
		.paddr = paddr_of(what.target, tag, ref->va),
		.entry = what.entry,
		.stale_since = what.stale_since,
	};

	tlb_touch(found->tlb, tag, found->slot);
	if (level == 0) {
		cpu->count.l1_hits++;
	} else {
		cpu->count.l2_hits++;
		cpu_fill_level(cpu, 0, ref->access, tag, &what);
	}
	cpu->count.stale_uses += what.stale_since != MMU_NOT_STALE;
	account(mmu, cpu, &work, &result);
	return result;
}

/* A VM exit.  An EPT violation invalidates like a page fault (SDM vol. 3C,
 * "Operations that Invalidate Cached Mappings"). */
static void leave_guest(const struct nested_answer *answer,
			struct mmu_result *result)
{
	result->end = answer->end == NESTED_MISCONFIGURED
			      ? MMU_NESTED_MISCONFIGURED
			      : MMU_NESTED_FAULT;
	result->gpa = answer->gpa;
	result->qualification = answer->why;
}

static void fault(struct mmu_cpu *cpu, const struct reference *ref,
		  const struct walk *walk, struct mmu_result *result)
{
	static const uint32_t cause[] = {
		[WALK_NOT_PRESENT] = 0,
		[WALK_RESERVED] = PF_P | PF_RSVD,
		[WALK_DENIED] = PF_P,
	};
	uint64_t denied_by = cpu->denied_by[ref->privilege][ref->access];

	cpu_drop_page(cpu, ref->va); /* (1) */
	if (walk->end == WALK_NESTED) {
		leave_guest(&walk->nested, result);
		return;
	}
	cpu->count.faults++;
	result->end = MMU_PAGE_FAULT;
	result->error_code = cause[walk->end] |
			     cpu->error_code[ref->privilege][ref->access];
	if (walk->end == WALK_DENIED &&
	    (walk->target & denied_by & TARGET_KEYS))
		result->error_code |= PF_PK;
}

static void note_work(struct mmu_cpu *cpu, const struct walk *walk,
		      struct mmu_work *work)
{
	work->loads += walk->loads;
	work->a_set += walk->a_set;
	work->d_set += walk->d_set;
	cpu->count.walk_loads += walk->loads;
	cpu->count.a_set += walk->a_set;
	cpu->count.d_set += walk->d_set;
}

/* From a cached upper entry if there is one, from the root if there is none or
 * the walk would end in a fault (1): those on the path are dropped first.
 * Since when the upper entry is stale. */
static uint64_t walk_from_cached(struct mmu *mmu, struct mmu_cpu *cpu,
				 struct walk_request *request,
				 struct walk *walk, struct mmu_work *work)
{
	uint64_t stale_since = upper_begin(cpu, request);

	walk_tables(&cpu->paging, request, walk);
	note_work(cpu, walk, work);
	if (request->below && walk->end != WALK_FOUND) {
		cpu_drop_path(cpu, request->va);
		request->below = 0;
		stale_since = MMU_NOT_STALE;
		walk_tables(&cpu->paging, request, walk);
		note_work(cpu, walk, work);
	}
	cpu->count.psc_hits += request->below != 0;
	if (mmu->steps && stale_since == MMU_NOT_STALE)
		stale_since = mmu->last_stamp; /* if so, since some step */
	if (walk->end == WALK_FOUND)
		upper_keep(mmu, cpu, request->va, walk, stale_since);
	return stale_since;
}

static struct mmu_result walk(struct mmu *mmu, struct mmu_cpu *cpu,
			      const struct reference *ref)
{
	struct walk_request request = {
		.va = ref->va,
		.root = cpu->paging.root,
		.wants = 1u << ref->access,
		.denied_by = cpu->denied_by[ref->privilege][ref->access],
		.set_upper = PTE_A,
		.set_leaf = ref->access == MMU_WRITE ? PTE_A | PTE_D : PTE_A,
		.steps = mmu->steps,
		.cpu = cpu->number,
	};
	struct mmu_result result = { .end = MMU_OK,
				     .stale_since = MMU_NOT_STALE };
	struct mmu_work work = { .served = MMU_BY_WALK };
	uint64_t stale_since;
	struct walk done;

	if (has_quirks(mmu, cpu))
		quirk_before_walk(mmu, cpu, &request);
	stale_since = walk_from_cached(mmu, cpu, &request, &done, &work);
	if (has_quirks(mmu, cpu))
		quirk_after_walk(mmu, cpu, ref->access, &done);
	work.page_fault = done.end != WALK_FOUND && done.end != WALK_NESTED;
	cpu->count.walks++;
	result.entry = done.entry[done.level];
	if (done.end == WALK_FOUND) {
		walk_step(&request, &done, MMU_STEP_FILL);
		result.paddr = (done.target & TARGET_PAGE) |
			       (ref->va & page_offset_mask(done.size));
		result.stale_since = cpu_cache(mmu, cpu, ref->va, ref->access,
					       &done, stale_since);
		cpu->count.stale_uses += result.stale_since != MMU_NOT_STALE;
		if (has_quirks(mmu, cpu))
			speculate_after(mmu, cpu, &request, ref->access, &done);
	} else {
		fault(cpu, ref, &done, &result);
	}
	account(mmu, cpu, &work, &result);
	return result;
}

/* CR0.PG is clear: a linear address is a physical one, in a guest a
 * guest-physical one, which is translated anew each time. */
static struct mmu_result without_paging(const struct mmu *mmu,
					const struct mmu_cpu *cpu,
					const struct reference *ref)
{
	struct nested_request request = { .gpa = ref->va,
					  .wants = 1u << ref->access };
	struct nested_answer answer = { .paddr = ref->va };
	struct mmu_work work = { .served = MMU_BY_L1 };
	struct mmu_result result = { .stale_since = MMU_NOT_STALE };

	if (cpu->paging.nested) {
		nested_translate(cpu->paging.nested, &request, &answer);
		work = (struct mmu_work){ MMU_BY_WALK, false, answer.loads,
					  answer.a_set, answer.d_set };
	}
	result.served = work.served;
	result.cycles = cost_of_access(&mmu->profile.cost, &work);
	result.paddr = answer.paddr;
	if (answer.end != NESTED_OK)
		leave_guest(&answer, &result);
	return result;
}

static struct mmu_result machine_check(struct mmu_cpu *cpu)
{
	cpu->count.l1_hits++;
	cpu->count.machine_checks++;
	return (struct mmu_result){ .end = MMU_MACHINE_CHECK,
				    .served = MMU_BY_L1,
				    .stale_since = MMU_NOT_STALE };
}

static void count_clean(struct mmu_cpu *cpu, unsigned level)
{
	if (level)
		cpu->count.l2_clean++;
	else
		cpu->count.l1_clean++;
}

/* It is not in the levels before @level. */
static struct mmu_result access_slow(struct mmu *mmu, struct mmu_cpu *cpu,
				     const struct reference *ref,
				     unsigned level)
{
	if (!cpu->paging.levels)
		return without_paging(mmu, cpu, ref);
	if (has_quirks(mmu, cpu) &&
	    quirk_hits_twice(mmu, cpu, ref->va, ref->access))
		return machine_check(cpu);
	for (; level < MMU_LEVELS; level++) {
		struct found found;
		uint64_t trouble;

		if (!find(cpu, &cpu->route[level][ref->access], ref->va,
			  &found))
			continue;
		trouble = found.tlb->payload[found.slot].target &
			  cpu->trouble[ref->privilege][ref->access];
		if (!(trouble & ~TARGET_STALE))
			return serve(mmu, cpu, ref, level, &found);
		if (trouble & cpu->denied_by[ref->privilege][ref->access])
			cpu_drop_page(cpu, ref->va); /* (1) */
		else
			count_clean(cpu, level);
		break; /* (2) */
	}
	return walk(mmu, cpu, ref);
}

/* ---- fast: a level 1 hit with nothing in the way ---------------------- */

struct mmu_result mmu_access(struct mmu *mmu, unsigned number, vaddr_t va,
			     enum mmu_access access,
			     enum mmu_privilege privilege)
{
	struct mmu_cpu *cpu = &mmu->cpu[number];
	struct reference ref = { va, access, privilege };
	const struct tlb_payload *what;
	struct found found;

	assert(number < mmu->cpus);
	if (!is_canonical(&cpu->paging, va))
		return (struct mmu_result){ .end = MMU_GENERAL_PROTECTION,
					    .stale_since = MMU_NOT_STALE };
	if (!find(cpu, &cpu->route[0][access], va, &found))
		return access_slow(mmu, cpu, &ref, 1);
	what = &found.tlb->payload[found.slot];
	if (what->target & cpu->slow[privilege][access])
		return access_slow(mmu, cpu, &ref, 0);
	tlb_touch(found.tlb, found.key, found.slot);
	cpu->count.l1_hits++;
	return (struct mmu_result){
		.end = MMU_OK,
		.served = MMU_BY_L1,
		.cycles = mmu->profile.cost.l1_hit,
		.paddr = paddr_of(what->target, found.key, va),
		.entry = what->entry,
		.stale_since = MMU_NOT_STALE,
	};
}

/* ---- the same again ------------------------------------------------------ */

/* After a level 1 hit as good as @result a next one changes nothing but what
 * counts them: the way that it used is the newest of its set already. */
static bool goes_on(const struct mmu *mmu, const struct mmu_cpu *cpu,
		    const struct mmu_result *result)
{
	return result->served == MMU_BY_L1 && cpu->paging.levels &&
	       mmu->batching != MMU_ONE_BY_ONE;
}

size_t mmu_access_same(struct mmu *mmu, unsigned number, uint64_t ref,
		       size_t count, enum mmu_privilege privilege,
		       struct mmu_result *last)
{
	enum mmu_access access = (enum mmu_access)(ref & MMU_REF_ACCESS);
	struct mmu_cpu *cpu = &mmu->cpu[number];

	assert(access < MMU_ACCESSES && count);
	for (size_t done = 1;; done++) {
		*last = mmu_access(mmu, number, ref & ~MMU_REF_ACCESS, access,
				   privilege);
		if (done == count || last->end != MMU_OK ||
		    last->stale_since != MMU_NOT_STALE)
			return done;
		if (goes_on(mmu, cpu, last)) {
			cpu->count.l1_hits += count - done;
			return count;
		}
	}
}
