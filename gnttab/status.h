/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * status.h - entries of the shared table, and their status bits.
 */
#ifndef GNTTAB_STATUS_H
#define GNTTAB_STATUS_H

#include "gnttab/grant_table.h"

/* What a granter's entry of version 2 says. */
struct entry {
	gfn_t gfn;		/* of a page, unless transitive */
	uint16_t start, length; /* of the part that may be copied */
	bool sub_page;		/* is that less than the page? */
	bool transitive;	/* stands for another domain's entry: */
	domid_t domid;
	grant_ref_t ref;
};

/* A guest that keeps changing the word is given up on. */
#define STATUS_ATTEMPTS 5

/* Does a version 2 entry stand for another one, and for whom @c is of? */
bool permits_transitively(uint32_t word, const struct claim *c) RARE;

static inline bool permits(uint32_t word, const struct claim *c)
{
	uint32_t mask = SHARED_DOMID | GTF_type_mask;
	uint32_t want = shared_word(c->grantee, GTF_permit_access);

	if (c->kind == CLAIM_MAP)
		mask |= GTF_sub_page;
	return (word & mask) == want || permits_transitively(word, c);
}

static inline bool allows_rights(uint32_t word, const struct claim *c)
{
	return !pins_write(c->pins) || !(word & GTF_readonly);
}

static inline uint32_t status_bits_of(const struct claim *c)
{
	return pins_write(c->pins) ? GTF_reading | GTF_writing : GTF_reading;
}

/*
 * Set GTF_reading, and GTF_writing if @c writes, in the entry of @c; first see
 * that it permits @c, unless it is @pinned already.  GNTST_okay; else nothing
 * is set.  In version 2 *@word is the entry's first word, as it was permitted.
 */
static inline int16_t status_set_v1(struct cpu *cpu, const struct claim *c,
				    uint32_t *shared, bool pinned)
{
	uint32_t word = machine_shared_read(cpu, shared);

	/* The guest may revoke or turn read-only until the exchange succeeds. */
	for (int i = 0; i < STATUS_ATTEMPTS; i++) {
		if (!pinned && !permits(word, c))
			return GNTST_general_error;
		if (!allows_rights(word, c))
			return GNTST_general_error;
		if (machine_shared_cmpxchg(cpu, shared, &word,
					   word | status_bits_of(c)))
			return GNTST_okay;
	}
	return GNTST_general_error;
}
int16_t status_set_v2(struct cpu *cpu, const struct claim *c, bool pinned,
		      uint32_t *word);

/* GTF_reading and GTF_writing in the status array of a version 2 table. */
uint32_t status_read(struct cpu *cpu, const struct grant_table *gt,
		     grant_ref_t ref);
void status_add(struct cpu *cpu, const struct grant_table *gt, grant_ref_t ref,
		uint32_t bits);
void status_clear_v2(struct cpu *cpu, const struct grant_table *gt,
		     grant_ref_t ref, uint32_t bits);

/* The status bits that a claim of @pins set and the pin word @left no longer
 * needs. */
static inline uint32_t status_unneeded(uint32_t pins, uint32_t left)
{
	uint32_t bits = left ? 0 : GTF_reading;

	if (pins_write(pins) && !pins_write(left))
		bits |= GTF_writing;
	return bits;
}

/* Clear those of @act. */
static inline void status_reduce(struct cpu *cpu, const struct grant_table *gt,
				 const struct active_entry *act, uint32_t pins)
{
	uint32_t bits = status_unneeded(pins, act->pin);

	if (!bits)
		return;
	if (gt->version == 1)
		machine_shared_clear(cpu, act->shared, bits);
	else
		status_clear_v2(cpu, gt, act->ref, bits);
}

/* The entry of version 2 at @shared, whose first word is @word. */
struct entry entry_read(struct cpu *cpu, const uint32_t *shared, uint32_t word);

#endif /* GNTTAB_STATUS_H */
