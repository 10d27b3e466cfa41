/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * handles.h - the handles that a trace gave names to.
 */
#ifndef SIM_HANDLES_H
#define SIM_HANDLES_H

#include "sim/event.h"

/* What the newest map under a name gave. */
struct binding {
	uint64_t at;  /* host_addr of the map */
	uint64_t bus; /* the dev_bus_addr that it gave */
	grant_handle_t handle;
	bool bound;  /* there was a map ... */
	bool failed; /* ... but it gave no handle */
};

/* An operation takes this handle for a map that failed: no table has it. */
#define HANDLE_OF_FAILED 0xffffffffu

struct handles {
	struct binding_array {
		struct binding *binding;
		uint32_t room;
	} * array; /* by number of the name */
	uint32_t names;
};

/* What @label is bound to from now on, to be filled in; NULL: no memory. */
struct binding *handles_bind(struct handles *handles, struct label label);
/* What @label is bound to, or NULL. */
const struct binding *handles_get(const struct handles *handles,
				  struct label label);
void handles_destroy(struct handles *handles);

#endif /* SIM_HANDLES_H */
