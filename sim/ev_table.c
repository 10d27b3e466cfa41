/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ev_table.c - grant operations about a whole table or its entries. */
#include <errno.h>

#include "sim/state.h"

static void *sink(void)
{
	return (void *)(uintptr_t)CALL_SINK;
}

static int build_set_version(struct call *call, const struct op *op, void *to)
{
	gnttab_set_version_t *set = to;

	(void)call;
	set->version = op->number;
	return 0;
}

static int build_setup_table(struct call *call, const struct op *op, void *to)
{
	gnttab_setup_table_t *setup = to;

	(void)call;
	setup->dom = op->from;
	setup->nr_frames = op->number;
	setup->frame_list.p = sink();
	return 0;
}

static int build_query_size(struct call *call, const struct op *op, void *to)
{
	gnttab_query_size_t *query = to;

	(void)call;
	query->dom = op->from;
	return 0;
}

static int build_status_frames(struct call *call, const struct op *op, void *to)
{
	gnttab_get_status_frames_t *get = to;

	(void)call;
	get->dom = op->from;
	get->nr_frames = op->number;
	get->frame_list.p = sink();
	return 0;
}

static int build_swap(struct call *call, const struct op *op, void *to)
{
	gnttab_swap_grant_ref_t *swap = to;

	(void)call;
	swap->ref_a = op->ref;
	swap->ref_b = op->other;
	return 0;
}

/* clang-format off */
static const struct call_kind kinds[EVENT_KINDS] = {
	[EVENT_set_version] = {
		.cmd = GNTTABOP_set_version,
		.size = sizeof(gnttab_set_version_t),
		.no_status = true,
		.build = build_set_version,
	},
	[EVENT_setup_table] = {
		.cmd = GNTTABOP_setup_table,
		.size = sizeof(gnttab_setup_table_t),
		.status = offsetof(gnttab_setup_table_t, status),
		.build = build_setup_table,
	},
	[EVENT_query_size] = {
		.cmd = GNTTABOP_query_size,
		.size = sizeof(gnttab_query_size_t),
		.status = offsetof(gnttab_query_size_t, status),
		.build = build_query_size,
	},
	[EVENT_get_status_frames] = {
		.cmd = GNTTABOP_get_status_frames,
		.size = sizeof(gnttab_get_status_frames_t),
		.status = offsetof(gnttab_get_status_frames_t, status),
		.build = build_status_frames,
	},
	[EVENT_swap_grant_ref] = {
		.cmd = GNTTABOP_swap_grant_ref,
		.size = sizeof(gnttab_swap_grant_ref_t),
		.status = offsetof(gnttab_swap_grant_ref_t, status),
		.build = build_swap,
	},
};
/* clang-format on */

int ev_table(struct sim *sim, const struct event *event)
{
	struct cpu *cpu = cpu_of_event(sim, event);

	if (!cpu)
		return -EBADMSG;
	return call_run_event(cpu, &kinds[event->kind], event);
}
