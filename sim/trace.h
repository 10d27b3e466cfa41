/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trace.h - a stream of events out of a file, format 1.
 *
 *   file or stdin -> (gunzip) -> libyaml events -> items -> struct event
 *                                     literal block -> lines -> struct event
 *                                     blkback:, netback: -> model -> struct event
 *
 * Events come as they are read; memory does not grow with the trace.
 */
#ifndef SIM_TRACE_H
#define SIM_TRACE_H

#include "gnttab/gnttab.h"
#include "sim/event.h"
#include "sim/profile.h"

#define TRACE_MAX_DOMAINS 256
#define TRACE_MAX_INCOMPLETE 48

struct trace_domain {
	domid_t id;
	char name[32];
	bool hardware;
	bool external;			/* paging: hvm, not pv */
	uint64_t memory;		/* bytes, a multiple of 4096 */
	unsigned grant_frames;		/* limit; default 64 */
	unsigned maptrack_frames;	/* limit; default 1024 */
	unsigned version;		/* of its grant table; default 1 */
	bool iommu;			/* between its devices and memory */
};

enum trace_update {
	UPDATE_BY_POLICY, UPDATE_PLAIN, UPDATE_CMPXCHG, UPDATE_CMPXCHG_PRESERVE,
};

/* When what a CPU stores in a page table is seen. */
enum trace_memory {
	MEMORY_SC,		/* at once */
	MEMORY_TSO,		/* later: sim/buffer.c */
};

/* How the hypervisor has a CPU drop all it holds ... */
enum trace_flush {
	FLUSH_FULL,		/* nothing is left */
	FLUSH_CR4_PGE,		/* by toggling CR4.PGE */
	FLUSH_CR3_ONLY,		/* by loading CR3: spares global entries, and
				   PCIDs but the current one */
};
/* ... and which CPUs it takes to hold nothing of a domain. */
enum trace_dirty_mask {
	DIRTY_MASK_KEEPS_IDLE,	/* those that loaded another one's tables */
	DIRTY_MASK_DROPS_IDLE,	/* those that are idle as well */
};

/* Who is flushed when a frame comes to another use? */
enum trace_flush_filter {
	FLUSH_FILTER_CLOCK,	/* who was not since it was last used */
	FLUSH_FILTER_OFF,	/* all that are asked */
	FLUSH_FILTER_FORGOTTEN,	/* nobody */
};

/* When do CPUs forget what left the p2m of a domain with external paging? */
enum trace_p2m_sync {
	P2M_SYNC_PAGE,		/* after each page */
	P2M_SYNC_DEFERRED,	/* before a reference on one is dropped */
	P2M_SYNC_LATE,		/* when the hypercall is over */
};

/* When does an IOTLB forget what left the tables of an IOMMU? */
enum trace_iotlb_flush {
	IOTLB_FLUSH_PAGE,	/* at once */
	IOTLB_FLUSH_LATE,	/* when the hypercall is over */
};

struct trace_header {
	char title[200];
	/* Of a lesson, each paragraph a line; or "". */
	char question[1000], answer[3000];
	struct profile profile;		/* of `machine:`, read and checked */
	bool other_machine;		/* ... but was told another one */
	unsigned cpus;
	const struct gnttab_policy *policy;	/* never NULL */
	enum trace_update update;
	enum trace_memory memory;
	enum gnttab_era era;
	enum trace_flush flush;
	enum trace_dirty_mask dirty_mask;
	enum trace_flush_filter flush_filter;
	uint32_t clock_wrap;		/* 0: all 32 bits */
	enum trace_p2m_sync p2m_sync;
	enum trace_iotlb_flush iotlb_flush;
	uint64_t seed;
	size_t nr_domains;
	struct trace_domain domain[TRACE_MAX_DOMAINS];
	size_t nr_schedule;		/* one for each CPU, in order */
	struct {
		unsigned cpu;
		int domain;		/* or DOMAIN_NONE */
	} schedule[MMU_MAX_CPUS];
	/* What the trace does not know of what it describes. */
	size_t nr_incomplete;
	char incomplete[TRACE_MAX_INCOMPLETE][200];
};

/* The policy called @name, or NULL after adding an error at @place. */
const struct gnttab_policy *trace_policy(const char *name, struct place place,
					 struct diags *diags);

/*
 * A header as of a trace that says nothing, but with a guest, domain 1, beside
 * domain 0.  @machine NULL and @cpus 0 are the defaults.  0; -EBADMSG with
 * @diags filled; -ENOMEM.
 */
int trace_default_header(struct trace_header *header, const char *machine,
			 unsigned cpus, struct diags *diags);

/* A value that stands where a trace says something else, or nothing. */
struct trace_setting {
	const char *path;		/* "seed", "blkback.generate.depth",
					   "domains.1.memory": of the header,
					   or in every block of a driver */
	struct place place;		/* of the path, for messages */
	const struct node *value;	/* must outlive the trace */
};
#define TRACE_MAX_SETTINGS 64

/* What is said from outside.  All zero: nothing. */
struct trace_override {
	const char *machine;		/* or NULL */
	unsigned cpus;			/* or 0 */
	size_t nr_settings;		/* up to TRACE_MAX_SETTINGS */
	const struct trace_setting *setting;	/* none leads into another */
};

struct trace;

/*
 * Open @path ("-" is stdin; gzip is recognised by its first bytes) and read
 * its header.  0; -EBADMSG with @diags filled; or -errno of the file.
 * @machine and @cpus override the header's when not NULL and not 0.
 * @diags must outlive the trace.
 */
int trace_open(struct trace **trace, const char *path, const char *machine,
	       unsigned cpus, struct diags *diags);
/* The same with all that can be said; @override must outlive the trace.  That
 * a setting has no place in the trace is found at the end of it. */
int trace_open_with(struct trace **trace, const char *path,
		    const struct trace_override *override,
		    struct diags *diags);
const struct trace_header *trace_header(const struct trace *trace);
/* A bit for each of the settings, from 1 << 0, that met its place so far. */
uint64_t trace_settings_met(const struct trace *trace);
struct event_labels;
/* What its labels are called, until the next event is read. */
struct event_labels trace_labels(const struct trace *trace);
/* The next event: 1; 0 at the end; -EBADMSG with @diags filled, once; after
 * which further calls go on looking for errors only; -errno for I/O. */
int trace_next(struct trace *trace, struct event **event);
/* Bytes of the file consumed so far, for progress; of @total (0: unknown). */
uint64_t trace_position(const struct trace *trace, uint64_t *total);
void trace_close(struct trace *trace);

#endif /* SIM_TRACE_H */
