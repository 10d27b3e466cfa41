/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_replay.c - no trace, whole or damaged, plain or packed, upsets the
 * reader or the simulator: its events happen, or it is said what is wrong.
 */
#include "config.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sim/sim.h"
#include "tests/fuzz/fuzz.h"

/* What a few bytes may ask for is limited only here: events, and accesses
 * of one event. */
#define MAX_EVENTS 2000
#define MAX_COUNT 1000
#define MAX_CPUS 4

static bool is_short(const struct event *event)
{
	if (event->kind != EVENT_read && event->kind != EVENT_write &&
	    event->kind != EVENT_fetch)
		return true;
	return event->access.count <= MAX_COUNT;
}

static void run(struct trace *trace, struct sim *sim, struct diags *diags)
{
	struct diags failed = { .count = 0 };
	struct event *event;
	int rc = 1;

	for (int i = 0; i < MAX_EVENTS && rc == 1; i++) {
		rc = trace_next(trace, &event);
		if (rc == 1 && is_short(event))
			rc = sim_event(sim, event, diags, &failed) == 0;
	}
	assert(rc != -EBADMSG || diags->count);
	sim_finish(sim);
}

static void replay(struct trace *trace, struct diags *diags)
{
	const struct trace_header *header = trace_header(trace);
	const struct sim_config config = {
		.header = header,
		.policy = header->policy,
		.seed = header->seed,
	};
	struct sim *sim;

	if (header->cpus > MAX_CPUS || sim_create(&sim, &config) < 0)
		return;
	run(trace, sim, diags);
	sim_destroy(sim);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct diags diags = { .count = 0 };
	struct trace *trace;
	int fd = memfd_create("trace", 0);
	char path[32];
	int rc;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	rc = trace_open(&trace, path, NULL, 0, &diags);
	assert((rc == -EBADMSG) == (diags.count > 0));
	if (rc == 0) {
		replay(trace, &diags);
		trace_close(trace);
	}
	close(fd);
	return 0;
}
