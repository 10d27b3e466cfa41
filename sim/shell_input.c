/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shell_input.c - lines for the shell, by GNU readline on a terminal.
 *
 * Completion knows commands and events in the first place, and the keys of
 * the event after it.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "sim/shell.h"

#define MAX_NAMES 256

/* Names to choose from. */
struct choice {
	const char *name[MAX_NAMES];
	size_t count;
};

static void offer(struct choice *choice, const char *name)
{
	if (choice->count < MAX_NAMES)
		choice->name[choice->count++] = name;
}

static void offer_first(struct choice *choice)
{
	for (size_t i = 0; shell_commands[i].name; i++)
		offer(choice, shell_commands[i].name);
	for (size_t i = 0; i < EVENT_KINDS; i++)
		offer(choice, event_names[i]);
}

static void offer_keys(struct choice *choice, enum event_kind kind)
{
	const char *names[KEYS + 1];

	event_key_names(event_forms[kind].keys | event_forms[kind].op_keys,
			names);
	for (size_t i = 0; names[i]; i++)
		offer(choice, names[i]);
}

static void offer_for(struct choice *choice, const char *line, size_t start)
{
	size_t blanks = strspn(line, " \t");
	size_t length = strcspn(line + blanks, " \t");
	enum event_kind kind;

	if (blanks >= start) {
		offer_first(choice);
		return;
	}
	if (strncmp(line + blanks, "help", length) == 0) {
		offer_first(choice);
		return;
	}
	kind = event_find(line + blanks, length);
	if (kind != EVENT_KINDS)
		offer_keys(choice, kind);
}

static size_t common(const char *a, const char *b)
{
	size_t length = 0;

	while (a[length] && a[length] == b[length])
		length++;
	return length;
}

/* As readline wants it: what all have in common, then each; allocated. */
static char **matching(const struct choice *choice, const char *text)
{
	char **list = calloc(choice->count + 2, sizeof(*list));
	size_t count = 0, shared = 0;

	for (size_t i = 0; list && i < choice->count; i++) {
		if (strncmp(choice->name[i], text, strlen(text)) != 0)
			continue;
		list[++count] = strdup(choice->name[i]);
		shared = count == 1 ? strlen(list[1]) : shared;
		if (common(list[1], choice->name[i]) < shared)
			shared = common(list[1], choice->name[i]);
	}
	if (!count) {
		free(list);
		return NULL;
	}
	list[0] = strndup(list[1], shared);
	if (count == 1) {
		free(list[1]);
		list[1] = NULL;
	}
	return list;
}

static char **complete(const char *text, int start, int end)
{
	struct choice choice = { .count = 0 };

	(void)end;
	rl_attempted_completion_over = 1; /* no names of files */
	offer_for(&choice, rl_line_buffer, (size_t)start);
	if (start > 0 && choice.count)
		rl_completion_append_character = '=';
	return matching(&choice, text);
}

static char *edited_line(void)
{
	char *line;

	rl_attempted_completion_function = complete;
	line = readline("tlbsim> ");
	if (line && *line)
		add_history(line);
	else if (!line)
		putchar('\n');
	return line;
}

char *shell_line(struct shell *shell, FILE *script)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t length;

	if (shell->interactive)
		return edited_line();
	length = getline(&line, &room, script);
	if (length < 0) {
		free(line);
		return NULL;
	}
	/* Not the end of the line, but something that is refused. */
	for (ssize_t i = 0; i < length; i++)
		if (!line[i])
			line[i] = '\1';
	return line;
}
