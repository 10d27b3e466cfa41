/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench_memory.c - references to memory: TLBs, walks, and all that is kept of
 * them.
 *
 *   memory    [ pages of the stream ... ][ root ][ tables ... ]
 *
 * Page n of the stream is frame n.  One CPU translates, at privilege 3, with
 * everything on that a replay has on: counters, costs, and the footprints by
 * which a stale translation is known.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "mmu/physmem.h"
#include "mmu/x86.h"
#include "sim/bench.h"
#include "sim/stream.h"

#define PAGE 4096
#define REFERENCES 8000000
#define ENTRY_FLAGS (PTE_P | PTE_RW | PTE_US)

struct memory {
	struct mmu *mmu;
	struct physmem *mem;
	uint64_t *refs;
	size_t count;
	paddr_t root, end; /* of the tables */
};

/* ---- page tables --------------------------------------------------------- */

static paddr_t table_below(struct memory *m, paddr_t entry)
{
	uint64_t value = physmem_read(m->mem, entry);

	if (value & PTE_P)
		return value & PTE_FRAME;
	physmem_write(m->mem, entry, m->end | ENTRY_FLAGS);
	m->end += PAGE;
	return m->end - PAGE;
}

static void map(struct memory *m, vaddr_t va, paddr_t page)
{
	paddr_t table = m->root, entry;

	for (unsigned shift = 39;; shift -= 9) {
		entry = table + (va >> shift & 511) * 8;
		if (shift == 12)
			break;
		table = table_below(m, entry);
	}
	physmem_write(m->mem, entry, page | ENTRY_FLAGS);
}

static void make_tables(struct memory *m, uint64_t pages)
{
	m->root = pages * PAGE;
	m->end = m->root + PAGE;
	for (uint64_t i = 0; i < pages; i++)
		map(m, STREAM_BASE + i * PAGE, i * PAGE);
	mmu_set_register(m->mmu, 0, MMU_CR3, m->root, NULL);
}

/* Room for the tables of @pages, of which each level has at most so many. */
static uint64_t memory_bytes(uint64_t pages)
{
	return (pages + pages / 512 + 8) * PAGE;
}

/* ---- the benchmark ------------------------------------------------------- */

static void finish(void *state)
{
	struct memory *m = state;

	mmu_destroy(m->mmu);
	free(m->refs);
	free(m);
}

static int make_machine(struct memory *m, const struct stream *stream,
			const struct bench_options *options)
{
	struct mmu_config config = {
		.profile = &options->profile->mmu,
		.cpus = 1,
		.memory = memory_bytes(stream->pages),
		.batching = options->batching,
	};
	int rc = mmu_create(&m->mmu, &config);

	if (rc < 0)
		return rc;
	m->mem = mmu_memory(m->mmu);
	make_tables(m, stream->pages);
	return 0;
}

static int prepare(const struct benchmark *benchmark,
		   const struct bench_options *options, void **state)
{
	const struct stream *stream = sim_stream_find(benchmark->name);
	struct memory *m = calloc(1, sizeof(*m));
	int rc = -ENOMEM;

	if (!m)
		return -ENOMEM;
	m->count = options->quick ? REFERENCES / 8 : REFERENCES;
	m->refs = sim_stream_make(stream, m->count);
	if (m->refs)
		rc = make_machine(m, stream, options);
	if (rc < 0)
		finish(m);
	*state = m;
	return rc;
}

/* Nothing cached, and no A or D set. */
static void reset(void *state)
{
	struct memory *m = state;

	mmu_drop_all(m->mmu, 0);
	for (paddr_t at = m->root; at < m->end; at += 8)
		physmem_write(m->mem, at,
			      physmem_read(m->mem, at) & ~(PTE_A | PTE_D));
}

static uint64_t run(void *state)
{
	struct memory *m = state;
	struct mmu_result last;
	size_t done = mmu_access_many(m->mmu, 0, m->refs, m->count, MMU_USER,
				      &last);

	return done == m->count && last.end == MMU_OK ? done : 0;
}

static struct mmu_counters counters(const void *state)
{
	const struct memory *m = state;

	return mmu_counters(m->mmu);
}

#define STREAM(stream, summary)                                                \
	{                                                                      \
		.name = stream, .text = summary, .unit = "references",         \
		.prepare = prepare, .reset = reset, .run = run,                \
		.counters = counters, .finish = finish,                        \
	}

const struct benchmark bench_memory[] = {
	STREAM("seq64", "references: 64 bytes on each time, in 64 MiB"),
	STREAM("hot32", "references: any of 32 pages"),
	STREAM("res1k", "references: any of 1024 pages"),
	STREAM("rand64m", "references: any page of 64 MiB"),
	STREAM("rand4g", "references: any page of 4 GiB"),
	STREAM("zipf4g", "references: pages of 4 GiB, by Zipf's law"),
	{ .name = NULL },
};
