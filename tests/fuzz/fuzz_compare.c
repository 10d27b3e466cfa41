/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_compare.c - any bytes as a file of results: what is read is the same
 * as itself, in every format. */
#include "config.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/compare.h"
#include "tests/fuzz/fuzz.h"
#include "tests/text_file.h"

static void write_all(const struct comparison *comparison)
{
	const struct compare_format *const formats[] = {
		&compare_text, &compare_json, &compare_junit, &compare_markdown
	};
	FILE *to = fopen("/dev/null", "w");

	if (!to)
		abort();
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
		formats[i]->write(comparison, true, false, to);
	fclose(to);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text_file text = text_file_of(data, size, false);
	struct tolerances none = { .of = { { 0, false } } };
	struct diags diags = { .count = 0 };
	struct comparison comparison;
	struct result_file file;
	int rc = result_file_read(&file, text.path, &diags);

	assert(rc == 0 || (rc == -EBADMSG && diags.count));
	if (rc == 0 && compare(&comparison, &file, &file, &none) == 0) {
		assert(!comparison_failed(&comparison));
		assert(comparison.compared == file.count);
		write_all(&comparison);
		comparison_free(&comparison);
	}
	if (rc == 0)
		result_file_free(&file);
	text_file_close(&text);
	return 0;
}
