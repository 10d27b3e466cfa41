/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * html.h - pages that need nothing but themselves: style, script and numbers
 * are in them.
 */
#ifndef SIM_HTML_H
#define SIM_HTML_H

#include <stdio.h>

/* The pages of sim/html/, as lines; NULL-terminated. */
extern const char *const html_lesson[], *const html_report[];

/* Write what stands before the line "@data" of @page, and what behind. */
void html_begin(const char *const *page, FILE *to);
void html_end(const char *const *page, FILE *to);

/* Write JSON so that it can stand in a script element; how long it is then. */
void html_json(const char *json, FILE *to);
size_t html_json_size(const char *json);

#endif /* SIM_HTML_H */
