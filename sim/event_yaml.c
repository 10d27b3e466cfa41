/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event_yaml.c - an item of `events:` to an event. */
#include <string.h>

#include "sim/event_read.h"

static struct word word_of(const struct node *node)
{
	return (struct word){ node->text, node->length, node->place.line,
			      node->place.column };
}

/* cpus: [0, 2] */
static void set_cpus(struct event_reader *reader, const struct node *list)
{
	uint64_t cpu;

	for (const struct node *n = list->first; n; n = n->next) {
		struct word item = word_of(n);

		if (n->kind != NODE_SCALAR)
			node_expected(n, "a CPU", reader->diags);
		else if (event_cpu(reader, &item, &cpu))
			reader->event.flush.cpus |= 1ull << cpu;
	}
	if (!list->first)
		diag_error(reader->diags, list->place, "an empty list of CPUs");
}

/* One pair; the list of operations is only remembered in *@ops. */
static void read_pair(struct event_reader *reader, const struct node *key,
		      const struct node **ops)
{
	const struct node *value = key->next;
	struct word word = word_of(key), text = word_of(value);
	enum event_key_id id;

	if (value->kind == NODE_SCALAR) {
		event_set(reader, &word, &text);
		return;
	}
	id = event_key_of(reader, &word);
	if (id == KEYS || !event_give(reader, id, &word))
		return;
	event_no_value(reader, id);
	if (id == KEY_cpus && value->kind == NODE_SEQUENCE)
		set_cpus(reader, value);
	else if (id == KEY_ops && value->kind == NODE_SEQUENCE)
		*ops = value;
	else
		node_expected(value, id == KEY_ops ? "a list" : "a value",
			      reader->diags);
}

static void read_op(struct event_reader *reader, const struct node *op)
{
	const struct node *none = NULL;

	if (op->kind != NODE_MAPPING) {
		node_expected(op, "an operation as a mapping", reader->diags);
		return;
	}
	reader->op_place = op->place;
	for (const struct node *key = op->first; key; key = key->next->next)
		read_pair(reader, key, &none);
	event_end_op(reader);
}

static void read_ops(struct event_reader *reader, const struct node *ops)
{
	event_stray_op(reader, ops->place);
	reader->given &= ~reader->form->op_keys;
	reader->first_op_done = true;
	for (const struct node *op = ops->first; op; op = op->next)
		read_op(reader, op);
}

/* What an event called @name holds. */
static void read_body(struct event_reader *reader, const struct node *body)
{
	const struct node *ops = NULL;

	for (const struct node *key = body->first; key; key = key->next->next) {
		if (reader->event.kind == EVENT_expect)
			expect_pair(&reader->expect, key, reader->diags);
		else
			read_pair(reader, key, &ops);
	}
	if (ops)
		read_ops(reader, ops);
}

void event_read_node(struct event_reader *reader, const struct node *item)
{
	enum event_kind kind;
	struct word name;

	if (item->kind != NODE_MAPPING) {
		node_expected(item, "an event as 'name: {...}'", reader->diags);
		return;
	}
	if (item->count != 1) {
		diag_error(reader->diags, item->place,
			   "expected one event, found %zu", item->count);
		return;
	}
	name = word_of(item->first);
	kind = event_kind_of(reader, &name);
	if (kind == EVENT_KINDS) {
		event_unknown(reader, &name);
		return;
	}
	event_begin(reader, kind, &name);
	if (item->first->next->kind != NODE_MAPPING) {
		node_expected(item->first->next, "a mapping", reader->diags);
		return;
	}
	read_body(reader, item->first->next);
	event_end(reader);
}
