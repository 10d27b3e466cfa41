/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * example.c - a simulator in a program of one's own: runs a trace under every
 * flush policy and says what each would have avoided.
 *
 *	cc example.c $(pkg-config --cflags --libs tlbsim) -o example
 *	./example TRACE.yaml
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <sim/sim.h>

/* The events of @trace, one by one: 0, or what went wrong. */
static int run(struct sim *sim, struct trace *trace, struct diags *mistakes)
{
	struct diags failed = { .count = 0 };
	struct event *event;
	int rc;

	while ((rc = trace_next(trace, &event)) > 0) {
		rc = sim_event(sim, event, mistakes, &failed);
		if (rc < 0)
			return rc;
	}
	if (rc == 0)
		sim_finish(sim);
	return rc;
}

static void print(const struct results *r)
{
	printf("%-12s avoided %5" PRIu64 " of %5" PRIu64 ", %" PRIu64
	       " violations\n",
	       r->policy, r->count[COUNTER_flush_avoided],
	       r->count[COUNTER_flush_batches],
	       r->count[COUNTER_oracle_violations]);
}

static int replay(const char *path, const struct gnttab_policy *policy)
{
	struct diags mistakes = { .count = 0 };
	struct sim_config config = { .trace = path, .policy = policy };
	struct trace *trace = NULL;
	struct sim *sim = NULL;
	int rc = trace_open(&trace, path, NULL, 0, &mistakes);

	if (rc == 0) {
		config.header = trace_header(trace);
		config.seed = config.header->seed;
		rc = sim_create(&sim, &config);
	}
	if (rc == 0)
		rc = run(sim, trace, &mistakes);
	if (rc == 0)
		print(sim_results(sim));
	diag_print(&mistakes, stderr);
	if (sim)
		sim_destroy(sim);
	if (trace)
		trace_close(trace);
	return rc;
}

int main(int argc, char **argv)
{
	const struct gnttab_policy *policy;

	if (argc != 2) {
		fprintf(stderr, "usage: %s TRACE\n", argv[0]);
		return EXIT_FAILURE;
	}
	for (size_t i = 0; (policy = gnttab_policy_at(i)); i++)
		if (replay(argv[1], policy) < 0)
			return EXIT_FAILURE;
	return EXIT_SUCCESS;
}
