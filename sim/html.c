/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * html.c - a page around its data.
 *
 *   lines of the page | "@data" | more lines
 *                          `-- what the caller writes
 *
 * HTML standard, "Restrictions for contents of script elements".
 */
#include "config.h"

#include <string.h>

#include "sim/html.h"

/* The lines up to that one, and no further than the end. */
static size_t lines_before_data(const char *const *page)
{
	size_t i;

	for (i = 0; page[i] && strcmp(page[i], "@data\n") != 0; i++)
		;
	return i;
}

void html_begin(const char *const *page, FILE *to)
{
	size_t data = lines_before_data(page);

	for (size_t i = 0; i < data; i++)
		fputs(page[i], to);
}

void html_end(const char *const *page, FILE *to)
{
	size_t data = lines_before_data(page);

	for (size_t i = data + 1; page[data] && page[i]; i++)
		fputs(page[i], to);
}

/* In JSON, "<" can only stand in a string. */
static const char less[] = "\\u003c";

size_t html_json_size(const char *json)
{
	size_t size = 0;

	for (; *json; json++)
		size += *json == '<' ? strlen(less) : 1;
	return size;
}

void html_json(const char *json, FILE *to)
{
	for (; *json; json++)
		if (*json == '<')
			fputs(less, to);
		else
			fputc(*json, to);
}
