/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy.c - finding a flush policy. */
#include "gnttab/policy.h"

#include <string.h>

static const struct gnttab_policy *const policies[] = {
#define X(name) &gnttab_policy_##name,
	GNTTAB_POLICIES(X)
#undef X
};

#define POLICIES (sizeof(policies) / sizeof(*policies))

const struct gnttab_policy *gnttab_policy_at(size_t i)
{
	return i < POLICIES ? policies[i] : NULL;
}

const struct gnttab_policy *gnttab_policy_find(const char *name)
{
	for (size_t i = 0; i < POLICIES; i++) {
		if (!strcmp(policies[i]->name, name))
			return policies[i];
	}
	return NULL;
}
