/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * strand.c - turns between a function on a stack of its own and whoever has
 * it go.
 *
 *   strand_go()   ----- its_turn = true ----->  run() ...
 *   (waits)                                     strand_pause()
 *   returns       <---- its_turn = false -----  (waits)
 *
 * A context is made once, to get onto the new stack; from then on the two jump
 * to and fro, as swapcontext() would ask the kernel for the signal mask each
 * time.  Below the stack lies a page that faults.
 *
 * Invariant: (1) exactly one of the two runs; a strand that is over never does
 * again.
 */
/* A jump to another stack is no mistake here. */
#undef _FORTIFY_SOURCE
#include "sim/strand.h"

#include <assert.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#ifdef __has_feature
#define HAS_FEATURE(x) __has_feature(x)
#else
#define HAS_FEATURE(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || HAS_FEATURE(address_sanitizer)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#define STACK_BYTES ((size_t)512 << 10)
#else
#define STACK_BYTES ((size_t)128 << 10)
#define __asan_unpoison_memory_region(at, size) ((void)(at), (void)(size))
#define __sanitizer_start_switch_fiber(keep, bottom, size)                     \
	((void)(bottom), (void)(size))
#define __sanitizer_finish_switch_fiber(kept, bottom, size)                    \
	((void)(bottom), (void)(size))
#endif

/* Where one of the two stands. */
struct side {
	jmp_buf at;
	const void *bottom; /* of its stack, with its size: for ASan, */
	size_t size;
	void *fake; /* which keeps variables there */
};

struct strand {
	struct side inside, outside;
	bool begun, its_turn, over;
	void (*run)(void *);
	void *arg;
	char *stack;	  /* above the page that faults */
	ucontext_t entry; /* not on a stack: nobody returns from there */
	struct strands *home;
	struct strand *next; /* spare */
};

/* ---- from one stack to the other --------------------------------------- */

static void arrive(struct strand *strand, struct side *here, struct side *there)
{
	__sanitizer_finish_switch_fiber(here->fake, &there->bottom,
					&there->size);
	strand->its_turn = here == &strand->inside;
}

static void body(unsigned high, unsigned low)
{
	struct strand *strand = (struct strand *)((uintptr_t)high << 32 | low);

	arrive(strand, &strand->inside, &strand->outside);
	strand->run(strand->arg);
	strand->over = true;
	strand->its_turn = false;
	__sanitizer_start_switch_fiber(NULL, strand->outside.bottom,
				       strand->outside.size);
	_longjmp(strand->outside.at, 1);
}

static void enter(struct strand *strand)
{
	uintptr_t arg = (uintptr_t)strand;

	getcontext(&strand->entry);
	strand->entry.uc_stack.ss_sp = strand->stack;
	strand->entry.uc_stack.ss_size = STACK_BYTES;
	strand->entry.uc_link = NULL;
	makecontext(&strand->entry, (void (*)(void))body, 2,
		    (unsigned)(arg >> 32), (unsigned)arg);
	strand->begun = true;
	setcontext(&strand->entry);
}

static void change(struct strand *strand, struct side *here, struct side *there)
{
	if (_setjmp(here->at) == 0) {
		__sanitizer_start_switch_fiber(&here->fake, there->bottom,
					       there->size);
		if (!strand->begun)
			enter(strand);
		_longjmp(there->at, 1);
	}
	arrive(strand, here, there);
}

bool strand_go(struct strand *strand)
{
	assert(!strand->its_turn && !strand->over); /* (1) */
	change(strand, &strand->outside, &strand->inside);
	return strand->over;
}

bool strand_waits(const struct strand *strand)
{
	return !strand->its_turn && !strand->over;
}

void strand_pause(struct strand *strand)
{
	assert(strand->its_turn);
	change(strand, &strand->inside, &strand->outside);
}

/* ---- it comes and goes --------------------------------------------------- */

static size_t guard_bytes(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static char *make_stack(void)
{
	size_t guard = guard_bytes();
	char *all = mmap(NULL, guard + STACK_BYTES, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);

	if (all == MAP_FAILED)
		return NULL;
	if (mprotect(all, guard, PROT_NONE) == 0)
		return all + guard;
	munmap(all, guard + STACK_BYTES);
	return NULL;
}

static struct strand *make_strand(void)
{
	struct strand *strand = calloc(1, sizeof(*strand));

	if (!strand)
		return NULL;
	strand->stack = make_stack();
	if (strand->stack)
		return strand;
	free(strand);
	return NULL;
}

static void unmake_strand(struct strand *strand)
{
	munmap(strand->stack - guard_bytes(), guard_bytes() + STACK_BYTES);
	free(strand);
}

struct strand *strand_create(struct strands *strands, void (*run)(void *),
			     void *arg)
{
	struct strand *strand = strands ? strands->spare : NULL;

	if (strand)
		strands->spare = strand->next;
	else
		strand = make_strand();
	if (!strand)
		return NULL;
	strand->run = run;
	strand->arg = arg;
	strand->home = strands;
	strand->begun = strand->over = false;
	strand->inside.bottom = strand->stack;
	strand->inside.size = STACK_BYTES;
	strand->inside.fake = NULL;
	return strand;
}

void strand_destroy(struct strand *strand)
{
	assert(!strand->its_turn);
	/* What was on it did not return. */
	__asan_unpoison_memory_region(strand->stack, STACK_BYTES);
	if (!strand->home) {
		unmake_strand(strand);
		return;
	}
	strand->next = strand->home->spare;
	strand->home->spare = strand;
}

void strands_free(struct strands *strands)
{
	struct strand *next;

	for (struct strand *strand = strands->spare; strand; strand = next) {
		next = strand->next;
		unmake_strand(strand);
	}
	strands->spare = NULL;
}
