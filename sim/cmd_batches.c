/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_batches.c - `tlbsim batches`: how many hypercalls of each size.
 *
 *     what a recording has and what a model makes of its requests, side by
 *     side:
 *
 *       call    operations  np2  model
 *       map              5  300    300
 *       map             11  300    300
 *       unmap           16  300    300
 */
#include "config.h"

#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/options.h"
#include "sim/output.h"
#include "sim/table.h"
#include "sim/trace.h"

#define MAX_TRACES 16

struct options {
	bool same, csv;
	const char *output;
	const char *trace[MAX_TRACES];
	size_t nr_traces;
};

static const struct argp_option option_table[] = {
	{ "same", 's', NULL, 0, "fail unless all traces make the same calls" },
	{ "format", 'f', "FORMAT", 0, "text or csv" },
	{ "output", 'o', "FILE", 0, "write to FILE" },
	{ 0 },
};

static const char doc[] =
	"Count the grant hypercalls of traces by kind and number of "
	"operations.  Maps of page-table entries and for programs are counted "
	"apart.";

static error_t parse(int key, char *arg, struct argp_state *state)
{
	static const char *const formats[] = { "text", "csv", NULL };
	struct options *o = state->input;

	switch (key) {
	case 's':
		o->same = true;
		break;
	case 'f':
		o->csv = options_choice(state, "format", arg, formats);
		break;
	case 'o':
		o->output = arg;
		break;
	case ARGP_KEY_ARG:
		if (o->nr_traces == MAX_TRACES)
			argp_error(state, "at most %d traces", MAX_TRACES);
		o->trace[o->nr_traces++] = arg;
		break;
	case ARGP_KEY_END:
		if (!o->nr_traces)
			argp_error(state, "no trace given");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = { option_table, parse, "TRACE...", doc };

/* ---- counting ---------------------------------------------------------- */

/* Kinds of calls, in the order of the table. */
enum call {
	CALL_NONE,
	CALL_MAP,
	CALL_MAP_READONLY,
	CALL_MAP_OTHER,
	CALL_UNMAP,
	CALL_REPLACE,
	CALL_COPY,
	CALLS,
};
static const char *const call_names[CALLS] = {
	[CALL_MAP] = "map",
	[CALL_MAP_READONLY] = "map readonly",
	[CALL_MAP_OTHER] = "map entry",
	[CALL_UNMAP] = "unmap",
	[CALL_REPLACE] = "unmap_and_replace",
	[CALL_COPY] = "copy",
};

struct size {
	enum call call;
	size_t ops;
	uint64_t count[MAX_TRACES];
};

/* By call, then by size. */
struct sizes {
	struct size *size;
	size_t count;
};

static enum call call_of_map(const struct event *event)
{
	unsigned flags = 0;

	for (size_t i = 0; i < event->nr_ops; i++)
		flags |= event->ops[i].flags |
			 event->ops[i].at_pte * GNTMAP_contains_pte;
	if (flags & (GNTMAP_contains_pte | GNTMAP_application_map))
		return CALL_MAP_OTHER;
	return flags & GNTMAP_readonly ? CALL_MAP_READONLY : CALL_MAP;
}

static enum call call_of(const struct event *event)
{
	if (event->kind == EVENT_map)
		return call_of_map(event);
	if (event->kind == EVENT_unmap)
		return CALL_UNMAP;
	if (event->kind == EVENT_unmap_and_replace)
		return CALL_REPLACE;
	return event->kind == EVENT_copy ? CALL_COPY : CALL_NONE;
}

static bool is_before(const struct size *a, enum call call, size_t ops)
{
	return a->call != call ? a->call < call : a->ops < ops;
}

/* The row of calls of @ops operations, new or known. */
static struct size *row_of(struct sizes *sizes, enum call call, size_t ops)
{
	size_t i = 0;
	struct size *more;

	while (i < sizes->count && is_before(&sizes->size[i], call, ops))
		i++;
	if (i < sizes->count && sizes->size[i].call == call &&
	    sizes->size[i].ops == ops)
		return &sizes->size[i];
	more = realloc(sizes->size, (sizes->count + 1) * sizeof(*more));
	if (!more)
		return NULL;
	sizes->size = more;
	memmove(&more[i + 1], &more[i], (sizes->count++ - i) * sizeof(*more));
	more[i] = (struct size){ .call = call, .ops = ops };
	return &more[i];
}

static int count_events(struct trace *trace, struct sizes *sizes, size_t column)
{
	struct event *event;
	struct size *size;
	enum call call;
	int rc;

	while ((rc = trace_next(trace, &event)) > 0) {
		call = call_of(event);
		if (call == CALL_NONE)
			continue;
		size = row_of(sizes, call, event->nr_ops);
		if (!size)
			return -ENOMEM;
		size->count[column]++;
	}
	return rc;
}

static enum status count_trace(const struct options *o, struct sizes *sizes,
			       size_t column)
{
	struct diags diags = { .count = 0 };
	struct trace *trace;
	const char *path = o->trace[column];
	int rc = trace_open(&trace, path, NULL, 0, &diags);

	if (!rc) {
		rc = count_events(trace, sizes, column);
		trace_close(trace);
	}
	if (rc == -EBADMSG) {
		diag_print(&diags, stderr);
		return STATUS_REJECTED;
	}
	return rc < 0 ? io_error("read", path, rc) : STATUS_OK;
}

/* ---- reporting --------------------------------------------------------- */

static bool is_same(const struct size *size, size_t columns)
{
	for (size_t i = 1; i < columns; i++)
		if (size->count[i] != size->count[0])
			return false;
	return true;
}

static bool all_same(const struct sizes *sizes, size_t columns)
{
	for (size_t i = 0; i < sizes->count; i++)
		if (!is_same(&sizes->size[i], columns))
			return false;
	return true;
}

/* "np2.yaml" of "recorded/np2.yaml" */
static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void print_text(const struct options *o, const struct sizes *sizes,
		       FILE *to)
{
	struct table table = { .columns = o->nr_traces + 3, .left = 1 };

	table_add(&table, PAINT_NONE, "call");
	table_add(&table, PAINT_NONE, "operations");
	for (size_t i = 0; i < o->nr_traces; i++)
		table_add(&table, PAINT_NONE, "%s", base_name(o->trace[i]));
	table_end_row(&table);
	for (size_t r = 0; r < sizes->count; r++) {
		const struct size *size = &sizes->size[r];

		table_add(&table, PAINT_NONE, "%s", call_names[size->call]);
		table_add_count(&table, PAINT_NONE, size->ops);
		for (size_t i = 0; i < o->nr_traces; i++)
			table_add_count(&table, PAINT_NONE, size->count[i]);
		table_add(&table, PAINT_BAD, "%s",
			  is_same(size, o->nr_traces) ? "" : "differs");
	}
	table_print(&table, to, false);
	table_free(&table);
}

static void print_csv(const struct options *o, const struct sizes *sizes,
		      FILE *to)
{
	fputs("call,operations", to);
	for (size_t i = 0; i < o->nr_traces; i++)
		fprintf(to, ",calls %zu", i + 1);
	fputs("\r\n", to);
	for (size_t r = 0; r < sizes->count; r++) {
		const struct size *size = &sizes->size[r];

		fprintf(to, "%s,%zu", call_names[size->call], size->ops);
		for (size_t i = 0; i < o->nr_traces; i++)
			fprintf(to, ",%" PRIu64, size->count[i]);
		fputs("\r\n", to);
	}
}

static enum status report(const struct options *o, const struct sizes *sizes)
{
	struct output output;
	enum status status = output_begin(&output, o->output);

	if (status != STATUS_OK)
		return status;
	if (o->csv)
		print_csv(o, sizes, output.stream);
	else
		print_text(o, sizes, output.stream);
	status = output_end(&output, 0, false);
	if (status != STATUS_OK)
		return status;
	return o->same && !all_same(sizes, o->nr_traces) ? STATUS_FAILED
							 : STATUS_OK;
}

static enum status batches(int argc, char **argv)
{
	struct options o = { .same = false };
	struct sizes sizes = { NULL, 0 };
	enum status status = STATUS_OK;

	options_parse(&argp, argc, argv, &o);
	for (size_t i = 0; i < o.nr_traces && status == STATUS_OK; i++)
		status = count_trace(&o, &sizes, i);
	if (status == STATUS_OK)
		status = report(&o, &sizes);
	free(sizes.size);
	return status;
}

const struct command cmd_batches = {
	.name = "batches",
	.summary = "count hypercalls by kind and number of operations",
	.run = batches,
};
