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
#include <string.h>

#include "gnttab/abi.h"
#include "workloads/dist.h"
#include "workloads/importers.h"
#include "workloads/writer.h"
#include "workloads/xentrace.h"

#define BLOCK_EVENTS 65536
#define PAGE 4096
/* Pages that can be mapped at a time, and where. */
#define MAX_SLOTS 65536u
#define WINDOW UINT64_C(0xffff888000000000)
#define FIRST_REF 8
#define REFS_PER_FRAME 512
#define MAX_GRANTERS 15
/* Of one call that xentrace can tell. */
#define MAX_OPS 4096

struct xentrace_options {
	uint64_t touched, seed;
};

/* Slots of the window that hold a page of one domain, oldest first. */
struct granter {
	uint16_t id;
	uint32_t *live; /* a ring of MAX_SLOTS */
	size_t first, count;
	uint8_t *granted; /* by slot */
};

struct import {
	const struct xentrace_options *options;
	struct writer writer;
	FILE *body;
	struct rng rng;
	struct granter granter[MAX_GRANTERS];
	size_t nr_granters;
	uint32_t free[MAX_SLOTS];
	size_t nr_free;
	uint32_t slots; /* used at all */
	uint64_t before, others, failed, unknown;
	int error;
};

/* What a CPU is in the middle of. */
struct open_call {
	bool open;
	uint32_t cmd, count;
	size_t seen;
	uint16_t granter[MAX_OPS];
};

static void event(struct import *import)
{
	writer_item(&import->writer);
	fputs("  ", import->body);
}

/* ---- pages ---------------------------------------------------------- */

static struct granter *granter_of(struct import *import, uint16_t id)
{
	struct granter *granter = import->granter;

	for (; granter < &import->granter[import->nr_granters]; granter++)
		if (granter->id == id)
			return granter;
	if (import->nr_granters == MAX_GRANTERS) {
		import->error = -E2BIG;
		return NULL;
	}
	granter->id = id;
	granter->live = calloc(MAX_SLOTS, sizeof(*granter->live));
	granter->granted = calloc(MAX_SLOTS, 1);
	import->nr_granters++;
	if (!granter->live || !granter->granted) {
		import->error = -ENOMEM;
		return NULL;
	}
	return granter;
}

static bool take_slot(struct import *import, uint32_t *slot)
{
	if (import->nr_free) {
		*slot = import->free[--import->nr_free];
		return true;
	}
	if (import->slots == MAX_SLOTS) {
		import->error = -E2BIG;
		return false;
	}
	*slot = import->slots++;
	return true;
}

static void grant(struct import *import, struct granter *granter, uint32_t slot)
{
	if (granter->granted[slot])
		return;
	granter->granted[slot] = 1;
	event(import);
	fprintf(import->body, "grant domain=%u to=0 ref=%u frame=%u\n",
		granter->id, slot + FIRST_REF, slot);
}

/* ---- calls ---------------------------------------------------------- */

/* Map a page of each of the @count domains in one call. */
static void map(struct import *import, unsigned cpu, const uint16_t *from,
		size_t count)
{
	uint32_t slot[MAX_OPS];
	struct granter *granter;

	for (size_t i = 0; i < count; i++) {
		granter = granter_of(import, from[i]);
		if (!granter || !take_slot(import, &slot[i]))
			return;
		grant(import, granter, slot[i]);
		granter->live[(granter->first + granter->count++) % MAX_SLOTS] =
			slot[i];
	}
	event(import);
	fprintf(import->body, "map domain=0 cpu=%u", cpu);
	for (size_t i = 0; i < count; i++)
		fprintf(import->body,
			"%s ref=%u from=%u at=0x%" PRIx64 " as=h[%u]",
			i ? ";" : "", slot[i] + FIRST_REF, from[i],
			WINDOW + (uint64_t)slot[i] * PAGE, slot[i]);
	fputc('\n', import->body);
}

static void touch(struct import *import, unsigned cpu, uint32_t slot)
{
	if (rng_below(&import->rng, 100) >= import->options->touched)
		return;
	event(import);
	fprintf(import->body, "read cpu=%u at=0x%" PRIx64 "\n", cpu,
		WINDOW + (uint64_t)slot * PAGE);
}

/* What was mapped before the tracer ran is mapped now, page by page. */
static bool have_page(struct import *import, unsigned cpu, uint16_t from)
{
	struct granter *granter = granter_of(import, from);

	if (granter && !granter->count) {
		import->before++;
		map(import, cpu, &from, 1);
	}
	return granter && granter->count;
}

static void unmap(struct import *import, unsigned cpu, const uint16_t *from,
		  size_t count)
{
	uint32_t slot[MAX_OPS];
	struct granter *granter;

	for (size_t i = 0; i < count; i++) {
		if (!have_page(import, cpu, from[i]))
			return;
		granter = granter_of(import, from[i]);
		slot[i] = granter->live[granter->first];
		granter->first = (granter->first + 1) % MAX_SLOTS;
		granter->count--;
		touch(import, cpu, slot[i]);
	}
	event(import);
	fprintf(import->body, "unmap domain=0 cpu=%u", cpu);
	for (size_t i = 0; i < count; i++) {
		fprintf(import->body, "%s handle=h[%u]", i ? ";" : "", slot[i]);
		import->free[import->nr_free++] = slot[i];
	}
	fputc('\n', import->body);
}

/* Copies to a page that stays granted. */
static void copy(struct import *import, unsigned cpu, const uint16_t *from,
		 size_t count)
{
	struct granter *granter;

	for (size_t i = 0; i < count; i++) {
		granter = granter_of(import, from[i]);
		if (!granter)
			return;
		grant(import, granter, 0);
	}
	event(import);
	fprintf(import->body, "copy domain=0 cpu=%u", cpu);
	for (size_t i = 0; i < count; i++)
		fprintf(import->body,
			"%s source_frame=0 dest_ref=%u dest_domain=%u "
			"length=64",
			i ? ";" : "", FIRST_REF, from[i]);
	fputc('\n', import->body);
}

/* ---- the file ------------------------------------------------------- */

/* The call of @cpu is over: what it had is known. */
static void close_call(struct import *import, unsigned cpu,
		       struct open_call *call, bool has_grants)
{
	bool moves = call->cmd == GNTTABOP_map_grant_ref ||
		     call->cmd == GNTTABOP_unmap_grant_ref;
	size_t count = call->count < MAX_OPS ? call->count : MAX_OPS;

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
		map(import, cpu, call->granter, count);
	else if (call->cmd == GNTTABOP_unmap_grant_ref)
		unmap(import, cpu, call->granter, count);
	else
		copy(import, cpu, call->granter, count);
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
	} else if (call->open && call->seen < MAX_OPS) {
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
	for (size_t i = 0; i < trace->count && !import->error; i++)
		take(import, trace, open, &trace->item[i]);
	for (unsigned cpu = 0; cpu < trace->cpus; cpu++)
		close_call(import, cpu, &open[cpu], trace->has_grants);
	free(open);
	return import->error ? import->error : writer_end(&import->writer);
}

static void note(FILE *out, uint64_t count, const char *text)
{
	if (count)
		fprintf(out, "  - \"%" PRIu64 " %s\"\n", count, text);
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
	note(out, trace->gaps,
	     "gaps: what Xen lost there is unknown, and "
	     "no count is exact");
	note(out, trace->lost, "records lost in them");
	note(out, import->before,
	     "pages mapped before the tracer ran, mapped "
	     "when they are unmapped");
	note(out, import->failed, "operations that failed: left out");
	note(out, import->others, "grant calls that set up or query: left out");
	note(out, import->unknown, "grant events outside a call: left out");
	note(out, trace->transfers, "transfers of pages: left out");
	note(out, trace->hvm_calls,
	     "hypercalls of guests with external paging: which, is not told");
	note(out, trace->old_calls, "hypercalls in a format without arguments");
}

static void write_head(const struct import *import,
		       const struct xentrace *trace,
		       const struct import_job *job, FILE *out)
{
	uint32_t frames = (import->slots + FIRST_REF) / REFS_PER_FRAME + 1;
	uint32_t memory = import->slots * PAGE / (1 << 20) + 64;

	writer_head(out, "xentrace", "grant calls that xentrace saw", job);
	fprintf(out,
		"cpus: %u\ndomains:\n  - {id: 0, name: dom0, hardware: true, "
		"paging: pv, memory: %uM",
		trace->cpus, memory);
	if (import->slots > 1024 * 256 - 1)
		fprintf(out, ", maptrack_frames: %u", import->slots / 256 + 1);
	fputs("}\n", out);
	for (size_t i = 0; i < import->nr_granters; i++)
		fprintf(out,
			"  - {id: %u, name: dom%u, paging: pv, memory: %uM, "
			"grant_frames: %u}\n",
			import->granter[i].id, import->granter[i].id, memory,
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
		   MAX_SLOTS, MAX_GRANTERS);
	return -EBADMSG;
}

static int convert(struct import *import, const struct xentrace *trace,
		   const struct import_job *job, FILE *out, struct diags *diags)
{
	int rc = write_events(import, trace);

	if (rc < 0)
		return explain(rc, job, diags);
	if (!import->slots) {
		diag_error(diags, (struct place){ job->path, 0, 0 },
			   "no grant hypercall in it");
		diag_hint(diags, "xentrace -e 0x0020f000 traces hypercalls, "
				 "-e 0x0010f000 whose pages");
		return -EBADMSG;
	}
	write_head(import, trace, job, out);
	return writer_copy(import->body, out);
}

static void clean_up(struct import *import)
{
	for (size_t i = 0; i < import->nr_granters; i++) {
		free(import->granter[i].live);
		free(import->granter[i].granted);
	}
	if (import->body)
		fclose(import->body);
	free(import);
}

static int run(const struct import_job *job, FILE *file, FILE *out,
	       struct diags *diags)
{
	struct import *import = calloc(1, sizeof(*import));
	struct source *in = source_open(file, job->path);
	struct xentrace trace = { .count = 0 };
	int rc = -ENOMEM;

	if (in && import) {
		import->options = job->options;
		import->rng = rng_seeded(import->options->seed);
		import->body = tmpfile();
		import->writer = writer_start(import->body, "events: |\n",
					      BLOCK_EVENTS);
		rc = import->body ? xentrace_read(&trace, in, job->path, diags)
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
static const struct import_option options[] = {
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
	.options = options,
	.size = sizeof(struct xentrace_options),
	.run = run,
};
