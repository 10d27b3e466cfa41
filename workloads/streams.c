/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * streams.c - the standard streams of references.
 *
 *     seq64     64 bytes on each time, through 64 MiB again and again
 *     hot32     any of 32 pages         rand64m   any page of 64 MiB
 *     res1k     any of 1024             rand4g    any page of 4 GiB
 *     zipf4g    the same, page k as often as 1 / k^0.99
 *
 * Three in ten are writes.  The numbers are those that other simulators have
 * been fed with, bit for bit, so that hits can be compared one by one: with
 * 64 x 4 ways and 1536 x 12 ways of LRU, 8 million of rand64m hit 31070 and
 * 718850 times in DynamoRIO's TLB simulator as well.
 *
 * zipf4g draws by a sum of reals, since those others do.  The law's weights
 * come from pow(), of which C does not promise the last bit.
 *
 * Source: S. Vigna, splitmix64.
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/stream.h"

#define PAGE_SHIFT 12
#define LINE_BYTES 64
#define EXPONENT 0.99
/* The popular pages are not neighbours. */
#define SCATTER UINT64_C(0x9e3779b1)

/* clang-format off */
static const struct stream streams[] = {
	{ "seq64",   STREAM_SEQUENTIAL, 16384,   42 },
	{ "hot32",   STREAM_UNIFORM,    32,      44 },
	{ "res1k",   STREAM_UNIFORM,    1024,    45 },
	{ "rand64m", STREAM_UNIFORM,    16384,   46 },
	{ "rand4g",  STREAM_UNIFORM,    1048576, 47 },
	{ "zipf4g",  STREAM_ZIPF,       1048576, 48 },
};
/* clang-format on */

const struct stream *sim_stream_find(const char *name)
{
	for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++)
		if (strcmp(streams[i].name, name) == 0)
			return &streams[i];
	return NULL;
}

static uint64_t draw(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static uint64_t is_write(uint64_t drawn)
{
	return drawn % 10 < 3;
}

/* A word of @page and, by @drawn, whether to write it. */
static uint64_t reference(uint64_t page, uint64_t drawn)
{
	return (STREAM_BASE + (page << PAGE_SHIFT) + (drawn & 0xff8)) |
	       is_write(drawn >> 32);
}

static void fill_sequential(const struct stream *stream, uint64_t *refs,
			    size_t count)
{
	uint64_t inside = (stream->pages << PAGE_SHIFT) - 1;
	uint64_t state = stream->seed;

	for (size_t i = 0; i < count; i++)
		refs[i] = (STREAM_BASE + (i * LINE_BYTES & inside)) |
			  is_write(draw(&state));
}

/* The upper half of a product: 0 .. pages - 1. */
static void fill_uniform(const struct stream *stream, uint64_t *refs,
			 size_t count)
{
	unsigned shift = 64 - (unsigned)__builtin_ctzll(stream->pages);
	uint64_t state = stream->seed;

	for (size_t i = 0; i < count; i++) {
		uint64_t page = draw(&state) >> shift;

		refs[i] = reference(page, draw(&state));
	}
}

/* ---- Zipf's law ---------------------------------------------------------- */

/* Weights so far; and for each share of their sum the first rank in it, so
 * that the search is short. */
#define SHARES 65536
struct law {
	uint64_t ranks;
	double *upto;
	uint32_t first[SHARES + 1];
};

static uint32_t search(const struct law *law, double wanted, uint64_t low,
		       uint64_t high)
{
	while (low < high) {
		uint64_t middle = (low + high) / 2;

		if (law->upto[middle] < wanted)
			low = middle + 1;
		else
			high = middle;
	}
	return (uint32_t)low;
}

static struct law *make_law(uint64_t ranks)
{
	struct law *law = malloc(sizeof(*law));
	double sum = 0;

	if (!law)
		return NULL;
	law->ranks = ranks;
	law->upto = malloc(ranks * sizeof(*law->upto));
	if (!law->upto) {
		free(law);
		return NULL;
	}
	for (uint64_t i = 0; i < ranks; i++)
		law->upto[i] = sum += 1.0 / pow((double)(i + 1), EXPONENT);
	for (unsigned i = 0; i <= SHARES; i++)
		law->first[i] = search(law, i * (1.0 / SHARES) * sum, 0,
				       ranks - 1);
	return law;
}

static uint32_t draw_rank(const struct law *law, uint64_t drawn)
{
	double sum = law->upto[law->ranks - 1];
	double wanted = (double)(drawn >> 11) * 0x1p-53 * sum;
	unsigned share = (unsigned)(drawn >> 48);

	return search(law, wanted, law->first[share], law->first[share + 1]);
}

static int fill_zipf(const struct stream *stream, uint64_t *refs, size_t count)
{
	struct law *law = make_law(stream->pages);
	uint64_t state = stream->seed;

	if (!law)
		return -1;
	for (size_t i = 0; i < count; i++) {
		uint64_t rank = draw_rank(law, draw(&state));

		refs[i] = reference(rank * SCATTER & (stream->pages - 1),
				    draw(&state));
	}
	free(law->upto);
	free(law);
	return 0;
}

uint64_t *sim_stream_make(const struct stream *stream, size_t count)
{
	uint64_t *refs = calloc(count, sizeof(*refs));
	int rc = 0;

	if (!refs)
		return NULL;
	switch (stream->pattern) {
	case STREAM_SEQUENTIAL:
		fill_sequential(stream, refs, count);
		break;
	case STREAM_UNIFORM:
		fill_uniform(stream, refs, count);
		break;
	case STREAM_ZIPF:
		rc = fill_zipf(stream, refs, count);
		break;
	}
	if (rc == 0)
		return refs;
	free(refs);
	return NULL;
}
