/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xentrace.c - records of Xen's own tracer.
 *
 *     header            event 27..0, extra words 30..28, has a time 31
 *     time              2 words, if it has
 *     extra             0 .. 7 words
 *
 *   cpu_change CPU SIZE: the next SIZE bytes are of that CPU, in the order of
 *   time; windows of CPUs follow one another as xentrace emptied its buffers,
 *   so that all of them are sorted in the end.  What is sorted are records
 *   about grants only: memory grows with those.
 *
 * Words are of little-endian order, as Xen on x86 writes them; the time is the
 * TSC, taken to be the same on all CPUs.
 *
 * Source: <xen/trace.h>; Xen's tools/xentrace/xentrace.c and xen/common/
 * trace.c of 4.17: padding at the end of a buffer is a record of its own
 * (wrap_buffer), and a gap is told by lost_records.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gnttab/abi.h"

#include <xen/trace.h>

#include "workloads/xentrace.h"

#define MAX_EXTRA 7
#define HYPERCALL_MASK 0xfffffu
/* grant_table_op's word: two arguments of 32 bits, the first and the third. */
#define GRANT_TABLE_OP                                                         \
	(__HYPERVISOR_grant_table_op | TRC_PV_HYPERCALL_V2_ARG_32(0) |         \
	 TRC_PV_HYPERCALL_V2_ARG_32(2))
#define MAX_CALL_OPS (1u << 20)

struct record {
	uint32_t event, extras;
	uint64_t tsc;
	uint32_t extra[MAX_EXTRA];
};

struct reader {
	struct xentrace *trace;
	struct source *in;
	const char *path;
	struct diags *diags;
	unsigned cpu;
};

static uint32_t le32(const uint8_t *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	       (uint32_t)at[3] << 24;
}

static int bad(const struct reader *reader, const char *what)
{
	diag_error(reader->diags, (struct place){ reader->path, 0, 0 },
		   "%s, at byte %llu", what,
		   (unsigned long long)source_offset(reader->in));
	return -EBADMSG;
}

/* @count words: 1; 0 if the file ends here. */
static int words(const struct reader *reader, uint32_t *to, unsigned count)
{
	uint8_t bytes[4 * (2 + MAX_EXTRA)];
	int rc = 1;

	if (count)
		rc = source_record(reader->in, bytes, 4 * count, "a record",
				   reader->diags);
	for (unsigned i = 0; rc == 1 && i < count; i++)
		to[i] = le32(bytes + 4 * i);
	return rc;
}

/* 1, 0 at the end of the file, or an error. */
static int next_record(const struct reader *reader, struct record *record)
{
	uint32_t header, time[2] = { 0, 0 };
	int rc = words(reader, &header, 1);

	if (rc <= 0)
		return rc;
	record->event = TRC_HD_TO_EVENT(header);
	record->extras = TRC_HD_EXTRA(header);
	if (TRC_HD_INCLUDES_CYCLE_COUNT(header))
		rc = words(reader, time, 2);
	record->tsc = (uint64_t)time[1] << 32 | time[0];
	if (rc == 1)
		rc = words(reader, record->extra, record->extras);
	return rc == 0 ? bad(reader, "the file ends in a record") : rc;
}

/* ---- what a record says --------------------------------------------- */

static int keep(const struct reader *reader, const struct record *record,
		struct xt_item item)
{
	struct xentrace *trace = reader->trace;
	struct xt_item *more;

	if (trace->count == trace->room) {
		trace->room = trace->room ? 2 * trace->room : 1024;
		more = realloc(trace->item, trace->room * sizeof(*trace->item));
		if (!more)
			return -ENOMEM;
		trace->item = more;
	}
	item.tsc = record->tsc;
	item.number = trace->records;
	item.cpu = (uint8_t)reader->cpu;
	trace->item[trace->count++] = item;
	return 0;
}

static int take_hypercall(const struct reader *reader,
			  const struct record *record)
{
	if (!record->extras ||
	    (record->extra[0] & HYPERCALL_MASK) != __HYPERVISOR_grant_table_op)
		return 0;
	if (record->extras != 3 || record->extra[0] != GRANT_TABLE_OP ||
	    record->extra[2] > MAX_CALL_OPS)
		return bad(reader, "a grant hypercall without its arguments");
	return keep(reader, record,
		    (struct xt_item){ .kind = XT_CALL,
				      .cmd = record->extra[1],
				      .count = record->extra[2] });
}

static int take_grant(const struct reader *reader, const struct record *record,
		      enum xt_kind kind)
{
	if (record->extras != 1 || record->extra[0] >= DOMID_FIRST_RESERVED)
		return bad(reader, "a grant event without its domain");
	reader->trace->has_grants = true;
	return keep(reader, record,
		    (struct xt_item){ .kind = (uint8_t)kind,
				      .granter = (uint16_t)record->extra[0] });
}

static int change_cpu(struct reader *reader, const struct record *record)
{
	if (record->extras != 2 || record->extra[0] >= XENTRACE_MAX_CPUS)
		return bad(reader, "a window of no CPU that can be");
	reader->cpu = record->extra[0];
	if (reader->cpu >= reader->trace->cpus)
		reader->trace->cpus = reader->cpu + 1;
	return 0;
}

static int take(struct reader *reader, const struct record *record)
{
	struct xentrace *trace = reader->trace;

	trace->records++;
	switch (record->event) {
	case TRC_TRACE_CPU_CHANGE:
		return change_cpu(reader, record);
	case TRC_LOST_RECORDS:
		trace->gaps++;
		trace->lost += record->extras ? record->extra[0] : 0;
		return 0;
	case TRC_PV_HYPERCALL_V2:
	case TRC_PV_HYPERCALL_SUBCALL:
		return take_hypercall(reader, record);
	case TRC_MEM_PAGE_GRANT_MAP:
		return take_grant(reader, record, XT_MAPPED);
	case TRC_MEM_PAGE_GRANT_UNMAP:
		return take_grant(reader, record, XT_UNMAPPED);
	case TRC_MEM_PAGE_GRANT_TRANSFER:
		trace->transfers++;
		return 0;
	case TRC_HVM_VMMCALL:
		trace->hvm_calls++;
		return 0;
	case TRC_PV_HYPERCALL:
		trace->old_calls++;
		return 0;
	}
	return 0;
}

static int by_time(const void *a, const void *b)
{
	const struct xt_item *one = a, *other = b;

	if (one->tsc != other->tsc)
		return one->tsc < other->tsc ? -1 : 1;
	return one->number < other->number ? -1 : 1;
}

int xentrace_read(struct xentrace *trace, struct source *in, const char *path,
		  struct diags *diags)
{
	struct reader reader = { trace, in, path, diags, 0 };
	struct record record;
	int rc;

	*trace = (struct xentrace){ .cpus = 1 };
	while ((rc = next_record(&reader, &record)) > 0) {
		/* Each file of xentrace begins so; else anything would do. */
		if (!trace->records && record.event != TRC_TRACE_CPU_CHANGE)
			return bad(&reader, "no file of xentrace");
		rc = take(&reader, &record);
		if (rc < 0)
			return rc;
	}
	if (rc == 0 && trace->count)
		qsort(trace->item, trace->count, sizeof(*trace->item), by_time);
	return rc;
}

void xentrace_free(struct xentrace *trace)
{
	free(trace->item);
	*trace = (struct xentrace){ .count = 0 };
}
