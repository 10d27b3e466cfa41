/* SPDX-License-Identifier: GPL-2.0-or-later */
/* profile_tlb.c - the translation caches of a machine profile. */
#include <string.h>

#include "mmu/replace.h"
#include "sim/profile_read.h"

bool profile_read_set(const struct node *node, const char *const *names,
		      unsigned *set, struct diags *diags)
{
	unsigned bit;

	*set = 0;
	if (node->kind != NODE_SEQUENCE)
		return node_expected(node, "a list", diags);
	if (!node->first) {
		diag_error(diags, node->place, "an empty list");
		return false;
	}
	for (node = node->first; node; node = node->next) {
		if (!node_choice(node, names, &bit, diags))
			return false;
		*set |= 1u << bit;
	}
	return true;
}

static const char *const access_names[] = { "read", "write", "fetch", NULL };
static const char *const size_names[] = { "4K", "2M", "1G", NULL };
static const char *const replacement_names[] = {
	[MMU_LRU] = "lru",	     [MMU_TREE_PLRU] = "tree-plru",
	[MMU_MRU_PLRU] = "mru-plru", [MMU_RANDOM] = "random",
	[MMU_FIFO] = "fifo",	     [MMU_FIFO + 1] = NULL,
};

struct cache {
	const char *name;
	uint32_t level;
	const struct node *accesses, *sizes, *entries, *index;
	uint32_t ways, pcids, pcids_no_flush;
	unsigned policy;
	bool ways_given, policy_given, pcids_given, no_flush_given;
	bool smashes_1g;
	struct origin origin;
};

#define CACHE(field) offsetof(struct cache, field)
static const struct field cache_fields[] = {
	{ "name", FIELD_TEXT, CACHE(name), .required = true },
	{ "level", FIELD_U32, CACHE(level), .required = true, .min = 1,
	  .max = 2 },
	{ "accesses", FIELD_NODE, CACHE(accesses), .required = true },
	{ "sizes", FIELD_NODE, CACHE(sizes), .required = true },
	{ "entries", FIELD_NODE, CACHE(entries), .required = true },
	{ "ways", FIELD_U32, CACHE(ways), .min = 1, .max = MMU_TLB_MAX_WAYS,
	  .given = CACHE(ways_given) },
	{ "policy", FIELD_CHOICE, CACHE(policy), .names = replacement_names,
	  .given = CACHE(policy_given) },
	{ "index", FIELD_NODE, CACHE(index) },
	{ "smashes-1g", FIELD_BOOL, CACHE(smashes_1g) },
	{ "pcids", FIELD_U32, CACHE(pcids), .max = MMU_MAX_KNOWN_PCIDS,
	  .given = CACHE(pcids_given) },
	{ "pcids-no-flush", FIELD_U32, CACHE(pcids_no_flush),
	  .max = MMU_MAX_KNOWN_PCIDS, .given = CACHE(no_flush_given) },
	ORIGIN(cache),
	{ NULL },
};

bool profile_is_unlimited(const struct node *node)
{
	return node->kind == NODE_SCALAR &&
	       strcmp(node->text, "unlimited") == 0;
}

/* "linear", or "xor-N" where @bits are at least N. */
static bool read_index(const struct node *node, unsigned bits, unsigned *fold,
		       struct diags *diags)
{
	const char *text = node->kind == NODE_SCALAR ? node->text : "";
	char name[24];

	for (*fold = 0; *fold <= bits; ++*fold) {
		snprintf(name, sizeof(name), *fold ? "xor-%u" : "linear",
			 *fold);
		if (strcmp(text, name) == 0)
			return true;
	}
	diag_error(diags, node->place,
		   "expected linear or xor-N, N up to the %u bits of the "
		   "number of a set",
		   bits);
	return false;
}

/* Entries, ways and policy of a cache that can be full. */
static bool read_geometry(const struct cache *cache, const struct node *node,
			  struct mmu_tlb_geometry *tlb, struct diags *diags)
{
	uint64_t entries, sets;

	if (!node_u64(cache->entries, 1, MMU_TLB_MAX_ENTRIES, &entries, diags))
		return false;
	if (!cache->ways_given || !cache->policy_given) {
		diag_error(diags, node->place, "'%s' is missing",
			   cache->ways_given ? "policy" : "ways");
		return false;
	}
	sets = entries / cache->ways;
	if (sets * cache->ways != entries || (sets & (sets - 1)) != 0) {
		diag_error(diags, cache->entries->place,
			   "%u entries in %u ways do not make a power of two "
			   "of sets",
			   (unsigned)entries, cache->ways);
		return false;
	}
	if (!replace_suits((enum mmu_replacement)cache->policy, cache->ways)) {
		diag_error(diags, node->place, "%s is not for %u ways",
			   replacement_names[cache->policy], cache->ways);
		return false;
	}
	if (cache->index &&
	    !read_index(cache->index, (unsigned)__builtin_ctzll(sets),
			&tlb->fold, diags))
		return false;
	tlb->sets = (unsigned)sets;
	tlb->ways = cache->ways;
	tlb->replacement = (enum mmu_replacement)cache->policy;
	return true;
}

static bool read_unlimited(const struct cache *cache, const struct node *node,
			   struct mmu_tlb_geometry *tlb, struct diags *diags)
{
	tlb->infinite = true;
	if (!cache->ways_given && !cache->policy_given && !cache->index)
		return true;
	diag_error(diags, node->place,
		   "an unlimited cache has neither ways, index nor policy");
	return false;
}

/* What it does with 1G pages and PCIDs. */
static bool read_rules(const struct cache *cache, const struct node *node,
		       struct mmu_tlb_geometry *tlb, struct diags *diags)
{
	if (cache->smashes_1g &&
	    (tlb->sizes & (1u << MMU_2M | 1u << MMU_1G)) != 1u << MMU_2M) {
		diag_error(diags, node->place,
			   "a cache that smashes 1G pages serves 2M ones and "
			   "no 1G ones");
		return false;
	}
	if (cache->no_flush_given && !cache->pcids_given) {
		diag_error(diags, node->place,
			   "'pcids-no-flush' goes with 'pcids'");
		return false;
	}
	tlb->smashes_1g = cache->smashes_1g;
	tlb->limits_pcids = cache->pcids_given;
	tlb->pcids[false] = cache->pcids;
	tlb->pcids[true] = cache->no_flush_given ? cache->pcids_no_flush
						 : cache->pcids;
	return true;
}

/* Caches of @mmu beside @tlb, on its level, for @access to pages of @size. */
static unsigned rivals(const struct mmu_profile *mmu,
		       const struct mmu_tlb_geometry *tlb, unsigned access,
		       unsigned size)
{
	unsigned count = 0;

	if (!(tlb->accesses >> access & 1) || !(tlb->sizes >> size & 1))
		return 0;
	for (const struct mmu_tlb_geometry *t = mmu->tlb; t < tlb; t++)
		count += t->level == tlb->level &&
			 (t->accesses >> access & 1) && (t->sizes >> size & 1);
	return count;
}

/* Is there no more than one cache of level 1, or MMU_BANKS of level 2, for
 * any access? */
static bool is_askable(const struct mmu_profile *mmu,
		       const struct mmu_tlb_geometry *tlb,
		       const struct node *node, struct diags *diags)
{
	unsigned most = tlb->level == 1 ? 1 : MMU_BANKS;

	for (unsigned access = 0; access_names[access]; access++) {
		for (unsigned size = 0; size < MMU_PAGE_SIZES; size++) {
			if (rivals(mmu, tlb, access, size) < most)
				continue;
			diag_error(diags, node->place,
				   "more than %u caches of level %u for a %s "
				   "of %s",
				   most, tlb->level, access_names[access],
				   size_names[size]);
			return false;
		}
	}
	return true;
}

/* The names of the bits of @set, "read+write". */
static void join_set(char *text, size_t room, unsigned set,
		     const char *const *names)
{
	size_t used = 0;

	text[0] = '\0';
	for (unsigned bit = 0; names[bit]; bit++)
		if (set >> bit & 1)
			used += (size_t)snprintf(text + used, room - used,
						 "%s%s", used ? "+" : "",
						 names[bit]);
}

static void show_cache(struct reading *reading, const struct cache *cache,
		       const struct mmu_tlb_geometry *tlb)
{
	char value[240], geometry[64] = "unlimited", index[24] = "";
	char accesses[24], sizes[16], pcids[64] = "";

	join_set(accesses, sizeof(accesses), tlb->accesses, access_names);
	join_set(sizes, sizeof(sizes), tlb->sizes, size_names);
	if (tlb->fold)
		snprintf(index, sizeof(index), ", xor-%u", tlb->fold);
	if (tlb->limits_pcids && tlb->pcids[false] == tlb->pcids[true])
		snprintf(pcids, sizeof(pcids), ", PCIDs: %u",
			 tlb->pcids[false]);
	else if (tlb->limits_pcids)
		snprintf(pcids, sizeof(pcids), ", PCIDs: %u, no-flush %u",
			 tlb->pcids[false], tlb->pcids[true]);
	if (!tlb->infinite)
		snprintf(geometry, sizeof(geometry), "%u entries, %u ways, %s",
			 tlb->sets * tlb->ways, tlb->ways,
			 replacement_names[tlb->replacement]);
	snprintf(value, sizeof(value), "%s%s%s%s; level %u, %s, %s", geometry,
		 index, tlb->smashes_1g ? ", 1G pages smashed" : "", pcids,
		 tlb->level, accesses, sizes);
	profile_show(reading, cache->name, value, &cache->origin);
}

static void read_cache(struct reading *reading, const struct node *node)
{
	struct mmu_profile *mmu = &reading->profile->mmu;
	struct mmu_tlb_geometry *tlb = &mmu->tlb[mmu->nr_tlbs];
	struct diags *diags = reading->diags;
	struct cache cache = { NULL };

	if (!profile_read_sourced(reading, node, cache_fields, &cache,
				  &cache.origin))
		return;
	tlb->level = cache.level;
	if (!profile_read_set(cache.accesses, access_names, &tlb->accesses,
			      diags) ||
	    !profile_read_set(cache.sizes, size_names, &tlb->sizes, diags))
		return;
	if (profile_is_unlimited(cache.entries)) {
		if (!read_unlimited(&cache, node, tlb, diags))
			return;
	} else if (!read_geometry(&cache, node, tlb, diags)) {
		return;
	}
	if (!read_rules(&cache, node, tlb, diags) ||
	    !is_askable(mmu, tlb, node, diags))
		return;
	mmu->nr_tlbs++;
	show_cache(reading, &cache, tlb);
}

void profile_read_tlbs(struct reading *reading, const struct node *list)
{
	if (list->kind != NODE_SEQUENCE) {
		node_expected(list, "a list", reading->diags);
		return;
	}
	if (list->count > MMU_PROFILE_MAX_TLBS) {
		diag_error(reading->diags, list->place,
			   "more than %d translation caches",
			   MMU_PROFILE_MAX_TLBS);
		return;
	}
	reading->profile->mmu.tlbs_off = list->count == 0;
	for (const struct node *n = list->first; n; n = n->next)
		read_cache(reading, n);
}
