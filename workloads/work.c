/* SPDX-License-Identifier: GPL-2.0-or-later */
/* work.c - what a driver's block gives it to do. */
#include "config.h"

#include "workloads/due.h"
#include "workloads/work.h"

#include <stdlib.h>
#include <string.h>

uint64_t arrival_done(const struct arrival *arrival, uint64_t now)
{
	return arrival->done_given ? time_later(arrival->done, now)
				   : time_after(now, arrival->service);
}

bool work_check(const struct work *work, const struct node *block,
		struct diags *diags)
{
	if (!work->list != !work->generate)
		return true;
	diag_error(diags, block->place, "a %s has either '%s' or 'generate'",
		   work->kind->driver, work->kind->name);
	return false;
}

static void *item_at(const struct work *work, size_t index)
{
	return (char *)work->items + index * work->kind->size;
}

/* Room for all items; they come zeroed. */
static bool make_room(struct work *work, struct diags *diags)
{
	const struct node *list = work->list;

	if (list->kind != NODE_SEQUENCE || !list->count) {
		diag_error(diags, list->place, "'%s' is a list of %s",
			   work->kind->name, work->kind->items);
		return false;
	}
	work->items = calloc(list->count, work->kind->size);
	if (work->items)
		return true;
	diag_error(diags, list->place, "out of memory");
	return false;
}

/* The item after one that came @before. */
static bool read_item(struct work *work, const struct node *node,
		      uint64_t before, struct diags *diags)
{
	struct arrival *arrival = item_at(work, work->count);

	*arrival = (struct arrival){
		.place = node->place,
		.at = before,
		.service = work->service,
	};
	return work->kind->read(node, arrival, diags) &&
	       arrivals_check(node, arrival->at, before, arrival->done_given,
			      arrival->done, diags);
}

bool work_read_list(struct work *work, struct diags *diags)
{
	const struct node *node;
	uint64_t before = 0;
	bool good = true;

	if (!make_room(work, diags))
		return false;
	for (node = work->list->first; node; node = node->next) {
		if (!read_item(work, node, before, diags)) {
			good = false;
			continue;
		}
		before = ((struct arrival *)item_at(work, work->count))->at;
		work->count++;
	}
	return good;
}

void work_fini(struct work *work)
{
	free(work->items);
}

bool work_next(struct work *work, void *item)
{
	if (work->next == work->count)
		return false;
	memcpy(item, item_at(work, work->next++), work->kind->size);
	return true;
}
