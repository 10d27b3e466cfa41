/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drivers.c - the table of driver models. */
#include "sim/driver.h"

const struct driver *const sim_drivers[] = { NULL };
