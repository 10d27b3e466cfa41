/* SPDX-License-Identifier: GPL-2.0-or-later */
/* importers.h - the importers, one file or family of files each. */
#ifndef WORKLOADS_IMPORTERS_H
#define WORKLOADS_IMPORTERS_H

#include "sim/importer.h"

extern const struct importer import_blkparse, import_blktrace,
	import_drmemtrace, import_fio, import_lackey, import_pcap,
	import_xen_recording, import_xen_requests, import_xentrace;

#endif /* WORKLOADS_IMPORTERS_H */
