/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * version.c - GNTTABOP_set_version: another layout for all entries.
 *
 *   [ 0 .. 7 | 8 ...................... ]
 *     carried   none may be pinned; cleared
 *     over
 *
 * The reserved entries belong to console and store, which keep theirs mapped.
 * The lock of every active entry is held, so nobody is between looking for a
 * status word and using it.
 *
 * Source: xen/common/grant_table.c (gnttab_set_version), Xen master
 * c447b7308b13; Xen Security Advisories 255 (status frames in use) and 501
 * (operations under way).
 */
#include "gnttab/ops.h"

#include <errno.h>
#include <string.h>

#include "gnttab/grant_table.h"
#include "gnttab/status.h"
#include "gnttab/table.h"

#define RESERVED GNTTAB_NR_RESERVED_ENTRIES
#define STATUS_BITS (GTF_reading | GTF_writing)

/* The reserved entries, as version 1 has them. */
struct reserved {
	uint32_t word[RESERVED], frame[RESERVED];
};

static void all_lock(struct cpu *cpu, struct grant_table *gt)
{
	for (unsigned i = 0; i < active_entries(gt); i++)
		machine_lock(cpu, &grant_active(gt, i)->lock);
}

static void all_unlock(struct cpu *cpu, struct grant_table *gt)
{
	for (unsigned i = 0; i < active_entries(gt); i++)
		machine_unlock(cpu, &grant_active(gt, i)->lock);
}

static bool in_use(const struct grant_table *gt)
{
	for (grant_ref_t ref = RESERVED; ref < grant_entries(gt); ref++) {
		if (grant_active(gt, ref)->pin)
			return true;
	}
	return false;
}

/* ---- from version 1 -------------------------------------------------- */

static void save_v1(struct cpu *cpu, const struct grant_table *gt,
		    struct reserved *r)
{
	for (grant_ref_t ref = 0; ref < RESERVED; ref++) {
		const uint32_t *entry = grant_shared(gt, ref);

		r->word[ref] = machine_shared_read(cpu, entry);
		r->frame[ref] = machine_shared_read(cpu, entry + 1);
	}
}

/* Of a transfer the same bits say how far it got, and stay where they are. */
static uint32_t status_bits(uint32_t word)
{
	if ((word & GTF_type_mask) == GTF_accept_transfer)
		return 0;
	return word & STATUS_BITS;
}

static void restore_v2(struct cpu *cpu, const struct grant_table *gt,
		       const struct reserved *r)
{
	for (grant_ref_t ref = 0; ref < RESERVED; ref++) {
		uint32_t *entry = grant_shared(gt, ref);

		status_add(cpu, gt, ref, status_bits(r->word[ref]));
		machine_shared_write(cpu, entry + 2, r->frame[ref]);
		machine_shared_write(cpu, entry,
				     r->word[ref] & ~status_bits(r->word[ref]));
	}
}

/* ---- from version 2 -------------------------------------------------- */

/* Has version 1 a way to say this? */
static bool representable(struct cpu *cpu, const uint32_t *entry, uint32_t word)
{
	switch (word & GTF_type_mask) {
	case GTF_permit_access:
		return !machine_shared_read(cpu, entry + 3);
	case GTF_transitive:
		return false;
	}
	return true; /* as an invalid entry */
}

static int save_v2(struct cpu *cpu, const struct grant_table *gt,
		   struct reserved *r)
{
	memset(r, 0, sizeof(*r));
	for (grant_ref_t ref = 0; ref < RESERVED; ref++) {
		const uint32_t *entry = grant_shared(gt, ref);
		uint32_t word = machine_shared_read(cpu, entry);

		if (!representable(cpu, entry, word))
			return -ERANGE;
		/* What is pinned is, whatever the guest has made of it. */
		r->word[ref] = status_read(cpu, gt, ref);
		if ((word & GTF_type_mask) != GTF_permit_access)
			continue;
		r->word[ref] |= word;
		r->frame[ref] = machine_shared_read(cpu, entry + 2);
	}
	return 0;
}

static void restore_v1(struct cpu *cpu, const struct grant_table *gt,
		       const struct reserved *r)
{
	for (grant_ref_t ref = 0; ref < RESERVED; ref++) {
		uint32_t *entry = grant_shared(gt, ref);

		machine_shared_write(cpu, entry + 1, r->frame[ref]);
		machine_shared_write(cpu, entry, r->word[ref]);
	}
}

/* ---- either way ------------------------------------------------------ */

static void entries_clear(struct grant_table *gt)
{
	for (unsigned i = 0; i < gt->nr_frames; i++)
		memset(gt->frames[i].shared, 0, GRANT_PAGE_SIZE);
}

static int switch_to_2(struct cpu *cpu, struct grant_table *gt)
{
	struct reserved r;
	int rc = table_status_add(cpu, gt, gt->nr_frames);

	if (rc)
		return rc;
	save_v1(cpu, gt, &r);
	entries_clear(gt);
	gt->version = 2;
	grant_resized(gt);
	restore_v2(cpu, gt, &r);
	return 0;
}

static int switch_to_1(struct cpu *cpu, struct grant_table *gt)
{
	struct reserved r;
	int rc = save_v2(cpu, gt, &r);

	if (rc == 0)
		rc = table_status_remove(cpu, gt);
	if (rc)
		return rc;
	entries_clear(gt);
	gt->version = 1;
	grant_resized(gt);
	restore_v1(cpu, gt, &r);
	return 0;
}

static int switch_locked(struct cpu *cpu, struct grant_table *gt,
			 unsigned version)
{
	int rc;

	if (gt->version == version)
		return 0;
	if (in_use(gt))
		return -EBUSY;
	rc = version == 2 ? switch_to_2(cpu, gt) : switch_to_1(cpu, gt);
	gt->switches += rc == 0;
	return rc;
}

int gnttab_set_version(struct cpu *cpu, struct grant_table *gt,
		       unsigned version)
{
	int rc;

	if (version != 1 && version != 2)
		return -EINVAL;
	if (gt->version == version)
		return 0;
	machine_lock(cpu, &gt->lock);
	all_lock(cpu, gt);
	rc = switch_locked(cpu, gt, version);
	all_unlock(cpu, gt);
	machine_unlock(cpu, &gt->lock);
	return rc;
}

int ops_set_version(struct cpu *cpu, struct grant_table *caller,
		    struct gnttab_call *call)
{
	gnttab_set_version_t op;
	int rc = op_fetch(cpu, call, &op, sizeof(op)), stored;

	if (rc)
		return rc;
	rc = gnttab_set_version(cpu, caller, op.version);
	op.version = caller->version;
	stored = op_store(cpu, call, &op, sizeof(op));
	return stored ? stored : rc;
}
