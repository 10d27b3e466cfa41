/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * work.h - what a driver's block gives it to do: the items of a list, or of
 * a generator.
 *
 *     requests: [...]   --> work_read_list() --> work_next() ...
 *     generate: {...}   --> the driver's own reader and draws
 */
#ifndef WORKLOADS_WORK_H
#define WORKLOADS_WORK_H

#include "workloads/arrivals.h"

/* What the items of all drivers have, as their first member. */
struct arrival {
	struct place place;
	uint64_t at; /* nanoseconds: put on the ring */
	bool done_given;
	uint64_t done;	  /* who serves it is done, unless that started
			     later; or ... */
	uint64_t service; /* ... so long after the start */
};

/* When it is done, if it starts @now. */
uint64_t arrival_done(const struct arrival *arrival, uint64_t now);

/* Its keys, for the tables of readers: @into has it as @path. */
/* clang-format off */
#define ARRIVAL_FIELDS(into, path)                                            \
	{ .name = "at", .type = FIELD_TIME,                                   \
	  .offset = offsetof(into, path.at) },                                \
	{ .name = "done", .type = FIELD_TIME,                                 \
	  .offset = offsetof(into, path.done),                                \
	  .given = offsetof(into, path.done_given) }
/* clang-format on */

/* What differs between the lists of drivers. */
struct work_kind {
	const char *driver; /* "blkback" */
	const char *name;   /* of the list, "requests" */
	const char *items;  /* what stands in it, "{op, segments, ...}" */
	size_t size;	    /* of an item, struct arrival included */
	/* Reads an item, whose arrival holds the defaults; false after adding
	 * an error. */
	bool (*read)(const struct node *node, void *item, struct diags *diags);
};

struct work {
	const struct work_kind *kind;
	const struct node *list, *generate; /* one of them is NULL */
	struct place place;		    /* of the generator, or the block */
	uint64_t service;		    /* of items without `done` */
	size_t count, next;
	void *items; /* of the list */
};

/* Is there either a list or a generator? false after adding an error. */
bool work_check(const struct work *work, const struct node *block,
		struct diags *diags);
/* Read @work->list; false after adding errors, or -ENOMEM as one. */
bool work_read_list(struct work *work, struct diags *diags);
void work_fini(struct work *work);
/* The next of the list in *@item: true, or false after the last. */
bool work_next(struct work *work, void *item);

#endif /* WORKLOADS_WORK_H */
