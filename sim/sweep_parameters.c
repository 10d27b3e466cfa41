/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sweep_parameters.c - what a sweep puts in place of what its traces say.
 *
 *     blkback.generate.depth: [1, 8, 32]        an axis of three values
 *     seed: [1..100]                            of a hundred
 *     quirks: [[], [late-a]]                    a value may be any YAML
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/driver.h"
#include "sim/header.h"
#include "sim/node_text.h"
#include "sim/number.h"
#include "sim/sweep.h"

/* Header keys that a sweep says elsewhere, or that change nothing. */
static const struct {
	const char *name, *hint;
} fixed_keys[] = {
	{ "machine", "machines" }, { "policy", "policies" }, { "tlbsim", NULL },
	{ "title", NULL },	   { "question", NULL },     { "answer", NULL },
	{ "incomplete", NULL },
};

/* Is @length bytes of @path the key @name? */
static bool is_key(const char *path, size_t length, const char *name)
{
	return strlen(name) == length && strncmp(path, name, length) == 0;
}

static bool is_fixed(const struct node *key, struct diags *diags)
{
	for (size_t i = 0; i < sizeof(fixed_keys) / sizeof(*fixed_keys); i++) {
		if (!is_key(key->text, strcspn(key->text, "."),
			    fixed_keys[i].name))
			continue;
		diag_error(diags, key->place, "'%s' is no parameter",
			   fixed_keys[i].name);
		if (fixed_keys[i].hint)
			diag_hint(diags, "it goes under '%s'",
				  fixed_keys[i].hint);
		return true;
	}
	return false;
}

/* The first word of a path names a header key, or a driver with more. */
static bool is_parameter(const struct node *key, struct diags *diags)
{
	const char *names[64];
	size_t used = 0, length = strcspn(key->text, ".");
	char word[64];

	if (is_fixed(key, diags))
		return false;
	for (size_t i = 0; header_keys[i]; i++)
		names[used++] = header_keys[i];
	for (size_t i = 0; sim_drivers[i] && used < 63; i++)
		names[used++] = sim_drivers[i]->name;
	names[used] = NULL;
	for (size_t i = 0; i < used; i++) {
		if (!is_key(key->text, length, names[i]))
			continue;
		if (key->text[length] || header_has_key(names[i]))
			return true;
		diag_error(diags, key->place, "'%s' is a whole block",
			   key->text);
		diag_hint(diags, "a parameter is a key in it: '%s.driver'",
			  key->text);
		return false;
	}
	diag_error(diags, key->place, "unknown parameter '%s'",
		   diag_quote(key->text, key->length).text);
	snprintf(word, sizeof(word), "%.*s", (int)length, key->text);
	diag_nearest(diags, word, names);
	return false;
}

/* Does one of the paths lead through the other? */
static bool lead_through(const char *a, const char *b)
{
	size_t length = strlen(a) < strlen(b) ? strlen(a) : strlen(b);

	return strncmp(a, b, length) == 0 && (!a[length] || a[length] == '.') &&
	       (!b[length] || b[length] == '.');
}

static bool is_apart(const struct sweep *sweep, const struct node *key,
		     struct diags *diags)
{
	for (size_t i = AXIS_PARAMETERS; i < sweep->nr_axes; i++) {
		const char *other = sweep->axis[i].name;

		if (!lead_through(key->text, other))
			continue;
		if (strcmp(key->text, other) == 0)
			diag_error(diags, key->place, "'%s' is given twice",
				   other);
		else
			diag_error(diags, key->place,
				   "'%s' and '%s' set the same", key->text,
				   other);
		return false;
	}
	return true;
}

static int add_node(struct sweep *sweep, struct sweep_axis *axis,
		    const struct node *node, struct diags *diags)
{
	char *text = node_text(node);
	struct sweep_value value = { .node = node, .place = node->place };

	if (!text)
		return -ENOMEM;
	value.text = sweep_keep(sweep, text, strlen(text));
	free(text);
	if (!value.text)
		return -ENOMEM;
	sweep_add_value(axis, &value, diags);
	return 0;
}

/* The number @n, written where the range @node is. */
static int add_number(struct sweep *sweep, struct sweep_axis *axis,
		      const struct node *node, uint64_t n, struct diags *diags)
{
	struct node *new = arena_alloc(&sweep->arena, sizeof(*new));
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	if (!new)
		return -ENOMEM;
	*new = *node;
	new->next = NULL;
	new->length = strlen(text);
	new->text = sweep_keep(sweep, text, new->length);
	return new->text ? add_node(sweep, axis, new, diags) : -ENOMEM;
}

/* "A..B" stands for all from A to B. */
static bool is_range(const struct node *node, struct range *range)
{
	return node->kind == NODE_SCALAR && node->plain &&
	       number_range(node->text, node->text + node->length, range) ==
		       NUMBER_OK &&
	       range->closed;
}

/* Values that @list stands for. */
static size_t count_values(const struct node *list)
{
	size_t count = 0;

	for (const struct node *n = list->first; n; n = n->next) {
		struct range range;
		uint64_t more = is_range(n, &range) ? range.to - range.from : 0;

		if (more >= SWEEP_MAX_VALUES)
			return SWEEP_MAX_VALUES + 1;
		count += more + 1;
	}
	return count;
}

static int add_values(struct sweep *sweep, struct sweep_axis *axis,
		      const struct node *node, struct diags *diags)
{
	struct range range;
	int ret = 0;

	if (!is_range(node, &range))
		return add_node(sweep, axis, node, diags);
	for (uint64_t n = range.from; n <= range.to && ret == 0; n++)
		ret = add_number(sweep, axis, node, n, diags);
	return ret;
}

static int read_parameter(struct sweep *sweep, const struct node *key,
			  struct diags *diags)
{
	const struct node *list = key->next;
	struct sweep_axis *axis;
	size_t count;
	int ret = 0;

	if (!is_parameter(key, diags) || !is_apart(sweep, key, diags) ||
	    !sweep_is_filled(list, diags))
		return 0;
	count = count_values(list);
	if (count > SWEEP_MAX_VALUES) {
		diag_error(diags, list->place, "more than %d values",
			   SWEEP_MAX_VALUES);
		return 0;
	}
	axis = sweep_add_axis(sweep, key->text, key->place, count);
	if (!axis)
		return -ENOMEM;
	for (const struct node *n = list->first; n && ret == 0; n = n->next)
		ret = add_values(sweep, axis, n, diags);
	return ret;
}

int sweep_read_parameters(struct sweep *sweep, const struct node *mapping,
			  struct diags *diags)
{
	int ret = 0;

	if (!mapping)
		return 0;
	if (mapping->kind != NODE_MAPPING) {
		node_expected(mapping, "a mapping of paths to values", diags);
		return 0;
	}
	if (mapping->count > SWEEP_MAX_PARAMETERS) {
		diag_error(diags, mapping->place, "more than %d parameters",
			   SWEEP_MAX_PARAMETERS);
		return 0;
	}
	for (const struct node *key = mapping->first; key && ret == 0;
	     key = key->next->next)
		ret = read_parameter(sweep, key, diags);
	return ret;
}
