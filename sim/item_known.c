/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * item_known.c - items of `events:` that are like others before them.
 *
 *   - read: {cpu: 0, at: 0x5000}     kept as the line "read cpu=0 at=#"
 *
 * An item of one operation, all of whose values are words, is compared with
 * such a pattern, key by key, instead of being read.  Patterns of one kind of
 * event hang in a short list, the one that was used last in front.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "sim/item_known.h"
#include "sim/number.h"
#include "sim/pattern.h"

#define LIST_MAX 12 /* patterns of one kind */
#define TEXT_MAX 240
#define PAIRS_MAX 12

/* A key or a value, where it is in the line; "#" is any number. */
struct piece {
	uint8_t start, length;
};

struct known {
	struct known *next;
	struct pattern pattern;
	unsigned nr_pairs;
	struct piece key[PAIRS_MAX], value[PAIRS_MAX];
	char text[TEXT_MAX];
};

struct known_items {
	struct known *list[EVENT_KINDS];
	struct parts parts;
};

struct known_items *known_items_create(void)
{
	struct known_items *items = calloc(1, sizeof(*items));

	if (items && parts_make_room(&items->parts))
		return items;
	known_items_destroy(items);
	return NULL;
}

void known_items_destroy(struct known_items *items)
{
	struct known *next;

	if (!items)
		return;
	for (size_t i = 0; i < EVENT_KINDS; i++)
		for (struct known *k = items->list[i]; k; k = next) {
			next = k->next;
			free(k);
		}
	parts_free(&items->parts);
	free(items);
}

/* What the only event of @item holds, or NULL. */
static const struct node *body_of(const struct node *item)
{
	if (item->kind != NODE_MAPPING || item->count != 1)
		return NULL;
	item = item->first->next;
	return item->kind == NODE_MAPPING ? item : NULL;
}

/* ---- reading ------------------------------------------------------------- */

static inline bool is_piece(const struct known *known, struct piece piece,
			    const struct node *node)
{
	const char *text = known->text + piece.start;

	if (node->length != piece.length)
		return false;
	for (size_t i = 0; i < piece.length; i++)
		if (text[i] != node->text[i])
			return false;
	return true;
}

/* Is @body as @known is, with its numbers in @value? */
static bool match(const struct known *known, const struct node *body,
		  uint64_t *value)
{
	const struct node *node = body->first;

	if (body->count != known->nr_pairs)
		return false;
	for (unsigned i = 0; i < known->nr_pairs; i++, node = node->next) {
		if (!is_piece(known, known->key[i], node))
			return false;
		node = node->next;
		if (node->kind != NODE_SCALAR)
			return false;
		if (known->text[known->value[i].start] != '#') {
			if (!is_piece(known, known->value[i], node))
				return false;
			continue;
		}
		if (number_u64(node->text, node->text + node->length,
			       value++) != NUMBER_OK)
			return false;
	}
	return true;
}

static struct known *find(struct known **list, const struct node *body,
			  uint64_t *value)
{
	struct known *known, **link;

	for (link = list; (known = *link); link = &known->next) {
		if (!match(known, body, value))
			continue;
		*link = known->next;
		known->next = *list;
		*list = known;
		return known;
	}
	return NULL;
}

struct event *known_items_read(struct known_items *items,
			       struct event_reader *reader,
			       const struct node *item)
{
	const struct node *body = body_of(item), *name = item->first;
	struct parts *parts = &items->parts;
	struct known *known;
	struct event *event;
	enum event_kind kind;

	if (!body)
		return NULL;
	kind = event_kind_of(reader,
			     &(struct word){ name->text, name->length, 0, 0 });
	if (kind == EVENT_KINDS)
		return NULL;
	known = find(&items->list[kind], body, parts->value);
	if (!known)
		return NULL;
	parts->pattern[0] = &known->pattern;
	parts->count = 1;
	parts->values = known->pattern.nr_holes;
	event = parts_fill(parts, reader, name->place.line);
	if (!event)
		return NULL;
	event->place = name->place;
	if (event->nr_ops)
		event->ops[0].column = name->place.column;
	return event;
}

/* ---- learning ------------------------------------------------------------ */

/* Add @length bytes and @mark to the line; false: they cannot be kept. */
static bool add(struct known *known, const char *text, size_t length, char mark,
		struct piece *piece)
{
	struct pattern *pattern = &known->pattern;

	for (size_t i = 0; i < length; i++)
		if (strchr(" =;#", text[i]))
			return false;
	if (!length || length >= TEXT_MAX - pattern->length)
		return false;
	*piece = (struct piece){ (uint8_t)pattern->length, (uint8_t)length };
	memcpy(known->text + pattern->length, text, length);
	pattern->length += length;
	known->text[pattern->length++] = mark;
	return true;
}

/* Is the value of @key a number that varies? */
static bool varies(const struct event_form *form, const struct node *key)
{
	const struct node *value = key->next;
	enum event_key_id id = event_find_key(form->keys | form->op_keys,
					      key->text, key->length);
	uint64_t number;

	return id != KEYS && event_key_varies(&event_keys[id]) &&
	       number_u64(value->text, value->text + value->length, &number) ==
		       NUMBER_OK;
}

static bool add_pair(struct known *known, const struct event_form *form,
		     const struct node *key)
{
	const struct node *value = key->next;
	unsigned i = known->nr_pairs++;

	if (i == PAIRS_MAX || value->kind != NODE_SCALAR ||
	    !add(known, key->text, key->length, '=', &known->key[i]))
		return false;
	if (!varies(form, key))
		return add(known, value->text, value->length, ' ',
			   &known->value[i]);
	if (known->pattern.nr_holes++ == PATTERN_HOLES ||
	    known->pattern.length + 2 > TEXT_MAX)
		return false;
	known->value[i] = (struct piece){ (uint8_t)known->pattern.length, 1 };
	memcpy(known->text + known->pattern.length, "# ", 2);
	known->pattern.length += 2;
	return true;
}

/* The line that @item is, without its numbers; false: there is none. */
static bool make_text(struct known *known, const struct event_form *form,
		      const struct node *name, const struct node *body)
{
	struct piece piece;

	if (!add(known, name->text, name->length, ' ', &piece))
		return false;
	for (const struct node *key = body->first; key; key = key->next->next)
		if (!add_pair(known, form, key))
			return false;
	known->pattern.length--;
	return true;
}

/* In front of @list, whose last goes if there are too many. */
static void insert(struct known **list, struct known *known)
{
	struct known **link = list;
	unsigned count = 1;

	known->next = *list;
	*list = known;
	for (; *link && count <= LIST_MAX; link = &(*link)->next)
		count++;
	free(*link);
	*link = NULL;
}

void known_items_learn(struct known_items *items, struct event_reader *reader,
		       const struct node *item)
{
	const struct event *event = &reader->event;
	struct known **list = &items->list[event->kind], *known;
	const struct node *body = body_of(item);

	/* more operations than one have more places */
	if (event->nr_ops > 1 || !body || find(list, body, items->parts.value))
		return;
	known = calloc(1, sizeof(*known));
	if (!known)
		return;
	known->pattern.text = known->text;
	if (make_text(known, reader->form, item->first, body))
		pattern_learn(&known->pattern, reader,
			      event->nr_ops ? event->ops : NULL);
	if (known->pattern.state == PATTERN_KNOWN)
		insert(list, known);
	else
		free(known);
}
