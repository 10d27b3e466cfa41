/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_diag.c - errors are kept, cleaned, and printed with a hint. */
#include <stdlib.h>
#include <string.h>

#include "sim/diag.h"
#include "tests/suite.h"

static const struct place here = { "a.yaml", 12, 7 };

/* What diag_print() makes of @diags; to be freed. */
static char *printed(const struct diags *diags)
{
	char *text;
	size_t length;
	FILE *file = open_memstream(&text, &length);

	ck_assert_ptr_nonnull(file);
	diag_print(diags, file);
	fclose(file);
	return text;
}

static void ck_assert_printed(const struct diags *diags, const char *want)
{
	char *text = printed(diags);

	ck_assert_str_eq(text, want);
	free(text);
}

START_TEST(error_is_printed_with_place_and_hint)
{
	struct diags diags = { 0 };

	diag_error(&diags, here, "unknown op '%s'", "lode");
	diag_hint(&diags, "did you mean '%s'?", "load");
	ck_assert_printed(&diags, "tlbsim: a.yaml:12:7: unknown op 'lode' "
				  "(did you mean 'load'?)\n");
}
END_TEST

START_TEST(unknown_parts_of_a_place_are_left_out)
{
	struct diags diags = { 0 };

	diag_error(&diags, (struct place){ "a.yaml", 3, 0 }, "one");
	diag_error(&diags, (struct place){ "a.yaml", 0, 0 }, "two");
	diag_error(&diags, (struct place){ NULL, 0, 0 }, "three");
	ck_assert_printed(&diags, "tlbsim: a.yaml:3: one\n"
				  "tlbsim: a.yaml: two\n"
				  "tlbsim: three\n");
}
END_TEST

START_TEST(errors_after_the_twentieth_are_only_counted)
{
	struct diags diags = { 0 };
	char *text;

	for (int i = 0; i < DIAG_MAX + 5; i++) {
		diag_error(&diags, here, "number %d", i);
		diag_hint(&diags, "hint %d", i);
	}
	ck_assert_uint_eq(diags.count, DIAG_MAX + 5);
	text = printed(&diags);
	ck_assert_ptr_nonnull(strstr(text, "number 19 (hint 19)\n"
					   "tlbsim: and 5 more errors\n"));
	ck_assert_ptr_null(strstr(text, "number 20"));
	free(text);
}
END_TEST

START_TEST(file_name_is_copied_and_its_end_is_kept)
{
	struct diags diags = { 0 };
	char name[400];

	memset(name, 'd', sizeof(name));
	strcpy(name + 390, "/x.yaml");
	diag_error(&diags, (struct place){ name, 1, 1 }, "long");
	memset(name, 'e', 100);
	ck_assert_uint_eq(strlen(diags.diag[0].file),
			  sizeof(diags.diag[0].file) - 1);
	ck_assert_int_eq(strncmp(diags.diag[0].file, "...ddd", 6), 0);
	ck_assert_ptr_nonnull(strstr(diags.diag[0].file, "d/x.yaml"));
}
END_TEST

START_TEST(control_bytes_do_not_reach_the_terminal)
{
	struct diags diags = { 0 };

	diag_error(&diags, (struct place){ "a\nb", 1, 1 }, "found '%s'",
		   "\x1b[31m\x7f");
	diag_hint(&diags, "\r\t");
	ck_assert_printed(&diags, "tlbsim: a?b:1:1: found '?[31m?' (?\?)\n");
}
END_TEST

/* Does @text end with a whole character? */
static bool ends_whole(const char *text, size_t character)
{
	size_t count = 0;

	for (; *text; text++)
		count += (unsigned char)*text >= 0x80;
	return count % character == 0;
}

START_TEST(cut_never_splits_a_character)
{
	static const char *const characters[] = { "\xc3\xa9", "\xe2\x82\xac",
						  "\xf0\x9f\x90\xa7" };

	for (size_t c = 0; c < 3; c++) {
		for (size_t shift = 0; shift < 4; shift++) {
			struct diags diags = { 0 };
			char text[400] = "";
			struct diag_quote quote;

			memset(text, 'x', shift);
			while (strlen(text) < 300)
				strcat(text, characters[c]);
			diag_error(&diags, here, "%s", text);
			quote = diag_quote(text, strlen(text));
			ck_assert(ends_whole(diags.diag[0].text,
					     strlen(characters[c])));
			ck_assert_msg(
				ends_whole(quote.text, strlen(characters[c])),
				"'%s'", quote.text);
		}
	}
}
END_TEST

START_TEST(long_text_is_quoted_by_its_start)
{
	char text[100];

	memset(text, 'x', sizeof(text));
	ck_assert_uint_eq(strlen(diag_quote(text, 47).text), 47);
	ck_assert_str_eq(diag_quote(text, 100).text + 44, "...");
	ck_assert_str_eq(diag_quote("a\0b", 3).text, "a?b");
	ck_assert_str_eq(diag_quote("", 0).text, "");
}
END_TEST

static const struct {
	const char *wrong, *hint;
} misspelled[] = {
	{ "unmpa", "did you mean 'unmap'?" },  /* changed places */
	{ "unmapp", "did you mean 'unmap'?" }, /* put in */
	{ "invpg", "did you mean 'invlpg'?" }, /* left out */
	{ "rnmap", "did you mean 'unmap'?" },  /* replaced */
	{ "invalpg", "did you mean 'invlpg'?" },
	{ "unmap_and_replce", "did you mean 'unmap_and_replace'?" },
	{ "frobnicate", "" },
	{ "x", "" },
	{ "", "" },
	{ "at", "" },
};

START_TEST(hint_is_the_nearest_name_if_one_is_near)
{
	static const char *const names[] = { "map",    "unmap",
					     "invlpg", "unmap_and_replace",
					     "copy",   NULL };
	struct diags diags = { 0 };

	diag_error(&diags, here, "wrong");
	diag_nearest(&diags, misspelled[_i].wrong, names);
	ck_assert_str_eq(diags.diag[0].hint, misspelled[_i].hint);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, error_is_printed_with_place_and_hint);
	tcase_add_test(tc, unknown_parts_of_a_place_are_left_out);
	tcase_add_test(tc, errors_after_the_twentieth_are_only_counted);
	tcase_add_test(tc, file_name_is_copied_and_its_end_is_kept);
	tcase_add_test(tc, control_bytes_do_not_reach_the_terminal);
	tcase_add_test(tc, cut_never_splits_a_character);
	tcase_add_test(tc, long_text_is_quoted_by_its_start);
	tcase_add_loop_test(tc, hint_is_the_nearest_name_if_one_is_near, 0,
			    ROWS(misspelled));
}

int main(void)
{
	return run_suite("diag", add);
}
