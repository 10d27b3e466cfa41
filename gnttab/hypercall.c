/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hypercall.c - HYPERVISOR_grant_table_op: which operation, which array.
 *
 * Source: xen/common/grant_table.c (do_grant_table_op), Xen master
 * c447b7308b13.
 */
#include "gnttab/gnttab.h"

#include <errno.h>
#include <limits.h>

#include "gnttab/ops.h"

/* Above are bits for a command's own use in a continuation. */
#define CMD_MASK 0xfffffu

typedef int command_fn(struct cpu *cpu, struct grant_table *caller,
		       struct gnttab_call *call);

static command_fn *const commands[] = {
	[GNTTABOP_map_grant_ref] = ops_map,
	[GNTTABOP_unmap_grant_ref] = ops_unmap,
	[GNTTABOP_setup_table] = ops_setup_table,
	[GNTTABOP_transfer] = ops_transfer,
	[GNTTABOP_copy] = ops_copy,
	[GNTTABOP_query_size] = ops_query_size,
	[GNTTABOP_unmap_and_replace] = ops_unmap_and_replace,
	[GNTTABOP_set_version] = ops_set_version,
	[GNTTABOP_get_status_frames] = ops_get_status_frames,
	[GNTTABOP_get_version] = ops_get_version,
	[GNTTABOP_swap_grant_ref] = ops_swap_grant_ref,
};

int gnttab_hypercall(struct cpu *cpu, struct grant_table *caller,
		     struct gnttab_call *call)
{
	const size_t known = sizeof(commands) / sizeof(*commands);

	if (call->count > INT_MAX || (call->cmd & ~CMD_MASK))
		return -EINVAL;
	if (call->cmd >= known || !commands[call->cmd])
		return -ENOSYS;
	return commands[call->cmd](cpu, caller, call);
}
