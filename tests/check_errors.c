/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_errors.c - each tests/errors/NAME.yaml is refused with the errors in
 * NAME.err, as the program would print them.
 *
 * UPDATE_ERRORS=1 in the environment writes the .err files instead.
 */
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/trace.h"
#include "tests/suite.h"

static glob_t traces;

/* Read all of @path, and say what is wrong with it. */
static void read_trace(const char *path, struct diags *diags)
{
	struct trace *trace;
	struct event *event;
	int ret = trace_open(&trace, path, NULL, 0, diags);

	if (ret < 0) {
		ck_assert_msg(ret == -EBADMSG, "%s: %s", path, strerror(-ret));
		return;
	}
	while ((ret = trace_next(trace, &event)) != 0)
		ck_assert_msg(ret > 0 || ret == -EBADMSG, "%s: %s", path,
			      strerror(-ret));
	trace_close(trace);
}

/* The text of a file; to be freed. */
static char *contents(const char *path)
{
	size_t room = 1 << 16, length;
	char *text = calloc(1, room + 1);
	FILE *file = fopen(path, "r");

	ck_assert_msg(file, "%s: %s", path, strerror(errno));
	length = fread(text, 1, room, file);
	ck_assert_uint_lt(length, room);
	fclose(file);
	return text;
}

static void write_contents(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	ck_assert_int_eq(fclose(file), 0);
}

START_TEST(bad_trace_is_refused_in_these_words)
{
	const char *path = traces.gl_pathv[_i];
	struct diags diags = { 0 };
	char want_path[256], *got, *want;
	size_t length;
	FILE *file = open_memstream(&got, &length);

	snprintf(want_path, sizeof(want_path), "%.*s.err",
		 (int)(strlen(path) - strlen(".yaml")), path);
	read_trace(path, &diags);
	diag_print(&diags, file);
	fclose(file);
	if (getenv("UPDATE_ERRORS"))
		write_contents(want_path, got);
	want = contents(want_path);
	ck_assert_msg(diags.count > 0, "%s: no error", path);
	ck_assert_msg(strcmp(got, want) == 0, "%s: got\n%swant\n%s", path, got,
		      want);
	free(want);
	free(got);
}
END_TEST

static void add(TCase *tc)
{
	char path[4096];

	use_machines();
	snprintf(path, sizeof(path), "%s/tests/errors", getenv("top_srcdir"));
	if (chdir(path) < 0 || glob("*.yaml", 0, NULL, &traces) != 0)
		abort();
	tcase_add_loop_test(tc, bad_trace_is_refused_in_these_words, 0,
			    (int)traces.gl_pathc);
}

int main(void)
{
	int status = run_suite("errors", add);

	globfree(&traces);
	return status;
}
