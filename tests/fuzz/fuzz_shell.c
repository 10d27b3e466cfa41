/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_shell.c - no script upsets the shell: its lines happen, or one of them
 * is said to be wrong.
 */
#include "config.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/shell.h"
#include "tests/fuzz/fuzz.h"
#include "tests/text_file.h"

#define MAX_SIZE 4096

static bool has(const uint8_t *data, size_t size, const char *word)
{
	return memmem(data, size, word, strlen(word));
}

/* Files are not written here; and what a few bytes may ask for, times that
 * an access is repeated, is limited nowhere else. */
static bool is_harmless(const uint8_t *data, size_t size)
{
	return size <= MAX_SIZE && !has(data, size, "save") &&
	       !has(data, size, "count=");
}

static void set_machines(void)
{
	const char *top = getenv("top_srcdir");
	char path[4096];

	snprintf(path, sizeof(path), "%s/workloads/machines", top ? top : ".");
	setenv("TLBSIM_MACHINES", path, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct shell_config config = { .cpus = 2 };
	struct text_file file;
	enum status status;

	if (!is_harmless(data, size))
		return 0;
	set_machines();
	file = text_file_of(data, size, false);
	config.script = file.path;
	config.out = fopen("/dev/null", "w");
	if (!config.out)
		abort();
	status = shell_run(&config);
	assert(status == STATUS_OK || status == STATUS_FAILED ||
	       status == STATUS_REJECTED);
	fclose(config.out);
	text_file_close(&file);
	return 0;
}
