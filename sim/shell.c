/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shell.c - one machine by hand: events as they are typed.
 *
 *   line --.-- a command of the shell: help, undo, show, save ...
 *          `-- an event, as in a block of a trace --> sim --> told
 *                  |
 *                  `-> kept; undo makes the machine anew out of these
 *
 * What is wrong with a line leaves the machine as it was.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/output.h"
#include "sim/shell.h"
#include "sim/sim.h"

#define MAX_WORDS 64

/* ---- the machine --------------------------------------------------------- */

static void drop_machine(struct shell *shell)
{
	narrator_free(&shell->narrator);
	if (shell->sim)
		sim_destroy(shell->sim);
	event_reader_free(&shell->reader);
	shell->sim = NULL;
	memset(&shell->narrator, 0, sizeof(shell->narrator));
	memset(&shell->reader, 0, sizeof(shell->reader));
	shell->events = 0;
	shell->inspected = 0;
}

int shell_make_machine(struct shell *shell)
{
	const struct sim_config config = {
		.header = &shell->header,
		.policy = shell->header.policy,
		.seed = shell->header.seed,
		.trace = "shell",
	};
	int rc = event_reader_init(&shell->reader, &shell->header,
				   &shell->mistakes, shell->file);

	if (rc == 0)
		rc = sim_create(&shell->sim, &config);
	if (rc == 0)
		rc = narrator_init(&shell->narrator, shell->sim, &teller_text,
				   shell->config->out, shell->config->color);
	return rc;
}

void shell_out_of_memory(struct shell *shell)
{
	shell->status = io_error("go on with", NULL, -ENOMEM);
	shell->over = true;
}

/* ---- messages ------------------------------------------------------------ */

/* A script that is wrong is not gone on with. */
static void give_up(struct shell *shell)
{
	if (shell->interactive)
		return;
	if (shell->status < STATUS_REJECTED)
		shell->status = STATUS_REJECTED;
	shell->over = true;
}

void shell_show_mistakes(struct shell *shell)
{
	diag_print(&shell->mistakes, stderr);
	shell->mistakes.count = 0;
	give_up(shell);
}

void shell_error(struct shell *shell, const char *format, ...)
{
	const struct place place = { shell->file, shell->line, 1 };
	char text[200];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	diag_error(&shell->mistakes, place, "%s", text);
	shell_show_mistakes(shell);
}

/* ---- events -------------------------------------------------------------- */

bool shell_keep(struct shell *shell, const char *text, bool expectation)
{
	struct done *bigger = shell->done;

	if (shell->count == shell->room) {
		size_t room = shell->room ? 2 * shell->room : 64;

		bigger = realloc(shell->done, room * sizeof(*bigger));
		if (!bigger)
			return false;
		shell->done = bigger;
		shell->room = room;
	}
	bigger += shell->count;
	*bigger = (struct done){ strdup(text), shell->line, expectation };
	if (!bigger->text)
		return false;
	shell->count++;
	return true;
}

/* 1: it happened, 0: there was nothing in it, or an error. */
static int happen(struct shell *shell, const char *text, uint32_t line)
{
	const struct place place = { shell->file, line, 1 };
	struct event *event = &shell->reader.event;
	int rc;

	if (!event_read_line(&shell->reader, text, text + strlen(text), place))
		return shell->mistakes.count ? -EBADMSG : 0;
	if (shell->reader.error)
		return shell->reader.error;
	if (shell->mistakes.count)
		return -EBADMSG;
	event->number = shell->events;
	narrator_note(&shell->narrator, event);
	rc = sim_event(shell->sim, event, &shell->mistakes, &shell->failed);
	if (rc == 0)
		rc = shell->narrator.looks.error;
	if (rc < 0)
		return rc;
	shell->events++;
	return 1;
}

/* Everything once more, without a word; expectations were held before. */
static int replay(struct shell *shell)
{
	int rc;

	drop_machine(shell);
	rc = shell_make_machine(shell);
	for (size_t i = 0; rc >= 0 && i < shell->count; i++)
		if (!shell->done[i].expectation)
			rc = happen(shell, shell->done[i].text,
				    shell->done[i].line);
	shell->failed.count = 0;
	shell->inspected = rc < 0 ? 0 : sim_results(shell->sim)->nr_inspect;
	return rc < 0 ? rc : narrator_start(&shell->narrator);
}

/* Unless it was @told already. */
static void show_inspected(struct shell *shell, bool told)
{
	const struct results *results = sim_results(shell->sim);

	if (told)
		shell->inspected = results->nr_inspect;
	for (; shell->inspected < results->nr_inspect; shell->inspected++)
		fprintf(shell->config->out, "  %s\n",
			results->inspect[shell->inspected]);
}

void shell_show_failed(struct shell *shell)
{
	if (!shell->failed.count)
		return;
	diag_print(&shell->failed, stderr);
	shell->failed.count = 0;
	if (shell->status == STATUS_OK)
		shell->status = STATUS_FAILED;
}

void shell_event(struct shell *shell, const char *text, bool keep)
{
	int rc;

	if (!keep)
		narrator_stop(&shell->narrator);
	rc = happen(shell, text, shell->line);
	if (rc == -EBADMSG) {
		shell_show_mistakes(shell);
		/* Some of it may have happened. */
		rc = shell->over ? 0 : replay(shell);
	} else if (rc > 0) {
		show_inspected(shell, keep);
		shell_show_failed(shell);
		if (keep && !shell_keep(shell, text, false))
			rc = -ENOMEM;
	}
	if (!keep && rc > 0) {
		shell->events--;
		rc = narrator_start(&shell->narrator);
	}
	if (rc < 0)
		shell_out_of_memory(shell);
}

int shell_take_quietly(struct shell *shell, const char *text)
{
	static const char expect[] = "expect ";
	bool expects = strncmp(text, expect, sizeof(expect) - 1) == 0;
	int rc = happen(shell, text, shell->line);

	if (rc < 0)
		return rc;
	text += expects ? sizeof(expect) - 1 : 0;
	return shell_keep(shell, text, expects) ? 0 : -ENOMEM;
}

void shell_undo(struct shell *shell, size_t count)
{
	for (; count; count--) {
		char *text = shell->done[--shell->count].text;

		fprintf(shell->config->out, "  undone: %s\n", text);
		free(text);
	}
	if (replay(shell) < 0)
		shell_out_of_memory(shell);
}

/* ---- lines --------------------------------------------------------------- */

static size_t split(char *text, char **words)
{
	size_t count = 0;
	char *word;

	while (count < MAX_WORDS && (word = strsep(&text, " \t")))
		if (*word)
			words[count++] = word;
	return count;
}

static const struct shell_command *find(const char *line)
{
	const struct shell_command *command = shell_commands;
	size_t length = strcspn(line, " \t");

	while (command->name && (strlen(command->name) != length ||
				 strncmp(command->name, line, length) != 0))
		command++;
	return command->name ? command : NULL;
}

static void take(struct shell *shell, char *line)
{
	const struct shell_command *command;
	char *words[MAX_WORDS], *comment;

	line += strspn(line, " \t");
	line[strcspn(line, "\r\n")] = '\0';
	command = find(line);
	if (!command) {
		shell_event(shell, line, true);
		return;
	}
	comment = strchr(line, '#');
	if (comment)
		*comment = '\0';
	command->run(shell, words + 1, split(line, words) - 1);
}

static void read_lines(struct shell *shell, FILE *script)
{
	char *line;

	while (!shell->over && (line = shell_line(shell, script))) {
		shell->line++;
		take(shell, line);
		free(line);
		fflush(shell->config->out);
	}
}

/* ---- all of it ----------------------------------------------------------- */

static enum status failure(struct shell *shell, int rc)
{
	const char *trace = shell->config->trace;

	if (rc != -EBADMSG)
		return io_error(trace ? "read" : "start",
				trace ? trace : "shell", rc);
	diag_print(&shell->mistakes, stderr);
	return STATUS_REJECTED;
}

static int open_empty(struct shell *shell)
{
	const struct shell_config *config = shell->config;
	int rc = trace_default_header(&shell->header, config->over.machine,
				      config->over.cpus, &shell->mistakes);

	if (rc < 0)
		return rc;
	shell->header.policy = run_policy(&config->over, shell->header.policy);
	shell->header.seed = config->over.seed;
	rc = shell_make_machine(shell);
	return rc < 0 ? rc : narrator_start(&shell->narrator);
}

static enum status open_and_read(struct shell *shell, FILE *script)
{
	int rc = shell->config->trace ? shell_open_trace(shell)
				      : open_empty(shell);

	if (rc < 0)
		return failure(shell, rc);
	read_lines(shell, script);
	return shell->status;
}

enum status shell_run(const struct shell_config *config)
{
	struct shell *shell = calloc(1, sizeof(*shell));
	FILE *script = stdin;
	enum status status;

	if (!shell)
		return io_error("start", "shell", -ENOMEM);
	shell->config = config;
	shell->file = config->script ? config->script : "-";
	if (!output_is_stdout(config->script))
		script = fopen(config->script, "r");
	if (!script) {
		free(shell);
		return io_error("read", config->script, -errno);
	}
	shell->interactive = script == stdin && isatty(STDIN_FILENO);
	status = open_and_read(shell, script);
	drop_machine(shell);
	while (shell->count)
		free(shell->done[--shell->count].text);
	free(shell->done);
	if (script != stdin)
		fclose(script);
	free(shell);
	return status;
}
