/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_node.c - YAML as a tree with places. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check_node.h"

START_TEST(every_node_knows_its_place)
{
	struct tree *tree = plant("# comment\na:   1\nlist:\n  - x\n"
				  "  - {b: \"y z\"}\n");
	const struct node *list = node_get(tree->root, "list");
	const struct node *y = node_get(list->first->next, "b");

	ck_assert_uint_eq(node_get(tree->root, "a")->place.line, 2);
	ck_assert_uint_eq(node_get(tree->root, "a")->place.column, 6);
	ck_assert_uint_eq(list->first->place.line, 4);
	ck_assert_uint_eq(list->first->place.column, 5);
	ck_assert_uint_eq(y->place.line, 5);
	ck_assert_uint_eq(y->place.column, 9);
	ck_assert_str_eq(y->place.file, tree->file.path);
	ck_assert(!y->plain);
	ck_assert(list->first->plain);
	ck_assert_uint_eq(tree->root->count, 2);
	fell(tree);
}
END_TEST

/* @count times @open. */
static char *deep(const char *open, size_t count)
{
	char *text = malloc(4 + count * strlen(open));

	strcpy(text, "a: ");
	for (size_t i = 0; i < count; i++)
		strcat(text + 3 + i * strlen(open), open);
	return text;
}

START_TEST(nesting_is_bounded)
{
	char *text = deep("[", 100000);
	struct tree *tree = plant(text);

	ck_assert_int_eq(tree->ret, -EBADMSG);
	ck_assert_error(&tree->diags, "nested over 16 levels deep");
	ck_assert_uint_eq(tree->diags.count, 1);
	fell(tree);
	free(text);
	text = deep("- ", 100000);
	tree = plant(text);
	ck_assert_int_eq(tree->ret, -EBADMSG);
	fell(tree);
	free(text);
}
END_TEST

static const struct {
	const char *text, *error;
	uint32_t line, column;
} bad_trees[] = {
	{ "a: &x 1\nb: *x\n", "anchor 'x' is not supported", 1, 4 },
	{ "a: 1\nb: *x\n", "alias 'x' is not supported", 2, 4 },
	{ "a: !!str 1\n", "tag 'tag:yaml.org,2002:str' is not supported", 1,
	  4 },
	{ "a: ! [1]\n", "tag '!' is not supported", 1, 4 },
	{ "a: &m {b: 1}\n", "anchor 'm' is not supported", 1, 4 },
	{ "&m {b: 1}\n", "anchor 'm' is not supported", 1, 1 },
	{ "a: \"x\\0y\"\n", "a NUL character", 1, 4 },
	{ "{[1]: 2}\n", "a key must be a word", 1, 2 },
	{ "a: {{b: 1}: 2}\n", "a key must be a word", 1, 5 },
	{ "- a\n", "a document must be a mapping", 1, 1 },
	{ "word\n", "a document must be a mapping", 1, 1 },
	{ "", "an empty file", 1, 1 },
	{ "# only this\n", "an empty file", 2, 1 },
	{ "a: 1\n---\nb: 2\n", "a second document", 3, 1 },
	{ "a: [1\nb: 2\n",
	  "did not find expected ',' or ']' while parsing a flow sequence", 2,
	  2 },
	{ "a: 'x\n",
	  "found unexpected end of stream while scanning a quoted "
	  "scalar",
	  2, 1 },
	{ "\tb: 1\n",
	  "found character that cannot start any token while scanning for the "
	  "next token",
	  1, 1 },
	{ "a: 1\nb: \x01\n", "neither UTF-8 nor printable", 2, 4 },
	{ "a: \xc3\x28\n", "neither UTF-8 nor printable", 1, 4 },
	{ "a: \xed\xa0\x80\n", "neither UTF-8 nor printable", 1, 4 },
	{ "a: \xc0\x80\n", "neither UTF-8 nor printable", 1, 4 },
	{ "a: \xf4\x90\x80\x80\n", "neither UTF-8 nor printable", 1, 4 },
	{ "\xff\xfe"
	  "a",
	  "neither UTF-8 nor printable", 1, 1 },
};

START_TEST(what_is_outside_the_subset_is_refused_with_its_place)
{
	struct tree *tree = plant(bad_trees[_i].text);
	const struct diag *diag = &tree->diags.diag[0];

	ck_assert_int_eq(tree->ret, -EBADMSG);
	ck_assert_error(&tree->diags, bad_trees[_i].error);
	ck_assert_msg(diag->line == bad_trees[_i].line &&
			      diag->column == bad_trees[_i].column,
		      "%s: at %u:%u", bad_trees[_i].text, diag->line,
		      diag->column);
	fell(tree);
}
END_TEST

START_TEST(byte_order_mark_and_other_alphabets_are_read)
{
	struct tree *tree = plant("\xef\xbb\xbf"
				  "a: \xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xa7\n");

	ck_assert_int_eq(tree->ret, 0);
	ck_assert_str_eq(node_get(tree->root, "a")->text,
			 "\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xa7");
	fell(tree);
}
END_TEST

START_TEST(scalar_over_16_MiB_is_refused_and_a_smaller_one_read)
{
	size_t length = 17 << 20;
	char *text = malloc(length + 1);
	struct tree *tree;

	ck_assert_ptr_nonnull(text);
	memset(text, 'x', length);
	memcpy(text, "a: '", 4);
	text[length] = '\0';
	tree = plant(text);
	ck_assert_int_eq(tree->ret, -EBADMSG);
	ck_assert_error(&tree->diags, "longer than 16 MiB");
	fell(tree);
	text[15 << 20] = '\'';
	text[(15 << 20) + 1] = '\0';
	tree = plant(text);
	ck_assert_int_eq(tree->ret, 0);
	ck_assert_uint_eq(node_get(tree->root, "a")->length, (15 << 20) - 4);
	fell(tree);
	free(text);
}
END_TEST

START_TEST(file_that_is_not_there_is_an_error_of_the_host)
{
	struct diags diags = { 0 };
	struct yaml_in *yaml;
	struct node *root;

	ck_assert_int_eq(yaml_in_load(&yaml, "/does/not/exist", &root, &diags),
			 -ENOENT);
	ck_assert_int_eq(yaml_in_load(&yaml, "/", &root, &diags), -EISDIR);
	ck_assert_uint_eq(diags.count, 0);
}
END_TEST

static void add(TCase *tc)
{
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, every_node_knows_its_place);
	tcase_add_test(tc, nesting_is_bounded);
	tcase_add_loop_test(
		tc, what_is_outside_the_subset_is_refused_with_its_place, 0,
		ROWS(bad_trees));
	tcase_add_test(tc, byte_order_mark_and_other_alphabets_are_read);
	tcase_add_test(tc,
		       scalar_over_16_MiB_is_refused_and_a_smaller_one_read);
	tcase_add_test(tc, file_that_is_not_there_is_an_error_of_the_host);
}

int main(void)
{
	return run_suite("node", add);
}
