/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_progress.c - the progress line, seen from the other end of a pty. */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/progress.h"
#include "tests/suite.h"

struct terminal {
	int outer, inner;
};

static struct terminal open_terminal(void)
{
	struct terminal t;

	t.outer = posix_openpt(O_RDWR | O_NOCTTY);
	ck_assert_int_ge(t.outer, 0);
	ck_assert_int_eq(grantpt(t.outer), 0);
	ck_assert_int_eq(unlockpt(t.outer), 0);
	t.inner = open(ptsname(t.outer), O_RDWR | O_NOCTTY);
	ck_assert_int_ge(t.inner, 0);
	ck_assert_int_eq(fcntl(t.outer, F_SETFL, O_NONBLOCK), 0);
	return t;
}

/* What the terminal has shown, with "<CR>" and "<EL>" for the escapes. */
static const char *shown(const struct terminal *t, char *text, size_t size)
{
	char raw[512];
	ssize_t length = read(t->outer, raw, sizeof(raw) - 1);

	text[0] = '\0';
	for (ssize_t i = 0; i < length; i++) {
		if (raw[i] == '\r')
			strcat(text, "<CR>");
		else if (strncmp(&raw[i], "\033[K", 3) == 0)
			strcat(text, "<EL>"), i += 2;
		else
			strncat(text, &raw[i], 1);
		ck_assert_uint_lt(strlen(text), size - 8);
	}
	return text;
}

/* Run @session in a process whose controlling terminal is the inner end. */
static void in_session(void (*session)(const struct terminal *))
{
	struct terminal t = open_terminal();
	int status;
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		setsid();
		if (ioctl(t.inner, TIOCSCTTY, 0) < 0)
			_exit(99);
		session(&t);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0,
		      "session ended with %#x", (unsigned)status);
}

/* In a session a failure is an exit status: libcheck runs in the parent. */
static void want(const struct terminal *t, const char *text)
{
	char got[512];

	if (strcmp(shown(t, got, sizeof(got)), text) == 0)
		return;
	fprintf(stderr, "got '%s', want '%s'\n", got, text);
	_exit(1);
}

static void pass_time(struct progress *progress)
{
	progress->next = 0;
}

static void draw_and_erase(const struct terminal *t)
{
	struct progress p = progress_start(t->inner, true);

	progress_update(&p, "a.yaml", 50, 200, 7);
	want(t, ""); /* not in the first second */
	pass_time(&p);
	progress_update(&p, "a.yaml", 50, 200, 8);
	want(t, "<CR><EL> 25% of a.yaml, 8 events");
	if (p.next == 0) /* the next is put off ... */
		_exit(1);
	p.next = UINT64_MAX;
	progress_update(&p, "a.yaml", 51, 200, 9);
	want(t, ""); /* ... until its time comes */
	pass_time(&p);
	progress_update(&p, "-", 51, 0, 9);
	want(t, "<CR><EL>-, 9 events");
	progress_clear(&p);
	want(t, "<CR><EL>");
	progress_clear(&p);
	want(t, "");
}

START_TEST(line_is_drawn_after_a_second_and_erased)
{
	in_session(draw_and_erase);
}
END_TEST

/* The file of @text, read to its end, as something that takes long. */
static void draw_while_reading(const struct terminal *t)
{
	struct progress p = progress_start(t->inner, true);
	FILE *file = tmpfile(), *stream;

	if (!file || fputs("four", file) < 0 || fseek(file, 0, SEEK_SET))
		_exit(98);
	stream = progress_file(&p, file, "a.pcap");
	pass_time(&p);
	if (!stream || fgetc(stream) != 'f')
		_exit(97);
	want(t, "<CR><EL>100% of a.pcap");
	if (fgetc(stream) != 'o' || fgetc(stream) != 'u' ||
	    fgetc(stream) != 'r' || fgetc(stream) != EOF)
		_exit(96);
	fclose(stream);
	want(t, "<CR><EL>");
}

START_TEST(reading_a_file_shows_how_much_was_read)
{
	in_session(draw_while_reading);
}
END_TEST

static void draw_in_background(const struct terminal *t)
{
	struct progress p = progress_start(t->inner, true);
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		setpgid(0, 0);
		pass_time(&p);
		progress_update(&p, "a.yaml", 50, 200, 8);
		_exit(p.shown);
	}
	waitpid(child, &status, 0);
	want(t, "");
	_exit(status != 0);
}

START_TEST(background_process_draws_nothing)
{
	in_session(draw_in_background);
}
END_TEST

static void draw_unwanted(const struct terminal *t)
{
	struct progress p = progress_start(t->inner, false);

	pass_time(&p);
	progress_update(&p, "a.yaml", 50, 200, 8);
	progress_clear(&p);
	want(t, "");
}

START_TEST(no_progress_means_none)
{
	in_session(draw_unwanted);
}
END_TEST

static void draw_a_long_name(const struct terminal *t)
{
	struct progress p = progress_start(t->inner, true);
	char name[200], got[512];

	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	pass_time(&p);
	progress_update(&p, name, 1, 2, 3);
	if (strlen(shown(t, got, sizeof(got))) > strlen("<CR><EL>") + 79)
		_exit(1);
}

START_TEST(long_name_does_not_wrap)
{
	in_session(draw_a_long_name);
}
END_TEST

START_TEST(file_gets_no_progress)
{
	FILE *file = tmpfile();
	struct progress p;

	ck_assert_ptr_nonnull(file);
	p = progress_start(fileno(file), true);
	ck_assert_int_eq(p.fd, -1);
	progress_update(&p, "a.yaml", 50, 200, 8);
	progress_clear(&p);
	ck_assert_int_eq(lseek(fileno(file), 0, SEEK_END), 0);
	fclose(file);
}
END_TEST

static void add_tests(TCase *tc)
{
	tcase_add_test(tc, line_is_drawn_after_a_second_and_erased);
	tcase_add_test(tc, reading_a_file_shows_how_much_was_read);
	tcase_add_test(tc, background_process_draws_nothing);
	tcase_add_test(tc, no_progress_means_none);
	tcase_add_test(tc, long_name_does_not_wrap);
	tcase_add_test(tc, file_gets_no_progress);
}

int main(void)
{
	return run_suite("progress", add_tests);
}
