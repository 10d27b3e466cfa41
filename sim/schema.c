/* SPDX-License-Identifier: GPL-2.0-or-later */
/* schema.c - a mapping into a struct, by a table. */
#include <string.h>

#include "sim/node.h"

#define FIELDS_MAX 64

static bool read_text(const struct node *node, const char **value,
		      struct diags *diags)
{
	if (node->kind != NODE_SCALAR)
		return node_expected(node, "a text", diags);
	*value = node->text;
	return true;
}

static bool read_u32(const struct node *node, uint64_t min, uint64_t max,
		     uint32_t *value, struct diags *diags)
{
	uint64_t wide;

	if (max > UINT32_MAX)
		max = UINT32_MAX;
	if (!node_u64(node, min, max, &wide, diags))
		return false;
	*value = (uint32_t)wide;
	return true;
}

static bool read_field(const struct node *node, const struct field *field,
		       void *to, struct diags *diags)
{
	uint64_t max = field->max ? field->max : UINT64_MAX;

	switch (field->type) {
	case FIELD_U64:
		return node_u64(node, field->min, max, to, diags);
	case FIELD_U32:
		return read_u32(node, field->min, max, to, diags);
	case FIELD_I64:
		return node_i64(node, INT64_MIN, INT64_MAX, to, diags);
	case FIELD_REAL:
		return node_real(node, (double)field->min, (double)max, to,
				 diags);
	case FIELD_TIME:
		return node_time(node, to, diags);
	case FIELD_BOOL:
		return node_bool(node, to, diags);
	case FIELD_CHOICE:
		return node_choice(node, field->names, to, diags);
	case FIELD_RANGE:
		return node_range(node, max, to, diags);
	case FIELD_TEXT:
		return read_text(node, to, diags);
	case FIELD_NODE:
		*(const struct node **)to = node;
		return true;
	}
	return false;
}

static void unknown_key(const struct node *key, const struct field *fields,
			struct diags *diags)
{
	const char *names[FIELDS_MAX + 1];
	size_t i;

	for (i = 0; fields[i].name && i < FIELDS_MAX; i++)
		names[i] = fields[i].name;
	names[i] = NULL;
	diag_error(diags, key->place, "unknown key '%s'",
		   diag_quote(key->text, key->length).text);
	diag_nearest(diags, key->text, names);
}

/* The index of @key in @fields, or -1. */
static int find_field(const struct field *fields, const char *key)
{
	for (int i = 0; fields[i].name && i < FIELDS_MAX; i++)
		if (strcmp(fields[i].name, key) == 0)
			return i;
	return -1;
}

/* One pair; @seen has a bit for each field that was there already. */
static bool read_pair(const struct node *key, const struct field *fields,
		      uint64_t *seen, void *into, struct diags *diags)
{
	int i = find_field(fields, key->text);

	if (i < 0) {
		unknown_key(key, fields, diags);
		return false;
	}
	if (*seen >> i & 1) {
		diag_error(diags, key->place, "'%s' is given twice", key->text);
		return false;
	}
	*seen |= 1ull << i;
	if (fields[i].given)
		*(bool *)((char *)into + fields[i].given) = true;
	return read_field(key->next, &fields[i],
			  (char *)into + fields[i].offset, diags);
}

static bool all_required(const struct node *mapping, const struct field *fields,
			 uint64_t seen, struct diags *diags)
{
	bool ok = true;

	for (int i = 0; fields[i].name && i < FIELDS_MAX; i++) {
		if (!fields[i].required || seen >> i & 1)
			continue;
		diag_error(diags, mapping->place, "'%s' is missing",
			   fields[i].name);
		ok = false;
	}
	return ok;
}

bool node_read(const struct node *mapping, const struct field *fields,
	       void *into, struct diags *diags)
{
	uint64_t seen = 0;
	bool ok = true;

	if (mapping->kind != NODE_MAPPING)
		return node_expected(mapping, "a mapping", diags);
	for (const struct node *key = mapping->first; key;
	     key = key->next->next)
		ok &= read_pair(key, fields, &seen, into, diags);
	return all_required(mapping, fields, seen, diags) && ok;
}
