/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_sweep.c - `tlbsim sweep`: many runs of many traces.
 *
 *   SWEEP.yaml -> cells -> shard -> outcomes -> a report, or a part
 *                                      ^
 *   parts ----------- merge -----------'
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/options.h"
#include "sim/output.h"
#include "sim/sweep_resume.h"
#include "sim/sweep_run.h"
#include "sim/table.h"

/* ---- output -------------------------------------------------------------- */

/* Write a report, or with @part a part, and make it appear. */
static enum status write_outcomes(const struct sweep_options *o,
				  const struct outcomes *outcomes,
				  const json_t *part, struct output *output)
{
	bool color = report_use_color(o->color, o->output);
	int rc = part ? part_write(part, outcomes, output->stream)
		      : outcomes_write(outcomes, o->format, color,
				       output->stream);

	if (rc < 0 || !o->quiet || !output_is_stdout(o->output))
		return output_end(output, rc, false);
	output_discard(output);
	return STATUS_OK;
}

static enum status higher(enum status a, enum status b)
{
	return a > b ? a : b;
}

/* ---- --list -------------------------------------------------------------- */

static void add_titles(struct table *table, const struct sweep *sweep)
{
	table_add(table, PAINT_BOLD, "cell");
	for (size_t i = 0; i < sweep->nr_axes; i++)
		table_add(table, PAINT_BOLD, "%s", sweep->axis[i].name);
}

static void list_cells(const struct sweep *sweep, const struct shard *shard,
		       bool color, FILE *to)
{
	struct table table = { .columns = sweep->nr_axes + 1,
			       .left = sweep->nr_axes + 1 };

	add_titles(&table, sweep);
	for (size_t cell = 1; cell <= sweep->nr_cells; cell++) {
		if (!shard_has(shard, cell))
			continue;
		table_add(&table, PAINT_NONE, "%zu", cell);
		for (size_t i = 0; i < sweep->nr_axes; i++)
			table_add(&table, PAINT_NONE, "%s",
				  sweep_value(sweep, cell, i)->text);
	}
	table_print(&table, to, color);
	table_free(&table);
}

static enum status list(const struct sweep *sweep,
			const struct sweep_options *o,
			const struct shard *shard)
{
	struct output output;
	enum status status = output_begin(&output, o->output);

	if (status != STATUS_OK)
		return status;
	list_cells(sweep, shard, report_use_color(o->color, o->output),
		   output.stream);
	return output_end(&output, 0, false);
}

/* ---- runs ---------------------------------------------------------------- */

static enum status run_cells(const struct sweep *sweep,
			     const struct sweep_options *o,
			     const struct shard *shard, struct resume *resume,
			     struct outcomes *outcomes)
{
	struct progress progress = o->force_progress
					   ? progress_force(STDERR_FILENO)
					   : progress_start(STDERR_FILENO,
							    !o->no_progress &&
								    !o->quiet);
	const struct sweep_run run = {
		.sweep = sweep,
		.shard = *shard,
		.jobs = o->jobs,
		.outcomes = outcomes,
		.journal = resume->path ? &resume->journal : NULL,
		.progress = &progress,
	};
	enum status status = sweep_run(&run);

	return higher(status, outcomes_status(outcomes));
}

/* Without an output, a journal is kept: what failed may be tried again. */
static enum status run_and_write(const struct sweep *sweep,
				 const struct sweep_options *o,
				 const struct shard *shard,
				 const json_t *header, struct output *output)
{
	struct outcomes outcomes;
	struct resume resume;
	enum status status, written = STATUS_IO;

	if (outcomes_init(&outcomes, sweep->nr_cells) < 0)
		return io_error("run", sweep->path, -ENOMEM);
	status = resume_open(&resume, o, header, &outcomes);
	if (status == STATUS_OK) {
		status = run_cells(sweep, o, shard, &resume, &outcomes);
		if (status < STATUS_IO)
			written = write_outcomes(o, &outcomes,
						 o->shard.of ? header : NULL,
						 output);
		status = higher(status, written);
		status = higher(status,
				resume_close(&resume, written == STATUS_OK));
	}
	outcomes_free(&outcomes);
	return status;
}

static enum status run(const struct sweep *sweep, const struct sweep_options *o,
		       const struct shard *shard)
{
	struct output output;
	enum status status = output_begin(&output, o->output);
	json_t *header;

	if (status != STATUS_OK)
		return status;
	if (part_header(sweep, shard, &header) < 0) {
		output_discard(&output);
		return STATUS_IO;
	}
	status = run_and_write(sweep, o, shard, header, &output);
	output_discard(&output);
	json_decref(header);
	return status;
}

/* ---- the command --------------------------------------------------------- */

static enum status failure(const char *path, int rc, const struct diags *diags)
{
	if (rc != -EBADMSG)
		return io_error("read", path, rc);
	diag_print(diags, stderr);
	return STATUS_REJECTED;
}

static enum status run_or_list(const struct sweep_options *o)
{
	const struct shard all = { 1, 1 };
	const struct shard *shard = o->shard.of ? &o->shard : &all;
	struct diags diags = { .count = 0 };
	enum status status;
	struct sweep sweep;
	int rc = sweep_read(&sweep, o->files[0], &diags);

	if (rc < 0)
		return failure(o->files[0], rc, &diags);
	rc = sweep_check(&sweep, &diags);
	if (rc < 0)
		status = failure(o->files[0], rc, &diags);
	else if (o->mode == SWEEP_LIST)
		status = list(&sweep, o, shard);
	else
		status = run(&sweep, o, shard);
	sweep_free(&sweep);
	return status;
}

static enum status merge_and_write(const struct sweep_options *o,
				   struct outcomes *outcomes,
				   struct output *output)
{
	enum status status = part_merge(o->files, o->nr_files, outcomes);

	if (status != STATUS_OK) {
		output_discard(output);
		return status;
	}
	for (size_t i = 0; i < outcomes->count; i++)
		if (outcomes->of[i].messages)
			fputs(outcomes->of[i].messages, stderr);
	status = write_outcomes(o, outcomes, NULL, output);
	return higher(status, outcomes_status(outcomes));
}

static enum status merge(const struct sweep_options *o)
{
	struct outcomes outcomes = { .count = 0 };
	struct output output;
	enum status status = output_begin(&output, o->output);

	if (status != STATUS_OK)
		return status;
	status = merge_and_write(o, &outcomes, &output);
	outcomes_free(&outcomes);
	return status;
}

static enum status sweep_command(int argc, char **argv)
{
	struct sweep_options o;

	options_parse(&sweep_argp, argc, argv, &o);
	return o.mode == SWEEP_MERGE ? merge(&o) : run_or_list(&o);
}

const struct command cmd_sweep = {
	.name = "sweep",
	.summary = "run traces x machines x parameters x policies on all cores",
	.run = sweep_command,
};
