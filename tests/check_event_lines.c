/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_event_lines.c - how lines of events may be written, places of
 * operations, and what labels are bound to.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/trace.h"
#include "tests/check_events.h"
#include "tests/describe.h"
#include "tests/suite.h"
#include "tests/text_file.h"

/* Read all of a trace: the last event in words if there was no error. */
static void read_all(const char *text, struct diags *diags, char **words)
{
	struct text_file file = text_file(text);
	struct trace *trace;
	struct event *event;
	int ret;

	ck_assert_int_eq(trace_open(&trace, file.path, NULL, 0, diags), 0);
	while ((ret = trace_next(trace, &event)) != 0) {
		ck_assert(ret == 1 || ret == -EBADMSG);
		if (ret < 0)
			continue;
		free(*words);
		*words = describe(event);
	}
	trace_close(trace);
	text_file_close(&file);
}

START_TEST(blanks_and_comments_in_a_line_mean_nothing)
{
	static const char *const lines[] = {
		"  read cpu=1 at=5\n",
		"  read \t cpu=1\t at=5  \n",
		"  read cpu=1 at=5 # and so on\n",
		"  read cpu=1 at=5\r\n",
		"  \t read cpu=1 at=5\n",
		"  # first\n\n   \n  read cpu=1 at=5\n     # last\n",
		"  read cpu=1 at=5",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct diags diags = { 0 };
		char text[1000], *words = NULL;

		snprintf(text, sizeof(text), "%sevents: |\n%s", header,
			 lines[i]);
		read_all(text, &diags, &words);
		ck_assert_msg(diags.count == 0, "%s: %s", lines[i],
			      diags.diag[0].text);
		ck_assert_str_eq(words, "read cpu=1 at=0x5 count=1");
		free(words);
	}
}
END_TEST

START_TEST(operations_need_no_blank_around_their_separator)
{
	struct diags diags = { 0 };
	char text[1000], *words = NULL;

	snprintf(text, sizeof(text),
		 "%sevents: |\n  unmap domain=0 handle=1;handle=2\n", header);
	read_all(text, &diags, &words);
	ck_assert_uint_eq(diags.count, 0);
	ck_assert_str_eq(words, "unmap domain=0 { handle=0x1 } { handle=0x2 }");
	free(words);
}
END_TEST

START_TEST(operations_know_their_places)
{
	struct text_file file;
	struct diags diags = { 0 };
	struct trace *trace;
	struct event *event;
	char text[1000];

	snprintf(text, sizeof(text),
		 "%sevents:\n"
		 "  - unmap: {domain: 0, ops: [{handle: 1}, {handle: 2}]}\n"
		 "---\nevents: |\n"
		 "    unmap domain=0 handle=1 ; handle=2\n",
		 header);
	file = text_file(text);
	ck_assert_int_eq(trace_open(&trace, file.path, NULL, 0, &diags), 0);
	ck_assert_int_eq(trace_next(trace, &event), 1);
	ck_assert_uint_eq(event->place.line, 8);
	ck_assert_uint_eq(event->place.column, 5);
	ck_assert_uint_eq(event->ops[1].line, 8);
	ck_assert_uint_eq(event->ops[1].column, 43);
	ck_assert_int_eq(trace_next(trace, &event), 1);
	ck_assert_uint_eq(event->place.line, 11);
	ck_assert_uint_eq(event->place.column, 5);
	ck_assert_uint_eq(event->ops[0].column, 5);
	ck_assert_uint_eq(event->ops[1].line, 11);
	ck_assert_uint_eq(event->ops[1].column, 31);
	trace_close(trace);
	text_file_close(&file);
}
END_TEST

START_TEST(label_bound_anew_loses_its_old_elements)
{
	struct diags diags = { 0 };
	char text[1000], *words = NULL;

	snprintf(text, sizeof(text),
		 "%s%s  - map: {domain: 0, ref: 8..9, from: 1, at: 0x1000..,"
		 " as: h}\n"
		 "  - unmap: {domain: 0, handle: h}\n"
		 "  - unmap: {domain: 0, handle: 'h[2]'}\n",
		 header, before);
	read_all(text, &diags, &words);
	ck_assert_str_eq(words, "unmap domain=0 { label=0[0] } { label=0[1] }");
	ck_assert_uint_eq(diags.count, 1);
	ck_assert_str_eq(diags.diag[0].text, "'h[2]' was never bound");
	free(words);
}
END_TEST

START_TEST(label_of_a_bad_event_is_not_reported_again)
{
	struct diags diags = { 0 };
	char text[1000], *words = NULL;

	snprintf(text, sizeof(text),
		 "%sevents: |\n"
		 "  map domain=0 ref=8..9 from=7 at=0x1000.. as=h\n"
		 "  unmap domain=0 handle=h[1]\n",
		 header);
	read_all(text, &diags, &words);
	ck_assert_uint_eq(diags.count, 1);
	ck_assert_str_eq(diags.diag[0].text, "no domain 7 in this trace");
	ck_assert_ptr_null(words);
}
END_TEST

START_TEST(names_of_labels_and_of_calls_do_not_mix)
{
	struct diags diags = { 0 };
	char text[1000], *words = NULL;

	snprintf(text, sizeof(text),
		 "%s%s  - resume: {call: h}\n  - unmap: {domain: 0, handle: "
		 "c}\n",
		 header, before);
	read_all(text, &diags, &words);
	ck_assert_uint_eq(diags.count, 2);
	ck_assert_str_eq(diags.diag[0].text, "'h' was never bound");
	ck_assert_str_eq(diags.diag[1].text, "'c' was never bound");
	free(words);
}
END_TEST

START_TEST(one_event_has_up_to_1_Mi_operations)
{
	struct diags diags = { 0 };
	char text[1000], *words = NULL;

	snprintf(text, sizeof(text),
		 "%sevents: |\n  unmap domain=0 handle=0..0xfffff\n", header);
	read_all(text, &diags, &words);
	ck_assert_uint_eq(diags.count, 0);
	ck_assert_ptr_nonnull(strstr(words, " { handle=0xfffff }"));
	free(words);
}
END_TEST

static void add(TCase *tc)
{
	use_machines();
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, blanks_and_comments_in_a_line_mean_nothing);
	tcase_add_test(tc, operations_need_no_blank_around_their_separator);
	tcase_add_test(tc, operations_know_their_places);
	tcase_add_test(tc, label_bound_anew_loses_its_old_elements);
	tcase_add_test(tc, label_of_a_bad_event_is_not_reported_again);
	tcase_add_test(tc, names_of_labels_and_of_calls_do_not_mix);
	tcase_add_test(tc, one_event_has_up_to_1_Mi_operations);
}

int main(void)
{
	return run_suite("event lines", add);
}
