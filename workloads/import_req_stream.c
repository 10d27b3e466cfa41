/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_req_stream.c - the blocks of the trace: one for each ring.
 *
 *     item <- item <- item       by time; written from the first on, when
 *     done    waits   done       that is whole and its pages are unmapped
 *
 * What is written goes to a file of the stream's own, in documents of so
 * many items that a reader's memory stays small; the head of the trace is
 * known at the end.  At the end of a document a ring runs empty.
 */
#include "workloads/import_req.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "sim/trace.h"
#include "workloads/blkback.h"

#define DOCUMENT_ITEMS 65536

static const char *const notes[] = {
#define X(name, text) [REQ_NOTE_##name] = text,
	REQ_NOTES(X)
#undef X
};

static const char *const xen_notes[] = {
#define X(name, text) [XEN_NOTE_##name] = text,
	XEN_NOTES(X)
#undef X
};

/* ---- streams and items ------------------------------------------------- */

struct req_stream *req_stream(struct xen_import *x, bool block, domid_t backend,
			      domid_t guest, uint64_t thread)
{
	struct req_stream **at = &x->requests->streams, *s;

	for (; *at; at = &(*at)->next)
		if ((*at)->block == block && (*at)->backend == backend &&
		    (*at)->guest == guest && (*at)->thread == thread)
			return *at;
	s = calloc(1, sizeof(*s));
	if (s)
		s->body = tmpfile();
	if (!s || !s->body) {
		x->error = s ? -errno : -ENOMEM;
		free(s);
		return NULL;
	}
	s->block = block;
	s->backend = backend;
	s->guest = guest;
	s->thread = thread;
	s->last = &s->first;
	*at = s;
	return s;
}

struct req_item *req_item(struct xen_import *x, struct req_stream *stream,
			  enum req_kind kind, uint64_t at)
{
	struct req_item *item = calloc(1, sizeof(*item));

	if (!item) {
		x->error = -ENOMEM;
		return NULL;
	}
	item->kind = kind;
	item->at = at;
	*stream->last = item;
	stream->last = &item->next;
	return item;
}

void req_remove(struct req_stream *stream, struct req_item *item)
{
	struct req_item **at = &stream->first;

	while (*at != item)
		at = &(*at)->next;
	*at = item->next;
	if (!item->next)
		stream->last = at;
	stream->flying--;
	free(item);
}

bool req_mapped(struct xen_import *x, struct req_stream *stream,
		struct req_item *item, domid_t mapper, uint32_t handle)
{
	struct req_page *page = xen_table_put(&x->requests->handles, mapper,
					      handle);

	if (!page) {
		x->error = -ENOMEM;
		return false;
	}
	*page = (struct req_page){ stream, item };
	item->open++;
	if (!item->mapped++ && ++stream->flying > stream->most_flying)
		stream->most_flying = stream->flying;
	return true;
}

/* ---- text -------------------------------------------------------------- */

static void print_pieces(const struct req_item *item, FILE *to)
{
	fputs("slots: [", to);
	for (unsigned i = 0; i < item->nr_pieces; i++)
		fprintf(to, "%s%u", i ? ", " : "", item->size[i]);
	fputc(']', to);
}

static void print_item(const struct req_item *item, uint64_t at, FILE *to)
{
	switch (item->kind) {
	case REQ_BLOCK:
		fprintf(to, "    - {op: %s, segments: %u",
			item->write ? "write" : "read", item->nr_pieces);
		break;
	case REQ_SENT:
		fputs("    - {", to);
		print_pieces(item, to);
		break;
	case REQ_RECEIVED:
		fputs("    - {direction: rx, ", to);
		print_pieces(item, to);
		break;
	}
	if (item->touched)
		fprintf(to, ", %s: true",
			item->kind == REQ_BLOCK ? "file" : "local-delivery");
	fprintf(to, ", at: %" PRIu64, at);
	if (item->mapped)
		fprintf(to, ", done: %" PRIu64,
			item->done > at ? item->done : at);
	fputs("}\n", to);
}

static void print_block(const struct req_stream *s, FILE *to)
{
	if (s->block) {
		unsigned pages = 1;

		while (pages < 1u << BLK_RING_ORDER_MAX &&
		       BLKIF_RING(pages) < s->most_flying)
			pages *= 2;
		fprintf(to, "---\nblkback:\n  driver: modern\n");
		if (pages > 1)
			fprintf(to, "  ring_pages: %u\n", pages);
	} else {
		fprintf(to, "---\nnetback:\n  driver: N4b\n");
	}
	fprintf(to, "  backend: %u\n  frontend: %u\n  %s:\n", s->backend,
		s->guest, s->block ? "requests" : "packets");
}

static void write_item(struct xen_import *x, struct req_stream *s,
		       const struct req_item *item)
{
	/* Calls of several CPUs are in the order of their returns. */
	uint64_t at = item->at > s->last_at ? item->at : s->last_at;

	s->last_at = at;
	if (s->in_document == DOCUMENT_ITEMS) {
		/* A line that no item has: the head of a document. */
		fputc('\n', s->body);
		s->in_document = 0;
	}
	s->in_document++;
	if (item->touched && item->touched < item->mapped)
		req_note(x, REQ_NOTE_half_copied, 1);
	print_item(item, at, s->body);
}

static bool is_runt(const struct req_item *item)
{
	unsigned bytes = 0;

	if (item->kind == REQ_BLOCK)
		return false;
	for (unsigned i = 0; i < item->nr_pieces; i++)
		bytes += item->size[i];
	return bytes < FRAME_MIN;
}

void req_flush(struct xen_import *x, struct req_stream *stream, bool all)
{
	struct req_item *item;

	while ((item = stream->first) &&
	       (all || !(item->waits || item->open))) {
		stream->first = item->next;
		if (!stream->first)
			stream->last = &stream->first;
		if (item->open || item->waits)
			req_note(x, REQ_NOTE_never_done,
				 !(stream->block && x->requests->persistent));
		else if (is_runt(item))
			req_note(x, REQ_NOTE_runts, 1);
		else
			write_item(x, stream, item);
		stream->flying -= item->mapped != 0;
		free(item);
	}
}

/* ---- the trace --------------------------------------------------------- */

static int copy_body(const struct req_stream *s, FILE *to)
{
	int c, before = '\n';

	if (fflush(s->body) || fseek(s->body, 0, SEEK_SET))
		return -errno;
	print_block(s, to);
	while ((c = getc(s->body)) != EOF) {
		if (c == '\n' && before == '\n')
			print_block(s, to);
		else
			putc(c, to);
		before = c;
	}
	return ferror(s->body) ? -EIO : 0;
}

static bool is_shown(const struct xen_import *x, const struct req_stream *s)
{
	return s->in_document && !(s->block && x->requests->persistent);
}

static bool is_named(const struct xen_import *x, unsigned id)
{
	for (const struct req_stream *s = x->requests->streams; s; s = s->next)
		if (is_shown(x, s) && (s->backend == id || s->guest == id))
			return true;
	return !id;
}

static void print_domains(const struct xen_import *x, FILE *to)
{
	fputs("domains:\n", to);
	for (unsigned id = 0; id < DOMID_FIRST_RESERVED; id++)
		if (is_named(x, id))
			fprintf(to, "  - {id: %u, %spaging: pv, memory: 64M}\n",
				id, id ? "" : "hardware: true, ");
}

static unsigned count_domains(const struct xen_import *x)
{
	unsigned count = 0;

	for (unsigned id = 0; id < DOMID_FIRST_RESERVED; id++)
		count += is_named(x, id);
	return count;
}

static void print_notes(const uint64_t *count, const char *const *text,
			size_t n, FILE *to)
{
	for (size_t i = 0; i < n; i++)
		if (count[i])
			fprintf(to, "  - \"%" PRIu64 " %s\"\n", count[i],
				text[i]);
}

static void print_head(const struct xen_import *x, FILE *to)
{
	const struct xen_requests *r = x->requests;

	fputs("# Made by: tlbsim import xen-requests\n"
	      "tlbsim: 1\ntitle: requests and packets of a recording\n"
	      "cpus: 1\n",
	      to);
	print_domains(x, to);
	fputs("incomplete:\n"
	      "  - \"rings come one after another\"\n"
	      "  - \"whether a file or the backend's own stack gets the data "
	      "is told by the touched pages\"\n",
	      to);
	print_notes(r->note, notes, REQ_NR_NOTES, to);
	print_notes(x->note, xen_notes, XEN_NR_NOTES, to);
}

static void add_seen(struct req_seen *to, const struct req_seen *seen)
{
	to->map_ops += seen->map_ops;
	to->unmap_ops += seen->unmap_ops;
	to->copy_ops += seen->copy_ops;
	to->hypercalls += seen->hypercalls;
	to->touched += seen->touched;
	to->batches += seen->batches;
}

/* What the recording has, and so must the models; unless something of it is
 * not known to the end. */
static void print_expect(const struct xen_import *x, FILE *to)
{
	const struct xen_requests *r = x->requests;
	struct req_seen seen = r->net;

	if (!r->persistent)
		add_seen(&seen, &r->block);
	if (r->note[REQ_NOTE_never_done] || r->note[REQ_NOTE_no_data])
		return;
	fprintf(to,
		"---\nexpect:\n  - {policy: any, grant.map_ops: %" PRIu64
		", grant.unmap_ops: %" PRIu64 ", grant.copy_ops: %" PRIu64
		", grant.pages_touched: %" PRIu64 ", grant.hypercalls: %" PRIu64
		", flush.batches: %" PRIu64 "}\n",
		seen.map_ops, seen.unmap_ops, seen.copy_ops, seen.touched,
		seen.hypercalls, seen.batches);
}

int req_print(struct xen_import *x, FILE *out)
{
	int rc = 0;

	for (struct req_stream *s = x->requests->streams; s; s = s->next)
		req_flush(x, s, true);
	if (count_domains(x) > TRACE_MAX_DOMAINS) {
		diag_error(x->diags, (struct place){ x->path, 0, 0 },
			   "more domains than the %d that a trace may have",
			   TRACE_MAX_DOMAINS);
		return -EBADMSG;
	}
	print_head(x, out);
	for (struct req_stream *s = x->requests->streams; s && !rc; s = s->next)
		if (is_shown(x, s))
			rc = copy_body(s, out);
	print_expect(x, out);
	return rc ? rc : ferror(out) ? -EIO : 0;
}

void req_free(struct xen_requests *r)
{
	struct req_stream *s;
	struct req_item *item;

	while ((s = r->streams)) {
		r->streams = s->next;
		while ((item = s->first)) {
			s->first = item->next;
			free(item);
		}
		fclose(s->body);
		free(s);
	}
	xen_table_free(&r->handles);
	xen_table_free(&r->programs);
}
