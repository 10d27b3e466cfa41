/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_shell.c - no script upsets the shell: its lines happen, or one of them
 * is said to be wrong; and the trace that it saves of them makes the same
 * machine.
 */
#include "config.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* What is compared: all that is counted, cached and granted. */
static const char look[] = "\nshow counters\nshow tlb\nshow grant 0 8\n"
			   "show grant 1 8\n";

/* What the shell prints of @size bytes after @trace, which may be NULL. */
static char *run(const void *script, size_t size, const char *trace)
{
	struct shell_config config = { .over.cpus = trace ? 0 : 2,
				       .trace = trace,
				       .to = UINT64_MAX };
	struct text_file file = text_file_of(script, size, false);
	enum status status;
	size_t printed;
	char *text;

	config.script = file.path;
	config.out = open_memstream(&text, &printed);
	if (!config.out)
		abort();
	status = shell_run(&config);
	assert(status == STATUS_OK || status == STATUS_FAILED ||
	       status == STATUS_REJECTED);
	fclose(config.out);
	text_file_close(&file);
	return text;
}

/* Does @text end in @end without its first line, which tells of the file? */
static bool ends_alike(const char *text, const char *end)
{
	size_t length = strlen(text), tail;

	end = strchr(end, '\n') + 1;
	tail = strlen(end);
	return tail && length >= tail && strcmp(text + length - tail, end) == 0;
}

/* The script, then a look at the machine; and the same look at one that is
 * made of what was saved, if the script let it come to that. */
static void run_and_compare(const uint8_t *data, size_t size, const char *path)
{
	char script[MAX_SIZE + sizeof(look) + PATH_MAX], *here, *there;
	int length;

	if (size)
		memcpy(script, data, size);
	length = snprintf(script + size, sizeof(script) - size, "\nsave %s%s",
			  path, look);
	here = run(script, size + (size_t)length, NULL);
	if (access(path, R_OK) == 0) {
		there = run(look, strlen(look), path);
		assert(ends_alike(here, there));
		free(there);
	}
	free(here);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char folder[] = "/tmp/fuzz-shell-XXXXXX", path[64];

	if (!is_harmless(data, size))
		return 0;
	set_machines();
	if (!mkdtemp(folder))
		abort();
	snprintf(path, sizeof(path), "%s/saved.yaml", folder);
	run_and_compare(data, size, path);
	unlink(path);
	rmdir(folder);
	return 0;
}
