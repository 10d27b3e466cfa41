/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shell.h - one machine by hand: events as they are typed.
 */
#ifndef SIM_SHELL_H
#define SIM_SHELL_H

#include "sim/event_read.h"
#include "sim/explain.h"

struct shell_config {
	const char *trace;		/* to begin with; NULL: nothing */
	uint64_t to;			/* its last event, by number */
	struct run_override over;	/* of the trace, or the defaults */
	const char *script;		/* NULL: standard input */
	FILE *out;
	bool color;
};

/* A line that happened, in the form of a trace. */
struct done {
	char *text;
	uint32_t line;			/* of the input */
	bool expectation;		/* of the shell, not an event */
};

struct shell {
	const struct shell_config *config;
	struct trace_header header;
	struct sim *sim;
	struct event_reader reader;
	struct narrator narrator;
	struct diags mistakes, failed;
	const char *file;		/* for messages */
	uint32_t line;
	bool interactive;
	struct done *done;
	size_t count, room;
	uint64_t events;
	size_t inspected;		/* lines that were shown */
	enum status status;		/* to leave with */
	bool over;
};

/* Read commands until their end: the status to leave with. */
enum status shell_run(const struct shell_config *config);

/* ---- between its files --------------------------------------------------- */

/* What the shell itself can do. */
struct shell_command {
	const char *name, *usage, *text;
	/* @words: what follows the name, split at blanks. */
	void (*run)(struct shell *shell, char **words, size_t count);
};
extern const struct shell_command shell_commands[];	/* name NULL: the end */

/* Something is wrong with this line. */
void shell_error(struct shell *shell, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Print what was found wrong, or not as expected; the status follows. */
void shell_show_mistakes(struct shell *shell);
void shell_show_failed(struct shell *shell);
void shell_out_of_memory(struct shell *shell);
/* Let a line of a trace happen; it is kept if @keep. */
void shell_event(struct shell *shell, const char *text, bool keep);
/* Let it happen without a word, and keep it. */
int shell_take_quietly(struct shell *shell, const char *text);
/* A machine as the header says, with nothing told yet. */
int shell_make_machine(struct shell *shell);
/* Undo the last @count lines. */
void shell_undo(struct shell *shell, size_t count);
/* Keep @text among what was done; false without memory. */
bool shell_keep(struct shell *shell, const char *text, bool expectation);

/* shell_trace.c: read the trace to begin with: its header, then its events.
 * 0, -EBADMSG with ->mistakes, or -errno. */
int shell_open_trace(struct shell *shell);
/* shell_expect.c: hold "NAME=VALUE" or "NAME=MIN..MAX" against the results so
 * far. */
void shell_expect(struct shell *shell, char **words, size_t count);
/* shell_save.c: what was done, as a trace. */
void shell_save(struct shell *shell, char **words, size_t count);
/* shell_show.c */
void shell_show(struct shell *shell, char **words, size_t count);
void shell_help(struct shell *shell, char **words, size_t count);

/* shell_input.c: the next line, without its end, to be freed; NULL: no more.
 * On a terminal with editing, history and completion. */
char *shell_line(struct shell *shell, FILE *script);

#endif /* SIM_SHELL_H */
