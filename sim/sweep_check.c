/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sweep_check.c - values of a sweep that no trace can take.
 *
 * A value may fit one cell and not another: `depth: 64` wants a larger ring.
 * So it is only refused when every cell that has it was tried in vain.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/sweep.h"

enum fit { UNTRIED, FAILED, FITS };

struct check {
	const struct sweep *sweep;
	enum fit *fit[SWEEP_MAX_PARAMETERS]; /* by value of each parameter */
	struct diags seen;		     /* what was wrong, each once */
};

static size_t nr_parameters(const struct sweep *sweep)
{
	return sweep->nr_axes - AXIS_PARAMETERS - 1;
}

/* What is known of the value of the @i-th parameter of @cell. */
static enum fit *fit_of(const struct check *check, size_t cell, size_t i)
{
	const struct sweep_value *value = sweep_value(check->sweep, cell,
						      AXIS_PARAMETERS + i);

	return &check->fit[i][value -
			      check->sweep->axis[AXIS_PARAMETERS + i].value];
}

static bool is_of_interest(const struct check *check, size_t cell)
{
	for (size_t i = 0; i < nr_parameters(check->sweep); i++)
		if (*fit_of(check, cell, i) != FITS)
			return true;
	return false;
}

/* Is something wrong in the sweep's own file, and not in a trace? */
static bool blames_sweep(const struct sweep *sweep, const struct diags *diags)
{
	struct diags own = { .count = 0 };

	diag_error(&own, (struct place){ yaml_in_name(sweep->yaml), 0, 0 },
		   "own");
	for (size_t i = 0; i < diags->count && i < DIAG_MAX; i++)
		if (strcmp(diags->diag[i].file, own.diag[0].file) == 0)
			return true;
	return false;
}

static bool is_new(const struct diags *seen, const struct diag *diag)
{
	for (size_t i = 0; i < seen->count && i < DIAG_MAX; i++)
		if (seen->diag[i].line == diag->line &&
		    seen->diag[i].column == diag->column &&
		    strcmp(seen->diag[i].text, diag->text) == 0)
			return false;
	return seen->count < DIAG_MAX;
}

static void remember(struct check *check, const struct diags *diags)
{
	for (size_t i = 0; i < diags->count && i < DIAG_MAX; i++)
		if (is_new(&check->seen, &diags->diag[i]))
			check->seen.diag[check->seen.count++] = diags->diag[i];
}

/* Read the cell's trace up to its first event: 0, -EBADMSG or -errno; *@met
 * says which parameters it has a place for, there. */
static int open_cell(const struct sweep *sweep, size_t cell, uint64_t *met,
		     struct diags *diags)
{
	struct trace_setting setting[SWEEP_MAX_PARAMETERS];
	const struct trace_override override = {
		.machine = sweep_value(sweep, cell, AXIS_MACHINE)->path,
		.setting = setting,
		.nr_settings = sweep_settings(sweep, cell, setting),
	};
	struct trace *trace;
	struct event *event;
	int ret = trace_open_with(&trace,
				  sweep_value(sweep, cell, AXIS_TRACE)->path,
				  &override, diags);

	if (ret < 0)
		return ret;
	ret = trace_next(trace, &event);
	*met = trace_settings_met(trace);
	trace_close(trace);
	return ret < 0 ? ret : 0;
}

static int try_cell(struct check *check, size_t cell)
{
	struct diags diags = { .count = 0 };
	uint64_t met = 0;
	int ret = open_cell(check->sweep, cell, &met, &diags);
	bool failed = ret == -EBADMSG && blames_sweep(check->sweep, &diags);

	if (ret == -ENOMEM)
		return ret;
	if (failed)
		remember(check, &diags);
	for (size_t i = 0; i < nr_parameters(check->sweep); i++) {
		enum fit *fit = fit_of(check, cell, i);

		if (failed && *fit == UNTRIED)
			*fit = FAILED;
		if (ret == 0 && met >> i & 1)
			*fit = FITS;
	}
	return 0;
}

/* Is @diag about a value that fits nowhere, or its path? */
static bool is_about_failed(const struct check *check, const struct diag *diag)
{
	const struct sweep_axis *axis = &check->sweep->axis[AXIS_PARAMETERS];

	for (size_t i = 0; i < nr_parameters(check->sweep); i++)
		for (size_t v = 0; v < axis[i].count; v++)
			if (check->fit[i][v] == FAILED &&
			    (diag->line == axis[i].value[v].place.line ||
			     diag->line == axis[i].place.line))
				return true;
	return false;
}

static bool any_failed(const struct check *check)
{
	const struct sweep_axis *axis = &check->sweep->axis[AXIS_PARAMETERS];

	for (size_t i = 0; i < nr_parameters(check->sweep); i++)
		for (size_t v = 0; v < axis[i].count; v++)
			if (check->fit[i][v] == FAILED)
				return true;
	return false;
}

/* What was wrong with the values that fit nowhere: if that cannot be told, as
 * of a value of many lines, with any. */
static int tell(const struct check *check, struct diags *diags)
{
	diags->count = 0;
	for (size_t i = 0; i < check->seen.count; i++)
		if (is_about_failed(check, &check->seen.diag[i]))
			diags->diag[diags->count++] = check->seen.diag[i];
	if (!diags->count)
		*diags = check->seen;
	return -EBADMSG;
}

static int try_cells(struct check *check)
{
	int ret = 0;

	for (size_t cell = 1; cell <= check->sweep->nr_cells && ret == 0;
	     cell++)
		if (is_of_interest(check, cell))
			ret = try_cell(check, cell);
	return ret;
}

int sweep_check(const struct sweep *sweep, struct diags *diags)
{
	struct check check = { .sweep = sweep };
	int ret = 0;

	for (size_t i = 0; i < nr_parameters(sweep); i++) {
		check.fit[i] = calloc(sweep->axis[AXIS_PARAMETERS + i].count,
				      sizeof(*check.fit[i]));
		if (!check.fit[i])
			ret = -ENOMEM;
	}
	if (ret == 0)
		ret = try_cells(&check);
	if (ret == 0 && any_failed(&check))
		ret = tell(&check, diags);
	for (size_t i = 0; i < nr_parameters(sweep); i++)
		free(check.fit[i]);
	return ret;
}
