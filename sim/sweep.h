/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sweep.h - the product of traces, machines, parameters and policies.
 *
 * What varies is an axis; a cell has one value of each.  Cells are numbered
 * from 1, policies fastest, traces slowest, without those that are excluded.
 */
#ifndef SIM_SWEEP_H
#define SIM_SWEEP_H

#include "sim/arena.h"
#include "sim/trace.h"
#include "sim/yaml_in.h"

#define SWEEP_MAX_PARAMETERS 32
#define SWEEP_MAX_CELLS 1000000
/* On an axis. */
#define SWEEP_MAX_VALUES 100000

struct sweep_value {
	const char *text;		/* as the sweep writes it; "own": what
					   each trace says */
	const char *path;		/* trace, machine: the file, or NULL */
	const struct node *node;	/* parameter */
	const struct gnttab_policy *policy;	/* policy, or NULL */
	struct place place;
};

struct sweep_axis {
	const char *name;		/* "trace", ..., or a parameter's path */
	struct place place;
	size_t count;
	struct sweep_value *value;
};

enum {
	AXIS_TRACE,
	AXIS_MACHINE,
	AXIS_PARAMETERS,		/* the first of them */
	SWEEP_MAX_AXES = AXIS_PARAMETERS + SWEEP_MAX_PARAMETERS + 1,
};

struct sweep {
	const char *path;		/* of its file, as given */
	const char *text;		/* all it says, on one line */
	size_t nr_axes;			/* the last is the policy */
	struct sweep_axis axis[SWEEP_MAX_AXES];
	bool ignore_expect;		/* of the traces */
	size_t nr_cells;
	uint32_t *cell;			/* its place in the whole product */
	/* Private part. */
	struct yaml_in *yaml;
	struct arena arena;
};

/* Read @path ("-": stdin).  0; -EBADMSG with @diags; or -errno of that file.
 * Free it only after 0. */
int sweep_read(struct sweep *sweep, const char *path, struct diags *diags);
void sweep_free(struct sweep *sweep);

/* The value that cell @cell, from 1, has on axis @axis. */
const struct sweep_value *sweep_value(const struct sweep *sweep, size_t cell,
				      size_t axis);

/*
 * Look for values that no trace can take: each is tried in the cells that
 * have it, up to the first events, until it fits in one.  0; -EBADMSG with
 * @diags; -ENOMEM.  What is wrong with a trace itself is not its business.
 */
int sweep_check(const struct sweep *sweep, struct diags *diags);

/* The settings of a cell, in @setting: how many. */
size_t sweep_settings(const struct sweep *sweep, size_t cell,
		      struct trace_setting setting[SWEEP_MAX_PARAMETERS]);

/* ---- between the files sweep_*.c: 0, -EBADMSG or -ENOMEM -------------- */

/* Make an axis of each parameter in @mapping (or NULL). */
int sweep_read_parameters(struct sweep *sweep, const struct node *mapping,
			  struct diags *diags);
/* Make the axis of files out of the patterns in @list. */
int sweep_read_traces(struct sweep *sweep, const struct node *list,
		      struct diags *diags);
/* Number the cells, but those that the rules in @list (or NULL) name. */
int sweep_number(struct sweep *sweep, const struct node *list,
		 struct diags *diags);

/* A new axis with room for @room values, or NULL. */
struct sweep_axis *sweep_add_axis(struct sweep *sweep, const char *name,
				  struct place place, size_t room);
/* A list of something, and not too much; or add an error. */
bool sweep_is_filled(const struct node *list, struct diags *diags);
/* A copy of @length bytes as text; NULL: no memory. */
char *sweep_keep(struct sweep *sweep, const char *text, size_t length);
/* Add @value to @axis, which has room, unless it is there already: then add
 * an error. */
void sweep_add_value(struct sweep_axis *axis, const struct sweep_value *value,
		     struct diags *diags);

#endif /* SIM_SWEEP_H */
