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

const char *const *html_begin(const char *const *page, FILE *to)
{
	for (; *page && strcmp(*page, "@data\n") != 0; page++)
		fputs(*page, to);
	return *page ? page + 1 : page;
}

void html_end(const char *const *rest, FILE *to)
{
	for (; *rest; rest++)
		fputs(*rest, to);
}

/* In JSON, "<" can only stand in a string. */
void html_json(const char *json, FILE *to)
{
	for (; *json; json++)
		if (*json == '<')
			fputs("\\u003c", to);
		else
			fputc(*json, to);
}
