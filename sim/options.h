/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * options.h - what every command's option table has in common.
 */
#ifndef SIM_OPTIONS_H
#define SIM_OPTIONS_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/cmd.h"

/* " (did you mean 'x'?)", or empty. */
struct hint {
	char text[124];
};
/* @names ends with NULL. */
struct hint hint_nearest(const char *wrong, const char *const *names);

/* "a, b, c", as far as there is room. */
void join_names(char *text, size_t size, const char *const *names);

/* Parse with @argp, to which -h, --help and --usage are added.  Leaves by
 * exit() when it has shown help or found a mistake. */
void options_parse(const struct argp *argp, int argc, char **argv,
		   void *input);

/* A number as in a trace: decimal, 0x, K M G; a mistake is a usage error. */
uint64_t options_number(struct argp_state *state, const char *name,
			const char *text, uint64_t min, uint64_t max);

/* One of @names (NULL-terminated), the index; @what names the kind. */
unsigned options_choice(struct argp_state *state, const char *what,
			const char *text, const char *const *names);

struct gnttab_policy;
/* The policy of this name; a usage error if there is none. */
const struct gnttab_policy *options_policy(struct argp_state *state,
					   const char *name);

/* Keys of the options below that have no letter. */
enum {
	OPTION_CPUS = 0x600,
	OPTION_SEED,
};
struct run_override;
/* An argp parser's step for -p, -m, --cpus and --seed: 0 or ARGP_ERR_UNKNOWN.
 * What they are when not given is for the command's own table to say. */
error_t options_run(int key, char *arg, struct argp_state *state,
		    struct run_override *over);

#endif /* SIM_OPTIONS_H */
