/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * binary_read.h - the blocks of a binary trace, one after the other.
 */
#ifndef SIM_BINARY_READ_H
#define SIM_BINARY_READ_H

#include "sim/binary.h"
#include "sim/diag.h"
#include "sim/input.h"

struct binary_block {
	enum binary_kind kind;		/* never BINARY_INDEX */
	uint32_t number, events;
	uint64_t before;		/* events of the blocks before it */
	uint64_t offset;		/* in the file */
	const unsigned char *bytes;	/* unpacked */
	size_t length;
};

struct binary_reader;

/* Does @input begin as a binary trace does?  1, 0, or an error as of
 * input_look(). */
int binary_is(struct input *input);

/* Read @input, which is closed with the reader, or if there is none.  @name,
 * of the file, must outlive it.  0; -EBADMSG with @diags filled; or -errno. */
int binary_reader_open(struct binary_reader **reader, struct input *input,
		       const char *name, struct diags *diags);
void binary_reader_close(struct binary_reader *reader);
const char *binary_reader_name(const struct binary_reader *reader);

/* The next block, until the one after it is asked for: 1; 0 at the end of a
 * file that is whole; -EBADMSG after adding an error; or -errno. */
int binary_next_block(struct binary_reader *reader,
		      const struct binary_block **block);

/* After the first block: go on with the one that has event number @event, from
 * 1, where the file can be read anywhere and has an index that is whole.
 * Events that are passed over, or 0. */
uint64_t binary_pass_over(struct binary_reader *reader, uint64_t event);

/* Add an error about the last block. */
void binary_bad_block(struct binary_reader *reader, const char *text);

/* As input_position(). */
uint64_t binary_position(const struct binary_reader *reader, uint64_t *total);

#endif /* SIM_BINARY_READ_H */
