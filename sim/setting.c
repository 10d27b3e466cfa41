/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * setting.c - values that stand in place of what a trace says.
 *
 *     blkback: {driver: modern, generate: {count: 100, depth: 4}}
 *        |                          |                    |
 *     "blkback        .         generate       .       depth"  -> the new value
 *
 * The tree is the trace's, and changes; the value is the caller's, may be in
 * use by other threads, and does not: its first node is copied.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/header.h"
#include "sim/setting.h"

#define ARENA_MAX (1u << 20)

void settings_init(struct settings *settings,
		   const struct trace_override *override)
{
	*settings = (struct settings){
		.list = override->setting,
		.count = override->nr_settings,
		.arena.limit = ARENA_MAX,
	};
}

void settings_free(struct settings *settings)
{
	arena_free(&settings->arena);
}

/* ---- one place in a tree ---------------------------------------------- */

/* The word of a path that starts at @at, without its dot. */
struct part {
	char text[64];
	const char *rest; /* after the dot, or NULL */
};

static struct part part_at(const char *at)
{
	size_t length = strcspn(at, ".");
	struct part part = { .rest = at[length] ? at + length + 1 : NULL };

	snprintf(part.text, sizeof(part.text), "%.*s", (int)length, at);
	return part;
}

/* Where the item of that number hangs in a list, or NULL. */
static struct node **find_item(struct node *list, const char *number)
{
	struct node **link = &list->first;
	char *end;
	unsigned long n = strtoul(number, &end, 10);

	if (end == number || *end)
		return NULL;
	while (*link && n--)
		link = &(*link)->next;
	return *link ? link : NULL;
}

/* Where the value of @name hangs in @node, or NULL. */
static struct node **find_link(struct node *node, const char *name)
{
	if (node->kind == NODE_SEQUENCE)
		return find_item(node, name);
	if (node->kind != NODE_MAPPING)
		return NULL;
	for (struct node *key = node->first; key; key = key->next->next)
		if (strcmp(key->text, name) == 0)
			return &key->next;
	return NULL;
}

/* The end of a mapping's list of keys and values. */
static struct node **end_of(struct node *mapping)
{
	struct node **link = &mapping->first;

	while (*link)
		link = &(*link)->next;
	return link;
}

/* Hang a new key @name at the end of @mapping: where its value goes. */
static struct node **add_key(struct settings *settings, struct node *mapping,
			     const struct trace_setting *setting,
			     const char *name)
{
	struct node *key = arena_alloc(&settings->arena, sizeof(*key));
	char *text = arena_alloc(&settings->arena, strlen(name) + 1);

	if (!key || !text)
		return NULL;
	strcpy(text, name);
	*key = (struct node){ .place = setting->place,
			      .text = text,
			      .length = strlen(text),
			      .plain = true };
	*end_of(mapping) = key;
	mapping->count++;
	return &key->next;
}

static int replace(struct settings *settings, struct node **link,
		   const struct trace_setting *setting)
{
	struct node *node = arena_alloc(&settings->arena, sizeof(*node));

	if (!node)
		return -ENOMEM;
	*node = *setting->value;
	node->next = *link ? (*link)->next : NULL;
	*link = node;
	return 0;
}

/* An error: what @path leads through is not there. */
static int no_such_place(const struct trace_setting *setting, const char *upto,
			 struct place file, struct diags *diags)
{
	size_t length = upto ? (size_t)(upto - 1 - setting->path)
			     : strlen(setting->path);

	diag_error(diags, setting->place, "there is no '%.*s' in '%s'",
		   (int)length, setting->path, file.file ? file.file : "");
	return -EBADMSG;
}

/* Put the value of @setting under @node, where @path leads from there. */
static int put(struct settings *settings, struct node *node, const char *path,
	       const struct trace_setting *setting, struct diags *diags)
{
	struct place file = node->place;
	struct node **link;
	struct part part;

	for (;; node = *link, path = part.rest) {
		part = part_at(path);
		link = find_link(node, part.text);
		if (!part.rest)
			break;
		if (!link)
			return no_such_place(setting, part.rest, file, diags);
	}
	if (!link && node->kind != NODE_MAPPING)
		return no_such_place(setting, NULL, file, diags);
	if (!link)
		link = add_key(settings, node, setting, part.text);
	return link ? replace(settings, link, setting) : -ENOMEM;
}

/* ---- all of a trace --------------------------------------------------- */

int settings_put_header(struct settings *settings, struct node *mapping,
			struct diags *diags)
{
	int ret = 0;

	for (size_t i = 0; i < settings->count && ret == 0; i++) {
		const struct trace_setting *setting = &settings->list[i];

		if (!header_has_key(part_at(setting->path).text))
			continue;
		settings->used |= 1ull << i;
		ret = put(settings, mapping, setting->path, setting, diags);
	}
	return ret;
}

int settings_put_driver(struct settings *settings, const char *name,
			struct node *block, struct diags *diags)
{
	int ret = 0;

	if (!settings->count)
		return 0;
	arena_reset(&settings->arena);
	for (size_t i = 0; i < settings->count && ret == 0; i++) {
		const struct trace_setting *setting = &settings->list[i];
		struct part part = part_at(setting->path);

		if (strcmp(part.text, name) != 0 || !part.rest)
			continue;
		settings->used |= 1ull << i;
		ret = put(settings, block, part.rest, setting, diags);
	}
	return ret;
}

void settings_finish(const struct settings *settings, const char *file,
		     struct diags *diags)
{
	for (size_t i = 0; i < settings->count; i++)
		if (!(settings->used >> i & 1))
			diag_error(diags, settings->list[i].place,
				   "there is no '%s' in '%s'",
				   part_at(settings->list[i].path).text, file);
}
