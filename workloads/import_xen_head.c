/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_xen_head.c - the first document of a trace, and its expectations.
 *
 * Both are known only when all of the recording was read: which domains and
 * CPUs there are, how much memory they need, and what had to be left out or
 * assumed.
 */
#include "workloads/import_xen.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "sim/trace.h"

/* What a trace has if it does not say otherwise. */
#define DEFAULT_GRANT_FRAMES 64
#define DEFAULT_MAPTRACK_FRAMES 1024
/* Entries in a frame of a version 1 grant table, and of maptrack. */
#define GRANTS_PER_FRAME (XEN_PAGE / sizeof(grant_entry_v1_t))
#define HANDLES_PER_FRAME 256
/* Memory is given in these, one more than the recorded frames need. */
#define MEMORY_STEP (UINT64_C(16) << 20)

#define TRACE_MAX_TEXT sizeof(((struct trace_header *)0)->incomplete[0])

/* Of a file's name: a title has 200 bytes. */
#define MAX_NAME 120

/* What every import of this kind assumes; see also import_xen_note.h. */
static const char *const assumptions[] = {
	"pages are touched right before their unmap, and CPUs switch domains "
	"only as the flushes' masks require: neither moment is recorded",
	"grants are read-write and appear with their first use, their frames "
	"made up if only copied by reference: granters' writes are not "
	"recorded",
	"times, instruction addresses and the sizes of accesses are left out",
};

static const char *const notes[] = {
#define X(name, text) [XEN_NOTE_##name] = text,
	XEN_NOTES(X)
#undef X
};

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
_Static_assert(LENGTH(assumptions) + XEN_NR_NOTES <= TRACE_MAX_INCOMPLETE,
	       "a header has room for all");
/* With a number of up to 20 digits and a space before it. */
#define X(name, text)                                                          \
	_Static_assert(sizeof(text) + 21 <= TRACE_MAX_TEXT,                    \
		       "note " #name " is too long");
XEN_NOTES(X)
#undef X

/* The first @length bytes of a file's name, fit for double quotes. */
static void print_name(const char *name, size_t length, FILE *to)
{
	for (size_t i = 0; i < length && i < MAX_NAME; i++) {
		if (name[i] == '"' || name[i] == '\\')
			fputc('\\', to);
		fputc(isprint((unsigned char)name[i]) ? name[i] : '?', to);
	}
}

static void print_title(const char *path, FILE *to)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	if (!strcmp(name, "-"))
		name = "stdin";
	fprintf(to, "# Made by: tlbsim import xen-recording ");
	print_name(name, strlen(name), to);
	fprintf(to, "\ntlbsim: 1\ntitle: \"a real Xen's grant traffic, ");
	print_name(name, strcspn(name, "."), to);
	fprintf(to, "\"\n");
}

static void print_domain(const struct xen_domain *d, FILE *to)
{
	uint64_t memory, grants, handles;

	memory = (d->frames * XEN_PAGE / MEMORY_STEP + 2) * MEMORY_STEP;
	grants = (d->refs + GRANTS_PER_FRAME - 1) / GRANTS_PER_FRAME;
	/* one handle always stays free */
	handles = d->most_live / HANDLES_PER_FRAME + 1;
	fprintf(to, "  - {id: %u, name: ", d->id);
	if (d->id == XEN_UNSEEN_DOMAIN)
		fprintf(to, "unseen");
	else
		fprintf(to, "dom%u", d->id);
	fprintf(to, ", %spaging: pv, memory: %" PRIu64 "M",
		d->id ? "" : "hardware: true, ", memory >> 20);
	if (grants > DEFAULT_GRANT_FRAMES)
		fprintf(to, ", grant_frames: %" PRIu64, grants);
	if (handles > DEFAULT_MAPTRACK_FRAMES)
		fprintf(to, ", maptrack_frames: %" PRIu64, handles);
	fprintf(to, "}\n");
}

static void print_incomplete(const struct xen_import *x, FILE *to)
{
	fprintf(to, "incomplete:\n");
	for (size_t i = 0; i < LENGTH(assumptions); i++)
		fprintf(to, "  - \"%s\"\n", assumptions[i]);
	for (size_t i = 0; i < XEN_NR_NOTES; i++)
		if (x->note[i])
			fprintf(to, "  - \"%" PRIu64 " %s\"\n", x->note[i],
				notes[i]);
}

void xen_head_print(const struct xen_import *x, FILE *to)
{
	print_title(x->path, to);
	fprintf(to, "cpus: %u\ndomains:\n", x->cpus);
	for (size_t i = 0; i < x->state.nr_domains; i++)
		print_domain(&x->state.domain[i], to);
	fprintf(to, "schedule:\n");
	for (unsigned cpu = 0; cpu < x->cpus; cpu++)
		fprintf(to, "  - {cpu: %u, domain: idle}\n", cpu);
	print_incomplete(x, to);
}

/* All that holds under any policy, then under the two that bound the rest. */
void xen_head_expect(const struct xen_import *x, FILE *to)
{
	const struct xen_expected *e = &x->expected;

	fprintf(to,
		"---\nexpect:\n"
		"  - {policy: any, grant.hypercalls: %" PRIu64
		", grant.map_ops: %" PRIu64 ", grant.unmap_ops: %" PRIu64
		", grant.replace_ops: %" PRIu64 ", grant.copy_ops: %" PRIu64
		", grant.failed_ops: %" PRIu64 ", flush.batches: %" PRIu64
		"}\n",
		e->hypercalls, e->map_ops, e->unmap_ops, e->replace_ops,
		e->copy_ops, e->failed_ops, e->batches);
	if (e->flushes)
		fprintf(to,
			"  - {policy: upstream, flush.performed: %" PRIu64
			", flush.ipis: %" PRIu64 "}\n",
			e->flushes, e->ipis);
	fprintf(to, "  - {policy: xs8, flush.avoided: %" PRIu64 "}\n",
		e->untouched);
}
