/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * profile.h - a machine profile from YAML, with the source of each number.
 */
#ifndef SIM_PROFILE_H
#define SIM_PROFILE_H

#include "mmu/mmu.h"
#include "sim/node.h"

struct profile {
	struct mmu_profile mmu;
	char title[120];		/* "Intel Xeon E5 v2 (Ivy Bridge-EP)" */
};

/*
 * The profile called @name: workloads/machines/NAME.yaml of the source tree
 * or of the installation, or a path when it has a slash or ends in .yaml.
 * 0; -EBADMSG with @diags; -ENOENT.  @place is of the word that named it.
 */
int profile_load(const char *name, struct profile *profile,
		 struct place place, struct diags *diags);
/* The same from a mapping. */
int profile_read(const struct node *mapping, struct profile *profile,
		 struct diags *diags);

#endif /* SIM_PROFILE_H */
