/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * setting.h - values that stand in place of what a trace says.  Private to
 * trace.c and trace_open.c.
 */
#ifndef SIM_SETTING_H
#define SIM_SETTING_H

#include "sim/arena.h"
#include "sim/trace.h"

struct settings {
	const struct trace_setting *list;
	size_t count;			/* up to TRACE_MAX_SETTINGS */
	uint64_t used;			/* 1 << index: met its place */
	struct arena arena;		/* of nodes that were put in */
};

void settings_init(struct settings *settings,
		   const struct trace_override *override);
void settings_free(struct settings *settings);

/* Put those of header keys into @mapping, the header.  0, -EBADMSG or
 * -ENOMEM. */
int settings_put_header(struct settings *settings, struct node *mapping,
			struct diags *diags);
/* Put those of the driver @name into its @block, which nothing else reads any
 * more when the next block is put. */
int settings_put_driver(struct settings *settings, const char *name,
			struct node *block, struct diags *diags);
/* At the end of the trace @file: add an error for each that met no place. */
void settings_finish(const struct settings *settings, const char *file,
		     struct diags *diags);

#endif /* SIM_SETTING_H */
