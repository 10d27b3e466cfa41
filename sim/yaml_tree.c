/* SPDX-License-Identifier: GPL-2.0-or-later */
/* yaml_tree.c - a tree out of libyaml's events. */
#include <errno.h>
#include <string.h>

#include "sim/yaml_parse.h"

/* An error at the event after which reading cannot go on. */
int yaml_parse_fatal(struct yaml_parse *parse, const char *text)
{
	diag_error(parse->diags, yaml_parse_place(parse), "%s", text);
	return parse->dead = -EBADMSG;
}

/* @memory, which the arena gave; if it gave none, say why. */
static void *given(struct yaml_parse *parse, void *memory)
{
	if (memory)
		return memory;
	if (parse->arena.full)
		yaml_parse_fatal(parse, "an item of more than 128 MiB");
	else
		parse->dead = -ENOMEM;
	return NULL;
}

static void refuse(struct yaml_parse *parse, const void *what, const char *name)
{
	if (what)
		diag_error(parse->diags, yaml_parse_place(parse),
			   "%s '%s' is not supported", name,
			   diag_quote(what, strlen(what)).text);
}

/* Add errors for what the event has that a trace must not have. */
void yaml_parse_refuse(struct yaml_parse *parse)
{
	const yaml_event_t *event = &parse->event;

	if (event->type == YAML_ALIAS_EVENT)
		refuse(parse, event->data.alias.anchor, "alias");
	if (event->type == YAML_SCALAR_EVENT) {
		refuse(parse, event->data.scalar.anchor, "anchor");
		refuse(parse, event->data.scalar.tag, "tag");
	}
	if (event->type == YAML_SEQUENCE_START_EVENT) {
		refuse(parse, event->data.sequence_start.anchor, "anchor");
		refuse(parse, event->data.sequence_start.tag, "tag");
	}
	if (event->type == YAML_MAPPING_START_EVENT) {
		refuse(parse, event->data.mapping_start.anchor, "anchor");
		refuse(parse, event->data.mapping_start.tag, "tag");
	}
}

/* A scalar's text lies behind its node. */
static int fill_scalar(struct yaml_parse *parse, struct node *node)
{
	const yaml_event_t *event = &parse->event;
	size_t length = event->data.scalar.length;
	char *text = (char *)(node + 1);

	memcpy(text, event->data.scalar.value, length);
	text[length] = '\0';
	node->text = text;
	node->length = length;
	node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	/* quotes can name what may not stand in the file itself */
	if (!node->plain && memchr(text, '\0', length))
		diag_error(parse->diags, node->place, "a NUL character");
	return 0;
}

static bool at_end_of_collection(const struct yaml_parse *parse)
{
	return parse->event.type == YAML_SEQUENCE_END_EVENT ||
	       parse->event.type == YAML_MAPPING_END_EVENT;
}

static int build(struct yaml_parse *parse, unsigned depth,
		 struct node **result);

static int fill_children(struct yaml_parse *parse, unsigned depth,
			 struct node *parent)
{
	struct node **link = &parent->first;
	bool mapping = parent->kind == NODE_MAPPING;
	size_t count = 0;
	int ret;

	if (depth > YAML_DEPTH_MAX)
		return yaml_parse_fatal(parse, "nested over 16 levels deep");
	for (;; link = &(*link)->next, count++) {
		ret = yaml_parse_next(parse);
		if (ret < 0 || at_end_of_collection(parse))
			break;
		ret = build(parse, depth, link);
		if (ret < 0)
			break;
		if (mapping && count % 2 == 0 && (*link)->kind != NODE_SCALAR)
			diag_error(parse->diags, (*link)->place,
				   "a key must be a word");
	}
	parent->count = mapping ? count / 2 : count;
	return ret;
}

/* Has a scalar or a mapping what may have to be refused?  Others are rare. */
static bool has_extras(const yaml_event_t *event)
{
	if (event->type == YAML_SCALAR_EVENT)
		return event->data.scalar.anchor || event->data.scalar.tag;
	return event->type != YAML_MAPPING_START_EVENT ||
	       event->data.mapping_start.anchor ||
	       event->data.mapping_start.tag;
}

/* The tree that starts with the event. */
static int build(struct yaml_parse *parse, unsigned depth, struct node **result)
{
	const yaml_event_t *event = &parse->event;
	bool scalar = event->type == YAML_SCALAR_EVENT;
	size_t room = scalar ? event->data.scalar.length + 1 : 0;
	struct node *node;

	if (has_extras(event))
		yaml_parse_refuse(parse);
	node = given(parse, arena_take(&parse->arena, sizeof(*node) + room));
	if (!node)
		return parse->dead;
	*result = node;
	node->kind = NODE_SCALAR;
	node->place = yaml_parse_place(parse);
	node->count = 0;
	node->first = node->next = NULL;
	if (scalar)
		return fill_scalar(parse, node);
	node->text = "";
	node->length = 0;
	node->plain = false;
	if (event->type == YAML_ALIAS_EVENT)
		return 0;
	node->kind = event->type == YAML_MAPPING_START_EVENT ? NODE_MAPPING
							     : NODE_SEQUENCE;
	return fill_children(parse, depth + 1, node);
}

int yaml_parse_build(struct yaml_parse *parse, unsigned depth,
		     struct node **result)
{
	int ret = yaml_parse_next(parse);

	return ret < 0 ? ret : build(parse, depth, result);
}

int yaml_parse_tree(struct yaml_parse *parse, struct node **node)
{
	size_t errors = parse->diags->count;
	struct node *root;
	int ret = yaml_parse_build(parse, 0, &root);

	if (ret < 0)
		return ret;
	*node = parse->diags->count == errors ? root : NULL;
	return 1;
}

/* The rest of the document as a tree. */
int yaml_parse_rest(struct yaml_parse *parse, struct node **root)
{
	struct node *node = given(parse,
				  arena_alloc(&parse->arena, sizeof(*node)));
	int ret;

	if (!node)
		return parse->dead;
	node->kind = NODE_MAPPING;
	node->place = yaml_parse_place(parse);
	node->text = "";
	*root = node;
	ret = fill_children(parse, 1, node);
	return ret < 0 ? ret : 1;
}
