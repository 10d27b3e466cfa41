/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trace_story.h - everything that a trace gives, as a text.
 */
#ifndef TESTS_TRACE_STORY_H
#define TESTS_TRACE_STORY_H

#include "sim/trace.h"

struct story {
	char *text;		/* "LINE: EVENT", one a line; to be freed */
	struct diags diags;
	int opened;		/* what trace_open() returned */
	size_t told;		/* times that an error was returned */
	int error;		/* another one, which is the host's, or 0 */
};

struct story story_of_file(const char *path);
struct story story_of_bytes(const char *bytes, size_t length);
/* Of @head and @body, one after the other. */
struct story story_of_text(const char *head, const char *body);

#endif /* TESTS_TRACE_STORY_H */
