/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy.c - the table of flush policies. */
#include "gnttab/policy.h"

#include <string.h>

/* In order of date; commits are those of github.com/xenserver/xen.pg. */
static const struct gnttab_policy policies[] = {
	{
		.name = "upstream",
		.summary = "Xen: flushes after every batch",
		.source = "xen/common/grant_table.c, Xen master c447b7308b13",
		.trust = GNTTAB_TRUST_NOBODY,
		.default_accessed = true,
		.contains_pte = GNTTAB_PTE_ACCESSED,
		.update = GNTTAB_UPDATE_PLAIN,
	},
	{
		.name = "xs65",
		.summary = "June 2014: trusts any domain, misses PTE unmaps",
		.source = "xen.pg 78b61b4, 2014-06-13",
		.trust = GNTTAB_TRUST_ANYBODY,
		.contains_pte = GNTTAB_PTE_NOT_ACCESSED,
		.update = GNTTAB_UPDATE_CMPXCHG_PRESERVE,
		.read_back = true,
		.clean_template = true,
	},
	{
		.name = "rfc2014",
		.summary = "the RFC as mailed: flushes always, and once more",
		.source = "[PATCH RFC] xen/gnttab: Avoid TLB flush if the "
			  "grant mapped page was not accessed, xen-devel, "
			  "2014-07-04",
		.trust = GNTTAB_TRUST_ANYBODY,
		.contains_pte = GNTTAB_PTE_NOT_ACCESSED,
		.update = GNTTAB_UPDATE_CMPXCHG_PRESERVE,
		.read_back = true,
		.always_flush = true,
		.clean_template = true,
	},
	{
		.name = "xs-2014-10",
		.summary = "October 2014: the RFC's slip in the product",
		.source = "xen.pg 2a16c2c, 2014-10-14",
		.trust = GNTTAB_TRUST_ANYBODY,
		.contains_pte = GNTTAB_PTE_NOT_ACCESSED,
		.update = GNTTAB_UPDATE_CMPXCHG_PRESERVE,
		.read_back = true,
		.always_flush = true,
		.clean_template = true,
	},
	{
		.name = "xs70",
		.summary = "October 2015: trusts the hardware domain only",
		.source = "xen.pg 743eb8b, 2015-10-20 (CA-185629)",
		.trust = GNTTAB_TRUST_HARDWARE_DOMAIN,
		.default_accessed = true,
		.contains_pte = GNTTAB_PTE_ACCESSED,
		.update = GNTTAB_UPDATE_CMPXCHG_PRESERVE,
		.read_back = true,
		.clean_template = true,
	},
	{
		.name = "xs72-amd",
		.summary = "August 2017: xs70, but always flushes on AMD",
		.source = "xen.pg 615422f, 2017-08-17 (CA-262966)",
		.trust = GNTTAB_TRUST_HARDWARE_DOMAIN,
		.default_accessed = true,
		.contains_pte = GNTTAB_PTE_ACCESSED,
		.update = GNTTAB_UPDATE_CMPXCHG_PRESERVE,
		.read_back = true,
		.clean_template = true,
		.not_on_amd = true,
	},
	{
		.name = "xs-2017-10",
		.summary = "October 2017: A from the exchange, entry left 0",
		.source = "xen.pg 4997ee7, 2017-10-12 (CA-268782)",
		.trust = GNTTAB_TRUST_HARDWARE_DOMAIN,
		.default_accessed = true,
		.contains_pte = GNTTAB_PTE_ACCESSED,
		.update = GNTTAB_UPDATE_CMPXCHG,
		.clean_template = true,
	},
	{
		.name = "xs8",
		.summary = "December 2018 to now: PTE unmaps may skip as well",
		.source = "xen.pg 40e2faf, 2018-12-10",
		.trust = GNTTAB_TRUST_HARDWARE_DOMAIN,
		.default_accessed = true,
		.contains_pte = GNTTAB_PTE_REAL,
		.update = GNTTAB_UPDATE_CMPXCHG,
		.present_counts = true,
		.clean_template = true,
	},
};

#define POLICIES (sizeof(policies) / sizeof(*policies))

const struct gnttab_policy *gnttab_policy_at(size_t i)
{
	return i < POLICIES ? &policies[i] : NULL;
}

const struct gnttab_policy *gnttab_policy_find(const char *name)
{
	for (size_t i = 0; i < POLICIES; i++) {
		if (!strcmp(policies[i].name, name))
			return &policies[i];
	}
	return NULL;
}
