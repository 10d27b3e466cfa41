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

struct handles {
	struct binding_array {
		struct binding *binding;
		uint32_t room;
	} * array; /* by number of the name */
	uint32_t names;
};

/* Where there is room for what @label is bound to, or NULL. */
static inline struct binding *handles_at(const struct handles *handles,
					 struct label label)
{
	const struct binding_array *array;

	/* A name below 0 is a large number. */
	if ((uint32_t)label.name >= handles->names)
		return NULL;
	array = &handles->array[label.name];
	return label.index < array->room ? &array->binding[label.index] : NULL;
}

/* Make that; NULL: no memory. */
struct binding *handles_grow(struct handles *handles, struct label label)
	__attribute__((cold));
/* What @label is bound to from now on, to be filled in; NULL: no memory. */
static inline struct binding *handles_bind(struct handles *handles,
					   struct label label)
{
	struct binding *binding = handles_at(handles, label);

	return binding ? binding : handles_grow(handles, label);
}

/* What @label is bound to, or NULL. */
static inline const struct binding *handles_get(const struct handles *handles,
						struct label label)
{
	const struct binding *binding = handles_at(handles, label);

	return binding && binding->bound ? binding : NULL;
}

void handles_destroy(struct handles *handles);

#endif /* SIM_HANDLES_H */
