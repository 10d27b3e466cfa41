/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sweep_read.c - a sweep out of its file.
 *
 *     sweep: 1                             # format
 *     title: what it shows
 *     traces: [FILE or pattern, ...]       # relative to this file
 *     machines: [NAME or FILE, ...]        # default: each trace's own
 *     policies: [NAME, ...] or all         # default: each trace's own
 *     parameters:
 *       PATH: [VALUE, A..B, ...]           # a header key, or below a driver
 *     exclude:
 *       - {trace: PATTERN, policy: NAME, PATH: [VALUE, ...], ...}
 *     expect: own or none                  # of the traces; default own
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/node_text.h"
#include "sim/profile_find.h"
#include "sim/sweep.h"

/* Of all the sweep says. */
#define SWEEP_MEMORY_MAX (256u << 20)

struct raw {
	const struct node *sweep, *title, *traces, *machines, *policies;
	const struct node *parameters, *exclude;
	unsigned expect;
};

static const char *const expect_names[] = { "own", "none", NULL };

#define RAW(field) offsetof(struct raw, field)
static const struct field raw_fields[] = {
	{ "sweep", FIELD_NODE, RAW(sweep), .required = true },
	{ "title", FIELD_NODE, RAW(title) },
	{ "traces", FIELD_NODE, RAW(traces), .required = true },
	{ "machines", FIELD_NODE, RAW(machines) },
	{ "policies", FIELD_NODE, RAW(policies) },
	{ "parameters", FIELD_NODE, RAW(parameters) },
	{ "exclude", FIELD_NODE, RAW(exclude) },
	{ "expect", FIELD_CHOICE, RAW(expect), .names = expect_names },
	{ NULL },
};

char *sweep_keep(struct sweep *sweep, const char *text, size_t length)
{
	char *copy = arena_alloc(&sweep->arena, length + 1);

	if (copy)
		memcpy(copy, text, length);
	return copy;
}

/* ---- axes -------------------------------------------------------------- */

void sweep_add_value(struct sweep_axis *axis, const struct sweep_value *value,
		     struct diags *diags)
{
	for (size_t i = 0; i < axis->count; i++) {
		if (strcmp(axis->value[i].text, value->text) != 0)
			continue;
		diag_error(diags, value->place, "'%s' is given twice",
			   diag_quote(value->text, strlen(value->text)).text);
		return;
	}
	axis->value[axis->count++] = *value;
}

struct sweep_axis *sweep_add_axis(struct sweep *sweep, const char *name,
				  struct place place, size_t room)
{
	struct sweep_axis *axis = &sweep->axis[sweep->nr_axes++];

	axis->name = name;
	axis->place = place;
	axis->value = arena_alloc(&sweep->arena, room * sizeof(*axis->value));
	return axis->value ? axis : NULL;
}

/* What the traces say themselves. */
static int add_own(struct sweep *sweep, const char *name)
{
	struct sweep_axis *axis = sweep_add_axis(
		sweep, name, (struct place){ NULL, 0, 0 }, 1);

	if (!axis)
		return -ENOMEM;
	axis->value[axis->count++].text = "own";
	return 0;
}

bool sweep_is_filled(const struct node *list, struct diags *diags)
{
	if (list->kind != NODE_SEQUENCE)
		return node_expected(list, "a list", diags);
	if (list->count == 0)
		diag_error(diags, list->place, "an empty list");
	if (list->count > SWEEP_MAX_VALUES)
		diag_error(diags, list->place, "more than %d values",
			   SWEEP_MAX_VALUES);
	return list->count && list->count <= SWEEP_MAX_VALUES;
}

static int add_policy(struct sweep *sweep, struct sweep_axis *axis,
		      const struct node *node, struct diags *diags)
{
	struct sweep_value value = { .text = node->text, .place = node->place };

	(void)sweep;
	if (node->kind != NODE_SCALAR) {
		node_expected(node, "a policy's name", diags);
		return 0;
	}
	value.policy = trace_policy(node->text, node->place, diags);
	if (value.policy)
		sweep_add_value(axis, &value, diags);
	return 0;
}

static int add_machine(struct sweep *sweep, struct sweep_axis *axis,
		       const struct node *node, struct diags *diags)
{
	struct sweep_value value = { .text = node->text, .place = node->place };
	struct profile profile;
	char path[PROFILE_PATH_MAX];
	int ret;

	if (node->kind != NODE_SCALAR) {
		node_expected(node, "a machine's name or file", diags);
		return 0;
	}
	ret = profile_load(node->text, &profile, node->place, diags);
	if (ret < 0 || !profile_find(node->text, path, node->place, diags))
		return ret == -EBADMSG ? 0 : ret;
	value.path = sweep_keep(sweep, path, strlen(path));
	if (!value.path)
		return -ENOMEM;
	sweep_add_value(axis, &value, diags);
	return 0;
}

/* An axis of names, each taken by @add; @list NULL: the traces' own. */
static int read_names(struct sweep *sweep, const char *name,
		      const struct node *list,
		      int (*add)(struct sweep *sweep, struct sweep_axis *axis,
				 const struct node *node, struct diags *diags),
		      struct diags *diags)
{
	struct sweep_axis *axis;
	int ret = 0;

	if (!list)
		return add_own(sweep, name);
	if (!sweep_is_filled(list, diags))
		return 0;
	axis = sweep_add_axis(sweep, name, list->place, list->count);
	if (!axis)
		return -ENOMEM;
	for (const struct node *n = list->first; n && ret == 0; n = n->next)
		ret = add(sweep, axis, n, diags);
	return ret;
}

static int add_all_policies(struct sweep *sweep, struct place place)
{
	const struct gnttab_policy *policy;
	struct sweep_axis *axis;
	size_t count = 0;

	while (gnttab_policy_at(count))
		count++;
	axis = sweep_add_axis(sweep, "policy", place, count);
	if (!axis)
		return -ENOMEM;
	for (; (policy = gnttab_policy_at(axis->count)); axis->count++)
		axis->value[axis->count] = (struct sweep_value){
			.text = policy->name, .policy = policy, .place = place
		};
	return 0;
}

static int read_policies(struct sweep *sweep, const struct node *list,
			 struct diags *diags)
{
	if (list && list->kind == NODE_SCALAR && strcmp(list->text, "all") == 0)
		return add_all_policies(sweep, list->place);
	return read_names(sweep, "policy", list, add_policy, diags);
}

/* ---- the file ------------------------------------------------------------ */

static int read_root(struct sweep *sweep, const struct node *root,
		     struct diags *diags)
{
	struct raw raw = { .expect = 0 };
	uint64_t format;
	int ret;

	if (!node_read(root, raw_fields, &raw, diags))
		return -EBADMSG;
	if (node_u64(raw.sweep, 0, UINT64_MAX, &format, diags) && format != 1)
		diag_error(diags, raw.sweep->place,
			   "this program reads sweeps of format 1");
	if (raw.title && raw.title->kind != NODE_SCALAR)
		node_expected(raw.title, "a text", diags);
	sweep->ignore_expect = raw.expect == 1;
	ret = sweep_read_traces(sweep, raw.traces, diags);
	if (ret == 0)
		ret = read_names(sweep, "machine", raw.machines, add_machine,
				 diags);
	if (ret == 0)
		ret = sweep_read_parameters(sweep, raw.parameters, diags);
	if (ret == 0)
		ret = read_policies(sweep, raw.policies, diags);
	if (ret < 0 || diags->count)
		return ret < 0 ? ret : -EBADMSG;
	return sweep_number(sweep, raw.exclude, diags);
}

static int keep_text(struct sweep *sweep, const struct node *root)
{
	char *text = node_text(root);

	if (text)
		sweep->text = sweep_keep(sweep, text, strlen(text));
	free(text);
	return sweep->text ? 0 : -ENOMEM;
}

int sweep_read(struct sweep *sweep, const char *path, struct diags *diags)
{
	struct node *root;
	int ret;

	*sweep = (struct sweep){ .path = path };
	sweep->arena.limit = SWEEP_MEMORY_MAX;
	ret = yaml_in_load(&sweep->yaml, path, &root, diags);
	if (ret < 0)
		return ret;
	ret = keep_text(sweep, root);
	if (ret == 0)
		ret = read_root(sweep, root, diags);
	if (ret < 0)
		sweep_free(sweep);
	return ret;
}

void sweep_free(struct sweep *sweep)
{
	arena_free(&sweep->arena);
	yaml_in_close(sweep->yaml);
}
