/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sweep_resume.h - the journal beside the output of a sweep, OUTPUT.journal,
 * which has every cell that is done until the output is there.
 */
#ifndef SIM_SWEEP_RESUME_H
#define SIM_SWEEP_RESUME_H

#include "sim/sweep_options.h"

struct resume {
	char *path;			/* of the journal; NULL: there is none,
					   the output being no file */
	struct journal journal;
};

/*
 * Open the journal of a run of what @header says, and take what an earlier
 * one of the same has done into @outcomes, as the options say.  The status of
 * the program, with the reasons on stderr.
 */
enum status resume_open(struct resume *resume,
			const struct sweep_options *options,
			const json_t *header, struct outcomes *outcomes);
/* Close the journal; with @done it is not needed any more.  STATUS_OK or
 * STATUS_IO. */
enum status resume_close(struct resume *resume, bool done);

#endif /* SIM_SWEEP_RESUME_H */
