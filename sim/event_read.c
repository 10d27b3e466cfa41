/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * event_read.c - keys and values to a struct event.
 *
 * An operation's labels are bound even if something else is wrong with the
 * event, so that one mistake is not reported again at each use.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/event_read.h"

int event_reader_init(struct event_reader *reader,
		      const struct trace_header *header, struct diags *diags,
		      const char *file)
{
	memset(reader, 0, sizeof(*reader));
	reader->header = header;
	reader->diags = diags;
	reader->file = file;
	reader->handles = labels_create();
	reader->calls = labels_create();
	return reader->handles && reader->calls ? 0 : -ENOMEM;
}

void event_reader_free(struct event_reader *reader)
{
	labels_destroy(reader->handles);
	labels_destroy(reader->calls);
	free(reader->ops);
}

struct place event_place_of(const struct event_reader *reader,
			    const struct word *word)
{
	return (struct place){ reader->file, word->line, word->column };
}

struct place event_place_at(const struct event_reader *reader,
			    const struct value *value)
{
	return (struct place){ reader->file, value->line, value->column };
}

void event_begin(struct event_reader *reader, enum event_kind kind,
		 const struct word *name)
{
	struct event *event = &reader->event;

	memset(event, 0, sizeof(*event));
	event->kind = kind;
	event->place = reader->op_place = event_place_of(reader, name);
	event->cpu = CPU_ANY;
	event->domain = DOMAIN_NONE;
	event->call = NO_LABEL;
	reader->form = &event_forms[kind];
	reader->errors = reader->diags->count;
	reader->first_op_done = false;
	reader->no_ops = false;
	reader->given = 0;
	reader->value[KEY_size].from = MMU_4K;
	if (kind == EVENT_expect)
		expect_clear(&reader->expect);
}

/* ---- keys ------------------------------------------------------------ */

bool event_give(struct event_reader *reader, enum event_key_id key,
		const struct word *word)
{
	key_set bit = (key_set)1 << key;

	if (reader->given & bit) {
		diag_error(reader->diags, event_place_of(reader, word),
			   "'%s' is given twice", event_keys[key].name);
		return false;
	}
	reader->given |= bit;
	return true;
}

void event_no_value(struct event_reader *reader, enum event_key_id key)
{
	reader->value[key] = (struct value){
		.kind = VALUE_FOLLOW,
		.name = -1,
		.line = reader->event.place.line,
		.column = reader->event.place.column,
	};
}

void event_set(struct event_reader *reader, const struct word *word,
	       const struct word *value)
{
	const struct event_key *key;
	enum event_key_id id;

	if (reader->event.kind == EVENT_expect) {
		expect_text(&reader->expect, event_place_of(reader, word),
			    word->text, word->length,
			    event_place_of(reader, value), value->text,
			    value->length, reader->diags);
		return;
	}
	id = event_key_of(reader, word);
	if (id == KEYS || !event_give(reader, id, word))
		return;
	key = &event_keys[id];
	if (!event_value(reader, id, value))
		event_no_value(reader, id);
	else if (key->home == HOME_EVENT)
		event_store(&reader->event, key, reader->value[id].from);
	reader->no_ops |= id == KEY_ops;
}

/* ---- what must be there, and what must not be together ---------------- */

/* "'cpu' or 'domain'" */
static void name_keys(key_set keys, char *text, size_t room)
{
	const char *names[KEYS + 1];
	size_t used = 0;

	event_key_names(keys, names);
	for (size_t i = 0; names[i] && used < room; i++) {
		const char *mark = i == 0 ? "" : names[i + 1] ? ", " : " or ";
		int n = snprintf(text + used, room - used, "%s'%s'", mark,
				 names[i]);

		used += (size_t)n;
	}
}

static void missing(struct event_reader *reader, key_set keys)
{
	char names[80];

	name_keys(keys, names, sizeof(names));
	diag_error(reader->diags, reader->op_place, "%s of '%s' is missing",
		   names, event_names[reader->event.kind]);
}

static void too_many(struct event_reader *reader, key_set keys)
{
	char names[80];

	name_keys(keys, names, sizeof(names));
	diag_error(reader->diags, reader->op_place,
		   "only one of %s can be given", names);
}

static bool is_several(key_set keys)
{
	return keys & (keys - 1);
}

/* Check the keys among @keys, which are all there will be. */
static void check_keys(struct event_reader *reader, key_set keys)
{
	const struct event_form *form = reader->form;
	key_set given = reader->given & keys;
	key_set absent = form->required & keys & ~given;

	for (; absent; absent &= absent - 1)
		missing(reader, absent & -absent);
	for (size_t i = 0; i < 3 && form->one_of[i]; i++) {
		key_set set = form->one_of[i];

		if (!(set & keys))
			continue;
		if (!(set & given))
			missing(reader, set);
		if (is_several(set & given))
			too_many(reader, set & given);
	}
	if (is_several(form->not_both & given))
		too_many(reader, form->not_both & given);
}

/* ---- operations ------------------------------------------------------ */

static void map_flags(struct event_reader *reader, struct op *op)
{
	bool device = event_flag(reader, KEY_device, false);
	bool host = event_flag(reader, KEY_host, !device);
	bool by_pte = event_flag(reader, KEY_contains_pte, op->at_pte);

	op->flags = (host ? GNTMAP_host_map : 0u) |
		    (device ? GNTMAP_device_map : 0u) |
		    (by_pte ? GNTMAP_contains_pte : 0u) |
		    (event_flag(reader, KEY_readonly, false) ? GNTMAP_readonly
							     : 0u) |
		    (event_flag(reader, KEY_application, false)
			     ? GNTMAP_application_map
			     : 0u);
	if (host && !op->at_given)
		missing(reader, KEY_BIT(at) | KEY_BIT(pte_of));
	if (op->at_pte && !by_pte)
		diag_error(reader->diags,
			   event_place_at(reader,
					  &reader->value[KEY_contains_pte]),
			   "'pte_of' means contains_pte, which is false here");
}

/* Which parts an unmap is for, by their names. */
static void unmap_parts(struct event_reader *reader, struct op *op)
{
	bool device = event_flag(reader, KEY_device, false);
	bool host = event_flag(reader, KEY_host, !device || op->at_given);

	op->without_host = !host;
	op->with_device = device;
	if (device && event_given(reader, KEY_dev_bus_addr))
		too_many(reader, KEY_BIT(device) | KEY_BIT(dev_bus_addr));
	if (!host && op->at_given)
		too_many(reader, reader->given & (KEY_BIT(host) | KEY_BIT(at) |
						  KEY_BIT(pte_of)));
	if (device && reader->value[KEY_handle].name < 0)
		diag_error(reader->diags,
			   event_place_at(reader, &reader->value[KEY_device]),
			   "'device' needs a handle by its name");
}

/* What version 2 entries can be beside full pages. */
static void grant_kind(struct event_reader *reader, struct op *op)
{
	op->transitive = event_given(reader, KEY_transitive_ref);
	op->sub_page = event_given(reader, KEY_offset) ||
		       event_given(reader, KEY_length);
	if (op->transitive != event_given(reader, KEY_transitive_domain))
		missing(reader, op->transitive ? KEY_BIT(transitive_domain)
					       : KEY_BIT(transitive_ref));
	if (op->sub_page && op->transitive)
		too_many(reader,
			 reader->given & (KEY_BIT(offset) | KEY_BIT(length) |
					  KEY_BIT(transitive_ref)));
	else if (op->sub_page && !event_given(reader, KEY_length))
		missing(reader, KEY_BIT(length));
}

/* Both ends, but for what is given of them. */
static void begin_copy(struct event_reader *reader, struct op *op)
{
	op->source.domain = op->dest.domain = DOMID_SELF;
	op->source.by_ref = event_given(reader, KEY_source_ref);
	op->dest.by_ref = event_given(reader, KEY_dest_ref);
}

static void fill_op(struct event_reader *reader, struct op *op)
{
	key_set keys = reader->given & reader->form->op_keys;

	memset(op, 0, sizeof(*op));
	op->line = reader->op_place.line;
	op->column = reader->op_place.column;
	op->as = op->label = NO_LABEL;
	if (reader->event.kind == EVENT_copy)
		begin_copy(reader, op);
	if (reader->form->op_keys & KEY_BIT(of))
		op->from = DOMID_SELF;
	for (; keys; keys &= keys - 1) {
		enum event_key_id key = key_first(keys);

		if (event_keys[key].home == HOME_OP)
			event_store(op, &event_keys[key],
				    reader->value[key].from);
	}
	op->at_pte = event_given(reader, KEY_pte_of);
	op->at_given = event_given(reader, KEY_at) || op->at_pte;
	op->frame_given = event_given(reader, KEY_frame);
	if (reader->event.kind == EVENT_grant)
		grant_kind(reader, op);
	op->status_given = event_given(reader, KEY_status);
	if (reader->event.kind == EVENT_map)
		map_flags(reader, op);
	if (reader->event.kind == EVENT_unmap)
		unmap_parts(reader, op);
}

void event_stray_op(struct event_reader *reader, struct place place)
{
	key_set stray = reader->given & reader->form->op_keys;

	if (stray)
		diag_error(reader->diags, place,
			   "'ops' beside '%s', which is of one operation",
			   event_keys[key_first(stray)].name);
}

void event_end_op(struct event_reader *reader)
{
	key_set keys = reader->form->op_keys;
	struct op op;

	if (reader->no_ops)
		event_stray_op(reader, reader->op_place);
	check_keys(reader, keys);
	fill_op(reader, &op);
	event_spread(reader, &op);
	reader->given &= ~keys;
	reader->first_op_done = true;
}

void event_end(struct event_reader *reader)
{
	reader->op_place = reader->event.place;
	check_keys(reader, reader->form->keys);
	if (reader->no_ops)
		event_stray_op(reader, reader->op_place);
	else if (reader->form->op_keys && !reader->first_op_done &&
		 !event_given(reader, KEY_ops))
		event_end_op(reader);
	reader->event.ops = reader->ops;
	if (reader->diags->count == reader->errors)
		event_finish(reader);
}
