/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drivers.c - the table of driver models. */
#include "config.h"

#include "sim/driver.h"
#include "workloads/drivers.h"

const struct driver *const sim_drivers[] = {
	&driver_blkback,
	&driver_chase,
	&driver_netback,
	NULL,
};
