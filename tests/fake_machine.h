/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fake_machine.h - a small machine below the seam that records what the grant
 * logic asks of it, and can be told to fail or to let others run meanwhile.
 *
 *   memory, by machine frame
 *   [ domain 0      | domain 1      | domain 2      | the hypervisor's ]
 *     guest frames:
 *     0 ............ 61  data
 *     62, 63             its two L1 page tables: entry n maps linear address
 *                        FAKE_LINEAR + n * 4096
 *
 * Hypercall arguments are in an array of each CPU, from guest address
 * FAKE_ARGS.
 */
#ifndef TESTS_FAKE_MACHINE_H
#define TESTS_FAKE_MACHINE_H

#include <limits.h>

#include "gnttab/gnttab.h"

#define FAKE_CPUS 2
#define FAKE_DOMAINS 3
#define FAKE_GUEST_FRAMES 64
#define FAKE_L1_FRAMES 2
#define FAKE_DATA_FRAMES (FAKE_GUEST_FRAMES - FAKE_L1_FRAMES)
#define FAKE_TABLE_FRAMES 16
#define FAKE_FRAMES (FAKE_DOMAINS * FAKE_GUEST_FRAMES + FAKE_TABLE_FRAMES)
#define FAKE_SLOTS (FAKE_L1_FRAMES * 512)
#define FAKE_HANDLE_FRAMES 2
#define FAKE_LINEAR 0xffff880000000000ull
#define FAKE_ARGS 0x10000ull
#define FAKE_ARGS_SIZE 16384
#define FAKE_LOG 8192

#define FAKE_PTE_P 0x1ull
#define FAKE_PTE_RW 0x2ull
#define FAKE_PTE_A 0x20ull
#define FAKE_PTE_D 0x40ull
#define FAKE_PTE_FRAME 0x000ffffffffff000ull

/* Rights of devices. */
#define FAKE_DMA_READ 1
#define FAKE_DMA_WRITE 2

#define FAKE_NEVER UINT_MAX

/* The functions of gnttab/machine.h. */
/* clang-format off */
#define FAKE_HOOKS(X) \
	X(grant_table) X(crash_domain) X(frame_get) X(frame_hold) \
	X(frame_drop) X(frame_pointer) X(frame_alloc) X(frame_mapped) \
	X(frame_free) X(frame_steal) X(frame_assign) \
	X(frame_place) X(mark_dirty) X(shared_read) X(shared_write) \
	X(shared_cmpxchg) X(shared_set) X(shared_clear) X(l1_slot) \
	X(l1_lock) X(l1_unlock) X(pte_read) X(pte_write) X(pte_cmpxchg) \
	X(pte_put) X(p2m_insert) X(p2m_remove) X(iommu_map) X(iommu_unmap) \
	X(copy_from_guest) X(copy_to_guest) \
	X(preemption_wanted) X(dirty_cpus) X(flush_tlb) X(flush_pages) \
	X(slot_holders) X(l1_only_at) X(tlb_load) X(idle_clock) \
	X(cpus_since) X(cpu_number) X(lock) X(unlock)
/* clang-format on */

enum fake_hook {
#define X(name) FAKE_##name,
	FAKE_HOOKS(X)
#undef X
		FAKE_NR_HOOKS
};

/* One call of a hook. */
struct fake_call {
	enum fake_hook hook;
	unsigned cpu;
	uint64_t arg; /* a frame, a slot, a mask: what it was about */
};

struct fake_machine;

struct domain {
	struct fake_machine *m;
	domid_t id;
	struct grant_table *gt;
	bool gone, crashed;
	uint64_t first_mfn;
	uint64_t frame_at[FAKE_GUEST_FRAMES]; /* machine frames by number */
	bool granted[FAKE_GUEST_FRAMES];      /* external: a grant is there */
	bool writable[FAKE_GUEST_FRAMES];     /* that may be written */
	unsigned owned;			      /* at most FAKE_GUEST_FRAMES */
	bool iommu;
	uint8_t dma[FAKE_FRAMES]; /* its devices' rights by machine frame */
};

/* A translation as cached. */
struct fake_cached {
	uint64_t slot, pte;
};

struct cpu {
	struct fake_machine *m;
	unsigned id;
	struct domain *runs;
	bool idle; /* lazily, since: */
	uint64_t idle_since;
	uint8_t args[FAKE_ARGS_SIZE];
	unsigned nr_cached;
	struct fake_cached cached[64];
};

struct fake_frame {
	unsigned refs, writers;
	bool locked;	      /* as an L1 page */
	struct domain *owner; /* of a guest's; NULL: nobody */
};

typedef void fake_fn(struct fake_machine *m, void *arg);

struct fake_machine {
	struct gnttab_rules rules;
	struct cpu cpus[FAKE_CPUS];
	struct domain domains[FAKE_DOMAINS];
	struct fake_frame frames[FAKE_FRAMES];
	bool table_used[FAKE_TABLE_FRAMES]; /* hypervisor's frames that are
					       handed out */
	bool aliased;	 /* every L1 page is linked twice */
	uint64_t idle_clock;
	gfn_t paged_out; /* this guest frame has to be brought in */

	/* what to do at the n-th crossing since fake_reset() */
	unsigned fail_at; /* fail, if that hook can */
	unsigned call_at; /* or the first after it without a lock held */
	fake_fn *call;	  /* another CPU's doing */
	bool lock_free;	  /* that needs no lock: while one is held, too */
	/* at the next call of a hook, before it does its work: what needs no
	 * lock, a page walk or a guest's store */
	fake_fn *at[FAKE_NR_HOOKS];
	void *arg; /* of either */

	bool preempt;	   /* preemption is wanted */
	unsigned fault_in; /* copies to or from the guest until a fault */

	/* what was seen */
	unsigned crossings, locks;
	unsigned nr_log;
	struct fake_call log[FAKE_LOG];
	unsigned flushes;
	unsigned freed;	     /* frames of guests given back */
	unsigned violations; /* a GTF bit cleared over a cached entry */

	_Alignas(4096) uint8_t memory[FAKE_FRAMES][4096];
};

/* A machine of three domains under the preset @policy, CPU n running domain
 * n; domain 0 is the hardware domain.  Each has a grant table of one frame
 * that may grow to two, and two frames of handles. */
struct fake_machine *fake_create(const char *policy);
/* The same, domain 0 having external paging. */
struct fake_machine *fake_create_external(const char *policy);
/* The same, domain 0 having an IOMMU. */
struct fake_machine *fake_create_iommu(const char *policy);
/* Checks the grant tables' invariants before. */
void fake_destroy(struct fake_machine *m);
void fake_check(const struct fake_machine *m);

/* Forget what was seen and what was to fail. */
void fake_reset(struct fake_machine *m);
/* How often @hook is in the log; the place of its @n-th call, or -1. */
unsigned fake_count(const struct fake_machine *m, enum fake_hook hook);
int fake_find(const struct fake_machine *m, enum fake_hook hook, unsigned n);

/* The machine frame of @gfn; at first they are in order. */
mfn_t fake_mfn(const struct fake_machine *m, domid_t id, uint64_t gfn);
/* No machine frame. */
#define FAKE_NOWHERE UINT64_MAX
/* The entry that maps linear page @n of @id, and its machine address. */
uint64_t *fake_pte(struct fake_machine *m, domid_t id, unsigned n);
uint64_t fake_slot(const struct fake_machine *m, domid_t id, unsigned n);
uint64_t fake_linear(unsigned n);
/* The entry at machine address @slot. */
uint64_t *fake_pte_at(struct fake_machine *m, uint64_t slot);
/* The words of a grant entry: two, or four in version 2. */
uint32_t *fake_shared(struct fake_machine *m, domid_t id, grant_ref_t ref);
/* The status of a version 2 entry. */
uint16_t *fake_status(struct fake_machine *m, domid_t id, grant_ref_t ref);

/* A hook was called; returns true if it is to fail, should it be able to. */
bool fake_cross(struct cpu *cpu, enum fake_hook hook, uint64_t arg);

/* Count a reference on a frame, or one less. */
void fake_hold(struct fake_machine *m, uint64_t mfn, enum machine_hold kind);
void fake_drop(struct fake_machine *m, uint64_t mfn, enum machine_hold kind);

/* A CPU accesses linear page @n of what it runs: sets A, D, and caches. */
void fake_touch(struct fake_machine *m, unsigned cpu, unsigned n, bool write);
/* It has nothing to run, and loads nothing. */
void fake_idle(struct fake_machine *m, unsigned cpu);
/* Does any CPU hold a translation to @mfn? */
bool fake_cached(const struct fake_machine *m, mfn_t mfn, bool writable);
/* The guest maps one of its own frames at linear page @n. */
void fake_guest_map(struct fake_machine *m, domid_t id, unsigned n,
		    uint64_t gfn, bool writable);

#endif /* TESTS_FAKE_MACHINE_H */
