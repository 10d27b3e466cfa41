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
 * The profile called @name: NAME.yaml in one of the directories of
 * profile_each(); or the file @name when it has a slash or ends in .yaml,
 * relative to the file that @place is in.  @place is of the word that named
 * it.  0; -EBADMSG with @diags; -ENOMEM.
 */
int profile_load(const char *name, struct profile *profile,
		 struct place place, struct diags *diags);
/* The same from a mapping.  0 or -EBADMSG. */
int profile_read(const struct node *mapping, struct profile *profile,
		 struct diags *diags);

/* Add to the mask *@quirks those of a list of names. */
void profile_quirk_names(const struct node *list, unsigned *quirks,
			 struct diags *diags);

/* A number of a profile, and why one may believe it. */
struct profile_fact {
	const char *what;		/* "maxphyaddr", "L1 data 4K", ... */
	const char *value;		/* "46 bits", "64 entries, 4 ways" */
	const char *source;
	const char *confidence;		/* architectural, verified, ... */
};
/* As profile_load(), and call @visit for every fact. */
int profile_facts(const char *name, struct profile *profile,
		  void (*visit)(void *data, const struct profile_fact *fact),
		  void *data, struct place place, struct diags *diags);

/*
 * Call @visit for each profile that can be named, by name: those of the
 * directory $TLBSIM_MACHINES, of workloads/machines in the source tree that
 * the program was built in, and of the installation; the first of a name
 * counts.  Ends early when @visit does not return 0, with what it returned;
 * else 0 or -ENOMEM.
 */
int profile_each(int (*visit)(void *data, const char *name,
			      const char *path),
		 void *data);

#endif /* SIM_PROFILE_H */
