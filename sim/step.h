/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step.h - what happens inside an event, as records: for whoever watches.
 *
 *   sim_event() --> EVENT, { ACCESS ENTRY SWITCH OP DECISION FLUSH
 *                            VIOLATION }, END
 *
 * Nothing of it is made while nobody watches.
 */
#ifndef SIM_STEP_H
#define SIM_STEP_H

#include "mmu/look.h"
#include "sim/event.h"

struct sim;
struct domain;

/* name, what it says */
#define SIM_STEPS(X)                                                          \
	X(event, "an event begins")                                           \
	X(access, "a CPU translated an address")                              \
	X(entry, "an entry of a page table was changed")                      \
	X(switch, "a CPU switched to a domain or to idle")                    \
	X(op, "an operation of a hypercall has ended")                        \
	X(decision, "the grant code decided about a flush")                   \
	X(flush, "the hypervisor had CPUs flush everything")                  \
	X(violation, "an invariant was found broken")                         \
	X(end, "the event is over")

enum step_kind {
#define X(name, text) STEP_##name,
	SIM_STEPS(X)
#undef X
	STEP_KINDS
};
extern const char *const step_names[STEP_KINDS];

/* A translation, with the entries on its path before and after. */
struct step_access {
	vaddr_t va;
	enum mmu_access access;
	enum mmu_privilege privilege;
	struct mmu_result result;
	struct mmu_path before, after;
	unsigned loads;			/* entries read: fewer than on the
					   path after a paging-structure hit */
	struct mmu_holders holders;	/* of the leaf entry, afterwards */
	bool hypervisor;		/* copying for a hypercall */
};

/* What a page-table entry leads to. */
struct step_frame {
	int owner;			/* a domid; DOMAIN_NONE: nobody's */
	uint64_t number;		/* as the owner counts */
	uint32_t pins;			/* of the grant, if there is one ... */
	grant_ref_t ref;		/* ... which is this */
};

struct step_entry {
	paddr_t entry;
	unsigned level;			/* 1 is a PTE; 0: not in a table */
	uint64_t before, after;
	struct step_frame from, to;	/* of those values */
	int op;				/* number in the hypercall; -1: none */
	uint64_t holders;		/* CPUs with a translation out of it */
};

/* Why did the grant code flush, or not? */
#define STEP_REASONS(X)                                                       \
	X(accessed, "an entry had A=1")                                       \
	X(clean, "no entry had A=1")                                          \
	X(unseen, "an entry had A=1, which the policy does not see")          \
	X(untrusted, "the policy does not trust the domain")                  \
	X(amd, "the policy does not rely on A on AMD")                        \
	X(always, "the policy flushes after every batch")                     \
	X(default, "an operation took no entry away, which counts as access") \
	X(replace, "unmap_and_replace always flushes")                        \
	X(undo, "a map that failed is undone")                                \
	X(fault, "the array could not be read or written")                    \
	X(other, "by the policy's own rule")

enum step_reason {
#define X(name, text) REASON_##name,
	STEP_REASONS(X)
#undef X
	STEP_REASON_COUNT
};
extern const char *const step_reason_names[STEP_REASON_COUNT];
extern const char *const step_reason_texts[STEP_REASON_COUNT];

struct step_decision {
	const struct domain *mapper;
	unsigned ops;			/* in the batch */
	unsigned zapped;		/* entries taken away */
	unsigned accessed;		/* of those, with A=1 */
	unsigned first_accessed;	/* operation, from 0 */
	bool flush;
	uint64_t cpus;			/* to flush */
	enum step_reason reason;
};

struct step {
	enum step_kind kind;
	const struct event *event;
	unsigned cpu;			/* access switch op decision */
	union {
		struct step_access access;
		struct step_entry entry;
		struct step_decision decision;
		struct {		/* flush */
			uint64_t cpus;
			bool needless;	/* there was nothing to evict */
		} flush;
		struct {		/* op */
			unsigned number;
			const struct op *op;
			int status;	/* GNTST_*, or STATUS_NOT_REACHED */
			grant_ref_t ref; /* of a map: and what is pinned */
			uint32_t pins;	/* 0: of nothing else */
		} op;
		const struct domain *to; /* switch; NULL: idle */
		const char *text;	/* violation */
	};
};

/* Who watches.  @step may look at @sim, but change nothing. */
struct sim_watcher {
	void (*step)(void *data, struct sim *sim, const struct step *step);
	void *data;
};

/* Watch from the next event on, or no more if @watcher is NULL: 0, -ENOMEM. */
int sim_watch(struct sim *sim, const struct sim_watcher *watcher);

/* What a watcher asks about the machine. */
struct mmu *sim_mmu(struct sim *sim);
unsigned sim_cpus(const struct sim *sim);
/* Is an `expect` about the policy that runs? */
bool sim_expects(const struct sim *sim, const struct event *event);
/* Is @event one, and does it speak of broken invariants? */
bool sim_expects_violations(const struct sim *sim, const struct event *event);
/* One access by what runs on @cpu, watched, outside of any event. */
void sim_access(struct sim *sim, unsigned cpu, vaddr_t va,
		enum mmu_access access);

/* ---- names --------------------------------------------------------------- */

struct cache_name {
	char text[40];
};
/* "L1 data 4K", "PDE cache". */
struct cache_name step_cache_name(const struct mmu_profile *profile,
			     unsigned cache);
/* "PTE", "PDE" ... */
const char *step_level_name(unsigned level);
/* " P RW US A", or " none". */
struct bit_names {
	char text[64];
};
struct bit_names step_pte_bits(uint64_t value);
/* "hstr 1, devw 2": the counters of a pin word that are not 0. */
struct pin_names {
	char text[48];
};
struct pin_names step_pins(uint32_t pins);
/* "{0,1}" */
struct cpu_set {
	char text[200];
};
struct cpu_set step_cpu_set(uint64_t cpus);
extern const char *const step_access_names[MMU_FETCH + 1];

#endif /* SIM_STEP_H */
