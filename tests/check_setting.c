/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_setting.c - what is said from outside stands in place of what a trace
 * says. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "sim/trace.h"
#include "sim/yaml_in.h"
#include "tests/suite.h"
#include "tests/text_file.h"

static const char blocks[] =
	"tlbsim: 1\n"
	"machine: ivybridge-ep\n"
	"seed: 5\n"
	"domains:\n"
	"  - {id: 0, hardware: true, memory: 64M}\n"
	"  - {id: 1, memory: 64M}\n"
	"blkback: {driver: modern, generate: {count: 3, segments: 2}}\n"
	"---\n"
	"blkback: {driver: modern, generate: {count: 4, segments: 2}}\n";

/* A trace that was read with settings, which are a mapping of paths. */
struct story {
	struct diags diags;
	struct trace_header header;
	size_t maps; /* events of that kind */
	int opened;
};

static size_t list_settings(const struct node *mapping,
			    struct trace_setting *setting)
{
	size_t count = 0;

	for (const struct node *n = mapping->first; n; n = n->next->next)
		setting[count++] = (struct trace_setting){ .path = n->text,
							   .place = n->place,
							   .value = n->next };
	return count;
}

static void read_events(struct trace *trace, struct story *story)
{
	struct event *event;

	story->header = *trace_header(trace);
	while (trace_next(trace, &event) == 1)
		story->maps += event->kind == EVENT_map;
	trace_close(trace);
}

static struct story *tell(const char *text, const char *settings)
{
	static struct story story;
	struct text_file trace_file = text_file(text);
	struct text_file file = text_file(settings);
	struct trace_setting setting[8];
	struct trace_override override = { .setting = setting };
	struct yaml_in *yaml;
	struct node *root;
	struct trace *trace;

	memset(&story, 0, sizeof(story));
	ck_assert_int_eq(yaml_in_load(&yaml, file.path, &root, &story.diags),
			 0);
	override.nr_settings = list_settings(root, setting);
	story.opened = trace_open_with(&trace, trace_file.path, &override,
				       &story.diags);
	if (story.opened == 0)
		read_events(trace, &story);
	yaml_in_close(yaml);
	text_file_close(&file);
	text_file_close(&trace_file);
	return &story;
}

START_TEST(header_keys_are_replaced_or_added)
{
	const struct story *story = tell(
		blocks, "seed: 9\ncpus: 2\nquirks: [late-a]\n");

	ck_assert_uint_eq(story->diags.count, 0);
	ck_assert_uint_eq(story->header.seed, 9);
	ck_assert_uint_eq(story->header.cpus, 2);
	ck_assert_uint_ne(story->header.profile.mmu.quirks, 0);
}
END_TEST

START_TEST(a_number_in_a_path_is_an_item_of_a_list)
{
	const struct story *story = tell(blocks, "domains.1.memory: 32M\n");

	ck_assert_uint_eq(story->diags.count, 0);
	ck_assert_uint_eq(story->header.domain[0].memory, 64 << 20);
	ck_assert_uint_eq(story->header.domain[1].memory, 32 << 20);
}
END_TEST

START_TEST(every_block_of_a_driver_gets_the_value)
{
	const struct story *story = tell(blocks, "blkback.generate.count: 7\n");

	ck_assert_uint_eq(story->diags.count, 0);
	ck_assert_uint_eq(story->maps, 7 + 7);
	ck_assert_uint_eq(tell(blocks, "seed: 1\n")->maps, 3 + 4);
}
END_TEST

/* What is wrong with a setting is said at its place among the settings. */
static const struct row {
	const char *settings, *text;
	unsigned line, column;
} wrong[] = {
	{ "seed: 1\ncpus: 65\n", "expected a number from 1 to 64", 2, 7 },
	{ "blkback.generate.dept: 1\n", "unknown key 'dept'", 1, 1 },
	{ "domains.2.memory: 1M\n", "there is no 'domains.2' in '<file>'", 1,
	  1 },
	{ "domains.1.memory.x: 1M\n",
	  "there is no 'domains.1.memory.x' in '<file>'", 1, 1 },
	{ "netback.driver: N3\n", "there is no 'netback' in '<file>'", 1, 1 },
};

START_TEST(what_cannot_be_set_is_named_at_its_place)
{
	const struct row *row = &wrong[_i];
	const struct story *story = tell(blocks, row->settings);
	const struct diag *diag = &story->diags.diag[0];

	ck_assert_uint_ge(story->diags.count, 1);
	ck_assert_msg(strncmp(diag->text, row->text, strcspn(row->text, "<")) ==
			      0,
		      "%s", diag->text);
	ck_assert_uint_eq(diag->line, row->line);
	ck_assert_uint_eq(diag->column, row->column);
}
END_TEST

static void add_tests(TCase *tc)
{
	tcase_add_test(tc, header_keys_are_replaced_or_added);
	tcase_add_test(tc, a_number_in_a_path_is_an_item_of_a_list);
	tcase_add_test(tc, every_block_of_a_driver_gets_the_value);
	tcase_add_loop_test(tc, what_cannot_be_set_is_named_at_its_place, 0,
			    ROWS(wrong));
}

int main(void)
{
	return run_suite("setting", add_tests);
}
