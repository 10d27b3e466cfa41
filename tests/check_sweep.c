/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_sweep.c - what a sweep is made of, and what is wrong with some. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/sweep.h"
#include "tests/suite.h"
#include "tests/text_file.h"

#define DIRECT "@/workloads/blkback-direct.yaml"
#define NETBACK "@/workloads/netback-n3.yaml"

/* A sweep of @text, in which '@' stands for the top folder of the sources. */
struct story {
	struct text_file file;
	struct sweep sweep;
	struct diags diags;
	int ret;
};

static struct story tell(const char *text)
{
	const char *top = getenv("top_srcdir");
	struct story story = { .ret = 0 };
	char whole[4096];
	size_t used = 0;

	for (; *text; text++)
		if (*text == '@')
			used += (size_t)snprintf(whole + used,
						 sizeof(whole) - used, "%s",
						 top ? top : ".");
		else
			whole[used++] = *text;
	story.file = text_file_of(whole, used, false);
	story.ret = sweep_read(&story.sweep, story.file.path, &story.diags);
	return story;
}

static void end(struct story *story)
{
	if (story->ret == 0)
		sweep_free(&story->sweep);
	text_file_close(&story->file);
}

/* What varies of all cells: "1 plain xs8;1 plain upstream;...". */
static const char *cells_of(const struct sweep *sweep)
{
	static char text[1024];
	size_t used = 0;

	for (size_t cell = 1; cell <= sweep->nr_cells; cell++)
		for (size_t i = 1; i < sweep->nr_axes; i++)
			used += (size_t)snprintf(
				text + used, sizeof(text) - used, "%s%s",
				sweep_value(sweep, cell, i)->text,
				i + 1 < sweep->nr_axes ? " " : ";");
	text[used] = '\0';
	return text;
}

static const struct {
	const char *text, *cells;
} good[] = {
	{ "sweep: 1\ntraces: [" DIRECT "]\n", "own own;" },
	{ "sweep: 1\ntraces: [" DIRECT "]\npolicies: [xs8, upstream]\n"
	  "machines: [zen5, zen4]\n",
	  "zen5 xs8;zen5 upstream;zen4 xs8;zen4 upstream;" },
	{ "sweep: 1\ntraces: [" DIRECT "]\npolicies: [xs8]\n"
	  "parameters: {cpus: [4, 2], seed: [1..3]}\n",
	  "own 4 1 xs8;own 4 2 xs8;own 4 3 xs8;"
	  "own 2 1 xs8;own 2 2 xs8;own 2 3 xs8;" },
	{ "sweep: 1\ntraces: [" DIRECT "]\n"
	  "parameters: {quirks: [[], [late-a, stray-a], [late-a]]}\n",
	  "own [] own;own [late-a, stray-a] own;own [late-a] own;" },
	{ "sweep: 1\ntraces: [" DIRECT "]\npolicies: [xs8, upstream]\n"
	  "parameters: {cpus: [1, 2, 4]}\n"
	  "exclude: [{cpus: [1, 4], policy: xs8}, {policy: up*, cpus: 2}]\n",
	  "own 1 upstream;own 2 xs8;own 4 upstream;" },
	{ "sweep: 1\ntraces: [" DIRECT ", " NETBACK "]\nmachines: [zen5]\n"
	  "exclude: [{trace: netback-*}]\n",
	  "zen5 own;" },
	{ "sweep: 1\ntraces: [" DIRECT "]\nmachines: [zen5, zen4, goldencove]\n"
	  "exclude: [{machine: zen*}]\n",
	  "goldencove own;" },
};

START_TEST(cells_are_the_product_without_what_is_excluded)
{
	struct story story = tell(good[_i].text);

	ck_assert_msg(story.ret == 0, "%s", story.diags.diag[0].text);
	ck_assert_int_eq(sweep_check(&story.sweep, &story.diags), 0);
	ck_assert_str_eq(cells_of(&story.sweep), good[_i].cells);
	end(&story);
}
END_TEST

#define ONE "sweep: 1\ntraces: [" DIRECT "]\n"

/* The first thing that is wrong, its hint, and where. */
static const struct wrong {
	const char *text, *error, *hint;
	unsigned line, column;
} wrong[] = {
	{ "sweep: 1\ntraces: []\n", "an empty list", "", 2, 9 },
	{ "sweep: 1\ntraces: a\n", "expected a list of files, found 'a'", "", 2,
	  9 },
	{ "sweep: 2\ntraces: [" DIRECT "]\n",
	  "this program reads sweeps of format 1", "", 1, 8 },
	{ "sweep: 1\ntraces: [nowhere-*.yaml]\n",
	  "there is no file 'nowhere-*.yaml'",
	  "names are relative to the sweep's own file", 2, 10 },
	{ "sweep: 1\ntraces: ['@/workloads']\n", "<'>/workloads' is a folder",
	  "", 2, 10 },
	{ "sweep: 1\ntraces: [[a]]\n", "expected a file's name, found a list",
	  "", 2, 10 },
	{ ONE "machine: [zen5]\n", "unknown key 'machine'",
	  "did you mean 'machines'?", 3, 1 },
	{ ONE "machines: [zen55]\n", "no machine profile 'zen55'",
	  "did you mean 'zen5'?", 3, 12 },
	{ ONE "machines: [{}]\n",
	  "expected a machine's name or file, found a mapping", "", 3, 12 },
	{ ONE "machines: []\n", "an empty list", "", 3, 11 },
	{ ONE "policies: [xs9]\n", "unknown policy 'xs9'",
	  "did you mean 'xs8'?", 3, 12 },
	{ ONE "policies: [[xs8]]\n", "expected a policy's name, found a list",
	  "", 3, 12 },
	{ ONE "policies: xs8\n", "expected a list, found 'xs8'", "", 3, 11 },
	{ ONE "policies: [xs8, xs8]\n", "'xs8' is given twice", "", 3, 17 },
	{ ONE "title: []\n", "expected a text, found a list", "", 3, 8 },
	{ ONE "expect: yes\n", "expected own or none, found 'yes'", "", 3, 9 },
	{ ONE "parameters: [cpus]\n",
	  "expected a mapping of paths to values, found a list", "", 3, 13 },
	{ ONE "parameters: {cpus: 2}\n", "expected a list, found '2'", "", 3,
	  20 },
	{ ONE "parameters: {cpu: [2]}\n", "unknown parameter 'cpu'",
	  "did you mean 'cpus'?", 3, 14 },
	{ ONE "parameters: {machine: [zen5]}\n", "'machine' is no parameter",
	  "it goes under 'machines'", 3, 14 },
	{ ONE "parameters: {title: [a]}\n", "'title' is no parameter", "", 3,
	  14 },
	{ ONE "parameters: {blkback: [a]}\n", "'blkback' is a whole block",
	  "a parameter is a key in it: 'blkback.driver'", 3, 14 },
	{ ONE "parameters: {cpus: [1], cpus: [2]}\n", "'cpus' is given twice",
	  "", 3, 25 },
	{ ONE "parameters: {domains: [[]], domains.0.memory: [1M]}\n",
	  "'domains.0.memory' and 'domains' set the same", "", 3, 29 },
	{ ONE "parameters: {seed: [0..1000000]}\n", "more than 100000 values",
	  "", 3, 20 },
	{ ONE "parameters: {seed: [1..2000], cpus: [1..64], clock_wrap: "
	      "[2..100]}\n",
	  "a sweep of more than 1000000 cells", "", 2, 9 },
	{ ONE "exclude: {cpus: 1}\n",
	  "expected a list of mappings, found a mapping", "", 3, 10 },
	{ ONE "exclude: [cpus]\n",
	  "expected a mapping of what varies, found 'cpus'", "", 3, 11 },
	{ ONE "exclude: [{cpus: 1}]\n", "'cpus' does not vary in this sweep",
	  "", 3, 12 },
	{ ONE "parameters: {cpus: [1, 2]}\nexclude: [{cpus: 3}]\n",
	  "no cpus of this sweep is '3'", "", 4, 18 },
	{ ONE "exclude: [{policy: own}]\n", "nothing is left to run", "", 3,
	  10 },
	/* What only a trace can tell: at the value, or at its path. */
	{ ONE "parameters: {cpus: [1, 65]}\n",
	  "expected a number from 1 to 64, found '65'", "", 3, 24 },
	{ ONE "parameters: {blkback.generate.dept: [1]}\n",
	  "unknown key 'dept'", "did you mean 'depth'?", 3, 14 },
	{ ONE "parameters: {blkback.generate.depth: [0, 1]}\n",
	  "expected a number from 1 to 512, found '0'", "", 3, 39 },
	{ ONE "parameters: {quirks: [[], [late-b]]}\n",
	  "unknown quirk 'late-b'", "did you mean 'late-a'?", 3, 28 },
};

START_TEST(what_is_wrong_is_named_at_its_place)
{
	const struct wrong *row = &wrong[_i];
	const char *error = row->error;
	struct story story = tell(row->text);
	const struct diag *diag = &story.diags.diag[0];
	const char *text = diag->text;

	if (story.ret == 0)
		ck_assert_int_eq(sweep_check(&story.sweep, &story.diags),
				 -EBADMSG);
	else
		ck_assert_int_eq(story.ret, -EBADMSG);
	ck_assert_uint_ge(story.diags.count, 1);
	if (*error == '<') {
		error = strchr(error, '>') + 1;
		text = strstr(text, error);
		ck_assert_msg(text, "%s", diag->text);
	}
	ck_assert_str_eq(text, error);
	ck_assert_str_eq(diag->hint, row->hint);
	ck_assert_uint_eq(diag->line, row->line);
	ck_assert_uint_eq(diag->column, row->column);
	end(&story);
}
END_TEST

START_TEST(a_sweep_has_so_many_parameters_and_no_more)
{
	char text[4096] = "sweep: 1\ntraces: [" DIRECT "]\nparameters:\n";
	struct story story;

	for (int i = 0; i <= SWEEP_MAX_PARAMETERS; i++)
		sprintf(text + strlen(text), "  domains.%d.memory: [1M]\n", i);
	story = tell(text);
	ck_assert_int_eq(story.ret, -EBADMSG);
	ck_assert_str_eq(story.diags.diag[0].text, "more than 32 parameters");
	end(&story);
}
END_TEST

/* Names go into JSON, which is UTF-8. */
START_TEST(the_name_of_a_trace_is_utf_8)
{
	char folder[] = "/tmp/tlbsim-XXXXXX", path[64], text[256];
	struct story story;
	FILE *file;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	sprintf(path, "%s/a\377.yaml", folder);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fclose(file);
	sprintf(text, "sweep: 1\ntraces: ['%s/a*']\n", folder);
	story = tell(text);
	unlink(path);
	rmdir(folder);
	ck_assert_int_eq(story.ret, -EBADMSG);
	ck_assert_str_eq(story.diags.diag[0].text,
			 "the name of a file is not UTF-8");
	end(&story);
}
END_TEST

START_TEST(all_values_that_fit_nowhere_are_named)
{
	struct story story = tell(ONE "parameters:\n"
				      "  cpus: [65, 1, 66]\n"
				      "  seed: [1, -1]\n");
	const struct diag *diag = story.diags.diag;

	ck_assert_int_eq(story.ret, 0);
	ck_assert_int_eq(sweep_check(&story.sweep, &story.diags), -EBADMSG);
	ck_assert_uint_eq(story.diags.count, 3);
	ck_assert_uint_eq(diag[0].line * 100 + diag[0].column, 410);
	ck_assert_uint_eq(diag[1].line * 100 + diag[1].column, 513);
	ck_assert_uint_eq(diag[2].line * 100 + diag[2].column, 417);
	end(&story);
}
END_TEST

/* Depth 64 wants a ring of two pages: it fits one cell of the two. */
START_TEST(a_value_may_fit_some_cells_only)
{
	struct story story = tell(
		"sweep: 1\ntraces: [@/workloads/blkback-indirect-32.yaml]\n"
		"parameters:\n"
		"  blkback.ring_pages: [1, 2]\n"
		"  blkback.generate.depth: [32, 64]\n");

	ck_assert_int_eq(story.ret, 0);
	ck_assert_int_eq(sweep_check(&story.sweep, &story.diags), 0);
	end(&story);
}
END_TEST

START_TEST(a_value_without_a_place_in_any_trace_is_left_to_the_cells)
{
	struct story story = tell("sweep: 1\ntraces: [" NETBACK "]\n"
				  "parameters: {blkback.cpu: [1]}\n");

	ck_assert_int_eq(story.ret, 0);
	ck_assert_int_eq(sweep_check(&story.sweep, &story.diags), 0);
	end(&story);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(tc, cells_are_the_product_without_what_is_excluded,
			    0, ROWS(good));
	tcase_add_loop_test(tc, what_is_wrong_is_named_at_its_place, 0,
			    ROWS(wrong));
	tcase_add_test(tc, a_sweep_has_so_many_parameters_and_no_more);
	tcase_add_test(tc, the_name_of_a_trace_is_utf_8);
	tcase_add_test(tc, all_values_that_fit_nowhere_are_named);
	tcase_add_test(tc, a_value_may_fit_some_cells_only);
	tcase_add_test(
		tc, a_value_without_a_place_in_any_trace_is_left_to_the_cells);
}

int main(void)
{
	return run_suite("sweep", add);
}
