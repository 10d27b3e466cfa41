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
	bool bound; /* there was a map */
};

/* An operation takes this handle for a map that failed: no table has it. */
#define HANDLE_OF_FAILED 0xffffffffu

struct binding_array {
	struct binding *binding;
	uint32_t room;
};

struct handles {
	struct binding_array *array; /* by number of the name */
	uint32_t names;
};

/* All that there is room for under @name, until more is made. */
static inline struct binding_array handles_of(const struct handles *handles,
					      int32_t name)
{
	/* A name below 0 is a large number. */
	if ((uint32_t)name < handles->names)
		return handles->array[name];
	return (struct binding_array){ .room = 0 };
}

/* Have room for what @label is bound to from now on; 0, -ENOMEM. */
int handles_make_room(struct handles *handles, struct label label);

/* What @label is bound to, or NULL. */
static inline const struct binding *handles_get(const struct handles *handles,
						struct label label)
{
	const struct binding_array of = handles_of(handles, label.name);

	return label.index < of.room && of.binding[label.index].bound
		       ? &of.binding[label.index]
		       : NULL;
}

void handles_destroy(struct handles *handles);

#endif /* SIM_HANDLES_H */
