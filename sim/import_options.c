/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_options.c - `-O NAME=VALUE` is read as `NAME: VALUE` of a trace is:
 * by the table of fields, with the same values and the same hints.
 */
#include "config.h"

#include <string.h>

#include "sim/importer.h"

/* A mapping of words: key, value, key, value ... */
struct words {
	struct node mapping;
	struct node node[2 * IMPORT_MAX_OPTIONS];
	char key[IMPORT_MAX_OPTIONS][64];
};

/* @place stands for a place in messages: the option as it was given, or NULL.
 */
static void add(struct words *words, const char *place, const char *key,
		size_t length, const char *value)
{
	size_t n = words->mapping.count++;
	struct node *pair = &words->node[2 * n];
	char *copy = words->key[n];

	snprintf(copy, sizeof(words->key[n]), "%.*s", (int)length, key);
	pair[0] = (struct node){ .text = copy, .length = strlen(copy) };
	pair[1] = (struct node){ .text = value, .length = strlen(value) };
	pair[0].plain = pair[1].plain = true;
	pair[0].place = pair[1].place = (struct place){ place, 0, 0 };
	pair[0].next = &pair[1];
	if (n)
		pair[-1].next = &pair[0];
	else
		words->mapping.first = &pair[0];
}

static bool add_given(struct words *words, const char *option,
		      struct diags *diags)
{
	const char *equals = strchr(option, '=');
	struct place place = { option, 0, 0 };

	if (!equals) {
		diag_error(diags, place, "expected NAME=VALUE");
		return false;
	}
	if (words->mapping.count == IMPORT_MAX_OPTIONS) {
		diag_error(diags, place, "too many options");
		return false;
	}
	add(words, option, option, (size_t)(equals - option), equals + 1);
	return true;
}

/* What was not given is what it is by default. */
static void add_standards(struct words *words, const struct importer *importer)
{
	const struct import_option *option = importer->options;

	for (; option && option->field.name; option++)
		if (option->standard &&
		    !node_get(&words->mapping, option->field.name) &&
		    words->mapping.count < IMPORT_MAX_OPTIONS)
			add(words, NULL, option->field.name,
			    strlen(option->field.name), option->standard);
}

static void print_all(const struct words *words, char *text, size_t room)
{
	const struct node *key = words->mapping.first;
	size_t used = 0;

	text[0] = '\0';
	for (; key && used < room; key = key->next->next)
		used += (size_t)snprintf(text + used, room - used, "-O %s=%s ",
					 key->text, key->next->text);
}

bool import_options(const struct importer *importer, char *const *given,
		    size_t count, void *to, char *made_by, size_t room,
		    struct diags *diags)
{
	struct words words = { .mapping.kind = NODE_MAPPING };
	struct field fields[IMPORT_MAX_OPTIONS + 1] = { { .name = NULL } };
	const struct import_option *option = importer->options;

	for (size_t i = 0; i < count; i++)
		if (!add_given(&words, given[i], diags))
			return false;
	for (size_t i = 0; option && option->field.name; i++, option++)
		fields[i] = option->field;
	if (words.mapping.count && !fields[0].name) {
		diag_error(diags, (struct place){ NULL, 0, 0 },
			   "'%s' takes no options", importer->name);
		return false;
	}
	add_standards(&words, importer);
	print_all(&words, made_by, room);
	memset(to, 0, importer->size);
	return node_read(&words.mapping, fields, to, diags);
}
