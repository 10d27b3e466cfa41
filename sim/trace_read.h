/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trace_read.h - an open trace.  Private to trace.c and trace_open.c. */
#ifndef SIM_TRACE_READ_H
#define SIM_TRACE_READ_H

#include "sim/binary_event.h"
#include "sim/bulk_known.h"
#include "sim/driver.h"
#include "sim/event_read.h"
#include "sim/header.h"
#include "sim/item_known.h"
#include "sim/setting.h"
#include "sim/yaml_in.h"

/* `expect:` mappings at the top of a trace. */
#define EXPECTS_MAX 256

enum state { KEYS_NEXT, ITEMS, LINES, DRIVER, BLOCKS, EXPECTS, END };

/* A file's name, as long as the trace, since places point to it. */
struct file_name {
	struct file_name *next;
	char text[];
};

struct kept_expect {
	struct expect_list list;
	struct place place;
};

struct trace {
	struct trace_header header;
	struct diags *diags;
	struct settings settings;
	struct file_name *names;
	const char *name;		/* of the file that was opened */
	struct yaml_in *yaml;		/* NULL: between blocks */
	struct binary_reader *binary;	/* whose blocks are read, or NULL */
	struct binary_events *events;	/* of them */
	struct yaml_in *around;		/* YAML that names it in `bulk:` */
	uint64_t seen_around;		/* top-level keys of its document */
	struct event_reader reader;
	struct known_lines *known;	/* lines of blocks so far */
	struct known_items *items;	/* items of lists so far */
	struct event *event;		/* the last, wherever it is */
	bool pieces;			/* see trace_pieces.h */
	const char *text;		/* a piece */
	size_t text_length;
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

/* What a key at the top of a document is: from TOP_DRIVER on, the driver of
 * that number. */
enum top {
	TOP_EVENTS, TOP_EXPECT, TOP_BULK, TOP_HEADER, TOP_UNKNOWN, TOP_DRIVER,
};

unsigned trace_sort_key(const char *key);
/* Add an error: there is no such key. */
void trace_unknown_key(struct trace *trace, const struct node *key);
/* Add an error if @key of @sort was there already in this document. */
void trace_note_seen(struct trace *trace, const struct node *key,
		     unsigned sort);
/* Read the value of `expect:` and keep it for the end: 0, 1 or an error. */
int trace_keep_expects(struct trace *trace);

#define TRACE_PIECE 2

/* ---- trace_binary.c: 0, 1, -EBADMSG or -errno -------------------------- */

/* Open @path, YAML or not, up to its header. */
int trace_open_file(struct trace *trace, const char *path);
/* Go into the file that the value of `bulk:` names. */
int trace_start_bulk(struct trace *trace);
/* The next event out of blocks. */
int trace_next_of_blocks(struct trace *trace);
/* Nothing more comes from trace->yaml. */
void trace_end_yaml(struct trace *trace);
void trace_close_files(struct trace *trace);
/* If pieces are wanted, the text of the key that was read and of its value is
 * one: TRACE_PIECE. */
int trace_take_text(struct trace *trace);

#endif /* SIM_TRACE_READ_H */
