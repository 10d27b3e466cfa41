/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * status.h - entries of the shared table, and their status bits.
 */
#ifndef GNTTAB_STATUS_H
#define GNTTAB_STATUS_H

#include "gnttab/grant_table.h"

/* What a granter's entry says. */
struct entry {
	gfn_t gfn;		/* of a page, unless transitive */
	uint16_t start, length; /* of the part that may be copied */
	bool sub_page;		/* is that less than the page? */
	bool transitive;	/* stands for another domain's entry: */
	domid_t domid;
	grant_ref_t ref;
};

/*
 * Set GTF_reading, and GTF_writing if @c writes, in the entry of @c; first
 * see that it permits @c, unless it is @pinned already.  GNTST_okay with
 * *@word the entry's first word, as it was permitted; else nothing is set.
 */
int16_t status_set(struct cpu *cpu, const struct claim *c, bool pinned,
		   uint32_t *word);

/* Of the status bits that a claim of @pins set, clear those that the pin word
 * @left no longer needs. */
void status_reduce(struct cpu *cpu, const struct grant_table *gt,
		   grant_ref_t ref, uint32_t pins, uint32_t left);

/* GTF_reading and GTF_writing in the status array of a version 2 table. */
uint32_t status_read(struct cpu *cpu, const struct grant_table *gt,
		     grant_ref_t ref);
void status_add(struct cpu *cpu, const struct grant_table *gt, grant_ref_t ref,
		uint32_t bits);

/* The entry of @c, whose first word is @word; the same of version 2. */
struct entry entry_read_v2(struct cpu *cpu, const struct claim *c,
			   uint32_t word);
static inline struct entry entry_read(struct cpu *cpu, const struct claim *c,
				      uint32_t word)
{
	const uint32_t *shared = grant_shared(c->granter, c->ref);

	if (c->granter->version != 1)
		return entry_read_v2(cpu, c, word);
	return (struct entry){
		.gfn = { machine_shared_read(cpu, shared + 1) },
		.length = GRANT_PAGE_SIZE,
	};
}

#endif /* GNTTAB_STATUS_H */
