/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drivers.h - the driver models, one file each; drivers.c lists them. */
#ifndef WORKLOADS_DRIVERS_H
#define WORKLOADS_DRIVERS_H

#include "sim/driver.h"

extern const struct driver driver_blkback, driver_chase, driver_netback;

#endif /* WORKLOADS_DRIVERS_H */
