/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * policy_oracle.c - flush only the CPUs that hold what went away.
 *
 *   entries of the batch --> who holds a translation? --> nobody: no flush
 *                                                    `--> those CPUs: flush
 *
 * The bound that nobody can beat: a batch that it flushes left a translation
 * somewhere, so any sound policy must invalidate something for that batch,
 * and interrupt at least these CPUs.  What is between this and another
 * policy is what better knowledge could still save.  It is a bound on flushes
 * and on interrupts; the flush itself is a full one, so in cycles a policy
 * that drops single pages may come out lower.
 *
 * It asks what only a directory of all TLBs can answer, which processors do
 * not have; see machine_slot_holders().  A means nothing here: entries are
 * made with A and D set, as upstream does, which saves the walk the update.
 *
 * The answer is that of the moment after the last entry of the batch was
 * zapped.  Later nobody can fill from there, since the entries are absent; a
 * guest that puts something else into one does not bring the frame back, as
 * the frame is compared too.
 *
 * Source: "DiDi: Mitigating the Performance Impact of TLB Shootdowns Using a
 * Shared TLB Directory", Villavieja et al., PACT 2011 (abstract): software
 * approximates the set of TLBs caching a mapping; a directory knows it.
 */
#include "gnttab/flush.h"

static bool evict(struct cpu *cpu, const struct grant_table *mapper,
		  const struct gnttab_batch *b)
{
	cpumask_t mask = 0;

	(void)mapper;
	for (unsigned i = 0; i < b->n; i++)
		mask |= machine_slot_holders(cpu, b->zap[i].slot,
					     b->zap[i].mfn);
	if (!mask)
		return false;
	machine_flush_tlb(cpu, mask);
	return true;
}

const struct gnttab_policy gnttab_policy_oracle = {
	.name = "oracle",
	.summary = "flushes only CPUs that hold a translation: the bound",
	.reasoning = "asks a directory of all TLBs, which no processor has",
	.source = "of tlbsim; DiDi (Villavieja et al., PACT 2011) for a "
		  "machine that could",
	.update = GNTTAB_UPDATE_PLAIN,
	.contains_pte = GNTTAB_PTE_REAL,
	.evict = evict,
};
