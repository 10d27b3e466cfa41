/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tell_changes.c - what became of translations, for people.
 *
 * A few are told one by one, many by their number in each cache.
 */
#include "config.h"

#include <inttypes.h>

#include "sim/table.h"
#include "sim/tell.h"

#define ONE_BY_ONE 8

static const struct {
	const char *name;
	enum paint paint;
} kinds[] = {
	[CHANGE_FILLED] = { "cached", PAINT_GOOD },
	[CHANGE_UPDATED] = { "updated", PAINT_GOOD },
	[CHANGE_STALE] = { "stale now", PAINT_BAD },
	[CHANGE_DROPPED] = { "dropped", PAINT_NONE },
};

/* Did something have to go for what came? */
static bool is_eviction(const struct telling *telling,
			const struct change *change)
{
	const struct step *step = telling->step;

	if (step->kind != STEP_access || change->kind != CHANGE_DROPPED)
		return false;
	for (size_t i = 0; i < telling->changes; i++)
		if (telling->change[i].kind == CHANGE_FILLED &&
		    telling->change[i].held.cpu == change->held.cpu &&
		    telling->change[i].held.what.cache ==
			    change->held.what.cache)
			return true;
	return false;
}

static const char *name_of(const struct telling *telling,
			   const struct change *change)
{
	return is_eviction(telling, change) ? "evicted"
					    : kinds[change->kind].name;
}

static void head(struct tale *tale, const char *name, enum paint paint,
		 const struct held *held)
{
	fputs("    ", tale->to);
	paint_text(tale->to, tale->color, paint, -9, name);
	fprintf(tale->to, " CPU %u, %s:", held->cpu,
		step_cache_name(tale->profile, held->what.cache).text);
}

static void tell_one(struct tale *tale, const struct telling *telling,
		     const struct change *change)
{
	const struct mmu_cached *what = &change->held.what;

	head(tale, name_of(telling, change), kinds[change->kind].paint,
	     &change->held);
	fprintf(tale->to, " 0x%" PRIx64, what->va);
	if (what->pcid)
		fprintf(tale->to, " of PCID %u", what->pcid);
	fprintf(tale->to, " -> %s0x%" PRIx64 ", %s",
		what->cache >= MMU_PROFILE_MAX_TLBS ? "table at " : "",
		what->paddr, what->writable ? "writable" : "read-only");
	if (what->cache < MMU_PROFILE_MAX_TLBS)
		fputs(what->dirty ? ", dirty" : ", clean", tale->to);
	fputs(what->global ? ", global\n" : "\n", tale->to);
}

/* How many follow @first that are alike. */
static size_t alike(const struct telling *telling, size_t first)
{
	const struct change *change = telling->change;
	size_t i = first + 1;

	while (i < telling->changes && change[i].kind == change[first].kind &&
	       change[i].held.cpu == change[first].held.cpu &&
	       change[i].held.what.cache == change[first].held.what.cache)
		i++;
	return i - first;
}

static void tell_many(struct tale *tale, const struct telling *telling,
		      size_t first, size_t count)
{
	const struct change *change = &telling->change[first];

	head(tale, name_of(telling, change), kinds[change->kind].paint,
	     &change->held);
	fprintf(tale->to, " %zu %s\n", count,
		change->held.what.cache >= MMU_PROFILE_MAX_TLBS
			? "entries"
			: "translations");
}

void tell_changes(struct tale *tale, const struct telling *telling)
{
	for (size_t i = 0, count; i < telling->changes; i += count) {
		count = alike(telling, i);
		if (count > ONE_BY_ONE) {
			tell_many(tale, telling, i, count);
			continue;
		}
		for (size_t j = i; j < i + count; j++)
			tell_one(tale, telling, &telling->change[j]);
	}
}
