/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_binary_seek.c - some lines of a binary trace, without those before. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/binary.h"
#include "sim/convert.h"
#include "tests/binary_file.h"
#include "tests/suite.h"
#include "tests/text_file.h"

#define EVENTS (3 * BINARY_EVENTS_MAX + 5)

static struct made make_trace(void)
{
	struct binary_writer *writer;
	struct made made;
	char line[64];
	FILE *to;

	writer = binary_begin(&made, &to);
	for (unsigned i = 1; i <= EVENTS; i++) {
		snprintf(line, sizeof(line), "read cpu=0 at=%u", i * 8);
		binary_write_line(writer, EVENT_read, line, strlen(line));
	}
	binary_finish(writer, to);
	return made;
}

/* What the lines become in YAML, behind the header; to be freed. */
static char *lines_of(const struct made *made, bool gzip, uint64_t first,
		      uint64_t last, struct diags *diags)
{
	struct text_file file = text_file_of(made->bytes, made->length, gzip);
	struct progress progress = progress_start(STDERR_FILENO, false);
	char *text;
	size_t length;
	struct convert_job job = {
		.path = file.path,
		.form = &convert_yaml,
		.to = open_memstream(&text, &length),
		.progress = &progress,
		.first = first,
		.last = last,
	};
	int rc = convert(&job, diags);

	fclose(job.to);
	text_file_close(&file);
	ck_assert_int_eq(rc, diags->count ? -EBADMSG : 0);
	memmove(text, text + strlen(binary_head),
		length + 1 - strlen(binary_head));
	return text;
}

static char *expected(uint64_t first, uint64_t last)
{
	char *text;
	size_t length;
	FILE *to = open_memstream(&text, &length);

	fputs("---\nevents: |\n", to);
	for (uint64_t i = first; i <= last; i++)
		fprintf(to,
			i * 8 < 4096 ? "  read cpu=0 at=%" PRIu64 "\n"
				     : "  read cpu=0 at=0x%" PRIx64 "\n",
			i * 8);
	fclose(to);
	return text;
}

static const struct {
	uint64_t first, last;
} ranges[] = {
	{ 1, 1 },
	{ 7, 20 },
	{ BINARY_EVENTS_MAX - 1, BINARY_EVENTS_MAX + 2 },
	{ BINARY_EVENTS_MAX + 1, BINARY_EVENTS_MAX + 1 },
	{ 2 * BINARY_EVENTS_MAX, 2 * BINARY_EVENTS_MAX },
	{ 3 * BINARY_EVENTS_MAX + 1, EVENTS },
	{ EVENTS, EVENTS },
};

/* They are got, and nothing is wrong. */
static void ck_lines(const struct made *made, bool gzip, uint64_t first,
		     uint64_t last)
{
	char *want = expected(first, last < EVENTS ? last : EVENTS);
	struct diags diags = { 0 };
	char *text = lines_of(made, gzip, first, last, &diags);

	ck_assert_uint_eq(diags.count, 0);
	ck_assert_str_eq(text, want);
	free(text);
	free(want);
}

START_TEST(lines_are_those_of_the_whole)
{
	struct made made = make_trace();

	for (int gzip = 0; gzip < 2; gzip++)
		ck_lines(&made, gzip, ranges[_i].first, ranges[_i].last);
	free(made.bytes);
}
END_TEST

START_TEST(range_without_an_end_goes_to_the_end)
{
	struct made made = make_trace();

	ck_lines(&made, false, EVENTS - 2, UINT64_MAX);
	free(made.bytes);
}
END_TEST

START_TEST(line_that_is_not_there_is_told)
{
	struct made made = make_trace();

	for (int gzip = 0; gzip < 2; gzip++) {
		struct diags diags = { 0 };

		free(lines_of(&made, gzip, EVENTS + 1, UINT64_MAX, &diags));
		ck_assert_uint_eq(diags.count, 1);
		ck_assert_msg(strstr(diags.diag[0].text,
				     "no line 196614 of events: there are "
				     "196613"),
			      "%s", diags.diag[0].text);
	}
	free(made.bytes);
}
END_TEST

/* So the blocks before it are not read, where the file can be sought in. */
START_TEST(damage_before_the_lines_is_passed_over)
{
	struct made made = make_trace();
	struct diags sought = { 0 }, read = { 0 };

	made.bytes[binary_offset_of(&made, 2) + BINARY_FRAME + 9] ^= 1;
	free(lines_of(&made, false, EVENTS, EVENTS, &sought));
	ck_assert_uint_eq(sought.count, 0);
	free(lines_of(&made, true, EVENTS, EVENTS, &read));
	ck_assert_uint_eq(read.count, 1);
	free(made.bytes);
}
END_TEST

/* Then the blocks are read from the first. */
START_TEST(without_an_index_the_lines_are_found_as_well)
{
	struct made made = make_trace();
	size_t index = binary_offset_of(&made, 5);

	made.bytes[index + BINARY_FRAME + 3] ^= 1;
	ck_lines(&made, false, EVENTS, EVENTS);
	made.length = index + 1;
	ck_lines(&made, false, EVENTS, EVENTS);
	free(made.bytes);
}
END_TEST

/* The end of the file is compared with what the index said on the way. */
START_TEST(index_that_lies_is_found_out)
{
	struct made made = make_trace(), other = binary_of(binary_lines);
	size_t index = binary_offset_of(&made, 5);
	size_t from = binary_offset_of(&other, 2);
	size_t length = other.length - from - BINARY_TAIL;
	struct diags diags = { 0 };

	made.bytes = realloc(made.bytes, index + length + BINARY_TAIL);
	memcpy(made.bytes + index, other.bytes + from, length + BINARY_TAIL);
	binary_put64((unsigned char *)made.bytes + index + length, index);
	made.length = index + length + BINARY_TAIL;
	free(lines_of(&made, false, 1000, UINT64_MAX, &diags));
	ck_assert_uint_eq(diags.count, 1);
	free(made.bytes);
	free(other.bytes);
}
END_TEST

static void add(TCase *tc)
{
	use_machines();
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, lines_are_those_of_the_whole, 0, ROWS(ranges));
	tcase_add_test(tc, range_without_an_end_goes_to_the_end);
	tcase_add_test(tc, line_that_is_not_there_is_told);
	tcase_add_test(tc, damage_before_the_lines_is_passed_over);
	tcase_add_test(tc, without_an_index_the_lines_are_found_as_well);
	tcase_add_test(tc, index_that_lies_is_found_out);
}

int main(void)
{
	return run_suite("binary_seek", add);
}
