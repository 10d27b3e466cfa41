/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trace_read.h - an open trace.  Private to trace.c and trace_open.c. */
#ifndef SIM_TRACE_READ_H
#define SIM_TRACE_READ_H

#include "sim/driver.h"
#include "sim/event_read.h"
#include "sim/header.h"
#include "sim/setting.h"
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
	struct settings settings;
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

/* What a key at the top of a document is: from TOP_DRIVER on, the driver of
 * that number. */
enum top { TOP_EVENTS, TOP_EXPECT, TOP_HEADER, TOP_UNKNOWN, TOP_DRIVER };

unsigned trace_sort_key(const char *key);
/* Add an error: there is no such key. */
void trace_unknown_key(struct trace *trace, const struct node *key);
/* Add an error if @key of @sort was there already in this document. */
void trace_note_seen(struct trace *trace, const struct node *key,
		     unsigned sort);
/* Read the value of `expect:` and keep it for the end: 0, 1 or an error. */
int trace_keep_expects(struct trace *trace);

#endif /* SIM_TRACE_READ_H */
