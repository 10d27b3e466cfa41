/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stream.h - the standard streams of references, which simulators are timed
 * with.  Implemented in workloads/.
 */
#ifndef SIM_STREAM_H
#define SIM_STREAM_H

#include <stddef.h>
#include <stdint.h>

/* Where all of them begin: the middle of the lower half. */
#define STREAM_BASE UINT64_C(0x100000000000)

enum stream_pattern { STREAM_SEQUENTIAL, STREAM_UNIFORM, STREAM_ZIPF };

struct stream {
	const char *name;
	enum stream_pattern pattern;
	uint64_t pages; /* of 4 KiB, a power of two */
	uint64_t seed;
};

/* NULL if there is none. */
const struct stream *sim_stream_find(const char *name);

/* The first @count references: each an address whose lowest bits are the
 * enum mmu_access, as mmu_access_many() takes them.  To be freed; NULL: no
 * memory. */
uint64_t *sim_stream_make(const struct stream *stream, size_t count);

#endif /* SIM_STREAM_H */
