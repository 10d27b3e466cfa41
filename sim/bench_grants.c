/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench_grants.c - grant operations: a driver model, the grant code, two TLBs
 * and the oracle.
 *
 *   text of a trace -> temporary file -> trace_open() -> struct sim   reset
 *   trace_next() -> sim_event() until the trace ends                  run
 *
 * Just what `tlbsim replay` does, the report left out.  A map, an unmap and a
 * copy are one operation each; the guest's own writes to its grant table come
 * along.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/bench.h"
#include "sim/sim.h"
#include "sim/step.h"

#define REQUESTS 40000 /* of 22 operations, or packets of about 90 */

struct workload {
	const char *name;
	const char *block; /* of a driver, but for its count */
	bool no_oracle;
};

static const char header_text[] =
	"tlbsim: 1\n"
	"machine: caches-nothing\n" /* that of the options takes its place */
	"cpus: 2\n"
	"policy: xs8\n"
	"domains:\n"
	"  - {id: 0, name: dom0, hardware: true, paging: pv, memory: 64M}\n"
	"  - {id: 1, name: guest, paging: pv, memory: 64M}\n";

#define BLKBACK(more, generate)                                                \
	"blkback: {driver: linux-3.16, persistent: false, cpu: 0" more         \
	", generate: {segments: 11, read_share: 0.7, depth: 8, " generate
#define NETBACK                                                                \
	"netback: {driver: N3, cpu: 0, generate: {bytes: 65226, header: 66, "  \
	"burst: 4, gap: 100us, service: 50us, "

static const struct workload workloads[] = {
	{ "direct", BLKBACK("", ""), false },
	{ "unchecked", BLKBACK("", ""), true },
	{ "bounced", BLKBACK(", bounce: true", ""), false },
	{ "copied", NETBACK, false },
	{ .name = NULL },
};

struct grants {
	const struct workload *workload;
	const struct bench_options *options;
	FILE *text;
	struct trace_header header;
	struct trace *trace;
	struct sim *sim;
	struct diags mistakes, failed;
};

static void close_run(struct grants *g)
{
	if (g->sim)
		sim_destroy(g->sim);
	if (g->trace)
		trace_close(g->trace);
	g->sim = NULL;
	g->trace = NULL;
}

static void finish(void *state)
{
	struct grants *g = state;

	close_run(g);
	if (g->text)
		fclose(g->text);
	free(g);
}

static int write_text(struct grants *g)
{
	unsigned count = g->options->quick ? REQUESTS / 8 : REQUESTS;

	g->text = tmpfile();
	if (!g->text)
		return -errno;
	fprintf(g->text, "%s%scount: %u}}\n", header_text, g->workload->block,
		count);
	return fflush(g->text) == 0 ? 0 : -errno;
}

static int prepare(const struct benchmark *benchmark,
		   const struct bench_options *options, void **state)
{
	struct grants *g = calloc(1, sizeof(*g));
	int rc;

	if (!g)
		return -ENOMEM;
	g->options = options;
	g->workload = workloads;
	while (strcmp(g->workload->name, benchmark->name) != 0)
		g->workload++;
	rc = write_text(g);
	if (rc < 0)
		finish(g);
	*state = g;
	return rc;
}

/* A machine as it is before the first event; without one run() fails. */
static void reset(void *state)
{
	struct grants *g = state;
	struct sim_config config = {
		.header = &g->header,
		.no_oracle = g->workload->no_oracle,
	};
	char path[32];

	close_run(g);
	snprintf(path, sizeof(path), "/dev/fd/%d", fileno(g->text));
	if (trace_open(&g->trace, path, NULL, 0, &g->mistakes) < 0) {
		g->trace = NULL;
		return;
	}
	g->header = *trace_header(g->trace);
	g->header.profile = *g->options->profile;
	config.policy = g->header.policy;
	if (sim_create(&g->sim, &config) < 0)
		g->sim = NULL;
}

static uint64_t operations(struct sim *sim)
{
	const uint64_t *count = sim_results(sim)->count;

	return count[COUNTER_grant_map_ops] + count[COUNTER_grant_unmap_ops] +
	       count[COUNTER_grant_copy_ops];
}

static uint64_t run(void *state)
{
	struct grants *g = state;
	struct event *event;
	int rc;

	if (!g->sim)
		return 0;
	while ((rc = trace_next(g->trace, &event)) > 0)
		if (sim_event(g->sim, event, &g->mistakes, &g->failed) < 0)
			return 0;
	return rc == 0 ? operations(g->sim) : 0;
}

static struct mmu_counters counters(const void *state)
{
	const struct grants *g = state;

	return mmu_counters(sim_mmu(g->sim));
}

#define GRANTS(workload, summary)                                              \
	{                                                                      \
		.name = workload, .text = summary, .unit = "grant operations", \
		.prepare = prepare, .reset = reset, .run = run,                \
		.counters = counters, .finish = finish,                        \
	}

const struct benchmark bench_grants[] = {
	GRANTS("direct", "grants: blkback by DMA, pages that no CPU touches"),
	GRANTS("unchecked", "grants: the same without the oracle"),
	GRANTS("bounced", "grants: blkback, each page touched and flushed"),
	GRANTS("copied", "grants: netback N3, headers copied, pages mapped"),
	{ .name = NULL },
};
