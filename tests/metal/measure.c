/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * measure.c - the curve of this processor's TLBs, and what it says of them.
 *
 *   measure                 a pointer chase, as in workloads/zen5-curve.csv
 *   measure --cpuid         a machine profile out of CPUID
 *   measure --cpuid=FILE    ... out of a recording of it
 *   measure --record        such a recording
 *
 *   pages   [ o         ][     o     ][ o         ] ...   one line in each
 *   dense   [oooooooooooooooo]                            as many, packed
 *
 * Lines are staggered, so that those of neighbouring pages are not in one set
 * of the data cache, and chased in random order.  Both runs put the same load
 * on the data caches: what the first takes longer is translation.
 *
 * Trust the smallest of many runs; leave the other CPUs idle; a negative
 * difference below 4096 pages means that somebody was not.  The core's clock
 * is found by a chain of multiplications, 3 cycles each, as an addition may
 * be fused with its neighbour on new processors.  In a guest the host's page
 * size counts too.
 */
#include <argp.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "tests/metal/cpuid.h"

#define PAGE 4096
#define LINE 64
#define MULTIPLICATION 3 /* cycles, dependent; Intel and AMD alike */

struct options {
	bool cpuid, record;
	const char *file;
	unsigned stride, runs, most;
};

/* ---- time ---------------------------------------------------------------- */

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static double multiply(unsigned count)
{
	uint64_t value = 3;
	double start = now();

	for (unsigned i = 0; i < count; i++)
		__asm__ volatile("imul %0, %0" : "+r"(value));
	return now() - start;
}

/* Nanoseconds of a cycle: the quickest chain. */
static double cycle_time(void)
{
	double best = 1e18;

	for (unsigned i = 0; i < 20; i++) {
		double time = multiply(1000000) / 1000000 / MULTIPLICATION;

		if (time < best)
			best = time;
	}
	return best;
}

/* ---- the chase ----------------------------------------------------------- */

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Byte of the @i-th element. */
static size_t place(unsigned i, size_t step)
{
	size_t at = i * step;

	return step < PAGE ? at : at + i * 7 % (PAGE / LINE) * LINE;
}

/* One circle through all elements, in random order. */
static void link_up(char *memory, unsigned count, size_t step, uint64_t seed)
{
	unsigned *order = malloc(count * sizeof(*order));

	if (!order)
		exit(4);
	for (unsigned i = 0; i < count; i++)
		order[i] = i;
	for (unsigned i = count; i > 1; i--) {
		unsigned other = (unsigned)(next_random(&seed) % i);
		unsigned last = order[i - 1];

		order[i - 1] = order[other];
		order[other] = last;
	}
	for (unsigned i = 0; i < count; i++)
		*(void **)(memory + place(order[i], step)) =
			memory + place(order[(i + 1) % count], step);
	free(order);
}

static double chase(void **at, unsigned loads)
{
	double start = now();

	for (unsigned i = 0; i < loads; i++)
		at = *at;
	__asm__ volatile("" : : "r"(at));
	return (now() - start) / loads;
}

/* Nanoseconds of a load, the quickest of some runs. */
static double quickest(char *memory, unsigned count, size_t step, unsigned runs)
{
	unsigned loads = count < 1 << 16 ? 1 << 17 : 2 * count;
	double best = 1e18;

	link_up(memory, count, step, 88172645463325252ull);
	chase((void **)memory, count);
	for (unsigned i = 0; i < runs; i++) {
		double time = chase((void **)(memory + place(0, step)), loads);

		if (time < best)
			best = time;
	}
	return best;
}

static int measure(const struct options *o)
{
	size_t step = (size_t)o->stride * PAGE;
	size_t length = (size_t)o->most * step + PAGE;
	double cycle = cycle_time();
	char *memory = mmap(NULL, length, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED) {
		fprintf(stderr, "measure: no memory: %s\n", strerror(errno));
		return 4;
	}
	madvise(memory, length, MADV_NOHUGEPAGE);
	printf("# stride %u pages; %.3f GHz by multiplications\n"
	       "N,pages_ns,dense_ns,pages_cyc,dense_cyc,extra_cyc\n",
	       o->stride, 1 / cycle);
	for (unsigned n = 32; n <= o->most; n = n * 35 / 32) {
		double pages = quickest(memory, n, step, o->runs);
		double dense = quickest(memory, n, LINE, o->runs);

		printf("%u,%.3f,%.3f,%.3f,%.3f,%.3f\n", n, pages, dense,
		       pages / cycle, dense / cycle, (pages - dense) / cycle);
		fflush(stdout);
	}
	munmap(memory, length);
	return 0;
}

/* ---- options ------------------------------------------------------------- */

static const struct argp_option option_table[] = {
	{ "cpuid", 'c', "FILE", OPTION_ARG_OPTIONAL,
	  "print a machine profile out of CPUID, or of a recording" },
	{ "record", 'd', NULL, 0, "print a recording of CPUID" },
	{ "stride", 's', "PAGES", 0, "from one to the next (1)" },
	{ "runs", 'r', "N", 0, "of which the quickest counts (9)" },
	{ "most", 'm', "PAGES", 0, "where to stop (8192)" },
	{ 0 },
};

static unsigned number(struct argp_state *state, const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (!*text || *end || value < 1 || value > 1 << 20)
		argp_error(state, "expected a number from 1, found '%s'", text);
	return (unsigned)value;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'c':
		o->cpuid = true;
		o->file = arg;
		break;
	case 'd':
		o->record = true;
		break;
	case 's':
		o->stride = number(state, arg);
		break;
	case 'r':
		o->runs = number(state, arg);
		break;
	case 'm':
		o->most = number(state, arg);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = {
	option_table, parse, NULL,
	"Measure where the TLBs of this processor end, or print what CPUID "
	"says of them."
};

/* This processor's, or a recording; false after telling what is wrong. */
static bool find_cpuid(const struct options *o, struct cpuid *cpuid)
{
	unsigned wrong;
	FILE *file;

	if (!o->file) {
		cpuid_read(cpuid);
		return true;
	}
	file = fopen(o->file, "r");
	if (!file) {
		fprintf(stderr, "measure: cannot read '%s': %s\n", o->file,
			strerror(errno));
		return false;
	}
	wrong = cpuid_parse(cpuid, file);
	fclose(file);
	if (wrong)
		fprintf(stderr, "%s:%u: expected six hexadecimal numbers\n",
			o->file, wrong);
	return !wrong;
}

int main(int argc, char **argv)
{
	struct options o = { .stride = 1, .runs = 9, .most = 8192 };
	struct cpuid cpuid;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (!o.cpuid && !o.record)
		return measure(&o);
	if (!find_cpuid(&o, &cpuid))
		return 3;
	if (o.record)
		cpuid_write(&cpuid, stdout);
	else
		skeleton_print(&cpuid, stdout);
	return 0;
}
