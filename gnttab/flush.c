/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flush.c - the decision that this program is about.
 *
 * A translation is cached only from an entry whose A bit is set, so a batch
 * of entries that were zapped with A clear needs no flush - if nobody
 * cleared A in between, hence the question of trust.
 *
 * A mapper with external paging has no such entries, and nothing is decided.
 *
 * Sources: SDM volume 3A, "Caching Translation Information";
 * avoid-gnt-unmap-tlb-flush-if-not-accessed.patch, xenserver/xen.pg.
 */
#include "gnttab/flush.h"

#include "gnttab/grant_table.h"

void flush_mapper(struct cpu *cpu, const struct grant_table *mapper)
{
	if (!mapper->who.external)
		machine_flush_tlb(cpu,
				  machine_dirty_cpus(cpu, mapper->who.machine));
}

static bool trusted(const struct grant_table *mapper)
{
	switch (mapper->rules->policy->trust) {
	case GNTTAB_TRUST_NOBODY:
		break;
	case GNTTAB_TRUST_HARDWARE_DOMAIN:
		return mapper->who.hardware;
	case GNTTAB_TRUST_ANYBODY:
		return true;
	}
	return false;
}

/* All or nothing. */
static bool evict_all(struct cpu *cpu, const struct grant_table *mapper,
		      const struct gnttab_batch *b)
{
	const struct gnttab_rules *rules = mapper->rules;

	if (!b->accessed && trusted(mapper) &&
	    !(rules->policy->not_on_amd && rules->amd))
		return false;
	flush_mapper(cpu, mapper);
	return true;
}

void flush_batch(struct cpu *cpu, struct grant_table *mapper,
		 const struct gnttab_batch *b)
{
	const struct gnttab_policy *policy = mapper->rules->policy;
	struct gnttab_counters *counters = &mapper->counters;
	bool flushed;

	if (mapper->who.external)
		return; /* see hvm.c */
	if (policy->always_flush)
		flush_mapper(cpu, mapper);
	flushed = policy->evict ? policy->evict(cpu, mapper, b)
				: evict_all(cpu, mapper, b);
	counters->batches++;
	counters->batches_flushed += flushed || policy->always_flush;
	counters->flush_done += flushed;
	counters->flush_avoided += !flushed;
}
