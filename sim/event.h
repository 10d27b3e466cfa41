/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * event.h - the vocabulary of a trace: one thing that happens.
 *
 * Whatever a trace is made of (YAML mappings, bulk lines, a driver model),
 * it reaches the simulator as a stream of struct event.  Ranges are already
 * spread out, one struct op each; names are already checked.
 */
#ifndef SIM_EVENT_H
#define SIM_EVENT_H

#include "gnttab/abi.h"
#include "mmu/profile.h"
#include "sim/crossing.h"
#include "sim/diag.h"
#include "sim/pv_update.h"

/* name, one line for `tlbsim list events` */
/* clang-format off */
#define SIM_EVENTS(X)                                                         \
	X(grant, "the granter writes table entries: who may map which frame") \
	X(revoke, "the granter withdraws table entries")                      \
	X(map, "GNTTABOP_map_grant_ref, one hypercall")                       \
	X(unmap, "GNTTABOP_unmap_grant_ref, one hypercall")                   \
	X(unmap_and_replace, "GNTTABOP_unmap_and_replace, one hypercall")     \
	X(copy, "GNTTABOP_copy, one hypercall")                               \
	X(transfer, "GNTTABOP_transfer, one hypercall: give pages away")      \
	X(set_version, "GNTTABOP_set_version: the layout of a grant table")   \
	X(setup_table, "GNTTABOP_setup_table: grow a grant table")            \
	X(query_size, "GNTTABOP_query_size: ask how large one is")            \
	X(get_status_frames, "GNTTABOP_get_status_frames: ask where its status lies") \
	X(swap_grant_ref, "GNTTABOP_swap_grant_ref, one hypercall")           \
	X(read, "a CPU loads from a linear address")                          \
	X(write, "a CPU stores to a linear address")                          \
	X(fetch, "a CPU fetches an instruction from a linear address")        \
	X(speculate, "a CPU walks ahead, for no access: it may at any time")  \
	X(dma_read, "a device loads from a bus address")                      \
	X(dma_write, "a device stores to a bus address")                      \
	X(map_page, "an OS maps a page of its own")                           \
	X(unmap_page, "an OS clears an entry of its own tables")              \
	X(protect, "an OS changes the rights of a page of its own")           \
	X(share_table, "an OS has a second address use an L1 table")          \
	X(mmu_update, "a PV guest has L1 entries changed, one hypercall")     \
	X(update_va_mapping, "the same for one entry, by its address")        \
	X(write_pte, "the same by a store, which is trapped and emulated")    \
	X(alloc, "a domain gets frames of memory")                            \
	X(free, "a domain gives frames of memory back")                       \
	X(pin_table, "a guest makes empty frames page tables")                \
	X(unpin_table, "a guest takes that back")                             \
	X(invlpg, "a CPU invalidates one page")                               \
	X(invpcid, "a CPU invalidates by PCID: types 0 to 3")                 \
	X(load_cr3, "a CPU reloads its page-table base")                      \
	X(set_control, "a CPU writes CR0, CR4 or EFER")                       \
	X(flush, "CPUs drop every translation, global ones too")              \
	X(drain, "what a CPU stored gets into memory, with memory: tso")      \
	X(schedule, "a CPU switches to a domain or to idle")                  \
	X(fault, "make a guest copy of the next hypercall fail")              \
	X(preempt, "make the next hypercall stop at a preemption point")      \
	X(resume, "go on with a hypercall that was preempted")                \
	X(parallel, "from here on CPUs run at the same time, for `explore`")  \
	X(inspect, "print state into the results")                            \
	X(expect, "results so far must be as said")
/* clang-format on */

enum event_kind {
#define X(name, text) EVENT_##name,
	SIM_EVENTS(X)
#undef X
	EVENT_KINDS
};
extern const char *const event_names[EVENT_KINDS + 1];	/* NULL at the end */
extern const char *const event_texts[EVENT_KINDS];

/*
 * A name that a trace gives to something it will need again: a handle, a
 * preempted call.  Names are arrays: "h" is h[0], a range takes h[0], h[1]...
 * Numbers are dense; those of handles and those of calls are independent.
 */
struct label {
	int32_t name;			/* number of the name; -1: no label */
	uint32_t index;
};
#define NO_LABEL ((struct label){ -1, 0 })

static inline bool label_is(struct label a, struct label b)
{
	return a.name == b.name && a.index == b.index;
}

/* One end of a copy. */
struct copy_end {
	bool by_ref;			/* else by frame of `domain` */
	domid_t domain;			/* may be DOMID_SELF */
	grant_ref_t ref;
	uint64_t frame;
	uint16_t offset;
};

/* One operation of a hypercall, or one entry or page of a range.  There are
 * many: what no event has beside the ends of a copy lies where those do. */
struct op {
	uint32_t line, column;
	grant_ref_t ref;		/* grant revoke map */
	domid_t from;			/* map: the granter; transfer: who gets
					   it; grant: the domain of a
					   transitive one; setup_table,
					   query_size, get_status_frames: whose */
	int16_t status;
	bool status_given;		/* ... that it must end with */
	bool frame_given;		/* mmu_update: else it stays */
	bool at_given;			/* unmap: else where `label` was mapped */
	bool at_pte;			/* `pte_of:`; host_addr is the machine
					   address of at's L1 entry */
	bool without_host;		/* unmap: not the host part ... */
	bool with_device;		/* ... and the device part, which is at
					   the bus address that map gave */
	bool sub_page, transitive;	/* grant */
	uint16_t start;			/* grant: of a sub-page */
	uint16_t length;		/* copy; grant: of a sub-page */
	uint32_t flags;			/* map: GNTMAP_* */
	grant_ref_t other;		/* grant: reference of `from`;
					   swap_grant_ref: with this one */
	uint32_t number;		/* setup_table, get_status_frames: how
					   many frames; set_version: which */
	uint32_t handle;		/* unmap: a number, or ... */
	struct label label;		/* ... a named handle */
	struct label as;		/* map: names the handle */
	union {
		struct {
			uint64_t at;	/* map unmap: host_addr; pages: address;
					   dma_*: bus address, or of `label` */
			uint64_t frame;	/* grant transfer map_page mmu_update
					   alloc free: number of a frame of
					   the domain */
			uint64_t new_at; /* unmap_and_replace; share_table:
					    whose */
			uint64_t dev_bus_addr;	/* unmap */
			uint64_t set, clear;	/* mmu_update: bits of the
						   entry */
		};
		struct {		/* copy */
			struct copy_end source, dest;
		};
	};
};

/* An expected value: min <= value <= max, which may be INFINITY. */
struct expectation {
	unsigned counter;		/* index in results.h's table */
	double min, max;
	uint32_t line, column;
};

#define CPU_ANY (-1)			/* whichever runs the domain */
#define DOMAIN_NONE (-1)
#define POINT_NOW 0			/* not inside a hypercall */

enum page_flag {
	PAGE_WRITABLE = 1, PAGE_USER = 2, PAGE_GLOBAL = 4, PAGE_NX = 8,
};

#define PARALLEL_MAX_AHEAD 16

enum inspect_kind { INSPECT_WALK, INSPECT_GRANT, INSPECT_HANDLE };

struct event {
	enum event_kind kind;
	struct place place;
	uint64_t number;		/* in the trace, from 0 */
	int cpu;			/* or CPU_ANY */
	int domain;			/* a domid, or DOMAIN_NONE (idle) */
	struct label call;		/* hypercalls: park when preempted;
					   resume: which */
	struct stop stop;		/* hypercalls, resume: to be left there */
	struct op *ops;			/* until the next event is read */
	size_t nr_ops;
	union {
		struct {		/* grant */
			domid_t to;
			bool readonly, accept_transfer;
		} grant;
		struct {		/* hypercalls: guest address of the
					   array; 0: out of the way */
			uint64_t array;
		} hypercall;
		struct {		/* read write fetch; invlpg,
					   speculate: at */
			uint64_t at, count, stride;
			bool user;
		} access;
		struct {		/* invpcid */
			uint64_t at, pcid;
			uint32_t type;	/* enum mmu_invpcid */
		} invpcid;
		struct {		/* map_page unmap_page (size) protect */
			enum mmu_page_size size;
			unsigned flags;	/* enum page_flag */
		} page;
		struct {		/* mmu_update update_va_mapping
					   write_pte */
			enum pv_update way;
			bool refused;	/* the hypervisor must say no */
		} update;
		struct {		/* pin_table: 1 .. 4 */
			uint32_t level;
		} table;
		struct {		/* load_cr3: bits to set in the value;
					   set_control: register and value */
			unsigned reg;	/* enum mmu_register */
			uint64_t value;
		} control;
		struct {		/* flush */
			uint64_t cpus;	/* mask */
		} flush;
		struct {		/* schedule fault preempt: at which
					   preemption point or guest copy of
					   the next hypercall, from 1 */
			uint32_t point;
		} at;
		struct {		/* parallel: so often each CPU may
					   walk ahead to each page */
			uint64_t speculate;
		} parallel;
		struct {		/* inspect */
			enum inspect_kind kind;
			uint64_t what;
			struct label label;
		} inspect;
		struct {		/* expect */
			const struct expectation *list;
			size_t count;
			const char *policy;	/* NULL: the trace's own;
						   "any": all */
		} expect;
	};
};

#endif /* SIM_EVENT_H */
