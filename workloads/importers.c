/* SPDX-License-Identifier: GPL-2.0-or-later */
/* importers.c - the table of importers. */
#include "workloads/importers.h"

/* clang-format off */
const struct importer *const sim_importers[] = {
	&import_blkparse,
	&import_blktrace,
	&import_drmemtrace,
	&import_fio,
	&import_lackey,
	&import_pcap,
	&import_xen_recording,
	&import_xen_requests,
	&import_xentrace,
	NULL,
};
/* clang-format on */
