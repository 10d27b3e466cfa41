/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_field.c - fields of YAML, read by a table of what is expected. */
#include <inttypes.h>

#include "sim/number.h"
#include "tests/check_node.h"

/* ---- scalars --------------------------------------------------------- */

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

static void add(TCase *tc)
{
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, time_is_in_nanoseconds, 0, ROWS(times));
	tcase_add_loop_test(tc, real_is_read_exactly, 0, ROWS(reals));
	tcase_add_test(tc, field_without_limits_asks_for_any_number);
	tcase_add_loop_test(tc, bounds_are_part_of_the_range, 0, ROWS(bounded));
	tcase_add_test(tc, only_true_and_false_are_truth_values);
	tcase_add_test(tc, choice_not_offered_names_what_is);
	tcase_add_test(tc, table_fills_every_type_of_field);
	tcase_add_test(tc, every_mistake_of_a_mapping_is_reported);
	tcase_add_test(tc, key_that_is_absent_is_not_given);
}

int main(void)
{
	return run_suite("field", add);
}
