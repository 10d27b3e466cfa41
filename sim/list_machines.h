/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * list_machines.h - what `tlbsim list machines` can say beside names.
 */
#ifndef SIM_LIST_MACHINES_H
#define SIM_LIST_MACHINES_H

#include "sim/cmd.h"

/* Print each number of the machine @name, or of all (NULL), with its source
 * and how far to trust it.  STATUS_OK, STATUS_REJECTED. */
enum status machines_show(const char *name);

/* Print what is published of the machine @name, or of all (NULL), and what is
 * simulated.  STATUS_FAILED if something differs too much. */
enum status machines_check(const char *name);

#endif /* SIM_LIST_MACHINES_H */
