/* SPDX-License-Identifier: GPL-2.0-or-later */
/* importers.c - the table of importers. */
#include "workloads/importers.h"

const struct importer *const sim_importers[] = { &import_xen_recording, NULL };
