/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_terminal.c - the program with a terminal for its output. */
#include "config.h"

#include <pty.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/suite.h"

static const char *variable(const char *name, const char *otherwise)
{
	const char *value = getenv(name);

	return value ? value : otherwise;
}

static void set(const char *name, const char *value)
{
	if (value)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

static const struct row {
	const char *name;
	const char *term, *no_color; /* NULL: not set */
	const char *option;
	bool painted;
} rows[] = {
	{ "terminal", "xterm", NULL, "-v", true },
	{ "no TERM", NULL, NULL, "-v", true },
	{ "dumb terminal", "dumb", NULL, "-v", false },
	{ "NO_COLOR", "xterm", "1", "-v", false },
	{ "empty NO_COLOR", "xterm", "", "-v", true },
	{ "asked for, on a dumb one", "dumb", "1", "--color=always", true },
	{ "asked against", "xterm", NULL, "--color=never", false },
};

/* In the child: what is written to stdout goes to the terminal. */
static void replay(const struct row *row)
{
	const char *program = variable("TLBSIM", "./tlbsim");
	char trace[4096];

	snprintf(trace, sizeof(trace), "%s/tests/golden/bulk.yaml",
		 variable("top_srcdir", "."));
	set("TERM", row->term);
	set("NO_COLOR", row->no_color);
	execl(program, program, "replay", row->option, trace, (char *)NULL);
	_exit(127);
}

static bool has_escape(int terminal, size_t *length)
{
	char block[1024];
	bool found = false;
	ssize_t got;

	/* Reading fails when the other end is closed. */
	for (*length = 0; (got = read(terminal, block, sizeof(block))) > 0;
	     *length += (size_t)got)
		found |= memchr(block, '\033', (size_t)got) != NULL;
	return found;
}

START_TEST(colour_goes_to_terminals_that_want_it)
{
	const struct row *row = &rows[_i];
	int terminal, status;
	pid_t child = forkpty(&terminal, NULL, NULL, NULL);
	size_t length;
	bool painted;

	ck_assert_int_ge(child, 0);
	if (child == 0)
		replay(row);
	painted = has_escape(terminal, &length);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0,
		      "%s: ended with %#x", row->name, (unsigned)status);
	ck_assert_msg(length > 100, "%s: only %zu bytes", row->name, length);
	ck_assert_msg(painted == row->painted, "%s: %s", row->name,
		      painted ? "painted" : "not painted");
}
END_TEST

static void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, colour_goes_to_terminals_that_want_it, 0,
			    ROWS(rows));
}

int main(void)
{
	return run_suite("terminal", add_tests);
}
