/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * profile.c - a machine profile from YAML.
 *
 * Every mapping that holds a number holds its source and how far to trust
 * it: a number without them rejects the file.
 */
#include <errno.h>
#include <string.h>

#include "sim/profile.h"
#include "sim/profile_find.h"
#include "sim/yaml_in.h"

static const char *const confidence_names[] = {
	"architectural", "verified",   "derived", "measured",
	"assumed",	 "unverified", NULL,
};

/* What is being read, and who wants to see it. */
struct reading {
	struct profile *profile;
	struct diags *diags;
	void (*visit)(void *data,
		      const struct profile_fact *fact); /* or NULL */
	void *data;
};

/* What every mapping with a number has. */
struct origin {
	const char *source;
	unsigned confidence;
};

#define ORIGIN(type)                                                           \
	{ "source", FIELD_TEXT, offsetof(struct type, origin.source),          \
	  .required = true },                                                  \
	{                                                                      \
		"confidence", FIELD_CHOICE,                                    \
			offsetof(struct type, origin.confidence),              \
			.required = true, .names = confidence_names            \
	}

static void show(struct reading *reading, const char *what, const char *value,
		 const struct origin *origin)
{
	struct profile_fact fact = {
		.what = what,
		.value = value,
		.source = origin->source,
		.confidence = confidence_names[origin->confidence],
	};

	if (reading->visit)
		reading->visit(reading->data, &fact);
}

/* Read a mapping by a table, and insist that its source says something. */
static bool read_sourced(struct reading *reading, const struct node *node,
			 const struct field *fields, void *into,
			 const struct origin *origin)
{
	if (!node_read(node, fields, into, reading->diags))
		return false;
	if (origin->source[0])
		return true;
	diag_error(reading->diags, node->place, "'source' is empty");
	return false;
}

/* Set bits for the names in the list @node. */
static bool read_set(const struct node *node, const char *const *names,
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

/* ---- widths and features --------------------------------------------- */

struct width {
	uint32_t bits;
	struct origin origin;
};

static void read_width(struct reading *reading, const struct node *node)
{
	static const struct field fields[] = {
		{ "bits", FIELD_U32, offsetof(struct width, bits),
		  .required = true, .min = 36, .max = 52 },
		ORIGIN(width),
		{ NULL },
	};
	struct width width;
	char value[32];

	if (!read_sourced(reading, node, fields, &width, &width.origin))
		return;
	reading->profile->mmu.maxphyaddr = width.bits;
	snprintf(value, sizeof(value), "%u bits", width.bits);
	show(reading, "maxphyaddr", value, &width.origin);
}

/* What is not named in a file is not there. */
static const struct {
	const char *name;
	size_t offset;
	bool required;
} features[] = {
	{ "page-1g", offsetof(struct mmu_profile, page_1g), true },
	{ "pcid", offsetof(struct mmu_profile, pcid), true },
	{ "invpcid", offsetof(struct mmu_profile, invpcid), false },
	{ "smep", offsetof(struct mmu_profile, smep), false },
	{ "smap", offsetof(struct mmu_profile, smap), false },
	{ "pku", offsetof(struct mmu_profile, pku), false },
	{ "la57", offsetof(struct mmu_profile, la57), false },
	{ "invlpgb", offsetof(struct mmu_profile, invlpgb), false },
};

#define FEATURES (sizeof(features) / sizeof(features[0]))

struct given_features {
	bool has[FEATURES], given[FEATURES];
	struct origin origin;
};

static void set_feature(struct reading *reading,
			const struct given_features *from, size_t which)
{
	char *base = (char *)&reading->profile->mmu;

	if (!from->given[which])
		return;
	*(bool *)(base + features[which].offset) = from->has[which];
	show(reading, features[which].name, from->has[which] ? "yes" : "no",
	     &from->origin);
}

static void read_features(struct reading *reading, const struct node *node)
{
	static const struct field origin[] = { ORIGIN(given_features) };
	struct field fields[FEATURES + 3] = { { NULL } };
	struct given_features from = { 0 };

	for (size_t i = 0; i < FEATURES; i++)
		fields[i] = (struct field){
			.name = features[i].name,
			.type = FIELD_BOOL,
			.offset = offsetof(struct given_features, has) + i,
			.given = offsetof(struct given_features, given) + i,
			.required = features[i].required,
		};
	fields[FEATURES] = origin[0];
	fields[FEATURES + 1] = origin[1];
	if (!read_sourced(reading, node, fields, &from, &from.origin))
		return;
	for (size_t i = 0; i < FEATURES; i++)
		set_feature(reading, &from, i);
}

/* ---- translation caches ---------------------------------------------- */

static const char *const access_names[] = { "read", "write", "fetch", NULL };
static const char *const size_names[] = { "4K", "2M", "1G", NULL };
static const char *const replacement_names[] = { "lru", "tree-plru", NULL };

struct cache {
	const char *name;
	uint32_t level;
	const struct node *accesses, *sizes, *entries;
	uint32_t ways;
	unsigned policy;
	bool ways_given, policy_given;
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
	ORIGIN(cache),
	{ NULL },
};

static bool is_unlimited(const struct node *node)
{
	return node->kind == NODE_SCALAR &&
	       strcmp(node->text, "unlimited") == 0;
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
	tlb->sets = (unsigned)sets;
	tlb->ways = cache->ways;
	tlb->replacement = (enum mmu_replacement)cache->policy;
	return true;
}

static bool read_unlimited(const struct cache *cache, const struct node *node,
			   struct mmu_tlb_geometry *tlb, struct diags *diags)
{
	tlb->infinite = true;
	if (!cache->ways_given && !cache->policy_given)
		return true;
	diag_error(diags, node->place,
		   "an unlimited cache has neither ways nor policy");
	return false;
}

static void show_cache(struct reading *reading, const struct cache *cache,
		       const struct mmu_tlb_geometry *tlb)
{
	char value[80] = "unlimited";

	if (!tlb->infinite)
		snprintf(value, sizeof(value), "%u entries, %u ways, %s",
			 tlb->sets * tlb->ways, tlb->ways,
			 replacement_names[tlb->replacement]);
	show(reading, cache->name, value, &cache->origin);
}

static void read_cache(struct reading *reading, const struct node *node)
{
	struct mmu_profile *mmu = &reading->profile->mmu;
	struct mmu_tlb_geometry *tlb = &mmu->tlb[mmu->nr_tlbs];
	struct diags *diags = reading->diags;
	struct cache cache = { NULL };

	if (!read_sourced(reading, node, cache_fields, &cache, &cache.origin))
		return;
	tlb->level = cache.level;
	if (!read_set(cache.accesses, access_names, &tlb->accesses, diags) ||
	    !read_set(cache.sizes, size_names, &tlb->sizes, diags))
		return;
	if (is_unlimited(cache.entries)) {
		if (!read_unlimited(&cache, node, tlb, diags))
			return;
	} else if (!read_geometry(&cache, node, tlb, diags)) {
		return;
	}
	mmu->nr_tlbs++;
	show_cache(reading, &cache, tlb);
}

static void read_caches(struct reading *reading, const struct node *list)
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

/* ---- costs ----------------------------------------------------------- */

/* clang-format off */
#define COSTS(X)                                                              \
	X(l1_hit, "l1-hit") X(l2_hit, "l2-hit") X(walk, "walk")               \
	X(walk_load, "walk-load") X(a_set, "a-set") X(d_set, "d-set")         \
	X(page_fault, "page-fault") X(invlpg, "invlpg")                       \
	X(mov_cr3, "mov-cr3") X(flush_all, "flush-all") X(ipi, "ipi")         \
	X(ipi_per_cpu, "ipi-per-cpu") X(hypercall, "hypercall")
/* clang-format on */

enum cost_id {
#define X(id, name) COST_##id,
	COSTS(X)
#undef X
		COST_COUNT
};
_Static_assert(COST_COUNT * sizeof(unsigned) == sizeof(struct mmu_costs),
	       "every cost has a name");

/* Where each goes. */
static const struct {
	const char *name;
	size_t offset;
} costs[] = {
#define X(id, name) [COST_##id] = { name, offsetof(struct mmu_costs, id) },
	COSTS(X)
#undef X
};

struct cost {
	uint32_t cycles;
	struct origin origin;
};

static void read_cost(struct reading *reading, const struct node *node,
		      unsigned which)
{
	static const struct field fields[] = {
		{ "cycles", FIELD_U32, offsetof(struct cost, cycles),
		  .required = true, .max = 1000000 },
		ORIGIN(cost),
		{ NULL },
	};
	char *base = (char *)&reading->profile->mmu.cost;
	struct cost cost;
	char value[32];

	if (!read_sourced(reading, node, fields, &cost, &cost.origin))
		return;
	*(unsigned *)(base + costs[which].offset) = cost.cycles;
	snprintf(value, sizeof(value), "%u cycles", cost.cycles);
	show(reading, costs[which].name, value, &cost.origin);
}

static void read_costs(struct reading *reading, const struct node *mapping)
{
	const struct node *node[COST_COUNT] = { NULL };
	struct field fields[COST_COUNT + 1] = { { NULL } };

	for (unsigned i = 0; i < COST_COUNT; i++)
		fields[i] = (struct field){ .name = costs[i].name,
					    .type = FIELD_NODE,
					    .offset = i * sizeof(node[0]),
					    .required = true };
	node_read(mapping, fields, node, reading->diags);
	for (unsigned i = 0; i < COST_COUNT; i++)
		if (node[i])
			read_cost(reading, node[i], i);
}

/* ---- all of it ------------------------------------------------------- */

static const char *const vendor_names[] = { "intel", "amd", NULL };

struct raw {
	const char *name, *title;
	unsigned vendor;
	const struct node *maxphyaddr, *features, *tlbs, *costs;
};

#define RAW(field) offsetof(struct raw, field)
static const struct field raw_fields[] = {
	{ "name", FIELD_TEXT, RAW(name), .required = true },
	{ "title", FIELD_TEXT, RAW(title), .required = true },
	{ "vendor", FIELD_CHOICE, RAW(vendor), .required = true,
	  .names = vendor_names },
	{ "maxphyaddr", FIELD_NODE, RAW(maxphyaddr), .required = true },
	{ "features", FIELD_NODE, RAW(features), .required = true },
	{ "tlbs", FIELD_NODE, RAW(tlbs), .required = true },
	{ "costs", FIELD_NODE, RAW(costs), .required = true },
	{ NULL },
};

static void copy_text(const char *from, char *to, size_t room, const char *what,
		      const struct node *mapping, struct diags *diags)
{
	if (snprintf(to, room, "%s", from) >= (int)room)
		diag_error(diags, mapping->place,
			   "'%s' is longer than %zu bytes", what, room - 1);
}

static int read_profile(struct reading *reading, const struct node *mapping)
{
	size_t errors = reading->diags->count;
	struct profile *profile = reading->profile;
	struct raw raw = { NULL };

	memset(profile, 0, sizeof(*profile));
	node_read(mapping, raw_fields, &raw, reading->diags);
	if (raw.name)
		copy_text(raw.name, profile->mmu.name,
			  sizeof(profile->mmu.name), "name", mapping,
			  reading->diags);
	if (raw.title)
		copy_text(raw.title, profile->title, sizeof(profile->title),
			  "title", mapping, reading->diags);
	profile->mmu.vendor = (enum mmu_vendor)raw.vendor;
	if (raw.maxphyaddr)
		read_width(reading, raw.maxphyaddr);
	if (raw.features)
		read_features(reading, raw.features);
	if (raw.tlbs)
		read_caches(reading, raw.tlbs);
	if (raw.costs)
		read_costs(reading, raw.costs);
	return reading->diags->count == errors ? 0 : -EBADMSG;
}

int profile_read(const struct node *mapping, struct profile *profile,
		 struct diags *diags)
{
	struct reading reading = { profile, diags, NULL, NULL };

	return read_profile(&reading, mapping);
}

static int load(struct reading *reading, const char *name, struct place place)
{
	char path[PROFILE_PATH_MAX];
	struct yaml_in *yaml;
	struct node *root;
	int ret;

	if (!profile_find(name, path, place, reading->diags))
		return -EBADMSG;
	ret = yaml_in_load(&yaml, path, &root, reading->diags);
	if (ret == -EBADMSG || ret == -ENOMEM)
		return ret;
	if (ret < 0) {
		diag_error(reading->diags, place, "unable to read '%s': %s",
			   path, strerror(-ret));
		return -EBADMSG;
	}
	ret = read_profile(reading, root);
	yaml_in_close(yaml);
	return ret;
}

int profile_load(const char *name, struct profile *profile, struct place place,
		 struct diags *diags)
{
	return profile_facts(name, profile, NULL, NULL, place, diags);
}

int profile_facts(const char *name, struct profile *profile,
		  void (*visit)(void *data, const struct profile_fact *fact),
		  void *data, struct place place, struct diags *diags)
{
	struct reading reading = { profile, diags, visit, data };

	return load(&reading, name, place);
}
