/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * profile.c - a machine profile from YAML.
 *
 * Every mapping that holds a number holds its source and how far to trust
 * it: a number without them rejects the file.
 */
#include <errno.h>
#include <string.h>

#include "sim/profile_find.h"
#include "sim/profile_read.h"
#include "sim/yaml_in.h"

const char *const profile_confidences[] = {
	"architectural", "verified",   "derived", "measured",
	"assumed",	 "unverified", NULL,
};

void profile_show(struct reading *reading, const char *what, const char *value,
		  const struct origin *origin)
{
	struct profile_fact fact = {
		.what = what,
		.value = value,
		.source = origin->source,
		.confidence = profile_confidences[origin->confidence],
	};

	if (reading->visit)
		reading->visit(reading->data, &fact);
}

bool profile_read_sourced(struct reading *reading, const struct node *node,
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

	if (!profile_read_sourced(reading, node, fields, &width, &width.origin))
		return;
	reading->profile->mmu.maxphyaddr = width.bits;
	snprintf(value, sizeof(value), "%u bits", width.bits);
	profile_show(reading, "maxphyaddr", value, &width.origin);
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
	{ "ept", offsetof(struct mmu_profile, ept), false },
	{ "ept-ad", offsetof(struct mmu_profile, ept_ad), false },
	{ "npt", offsetof(struct mmu_profile, npt), false },
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
	profile_show(reading, features[which].name,
		     from->has[which] ? "yes" : "no", &from->origin);
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
	if (!profile_read_sourced(reading, node, fields, &from, &from.origin))
		return;
	for (size_t i = 0; i < FEATURES; i++)
		set_feature(reading, &from, i);
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

	if (!profile_read_sourced(reading, node, fields, &cost, &cost.origin))
		return;
	*(unsigned *)(base + costs[which].offset) = cost.cycles;
	snprintf(value, sizeof(value), "%u cycles", cost.cycles);
	profile_show(reading, costs[which].name, value, &cost.origin);
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
	const struct node *maxphyaddr, *features, *tlbs, *pscs, *costs;
	const struct node *quirks;
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
	{ "paging-structure-caches", FIELD_NODE, RAW(pscs) },
	{ "quirks", FIELD_NODE, RAW(quirks) },
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
		profile_read_tlbs(reading, raw.tlbs);
	if (raw.pscs)
		profile_read_pscs(reading, raw.pscs);
	if (raw.quirks)
		profile_read_quirks(reading, raw.quirks);
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
