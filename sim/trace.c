/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trace.c - a stream of events out of a file.
 *
 *              .---------- next document or key ----------.
 *              v                                          |
 *   header -> KEYS --events: [..]--> ITEMS --------------->|
 *              | ----events: |-----> LINES --------------->|
 *              | ----blkback: {..}-> DRIVER -------------->|
 *              | ----bulk: FILE----> BLOCKS --------------->|
 *              | ----expect: ..----- kept for the end ---->'
 *              '--end of file--> EXPECTS --> END
 *
 * A binary trace is BLOCKS, some of which are YAML.
 *
 * After the first error events are still read, to find more errors, and
 * none is given out any more.
 */
#include <errno.h>

#include "sim/trace_pieces.h"
#include "sim/trace_read.h"

static void give_expect(struct trace *trace)
{
	static const struct word nowhere = { "", 0, 0, 0 };
	struct kept_expect *kept = &trace->expect[trace->next_expect++];
	struct event *event = &trace->reader.event;

	event_begin(&trace->reader, EVENT_expect, &nowhere);
	trace->event = event;
	event->place = kept->place;
	event->expect.list = kept->list.list;
	event->expect.count = kept->list.count;
	event->expect.policy = kept->list.policy;
}

/* ---- the body ----------------------------------------------------------
 *
 * Steps return 1 when trace->event is an event, TRACE_PIECE when trace->text is
 * a piece, 0 when there is neither yet, or an error after which nothing can be
 * read.
 */

static void close_driver(struct trace *trace)
{
	trace->driver->close(trace->instance);
	trace->instance = NULL;
}

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
	ret = settings_put_driver(&trace->settings, trace->driver->name, block,
				  trace->diags);
	if (ret < 0)
		return ret == -EBADMSG ? 0 : ret;
	trace->driver_place = trace->key->place;
	trace->instance = trace->driver->open(block, &trace->header, label,
					      trace->diags);
	if (trace->instance && trace->pieces)
		close_driver(trace);
	else if (trace->instance)
		trace->state = DRIVER;
	return trace_take_text(trace);
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
	if (kind == YAML_LIST) {
		trace->state = ITEMS;
		if (!trace->items)
			trace->items = known_items_create();
		return trace->items ? 0 : -ENOMEM;
	}
	trace->state = LINES;
	if (!trace->known)
		trace->known = known_lines_create();
	return trace->known ? 0 : -ENOMEM;
}

static int refuse_key(struct trace *trace, unsigned sort)
{
	struct node *ignored;
	int ret;

	if (sort == TOP_UNKNOWN)
		trace_unknown_key(trace, trace->key);
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
	unsigned sort = trace_sort_key(trace->key->text);
	int ret;

	if (sort == TOP_HEADER || sort == TOP_UNKNOWN)
		return refuse_key(trace, sort);
	trace_note_seen(trace, trace->key, sort);
	if (sort == TOP_EVENTS)
		return start_events(trace);
	if (sort >= TOP_DRIVER)
		return start_driver(trace, sort - TOP_DRIVER);
	if (sort == TOP_BULK)
		return trace_start_bulk(trace);
	ret = trace_keep_expects(trace);
	return ret < 0 ? ret : trace_take_text(trace);
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
			trace_end_yaml(trace);
		return ret < 0 ? ret : 0;
	}
	ret = yaml_in_key(trace->yaml, &key);
	trace->in_document = ret > 0;
	if (ret > 0)
		trace->key = key;
	return ret < 0 ? ret : 0;
}

/* What is like an item before it need not be read. */
static void read_item(struct trace *trace, const struct node *item)
{
	struct event_reader *reader = &trace->reader;
	size_t errors = trace->diags->count;
	struct event *known = known_items_read(trace->items, reader, item);

	if (known) {
		trace->event = known;
		return;
	}
	event_read_node(reader, item);
	if (trace->diags->count == errors && !reader->error)
		known_items_learn(trace->items, reader, item);
}

static int next_item(struct trace *trace)
{
	struct node *item;
	int ret;

	yaml_in_forget(trace->yaml);
	ret = yaml_in_item(trace->yaml, &item);
	if (ret == 0)
		trace->state = KEYS_NEXT;
	trace->event = &trace->reader.event;
	if (ret > 0 && item)
		read_item(trace, item);
	return ret;
}

/* What is like a line before it need not be read. */
static int read_line(struct trace *trace, const struct yaml_line *line)
{
	struct event_reader *reader = &trace->reader;
	size_t errors = trace->diags->count;
	int ret;

	trace->event = known_lines_read(trace->known, reader, line->text,
					line->end, line->place);
	if (trace->event)
		return 1;
	trace->event = &reader->event;
	ret = event_read_line(reader, line->text, line->end, line->place);
	if (ret && trace->diags->count == errors && !reader->error)
		known_lines_learn(trace->known, reader, line->text, line->end);
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
	return read_line(trace, &line);
}

static inline int next_of_driver(struct trace *trace)
{
	struct event *event = trace->driver->next(trace->instance);

	if (!event) {
		close_driver(trace);
		trace->state = KEYS_NEXT;
		return 0;
	}
	trace->event = event;
	if (event->place.line == 0)
		event->place = trace->driver_place;
	return 1;
}

static int next_expect(struct trace *trace)
{
	if (trace->pieces || trace->next_expect == trace->nr_expects) {
		trace->state = END;
		settings_finish(&trace->settings, trace->name, trace->diags);
		return 0;
	}
	give_expect(trace);
	return 1;
}

static __attribute__((noinline)) int step_anywhere(struct trace *trace)
{
	switch (trace->state) {
	case KEYS_NEXT:
		return next_key(trace);
	case ITEMS:
		return next_item(trace);
	case LINES:
		return next_line(trace);
	case EXPECTS:
		return next_expect(trace);
	case DRIVER:
	case BLOCKS:
	case END:
		break;
	}
	return 0;
}

/* Most events are of blocks and of drivers. */
static inline int step(struct trace *trace)
{
	if (trace->state == BLOCKS)
		return trace_next_of_blocks(trace);
	if (trace->state == DRIVER)
		return next_of_driver(trace);
	return step_anywhere(trace);
}

/* What a step that gave @ret means for the trace as a whole, where there were
 * so many @errors before it. */
static __attribute__((noinline)) int judge_step(struct trace *trace, int ret,
						size_t errors)
{
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

static inline int checked_step(struct trace *trace)
{
	size_t errors = trace->diags->count;
	int ret = step(trace);

	if (ret > 0 && !trace->bad && !trace->reader.error &&
	    trace->diags->count == errors)
		return ret;
	return judge_step(trace, ret, errors);
}

/* After a step that gave @ret, no event: on to the next. */
static __attribute__((noinline)) int go_on(struct trace *trace, int ret)
{
	for (;; ret = checked_step(trace)) {
		if (ret < 0)
			return ret;
		if (trace->bad && !trace->told) {
			trace->told = true;
			return -EBADMSG;
		}
		if (ret > 0)
			return ret;
		if (trace->state == END)
			return 0;
	}
}

/* The next event or piece: 1, TRACE_PIECE, 0 or an error as of trace_next(). */
static inline int advance(struct trace *trace)
{
	int ret = checked_step(trace);

	return ret > 0 ? ret : go_on(trace, ret);
}

int trace_next(struct trace *trace, struct event **event)
{
	int ret = advance(trace);

	if (ret <= 0)
		return ret;
	trace->event->number = trace->number++;
	*event = trace->event;
	return 1;
}

int trace_next_piece(struct trace *trace, struct trace_piece *piece)
{
	int ret = advance(trace);

	*piece = (struct trace_piece){ .event = NULL };
	if (ret == TRACE_PIECE) {
		piece->text = trace->text;
		piece->length = trace->text_length;
	} else if (ret > 0) {
		piece->event = trace->event;
	}
	return ret > 0 ? 1 : ret;
}
