/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sweep_outcome.h - what became of the cells of a sweep, and how it is
 * written down: for a journal, and as a report.
 */
#ifndef SIM_SWEEP_OUTCOME_H
#define SIM_SWEEP_OUTCOME_H

#include <jansson.h>

#include "sim/cmd.h"
#include "sim/report.h"
#include "sim/results.h"

struct outcome {
	bool done;
	enum status status;
	char *messages;			/* of the cell; NULL: none */
	struct results results;		/* up to STATUS_FAILED */
};

/* By number of the cell, from 0. */
struct outcomes {
	size_t count;
	struct outcome *of;
};

/* All of them not done.  0 or -ENOMEM. */
int outcomes_init(struct outcomes *outcomes, size_t count);
void outcomes_free(struct outcomes *outcomes);
/* The highest status. */
enum status outcomes_status(const struct outcomes *outcomes);

/* A line for a journal, to be freed; NULL: no memory. */
char *outcome_line(size_t cell, const struct outcome *outcome);
/* Take such a line, as JSON, into its cell, which is told in *@cell.  0;
 * -EBADMSG: it is none; -EEXIST: the cell is done; -ENOMEM. */
int outcome_read(struct outcomes *outcomes, const json_t *line, size_t *cell);

/* Report those that have results, in the order of their numbers. */
int outcomes_write(const struct outcomes *outcomes,
		   const struct report_format *format, bool color, FILE *to);

#endif /* SIM_SWEEP_OUTCOME_H */
