/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sweep_cells.c - the cells of a sweep, by number.
 *
 *     trace  machine  parameter  ...  policy       a number whose digits are
 *       1       0         2      ...    0          indices of values: a place
 *                                                  in the product
 *     cell[] = places that no rule of `exclude:` names, in order
 */
#include "config.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "sim/node_text.h"
#include "sim/sweep.h"

/* One item of `exclude:`: a cell that has one of the values on each of the
 * axes that are named is out. */
struct rule {
	bool *named[SWEEP_MAX_AXES]; /* by value; NULL: any */
};

/* The index of the value that @place has on @axis. */
static size_t digit(const struct sweep *sweep, uint32_t place, size_t axis)
{
	for (size_t i = sweep->nr_axes - 1; i > axis; i--)
		place /= (uint32_t)sweep->axis[i].count;
	return place % sweep->axis[axis].count;
}

const struct sweep_value *sweep_value(const struct sweep *sweep, size_t cell,
				      size_t axis)
{
	return &sweep->axis[axis]
			.value[digit(sweep, sweep->cell[cell - 1], axis)];
}

size_t sweep_settings(const struct sweep *sweep, size_t cell,
		      struct trace_setting setting[SWEEP_MAX_PARAMETERS])
{
	size_t count = 0;

	for (size_t i = AXIS_PARAMETERS; i + 1 < sweep->nr_axes; i++)
		setting[count++] = (struct trace_setting){
			.path = sweep->axis[i].name,
			.place = sweep->axis[i].place,
			.value = sweep_value(sweep, cell, i)->node,
		};
	return count;
}

/* ---- exclude: ------------------------------------------------------------ */

static const struct sweep_axis *find_axis(const struct sweep *sweep,
					  const struct node *key,
					  struct diags *diags)
{
	const char *names[SWEEP_MAX_AXES + 1] = { NULL };

	for (size_t i = 0; i < sweep->nr_axes; i++) {
		if (strcmp(sweep->axis[i].name, key->text) == 0)
			return &sweep->axis[i];
		names[i] = sweep->axis[i].name;
	}
	diag_error(diags, key->place, "'%s' does not vary in this sweep",
		   diag_quote(key->text, key->length).text);
	diag_nearest(diags, key->text, names);
	return NULL;
}

/* Names are matched as patterns, a file's with or without its folder; what a
 * parameter is set to has to be equal. */
static bool is_named(const struct sweep *sweep, const struct sweep_axis *axis,
		     const char *value, const char *text)
{
	const char *slash = strrchr(value, '/');
	size_t i = (size_t)(axis - sweep->axis);

	if (i >= AXIS_PARAMETERS && i + 1 < sweep->nr_axes)
		return strcmp(value, text) == 0;
	return fnmatch(text, value, 0) == 0 ||
	       (slash && fnmatch(text, slash + 1, 0) == 0);
}

/* Mark the values of @axis that are called @text. */
static void mark(const struct sweep *sweep, const struct sweep_axis *axis,
		 bool *named, const char *text, struct place place,
		 struct diags *diags)
{
	bool any = false;

	for (size_t i = 0; i < axis->count; i++) {
		if (!is_named(sweep, axis, axis->value[i].text, text))
			continue;
		named[i] = any = true;
	}
	if (!any)
		diag_error(diags, place, "no %s of this sweep is '%s'",
			   axis->name, diag_quote(text, strlen(text)).text);
}

static int mark_node(const struct sweep *sweep, const struct sweep_axis *axis,
		     bool *named, const struct node *node, struct diags *diags)
{
	char *text = node->kind == NODE_SCALAR ? strdup(node->text)
					       : node_text(node);

	if (!text)
		return -ENOMEM;
	mark(sweep, axis, named, text, node->place, diags);
	free(text);
	return 0;
}

static int read_pair(struct sweep *sweep, struct rule *rule,
		     const struct node *key, struct diags *diags)
{
	const struct sweep_axis *axis = find_axis(sweep, key, diags);
	const struct node *value = key->next;
	bool *named;
	int ret = 0;

	if (!axis)
		return 0;
	named = arena_alloc(&sweep->arena, axis->count);
	if (!named)
		return -ENOMEM;
	rule->named[axis - sweep->axis] = named;
	if (value->kind != NODE_SEQUENCE)
		return mark_node(sweep, axis, named, value, diags);
	for (const struct node *n = value->first; n && ret == 0; n = n->next)
		ret = mark_node(sweep, axis, named, n, diags);
	return ret;
}

static int read_rule(struct sweep *sweep, struct rule *rule,
		     const struct node *node, struct diags *diags)
{
	int ret = 0;

	if (node->kind != NODE_MAPPING || !node->count) {
		node_expected(node, "a mapping of what varies", diags);
		return 0;
	}
	for (const struct node *key = node->first; key && ret == 0;
	     key = key->next->next)
		ret = read_pair(sweep, rule, key, diags);
	return ret;
}

static bool is_excluded(const struct sweep *sweep, const struct rule *rule,
			uint32_t place)
{
	for (size_t i = 0; i < sweep->nr_axes; i++)
		if (rule->named[i] && !rule->named[i][digit(sweep, place, i)])
			return false;
	return true;
}

/* ---- numbers --------------------------------------------------------------
 */

/* The size of the product, or 0: too large. */
static uint32_t product(const struct sweep *sweep)
{
	uint64_t size = 1;

	for (size_t i = 0; i < sweep->nr_axes; i++) {
		size *= sweep->axis[i].count;
		if (size > SWEEP_MAX_CELLS)
			return 0;
	}
	return (uint32_t)size;
}

static int number_cells(struct sweep *sweep, const struct rule *rules,
			size_t nr_rules, struct diags *diags)
{
	uint32_t size = product(sweep);

	if (!size) {
		diag_error(diags, sweep->axis[AXIS_TRACE].place,
			   "a sweep of more than %d cells", SWEEP_MAX_CELLS);
		return -EBADMSG;
	}
	sweep->cell = arena_alloc(&sweep->arena, size * sizeof(*sweep->cell));
	if (!sweep->cell)
		return -ENOMEM;
	for (uint32_t place = 0; place < size; place++) {
		size_t i = 0;

		while (i < nr_rules && !is_excluded(sweep, &rules[i], place))
			i++;
		if (i == nr_rules)
			sweep->cell[sweep->nr_cells++] = place;
	}
	return 0;
}

static int number_with_rules(struct sweep *sweep, const struct node *list,
			     struct diags *diags)
{
	struct rule *rules = arena_alloc(&sweep->arena,
					 list->count * sizeof(*rules) + 1);
	size_t count = 0;
	int ret = 0;

	if (!rules)
		return -ENOMEM;
	for (const struct node *n = list->first; n && ret == 0; n = n->next)
		ret = read_rule(sweep, &rules[count++], n, diags);
	if (ret < 0 || diags->count)
		return ret < 0 ? ret : -EBADMSG;
	ret = number_cells(sweep, rules, count, diags);
	if (ret < 0 || sweep->nr_cells)
		return ret;
	diag_error(diags, list->place, "nothing is left to run");
	return -EBADMSG;
}

int sweep_number(struct sweep *sweep, const struct node *list,
		 struct diags *diags)
{
	if (!list)
		return number_cells(sweep, NULL, 0, diags);
	if (list->kind == NODE_SEQUENCE)
		return number_with_rules(sweep, list, diags);
	node_expected(list, "a list of mappings", diags);
	return -EBADMSG;
}
