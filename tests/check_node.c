/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_node.c - numbers, and YAML as a tree with places. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/node.h"
#include "sim/number.h"
#include "sim/yaml_in.h"
#include "tests/suite.h"
#include "tests/text_file.h"

/* ---- numbers --------------------------------------------------------- */

static const struct {
	const char *text;
	enum number_end end;
	uint64_t value;
} numbers[] = {
	{ "0", NUMBER_OK, 0 },
	{ "17", NUMBER_OK, 17 },
	{ "0x10", NUMBER_OK, 16 },
	{ "0xffff880000100000", NUMBER_OK, 0xffff880000100000 },
	{ "0xAbC", NUMBER_OK, 0xabc },
	{ "0x007", NUMBER_OK, 7 },
	{ "64K", NUMBER_OK, 65536 },
	{ "3M", NUMBER_OK, 3 << 20 },
	{ "0x2G", NUMBER_OK, 2ull << 30 },
	{ "18446744073709551615", NUMBER_OK, UINT64_MAX },
	{ "18446744073709551616", NUMBER_LARGE, 0 },
	{ "99999999999999999999999", NUMBER_LARGE, 0 },
	{ "0xffffffffffffffff", NUMBER_OK, UINT64_MAX },
	{ "0x10000000000000000", NUMBER_LARGE, 0 },
	{ "17179869183G", NUMBER_OK, 17179869183ull << 30 },
	{ "17179869184G", NUMBER_LARGE, 0 },
	{ "010", NUMBER_ZERO, 0 },
	{ "00", NUMBER_ZERO, 0 },
	{ "", NUMBER_BAD, 0 },
	{ "K", NUMBER_BAD, 0 },
	{ "0x", NUMBER_BAD, 0 },
	{ "0xg", NUMBER_BAD, 0 },
	{ "-1", NUMBER_BAD, 0 },
	{ "+1", NUMBER_BAD, 0 },
	{ " 1", NUMBER_BAD, 0 },
	{ "1 ", NUMBER_BAD, 0 },
	{ "1k", NUMBER_BAD, 0 },
	{ "1KK", NUMBER_BAD, 0 },
	{ "1.5", NUMBER_BAD, 0 },
	{ "1e3", NUMBER_BAD, 0 },
	{ "1_000", NUMBER_BAD, 0 },
};

START_TEST(number_has_its_value_or_is_refused)
{
	const char *text = numbers[_i].text;
	uint64_t value = 0;
	enum number_end end = number_u64(text, text + strlen(text), &value);

	ck_assert_msg(end == numbers[_i].end, "'%s': got %d, want %d", text,
		      end, numbers[_i].end);
	if (end == NUMBER_OK)
		ck_assert_msg(value == numbers[_i].value, "'%s': got %" PRIu64,
			      text, value);
}
END_TEST

START_TEST(number_ends_where_its_text_ends)
{
	static const char text[] = "12345";
	uint64_t value;

	ck_assert_int_eq(number_u64(text, text + 3, &value), NUMBER_OK);
	ck_assert_uint_eq(value, 123);
}
END_TEST

static const struct {
	const char *text;
	enum number_end end;
	int64_t value;
} signed_numbers[] = {
	{ "-13", NUMBER_OK, -13 },
	{ "13", NUMBER_OK, 13 },
	{ "-0x10", NUMBER_OK, -16 },
	{ "-9223372036854775808", NUMBER_OK, INT64_MIN },
	{ "-9223372036854775809", NUMBER_LARGE, 0 },
	{ "9223372036854775807", NUMBER_OK, INT64_MAX },
	{ "9223372036854775808", NUMBER_LARGE, 0 },
	{ "--1", NUMBER_BAD, 0 },
	{ "-", NUMBER_BAD, 0 },
};

START_TEST(signed_number_has_its_value_or_is_refused)
{
	const char *text = signed_numbers[_i].text;
	int64_t value = 0;
	enum number_end end = number_i64(text, text + strlen(text), &value);

	ck_assert_msg(end == signed_numbers[_i].end, "'%s': got %d", text, end);
	if (end == NUMBER_OK)
		ck_assert_msg(value == signed_numbers[_i].value,
			      "'%s': got %" PRId64, text, value);
}
END_TEST

static const struct {
	const char *text;
	enum number_end end;
	struct range want;
} ranges[] = {
	{ "8", NUMBER_OK, { 8, 8, false, false } },
	{ "8..40", NUMBER_OK, { 8, 40, false, true } },
	{ "8..8", NUMBER_OK, { 8, 8, false, true } },
	{ "0x100..", NUMBER_OK, { 256, 256, true, false } },
	{ "4K..8K", NUMBER_OK, { 4096, 8192, false, true } },
	{ "9..8", NUMBER_BACKWARDS, { 0 } },
	{ "..8", NUMBER_BAD, { 0 } },
	{ "8.", NUMBER_BAD, { 0 } },
	{ "8...9", NUMBER_BAD, { 0 } },
	{ "8-9", NUMBER_BAD, { 0 } },
	{ "8..x", NUMBER_BAD, { 0 } },
	{ "8..09", NUMBER_ZERO, { 0 } },
};

START_TEST(range_has_its_bounds_or_is_refused)
{
	const char *text = ranges[_i].text;
	const struct range *want = &ranges[_i].want;
	struct range got;
	enum number_end end = number_range(text, text + strlen(text), &got);

	ck_assert_msg(end == ranges[_i].end, "'%s': got %d", text, end);
	if (end != NUMBER_OK)
		return;
	ck_assert_msg(got.from == want->from && got.to == want->to &&
			      got.open == want->open &&
			      got.closed == want->closed,
		      "'%s': got %" PRIu64 "..%" PRIu64 " %d %d", text,
		      got.from, got.to, got.open, got.closed);
}
END_TEST

/* ---- scalars --------------------------------------------------------- */

struct tree {
	struct text_file file;
	struct yaml_in *yaml;
	struct node *root;
	struct diags diags;
	int ret;
};

static struct tree *plant(const char *text)
{
	struct tree *tree = calloc(1, sizeof(*tree));

	ck_assert_ptr_nonnull(tree);
	tree->file = text_file(text);
	tree->ret = yaml_in_load(&tree->yaml, tree->file.path, &tree->root,
				 &tree->diags);
	return tree;
}

static void fell(struct tree *tree)
{
	if (tree->ret == 0)
		yaml_in_close(tree->yaml);
	text_file_close(&tree->file);
	free(tree);
}

static void ck_assert_error(const struct diags *diags, const char *text)
{
	ck_assert_uint_ge(diags->count, 1);
	ck_assert_str_eq(diags->diag[0].text, text);
}

static const struct {
	const char *text;
	uint64_t ns;
	const char *error;
} times[] = {
	{ "17", 17, NULL },
	{ "17ns", 17, NULL },
	{ "3us", 3000, NULL },
	{ "1.5ms", 1500000, NULL },
	{ "0.25s", 250000000, NULL },
	{ "2.000000001s", 2000000001, NULL },
	{ "0.5ns", 0, "expected a time in ns, us, ms or s, found '0.5ns'" },
	{ "3m", 0, "expected a time in ns, us, ms or s, found '3m'" },
	{ "soon", 0, "expected a time in ns, us, ms or s, found 'soon'" },
	{ "99999999999s", 0, "'99999999999s' does not fit 64 bits" },
	{ "[1]", 0, "expected a time in ns, us, ms or s, found a list" },
};

START_TEST(time_is_in_nanoseconds)
{
	char text[64];
	struct tree *tree;
	uint64_t ns = 0;

	snprintf(text, sizeof(text), "at: %s", times[_i].text);
	tree = plant(text);
	if (node_time(node_get(tree->root, "at"), &ns, &tree->diags))
		ck_assert_msg(!times[_i].error && ns == times[_i].ns,
			      "%s: got %" PRIu64, text, ns);
	else
		ck_assert_error(&tree->diags, times[_i].error);
	fell(tree);
}
END_TEST

static const struct {
	const char *text;
	double value;
	const char *error;
} reals[] = {
	{ "1", 1, NULL },
	{ "99.5", 99.5, NULL },
	{ "0.125", 0.125, NULL },
	{ "100.5", 0, "expected a number from 0 to 100, found '100.5'" },
	{ "1e2", 0, "expected a number from 0 to 100, found '1e2'" },
	{ "nan", 0, "expected a number from 0 to 100, found 'nan'" },
	{ "1.", 0, "expected a number from 0 to 100, found '1.'" },
	{ "0.00000000000000000000001", 0,
	  "'0.00000000000000000000001' does not fit 64 bits" },
	{ "{}", 0, "expected a number from 0 to 100, found a mapping" },
};

START_TEST(real_is_read_exactly)
{
	char text[64];
	struct tree *tree;
	double value = 0;

	snprintf(text, sizeof(text), "x: %s", reals[_i].text);
	tree = plant(text);
	if (node_real(node_get(tree->root, "x"), 0, 100, &value, &tree->diags))
		ck_assert_msg(!reals[_i].error && value == reals[_i].value,
			      "%s: got %g", text, value);
	else
		ck_assert_error(&tree->diags, reals[_i].error);
	fell(tree);
}
END_TEST

START_TEST(field_without_limits_asks_for_any_number)
{
	static const struct field fields[] = { { "x", FIELD_REAL, 0 },
					       { NULL } };
	struct tree *tree = plant("x: much");
	double x;

	ck_assert(!node_read(tree->root, fields, &x, &tree->diags));
	ck_assert_error(&tree->diags, "expected a number, found 'much'");
	fell(tree);
	tree = plant("x: 123456789012.5");
	ck_assert(node_read(tree->root, fields, &x, &tree->diags));
	ck_assert(x == 123456789012.5);
	fell(tree);
}
END_TEST

static const struct {
	const char *text, *error;
} bounded[] = {
	{ "4", NULL },
	{ "9", NULL },
	{ "'7'", NULL },
	{ "3", "expected a number from 4 to 9, found '3'" },
	{ "10", "expected a number from 4 to 9, found '10'" },
	{ "", "expected a number from 4 to 9, found nothing" },
	{ "~", "expected a number from 4 to 9, found '~'" },
};

START_TEST(bounds_are_part_of_the_range)
{
	char text[64];
	struct tree *tree;
	uint64_t value;
	bool ok;

	snprintf(text, sizeof(text), "x: %s", bounded[_i].text);
	tree = plant(text);
	ok = node_u64(node_get(tree->root, "x"), 4, 9, &value, &tree->diags);
	ck_assert_msg(ok == !bounded[_i].error, "%s", text);
	if (!ok)
		ck_assert_error(&tree->diags, bounded[_i].error);
	fell(tree);
}
END_TEST

START_TEST(only_true_and_false_are_truth_values)
{
	static const char *const others[] = { "yes", "True", "1", "[]", "" };
	struct tree *tree = plant("{a: true, b: false, c: 'true'}");
	bool value;

	ck_assert(node_bool(node_get(tree->root, "a"), &value, &tree->diags));
	ck_assert(value);
	ck_assert(node_bool(node_get(tree->root, "b"), &value, &tree->diags));
	ck_assert(!value);
	ck_assert(node_bool(node_get(tree->root, "c"), &value, &tree->diags));
	fell(tree);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		char text[32];

		snprintf(text, sizeof(text), "x: %s", others[i]);
		tree = plant(text);
		ck_assert_msg(!node_bool(node_get(tree->root, "x"), &value,
					 &tree->diags),
			      "%s", text);
		fell(tree);
	}
}
END_TEST

START_TEST(choice_not_offered_names_what_is)
{
	static const char *const names[] = { "plain", "cmpxchg", "other",
					     NULL };
	struct tree *tree = plant("{a: cmpxchg, b: cmpxhcg}");
	unsigned value;

	ck_assert(node_choice(node_get(tree->root, "a"), names, &value,
			      &tree->diags));
	ck_assert_uint_eq(value, 1);
	ck_assert(!node_choice(node_get(tree->root, "b"), names, &value,
			       &tree->diags));
	ck_assert_error(&tree->diags,
			"expected plain, cmpxchg or other, found 'cmpxhcg'");
	ck_assert_str_eq(tree->diags.diag[0].hint, "did you mean 'cmpxchg'?");
	fell(tree);
}
END_TEST

/* ---- mappings by a table --------------------------------------------- */

struct things {
	uint64_t wide;
	uint32_t narrow;
	int64_t sign;
	double real;
	uint64_t time;
	bool flag, narrow_given;
	unsigned choice;
	struct range range;
	const char *text;
	const struct node *node;
};

static const char *const choices[] = { "one", "two", NULL };
#define THING(field) offsetof(struct things, field)
static const struct field thing_fields[] = {
	{ "wide", FIELD_U64, THING(wide), .required = true, .min = 1 },
	{ "narrow", FIELD_U32, THING(narrow), .given = THING(narrow_given) },
	{ "sign", FIELD_I64, THING(sign) },
	{ "real", FIELD_REAL, THING(real), .max = 10 },
	{ "time", FIELD_TIME, THING(time) },
	{ "flag", FIELD_BOOL, THING(flag) },
	{ "choice", FIELD_CHOICE, THING(choice), .names = choices },
	{ "range", FIELD_RANGE, THING(range), .max = 100 },
	{ "text", FIELD_TEXT, THING(text) },
	{ "node", FIELD_NODE, THING(node), .required = true },
	{ NULL },
};

START_TEST(table_fills_every_type_of_field)
{
	struct tree *tree = plant("wide: 5\nnarrow: 6\nsign: -7\nreal: 0.5\n"
				  "time: 2us\nflag: true\nchoice: two\n"
				  "range: 1..9\ntext: a b\nnode: [1, 2]\n");
	struct things got = { 0 };

	ck_assert(node_read(tree->root, thing_fields, &got, &tree->diags));
	ck_assert_uint_eq(got.wide, 5);
	ck_assert_uint_eq(got.narrow, 6);
	ck_assert(got.narrow_given);
	ck_assert_int_eq(got.sign, -7);
	ck_assert(got.real == 0.5);
	ck_assert_uint_eq(got.time, 2000);
	ck_assert(got.flag);
	ck_assert_uint_eq(got.choice, 1);
	ck_assert_uint_eq(got.range.to, 9);
	ck_assert_str_eq(got.text, "a b");
	ck_assert_uint_eq(got.node->count, 2);
	fell(tree);
}
END_TEST

START_TEST(every_mistake_of_a_mapping_is_reported)
{
	static const char *const want[] = {
		"unknown key 'narow'",
		"expected a number from 0 to 4294967295, found '4294967296'",
		"'narrow' is given twice",
		"expected a number or a range up to 100, found '1..101'",
		"expected a text, found a list",
		"'wide' is missing",
		"'node' is missing",
	};
	struct tree *tree = plant("narow: 1\nnarrow: 4294967296\nnarrow: 2\n"
				  "range: 1..101\ntext: []\n");
	struct things got = { 0 };

	ck_assert(!node_read(tree->root, thing_fields, &got, &tree->diags));
	ck_assert_uint_eq(tree->diags.count, 7);
	for (size_t i = 0; i < 7; i++)
		ck_assert_str_eq(tree->diags.diag[i].text, want[i]);
	ck_assert_str_eq(tree->diags.diag[0].hint, "did you mean 'narrow'?");
	ck_assert_uint_eq(tree->diags.diag[2].line, 3);
	fell(tree);
}
END_TEST

START_TEST(key_that_is_absent_is_not_given)
{
	struct tree *tree = plant("{wide: 1, node: 1}");
	struct things got = { 0 };

	ck_assert(node_read(tree->root, thing_fields, &got, &tree->diags));
	ck_assert(!got.narrow_given);
	ck_assert_ptr_null(node_get(tree->root, "narrow"));
	fell(tree);
}
END_TEST

/* ---- trees ----------------------------------------------------------- */

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
	tcase_add_loop_test(tc, number_has_its_value_or_is_refused, 0,
			    ROWS(numbers));
	tcase_add_test(tc, number_ends_where_its_text_ends);
	tcase_add_loop_test(tc, signed_number_has_its_value_or_is_refused, 0,
			    ROWS(signed_numbers));
	tcase_add_loop_test(tc, range_has_its_bounds_or_is_refused, 0,
			    ROWS(ranges));
	tcase_add_loop_test(tc, time_is_in_nanoseconds, 0, ROWS(times));
	tcase_add_loop_test(tc, real_is_read_exactly, 0, ROWS(reals));
	tcase_add_test(tc, field_without_limits_asks_for_any_number);
	tcase_add_loop_test(tc, bounds_are_part_of_the_range, 0, ROWS(bounded));
	tcase_add_test(tc, only_true_and_false_are_truth_values);
	tcase_add_test(tc, choice_not_offered_names_what_is);
	tcase_add_test(tc, table_fills_every_type_of_field);
	tcase_add_test(tc, every_mistake_of_a_mapping_is_reported);
	tcase_add_test(tc, key_that_is_absent_is_not_given);
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
