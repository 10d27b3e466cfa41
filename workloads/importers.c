/* SPDX-License-Identifier: GPL-2.0-or-later */
/* importers.c - the table of importers. */
#include "sim/importer.h"

const struct importer *const sim_importers[] = { NULL };
