/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trace_story.c - everything that a trace gives, as a text. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/describe.h"
#include "tests/text_file.h"
#include "tests/trace_story.h"

static void tell_events(struct trace *trace, struct story *story, FILE *to)
{
	struct event *event;
	char *words;
	int ret;

	while ((ret = trace_next(trace, &event)) != 0) {
		story->told += ret == -EBADMSG;
		if (ret == -EBADMSG)
			continue;
		if (ret < 0) {
			story->error = ret;
			break;
		}
		words = describe(event);
		fprintf(to, "%u: %s\n", event->place.line, words);
		free(words);
	}
}

struct story story_of_file(const char *path)
{
	struct story story = { NULL };
	struct trace *trace;
	size_t length;
	FILE *to = open_memstream(&story.text, &length);

	ck_assert_ptr_nonnull(to);
	story.opened = trace_open(&trace, path, NULL, 0, &story.diags);
	if (story.opened == 0) {
		tell_events(trace, &story, to);
		trace_close(trace);
	}
	fclose(to);
	return story;
}

struct story story_of_bytes(const char *bytes, size_t length)
{
	struct text_file file = text_file_of(bytes, length, false);
	struct story story = story_of_file(file.path);

	text_file_close(&file);
	return story;
}

struct story story_of_text(const char *head, const char *body)
{
	size_t length = strlen(head) + strlen(body);
	char *text = malloc(length + 1);
	struct story story;

	strcpy(text, head);
	strcat(text, body);
	story = story_of_bytes(text, length);
	free(text);
	return story;
}
