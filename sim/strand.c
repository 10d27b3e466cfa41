/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * strand.c - turns between a thread and whoever has it go.
 *
 *   strand_go()   ----- its_turn = true ----->  run() ...
 *   (waits)                                     strand_pause()
 *   returns       <---- its_turn = false -----  (waits)
 *
 * Invariant: (1) exactly one of the two runs; a strand that is over never does
 * again.
 */
#include "sim/strand.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

struct strand {
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t changed; /* its_turn was */
	bool its_turn, over;
	void (*run)(void *);
	void *arg;
};

static void wait_until(struct strand *strand, bool its_turn)
{
	while (strand->its_turn != its_turn)
		pthread_cond_wait(&strand->changed, &strand->mutex);
}

static void pass_turn(struct strand *strand, bool its_turn)
{
	strand->its_turn = its_turn;
	pthread_cond_broadcast(&strand->changed);
}

static void *body(void *arg)
{
	struct strand *strand = arg;

	pthread_mutex_lock(&strand->mutex);
	wait_until(strand, true);
	strand->run(strand->arg);
	strand->over = true;
	pass_turn(strand, false);
	pthread_mutex_unlock(&strand->mutex);
	return NULL;
}

struct strand *strand_create(void (*run)(void *), void *arg)
{
	struct strand *strand = calloc(1, sizeof(*strand));

	if (!strand)
		return NULL;
	strand->run = run;
	strand->arg = arg;
	pthread_mutex_init(&strand->mutex, NULL);
	pthread_cond_init(&strand->changed, NULL);
	if (pthread_create(&strand->thread, NULL, body, strand) == 0)
		return strand;
	pthread_cond_destroy(&strand->changed);
	pthread_mutex_destroy(&strand->mutex);
	free(strand);
	return NULL;
}

bool strand_go(struct strand *strand)
{
	bool over;

	pthread_mutex_lock(&strand->mutex);
	assert(!strand->its_turn && !strand->over); /* (1) */
	pass_turn(strand, true);
	wait_until(strand, false);
	over = strand->over;
	pthread_mutex_unlock(&strand->mutex);
	return over;
}

bool strand_waits(const struct strand *strand)
{
	return !strand->its_turn && !strand->over;
}

void strand_pause(struct strand *strand)
{
	assert(strand->its_turn);
	pass_turn(strand, false);
	wait_until(strand, true);
}

void strand_destroy(struct strand *strand)
{
	assert(strand->over);
	pthread_join(strand->thread, NULL);
	pthread_cond_destroy(&strand->changed);
	pthread_mutex_destroy(&strand->mutex);
	free(strand);
}
