/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shell_trace.c - a trace for the shell to begin with.
 *
 *   trace -> header -----------------> the machine
 *        `-> event -> line of a block -> happens, and is kept
 *
 * From there on its events are like those that were typed: undo takes them
 * back, save writes them.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "gnttab/policy.h"
#include "sim/event_write.h"
#include "sim/shell.h"
#include "sim/sim.h"

/* Each of the lines of @text, which is cut. */
static int take_lines(struct shell *shell, char *text)
{
	char *line;
	int rc = 0;

	while (rc >= 0 && (line = strsep(&text, "\n")))
		if (*line)
			rc = shell_take_quietly(shell, line);
	return rc;
}

/* Expectations are about the trace's own policy, not ours. */
static int take(struct shell *shell, const struct trace *trace,
		const struct event *event)
{
	const struct gnttab_policy *own = trace_header(trace)->policy;
	const struct event_labels labels = trace_labels(trace);
	size_t length;
	char *text = NULL;
	FILE *to = open_memstream(&text, &length);
	int rc = -ENOMEM;

	if (!to)
		return rc;
	event_write(to, event, &labels,
		    own == shell->header.policy ? NULL : own->name);
	if (fclose(to) == 0) {
		shell->line = event->place.line;
		rc = take_lines(shell, text);
	}
	free(text);
	return rc;
}

static int take_events(struct shell *shell, struct trace *trace)
{
	struct event *event;
	int rc;

	while ((rc = trace_next(trace, &event)) > 0) {
		if (event->number > shell->config->to)
			return 0;
		rc = take(shell, trace, event);
		if (rc < 0)
			break;
	}
	return rc;
}

int shell_open_trace(struct shell *shell)
{
	const struct shell_config *config = shell->config;
	const char *file = shell->file;
	struct trace *trace;
	int rc = trace_open(&trace, config->trace, config->over.machine,
			    config->over.cpus, &shell->mistakes);

	if (rc < 0)
		return rc;
	shell->header = *trace_header(trace);
	shell->header.policy = run_policy(&config->over, shell->header.policy);
	shell->header.seed = run_seed(&config->over, shell->header.seed);
	shell->file = config->trace;
	rc = shell_make_machine(shell);
	if (rc == 0)
		rc = take_events(shell, trace);
	trace_close(trace);
	shell->file = file;
	shell->line = 0;
	if (rc < 0)
		return rc;
	shell->reader.file = file;
	shell->inspected = sim_results(shell->sim)->nr_inspect;
	fprintf(config->out, "  %" PRIu64 " events of %s have happened\n",
		shell->events, config->trace);
	shell_show_failed(shell);
	return narrator_start(&shell->narrator);
}
