/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * oracle.h - what must never happen, watched from outside.
 *
 * The oracle sees only what crosses the seam (entries and shared words that
 * change, flushes, references that are dropped) and what the TLBs hold.  It
 * does not know which policy runs, nor what that policy thinks was accessed.
 */
#ifndef SIM_ORACLE_H
#define SIM_ORACLE_H

#include "gnttab/gnttab.h"
#include "mmu/mmu.h"

struct sim;
struct cpu;
struct domain;

/* A batch zaps one entry per operation, and one more per replacement. */
#define ORACLE_MAX_ZAPS (2 * GNTTAB_UNMAP_BATCH)

/* A present entry that the grant code took away. */
struct zap {
	paddr_t entry;
	mfn_t mfn; /* that it led to */
	domid_t mapper;
};

/* What one CPU zapped and has not accounted for. */
struct oracle_batch {
	struct zap zap[ORACLE_MAX_ZAPS];
	unsigned count;
	bool flushed;  /* a flush came since the first */
	mfn_t dropped; /* the last to lose a reference, or 0 */
	mfn_t stolen;  /* taken from its owner and not flushed, or 0 */
};

/* A reference whose status word the grant code changed. */
struct oracle_word {
	struct domain *granter;
	grant_ref_t ref;
};

/* Status words that lie side by side: those of the frame of a grant table in
 * which one changed last.  Which of them changed is here until another frame
 * is looked at. */
#define ORACLE_ROW_ROOM 256
struct oracle_row {
	struct domain *granter;
	struct gnttab_row of;
	unsigned count;
	uint16_t changed[ORACLE_ROW_ROOM]; /* from the first of the row on */
};

struct oracle {
	struct oracle_batch *batch; /* by CPU */
	/* Zapped, accounted for, and yet cached somewhere: a list that stays
	 * empty until something has gone wrong. */
	struct zap *suspect;
	size_t nr_suspects, suspect_room;
	/* Changed in the hypercall that runs. */
	struct oracle_word *word;
	size_t nr_words, word_room;
	struct oracle_row row; /* those that changed last are here */
	bool devices;	       /* some are behind an IOMMU */
	/* Accesses by an outdated translation, but for those that could have
	 * come before the change, or lead to where they should. */
	uint64_t stale_for_good;
};

/* For so many CPUs: 0, -ENOMEM. */
int oracle_create(struct oracle *oracle, unsigned cpus);
void oracle_destroy(struct oracle *oracle);

/* @cpu, in a grant hypercall, changed an entry that was present ... */
void oracle_entry_changed(struct cpu *cpu, paddr_t entry, uint64_t old,
			  uint64_t new);
/* ... is about to flush @mask: is there nothing to evict? ... */
bool oracle_flush_is_false(struct cpu *cpu, cpumask_t mask);
/* ... has flushed ... */
void oracle_flushed(struct cpu *cpu);
/* ... dropped a reference on a frame, after it zapped something (the way
 * there is oracle_dropped(), in state.h) ... */
void oracle_settle(struct cpu *cpu);
/* ... took a frame away from its owner ... */
void oracle_stolen(struct cpu *cpu, mfn_t mfn);
/* ... changed the status word of a shared entry ... */
void oracle_word_changed(struct cpu *cpu, const uint32_t *word, uint32_t old,
			 uint32_t new);
/* ... went back to its guest. */
void oracle_call_left(struct cpu *cpu);

/* An access was served, as @result says, by an outdated translation. */
void oracle_stale_use(struct sim *sim, const struct cpu *cpu, vaddr_t va,
		      enum mmu_access access, const struct mmu_result *result);

/* One hit pages of two sizes, on a machine with such a quirk. */
void oracle_machine_check(struct sim *sim, const struct cpu *cpu, vaddr_t va);
/* A device of @d was served by an IOTLB at bus address @at. */
void oracle_stale_dma(struct sim *sim, const struct domain *d, uint64_t at,
		      bool write);

/* At quiescence: everything that must agree does. */
void oracle_audit(struct sim *sim);

/* An invariant was found broken. */
void oracle_violation(struct sim *sim, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The lowest CPU in @mask, which is not empty. */
static inline unsigned oracle_first_cpu(cpumask_t mask)
{
	return (unsigned)__builtin_ctzll(mask);
}
/* Room for one more item of @size in a list; false, once and for all, when
 * the host has no more memory. */
bool oracle_make_room(struct sim *sim, void **items, size_t count, size_t *room,
		      size_t size);
/* A frame gets a new owner: nobody may still reach it (I3). */
void oracle_check_reuse(struct sim *sim, mfn_t mfn);
/* The same of devices (I7); the granter sees its frame as no longer used, or
 * as no longer written, by @mapper, which has an IOMMU. */
void oracle_check_devices(struct sim *sim, mfn_t mfn);
void oracle_check_device(const struct domain *mapper,
			 const struct oracle_word *word, mfn_t mfn,
			 bool writable);
/* At quiescence: what devices reach is what is mapped. */
int oracle_audit_devices(struct sim *sim);
/* A frame becomes a page table: nobody may be able to write to it (I2). */
void oracle_check_typing(struct sim *sim, mfn_t mfn);
/* CPUs with a translation out of the entry as it was when it was zapped. */
struct mmu_holders oracle_holders(const struct sim *sim, const struct zap *zap);
/* While several CPUs are in the hypervisor: those with a translation to @mfn
 * as @mapper had it mapped, out of entries that others zapped and have not
 * flushed yet, though @word shows it as unused. */
cpumask_t oracle_pending(const struct sim *sim, const struct oracle_word *word,
			 mfn_t mfn, domid_t mapper, bool writable);
/* The status bits of an entry that is pinned so. */
static inline uint32_t oracle_status_of(uint32_t pin)
{
	const uint32_t pins_write = 0x00ff00ff; /* of hosts and devices */

	return (pin ? GTF_reading : 0u) | (pin & pins_write ? GTF_writing : 0u);
}
/* Do the status bits of a shared entry say what is pinned? */
void oracle_check_status(struct sim *sim, const struct domain *granter,
			 grant_ref_t ref);

#endif /* SIM_ORACLE_H */
