/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * importer.h - a foreign file in, a trace out.  Implemented in workloads/.
 */
#ifndef SIM_IMPORTER_H
#define SIM_IMPORTER_H

#include <stdio.h>

#include "sim/diag.h"
#include "sim/node.h"

/* What the file cannot know: `-O NAME=VALUE`. */
struct import_option {
	struct field field;		/* its name, type and place */
	const char *standard;		/* the value if none is given, or NULL */
	const char *text;		/* one line */
};

struct import_job {
	const char *path;		/* "-" is stdin */
	const char *made_by;		/* the command line, options in full */
	const void *options;		/* struct of the importer's own */
};

struct importer {
	const char *name;		/* of `tlbsim import NAME FILE` */
	const char *text;		/* one line */
	const struct import_option *options;	/* until a name is NULL */
	size_t size;			/* of the struct they fill */
	/* Read @file, write a trace to @out.  0; -EBADMSG with @diags filled;
	 * -errno of a file.  On failure @out is not used. */
	int (*run)(const struct import_job *job, FILE *file, FILE *out,
		   struct diags *diags);
};

/* NULL-terminated; defined in workloads/importers.c. */
extern const struct importer *const sim_importers[];

/* The most options that an importer has. */
#define IMPORT_MAX_OPTIONS 24

/*
 * The options of @importer as it wants them, in @to of its size: those of
 * @given ("NAME=VALUE", @count of them), the others at their standard.  False
 * after adding errors.  @made_by of @room bytes gets all of them as text.
 */
bool import_options(const struct importer *importer, char *const *given,
		    size_t count, void *to, char *made_by, size_t room,
		    struct diags *diags);

#endif /* SIM_IMPORTER_H */
