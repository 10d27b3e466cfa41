/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options_policy.c - the name of a flush policy as an option's argument. */
#include "config.h"

#include "gnttab/policy.h"
#include "sim/options.h"

#define MAX_POLICIES 64

const struct gnttab_policy *options_policy(struct argp_state *state,
					   const char *name)
{
	const char *names[MAX_POLICIES + 1] = { NULL };

	for (size_t i = 0; i < MAX_POLICIES && gnttab_policy_at(i); i++)
		names[i] = gnttab_policy_at(i)->name;
	return gnttab_policy_at(options_choice(state, "policy", name, names));
}
