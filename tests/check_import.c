/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_import.c - recordings in, traces out.
 *
 * tests/recordings/NAME.txt is a small recording of one situation, which its
 * first lines name; NAME.yaml is the trace that it must give.  To see what a
 * change does to one: `tlbsim import xen-recording NAME.txt | diff NAME.yaml
 * -`.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/importing.h"
#include "tests/suite.h"
#include "workloads/importers.h"

/* ---- what recordings become --------------------------------------------- */

static const char *const recordings[] = {
	"batches", "conflicts", "continuation", "devices", "end",
	"failing", "limits",	"mismatch",	"overlap", "pte",
	"replace", "touches",	"unseen",
};

/* @importer makes of tests/@folder/@name.txt what stands beside it. */
static void becomes(const struct importer *importer, const char *folder,
		    const char *name)
{
	const char *top = getenv("top_srcdir");
	char path[500], *want = read_text_of(folder, name, "yaml"), *got = NULL;
	struct import_job job = { .path = path };
	struct diags diags = { .count = 0 };
	size_t length = 0;
	FILE *in, *out = open_memstream(&got, &length);

	snprintf(path, sizeof(path), "%s/tests/%s/%s.txt", top ? top : ".",
		 folder, name);
	in = fopen(path, "r");
	ck_assert_msg(in, "%s", path);
	ck_assert_int_eq(importer->run(&job, in, out, &diags), 0);
	fclose(in);
	fclose(out);
	ck_assert_msg(!difference(got, want), "%s: %s", name,
		      difference(got, want));
	free(got);
	free(want);
}

START_TEST(recording_becomes_the_trace_beside_it)
{
	becomes(&import_xen_recording, "recordings", recordings[_i]);
}
END_TEST

static const char *const requests[] = { "block", "net", "odd", "persistent",
					"queues" };

START_TEST(what_drivers_were_asked_is_told_from_their_calls)
{
	becomes(&import_xen_requests, "requests", requests[_i]);
}
END_TEST

/* ---- what is refused ---------------------------------------------------- */

#define H0 "H 1 100 0 0 0 1 ffff888000010000 0 0 0 0\n"
#define R0 "R 1 200 0 0 0 0\n"
#define M0 "m 1 0 ffff888010000000 2 8 1 0 0 100000 0\n"

/* clang-format off */
static const struct {
	const char *name, *text, *error;
} refused[] = {
	{ "an unknown kind of line", "# hello\nX 1 2\n",
	  "2:1: a line begins with 'H', 'R', 'm', 'u', 'z', 'c', 'F', 'L' or "
	  "'#' and a space" },
	{ "a letter and no space", "H1 2\n",
	  "1:1: a line begins with 'H', 'R', 'm', 'u', 'z', 'c', 'F', 'L' or "
	  "'#' and a space" },
	{ "a missing number", "H 1 2 0 0 0 1\n", "1:14: 'uop' is missing" },
	{ "a bad decimal number", "H 1 2 x 0 0 1 1 0 0 0 0\n",
	  "1:7: 'cpu' is 'x', not a decimal number" },
	{ "a bad hexadecimal number", "H 1 2 0 0 0 1 0x1 0 0 0 0\n",
	  "1:15: 'uop' is '0x1', not a hexadecimal number" },
	{ "an empty number", "F 1  0 0 1 1 0\n",
	  "1:5: 'cpu' is '', not a decimal number" },
	{ "a number over 64 bits", "H 18446744073709551616 2 0 0 0 1 1 0 0 0 0\n",
	  "1:3: 'seq' is '18446744073709551616', not a decimal number" },
	{ "a number out of its range", "F 1 64 0 0 1 0 0\n",
	  "1:5: 'cpu' is '64', out of range" },
	{ "a negative number out of its range", H0 R0
	  "m 1 0 ffff888010000000 2 8 1 -32769 0 100000 0\n",
	  "3:30: 'status' is '-32769', out of range" },
	{ "numbers behind the last", "F 1 0 0 0 1 0 0 9\n",
	  "1:17: nothing more belongs on this line" },
	{ "a last line that is cut off", H0 "R 1 200 0 0",
	  "2:1: the last line is cut off" },
	{ "an empty file", "", "1:1: the file is empty" },
	{ "a return without its entry", "R 7 100 0 0 0 0\n",
	  "1:1: return of call 7 on CPU 0, which is not in it" },
	{ "a return of another call", H0 "R 2 200 0 0 0 0\n",
	  "2:1: return of call 2 on CPU 0, which is not in it" },
	{ "a return on another CPU", H0 "R 1 200 1 0 0 0\n",
	  "2:1: return of call 1 on CPU 1, which is not in it" },
	{ "a return with another command", H0 "R 1 200 0 0 1 0\n",
	  "2:1: return of call 1 has another 'cmd' or 'dom' than its entry" },
	{ "an operation without its call", M0,
	  "1:1: an operation of call 1, which did not return just before" },
	{ "an operation before the return", H0 M0,
	  "2:1: an operation of call 1, which did not return just before" },
	{ "an operation of another kind", H0 R0
	  "c 1 0 8 1 0 500 32752 0 64 1 0\n",
	  "3:1: an operation of kind 'c' in a call of cmd 0" },
	{ "an operation out of turn", H0 R0
	  "m 1 1 ffff888010000000 2 8 1 0 0 100000 0\n",
	  "3:1: operation 1 of call 1 in place of 0" },
	{ "a missing operation", H0 R0 "F 300 0 0 0 1 0 0\n",
	  "3:1: operation 0 of call 1 is missing" },
	{ "a flush inside no call", "F 1 3 0 8100 1 1 0\n",
	  "1:1: a flush inside a grant call on CPU 3, which is in none" },
	{ "call numbers that go back", H0 R0 M0
	  "H 1 400 0 0 0 1 ffff888000010000 0 0 0 0\n",
	  "4:1: call 1 after call 1" },
	{ "a handle that Xen cannot give out", H0 R0
	  "m 1 0 ffff888010000000 2 8 1 0 4194304 100000 0\n",
	  "3:1: 'handle' is 4194304, and Xen has none over 4194303" },
	{ "a reference past any table", H0 R0
	  "m 1 0 ffff888010000000 2 33554432 1 0 0 100000 0\n",
	  "3:1: 'ref' is 33554432, and Xen has none over 33554431" },
};
/* clang-format on */

START_TEST(damaged_recording_is_refused)
{
	struct outcome o;

	import_text(&o, refused[_i].text);
	ck_assert_msg(o.rc == -EBADMSG, "%s: accepted", refused[_i].name);
	ck_assert_uint_eq(o.diags.count, 1);
	ck_assert_msg(!strcmp(error_of(&o), refused[_i].error),
		      "%s: got '%s', want '%s'", refused[_i].name, error_of(&o),
		      refused[_i].error);
	ck_assert_uint_eq(o.length, 0);
	free(o.text);
}
END_TEST

START_TEST(every_bad_line_is_named)
{
	struct outcome o;

	import_text(&o, "X 1\nR 7 100 0 0 0 0\nF 1 0 0 0 1 0\nF x\n");
	ck_assert_uint_eq(o.diags.count, 3);
	free(o.text);
}
END_TEST

START_TEST(nul_byte_is_refused)
{
	struct outcome o;

	import_bytes(&o, "# a\0b\n", 6);
	ck_assert_int_eq(o.rc, -EBADMSG);
	ck_assert_str_eq(error_of(&o), "1:1: the line holds a NUL byte");
	free(o.text);
}
END_TEST

START_TEST(endless_line_is_refused)
{
	static const size_t lengths[] = { 4096, 100000, 1000000 };

	for (size_t i = 0; i < 3; i++) {
		char *line = malloc(lengths[i] + 1);
		struct outcome o;

		memset(line, '#', lengths[i]);
		line[lengths[i]] = '\n';
		import_bytes(&o, line, lengths[i] + 1);
		ck_assert_int_eq(o.rc, -EBADMSG);
		ck_assert_str_eq(error_of(&o),
				 "1:1: the line is over 4095 bytes long");
		free(o.text);
		free(line);
	}
}
END_TEST

static void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, recording_becomes_the_trace_beside_it, 0,
			    ROWS(recordings));
	tcase_add_loop_test(tc,
			    what_drivers_were_asked_is_told_from_their_calls, 0,
			    ROWS(requests));
	tcase_add_loop_test(tc, damaged_recording_is_refused, 0, ROWS(refused));
	tcase_add_test(tc, every_bad_line_is_named);
	tcase_add_test(tc, nul_byte_is_refused);
	tcase_add_test(tc, endless_line_is_refused);
}

int main(void)
{
	return run_suite("import", add_tests);
}
