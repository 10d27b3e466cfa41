/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_xen.c - `tlbsim import xen-recording`: what a real Xen did with its
 * grant tables, recorded from outside, as a trace.
 *
 * The recorder watched an unmodified Xen under emulation and wrote a line for
 * each grant hypercall, operation and TLB flush; with each unmap it tells how
 * often CPUs accessed the page while it was mapped.  So a replay has both
 * numbers to compare with: the flushes that Xen made, and the batches of
 * which no page was ever touched.
 */
#include "workloads/import_req.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/trace.h"
#include "workloads/importers.h"
#include "workloads/source.h"
#include "workloads/writer.h"

static int read_lines(struct xen_import *x, struct source *in)
{
	struct xen_line line;
	struct place place;
	uint64_t returned;
	char *text;
	int rc;

	while ((rc = source_next(in, &text, x->diags)) > 0) {
		place = source_place(in);
		if (!xen_line_parse(&line, text, place, x->diags) ||
		    x->diags->count)
			continue; /* go on looking for bad lines only */
		returned = x->returned;
		rc = xen_calls_line(x, &line, place);
		if (rc && rc != -EBADMSG)
			return rc;
		if (!rc && x->returned != returned)
			xen_order_write(x, false);
		if (x->error)
			return x->error;
	}
	if (rc < 0)
		return rc;
	if (!source_place(in).line)
		diag_error(x->diags, (struct place){ x->path, 1, 1 },
			   "the file is empty");
	return x->diags->count ? -EBADMSG : 0;
}

static int write_out(struct xen_import *x, FILE *out)
{
	int error;

	xen_calls_end(x);
	xen_order_write(x, true);
	if (x->error)
		return x->error;
	if (ferror(x->body))
		return errno ? -errno : -EIO;
	if (x->requests)
		return req_print(x, out);
	if (x->state.nr_domains > TRACE_MAX_DOMAINS) {
		diag_error(x->diags, (struct place){ x->path, 0, 0 },
			   "%zu domains, and a trace may have %d",
			   x->state.nr_domains, TRACE_MAX_DOMAINS);
		return -EBADMSG;
	}
	xen_head_print(x, out);
	error = writer_copy(x->body, out);
	if (error)
		return error;
	xen_head_expect(x, out);
	return ferror(out) ? -EIO : 0;
}

static void clean_up(struct xen_import *x)
{
	struct xen_call *call;

	while (x->first) {
		call = x->first;
		x->first = call->next;
		xen_call_free(call);
	}
	for (size_t i = 0; i < XEN_MAX_CPUS; i++)
		xen_call_free(x->open[i]);
	xen_call_free(x->reading);
	xen_state_free(&x->state);
}

static void set_up(struct xen_import *x)
{
	x->last = &x->first;
	for (size_t i = 0; i < XEN_MAX_CPUS; i++)
		x->running[i] = x->seen[i] = XEN_IDLE;
	x->cpus = 1;
	xen_state_init(&x->state);
	xen_domain(x, 0);
}

int xen_import(FILE *file, const char *path, FILE *out, struct diags *diags,
	       struct xen_requests *requests)
{
	struct xen_import x = { .path = path,
				.diags = diags,
				.requests = requests };
	struct source *in = source_open(file, path);
	int rc = -ENOMEM;

	set_up(&x);
	x.body = tmpfile();
	if (!x.body)
		rc = -errno;
	else if (in && !x.error)
		rc = read_lines(&x, in);
	if (!rc)
		rc = write_out(&x, out);
	clean_up(&x);
	if (x.body)
		fclose(x.body);
	source_close(in);
	return rc;
}

static int import(const struct import_job *job, FILE *file, FILE *out,
		  struct diags *diags)
{
	return xen_import(file, job->path, out, diags, NULL);
}

const struct importer import_xen_recording = {
	.name = "xen-recording",
	.text = "grant calls, flushes and page touches recorded from a Xen "
		"under emulation",
	.run = import,
};
