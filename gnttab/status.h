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
 * Set GTF_reading, and GTF_writing if @c writes, in the entry of @c, which is
 * at @shared; first see that it permits @c, unless it is @pinned already.
 * GNTST_okay with *@word the entry's first word, as it was permitted; else
 * nothing is set.  The same of version 2.
 */
int16_t status_set_v2(struct cpu *cpu, const struct claim *c,
		      const uint32_t *shared, bool pinned, uint32_t *word);
static inline int16_t status_set(struct cpu *cpu, const struct claim *c,
				 uint32_t *shared, bool pinned, uint32_t *word)
{
	if (c->granter->version != 1)
		return status_set_v2(cpu, c, shared, pinned, word);
	*word = machine_shared_read(cpu, shared);
	/* The guest may revoke or turn read-only until the exchange succeeds. */
	for (int i = 0; i < STATUS_ATTEMPTS; i++) {
		if (!pinned && !permits(*word, c))
			return GNTST_general_error;
		if (!allows_rights(*word, c))
			return GNTST_general_error;
		if (machine_shared_cmpxchg(cpu, shared, word,
					   *word | status_bits_of(c)))
			return GNTST_okay;
	}
	return GNTST_general_error;
}

/* Where the status of @ref is: a word and a place in it. */
static inline uint32_t *status_word(const struct grant_table *gt,
				    grant_ref_t ref, unsigned *shift)
{
	if (gt->version == 1) {
		*shift = 0;
		return grant_shared(gt, ref);
	}
	*shift = ref % 2 * 16;
	return &gt->status[ref / STATUS_PER_FRAME]
			.words[ref % STATUS_PER_FRAME / 2];
}

/* Of the status bits that a claim of @pins set, clear those that the pin word
 * @left no longer needs. */
static inline void status_reduce(struct cpu *cpu, const struct grant_table *gt,
				 grant_ref_t ref, uint32_t pins, uint32_t left)
{
	uint32_t clear = 0, *word;
	unsigned shift;

	if (pins_write(pins) && !pins_write(left))
		clear |= GTF_writing;
	if (!left)
		clear |= GTF_reading;
	if (!clear)
		return;
	word = status_word(gt, ref, &shift);
	machine_shared_clear(cpu, word, clear << shift);
}

/* GTF_reading and GTF_writing in the status array of a version 2 table. */
uint32_t status_read(struct cpu *cpu, const struct grant_table *gt,
		     grant_ref_t ref);
void status_add(struct cpu *cpu, const struct grant_table *gt, grant_ref_t ref,
		uint32_t bits);

/* The entry of version 2 at @shared, whose first word is @word. */
struct entry entry_read(struct cpu *cpu, const uint32_t *shared, uint32_t word);

#endif /* GNTTAB_STATUS_H */
