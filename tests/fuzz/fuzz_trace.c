/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_trace.c - any bytes as a trace: read to its end, or refused. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/trace.h"
#include "tests/fuzz/fuzz.h"
#include "tests/text_file.h"

/* Enough events of a driver that makes them without end. */
#define EVENTS_MAX 10000

/* Profiles are those for tests. */
static void set_machines(void)
{
	const char *top = getenv("top_srcdir");
	char path[4096];

	snprintf(path, sizeof(path), "%s/tests/machines", top ? top : ".");
	setenv("TLBSIM_MACHINES", path, 1);
}

/* A reader that refuses says why. */
static void must_say_why(int ret, const struct diags *diags)
{
	if (ret == -EBADMSG && diags->count == 0)
		abort();
}

static void read_events(struct trace *trace, const struct diags *diags)
{
	struct event *event;
	int ret;

	for (int i = 0; i < EVENTS_MAX; i++) {
		ret = trace_next(trace, &event);
		must_say_why(ret, diags);
		if (ret == 0)
			break;
		/* whoever got an error gets no event after it */
		if (ret > 0 && diags->count)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text_file file = text_file_of(data, size, false);
	struct diags diags = { 0 };
	struct trace *trace;
	int ret;

	set_machines();
	ret = trace_open(&trace, file.path, NULL, 0, &diags);
	must_say_why(ret, &diags);
	if (ret == 0) {
		read_events(trace, &diags);
		trace_close(trace);
	}
	text_file_close(&file);
	return 0;
}
