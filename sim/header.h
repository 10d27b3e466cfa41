/* SPDX-License-Identifier: GPL-2.0-or-later */
/* header.h - the header of a trace out of its keys. */
#ifndef SIM_HEADER_H
#define SIM_HEADER_H

#include "sim/trace.h"

/* The names of all header keys, NULL-terminated. */
extern const char *const header_keys[];
bool header_has_key(const char *key);

/* Values of keys, in the order of the enum of each in trace.h; update's from
 * UPDATE_PLAIN on. */
extern const char *const trace_memory_names[], *const trace_update_names[], *const trace_era_names[],
	*const trace_flush_names[], *const trace_dirty_mask_names[],
	*const trace_flush_filter_names[], *const trace_p2m_sync_names[],
	*const trace_iotlb_flush_names[];

/* Read @mapping, all keys of the header, with the machine and the CPUs of
 * @override.  0, -EBADMSG or -errno. */
int header_read(const struct node *mapping,
		const struct trace_override *override,
		struct trace_header *header, struct diags *diags);

#endif /* SIM_HEADER_H */
