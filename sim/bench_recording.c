/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench_recording.c - what a real hypervisor was recorded doing, read from a
 * binary trace, and replayed.
 *
 *   recorded/smp2.yaml.gz -> convert() -> file in memory         once
 *   trace_open() -> trace_next() until it ends                   recording
 *   trace_open() -> trace_next(), sim_event() until it ends      replayed
 *
 * An entry is an operation of a hypercall or of a range, or an event without
 * any: what a line of the recorder's log became.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sim/bench.h"
#include "sim/convert.h"
#include "sim/profile_find.h"
#include "sim/sim.h"
#include "sim/step.h"
#include "sim/trace.h"

/* The folder of recordings is beside that of machines. */
#define MACHINE "generic"
#define RECORDING "../recorded/smp2.yaml.gz"

struct recording {
	const struct bench_options *options;
	int fd;
	char path[32];
	struct trace_header header;
	struct trace *trace;
	struct sim *sim;
	struct diags mistakes, failed;
};

static void close_run(struct recording *r)
{
	sim_destroy(r->sim);
	if (r->trace)
		trace_close(r->trace);
	r->sim = NULL;
	r->trace = NULL;
}

static void finish(void *state)
{
	struct recording *r = state;

	close_run(r);
	if (r->fd >= 0)
		close(r->fd);
	free(r);
}

static bool find_recording(char path[PROFILE_PATH_MAX])
{
	const struct place nowhere = { NULL, 0, 0 };
	struct diags diags = { .count = 0 };
	size_t room;
	char *name;

	if (!profile_find(MACHINE, path, nowhere, &diags))
		return false;
	name = strrchr(path, '/') + 1;
	room = PROFILE_PATH_MAX - (size_t)(name - path);
	return snprintf(name, room, "%s", RECORDING) < (int)room;
}

static int write_binary(struct recording *r)
{
	struct progress progress = progress_start(STDERR_FILENO, false);
	char path[PROFILE_PATH_MAX];
	struct convert_job job = {
		.path = path,
		.form = &convert_binary,
		.progress = &progress,
	};
	int rc;

	if (!find_recording(path))
		return -ENOENT;
	r->fd = memfd_create("recording", MFD_CLOEXEC);
	job.to = r->fd < 0 ? NULL : fdopen(dup(r->fd), "wb");
	if (!job.to)
		return -errno;
	rc = convert(&job, &r->mistakes);
	if (fclose(job.to) == EOF && rc == 0)
		rc = -errno;
	snprintf(r->path, sizeof(r->path), "/proc/self/fd/%d", r->fd);
	return rc;
}

static int prepare(const struct benchmark *benchmark,
		   const struct bench_options *options, void **state)
{
	struct recording *r = calloc(1, sizeof(*r));
	int rc;

	(void)benchmark;
	if (!r)
		return -ENOMEM;
	r->options = options;
	r->fd = -1;
	rc = write_binary(r);
	if (rc < 0)
		finish(r);
	*state = r;
	return rc;
}

/* Without a trace a run fails. */
static void open_trace(void *state)
{
	struct recording *r = state;

	close_run(r);
	if (trace_open(&r->trace, r->path, NULL, 0, &r->mistakes) < 0)
		r->trace = NULL;
}

/* Nor without a machine. */
static void open_machine(void *state)
{
	struct recording *r = state;
	struct sim_config config = { .header = &r->header };

	open_trace(r);
	if (!r->trace)
		return;
	r->header = *trace_header(r->trace);
	r->header.profile = *r->options->profile;
	config.policy = r->header.policy;
	if (sim_create(&r->sim, &config) < 0)
		r->sim = NULL;
}

static uint64_t entries_of(const struct event *event)
{
	return event->nr_ops ? event->nr_ops : 1;
}

static uint64_t run_trace(void *state)
{
	struct recording *r = state;
	struct event *event;
	uint64_t entries = 0;
	int rc = -1;

	while (r->trace && (rc = trace_next(r->trace, &event)) > 0)
		entries += entries_of(event);
	return rc == 0 ? entries : 0;
}

static uint64_t run_machine(void *state)
{
	struct recording *r = state;
	struct event *event;
	uint64_t entries = 0;
	int rc = -1;

	while (r->sim && (rc = trace_next(r->trace, &event)) > 0) {
		if (sim_event(r->sim, event, &r->mistakes, &r->failed) < 0)
			return 0;
		entries += entries_of(event);
	}
	return rc == 0 ? entries : 0;
}

static struct mmu_counters counters(const void *state)
{
	const struct recording *r = state;

	return mmu_counters(sim_mmu(r->sim));
}

const struct benchmark bench_recording[] = {
	{
		.name = "recording",
		.text = "reading a recording of a real hypervisor, binary",
		.unit = "entries",
		.prepare = prepare,
		.reset = open_trace,
		.run = run_trace,
		.finish = finish,
	},
	{
		.name = "replayed",
		.text = "the same, and running it",
		.unit = "entries",
		.prepare = prepare,
		.reset = open_machine,
		.run = run_machine,
		.counters = counters,
		.finish = finish,
	},
	{ .name = NULL },
};
