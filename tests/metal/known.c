/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * known.c - the table of known disagreements, each with what decides it.
 *
 * A case that differs in a way that no row here explains fails the check.
 */
#include "config.h"

#include "tests/metal/known.h"

#include <string.h>

#include "mmu/x86.h"

unsigned metal_differences(const struct metal_result *model,
			   const struct metal_result *machine)
{
	unsigned differences = model->error ^ machine->error;

	if (model->vector != machine->vector)
		differences |= METAL_DIFF_VECTOR;
	if (model->flags != machine->flags)
		differences |= METAL_DIFF_FLAGS;
	if (model->ad != machine->ad)
		differences |= METAL_DIFF_AD;
	return differences;
}

static bool both_fault(const struct metal_result *model,
		       const struct metal_result *machine)
{
	return model->vector == 14 && machine->vector == 14;
}

static bool is_reserved(const struct metal_case *c,
			const struct metal_result *model,
			const struct metal_result *machine)
{
	(void)c;
	return both_fault(model, machine) && (model->error & PF_RSVD) &&
	       (machine->error & PF_RSVD) && !(machine->error & PF_P);
}

static unsigned ad_before(const struct metal_case *c)
{
	unsigned ad = 0;

	for (unsigned level = c->leaf; level <= metal_levels(c); level++)
		ad |= metal_ad(c->entry[level], level);
	return ad;
}

static bool sets_no_a(const struct metal_case *c,
		      const struct metal_result *model,
		      const struct metal_result *machine)
{
	return both_fault(model, machine) && machine->ad == ad_before(c);
}

/* Any between none and all of the entries that the walk used, the page's own
 * included where it was reached. */
static bool sets_some_a(const struct metal_case *c,
			const struct metal_result *model,
			const struct metal_result *machine)
{
	unsigned most = model->ad;

	if ((model->error & PF_P) && !(model->error & PF_RSVD))
		most |= metal_ad(PTE_A, c->leaf);
	return both_fault(model, machine) && !(machine->ad & ~most) &&
	       !(ad_before(c) & ~machine->ad);
}

/* QEMU with one CPU makes a load and a store of it. */
static bool is_read_first(const struct metal_case *c,
			  const struct metal_result *model,
			  const struct metal_result *machine)
{
	return both_fault(model, machine) && c->op == METAL_OP_RMW &&
	       !(machine->error & PF_W);
}

/* @machine has A set at @level as well, and else the same A and D. */
static bool only_more_a(unsigned level, const struct metal_result *model,
			const struct metal_result *machine)
{
	return both_fault(model, machine) &&
	       machine->ad == (model->ad | metal_ad(PTE_A, level)) &&
	       machine->ad != model->ad;
}

/* QEMU sets A of a PDPTE before it looks at PS. */
static bool sets_a_of_1g_page(const struct metal_case *c,
			      const struct metal_result *model,
			      const struct metal_result *machine)
{
	return only_more_a(3, model, machine) && (c->entry[3] & PTE_PS);
}

/* QEMU looks at those beyond the frame only. */
static bool has_reserved_below_frame(const struct metal_case *c,
				     const struct metal_result *model,
				     const struct metal_result *machine)
{
	(void)machine;
	return metal_levels(c) == 3 && (model->error & PF_RSVD) &&
	       (c->entry[3] &
		(PTE_RW | PTE_US | PTE_A | PTE_D | PTE_PS | PTE_G));
}

/* QEMU sets A of a PDPTE, where the bit is reserved, and does not mind; that
 * of the page as well, if a locked operation's load went through. */
static bool sets_a_of_pdpte(const struct metal_case *c,
			    const struct metal_result *model,
			    const struct metal_result *machine)
{
	unsigned more = machine->ad & ~model->ad;

	if (c->op == METAL_OP_RMW && both_fault(model, machine))
		more &= ~metal_ad(PTE_A, c->leaf);
	return metal_levels(c) == 3 && more == metal_ad(PTE_A, 3) &&
	       !(model->ad & ~machine->ad);
}

/* The load went through, the store did not. */
static bool sets_a_by_load(const struct metal_case *c,
			   const struct metal_result *model,
			   const struct metal_result *machine)
{
	return only_more_a(c->leaf, model, machine) && c->op == METAL_OP_RMW;
}

/* QEMU looks at PS whatever CPUID says. */
static bool maps_1g(const struct metal_case *c,
		    const struct metal_result *model,
		    const struct metal_result *machine)
{
	return (c->entry[3] & PTE_PS) && (model->error & PF_RSVD) &&
	       !(machine->error & PF_RSVD);
}

/* PKRU's bits for the key of the page: AD and WD. */
static unsigned key_rights(const struct metal_case *c)
{
	unsigned key = c->entry[c->leaf] >> METAL_KEY_SHIFT & 15;

	return c->pkru >> 2 * key & (PKRU_AD | PKRU_WD);
}

static bool is_data_with_key(const struct metal_case *c)
{
	return (c->control & METAL_PKE) && c->op != METAL_OP_FETCH &&
	       key_rights(c);
}

static bool is_user_page(const struct metal_case *c)
{
	for (unsigned level = c->leaf; level <= metal_levels(c); level++)
		if (!(c->entry[level] & PTE_US))
			return false;
	return true;
}

/* Bochs looks at the key of any page. */
static bool has_key_for_supervisor_page(const struct metal_case *c,
					const struct metal_result *model,
					const struct metal_result *machine)
{
	return is_data_with_key(c) && !is_user_page(c) &&
	       !(model->error & PF_PK) && machine->vector == 14 &&
	       (machine->error & PF_PK);
}

/* Bochs looks at AD for users' accesses only. */
static bool has_no_ad_for_supervisor(const struct metal_case *c,
				     const struct metal_result *model,
				     const struct metal_result *machine)
{
	return is_data_with_key(c) && is_user_page(c) && !c->user &&
	       (key_rights(c) & PKRU_AD) && model->vector == 14 &&
	       (model->error & PF_PK) && !(machine->error & PF_PK);
}

/* How the name begins; what; section of SDM vol. 3A; verdict; differences;
 * in which cases. */
/* clang-format off */
static const struct metal_known known[] = {
	{ "qemu-tcg-no-1g", "a 1G page is mapped on a CPU that has none",
	  "Enumeration of Paging Features by CPUID", METAL_REFERENCE_IS_WRONG,
	  METAL_DIFF_ALL, maps_1g },
	{ "qemu-tcg", "bits 1, 2 and 5 to 8 of a PDPTE of PAE are not reserved",
	  "PAE Paging", METAL_REFERENCE_IS_WRONG,
	  METAL_DIFF_ALL, has_reserved_below_frame },
	{ "qemu-tcg", "P is clear in the error code of a reserved bit's fault",
	  "Page-Fault Exceptions", METAL_REFERENCE_IS_WRONG,
	  PF_P, is_reserved },
	{ "qemu-tcg", "W is clear in the error code of a locked operation",
	  "Page-Fault Exceptions", METAL_REFERENCE_IS_WRONG,
	  PF_W, is_read_first },
	{ "qemu-tcg", "A of a 1G page is set by a walk that ends in a fault",
	  "Accessed and Dirty Flags", METAL_BOTH_PERMITTED,
	  METAL_DIFF_AD, sets_a_of_1g_page },
	{ "qemu-tcg", "A of a PDPTE of PAE is set, where the bit is reserved",
	  "PAE Paging", METAL_REFERENCE_IS_WRONG,
	  METAL_DIFF_AD, sets_a_of_pdpte },
	{ "qemu-tcg", "A is set by a locked operation that may only read",
	  "Accessed and Dirty Flags", METAL_BOTH_PERMITTED,
	  METAL_DIFF_AD, sets_a_by_load },
	{ "bochs", "the key of a supervisor page denies something",
	  "Protection Keys", METAL_REFERENCE_IS_WRONG,
	  METAL_DIFF_ALL, has_key_for_supervisor_page },
	{ "bochs", "AD of a user page's key does not bind a supervisor",
	  "Protection Keys", METAL_REFERENCE_IS_WRONG,
	  METAL_DIFF_ALL, has_no_ad_for_supervisor },
	{ "bochs", "no A is set by a walk that ends in a fault",
	  "Accessed and Dirty Flags", METAL_BOTH_PERMITTED,
	  METAL_DIFF_AD, sets_no_a },
	{ "kvm", "a walk that ends in a fault sets A in fewer or more entries",
	  "Accessed and Dirty Flags", METAL_BOTH_PERMITTED,
	  METAL_DIFF_AD, sets_some_a },
};

static const struct metal_known_sight known_sights[] = {
	{ "qemu-tcg", "a fault drops the entry that it came from",
	  "Operations that Invalidate TLBs and Paging-Structure Caches" },
};
/* clang-format on */

static bool is_of(const char *row_reference, const char *reference)
{
	return !strncmp(row_reference, reference, strlen(row_reference));
}

unsigned metal_nr_known(void)
{
	return sizeof(known) / sizeof(known[0]);
}

const struct metal_known *metal_known(unsigned i)
{
	return &known[i];
}

bool metal_known_applies(const struct metal_known *row, const char *reference,
			 const struct metal_case *c,
			 const struct metal_result *model,
			 const struct metal_result *machine)
{
	return is_of(row->reference, reference) &&
	       row->applies(c, model, machine);
}

const struct metal_known_sight *metal_known_sight(const char *reference,
						  const char *sequence)
{
	for (size_t i = 0; i < sizeof(known_sights) / sizeof(known_sights[0]);
	     i++)
		if (is_of(known_sights[i].reference, reference) &&
		    !strcmp(known_sights[i].sequence, sequence))
			return &known_sights[i];
	return NULL;
}
