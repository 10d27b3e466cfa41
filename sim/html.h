/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * html.h - pages that need nothing but themselves: style, script and numbers
 * are in them.
 */
#ifndef SIM_HTML_H
#define SIM_HTML_H

#include <stdio.h>

/* The pages of sim/html/, as lines; NULL-terminated. */
extern const char *const html_report[];

/* Write @page up to its line "@data", and return what follows that. */
const char *const *html_begin(const char *const *page, FILE *to);
void html_end(const char *const *rest, FILE *to);

/* Write JSON so that it can stand in a script element. */
void html_json(const char *json, FILE *to);

#endif /* SIM_HTML_H */
