/* SPDX-License-Identifier: GPL-2.0-or-later */
/* arena.c - a list of chunks, filled one after the other. */
#include <stdlib.h>
#include <string.h>

#include "sim/arena.h"

#define CHUNK_ROOM (64 * 1024 - 64)

struct arena_chunk {
	struct arena_chunk *older;
	size_t room; /* a multiple of the alignment */
	alignas(max_align_t) unsigned char bytes[];
};

/* Fill @chunk from its start. */
static void fill(struct arena *arena, struct arena_chunk *chunk)
{
	arena->chunk = chunk;
	arena->at = chunk ? chunk->bytes : NULL;
	arena->end = chunk ? chunk->bytes + chunk->room : NULL;
}

/* Out of a new chunk. */
void *arena_take_new(struct arena *arena, size_t size)
{
	size_t room = size > CHUNK_ROOM ? size : CHUNK_ROOM;
	struct arena_chunk *chunk;

	if (room > arena->limit || arena->held > arena->limit - room) {
		arena->full = true;
		return NULL;
	}
	room = arena_round(room);
	chunk = malloc(sizeof(*chunk) + room);
	if (!chunk)
		return NULL;
	*chunk = (struct arena_chunk){ arena->chunk, room };
	arena->held += room;
	fill(arena, chunk);
	arena->at += arena_round(size);
	return chunk->bytes;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	void *memory = arena_take(arena, size);

	return memory ? memset(memory, 0, size) : NULL;
}

static void free_down_to(struct arena *arena, struct arena_chunk *keep)
{
	while (arena->chunk != keep) {
		struct arena_chunk *older = arena->chunk->older;

		arena->held -= arena->chunk->room;
		free(arena->chunk);
		fill(arena, older);
	}
}

void arena_reset(struct arena *arena)
{
	struct arena_chunk *first = arena->chunk;

	arena->full = false;
	if (!first)
		return;
	while (first->older)
		first = first->older;
	free_down_to(arena, first);
	fill(arena, first);
}

void arena_free(struct arena *arena)
{
	free_down_to(arena, NULL);
}
