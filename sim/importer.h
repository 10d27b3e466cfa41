/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * importer.h - a foreign file in, a trace out.  Implemented in workloads/.
 */
#ifndef SIM_IMPORTER_H
#define SIM_IMPORTER_H

#include "sim/diag.h"

struct importer {
	const char *name;		/* of `tlbsim import NAME FILE` */
	const char *text;		/* one line */
	/* Read @path ("-" is stdin), write a trace to @out.  0; -EBADMSG with
	 * @diags filled; -errno of a file.  On failure @out is not used. */
	int (*run)(const char *path, FILE *out, struct diags *diags);
};

/* NULL-terminated; defined in workloads/importers.c. */
extern const struct importer *const sim_importers[];

#endif /* SIM_IMPORTER_H */
