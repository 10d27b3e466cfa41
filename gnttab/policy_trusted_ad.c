/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * policy_trusted_ad.c - A that a guest cannot clear, so that any may skip.
 *
 * The hole in the RFC's argument is a guest that clears A in its own entry:
 * a normal update of the page tables with the same frame and rights is
 * written as it is.  The products answer by trusting the hardware domain
 * alone.  This policy closes the hole instead, and then needs to trust
 * nobody: while an entry maps a grant,
 *
 *   set by     the processor, on a walk
 *   cleared by a guest's update          refused: A of the old value stays
 *              a map over the entry      refused: A goes over to the new
 *              its removal               where it is read, in the exchange
 *
 * so A says "no walk since the entry was absent".  The guest loses the age of
 * pages that are not its own; and if such a clear was to be followed by a
 * flush, it made one for nothing.  Both are rare: Linux ages what is mapped
 * into processes, and grants mostly are not.
 *
 * What it rests on is the list for xs8 without "nobody clears A": a
 * translation is cached only after A is visible, and a locked exchange sees
 * that.  It is not for processors that are late in setting A.  Where the
 * exchange is replaced by a plain store, which may lose an A, everything
 * counts as accessed.  An operation that zaps no entry leaves nothing behind
 * and does not count as accessed.
 *
 * A guest may also zap an entry itself and map the same grant there again,
 * while a CPU still holds the translation of before.  Its A is gone.  But the
 * handle of the first mapping now has no entry: each unmap needs one, so of
 * the guest's handles on that grant one can never be given back, and the
 * granter is never told that its page is free.
 *
 * Sources: SDM volume 3A, "Accessed and Dirty Flags" and "Caching
 * Translation Information"; mod_l1_entry(), xen/arch/x86/mm.c (Xen master
 * c447b7308b13): MMU_PT_UPDATE_PRESERVE_AD is the same for a guest that asks.
 */
#include "gnttab/policy.h"

const struct gnttab_policy gnttab_policy_trusted_ad = {
	.name = "trusted-ad",
	.summary = "any domain may skip: guests cannot clear A of a grant",
	.reasoning = "A is kept by the hypervisor until the entry goes, so it "
		     "need not ask who the mapper is",
	.source = "of tlbsim, after xs8; MMU_PT_UPDATE_PRESERVE_AD of "
		  "<xen/xen.h> keeps A alike",
	.trust = GNTTAB_TRUST_ANYBODY,
	.contains_pte = GNTTAB_PTE_REAL,
	.update = GNTTAB_UPDATE_CMPXCHG,
	.present_counts = true,
	.clean_template = true,
	.keeps_accessed = true,
};
