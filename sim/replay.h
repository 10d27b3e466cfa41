/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * replay.h - one trace through one simulator per policy.
 */
#ifndef SIM_REPLAY_H
#define SIM_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "sim/cmd.h"
#include "sim/diag.h"
#include "sim/progress.h"
#include "sim/results.h"
#include "sim/run_override.h"

struct gnttab_policy;
struct trace_setting;

struct replay_config {
	const struct gnttab_policy **policies;
	size_t nr_policies;		/* 0: one run, the trace's own policy */
	struct run_override over;	/* but for the policy */
	size_t buckets;			/* of sim_config */
	const struct trace_setting *setting;	/* in place of the trace's */
	size_t nr_settings;
	const char *name;		/* of the trace in results; NULL: path */
	bool no_oracle;			/* of sim_config */
	const struct result_parameter *parameter;	/* for results */
	size_t nr_parameters;
	bool ignore_expect;		/* nor do broken invariants fail */
	bool no_notes;			/* of what is not checked */
	FILE *messages;			/* NULL: stderr */
};

/* Runs of one trace, and so results that it gives. */
size_t replay_runs(const struct replay_config *config);

/*
 * Read @path once and let each event happen under every policy.  Mistakes in
 * the trace, expectations that failed and invariants that broke go to the
 * messages.  @results gets replay_runs() copies, unless the status is
 * STATUS_REJECTED or STATUS_IO.
 */
enum status replay_trace(const char *path, const struct replay_config *config,
			 struct progress *progress, struct results *results);

/* What of the trace's expectations a run could not answer, if anything. */
void replay_tell_unchecked(const struct results *results, FILE *messages);

/* How a run has ended that was run to its end; @messages say why. */
enum status replay_judge(const struct results *results,
			 const struct diags *failed, bool violations_expected,
			 FILE *messages);

#endif /* SIM_REPLAY_H */
