/* SPDX-License-Identifier: GPL-2.0-or-later */
/* profile_find.h - where machine profiles are. */
#ifndef SIM_PROFILE_FIND_H
#define SIM_PROFILE_FIND_H

#include "sim/diag.h"

#define PROFILE_PATH_MAX 4096

/* The path of profile @name; false after adding an error at @place. */
bool profile_find(const char *name, char path[PROFILE_PATH_MAX],
		  struct place place, struct diags *diags);

#endif /* SIM_PROFILE_FIND_H */
