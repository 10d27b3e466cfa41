/* SPDX-License-Identifier: GPL-2.0-or-later */
/* profile_psc.c - the paging-structure caches of a machine profile. */
#include <string.h>

#include "sim/profile_read.h"

/* From the entries of MMU_PSC_FIRST_LEVEL up. */
static const char *const level_names[] = { "PDE", "PDPTE", "PML4E", "PML5E",
					   NULL };

struct psc {
	const struct node *holds, *entries;
	struct origin origin;
};

#define PSC(field) offsetof(struct psc, field)
static const struct field psc_fields[] = {
	{ "holds", FIELD_NODE, PSC(holds), .required = true },
	{ "entries", FIELD_NODE, PSC(entries), .required = true },
	ORIGIN(psc),
	{ NULL },
};

static bool read_entries(const struct node *node, unsigned *entries,
			 struct diags *diags)
{
	uint64_t number;

	*entries = MMU_PSC_UNLIMITED;
	if (profile_is_unlimited(node))
		return true;
	if (!node_u64(node, 1, MMU_PSC_MAX_ENTRIES, &number, diags))
		return false;
	*entries = (unsigned)number;
	return true;
}

/* Is none of @levels in a cache by now?  More than one share the only cache
 * that may be shared. */
static bool is_new(const struct mmu_profile *mmu, unsigned levels,
		   const struct node *node, struct diags *diags)
{
	bool shares = levels & (levels - 1);

	for (unsigned level = 0; level < MMU_PSC_LEVELS; level++) {
		if (!(levels & 1u << level) ||
		    !(mmu->psc[level] || mmu->psc_shared & 1u << level))
			continue;
		diag_error(diags, node->place, "a second cache for a %s",
			   level_names[level - MMU_PSC_FIRST_LEVEL]);
		return false;
	}
	if (!shares || !mmu->psc_shared)
		return true;
	diag_error(diags, node->place, "more than one cache of several levels");
	return false;
}

/* "PDPTE, PML4E cache" */
static void show_psc(struct reading *reading, unsigned levels,
		     const struct psc *psc)
{
	const char *between = "";
	char name[48] = "", value[32];

	for (unsigned i = 0; level_names[i]; i++) {
		if (!(levels & 1u << (i + MMU_PSC_FIRST_LEVEL)))
			continue;
		strcat(strcat(name, between), level_names[i]);
		between = ", ";
	}
	strcat(name, " cache");
	snprintf(value, sizeof(value), "%s%s", psc->entries->text,
		 profile_is_unlimited(psc->entries) ? "" : " entries");
	profile_show(reading, name, value, &psc->origin);
}

static void read_psc(struct reading *reading, const struct node *node)
{
	struct mmu_profile *mmu = &reading->profile->mmu;
	struct psc psc = { NULL };
	unsigned levels, entries;

	if (!profile_read_sourced(reading, node, psc_fields, &psc,
				  &psc.origin) ||
	    !profile_read_set(psc.holds, level_names, &levels,
			      reading->diags) ||
	    !read_entries(psc.entries, &entries, reading->diags))
		return;
	levels <<= MMU_PSC_FIRST_LEVEL;
	if (!is_new(mmu, levels, node, reading->diags))
		return;
	mmu->psc[__builtin_ctz(levels)] = entries;
	if (levels & (levels - 1))
		mmu->psc_shared = levels;
	show_psc(reading, levels, &psc);
}

void profile_read_pscs(struct reading *reading, const struct node *list)
{
	if (list->kind != NODE_SEQUENCE) {
		node_expected(list, "a list", reading->diags);
		return;
	}
	for (const struct node *n = list->first; n; n = n->next)
		read_psc(reading, n);
}
