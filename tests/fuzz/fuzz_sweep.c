/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_sweep.c - any bytes as a sweep, whose cells then have values; and as a
 * line of a part, which is the same once it was read and written. */
#include "config.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/sweep.h"
#include "sim/sweep_outcome.h"
#include "tests/fuzz/fuzz.h"
#include "tests/text_file.h"

#define CELLS 4

/* Each axis of the first and the last cell. */
static void look_at_cells(const struct sweep *sweep)
{
	const size_t cells[] = { 1, sweep->nr_cells };

	assert(sweep->nr_cells >= 1);
	for (size_t i = 0; i < 2; i++)
		for (size_t axis = 0; axis < sweep->nr_axes; axis++)
			assert(sweep_value(sweep, cells[i], axis)->text);
}

static void read_sweep(const uint8_t *data, size_t size)
{
	struct text_file file = text_file_of(data, size, false);
	struct diags diags = { .count = 0 };
	struct sweep sweep;
	int ret = sweep_read(&sweep, file.path, &diags);

	assert(ret == 0 || ret == -ENOMEM || (ret == -EBADMSG && diags.count));
	if (ret == 0) {
		look_at_cells(&sweep);
		sweep_free(&sweep);
	}
	text_file_close(&file);
}

/* What is read from @text, as a line again; NULL: it is none. */
static char *rewrite(const char *text, size_t length)
{
	json_t *json = json_loadb(text, length, 0, NULL);
	struct outcomes outcomes;
	char *line = NULL;
	size_t cell;

	if (outcomes_init(&outcomes, CELLS) < 0)
		abort();
	if (json && outcome_read(&outcomes, json, &cell) == 0)
		line = outcome_line(cell, &outcomes.of[cell - 1]);
	outcomes_free(&outcomes);
	json_decref(json);
	return line;
}

static void read_line(const uint8_t *data, size_t size)
{
	char *once = rewrite((const char *)data, size), *twice;

	if (!once)
		return;
	twice = rewrite(once, strlen(once));
	assert(twice && strcmp(once, twice) == 0);
	free(once);
	free(twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_sweep(data, size);
	read_line(data, size);
	return 0;
}
