/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_import.c - no file, whole or damaged, upsets an importer: it writes a
 * trace or says what is wrong.  The first byte chooses the importer.
 */
#include "config.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/importer.h"
#include "tests/fuzz/fuzz.h"

static const struct importer *choose(uint8_t byte)
{
	size_t count = 0;

	while (sim_importers[count])
		count++;
	return sim_importers[byte % count];
}

static void run(const struct importer *importer, FILE *in)
{
	_Alignas(max_align_t) char values[1024];
	struct diags diags = { .count = 0 };
	char made_by[512], *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	struct import_job job = { "fuzz", made_by, values };
	int rc;

	if (!out || !import_options(importer, NULL, 0, values, made_by,
				    sizeof(made_by), &diags))
		abort();
	rc = importer->run(&job, in, out, &diags);
	fclose(out);
	assert(rc == -EBADMSG ? diags.count > 0 : rc == 0 && length);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *in;

	if (size < 2)
		return 0;
	in = fmemopen((void *)(uintptr_t)(data + 1), size - 1, "r");
	if (!in)
		abort();
	run(choose(data[0]), in);
	fclose(in);
	return 0;
}
