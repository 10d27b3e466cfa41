/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * status.c - what an entry permits, and telling its guest of the use.
 *
 *   version 1   GTF_reading and GTF_writing are in the entry's flags: one
 *               exchange checks the guest's bits and sets the hypervisor's
 *   version 2   they are in an array of their own: set, then look again at
 *               what the guest has in the entry, and take them back if it
 *               changed its mind
 *
 * Source: xen/common/grant_table.c (_set_status_v1, _set_status_v2,
 * reduce_status_for_pin, acquire_grant_for_copy), Xen master c447b7308b13;
 * <xen/grant_table.h> "Version 2 of the grant entry structure".
 */
#include "gnttab/status.h"

bool permits_transitively(uint32_t word, const struct claim *c)
{
	return (word & GTF_type_mask) == GTF_transitive &&
	       shared_domid(word) == c->grantee && c->kind != CLAIM_MAP &&
	       c->granter->version == 2;
}

int16_t status_set_v2(struct cpu *cpu, const struct claim *c, bool pinned,
		      uint32_t *word)
{
	const uint32_t *shared = grant_shared(c->granter, c->ref);

	*word = machine_shared_read(cpu, shared);
	if ((!pinned && !permits(*word, c)) || !allows_rights(*word, c))
		return GNTST_general_error;
	status_add(cpu, c->granter, c->ref, status_bits_of(c));
	*word = machine_shared_read(cpu, shared);
	if ((pinned || permits(*word, c)) && allows_rights(*word, c))
		return GNTST_okay;
	status_clear_v2(cpu, c->granter, c->ref,
			status_unneeded(c->pins, pinned ? PIN_HSTR : 0));
	return GNTST_general_error;
}

/* Where the status of @ref is: a word and a place in it. */
static uint32_t *status_word(const struct grant_table *gt, grant_ref_t ref,
			     unsigned *shift)
{
	*shift = ref % 2 * 16;
	return &gt->status[ref / STATUS_PER_FRAME]
			.words[ref % STATUS_PER_FRAME / 2];
}

uint32_t status_read(struct cpu *cpu, const struct grant_table *gt,
		     grant_ref_t ref)
{
	unsigned shift;
	const uint32_t *word = status_word(gt, ref, &shift);

	return machine_shared_read(cpu, word) >> shift &
	       (GTF_reading | GTF_writing);
}

void status_add(struct cpu *cpu, const struct grant_table *gt, grant_ref_t ref,
		uint32_t bits)
{
	unsigned shift;
	uint32_t *word = status_word(gt, ref, &shift);

	machine_shared_set(cpu, word, bits << shift);
}

void status_clear_v2(struct cpu *cpu, const struct grant_table *gt,
		     grant_ref_t ref, uint32_t bits)
{
	unsigned shift;
	uint32_t *word = status_word(gt, ref, &shift);

	machine_shared_clear(cpu, word, bits << shift);
}

struct entry entry_read(struct cpu *cpu, const uint32_t *shared, uint32_t word)
{
	struct entry e = { .length = GRANT_PAGE_SIZE };
	uint32_t second;

	second = machine_shared_read(cpu, shared + 1);
	if ((word & GTF_type_mask) == GTF_transitive) {
		e.transitive = true;
		e.domid = (domid_t)second;
		e.ref = machine_shared_read(cpu, shared + 2);
		return e;
	}
	e.gfn.n = machine_shared_read(cpu, shared + 2) |
		  (uint64_t)machine_shared_read(cpu, shared + 3) << 32;
	e.sub_page = word & GTF_sub_page;
	if (e.sub_page) {
		e.start = (uint16_t)second;
		e.length = (uint16_t)(second >> 16);
	}
	return e;
}
