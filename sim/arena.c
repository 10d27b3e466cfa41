/* SPDX-License-Identifier: GPL-2.0-or-later */
/* arena.c - a list of chunks, filled one after the other. */
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "sim/arena.h"

#define CHUNK_ROOM (64 * 1024 - 64)

struct arena_chunk {
	struct arena_chunk *older;
	size_t used, room;
	alignas(max_align_t) unsigned char bytes[];
};

static struct arena_chunk *add_chunk(struct arena *arena, size_t size)
{
	size_t room = size > CHUNK_ROOM ? size : CHUNK_ROOM;
	struct arena_chunk *chunk;

	if (room > arena->limit || arena->held > arena->limit - room) {
		arena->full = true;
		return NULL;
	}
	chunk = malloc(sizeof(*chunk) + room);
	if (!chunk)
		return NULL;
	*chunk = (struct arena_chunk){ arena->chunk, 0, room };
	arena->chunk = chunk;
	arena->held += room;
	return chunk;
}

void *arena_take(struct arena *arena, size_t size)
{
	struct arena_chunk *chunk = arena->chunk;
	size_t align = alignof(max_align_t);
	void *memory;

	if (size > arena->limit) {
		arena->full = true;
		return NULL;
	}
	size = (size + align - 1) & ~(align - 1);
	if (!chunk || chunk->room - chunk->used < size)
		chunk = add_chunk(arena, size);
	if (!chunk)
		return NULL;
	memory = chunk->bytes + chunk->used;
	chunk->used += size;
	return memory;
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
		arena->chunk = older;
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
	first->used = 0;
}

void arena_free(struct arena *arena)
{
	free_down_to(arena, NULL);
}
