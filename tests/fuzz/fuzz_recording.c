/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_recording.c - no recording, whole or damaged, packed or not, upsets
 * the importer: it writes a trace or says what is wrong.
 */
#include "config.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/fuzz/fuzz.h"
#include "workloads/import_req.h"

/* As calls, or as what was asked of the drivers. */
static void import(const uint8_t *data, size_t size,
		   struct xen_requests *requests)
{
	struct diags diags = { .count = 0 };
	size_t length = 0;
	char *text = NULL;
	FILE *in, *out;
	int rc;

	in = size ? fmemopen((void *)(uintptr_t)data, size, "r")
		  : fopen("/dev/null", "r");
	out = open_memstream(&text, &length);
	if (!in || !out)
		abort();
	rc = xen_import(in, "fuzz", out, &diags, requests);
	fclose(in);
	fclose(out);
	if (rc == -EBADMSG)
		assert(diags.count && !length);
	else
		assert(!rc && !diags.count && length);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct xen_requests requests;

	import(data, size, NULL);
	req_init(&requests);
	import(data, size, &requests);
	req_free(&requests);
	return 0;
}
