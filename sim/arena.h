/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arena.h - memory for one item of input, given back all at once.
 */
#ifndef SIM_ARENA_H
#define SIM_ARENA_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>

struct arena_chunk;

struct arena {
	struct arena_chunk *chunk; /* the newest, which is being filled */
	unsigned char *at, *end;   /* what is left of it */
	size_t held;		   /* bytes of all chunks */
	size_t limit;		   /* of held */
	bool full;		   /* an allocation went over the limit */
};

static inline size_t arena_round(size_t size)
{
	size_t align = alignof(max_align_t);

	return (size + align - 1) & ~(align - 1);
}

/* Zeroed memory, aligned for anything; NULL if the host or the limit says
 * no (the latter sets full). */
void *arena_alloc(struct arena *arena, size_t size);
/* The same, but it holds anything. */
void *arena_take_new(struct arena *arena, size_t size);
static inline void *arena_take(struct arena *arena, size_t size)
{
	unsigned char *memory = arena->at;

	/* What is left is a multiple of the alignment: there is room to round
	 * up. */
	if (size >= (size_t)(arena->end - memory))
		return arena_take_new(arena, size);
	arena->at = memory + arena_round(size);
	return memory;
}
/* Forget everything; one chunk is kept for next time. */
void arena_reset(struct arena *arena);
void arena_free(struct arena *arena);

#endif /* SIM_ARENA_H */
