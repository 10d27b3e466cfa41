/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_binary.c - binary traces mean what their lines mean. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "sim/binary.h"
#include "tests/binary_file.h"
#include "tests/suite.h"
#include "tests/text_file.h"

/* The same in YAML. */
static char *as_block(void)
{
	size_t length;
	char *text;
	FILE *to = open_memstream(&text, &length);

	fprintf(to, "%s---\nevents: |\n", binary_head);
	for (size_t i = 0; binary_lines[i]; i++)
		fprintf(to, "  %s\n", binary_lines[i]);
	fclose(to);
	return text;
}

/* Events by their numbers. */
static void shift_lines(struct story *story, unsigned first)
{
	char *text = story->text, *at, *end;
	size_t length;
	FILE *to = open_memstream(&story->text, &length);

	for (at = text; *at; at = end) {
		unsigned line = (unsigned)strtoul(at, &at, 10);

		end = strchr(at, '\n') + 1;
		fprintf(to, "%u%.*s", line - first, (int)(end - at), at);
	}
	fclose(to);
	free(text);
}

START_TEST(binary_trace_means_what_its_lines_mean)
{
	struct made made = binary_of(binary_lines);
	struct story binary = binary_story(made.bytes, made.length);
	char *text = as_block();
	struct story yaml = binary_story(text, strlen(text));

	ck_assert_msg(yaml.diags.count == 0, "%s", yaml.diags.diag[0].text);
	ck_assert_msg(binary.diags.count == 0, "%s", binary.diags.diag[0].text);
	shift_lines(&yaml, 9);
	ck_assert_str_eq(binary.text, yaml.text);
	free(text);
	free(made.bytes);
	free(binary.text);
	free(yaml.text);
}
END_TEST

START_TEST(operations_have_the_event_and_their_number_as_place)
{
	struct made made = binary_of(binary_lines);
	struct text_file file = text_file_of(made.bytes, made.length, false);
	struct diags diags = { 0 };
	struct trace *trace;
	struct event *event;

	ck_assert_int_eq(trace_open(&trace, file.path, NULL, 0, &diags), 0);
	for (unsigned i = 1; i <= 12; i++) {
		ck_assert_int_eq(trace_next(trace, &event), 1);
		ck_assert_uint_eq(event->number, i - 1);
		ck_assert_uint_eq(event->place.line, i);
		for (size_t j = 0; j < event->nr_ops; j++)
			ck_assert_uint_eq(event->ops[j].line, i);
	}
	ck_assert_uint_eq(event->nr_ops, 3);
	ck_assert_uint_eq(event->ops[2].column, 3);
	ck_assert_str_eq(event->place.file, file.path);
	trace_close(trace);
	text_file_close(&file);
	free(made.bytes);
}
END_TEST

START_TEST(events_of_many_blocks_come_in_order)
{
	static const unsigned count = 3 * BINARY_EVENTS_MAX + 5;
	struct binary_writer *writer;
	struct diags diags = { 0 };
	struct text_file file;
	struct trace *trace;
	struct event *event;
	struct made made;
	char line[64];
	FILE *to;

	writer = binary_begin(&made, &to);
	for (unsigned i = 0; i < count; i++) {
		snprintf(line, sizeof(line), "read cpu=0 at=%u", i * 5);
		binary_write_line(writer, EVENT_read, line, strlen(line));
	}
	binary_finish(writer, to);
	file = text_file_of(made.bytes, made.length, true);
	ck_assert_int_eq(trace_open(&trace, file.path, NULL, 0, &diags), 0);
	for (unsigned i = 0; i < count; i++) {
		ck_assert_int_eq(trace_next(trace, &event), 1);
		ck_assert_uint_eq(event->access.at, i * 5);
	}
	ck_assert_int_eq(trace_next(trace, &event), 0);
	ck_assert_uint_eq(diags.count, 0);
	trace_close(trace);
	text_file_close(&file);
	free(made.bytes);
}
END_TEST

/* ---- numbers ------------------------------------------------------------- */

START_TEST(numbers_come_back_as_they_went)
{
	static const uint64_t values[] = {
		0,	    1,	       127,
		128,	    16383,     16384,
		UINT32_MAX, INT64_MAX, (uint64_t)INT64_MAX + 1,
		UINT64_MAX,
	};
	unsigned char bytes[BINARY_VARINT_MAX];

	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		size_t length = binary_put_varint(bytes, values[i]);
		const unsigned char *at = bytes;
		uint64_t value = 0;

		ck_assert(binary_get_varint(&at, bytes + length, &value));
		ck_assert_uint_eq(value, values[i]);
		ck_assert_ptr_eq(at, bytes + length);
		at = bytes;
		ck_assert(!binary_get_varint(&at, bytes + length - 1, &value));
		ck_assert_uint_eq(binary_unzigzag(binary_zigzag(values[i])),
				  values[i]);
	}
	ck_assert_uint_eq(binary_zigzag(0 - (uint64_t)1), 1);
}
END_TEST

static void add(TCase *tc)
{
	use_machines();
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, binary_trace_means_what_its_lines_mean);
	tcase_add_test(tc, operations_have_the_event_and_their_number_as_place);
	tcase_add_test(tc, events_of_many_blocks_come_in_order);
	tcase_add_test(tc, numbers_come_back_as_they_went);
}

int main(void)
{
	return run_suite("binary", add);
}
