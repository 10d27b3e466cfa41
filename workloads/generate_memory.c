/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * generate_memory.c - `tlbsim generate memory`: one CPU's accesses to pages.
 *
 *     pattern      the next page is
 *     sequential   the next one, and then the first
 *     uniform      any, each as often
 *     zipf         any, a few of them most often; which, is drawn as well
 */
#include "workloads/generators.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "workloads/zipf.h"

#define BASE UINT64_C(0x10000000)
#define PAGE 4096
/* Pages that one event maps. */
#define MAP_MAX 512

enum pattern { SEQUENTIAL, UNIFORM, ZIPF };
static const char *const pattern_names[] = { "sequential", "uniform", "zipf",
					     NULL };

struct memory_values {
	uint64_t count, pages, skew, reads, seed;
	unsigned pattern;
};

/* @...: the type, and what else the option has. */
#define OPTION(key, ...)                                                       \
	{                                                                      \
		.name = #key, .offset = offsetof(struct memory_values, key),   \
		.type = __VA_ARGS__                                            \
	}

/* clang-format off */
static const struct import_option options[] = {
	{ OPTION(count, FIELD_U64, .min = 1), "100000", "accesses" },
	{ OPTION(pages, FIELD_U64, .min = 1, .max = ZIPF_RANKS_MAX), "1024",
	  "of 4 KiB, 1 to 16M" },
	{ OPTION(pattern, FIELD_CHOICE, .names = pattern_names), "zipf",
	  "sequential, uniform or zipf" },
	{ OPTION(skew, FIELD_U64, .max = ZIPF_SKEW_MAX), "100",
	  "zipf's exponent in hundredths, 0 to 400" },
	{ OPTION(reads, FIELD_U64, .max = 100), "70", "per cent of reads" },
	{ OPTION(seed, FIELD_U64), "1", "of all that is drawn" },
	{ .standard = NULL },
};
/* clang-format on */

struct accesses {
	const struct memory_values *o;
	struct rng rng;
	struct zipf zipf;
	uint32_t *page; /* zipf: by rank */
	uint64_t last;	/* sequential */
	uint64_t lines; /* of the present block */
};

/* Which page is the most popular, and so on: a shuffle by Fisher and Yates. */
static bool shuffle(struct accesses *a)
{
	uint32_t pages = (uint32_t)a->o->pages;

	a->page = calloc(pages, sizeof(*a->page));
	if (!a->page)
		return false;
	for (uint32_t i = 0; i < pages; i++) {
		uint32_t j = rng_below(&a->rng, i + 1);

		a->page[i] = a->page[j];
		a->page[j] = i;
	}
	return true;
}

static uint64_t next_page(struct accesses *a)
{
	switch ((enum pattern)a->o->pattern) {
	case SEQUENTIAL:
		return a->last++ % a->o->pages;
	case UNIFORM:
		return rng_below(&a->rng, (uint32_t)a->o->pages);
	case ZIPF:
		return a->page[zipf_draw(&a->zipf, &a->rng)];
	}
	return 0;
}

/* A line of a block, or of the next. */
static void start_line(struct accesses *a, FILE *out)
{
	if (a->lines++ % GENERATE_DOCUMENT == 0)
		fputs("---\nevents: |\n", out);
}

static void print_maps(struct accesses *a, FILE *out)
{
	for (uint64_t page = 0; page < a->o->pages; page += MAP_MAX) {
		uint64_t left = a->o->pages - page;
		uint64_t last = page + (left < MAP_MAX ? left : MAP_MAX) - 1;

		start_line(a, out);
		fprintf(out,
			"  map_page domain=0 at=0x%" PRIx64 "..0x%" PRIx64
			" frame=%" PRIu64 "..\n",
			BASE + page * PAGE, BASE + last * PAGE, page);
	}
}

static void print_access(struct accesses *a, FILE *out)
{
	bool read = generate_percent(&a->rng, a->o->reads);
	uint64_t at = BASE + next_page(a) * PAGE;

	start_line(a, out);
	fprintf(out, "  %s cpu=0 at=0x%" PRIx64 "\n", read ? "read" : "write",
		at + rng_below(&a->rng, PAGE / 8) * 8);
}

static void print_trace(struct accesses *a, const struct import_job *job,
			FILE *out)
{
	fprintf(out,
		"# Made by: tlbsim generate memory %s\n"
		"tlbsim: 1\ntitle: generated accesses to memory\n"
		"domains:\n"
		"  - {id: 0, name: dom0, hardware: true, paging: pv, "
		"memory: %" PRIu64 "}\n",
		job->made_by, (a->o->pages + 1024) * PAGE);
	print_maps(a, out);
	for (uint64_t i = 0; i < a->o->count && !ferror(out); i++)
		print_access(a, out);
}

static int run(const struct import_job *job, FILE *file, FILE *out,
	       struct diags *diags)
{
	struct accesses a = { .o = job->options };
	bool good = true;

	(void)file;
	(void)diags;
	a.rng = rng_seeded(a.o->seed);
	if (a.o->pattern == ZIPF)
		good = zipf_init(&a.zipf, (uint32_t)a.o->pages,
				 (unsigned)a.o->skew) &&
		       shuffle(&a);
	if (good)
		print_trace(&a, job, out);
	free(a.page);
	zipf_fini(&a.zipf);
	if (!good)
		return -ENOMEM;
	return ferror(out) ? -EIO : 0;
}

const struct importer generate_memory = {
	.name = "memory",
	.text = "a CPU's accesses to pages",
	.options = options,
	.size = sizeof(struct memory_values),
	.run = run,
};
