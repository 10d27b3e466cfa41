/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gnttab.h - the grant tables of a Xen-like hypervisor: public interface.
 *
 * A grant table belongs to one domain.  As granter its shared frames say who
 * may map which frame (written by the guest), and its active entries say
 * what is mapped now (written by the hypervisor).  As mapper its maptrack
 * turns a handle back into (granter, reference, flags).
 */
#ifndef GNTTAB_GNTTAB_H
#define GNTTAB_GNTTAB_H

#include "gnttab/machine.h"
#include "gnttab/policy.h"

/* Ops done between two looks at preemption, and per flush: Xen's
 * GNTTAB_UNMAP_BATCH_SIZE, 32 in every version (xen/common/grant_table.c). */
#define GNTTAB_UNMAP_BATCH 32

/* Which Xen the logic beside the flush policy is that of. */
enum gnttab_era {
	GNTTAB_ERA_CURRENT, /* master c447b7308b13 */
	/*
	 * f9cff088f470, of July 2014: an unmap drops its pins before the
	 * flush (until XSA-218), one full counter of a pin word refuses every
	 * further claim, a device address is compared by frame, without a
	 * status of its own (until XSA-224), and running out of handles is
	 * GNTST_no_device_space.
	 */
	GNTTAB_ERA_2014,
	/*
	 * August 2021 to January 2022: every unmap that succeeds takes one off
	 * the count of what devices have mapped, also one that leaves a part
	 * of its handle mapped (XSA-380 until XSA-394).
	 */
	GNTTAB_ERA_2021,
};

/* The hypervisor's build and boot options; shared by all its domains,
 * constant while a table uses it. */
struct gnttab_rules {
	const struct gnttab_policy *policy;
	enum gnttab_update update;    /* the policy's unless overridden */
	unsigned max_grant_frames;    /* per domain; Xen's default 64 */
	unsigned max_maptrack_frames; /* per domain; Xen's default 1024 */
	bool amd;		      /* the CPUs are AMD's */
	enum gnttab_era era;
};

/* What the logic counted, since the table was made. */
struct gnttab_counters {
	uint64_t batches;	  /* unmap flush decisions */
	uint64_t batches_flushed; /* of those, with a flush or two */
	/* The three counters of the patch, as it kept them: */
	uint64_t unmap_operations; /* entries into the unmap function, so a
				      continuation counts again */
	uint64_t flush_done;	   /* batches that its condition flushed */
	uint64_t flush_avoided;	   /* batches that it did not */
};

/* Facts about a domain that never change. */
struct gnttab_domain {
	domid_t id;
	struct domain *machine; /* the machine's side of it */
	bool hardware;		/* dom0: trusted by some policies */
	bool external;		/* paging: host addresses are guest-physical */
	bool iommu;		/* its devices reach only what is mapped for
				   them; not of one with external paging */
};

/* A new table with one shared frame, version 1.  NULL if out of memory. */
struct grant_table *gnttab_create(struct cpu *cpu,
				  const struct gnttab_domain *who,
				  const struct gnttab_rules *rules);
/* Frees the host memory.  What is still mapped stays mapped. */
void gnttab_destroy(struct grant_table *gt);

/* Make the shared table @frames frames or more; 0, -ENOMEM, or -ENOSPC if
 * that is over max_grant_frames. */
int gnttab_grow(struct cpu *cpu, struct grant_table *gt, unsigned frames);
unsigned gnttab_nr_frames(const struct grant_table *gt);
/* The @i-th shared frame, i < gnttab_nr_frames(). */
mfn_t gnttab_shared_frame(const struct grant_table *gt, unsigned i);
/* Of the entries, 1 or 2; references are below the number of entries. */
unsigned gnttab_version(const struct grant_table *gt);
unsigned gnttab_nr_entries(const struct grant_table *gt);
/* Change the version, as GNTTABOP_set_version; 0, or -EINVAL, -EBUSY, -ERANGE
 * or -ENOMEM with nothing changed. */
int gnttab_set_version(struct cpu *cpu, struct grant_table *gt,
		       unsigned version);
/* The frames of the status array, one word of 16 bits for each entry; none
 * in version 1. */
unsigned gnttab_nr_status_frames(const struct grant_table *gt);
mfn_t gnttab_status_frame(const struct grant_table *gt, unsigned i);

/* One GNTTABOP hypercall, as far as it got. */
struct gnttab_call {
	unsigned cmd;	/* GNTTABOP_* */
	uint64_t uop;	/* guest address of the array */
	unsigned count; /* entries left in it */
};

/* gnttab_hypercall(): preempted, *call says what is left to do. */
#define GNTTAB_PREEMPTED 1

/*
 * Run @call for the domain that owns @caller, on @cpu.  Results of single
 * operations are in their status fields.
 * Returns 0 when done, GNTTAB_PREEMPTED with *@call made its continuation,
 * -EFAULT if the array cannot be read or written, -EINVAL if count has its
 * sign bit set or is not the one that the command takes, -ENOSYS for an
 * unknown command.  GNTTABOP_set_version and GNTTABOP_get_version have no
 * status fields; they also return -EINVAL, -EBUSY, -ERANGE, -ENOMEM, -EPERM
 * or -ESRCH.
 */
int gnttab_hypercall(struct cpu *cpu, struct grant_table *caller,
		     struct gnttab_call *call);

const struct gnttab_counters *gnttab_counters(const struct grant_table *gt);

/* ---- for checkers and displays: no locks, no crossing of the seam ---- */

/* An active entry: what is pinned through a grant reference now. */
struct gnttab_active_view {
	uint32_t pin; /* hstw | hstr << 8 | devw << 16 | ... */
	domid_t grantee;
	mfn_t mfn;
};
/* Of reference @ref; all zero when nothing is pinned or out of range. */
struct gnttab_active_view gnttab_active(const struct grant_table *gt,
					grant_ref_t ref);

/* Where the shared entry of a reference lies: two words in version 1, four in
 * version 2; and what is pinned. */
struct gnttab_entry_view {
	uint32_t *words; /* NULL: the reference is out of range */
	uint32_t version, pin;
};
struct gnttab_entry_view gnttab_entry(const struct grant_table *gt,
				      grant_ref_t ref);

/* For those who use many: the entries of version 1 in one frame of the
 * shared table, all of which stays so as long as the table has that version. */
#define GNTTAB_ROW 512
#define GNTTAB_ROW_WORDS 2
struct gnttab_row {
	uint32_t *words;	 /* two of each; NULL: there is no such row */
	const uint32_t *pin;	 /* of the first; @pin_step further on the next */
	size_t pin_step;
	const unsigned *version; /* of the table */
	grant_ref_t first;
};
/* Where @ref is one of them. */
struct gnttab_row gnttab_row(const struct grant_table *gt, grant_ref_t ref);

/* A number for @lock that is the same in each run of the same machine; 0 if
 * it is none of @gt's. */
uint64_t gnttab_lock_number(const struct grant_table *gt,
			    const struct machine_lock *lock);

/* A maptrack entry: what a handle stands for. */
struct gnttab_maptrack_view {
	grant_ref_t ref;
	domid_t granter;
	uint16_t flags; /* GNTMAP_*; 0 when the handle is free */
};
struct gnttab_maptrack_view gnttab_maptrack(const struct grant_table *gt,
					    grant_handle_t handle);
/* Handles are below this. */
unsigned gnttab_maptrack_limit(const struct grant_table *gt);

/* Assert the numbered invariants of the folder's files on @gt, while no
 * hypercall is under way. */
void gnttab_check(const struct grant_table *gt);
/* That for the @n tables of a whole machine, and that every pin belongs to
 * a handle and every handle has its pins. */
void gnttab_check_all(const struct grant_table *const *gt, size_t n);

#endif /* GNTTAB_GNTTAB_H */
