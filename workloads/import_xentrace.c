/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_xentrace.c - `tlbsim import xentrace`: grant hypercalls that Xen's
 * own tracer saw, as a trace.
 *
 *     CALL map 3, MAPPED 1, MAPPED 1, MAPPED 1     map of three pages of dom1
 *     CALL unmap 2, UNMAPPED 1, UNMAPPED 1         the two oldest of them
 *
 * Xentrace tells how many operations a call had, and, with the memory class,
 * whose pages they were; never which page, where, or whether it was touched.
 * So pages are made up: what is unmapped is what was mapped first, and how
 * many of them were touched before is an option.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "gnttab/abi.h"
#include "workloads/importers.h"
#include "workloads/xentrace.h"
#include "workloads/xentrace_pages.h"

#define BLOCK_EVENTS 65536
#define PAGE 4096
#define REFS_PER_FRAME 512

struct xentrace_options {
	uint64_t touched, seed;
};

struct import {
	struct xt_pages pages;
	uint64_t others, failed, unknown;
};

/* What a CPU is in the middle of. */
struct open_call {
	bool open;
	uint32_t cmd, count;
	size_t seen;
	uint16_t granter[XT_MAX_OPS];
};

/* The call of @cpu is over: what it had is known. */
static void close_call(struct import *import, unsigned cpu,
		       struct open_call *call, bool has_grants)
{
	bool moves = call->cmd == GNTTABOP_map_grant_ref ||
		     call->cmd == GNTTABOP_unmap_grant_ref;
	size_t count = call->count < XT_MAX_OPS ? call->count : XT_MAX_OPS;

	if (!call->open)
		return;
	call->open = false;
	if (has_grants && moves) {
		import->failed += count > call->seen ? count - call->seen : 0;
		count = call->seen;
	}
	/* Whose pages: told, or taken to be the first guest's. */
	for (size_t i = call->seen; i < count; i++)
		call->granter[i] = 1;
	if (!count)
		return;
	if (call->cmd == GNTTABOP_map_grant_ref)
		xt_pages_map(&import->pages, cpu, call->granter, count);
	else if (call->cmd == GNTTABOP_unmap_grant_ref)
		xt_pages_unmap(&import->pages, cpu, call->granter, count);
	else
		xt_pages_copy(&import->pages, cpu, call->granter, count);
}

static bool is_known(uint32_t cmd)
{
	return cmd == GNTTABOP_map_grant_ref ||
	       cmd == GNTTABOP_unmap_grant_ref || cmd == GNTTABOP_copy;
}

static void take(struct import *import, const struct xentrace *trace,
		 struct open_call *open, const struct xt_item *item)
{
	struct open_call *call = &open[item->cpu];

	if (item->kind == XT_CALL) {
		close_call(import, item->cpu, call, trace->has_grants);
		call->open = is_known(item->cmd);
		call->cmd = item->cmd;
		call->count = item->count;
		call->seen = 0;
		import->others += !call->open;
	} else if (call->open && call->seen < XT_MAX_OPS) {
		call->granter[call->seen++] = item->granter;
	} else {
		import->unknown++;
	}
}

static int write_events(struct import *import, const struct xentrace *trace)
{
	struct open_call *open = calloc(XENTRACE_MAX_CPUS, sizeof(*open));

	if (!open)
		return -ENOMEM;
	for (size_t i = 0; i < trace->count && !import->pages.error; i++)
		take(import, trace, open, &trace->item[i]);
	for (unsigned cpu = 0; cpu < trace->cpus; cpu++)
		close_call(import, cpu, &open[cpu], trace->has_grants);
	free(open);
	return import->pages.error ? import->pages.error
				   : writer_end(&import->pages.writer);
}

static void write_notes(const struct import *import,
			const struct xentrace *trace, FILE *out)
{
	fputs("incomplete:\n"
	      "  - \"which page, where it was mapped, and what was touched "
	      "when: Xen does not trace it; the oldest page is unmapped "
	      "first\"\n"
	      "  - \"continuations of a call count as calls, and all calls "
	      "as dom0's\"\n",
	      out);
	if (!trace->has_grants)
		fputs("  - \"whose pages they were: the memory class was not "
		      "traced, dom1's\"\n",
		      out);
	writer_note(out, trace->gaps,
		    "gaps: what Xen lost there is unknown, and "
		    "no count is exact");
	writer_note(out, trace->lost, "records lost in them");
	writer_note(out, import->pages.before,
		    "pages mapped before the tracer ran, mapped "
		    "when they are unmapped");
	writer_note(out, import->failed, "operations that failed: left out");
	writer_note(out, import->others,
		    "grant calls that set up or query: left out");
	writer_note(out, import->unknown,
		    "grant events outside a call: left out");
	writer_note(out, trace->transfers, "transfers of pages: left out");
	writer_note(out, trace->hvm_calls,
		    "hypercalls of guests with external paging: which, is not "
		    "told");
	writer_note(out, trace->old_calls,
		    "hypercalls in a format without arguments");
}

static void write_head(const struct import *import,
		       const struct xentrace *trace,
		       const struct import_job *job, FILE *out)
{
	uint32_t frames = (import->pages.slots + XT_FIRST_REF) /
				  REFS_PER_FRAME +
			  1;
	uint32_t memory = import->pages.slots * PAGE / (1 << 20) + 64;

	writer_head(out, "xentrace", "grant calls that xentrace saw", job);
	fprintf(out,
		"cpus: %u\ndomains:\n  - {id: 0, name: dom0, hardware: true, "
		"paging: pv, memory: %uM",
		trace->cpus, memory);
	if (import->pages.slots > 1024 * 256 - 1)
		fprintf(out, ", maptrack_frames: %u",
			import->pages.slots / 256 + 1);
	fputs("}\n", out);
	for (size_t i = 0; i < import->pages.nr_granters; i++)
		fprintf(out,
			"  - {id: %u, name: dom%u, paging: pv, memory: %uM, "
			"grant_frames: %u}\n",
			import->pages.granter[i].id,
			import->pages.granter[i].id, memory,
			frames > 64 ? frames : 64);
	write_notes(import, trace, out);
}

static int explain(int rc, const struct import_job *job, struct diags *diags)
{
	if (rc != -E2BIG)
		return rc;
	diag_error(diags, (struct place){ job->path, 0, 0 },
		   "more than %u pages mapped at a time, or of more than %d "
		   "domains",
		   XT_MAX_SLOTS, XT_MAX_GRANTERS);
	return -EBADMSG;
}

static int convert(struct import *import, const struct xentrace *trace,
		   const struct import_job *job, FILE *out, struct diags *diags)
{
	int rc = write_events(import, trace);

	if (rc < 0)
		return explain(rc, job, diags);
	if (!import->pages.slots) {
		diag_error(diags, (struct place){ job->path, 0, 0 },
			   "no grant hypercall in it");
		diag_hint(diags, "xentrace -e 0x0020f000 traces hypercalls, "
				 "-e 0x0010f000 whose pages");
		return -EBADMSG;
	}
	write_head(import, trace, job, out);
	return writer_copy(import->pages.body, out);
}

static void clean_up(struct import *import)
{
	for (size_t i = 0; i < import->pages.nr_granters; i++) {
		free(import->pages.granter[i].live);
		free(import->pages.granter[i].granted);
	}
	if (import->pages.body)
		fclose(import->pages.body);
	free(import);
}

static int run(const struct import_job *job, FILE *file, FILE *out,
	       struct diags *diags)
{
	struct import *import = calloc(1, sizeof(*import));
	struct source *in = source_open(file, job->path);
	const struct xentrace_options *options = job->options;
	struct xentrace trace = { .count = 0 };
	int rc = -ENOMEM;

	if (in && import) {
		import->pages.touched = options->touched;
		import->pages.rng = rng_seeded(options->seed);
		import->pages.body = tmpfile();
		import->pages.writer = writer_start(
			import->pages.body, "events: |\n", BLOCK_EVENTS);
		rc = import->pages.body
			     ? xentrace_read(&trace, in, job->path, diags)
			     : -errno;
	}
	if (rc == 0)
		rc = convert(import, &trace, job, out, diags);
	xentrace_free(&trace);
	source_close(in);
	if (import)
		clean_up(import);
	return rc;
}

/* clang-format off */
static const struct import_option option_table[] = {
	{ { .name = "touched", .type = FIELD_U64, .max = 100,
	    .offset = offsetof(struct xentrace_options, touched) },
	  "0", "percent of pages that a CPU reads before their unmap" },
	{ { .name = "seed", .type = FIELD_U64,
	    .offset = offsetof(struct xentrace_options, seed) },
	  "1", "of the choice which" },
	{ .standard = NULL },
};
/* clang-format on */

const struct importer import_xentrace = {
	.name = "xentrace",
	.text = "grant hypercalls from Xen's own tracer",
	.options = option_table,
	.size = sizeof(struct xentrace_options),
	.run = run,
};
