/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_sim_update.h - a PV guest that has its L1 entries written. */
#ifndef TESTS_CHECK_SIM_UPDATE_H
#define TESTS_CHECK_SIM_UPDATE_H

#include "mmu/x86.h"
#include "sim/pgtab.h"
#include "sim/state.h"
#include "tests/rig.h"

#define PTE_GUEST_KERNEL (UINT64_C(1) << 52)
#define GRANT AT	     /* maps a grant, written through */
#define OWN (AT + PAGE)	     /* maps a page of domain 0's own */
#define NONE (AT + 2 * PAGE) /* maps nothing */

/* Two mappings and a hole; reference 8 is granted. */
static inline void open_pages(struct rig *rig, enum gnttab_era era)
{
	struct event event;

	rig_prepare(rig, "xs8");
	rig->header.era = era;
	rig_start(rig);
	rig_grant(rig, 8, 1, false);
	rig_map(rig, 8, 1, GRANT, HOST);
	rig_access(rig, EVENT_write, 0, GRANT);
	rig_map_own(rig, OWN, 5);
	rig_map_own(rig, NONE, 6);
	event = rig_page_event(rig, EVENT_unmap_page, NONE, 0);
	rig_run(rig, &event);
}

static inline uint64_t entry_of(struct rig *rig, uint64_t at)
{
	return pgtab_find(&rig->sim->domain[0], at).value;
}

/* One entry of domain 0, at @at. */
static inline struct event update_event(struct rig *rig, enum pv_update way,
					uint64_t at, uint64_t clear,
					uint64_t set)
{
	struct event event = rig_event(rig, way == PV_UPDATE_EMULATED
						    ? EVENT_write_pte
						    : EVENT_mmu_update);

	event.domain = 0;
	event.update.way = way;
	event.nr_ops = 1;
	rig->ops[0] = (struct op){
		.at = at,
		.at_pte = true,
		.clear = clear,
		.set = set,
	};
	return event;
}

#endif /* TESTS_CHECK_SIM_UPDATE_H */
