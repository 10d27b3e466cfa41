/* SPDX-License-Identifier: GPL-2.0-or-later */
/* handles.c - an array of handles for each name of a trace. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/handles.h"

/* At least @need zeroed-when-new items of @size, doubling. */
static int grow(void **items, uint32_t *room, uint64_t need, size_t size)
{
	uint64_t more = *room ? *room : 16;
	void *bigger;

	while (more < need)
		more *= 2;
	if (more > UINT32_MAX)
		return -ENOMEM;
	bigger = realloc(*items, more * size);
	if (!bigger)
		return -ENOMEM;
	memset((char *)bigger + *room * size, 0, (more - *room) * size);
	*items = bigger;
	*room = (uint32_t)more;
	return 0;
}

int handles_make_room(struct handles *handles, struct label label)
{
	struct binding_array *array;
	uint64_t name = (uint64_t)label.name, index = label.index;
	void *items = handles->array;

	assert(label.name >= 0);
	if (name >= handles->names) {
		if (grow(&items, &handles->names, name + 1, sizeof(*array)) < 0)
			return -ENOMEM;
		handles->array = items;
	}
	array = &handles->array[name];
	if (index < array->room)
		return 0;
	items = array->binding;
	if (grow(&items, &array->room, index + 1, sizeof(*array->binding)) < 0)
		return -ENOMEM;
	array->binding = items;
	return 0;
}

void handles_destroy(struct handles *handles)
{
	for (uint32_t i = 0; i < handles->names; i++)
		free(handles->array[i].binding);
	free(handles->array);
}
