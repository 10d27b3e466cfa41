/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * policy.h - when may the flush after an unmap be left out, or be smaller?
 *
 * A policy is one constant struct.  The versions of the optimisation that
 * shipped are data alone, in policy_history.c; policies that nobody has
 * shipped have a file policy_NAME.c each, with the reasoning at its head, and
 * functions where data will not do.  The logic in flush.c, unmap.c and pv.c
 * reads the fields, and never asks which policy it is.
 *
 * Sources: the history of avoid-gnt-unmap-tlb-flush-if-not-accessed.patch in
 * XenServer's patch queue (xenserver/xen.pg), 2014-06-13 to 2018-12-10, and
 * the RFC mailed to xen-devel on 2014-07-04.
 */
#ifndef GNTTAB_POLICY_H
#define GNTTAB_POLICY_H

#include "gnttab/machine.h"

/* All that there are: history in order of date, then those of our own. */
/* clang-format off */
#define GNTTAB_POLICIES(X) \
	X(upstream) \
	X(xs65) \
	X(rfc2014) \
	X(xs_2014_10) \
	X(xs70) \
	X(xs72_amd) \
	X(xs_2017_10) \
	X(xs8) \
	X(trusted_ad) \
	X(per_page) \
	X(per_cpu) \
	X(tracked) \
	X(oracle)
/* clang-format on */

/* Who may skip the flush of a batch in which nothing was accessed. */
enum gnttab_trust {
	GNTTAB_TRUST_NOBODY,
	GNTTAB_TRUST_HARDWARE_DOMAIN,
	GNTTAB_TRUST_ANYBODY,
};

/* What an unmap through GNTMAP_contains_pte reports. */
enum gnttab_contains_pte {
	GNTTAB_PTE_NOT_ACCESSED, /* 0: the hole of 2014 */
	GNTTAB_PTE_ACCESSED,	 /* always 1 */
	GNTTAB_PTE_REAL,	 /* the A bit of the entry */
};

/* How the entry is zapped. */
enum gnttab_update {
	GNTTAB_UPDATE_PLAIN,		/* read, then store: an A or D that a
					   walk sets in between is lost */
	GNTTAB_UPDATE_CMPXCHG,		/* locked exchange: nothing is lost */
	GNTTAB_UPDATE_CMPXCHG_PRESERVE, /* locked exchange that carries A and
					   D over into the new value: leaves
					   0x20 or 0x60 behind */
};

struct gnttab_batch;
struct host_mapping;

struct gnttab_policy {
	const char *name;
	const char *summary;   /* one line, for people */
	const char *reasoning; /* why that is right, or went wrong */
	const char *source;    /* where the facts come from */
	enum gnttab_trust trust;
	bool default_accessed; /* of an op that zaps no host entry */
	enum gnttab_contains_pte contains_pte;
	enum gnttab_update update;
	bool read_back;	     /* A is that of the entry after the
				update, not of the value replaced */
	bool present_counts; /* accessed if the new entry is present */
	bool always_flush;   /* an unconditional flush stands beside
				the conditional one (the RFC's slip) */
	bool clean_template; /* map with A=0 D=0 */
	bool not_on_amd;     /* everything is accessed on AMD */
	bool keeps_accessed; /* nobody clears A of a grant's entry but by
				making it absent, and a plain store, which may
				lose A, counts as accessed */
	/*
	 * See to it that no CPU holds a translation out of an entry that @b
	 * zapped, with one call of the seam that flushes, or none.  Returns
	 * whether there was one.  NULL: flush everything, if the fields above
	 * say so.
	 */
	bool (*evict)(struct cpu *cpu, const struct grant_table *mapper,
		      const struct gnttab_batch *b);
	/* What to know then of a host mapping that is about to be made. */
	uint64_t (*note)(struct cpu *cpu, const struct host_mapping *m);
	/* It was made, at @slot, where @old was; its page is still locked.
	 * Returns its note, or what that becomes. */
	uint64_t (*made)(struct cpu *cpu, const struct host_mapping *m,
			 maddr_t slot, uint64_t old);
};

#define X(name) extern const struct gnttab_policy gnttab_policy_##name;
GNTTAB_POLICIES(X)
#undef X

/* The policy called @name, or NULL. */
const struct gnttab_policy *gnttab_policy_find(const char *name);
/* The @i-th in the order above, or NULL past the end. */
const struct gnttab_policy *gnttab_policy_at(size_t i);

#endif /* GNTTAB_POLICY_H */
