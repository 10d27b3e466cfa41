/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event_expect.c - reading what results must be. */
#include <math.h>
#include <string.h>

#include "sim/event_expect.h"
#include "sim/number.h"
#include "sim/results.h"
#include "sim/trace.h"

void expect_clear(struct expect_list *list)
{
	list->count = 0;
	list->policy = NULL;
	list->policy_given = false;
}

static void twice(struct diags *diags, struct place place, const char *name)
{
	diag_error(diags, place, "'%s' is given twice", name);
}

/* ---- keys ------------------------------------------------------------ */

static void unknown_counter(struct diags *diags, struct place place,
			    const char *name)
{
	const char *names[COUNTERS + 2];

	for (int i = 0; i < COUNTERS; i++)
		names[i] = counter_info[i].path;
	names[COUNTERS] = "policy";
	names[COUNTERS + 1] = NULL;
	diag_error(diags, place, "no counter '%s'", name);
	diag_nearest(diags, name, names);
}

/* A new expectation of the counter called @key, or NULL. */
static struct expectation *add(struct expect_list *list, struct place place,
			       const char *key, size_t length,
			       struct diags *diags)
{
	struct diag_quote name = diag_quote(key, length);
	int counter = counter_find(name.text);
	struct expectation *new;

	if (counter < 0) {
		unknown_counter(diags, place, name.text);
		return NULL;
	}
	for (size_t i = 0; i < list->count; i++) {
		if (list->list[i].counter != (unsigned)counter)
			continue;
		twice(diags, place, name.text);
		return NULL;
	}
	new = &list->list[list->count++];
	*new = (struct expectation){ .counter = (unsigned)counter,
				     .max = INFINITY,
				     .line = place.line,
				     .column = place.column };
	return new;
}

/* ---- values ---------------------------------------------------------- */

/* "X", "A..B", "X.." of decimals. */
static enum number_end read_bounds(const char *text, const char *end,
				   struct expectation *to)
{
	enum number_end result;
	struct decimal decimal;

	result = number_decimal(&text, end, &decimal);
	if (result != NUMBER_OK)
		return result;
	to->min = to->max = decimal_real(decimal);
	if (text == end)
		return NUMBER_OK;
	if (end - text < 2 || text[0] != '.' || text[1] != '.')
		return NUMBER_BAD;
	text += 2;
	to->max = INFINITY;
	if (text == end)
		return NUMBER_OK;
	result = number_decimal(&text, end, &decimal);
	if (result == NUMBER_OK && text != end)
		return NUMBER_BAD;
	to->max = decimal_real(decimal);
	return to->max < to->min ? NUMBER_BACKWARDS : result;
}

static bool read_policy(struct expect_list *list, struct place key_place,
			struct place place, const char *text, size_t length,
			struct diags *diags)
{
	struct diag_quote name = diag_quote(text, length);
	const struct gnttab_policy *policy;

	if (list->policy_given) {
		twice(diags, key_place, "policy");
		return false;
	}
	list->policy_given = true;
	list->policy = "any";
	if (strcmp(name.text, "any") == 0)
		return true;
	policy = trace_policy(name.text, place, diags);
	if (policy)
		list->policy = policy->name;
	return policy;
}

bool expect_text(struct expect_list *list, struct place key_place,
		 const char *key, size_t key_length, struct place place,
		 const char *text, size_t length, struct diags *diags)
{
	struct expectation *new;
	enum number_end end;

	if (key_length == 6 && memcmp(key, "policy", 6) == 0)
		return read_policy(list, key_place, place, text, length, diags);
	new = add(list, key_place, key, key_length, diags);
	if (!new)
		return false;
	end = read_bounds(text, text + length, new);
	if (end != NUMBER_OK)
		number_error(diags, place, end, "a value or a range", text,
			     length);
	return end == NUMBER_OK;
}

/* {min: X, max: Y} */
static bool read_min_max(struct expect_list *list, const struct node *key,
			 struct diags *diags)
{
	static const struct field fields[] = {
		{ "min", FIELD_REAL, offsetof(struct expectation, min) },
		{ "max", FIELD_REAL, offsetof(struct expectation, max) },
		{ NULL },
	};
	struct expectation *new = add(list, key->place, key->text, key->length,
				      diags);

	if (!new || !node_read(key->next, fields, new, diags))
		return false;
	if (key->next->count && new->max >= new->min)
		return true;
	diag_error(diags, key->next->place,
		   key->next->count ? "min is more than max"
				    : "neither min nor max");
	return false;
}

bool expect_pair(struct expect_list *list, const struct node *key,
		 struct diags *diags)
{
	const struct node *value = key->next;

	if (value->kind == NODE_MAPPING)
		return read_min_max(list, key, diags);
	if (value->kind == NODE_SCALAR)
		return expect_text(list, key->place, key->text, key->length,
				   value->place, value->text, value->length,
				   diags);
	return node_expected(value, "a value", diags);
}

bool expect_read(struct expect_list *list, const struct node *mapping,
		 struct diags *diags)
{
	bool ok = true;

	expect_clear(list);
	if (mapping->kind != NODE_MAPPING)
		return node_expected(mapping, "a mapping of counters", diags);
	for (const struct node *key = mapping->first; key;
	     key = key->next->next)
		ok &= expect_pair(list, key, diags);
	return ok;
}
