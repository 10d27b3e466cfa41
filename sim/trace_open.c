/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trace_open.c - the header of a trace, and keys at the top of a document. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/event_write.h"
#include "sim/trace_pieces.h"
#include "sim/trace_read.h"

/* ---- the keys at the top of a document -------------------------------- */

unsigned trace_sort_key(const char *key)
{
	if (strcmp(key, "events") == 0)
		return TOP_EVENTS;
	if (strcmp(key, "expect") == 0)
		return TOP_EXPECT;
	if (strcmp(key, "bulk") == 0)
		return TOP_BULK;
	if (header_has_key(key))
		return TOP_HEADER;
	for (unsigned i = 0; sim_drivers[i]; i++)
		if (strcmp(key, sim_drivers[i]->name) == 0)
			return TOP_DRIVER + i;
	return TOP_UNKNOWN;
}

void trace_unknown_key(struct trace *trace, const struct node *key)
{
	const char *names[64];
	size_t used = 0;

	names[used++] = "events";
	names[used++] = "expect";
	names[used++] = "bulk";
	for (size_t i = 0; header_keys[i]; i++)
		names[used++] = header_keys[i];
	for (size_t i = 0; sim_drivers[i] && used < 63; i++)
		names[used++] = sim_drivers[i]->name;
	names[used] = NULL;
	diag_error(trace->diags, key->place, "unknown key '%s'",
		   diag_quote(key->text, key->length).text);
	diag_nearest(trace->diags, key->text, names);
}

/* Keys of the body come once in a document. */
void trace_note_seen(struct trace *trace, const struct node *key, unsigned sort)
{
	if (trace->seen >> sort % 64 & 1) {
		diag_error(trace->diags, key->place, "'%s' is given twice",
			   key->text);
		diag_hint(trace->diags, "'---' starts another document");
	}
	trace->seen |= 1ull << sort % 64;
}

/* ---- expectations for the end ----------------------------------------- */

static int keep_expect(struct trace *trace, const struct node *mapping)
{
	struct kept_expect *expect;

	if (trace->nr_expects == EXPECTS_MAX) {
		diag_error(trace->diags, mapping->place,
			   "more than %d expectations at the end of a trace",
			   EXPECTS_MAX);
		return 0;
	}
	expect = realloc(trace->expect,
			 (trace->nr_expects + 1) * sizeof(*expect));
	if (!expect)
		return -ENOMEM;
	trace->expect = expect;
	expect += trace->nr_expects++;
	expect->place = mapping->place;
	expect_read(&expect->list, mapping, trace->diags);
	return 0;
}

/* A mapping or a list of them. */
int trace_keep_expects(struct trace *trace)
{
	struct node *value;
	int ret = yaml_in_tree(trace->yaml, &value);

	if (ret < 0 || !value)
		return ret;
	if (value->kind != NODE_SEQUENCE)
		return keep_expect(trace, value);
	for (const struct node *n = value->first; n && ret >= 0; n = n->next)
		ret = keep_expect(trace, n);
	return ret;
}

/* ---- the header -------------------------------------------------------- */

/* Add the pair of @key to the header's mapping. */
static int add_pair(struct trace *trace, struct node *mapping,
		    struct node ***link, struct node *key)
{
	struct node *value;
	int ret = yaml_in_tree(trace->yaml, &value);

	if (ret < 0 || !value)
		return ret;
	key->next = value;
	**link = key;
	*link = &value->next;
	mapping->count++;
	return ret;
}

/* Read keys into @mapping up to the first one of the body. */
static int collect_header(struct trace *trace, struct node *mapping)
{
	struct node **link = &mapping->first, *key, *ignored;
	unsigned sort;
	int ret;

	while ((ret = yaml_in_key(trace->yaml, &key)) > 0) {
		if (!mapping->place.line)
			mapping->place = key->place;
		sort = trace_sort_key(key->text);
		if (sort == TOP_HEADER) {
			ret = add_pair(trace, mapping, &link, key);
		} else if (sort == TOP_EXPECT) {
			trace_note_seen(trace, key, sort);
			ret = trace_keep_expects(trace);
		} else if (sort == TOP_UNKNOWN) {
			trace_unknown_key(trace, key);
			ret = yaml_in_tree(trace->yaml, &ignored);
		} else {
			trace->key = key;
			return 1;
		}
		if (ret < 0)
			return ret;
	}
	trace->in_document = false;
	return ret;
}

static int read_header(struct trace *trace,
		       const struct trace_override *override)
{
	struct node mapping = { .kind = NODE_MAPPING, .text = "" };
	size_t errors = trace->diags->count;
	int ret = yaml_in_document(trace->yaml);

	mapping.place.file = yaml_in_name(trace->yaml);
	if (ret == 0) {
		diag_error(trace->diags, mapping.place, "an empty file");
		return -EBADMSG;
	}
	if (ret < 0)
		return ret;
	trace->in_document = true;
	ret = collect_header(trace, &mapping);
	if (ret >= 0)
		ret = settings_put_header(&trace->settings, &mapping,
					  trace->diags);
	if (ret < 0)
		return ret;
	ret = header_read(&mapping, override, &trace->header, trace->diags);
	if (ret < 0)
		return ret;
	return trace->diags->count == errors ? 0 : -EBADMSG;
}

int trace_default_header(struct trace_header *header, const char *machine,
			 unsigned cpus, struct diags *diags)
{
	struct trace_override override = { .machine = machine, .cpus = cpus };
	struct node one = {
		.kind = NODE_SCALAR, .text = "1", .length = 1, .plain = true
	};
	struct node key = { .kind = NODE_SCALAR,
			    .text = "tlbsim",
			    .length = 6,
			    .plain = true,
			    .next = &one };
	const struct node mapping = {
		.kind = NODE_MAPPING, .text = "", .count = 1, .first = &key
	};
	struct trace_domain *guest = &header->domain[1];
	int ret = header_read(&mapping, &override, header, diags);

	if (ret < 0)
		return ret;
	if (diags->count)
		return -EBADMSG;
	*guest = header->domain[0];
	guest->id = 1;
	guest->hardware = false;
	strcpy(guest->name, "guest");
	header->nr_domains = 2;
	return 0;
}

static int open_trace(struct trace *trace, const char *path,
		      const struct trace_override *override)
{
	int ret;

	ret = trace_open_file(trace, path);
	if (ret < 0)
		return ret;
	ret = read_header(trace, override);
	if (ret < 0)
		return ret;
	return event_reader_init(&trace->reader, &trace->header, trace->diags,
				 yaml_in_name(trace->yaml));
}

int trace_open(struct trace **result, const char *path, const char *machine,
	       unsigned cpus, struct diags *diags)
{
	const struct trace_override override = { .machine = machine,
						 .cpus = cpus };

	return trace_open_with(result, path, &override, diags);
}

static int create(struct trace **result, const char *path,
		  const struct trace_override *override, bool pieces,
		  struct diags *diags)
{
	struct trace *trace = calloc(1, sizeof(*trace));
	int ret;

	if (!trace)
		return -ENOMEM;
	trace->diags = diags;
	trace->pieces = pieces;
	settings_init(&trace->settings, override);
	ret = open_trace(trace, path, override);
	if (ret < 0) {
		trace_close(trace);
		return ret;
	}
	*result = trace;
	return 0;
}

int trace_open_with(struct trace **trace, const char *path,
		    const struct trace_override *override, struct diags *diags)
{
	return create(trace, path, override, false, diags);
}

int trace_open_pieces(struct trace **trace, const char *path,
		      struct diags *diags)
{
	const struct trace_override none = { .machine = NULL };

	return create(trace, path, &none, true, diags);
}

void trace_close(struct trace *trace)
{
	if (trace->instance)
		trace->driver->close(trace->instance);
	event_reader_free(&trace->reader);
	known_lines_destroy(trace->known);
	known_items_destroy(trace->items);
	trace_close_files(trace);
	settings_free(&trace->settings);
	free(trace->expect);
	free(trace);
}

const struct trace_header *trace_header(const struct trace *trace)
{
	return &trace->header;
}

uint64_t trace_settings_met(const struct trace *trace)
{
	return trace->settings.used;
}

struct event_labels trace_labels(const struct trace *trace)
{
	return (struct event_labels){ trace->reader.handles,
				      trace->reader.calls };
}

uint64_t trace_position(const struct trace *trace, uint64_t *total)
{
	if (trace->binary)
		return binary_position(trace->binary, total);
	return yaml_in_position(trace->yaml, total);
}
