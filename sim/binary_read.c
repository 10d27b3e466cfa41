/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * binary_read.c - the blocks of a binary trace, read ahead.
 *
 *   file --thread--> frame[0] or frame[1] --caller--> events
 *        `---------> frame[0], the first block
 *
 * While the caller is busy with one block, a thread unpacks the next into the
 * other frame; it begins after the first block.  There is none where that would
 * gain nothing, with one CPU, or could not be stopped, while it waits for a
 * pipe.  What is read is the same.
 *
 * Who may touch what:
 *  (1) frame[i] is the thread's while full[i] is false, else the caller's.
 *  (2) After a frame whose ret is not 1 nothing more is read.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "sim/binary_frame.h"

struct binary_reader {
	const char *name;
	struct diags *diags;
	struct frames frames;
	struct frame frame[2];
	bool full[2];
	unsigned next;			 /* frame that the caller gets */
	uint32_t given;			 /* blocks, to the caller */
	bool has_given;			 /* the other one is the caller's */
	bool is_over;			 /* (2), as the caller knows it */
	const struct binary_block *last; /* that the caller got */
	bool threaded, stop;
	pthread_t thread;
	pthread_mutex_t lock; /* of full and stop */
	pthread_cond_t changed;
	uint64_t position, total;
};

/* ---- the thread ---------------------------------------------------------- */

/* Wait until frame @i is full, or is not, or all has to stop: may it be used?
 * The lock is held. */
static bool wait_for(struct binary_reader *r, unsigned i, bool full)
{
	while (r->full[i] != full && !r->stop)
		pthread_cond_wait(&r->changed, &r->lock);
	return !r->stop;
}

static void set_full(struct binary_reader *r, unsigned i, bool full)
{
	r->full[i] = full;
	pthread_cond_signal(&r->changed);
}

static void *read_ahead(void *data)
{
	struct binary_reader *r = data;
	bool more = true;

	for (unsigned i = 0; more; i ^= 1) {
		pthread_mutex_lock(&r->lock);
		more = wait_for(r, i, false);
		pthread_mutex_unlock(&r->lock);
		if (!more)
			break;
		frames_next(&r->frames, &r->frame[i]);
		more = r->frame[i].ret == 1;
		pthread_mutex_lock(&r->lock);
		set_full(r, i, true);
		pthread_mutex_unlock(&r->lock);
	}
	return NULL;
}

static unsigned usable_cpus(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return 1;
	return (unsigned)CPU_COUNT(&set);
}

static void start_thread(struct binary_reader *r)
{
	if (!input_is_file(r->frames.input) || usable_cpus() < 2)
		return;
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->changed, NULL);
	r->threaded = pthread_create(&r->thread, NULL, read_ahead, r) == 0;
	if (r->threaded)
		return;
	pthread_cond_destroy(&r->changed);
	pthread_mutex_destroy(&r->lock);
}

static void stop_thread(struct binary_reader *r)
{
	pthread_mutex_lock(&r->lock);
	r->stop = true;
	pthread_cond_signal(&r->changed);
	pthread_mutex_unlock(&r->lock);
	pthread_join(r->thread, NULL);
	pthread_cond_destroy(&r->changed);
	pthread_mutex_destroy(&r->lock);
}

/* ---- the caller ---------------------------------------------------------- */

int binary_is(struct input *input)
{
	const char *bytes;
	long got = input_look(input, BINARY_MAGIC_LENGTH, &bytes);

	if (got < 0)
		return (int)got;
	return got == BINARY_MAGIC_LENGTH &&
	       memcmp(bytes, BINARY_MAGIC, BINARY_MAGIC_LENGTH) == 0;
}

int binary_reader_open(struct binary_reader **result, struct input *input,
		       const char *name, struct diags *diags)
{
	struct binary_reader *r = calloc(1, sizeof(*r));
	const char *problem;
	int rc = 0;

	if (!r) {
		input_close(input);
		return -ENOMEM;
	}
	r->name = name;
	r->diags = diags;
	r->frames.input = input;
	problem = frames_start(&r->frames, &rc);
	if (problem && (rc == 0 || rc == -EBADMSG)) {
		diag_error(diags, (struct place){ name, 0, 0 }, "%s", problem);
		rc = -EBADMSG;
	}
	if (rc < 0) {
		binary_reader_close(r);
		return rc;
	}
	*result = r;
	return 0;
}

void binary_reader_close(struct binary_reader *r)
{
	if (r->threaded)
		stop_thread(r);
	input_close(r->frames.input);
	free(r->frame[0].unpacked);
	free(r->frame[1].unpacked);
	free(r);
}

const char *binary_reader_name(const struct binary_reader *r)
{
	return r->name;
}

uint64_t binary_pass_over(struct binary_reader *r, uint64_t event)
{
	frames_pass_over(&r->frames, event);
	return r->frames.events;
}

/* The next block, read now. */
static struct frame *read_now(struct binary_reader *r)
{
	frames_next(&r->frames, &r->frame[0]);
	return &r->frame[0];
}

/* Give the frame of the last block back, and wait for the next. */
static struct frame *exchange(struct binary_reader *r)
{
	struct frame *frame = &r->frame[r->next];

	pthread_mutex_lock(&r->lock);
	if (r->has_given)
		set_full(r, r->next ^ 1, false);
	wait_for(r, r->next, true);
	pthread_mutex_unlock(&r->lock);
	r->has_given = true;
	r->next ^= 1;
	return frame;
}

int binary_next_block(struct binary_reader *r,
		      const struct binary_block **block)
{
	struct frame *frame;

	if (r->is_over)
		return 0;
	if (r->given++ == 1)
		start_thread(r);
	frame = r->threaded ? exchange(r) : read_now(r);
	r->position = frame->position;
	r->total = frame->total;
	r->is_over = frame->ret != 1;
	r->last = &frame->block;
	if (frame->ret == -EBADMSG)
		binary_bad_block(r, frame->problem);
	*block = &frame->block;
	return frame->ret;
}

void binary_bad_block(struct binary_reader *r, const char *text)
{
	const struct binary_block *block = r->last;

	diag_error(r->diags, (struct place){ r->name, 0, 0 },
		   "block %" PRIu32 ", from byte %" PRIu64 ": %s",
		   block->number, block->offset, text);
}

uint64_t binary_position(const struct binary_reader *r, uint64_t *total)
{
	*total = r->total;
	return r->position;
}
