/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * yaml_parse.h - libyaml's events out of an input.  Private to yaml_*.c.
 *
 *   input --read handler--> libyaml --peek, next--> yaml_in.c
 *     \------------- lines of a literal block ----> yaml_in.c
 *
 * At the line that opens a block (see yaml_in_open) the parser is told that
 * its input ends; after the block a new parser reads the rest.
 */
#ifndef SIM_YAML_PARSE_H
#define SIM_YAML_PARSE_H

#include <yaml.h>

#include "sim/arena.h"
#include "sim/input.h"
#include "sim/yaml_in.h"

/* What the parser got, from the start of a line on. */
struct yaml_kept {
	bool on;	/* only then */
	bool failed;	/* there was no memory for all of it */
	uint32_t line;	/* its first */
	char *text;
	size_t length, room;
};

struct yaml_parse {
	struct input *input;
	struct yaml_kept kept;
	struct diags *diags;
	const char *name;      /* of the file, for places */
	const char *block;     /* key of blocks that are left alone */
	bool running;	       /* parser is initialised */
	bool peeked;	       /* event is, and was not taken */
	bool block_line;       /* this line opens a block */
	uint32_t block_at;     /* that line */
	bool block_next;       /* the next line is the block's first */
	bool too_long;	       /* a scalar was */
	uint32_t lines_before; /* the parser's first */
	size_t unbroken;       /* bytes read since the last event */
	/* What the parser got last, after how many bytes, and where. */
	const char *part;
	size_t part_length, before_part;
	uint32_t part_line, part_column;
	long read_error;       /* of the input */
	int dead;	       /* why nothing more comes, or 0 */
	yaml_parser_t parser;
	yaml_event_t event;
	struct arena arena; /* of trees */
};

/* Begin to parse at the next byte of the input. */
int yaml_parse_start(struct yaml_parse *parse);
void yaml_parse_stop(struct yaml_parse *parse);

/* The next event in parse->event, left there: 0, -EBADMSG or -errno, which
 * is final. */
int yaml_parse_peek_new(struct yaml_parse *parse);
static inline int yaml_parse_peek(struct yaml_parse *parse)
{
	return parse->peeked ? parse->dead : yaml_parse_peek_new(parse);
}

/* The same, and take it: it stays valid until the next peek. */
static inline int yaml_parse_next(struct yaml_parse *parse)
{
	int ret = yaml_parse_peek(parse);

	parse->peeked = false;
	return ret;
}

/* Keep no line before the last event's end. */
void yaml_parse_drop_kept(struct yaml_parse *parse);

static inline struct place yaml_parse_place_of(const struct yaml_parse *parse,
					       const yaml_mark_t *mark)
{
	return (struct place){
		.file = parse->name,
		.line = parse->lines_before + (uint32_t)mark->line + 1,
		.column = (uint32_t)mark->column + 1,
	};
}

/* Where the event starts. */
static inline struct place yaml_parse_place(const struct yaml_parse *parse)
{
	return yaml_parse_place_of(parse, &parse->event.start_mark);
}

/* Add what is wrong with the input itself: -EBADMSG, or @error. */
int yaml_parse_input_error(struct yaml_parse *parse, long error);

/* Add @text as an error at the event; nothing more can be read. */
int yaml_parse_fatal(struct yaml_parse *parse, const char *text);
/* Add errors for an anchor, an alias or a tag of the event. */
void yaml_parse_refuse(struct yaml_parse *parse);

/* ---- yaml_tree.c: 0, -EBADMSG or -errno ------------------------------- */

/* The tree that starts with the next event, which is at @depth. */
int yaml_parse_build(struct yaml_parse *parse, unsigned depth,
		     struct node **node);
/* That, as yaml_in_tree() promises it. */
int yaml_parse_tree(struct yaml_parse *parse, struct node **node);
/* What is left of the mapping that is being read. */
int yaml_parse_rest(struct yaml_parse *parse, struct node **root);

#endif /* SIM_YAML_PARSE_H */
