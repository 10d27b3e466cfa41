/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_xen_note.h - what a recording cannot tell, or a trace cannot say.
 *
 * Whatever is left out or assumed is counted here, and named in the header
 * of the trace.  Also: what the recording says that a replay must give.
 */
#ifndef WORKLOADS_IMPORT_XEN_NOTE_H
#define WORKLOADS_IMPORT_XEN_NOTE_H

#include <stdint.h>

/* name, what the number counts */
/* clang-format off */
#define XEN_NOTES(X)                                                          \
	X(pte_untracked, "unmaps through a PTE address with tracked=0: "      \
	  "whether a CPU touched the page is not known, assumed that it did") \
	X(pte_tracked, "unmaps through a PTE address with tracked=1: the "    \
	  "recorder sees no accesses there; untouched, as recorded")          \
	X(untracked, "unmaps by linear address with tracked=0: whether a "    \
	  "CPU touched the page is not known, assumed that it did")           \
	X(unseen, "unmaps of what was mapped before the recording began: "    \
	  "mapped here just before, as granted by a made-up domain 32751")    \
	X(no_cpumask, "touched pages without recorded CPUs: the CPU that "    \
	  "unmaps is taken for the one that touched")                         \
	X(readonly_stores, "pages mapped read-only with recorded stores: "    \
	  "loads here")                                                       \
	X(flush_count, "unmap calls whose recorded flushes are not one for "  \
	  "each 32 operations")                                               \
	X(reordered, "calls that came to stand before one that returned "     \
	  "earlier: they overlapped, and it needed what they freed")          \
	X(vanished, "mappings whose handle was given out again without a "    \
	  "recorded unmap")                                                   \
	X(pinned, "references granted anew while mapped: the old grant "      \
	  "stands here")                                                      \
	X(map_failed, "map operations that failed with another status than "  \
	  "-3: -3 here, mapping for neither host nor device")                 \
	X(unmap_failed, "unmap operations that failed with another status "   \
	  "than -4: -4 here, by a free handle")                               \
	X(copy_failed, "copy operations that failed with another status "     \
	  "than -10: -10 here, by their length")                              \
	X(device, "unmaps for devices alone of what was mapped before the "   \
	  "recording began: failing with -4 here, by a free handle")          \
	X(guest_flags, "mappings with flag bits that only the guest reads: "  \
	  "those left out")                                                   \
	X(other_address, "unmaps by another address than the mapping's: by "  \
	  "the mapping's here")                                               \
	X(own_pages, "pages of the caller's own that it moved to where a "    \
	  "grant was mapped: made up")                                        \
	X(split, "preempted calls shown as two, as they stopped inside a "    \
	  "batch of 32")                                                      \
	X(abandoned, "preempted calls whose continuation is not recorded: "   \
	  "they end there")                                                   \
	X(lost_ops, "operations of those calls not known to be done: left "   \
	  "out")                                                              \
	X(other_calls, "calls that set up or query (setup_table, query_size,"  \
	  " set_version ...): left out")                                      \
	X(failed_calls, "calls that failed as a whole: left out")             \
	X(unreadable, "calls whose operations the recorder could not read: "  \
	  "left out")                                                         \
	X(too_long, "calls of over 8000 operations, more than a line of a "    \
	  "trace takes: left out")                                            \
	X(foreign, "calls of a domain that the recorder could not name: "     \
	  "left out")                                                         \
	X(open_calls, "calls that did not return, or whose operations the "   \
	  "end of the recording cuts off: left out")                          \
	X(missing_calls, "call numbers that do not occur: not recorded")      \
	X(lost_flushes, "flushes inside calls that are left out, or that "    \
	  "unmap nothing: left out")                                          \
	X(other_flushes, "flushes outside grant calls: left out")             \
	X(still_mapped, "mappings listed as still there at the end: "         \
	  "accesses through them left out")
/* clang-format on */

enum xen_note {
#define X(name, text) XEN_NOTE_##name,
	XEN_NOTES(X)
#undef X
		XEN_NR_NOTES
};

/* What the trace holds, and what was seen to come of it. */
struct xen_expected {
	uint64_t hypercalls; /* continuations count as well */
	uint64_t map_ops, unmap_ops, replace_ops, copy_ops;
	uint64_t failed_ops;
	uint64_t flushes;   /* inside unmap calls */
	uint64_t ipis;	    /* CPUs that flushed for another's
			       unmap or replace */
	uint64_t batches;   /* of up to 32 unmaps in one call */
	uint64_t untouched; /* of those by domain 0, and no CPU
			       touched any of the pages */
};

#endif /* WORKLOADS_IMPORT_XEN_NOTE_H */
