/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * event_ops.c - ranges into one operation each.
 *
 *   ref: 8..10   at: 0x1000..          { 8, 0x1000 }
 *     closed       open                { 9, 0x2000 }
 *                                      { 10, 0x3000 }
 *
 * Addresses count by pages, all else by one.  In events that take a page
 * size, pages and their frames count by that.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/event_read.h"

/* Of a version 1 grant table. */
#define ENTRIES_PER_FRAME (4096 / sizeof(grant_entry_v1_t))

/* Keys with one value for each operation. */
#define ADDRESSES                                                              \
	(KEY_BIT(at) | KEY_BIT(pte_of) | KEY_BIT(new_at) |                     \
	 KEY_BIT(dev_bus_addr))
#define SPREAD                                                                 \
	(ADDRESSES | KEY_BIT(ref) | KEY_BIT(frame) | KEY_BIT(handle) |         \
	 KEY_BIT(as) | KEY_BIT(source_ref) | KEY_BIT(source_frame) |           \
	 KEY_BIT(dest_ref) | KEY_BIT(dest_frame) | KEY_BIT(transitive_ref) |   \
	 KEY_BIT(with))

/* 4 KiB pages in the page size of the event. */
static uint64_t event_pages(const struct event_reader *reader)
{
	if (!(reader->form->keys & KEY_BIT(size)))
		return 1;
	return 1ull << 9 * reader->value[KEY_size].from;
}

/* How far apart two neighbours of @key are. */
static uint64_t step_of(const struct event_reader *reader, unsigned key)
{
	key_set bit = (key_set)1 << key;

	if (bit & ADDRESSES)
		return 4096 * event_pages(reader);
	return bit & KEY_BIT(frame) ? event_pages(reader) : 1;
}

/* Operations that the closed range of @key makes; 0 after an error. */
static uint64_t length_of(struct event_reader *reader, unsigned key)
{
	const struct value *value = &reader->value[key];
	uint64_t step = step_of(reader, key);
	uint64_t steps = (value->to - value->from) / step;

	if (steps >= EVENT_MAX_OPS) {
		diag_error(reader->diags, event_place_at(reader, value),
			   "'%s' makes more than %u operations",
			   event_keys[key].name, EVENT_MAX_OPS);
		return 0;
	}
	if ((value->to - value->from) % step) {
		diag_error(reader->diags, event_place_at(reader, value),
			   "'%s' does not end a whole number of steps of "
			   "%#" PRIx64 " after its start",
			   event_keys[key].name, step);
		return 0;
	}
	return steps + 1;
}

/* @key does not go together with @count operations. */
static void disagree(struct event_reader *reader, unsigned key, uint64_t length,
		     uint64_t count)
{
	const struct value *value = &reader->value[key];

	diag_error(reader->diags, event_place_at(reader, value),
		   "'%s' has %" PRIu64 " value%s where there are %" PRIu64,
		   event_keys[key].name, length, length == 1 ? "" : "s", count);
	if (value->kind == VALUE_ONE && value->name < 0)
		diag_hint(reader->diags, "%#" PRIx64 ".. counts up",
			  value->from);
}

/* The length that all closed ranges among @keys have, 0 if there are none;
 * false after an error. */
static bool common_length(struct event_reader *reader, key_set keys,
			  uint64_t *count)
{
	*count = 0;
	for (; keys; keys &= keys - 1) {
		unsigned key = key_first(keys);
		uint64_t length;

		if (reader->value[key].kind != VALUE_CLOSED)
			continue;
		length = length_of(reader, key);
		if (length == 0)
			return false;
		if (*count && length != *count) {
			disagree(reader, key, length, *count);
			return false;
		}
		*count = length;
	}
	return true;
}

/* The largest value that @key may have, and what ends there. */
struct limit {
	uint64_t max;
	const char *what;
};

static const struct trace_domain *find_domain(const struct event_reader *reader,
					      int id)
{
	const struct trace_header *header = reader->header;

	for (size_t i = 0; i < header->nr_domains; i++)
		if (header->domain[i].id == id)
			return &header->domain[i];
	return NULL;
}

/* Frames of domain @id, or of the event's own. */
static struct limit frame_limit(const struct event_reader *reader, int id)
{
	const struct trace_domain *domain = find_domain(
		reader, id == DOMID_SELF ? reader->event.domain : id);

	return (struct limit){
		domain ? domain->memory / 4096 - event_pages(reader)
		       : UINT64_MAX,
		"the domain's memory",
	};
}

/* References to entries that the granter itself writes. */
static struct limit entry_limit(const struct event_reader *reader)
{
	const struct trace_domain *domain = find_domain(reader,
							reader->event.domain);

	return (struct limit){
		domain ? (uint64_t)domain->grant_frames * ENTRIES_PER_FRAME - 1
		       : UINT64_MAX,
		"the domain's grant table",
	};
}

static struct limit limit_of(const struct event_reader *reader, unsigned key,
			     const struct op *first)
{
	uint64_t max = event_keys[key].max;

	switch (key) {
	case KEY_frame:
		return frame_limit(reader, DOMID_SELF);
	case KEY_source_frame:
		return frame_limit(reader, first->source.domain);
	case KEY_dest_frame:
		return frame_limit(reader, first->dest.domain);
	case KEY_ref:
		if (reader->form->hypercall)
			break;
		return entry_limit(reader);
	case KEY_as:
		return (struct limit){ LABELS_MAX_INDEX, "the label" };
	}
	return (struct limit){ max ? max : UINT64_MAX, "the numbering" };
}

/* Do the @count values of @key stay within the limit? */
static bool stays_inside(struct event_reader *reader, unsigned key,
			 uint64_t count, const struct op *first)
{
	const struct value *value = &reader->value[key];
	struct limit limit = limit_of(reader, key, first);

	if (value->from <= limit.max &&
	    count - 1 <= (limit.max - value->from) / step_of(reader, key))
		return true;
	diag_error(reader->diags, event_place_at(reader, value),
		   "'%s' goes past the end of %s, %#" PRIx64,
		   event_keys[key].name, limit.what, limit.max);
	return false;
}

/* Pages that an OS maps start at a multiple of their size. */
static bool is_aligned(struct event_reader *reader, unsigned key)
{
	const struct value *value = &reader->value[key];

	if (!(reader->form->keys & KEY_BIT(size)) ||
	    value->from % step_of(reader, key) == 0)
		return true;
	diag_error(reader->diags, event_place_at(reader, value),
		   "'%s' is not a multiple of the page size, %#" PRIx64,
		   event_keys[key].name, step_of(reader, key));
	return false;
}

static bool fits(struct event_reader *reader, unsigned key, uint64_t count,
		 const struct op *first)
{
	const struct value *value = &reader->value[key];

	if (value->kind == VALUE_ONE && count > 1) {
		disagree(reader, key, 1, count);
		return false;
	}
	if (value->kind == VALUE_OPEN && count == 0) {
		diag_error(reader->diags, event_place_at(reader, value),
			   "nothing for '%s' to count along with",
			   event_keys[key].name);
		diag_hint(reader->diags,
			  "one key beside it must be a range A..B");
		return false;
	}
	return stays_inside(reader, key, count ? count : 1, first) &&
	       is_aligned(reader, key);
}

uint64_t event_limit(const struct event_reader *reader, enum event_key_id key,
		     const struct op *op)
{
	uint64_t max = event_keys[key].max ? event_keys[key].max : UINT64_MAX;
	struct limit limit = { max, NULL };

	if ((key_set)1 << key & SPREAD)
		limit = limit_of(reader, key, op);
	return limit.max < max ? limit.max : max;
}

uint64_t event_alignment(const struct event_reader *reader,
			 enum event_key_id key)
{
	if (!((key_set)1 << key & SPREAD) ||
	    !(reader->form->keys & KEY_BIT(size)))
		return 1;
	return step_of(reader, key);
}

uint64_t event_step(const struct event_reader *reader, enum event_key_id key)
{
	return (key_set)1 << key & SPREAD ? step_of(reader, key) : 0;
}

/* How many operations do the given keys make?  0 after an error. */
static uint64_t count_ops(struct event_reader *reader, key_set keys,
			  const struct op *first)
{
	uint64_t count;

	if (!common_length(reader, keys, &count))
		return 0;
	for (; keys; keys &= keys - 1)
		if (!fits(reader, key_first(keys), count, first))
			return 0;
	return count ? count : 1;
}

bool event_make_room(struct event_reader *reader, uint64_t more)
{
	uint64_t wanted = reader->event.nr_ops + more;
	uint64_t room = reader->room ? reader->room : 64;
	struct op *ops;

	if (wanted > EVENT_MAX_OPS) {
		diag_error(reader->diags, reader->event.place,
			   "more than %u operations", EVENT_MAX_OPS);
		return false;
	}
	if (wanted <= reader->room)
		return true;
	while (room < wanted)
		room *= 2;
	ops = realloc(reader->ops, room * sizeof(*ops));
	if (!ops) {
		reader->error = -ENOMEM;
		return false;
	}
	reader->ops = ops;
	reader->room = room;
	return true;
}

/* Put the @i-th value of @key into @op. */
static void set_op(struct op *op, const struct value *value, unsigned key,
		   uint64_t i, uint64_t step)
{
	uint64_t it = value->from + i * step;
	struct label label = { value->name, (uint32_t)it };

	if (key == KEY_as)
		op->as = label;
	else if (key != KEY_handle)
		event_store(op, &event_keys[key], it);
	else if (value->name < 0)
		op->handle = (uint32_t)it;
	else
		op->label = label;
}

/* The label that the operations give their handles to. */
static bool bind_label(struct event_reader *reader, uint64_t count)
{
	const struct value *as = &reader->value[KEY_as];
	int ret;

	if (!event_given(reader, KEY_as) || as->name < 0)
		return true;
	ret = labels_bind(reader->handles, as->name, (uint32_t)as->from, count,
			  as->kind == VALUE_FOLLOW);
	if (ret == -E2BIG)
		diag_error(reader->diags, event_place_at(reader, as),
			   "labels have more than 2^29 elements");
	else if (ret < 0)
		reader->error = ret;
	return ret == 0;
}

bool event_spread(struct event_reader *reader, const struct op *first)
{
	key_set keys = reader->given & SPREAD;
	uint64_t count = count_ops(reader, keys, first);
	struct op *op;

	if (count == 0 || !event_make_room(reader, count))
		return false;
	op = reader->ops + reader->event.nr_ops;
	for (uint64_t i = 0; i < count; i++)
		op[i] = *first;
	for (; keys; keys &= keys - 1) {
		unsigned key = key_first(keys);
		uint64_t step = step_of(reader, key);

		for (uint64_t i = 0; i < count; i++)
			set_op(&op[i], &reader->value[key], key, i, step);
	}
	reader->event.nr_ops += count;
	return bind_label(reader, count);
}
