/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * policy_history.c - the policies that shipped, and the RFC.
 *
 * In order of date; commits are those of github.com/xenserver/xen.pg.
 */
#include "gnttab/policy.h"

const struct gnttab_policy gnttab_policy_upstream = {
	.name = "upstream",
	.summary = "Xen: flushes after every batch",
	.reasoning = "asks nothing, so nothing can deceive it",
	.source = "xen/common/grant_table.c, Xen master c447b7308b13",
	.trust = GNTTAB_TRUST_NOBODY,
	.default_accessed = true,
	.contains_pte = GNTTAB_PTE_ACCESSED,
	.update = GNTTAB_UPDATE_PLAIN,
};

const struct gnttab_policy gnttab_policy_xs65 = {
	.name = "xs65",
	.summary = "June 2014: trusts any domain, misses PTE unmaps",
	.reasoning = "no translation is cached from an entry with A clear; "
		     "but a guest may clear A, and a PTE unmap reports 0",
	.source = "xen.pg 78b61b4, 2014-06-13",
	.trust = GNTTAB_TRUST_ANYBODY,
	.contains_pte = GNTTAB_PTE_NOT_ACCESSED,
	.update = GNTTAB_UPDATE_CMPXCHG_PRESERVE,
	.read_back = true,
	.clean_template = true,
};

const struct gnttab_policy gnttab_policy_rfc2014 = {
	.name = "rfc2014",
	.summary = "the RFC as mailed: flushes always, and once more",
	.reasoning = "as xs65, but forward-ported below a flush that stayed",
	.source = "[PATCH RFC] xen/gnttab: Avoid TLB flush if the grant mapped "
		  "page was not accessed, xen-devel, 2014-07-04",
	.trust = GNTTAB_TRUST_ANYBODY,
	.contains_pte = GNTTAB_PTE_NOT_ACCESSED,
	.update = GNTTAB_UPDATE_CMPXCHG_PRESERVE,
	.read_back = true,
	.always_flush = true,
	.clean_template = true,
};

const struct gnttab_policy gnttab_policy_xs_2014_10 = {
	.name = "xs-2014-10",
	.summary = "October 2014: the RFC's slip in the product",
	.reasoning = "as rfc2014",
	.source = "xen.pg 2a16c2c, 2014-10-14",
	.trust = GNTTAB_TRUST_ANYBODY,
	.contains_pte = GNTTAB_PTE_NOT_ACCESSED,
	.update = GNTTAB_UPDATE_CMPXCHG_PRESERVE,
	.read_back = true,
	.always_flush = true,
	.clean_template = true,
};

const struct gnttab_policy gnttab_policy_xs70 = {
	.name = "xs70",
	.summary = "October 2015: trusts the hardware domain only",
	.reasoning = "who may clear A may not skip; what has no A to report "
		     "counts as accessed",
	.source = "xen.pg 743eb8b, 2015-10-20 (CA-185629)",
	.trust = GNTTAB_TRUST_HARDWARE_DOMAIN,
	.default_accessed = true,
	.contains_pte = GNTTAB_PTE_ACCESSED,
	.update = GNTTAB_UPDATE_CMPXCHG_PRESERVE,
	.read_back = true,
	.clean_template = true,
};

const struct gnttab_policy gnttab_policy_xs72_amd = {
	.name = "xs72-amd",
	.summary = "August 2017: xs70, but always flushes on AMD",
	.reasoning = "AMD does not order the setting of A against the loads "
		     "of other instructions",
	.source = "xen.pg 615422f, 2017-08-17 (CA-262966)",
	.trust = GNTTAB_TRUST_HARDWARE_DOMAIN,
	.default_accessed = true,
	.contains_pte = GNTTAB_PTE_ACCESSED,
	.update = GNTTAB_UPDATE_CMPXCHG_PRESERVE,
	.read_back = true,
	.clean_template = true,
	.not_on_amd = true,
};

const struct gnttab_policy gnttab_policy_xs_2017_10 = {
	.name = "xs-2017-10",
	.summary = "October 2017: A from the exchange, entry left 0",
	.reasoning = "a locked exchange is ordered against page walks, on AMD "
		     "too",
	.source = "xen.pg 4997ee7, 2017-10-12 (CA-268782)",
	.trust = GNTTAB_TRUST_HARDWARE_DOMAIN,
	.default_accessed = true,
	.contains_pte = GNTTAB_PTE_ACCESSED,
	.update = GNTTAB_UPDATE_CMPXCHG,
	.clean_template = true,
};

const struct gnttab_policy gnttab_policy_xs8 = {
	.name = "xs8",
	.summary = "December 2018 to now: PTE unmaps may skip as well",
	.reasoning = "the A of the entry says all, however it was named",
	.source = "xen.pg 40e2faf, 2018-12-10",
	.trust = GNTTAB_TRUST_HARDWARE_DOMAIN,
	.default_accessed = true,
	.contains_pte = GNTTAB_PTE_REAL,
	.update = GNTTAB_UPDATE_CMPXCHG,
	.present_counts = true,
	.clean_template = true,
};
