/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crossing.h - the places where the grant code crosses the seam, by name.
 *
 * Each is a call of gnttab/machine.h without its machine_, and a point where
 * another CPU may run; so are, of a flush, the arrival at each other CPU, of
 * l1_slot the l1_lock that ends it, and of an access the steps of its walk at
 * the last level.
 */
#ifndef SIM_CROSSING_H
#define SIM_CROSSING_H

#include <stdint.h>

/* clang-format off */
#define SIM_CROSSINGS(X)                                                      \
	X(any) X(grant_table) X(crash_domain)                                 \
	X(frame_get) X(frame_hold) X(frame_drop) X(frame_pointer)             \
	X(frame_alloc) X(frame_mapped) X(frame_free) X(frame_steal)           \
	X(frame_assign) X(frame_place) X(mark_dirty)                          \
	X(shared_read) X(shared_write) X(shared_cmpxchg) X(shared_set)        \
	X(shared_clear)                                                       \
	X(l1_slot) X(l1_lock) X(l1_unlock) X(l1_only_at)                      \
	X(pte_read) X(pte_write) X(pte_cmpxchg) X(pte_put)                    \
	X(p2m_insert) X(p2m_remove) X(iommu_map) X(iommu_unmap)               \
	X(copy_from_guest) X(copy_to_guest) X(preemption_wanted)              \
	X(cpu_number) X(dirty_cpus) X(idle_clock) X(cpus_since)               \
	X(slot_holders) X(flush_tlb) X(flush_pages) X(tlb_load)               \
	X(lock) X(unlock)                                                     \
	X(ipi)                                                                \
	X(access) X(walk_read) X(walk_set) X(walk_fill)
/* clang-format on */

enum crossing {
#define X(name) CROSS_##name,
	SIM_CROSSINGS(X)
#undef X
	CROSSINGS,
	CROSS_UNLOCKED, /* no call: it has just let go of a lock */
	CROSS_SHARED	/* one where it matters whether others ran before */
};
extern const char *const crossing_names[CROSSINGS + 1]; /* NULL at the end */

/* Just before the @nth such crossing from here, from 1; 0: nowhere. */
struct stop {
	enum crossing at;
	uint32_t nth;
};

#endif /* SIM_CROSSING_H */
