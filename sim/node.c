/* SPDX-License-Identifier: GPL-2.0-or-later */
/* node.c - what a piece of YAML must be, or an error that says so. */
#include <inttypes.h>
#include <string.h>

#include "sim/node.h"
#include "sim/number.h"

const struct node *node_get(const struct node *mapping, const char *key)
{
	const struct node *node = mapping->first;

	for (; node; node = node->next->next)
		if (strcmp(node->text, key) == 0)
			return node->next;
	return NULL;
}

bool node_expected(const struct node *node, const char *what,
		   struct diags *diags)
{
	if (node->kind == NODE_SCALAR)
		diag_expected(diags, node->place, what, node->text,
			      node->length);
	else
		diag_error(diags, node->place, "expected %s, found a %s", what,
			   node->kind == NODE_MAPPING ? "mapping" : "list");
	return false;
}

bool node_is_list(const struct node *node, struct diags *diags)
{
	return node->kind == NODE_SEQUENCE ||
	       node_expected(node, "a list", diags);
}

bool node_copy(const struct node *node, char *to, size_t room,
	       struct diags *diags)
{
	if (node->kind != NODE_SCALAR)
		return node_expected(node, "a text", diags);
	if (node->length >= room) {
		diag_error(diags, node->place, "longer than %zu bytes",
			   room - 1);
		return false;
	}
	memcpy(to, node->text, node->length + 1);
	return true;
}

/* @end of reading @node as a number: was it one? */
static bool is_number(const struct node *node, enum number_end end,
		      const char *what, struct diags *diags)
{
	if (end != NUMBER_OK)
		number_error(diags, node->place, end, what, node->text,
			     node->length);
	return end == NUMBER_OK;
}

static const char *end_of(const struct node *node)
{
	return node->text + node->length;
}

bool node_u64(const struct node *node, uint64_t min, uint64_t max,
	      uint64_t *value, struct diags *diags)
{
	char what[80] = "a number";
	enum number_end end;

	if (max != UINT64_MAX)
		snprintf(what, sizeof(what),
			 "a number from %" PRIu64 " to %" PRIu64, min, max);
	else if (min)
		snprintf(what, sizeof(what), "a number of at least %" PRIu64,
			 min);
	if (node->kind != NODE_SCALAR)
		return node_expected(node, what, diags);
	end = number_u64(node->text, end_of(node), value);
	if (!is_number(node, end, what, diags))
		return false;
	return (*value >= min && *value <= max) ||
	       node_expected(node, what, diags);
}

bool node_i64(const struct node *node, int64_t min, int64_t max, int64_t *value,
	      struct diags *diags)
{
	char what[80];
	enum number_end end;

	snprintf(what, sizeof(what), "a number from %" PRId64 " to %" PRId64,
		 min, max);
	if (node->kind != NODE_SCALAR)
		return node_expected(node, what, diags);
	end = number_i64(node->text, end_of(node), value);
	if (!is_number(node, end, what, diags))
		return false;
	return (*value >= min && *value <= max) ||
	       node_expected(node, what, diags);
}

bool node_real(const struct node *node, double min, double max, double *value,
	       struct diags *diags)
{
	const char *text = node->text;
	struct decimal decimal;
	char what[80] = "a number";
	enum number_end end;

	if (max < (double)UINT64_MAX)
		snprintf(what, sizeof(what), "a number from %g to %g", min,
			 max);
	else if (min > 0)
		snprintf(what, sizeof(what), "a number of at least %g", min);
	if (node->kind != NODE_SCALAR)
		return node_expected(node, what, diags);
	end = number_decimal(&text, end_of(node), &decimal);
	if (end == NUMBER_OK && text != end_of(node))
		end = NUMBER_BAD;
	if (!is_number(node, end, what, diags))
		return false;
	*value = decimal_real(decimal);
	return (*value >= min && *value <= max) ||
	       node_expected(node, what, diags);
}

/* Nanoseconds of the unit that is @text, or 0. */
static uint64_t time_unit(const char *text)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = { { "", 1 },
		      { "ns", 1 },
		      { "us", 1000 },
		      { "ms", 1000000 },
		      { "s", 1000000000 } };

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(units[i].name, text) == 0)
			return units[i].ns;
	return 0;
}

bool node_time(const struct node *node, uint64_t *value, struct diags *diags)
{
	static const char what[] = "a time in ns, us, ms or s";
	const char *text = node->text;
	struct decimal decimal;
	enum number_end end;
	uint64_t unit;

	if (node->kind != NODE_SCALAR)
		return node_expected(node, what, diags);
	end = number_decimal(&text, end_of(node), &decimal);
	unit = time_unit(text);
	if (end == NUMBER_OK && unit == 0)
		end = NUMBER_BAD;
	if (end == NUMBER_OK)
		end = decimal_times(decimal, unit, value);
	return is_number(node, end, what, diags);
}

bool node_bool(const struct node *node, bool *value, struct diags *diags)
{
	bool is_true = strcmp(node->text, "true") == 0;

	if (node->kind != NODE_SCALAR ||
	    (!is_true && strcmp(node->text, "false") != 0))
		return node_expected(node, "true or false", diags);
	*value = is_true;
	return true;
}

/* "a, b or c" */
static void join(char *to, size_t room, const char *const *names)
{
	size_t used = 0;

	to[0] = '\0';
	for (size_t i = 0; names[i] && used < room; i++) {
		const char *mark = i == 0 ? "" : names[i + 1] ? ", " : " or ";
		int added = snprintf(to + used, room - used, "%s%s", mark,
				     names[i]);

		used += (size_t)added;
	}
}

bool node_choice(const struct node *node, const char *const *names,
		 unsigned *value, struct diags *diags)
{
	char what[120];

	for (unsigned i = 0; names[i] && node->kind == NODE_SCALAR; i++) {
		if (strcmp(names[i], node->text) == 0) {
			*value = i;
			return true;
		}
	}
	join(what, sizeof(what), names);
	node_expected(node, what, diags);
	diag_nearest(diags, node->text, names);
	return false;
}

bool node_range(const struct node *node, uint64_t max, struct range *value,
		struct diags *diags)
{
	char what[80] = "a number or a range";
	enum number_end end;

	if (max != UINT64_MAX)
		snprintf(what, sizeof(what),
			 "a number or a range up to %" PRIu64, max);
	if (node->kind != NODE_SCALAR)
		return node_expected(node, what, diags);
	end = number_range(node->text, end_of(node), value);
	if (!is_number(node, end, what, diags))
		return false;
	return value->to <= max || node_expected(node, what, diags);
}
