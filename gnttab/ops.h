/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ops.h - the grant table operations, one array of arguments each.
 *
 * Each runs the operations of @call, advancing it over each one that has its
 * status written.  Returns as gnttab_hypercall().
 */
#ifndef GNTTAB_OPS_H
#define GNTTAB_OPS_H

#include "gnttab/gnttab.h"

int ops_map(struct cpu *cpu, struct grant_table *caller,
	    struct gnttab_call *call);
int ops_unmap(struct cpu *cpu, struct grant_table *caller,
	      struct gnttab_call *call);
int ops_unmap_and_replace(struct cpu *cpu, struct grant_table *caller,
			  struct gnttab_call *call);
int ops_copy(struct cpu *cpu, struct grant_table *caller,
	     struct gnttab_call *call);
int ops_transfer(struct cpu *cpu, struct grant_table *caller,
		 struct gnttab_call *call);

int ops_setup_table(struct cpu *cpu, struct grant_table *caller,
		    struct gnttab_call *call);
int ops_query_size(struct cpu *cpu, struct grant_table *caller,
		   struct gnttab_call *call);
int ops_get_status_frames(struct cpu *cpu, struct grant_table *caller,
			  struct gnttab_call *call);
int ops_set_version(struct cpu *cpu, struct grant_table *caller,
		    struct gnttab_call *call);
int ops_get_version(struct cpu *cpu, struct grant_table *caller,
		    struct gnttab_call *call);
int ops_swap_grant_ref(struct cpu *cpu, struct grant_table *caller,
		       struct gnttab_call *call);

/* Fetch the first operation of @call; 0 or -EFAULT. */
static inline int op_fetch(struct cpu *cpu, const struct gnttab_call *call,
			   void *op, size_t size)
{
	return machine_copy_from_guest(cpu, op, call->uop, size);
}

/* Write it back and go on to the next; 0 or -EFAULT. */
static inline int op_store(struct cpu *cpu, struct gnttab_call *call,
			   const void *op, size_t size)
{
	int rc = machine_copy_to_guest(cpu, call->uop, op, size);

	if (rc)
		return rc;
	call->uop += size;
	call->count--;
	return 0;
}

#endif /* GNTTAB_OPS_H */
