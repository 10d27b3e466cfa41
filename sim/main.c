/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * main.c - finds the command and runs it.
 *
 * A command is one file, cmd_NAME.c, and one row of the table below.
 */
#include "config.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cmd.h"
#include "sim/options.h"
#include "sim/output.h"

static const struct command *const commands[] = {
	&cmd_replay,  &cmd_compare, &cmd_sweep,	  &cmd_explain, &cmd_explore,
	&cmd_walk,    &cmd_shell,   &cmd_batches, &cmd_import,	&cmd_generate,
	&cmd_convert, &cmd_list,    &cmd_bench,
};
#define COMMANDS (sizeof(commands) / sizeof(*commands))

static const char usage_line[] = "Usage: tlbsim COMMAND [OPTION]... [FILE]...";

static enum status usage_error(void)
{
	fprintf(stderr, "Try `tlbsim help' for more information.\n");
	return STATUS_USAGE;
}

static void list_commands(FILE *to)
{
	fputs("\nCommands:\n", to);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(to, "  %-10s %s\n", commands[i]->name,
			commands[i]->summary);
	fprintf(to, "  %-10s %s\n\n", "help",
		"show this, or the options of a command");
}

static enum status help(void)
{
	printf("%s\n"
	       "Replay grant-table traffic on a simulated x86 MMU and count "
	       "the TLB flushes\n"
	       "that can be avoided safely.\n",
	       usage_line);
	list_commands(stdout);
	printf("  -h, --help     show this\n"
	       "      --version  show the program's version\n"
	       "\n"
	       "Exit status: 0 done, every expectation held; 1 an expectation "
	       "or invariant\n"
	       "failed; 2 usage; 3 a trace or profile was rejected; 4 I/O or "
	       "memory.\n"
	       "\n'tlbsim help COMMAND' shows the options of one command.\n");
	return STATUS_OK;
}

static enum status version(void)
{
	printf("%s\n", PACKAGE_STRING);
	return STATUS_OK;
}

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static enum status unknown(const char *name)
{
	const char *names[COMMANDS + 4] = { "help", "--help", "--version" };
	struct hint hint;

	for (size_t i = 0; i < COMMANDS; i++)
		names[i + 3] = commands[i]->name;
	hint = hint_nearest(name, names);
	fprintf(stderr, "tlbsim: unknown %s '%s'%s\n",
		name[0] == '-' ? "option" : "command", name, hint.text);
	return usage_error();
}

static enum status run(const struct command *command, int argc, char **argv)
{
	char name[32];

	snprintf(name, sizeof(name), "tlbsim %s", command->name);
	argv[0] = name;
	return command->run(argc, argv);
}

/* `tlbsim help NAME` is `tlbsim NAME --help`. */
static enum status help_on(const char *name)
{
	const struct command *command = find(name);
	char option[] = "--help";
	char *argv[] = { NULL, option, NULL };

	if (!command)
		return unknown(name);
	return run(command, 2, argv);
}

static enum status dispatch(int argc, char **argv)
{
	const char *name = argv[1];
	const struct command *command = find(name);

	if (command)
		return run(command, argc - 1, argv + 1);
	if (strcmp(name, "help") == 0 && argc > 2)
		return help_on(argv[2]);
	if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 ||
	    strcmp(name, "-h") == 0)
		return help();
	if (strcmp(name, "--version") == 0)
		return version();
	return unknown(name);
}

int main(int argc, char **argv)
{
	argp_err_exit_status = STATUS_USAGE;
	/* argp's note on mandatory arguments tells nobody anything new. */
	setenv("ARGP_HELP_FMT", "no-dup-args-note", 1);
	atexit(close_stdout);
	if (argc < 2) {
		fprintf(stderr, "%s\n", usage_line);
		list_commands(stderr);
		return usage_error();
	}
	return dispatch(argc, argv);
}
