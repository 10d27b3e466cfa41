/* SPDX-License-Identifier: GPL-2.0-or-later */
/* explore.c - read a trace, run all its orders, tell and save what is found. */
#include "config.h"

#include <errno.h>

#include "sim/explore.h"
#include "sim/output.h"

static enum status save(const struct explore_plan *plan,
			const struct explore_found *found, const char *path)
{
	struct output output;
	enum status status = output_begin(&output, path);
	int rc;

	if (status != STATUS_OK)
		return status;
	rc = explore_save(plan, found, output.stream);
	if (rc == -ENOTSUP) {
		output_discard(&output);
		fprintf(stderr,
			"tlbsim: %s: the events of the trace are not "
			"one list\n",
			path);
		return STATUS_REJECTED;
	}
	status = output_end(&output, rc, false);
	return status == STATUS_OK ? STATUS_FAILED : status;
}

static enum status failure(const struct explore_config *config,
			   const struct diags *diags, int rc)
{
	if (rc != -EBADMSG)
		return io_error("explore", config->trace, rc);
	diag_print(diags, stderr);
	return STATUS_REJECTED;
}

static enum status run(const struct explore_plan *plan, FILE *out,
		       const char *path, struct progress *progress)
{
	enum status status = STATUS_OK;
	struct explored explored;
	int rc = explore_search(plan, &explored, progress);

	progress_clear(progress);
	if (rc < 0) {
		status = failure(plan->config, &explored.diags, rc);
	} else {
		explore_tell(plan, &explored, out);
		status = explored.found.yes ? STATUS_FAILED : STATUS_OK;
		if (path && explored.found.yes)
			status = save(plan, &explored.found, path);
	}
	explored_free(&explored);
	return status;
}

enum status explore_trace(const struct explore_config *config, FILE *out,
			  const char *path, struct progress *progress)
{
	struct explore_plan plan;
	enum status status;
	int rc = explore_plan_read(&plan, config);

	status = rc < 0 ? failure(config, &plan.mistakes, rc)
			: run(&plan, out, path, progress);
	explore_plan_free(&plan);
	return status;
}
