/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sweep_options.h - the command line of `tlbsim sweep`. */
#ifndef SIM_SWEEP_OPTIONS_H
#define SIM_SWEEP_OPTIONS_H

#include <argp.h>

#include "sim/report.h"
#include "sim/sweep_part.h"

enum sweep_mode { SWEEP_RUN, SWEEP_LIST, SWEEP_MERGE };

/* What becomes of the journal of a run that did not come to its end. */
enum sweep_journal { JOURNAL_REFUSE, JOURNAL_RESUME, JOURNAL_RESTART };

struct sweep_options {
	enum sweep_mode mode;
	enum sweep_journal journal;
	char **files;			/* the sweep, or parts of one */
	size_t nr_files;
	const char *output;		/* NULL: stdout */
	const struct report_format *format;
	struct shard shard;		/* of 0: none given */
	unsigned jobs;
	enum color color;
	bool quiet, no_progress, force_progress;
};

/* Its input is a struct sweep_options. */
extern const struct argp sweep_argp;

#endif /* SIM_SWEEP_OPTIONS_H */
