/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * options_run.c - what a command line says in place of a trace.
 */
#include "config.h"

#include "mmu/mmu.h"
#include "sim/options.h"
#include "sim/run_override.h"

error_t options_run(int key, char *arg, struct argp_state *state,
		    struct run_override *over)
{
	switch (key) {
	case 'p':
		over->policy = options_policy(state, arg);
		break;
	case 'm':
		over->machine = arg;
		break;
	case OPTION_CPUS:
		over->cpus = (unsigned)options_number(state, "--cpus", arg, 1,
						      MMU_MAX_CPUS);
		break;
	case OPTION_SEED:
		over->seed = options_number(state, "--seed", arg, 0, INT64_MAX);
		over->seed_given = true;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}
