/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_binary_bulk.c - blocks of YAML in binary traces, and traces that name
 * binary ones. */
#include "config.h"

#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/trace_pieces.h"
#include "tests/binary_file.h"
#include "tests/suite.h"
#include "tests/text_file.h"

START_TEST(first_block_must_be_the_header)
{
	struct binary_writer *writer;
	struct made made;
	struct story now;
	FILE *to = open_memstream(&made.bytes, &made.length);

	binary_writer_create(&writer, to);
	binary_write_line(writer, EVENT_flush, "flush cpu=0", 11);
	binary_finish(writer, to);
	now = binary_story(made.bytes, made.length);
	ck_wrong(&now, "block 0, from byte 16: events before the header");
	free(now.text);
	free(made.bytes);
	to = open_memstream(&made.bytes, &made.length);
	binary_writer_create(&writer, to);
	binary_finish(writer, to);
	now = binary_story(made.bytes, made.length);
	ck_wrong(&now, "an empty file");
	free(now.text);
	free(made.bytes);
}
END_TEST

START_TEST(yaml_between_blocks_is_read_in_its_place)
{
	struct binary_writer *writer;
	struct made made;
	struct story now;
	FILE *to;
	static const char expect[] = "expect: {tlb.walks: 7}\n";
	static const char events[] = "events: [invlpg: {cpu: 0, at: 1}]\n";

	writer = binary_begin(&made, &to);
	binary_write_text(writer, expect, strlen(expect));
	binary_write_line(writer, EVENT_flush, "flush cpu=0", 11);
	binary_write_text(writer, events, strlen(events));
	binary_write_line(writer, EVENT_flush, "flush cpu=1", 11);
	binary_finish(writer, to);
	now = binary_story(made.bytes, made.length);
	ck_assert_uint_eq(now.diags.count, 0);
	ck_assert_str_eq(now.text, "1: flush cpu=0 cpus=0x1\n"
				   "1: invlpg cpu=0 at=0x1\n"
				   "2: flush cpu=1 cpus=0x2\n"
				   "1: expect tlb.walks=7..7\n");
	free(now.text);
	free(made.bytes);
}
END_TEST

/* A folder with what `bulk:` may name. */
/* In the environment: where folders are made. */
#define FOLDER "CHECK_BINARY_FOLDER"

struct folder {
	char path[64], name[3][96];
};

static void put_file(const char *path, const char *bytes, size_t length)
{
	FILE *file = fopen(path, "wb");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
	fclose(file);
}

static struct folder make_folder(const char *yaml)
{
	struct folder f = { .path = "" };
	struct made made = binary_of(binary_lines);
	char *text = malloc(strlen(binary_head) + strlen(yaml) + 1);

	snprintf(f.path, sizeof(f.path), "%s/XXXXXX", getenv(FOLDER));
	ck_assert_ptr_nonnull(mkdtemp(f.path));
	snprintf(f.name[0], sizeof(f.name[0]), "%s/trace.yaml", f.path);
	snprintf(f.name[1], sizeof(f.name[1]), "%s/more.tlbt", f.path);
	snprintf(f.name[2], sizeof(f.name[2]), "%s/text", f.path);
	strcpy(text, binary_head);
	strcat(text, yaml);
	put_file(f.name[0], text, strlen(text));
	put_file(f.name[1], made.bytes, made.length);
	put_file(f.name[2], binary_head, strlen(binary_head));
	free(text);
	free(made.bytes);
	return f;
}

static void remove_folder(const struct folder *f)
{
	for (int i = 0; i < 3; i++)
		unlink(f->name[i]);
	rmdir(f->path);
}

START_TEST(bulk_names_a_file_beside_the_one_that_says_so)
{
	struct folder f = make_folder("events: [flush: {cpu: 0}]\n"
				      "bulk: more.tlbt\n"
				      "---\nevents: |\n  flush cpu=1\n"
				      "---\nbulk: more.tlbt\n");
	struct story now = binary_story_of(f.name[0]),
		     alone = binary_story_of(f.name[1]);
	const char *at = now.text, *again;

	ck_assert_msg(now.diags.count == 0, "%s", now.diags.diag[0].text);
	ck_assert(strncmp(at, "8: flush cpu=0 cpus=0x1\n", 24) == 0);
	at += 24;
	ck_assert(strncmp(at, alone.text, strlen(alone.text)) == 0);
	at += strlen(alone.text);
	ck_assert(strncmp(at, "12: flush cpu=1 cpus=0x2\n", 25) == 0);
	again = at + 25;
	ck_assert_uint_ge(strlen(again), 200);
	free(now.text);
	free(alone.text);
	remove_folder(&f);
}
END_TEST

static const struct {
	const char *yaml, *what, *hint;
} bad_bulks[] = {
	{ "bulk: absent.tlbt\n", "cannot read 'absent.tlbt': No such file" },
	{ "bulk: /\n", "cannot read '/': Is a directory" },
	{ "bulk: text\n", "'text' is not a binary trace",
	  "'tlbsim convert' makes one" },
	{ "bulk: [more.tlbt]\n", "expected the name of a file" },
	{ "bulk: \"\"\n", "expected the name of a file" },
	{ "bulk: more.tlbt\nbulk: more.tlbt\n", "'bulk' is given twice" },
};

START_TEST(bulk_that_cannot_be_read_says_why)
{
	struct folder f = make_folder(bad_bulks[_i].yaml);
	struct story now = binary_story_of(f.name[0]);

	ck_wrong(&now, bad_bulks[_i].what);
	if (bad_bulks[_i].hint)
		ck_assert_str_eq(now.diags.diag[0].hint, bad_bulks[_i].hint);
	ck_assert_uint_ge(now.diags.diag[0].line, 8);
	free(now.text);
	remove_folder(&f);
}
END_TEST

START_TEST(pieces_are_whole_lines)
{
	struct text_file file = text_file("{tlbsim: 1, machine: small, "
					  "events: []}\n");
	struct diags diags = { 0 };
	struct trace *trace;
	const char *text;
	size_t length;

	ck_assert_int_eq(trace_open_pieces(&trace, file.path, &diags), 0);
	ck_assert_int_eq(trace_header_text(trace, &text, &length), -EBADMSG);
	ck_assert_str_eq(diags.diag[0].text,
			 "'events' does not stand at the start of a line");
	trace_close(trace);
	text_file_close(&file);
}
END_TEST

START_TEST(binary_trace_names_no_other)
{
	struct binary_writer *writer;
	struct made made;
	struct story now;
	FILE *to;

	writer = binary_begin(&made, &to);
	binary_write_text(writer, "bulk: more.tlbt\n", 16);
	binary_finish(writer, to);
	now = binary_story(made.bytes, made.length);
	ck_wrong(&now, "'bulk' in a binary trace");
	free(now.text);
	free(made.bytes);
}
END_TEST

#define COUNT(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

static void add(TCase *tc)
{
	use_machines();
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, first_block_must_be_the_header);
	tcase_add_test(tc, yaml_between_blocks_is_read_in_its_place);
	tcase_add_test(tc, bulk_names_a_file_beside_the_one_that_says_so);
	tcase_add_loop_test(tc, bulk_that_cannot_be_read_says_why, 0,
			    COUNT(bad_bulks));
	tcase_add_test(tc, pieces_are_whole_lines);
	tcase_add_test(tc, binary_trace_names_no_other);
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* A test that fails removes nothing: its process ends there. */
int main(void)
{
	char path[] = "/tmp/check_binary_XXXXXX";
	int status;

	if (!mkdtemp(path) || setenv(FOLDER, path, 1) < 0)
		return EXIT_FAILURE;
	status = run_suite("binary_bulk", add);
	nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return status;
}
