/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trace.c - a stream of events out of a file.
 *
 *              .---------- next document or key ----------.
 *              v                                          |
 *   header -> KEYS --events: [..]--> ITEMS --------------->|
 *              | ----events: |-----> LINES --------------->|
 *              | ----blkback: {..}-> DRIVER -------------->|
 *              | ----expect: ..----- kept for the end ---->'
 *              '--end of file--> EXPECTS --> END
 *
 * After the first error events are still read, to find more errors, and
 * none is given out any more.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/driver.h"
#include "sim/event_read.h"
#include "sim/header.h"
#include "sim/yaml_in.h"

/* `expect:` mappings at the top of a trace. */
#define EXPECTS_MAX 256

enum state { KEYS_NEXT, ITEMS, LINES, DRIVER, EXPECTS, END };

struct kept_expect {
	struct expect_list list;
	struct place place;
};

struct trace {
	struct trace_header header;
	struct diags *diags;
	struct yaml_in *yaml;
	struct event_reader reader;
	enum state state;
	bool in_document;
	bool bad;	  /* errors were found */
	bool told;	  /* and the caller knows */
	struct node *key; /* was read, its value not yet */
	uint64_t seen;	  /* top-level keys of this document */
	uint64_t number;  /* of the next event */
	const struct driver *driver;
	void *instance;
	struct place driver_place;
	struct kept_expect *expect;
	size_t nr_expects, next_expect;
};

/* ---- the keys at the top of a document -------------------------------- */

enum top { TOP_EVENTS, TOP_EXPECT, TOP_HEADER, TOP_UNKNOWN, TOP_DRIVER };

/* Sort @key; from TOP_DRIVER on they are drivers by number. */
static unsigned sort_key(const char *key)
{
	if (strcmp(key, "events") == 0)
		return TOP_EVENTS;
	if (strcmp(key, "expect") == 0)
		return TOP_EXPECT;
	for (unsigned i = 0; header_keys[i]; i++)
		if (strcmp(key, header_keys[i]) == 0)
			return TOP_HEADER;
	for (unsigned i = 0; sim_drivers[i]; i++)
		if (strcmp(key, sim_drivers[i]->name) == 0)
			return TOP_DRIVER + i;
	return TOP_UNKNOWN;
}

static void unknown_key(struct trace *trace, const struct node *key)
{
	const char *names[64];
	size_t used = 0;

	names[used++] = "events";
	names[used++] = "expect";
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
static void note_seen(struct trace *trace, const struct node *key,
		      unsigned sort)
{
	if (trace->seen >> sort % 64 & 1)
		diag_error(trace->diags, key->place, "'%s' is given twice",
			   key->text);
	trace->seen |= 1ull << sort % 64;
}

/* ---- expectations for the end ----------------------------------------- */

static void keep_expect(struct trace *trace, const struct node *mapping)
{
	struct kept_expect *expect;

	if (trace->nr_expects == EXPECTS_MAX) {
		diag_error(trace->diags, mapping->place,
			   "more than %d expectations at the end of a trace",
			   EXPECTS_MAX);
		return;
	}
	expect = &trace->expect[trace->nr_expects++];
	expect->place = mapping->place;
	expect_read(&expect->list, mapping, trace->diags);
}

/* A mapping or a list of them. */
static int keep_expects(struct trace *trace)
{
	struct node *value;
	int ret = yaml_in_tree(trace->yaml, &value);

	if (ret < 0 || !value)
		return ret;
	if (value->kind != NODE_SEQUENCE) {
		keep_expect(trace, value);
		return ret;
	}
	for (const struct node *n = value->first; n; n = n->next)
		keep_expect(trace, n);
	return ret;
}

static void give_expect(struct trace *trace)
{
	static const struct word nowhere = { "", 0, 0, 0 };
	struct kept_expect *kept = &trace->expect[trace->next_expect++];
	struct event *event = &trace->reader.event;

	event_begin(&trace->reader, EVENT_expect, &nowhere);
	event->place = kept->place;
	event->expect.list = kept->list.list;
	event->expect.count = kept->list.count;
	event->expect.policy = kept->list.policy;
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
		sort = sort_key(key->text);
		if (sort == TOP_HEADER) {
			ret = add_pair(trace, mapping, &link, key);
		} else if (sort == TOP_EXPECT) {
			note_seen(trace, key, sort);
			ret = keep_expects(trace);
		} else if (sort == TOP_UNKNOWN) {
			unknown_key(trace, key);
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
		       const struct header_override *override)
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
	if (ret < 0)
		return ret;
	ret = header_read(&mapping, override, &trace->header, trace->diags);
	if (ret < 0)
		return ret;
	return trace->diags->count == errors ? 0 : -EBADMSG;
}

static int open_trace(struct trace *trace, const char *path,
		      const struct header_override *override)
{
	int ret;

	trace->expect = calloc(EXPECTS_MAX, sizeof(*trace->expect));
	if (!trace->expect)
		return -ENOMEM;
	ret = yaml_in_open(&trace->yaml, path, "events", trace->diags);
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
	struct header_override override = { machine, cpus };
	struct trace *trace = calloc(1, sizeof(*trace));
	int ret;

	if (!trace)
		return -ENOMEM;
	trace->diags = diags;
	ret = open_trace(trace, path, &override);
	if (ret < 0) {
		trace_close(trace);
		return ret;
	}
	*result = trace;
	return 0;
}

static void close_driver(struct trace *trace)
{
	if (trace->instance)
		trace->driver->close(trace->instance);
	trace->instance = NULL;
}

void trace_close(struct trace *trace)
{
	close_driver(trace);
	event_reader_free(&trace->reader);
	if (trace->yaml)
		yaml_in_close(trace->yaml);
	free(trace->expect);
	free(trace);
}

const struct trace_header *trace_header(const struct trace *trace)
{
	return &trace->header;
}

uint64_t trace_position(const struct trace *trace, uint64_t *total)
{
	return yaml_in_position(trace->yaml, total);
}

/* ---- the body ----------------------------------------------------------
 *
 * Steps return 1 when reader.event is an event, 0 when there is none yet,
 * or an error after which nothing can be read.
 */

static int start_driver(struct trace *trace, unsigned which)
{
	struct node *block;
	int ret = yaml_in_tree(trace->yaml, &block);
	int32_t label;

	if (ret < 0 || !block)
		return ret < 0 ? ret : 0;
	label = labels_reserve(trace->reader.handles);
	if (label < 0)
		return label;
	trace->driver = sim_drivers[which];
	trace->driver_place = trace->key->place;
	trace->instance = trace->driver->open(block, &trace->header, label,
					      trace->diags);
	if (trace->instance)
		trace->state = DRIVER;
	return 0;
}

static int start_events(struct trace *trace)
{
	enum yaml_value kind;
	struct node *value;
	int ret = yaml_in_value(trace->yaml, &kind);

	if (ret < 0)
		return ret;
	if (kind == YAML_TREE) {
		ret = yaml_in_tree(trace->yaml, &value);
		diag_error(trace->diags, trace->key->place,
			   "expected a list or a block of events");
		diag_hint(trace->diags,
			  "a block starts with 'events: |' in column 1");
		return ret < 0 ? ret : 0;
	}
	trace->state = kind == YAML_LIST ? ITEMS : LINES;
	return 0;
}

static int refuse_key(struct trace *trace, unsigned sort)
{
	struct node *ignored;
	int ret;

	if (sort == TOP_UNKNOWN)
		unknown_key(trace, trace->key);
	else
		diag_error(trace->diags, trace->key->place,
			   "'%s' must come before the first events",
			   trace->key->text);
	ret = yaml_in_tree(trace->yaml, &ignored);
	return ret < 0 ? ret : 0;
}

/* trace->key was read: go into its value. */
static int start_value(struct trace *trace)
{
	unsigned sort = sort_key(trace->key->text);
	int ret;

	if (sort == TOP_HEADER || sort == TOP_UNKNOWN)
		return refuse_key(trace, sort);
	note_seen(trace, trace->key, sort);
	if (sort == TOP_EVENTS)
		return start_events(trace);
	if (sort >= TOP_DRIVER)
		return start_driver(trace, sort - TOP_DRIVER);
	ret = keep_expects(trace);
	return ret < 0 ? ret : 0;
}

static int next_key(struct trace *trace)
{
	struct node *key;
	int ret;

	if (trace->key) {
		ret = start_value(trace);
		trace->key = NULL;
		return ret;
	}
	yaml_in_forget(trace->yaml);
	if (!trace->in_document) {
		ret = yaml_in_document(trace->yaml);
		trace->in_document = ret > 0;
		trace->seen = 0;
		if (ret == 0)
			trace->state = EXPECTS;
		return ret < 0 ? ret : 0;
	}
	ret = yaml_in_key(trace->yaml, &key);
	trace->in_document = ret > 0;
	if (ret > 0)
		trace->key = key;
	return ret < 0 ? ret : 0;
}

static int next_item(struct trace *trace)
{
	struct node *item;
	int ret;

	yaml_in_forget(trace->yaml);
	ret = yaml_in_item(trace->yaml, &item);
	if (ret == 0)
		trace->state = KEYS_NEXT;
	if (ret > 0 && item)
		event_read_node(&trace->reader, item);
	return ret;
}

static int next_line(struct trace *trace)
{
	struct yaml_line line;
	int ret = yaml_in_line(trace->yaml, &line);

	if (ret == 0)
		trace->state = KEYS_NEXT;
	if (ret <= 0)
		return ret;
	return event_read_line(&trace->reader, line.text, line.end, line.place);
}

static int next_of_driver(struct trace *trace)
{
	struct event *event = &trace->reader.event;
	int ret = trace->driver->next(trace->instance, event);

	if (ret == 0) {
		close_driver(trace);
		trace->state = KEYS_NEXT;
	} else if (event->place.line == 0) {
		event->place = trace->driver_place;
	}
	return ret;
}

static int next_expect(struct trace *trace)
{
	if (trace->next_expect == trace->nr_expects) {
		trace->state = END;
		return 0;
	}
	give_expect(trace);
	return 1;
}

static int step(struct trace *trace)
{
	switch (trace->state) {
	case KEYS_NEXT:
		return next_key(trace);
	case ITEMS:
		return next_item(trace);
	case LINES:
		return next_line(trace);
	case DRIVER:
		return next_of_driver(trace);
	case EXPECTS:
		return next_expect(trace);
	case END:
		break;
	}
	return 0;
}

/* A step, and what it means for the trace as a whole. */
static int checked_step(struct trace *trace)
{
	size_t errors = trace->diags->count;
	int ret = step(trace);

	if (trace->reader.error)
		ret = trace->reader.error;
	if (trace->diags->count != errors)
		trace->bad = true;
	if (ret < 0 || trace->diags->count >= DIAG_MAX)
		trace->state = END;
	if (trace->bad && ret >= 0)
		return 0;
	return ret == -EBADMSG ? 0 : ret;
}

int trace_next(struct trace *trace, struct event **event)
{
	for (;;) {
		int ret = checked_step(trace);

		if (ret < 0)
			return ret;
		if (trace->bad && !trace->told) {
			trace->told = true;
			return -EBADMSG;
		}
		if (ret > 0)
			break;
		if (trace->state == END)
			return 0;
	}
	trace->reader.event.number = trace->number++;
	*event = &trace->reader.event;
	return 1;
}
