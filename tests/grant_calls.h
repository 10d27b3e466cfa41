/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * grant_calls.h - what the guests of a fake machine do with grants.
 */
#ifndef TESTS_GRANT_CALLS_H
#define TESTS_GRANT_CALLS_H

#include "tests/fake_machine.h"

/* @granter writes entry @ref: @grantee may access @gfn, with GTF_* @flags
 * beside permit_access. */
void grant_access(struct fake_machine *m, domid_t granter, grant_ref_t ref,
		  domid_t grantee, uint64_t gfn, uint16_t flags);
/* The GTF_* flags of @ref now. */
uint16_t grant_flags(struct fake_machine *m, domid_t granter, grant_ref_t ref);

/* What @granter's entry @ref is pinned for, and what a frame of @id's is. */
uint32_t grant_pin(const struct fake_machine *m, domid_t granter,
		   grant_ref_t ref);
unsigned frame_refs(const struct fake_machine *m, domid_t id, uint64_t gfn);
unsigned frame_writers(const struct fake_machine *m, domid_t id, uint64_t gfn);

/* The same in a version 2 table: for part of a page, and for entry
 * @owners_ref of domain @owner. */
void grant_sub_page(struct fake_machine *m, domid_t granter, grant_ref_t ref,
		    domid_t grantee, uint64_t gfn, uint16_t start,
		    uint16_t length);
void grant_transitive(struct fake_machine *m, domid_t granter, grant_ref_t ref,
		      domid_t grantee, domid_t owner, grant_ref_t owners_ref);

/* Put the @n operations @ops of @size bytes each where the guest on @cpu has
 * its arguments. */
void call_write(struct fake_machine *m, unsigned cpu, const void *ops,
		unsigned n, size_t size);
void call_read(struct fake_machine *m, unsigned cpu, void *ops, unsigned n,
	       size_t size);
/* One hypercall with its continuations; counts these in *@preempted unless
 * that is NULL. */
int call_run(struct fake_machine *m, unsigned cpu, unsigned cmd, unsigned n,
	     unsigned *preempted);
/* All of the above. */
int call(struct fake_machine *m, unsigned cpu, unsigned cmd, void *ops,
	 unsigned n, size_t size);

/* GNTTABOP_set_version; what the hypercall returns. */
int set_version(struct fake_machine *m, unsigned cpu, uint32_t version);
/* A machine where domain 1 has done so, and nothing is recorded yet. */
struct fake_machine *fake_create_version(const char *policy, uint32_t version);

/* One operation in a hypercall of its own; its status.  @page is the linear
 * page that the entry maps. */
int16_t map_page(struct fake_machine *m, unsigned cpu, domid_t granter,
		 grant_ref_t ref, unsigned page, uint32_t flags,
		 grant_handle_t *handle);
int16_t unmap_page(struct fake_machine *m, unsigned cpu, grant_handle_t handle,
		   unsigned page);
/* The same by the machine address of the entry. */
int16_t map_slot(struct fake_machine *m, unsigned cpu, domid_t granter,
		 grant_ref_t ref, unsigned page, uint32_t flags,
		 grant_handle_t *handle);
int16_t unmap_slot(struct fake_machine *m, unsigned cpu, grant_handle_t handle,
		   unsigned page);

/* The flags that @id's maptrack has for @handle. */
uint16_t handle_flags(const struct fake_machine *m, domid_t id,
		      grant_handle_t handle);
/* Domain 1 grants frame 3 by @ref, unless that is in use, and domain 0 maps it
 * at linear page @page; what was recorded of that is forgotten. */
grant_handle_t map_frame_3(struct fake_machine *m, grant_ref_t ref,
			   unsigned page, uint32_t flags);

#endif /* TESTS_GRANT_CALLS_H */
