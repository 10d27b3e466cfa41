/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_trace_large.c - traces that are long, packed, or damaged. */
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/suite.h"
#include "tests/text_file.h"
#include "tests/trace_story.h"

static const char head[] = "tlbsim: 1\nmachine: small\n";

/* The story of a trace with @body after the usual head. */
static struct story tell(const char *body)
{
	return story_of_text(head, body);
}

/* A trace with @lines events in one block; to be freed. */
static char *long_trace(size_t lines, size_t *length)
{
	static const char line[] = "  read cpu=0 at=0x1000 # some more bytes\n";
	size_t each = strlen(line);
	char *text = malloc(strlen(head) + 20 + lines * each), *at;

	ck_assert_ptr_nonnull(text);
	at = text + sprintf(text, "%sevents: |\n", head);
	for (size_t i = 0; i < lines; i++, at += each)
		memcpy(at, line, each + 1);
	*length = (size_t)(at - text);
	return text;
}

START_TEST(gzip_is_recognised_by_its_first_bytes)
{
	size_t length;
	char *text = long_trace(100000, &length);
	struct text_file plain = text_file_of(text, length, false);
	struct text_file packed = text_file_of(text, length, true);
	struct story a = story_of_file(plain.path),
		     b = story_of_file(packed.path);

	ck_assert_uint_eq(a.diags.count, 0);
	ck_assert_uint_gt(strlen(a.text), 100000 * 20);
	ck_assert_str_eq(a.text, b.text);
	free(a.text);
	free(b.text);
	text_file_close(&plain);
	text_file_close(&packed);
	free(text);
}
END_TEST

START_TEST(file_that_ends_inside_of_gzip_is_refused)
{
	static const size_t cuts[] = { 11, 100, 1000, 5000 };
	size_t length;
	char *text = long_trace(100000, &length);

	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		struct text_file file = text_file_of(text, length, true);
		struct story story;
		const struct diag *diag = &story.diags.diag[0];

		text_file_cut(&file, cuts[i]);
		story = story_of_file(file.path);
		ck_assert(story.opened == -EBADMSG || story.told == 1);
		ck_assert_uint_eq(story.diags.count, 1);
		ck_assert_str_eq(diag->text, "the compressed file ends too "
					     "early");
		ck_assert_uint_gt(diag->line, 0);
		free(story.text);
		text_file_close(&file);
	}
	free(text);
}
END_TEST

START_TEST(damaged_gzip_is_refused)
{
	size_t length;
	char *text = long_trace(100000, &length);
	struct text_file file = text_file_of(text, length, true);
	struct story story;

	/* the checksum and the length */
	ck_assert_int_gt(lseek(file.fd, -8, SEEK_END), 0);
	ck_assert_int_eq(write(file.fd, "damaged!", 8), 8);
	story = story_of_file(file.path);
	ck_assert_uint_eq(story.diags.count, 1);
	ck_assert_uint_eq(story.told, 1);
	ck_assert_str_eq(story.diags.diag[0].text,
			 "the compressed file is damaged");
	free(story.text);
	text_file_close(&file);
	free(text);
}
END_TEST

/* Bytes in use after @lines events were read. */
static size_t bytes_in_use(size_t lines)
{
	size_t length, used;
	char *text = long_trace(lines, &length);
	struct text_file file = text_file_of(text, length, true);
	struct diags diags = { 0 };
	struct trace *trace;
	struct event *event;

	free(text);
	ck_assert_int_eq(trace_open(&trace, file.path, NULL, 0, &diags), 0);
	for (size_t i = 0; i < lines; i++)
		ck_assert_int_eq(trace_next(trace, &event), 1);
	used = mallinfo2().uordblks + mallinfo2().hblkhd;
	ck_assert_int_eq(trace_next(trace, &event), 0);
	trace_close(trace);
	text_file_close(&file);
	return used;
}

START_TEST(memory_does_not_grow_with_the_trace)
{
	size_t little = bytes_in_use(20000);

	ck_assert_uint_le(bytes_in_use(1000000), little + 4096);
}
END_TEST

START_TEST(position_reaches_the_size_of_the_file)
{
	size_t length;
	char *text = long_trace(50000, &length);
	struct text_file file = text_file_of(text, length, false);
	struct diags diags = { 0 };
	struct trace *trace;
	struct event *event;
	uint64_t total, before = 0;

	ck_assert_int_eq(trace_open(&trace, file.path, NULL, 0, &diags), 0);
	while (trace_next(trace, &event) > 0) {
		uint64_t now = trace_position(trace, &total);

		ck_assert_uint_ge(now, before);
		ck_assert_uint_eq(total, length);
		before = now;
	}
	ck_assert_uint_eq(trace_position(trace, &total), length);
	trace_close(trace);
	text_file_close(&file);
	free(text);
}
END_TEST

/* "HEAD", "MANY" @count times, "TAIL"; to be freed. */
static char *repeat(const char *first, const char *many, size_t count,
		    const char *last)
{
	size_t each = strlen(many);
	char *text = malloc(strlen(first) + each * count + strlen(last) + 1);
	char *at = text + sprintf(text, "%s", first);

	for (size_t i = 0; i < count; i++, at += each)
		memcpy(at, many, each);
	strcpy(at, last);
	return text;
}

/* What is too large, made of many times the same. */
static const struct {
	const char *first, *many;
	size_t count;
	const char *last, *error;
} too_large[] = {
	{ "events: |\n  unmap domain=0 ", "handle=1 ; ", 100000, "handle=1\n",
	  "a line longer than 1 MiB" },
	{ "events: |\n  # ", "xxxxxxxxxx", 200000, "\n",
	  "a line longer than 1 MiB" },
	{ "title: ", "xxxxxxxxxx", 2000000, "\n", "longer than 16 MiB" },
	{ "events:\n  - read: {x: [", "x,", 1800000, "x]}\n",
	  "an item of more than 128 MiB" },
	{ "events:\n  - ", "{read: ", 100000, "",
	  "nested over 16 levels deep" },
	{ "events:\n  - ", "[", 100000, "\n", "nested over 16 levels deep" },
	{ "title: a\n", "# a long comment that says nothing\n", 600000, "",
	  "longer than 16 MiB" },
};

START_TEST(what_is_too_large_is_refused)
{
	char *body = repeat(too_large[_i].first, too_large[_i].many,
			    too_large[_i].count, too_large[_i].last);
	struct story story = tell(body);

	ck_assert_uint_eq(story.diags.count, 1);
	ck_assert_str_eq(story.diags.diag[0].text, too_large[_i].error);
	free(story.text);
	free(body);
}
END_TEST

START_TEST(labels_do_not_eat_all_memory)
{
	char *body = malloc(100000), *at = body;
	struct story story;

	at += sprintf(at, "events: |\n");
	for (int i = 0; i < 40; i++)
		at += sprintf(at,
			      "  map domain=0 ref=8 from=0 at=0 "
			      "as=h%d[0xffffff]\n",
			      i);
	story = tell(body);
	ck_assert_str_eq(story.diags.diag[0].text,
			 "labels have more than 2^29 elements");
	ck_assert_uint_eq(story.diags.diag[0].line, 4 + 32);
	free(story.text);
	free(body);
}
END_TEST

START_TEST(byte_that_is_no_text_is_refused_with_its_place)
{
	static const char text[] = "tlbsim: 1\nmachine: small\n"
				   "events: |\n  read cpu=0 at=1 \0\n";
	struct text_file file = text_file_of(text, sizeof(text) - 1, false);
	struct story story = story_of_file(file.path);

	ck_assert_uint_eq(story.diags.count, 1);
	ck_assert_str_eq(story.diags.diag[0].text,
			 "expected key=value, found '?'");
	ck_assert_uint_eq(story.diags.diag[0].line, 4);
	ck_assert_uint_eq(story.diags.diag[0].column, 19);
	free(story.text);
	text_file_close(&file);
}
END_TEST

static void add(TCase *tc)
{
	use_machines();
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, gzip_is_recognised_by_its_first_bytes);
	tcase_add_test(tc, file_that_ends_inside_of_gzip_is_refused);
	tcase_add_test(tc, damaged_gzip_is_refused);
	tcase_add_test(tc, memory_does_not_grow_with_the_trace);
	tcase_add_test(tc, position_reaches_the_size_of_the_file);
	tcase_add_loop_test(tc, what_is_too_large_is_refused, 0,
			    sizeof(too_large) / sizeof(too_large[0]));
	tcase_add_test(tc, labels_do_not_eat_all_memory);
	tcase_add_test(tc, byte_that_is_no_text_is_refused_with_its_place);
}

int main(void)
{
	return run_suite("trace_large", add);
}
