/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * metal.h - what the image and the host agree on: cases, results, messages.
 *
 * Both sides compile cases.c, sequence.c and perform.c, so only results
 * travel:
 *
 *   host --struct metal_params, written into the image file-->  image
 *   host <--struct metal_header, results, struct metal_trailer-- image
 *
 * by the first serial port, in the image's byte order.  Compiles without a
 * C library.
 */
#ifndef METAL_METAL_H
#define METAL_METAL_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/metal/layout.h"

/* ---- registers and CPU features, as masks ------------------------------- */

#define METAL_CONTROLS(X) \
	X(WP, 0, "wp")	  /* CR0.WP */ \
	X(NXE, 1, "nxe")  /* EFER.NXE */ \
	X(SMEP, 2, "smep") \
	X(SMAP, 3, "smap") \
	X(PKE, 4, "pke") \
	X(PGE, 5, "pge") \
	X(AC, 6, "ac") /* RFLAGS.AC */ \
	X(LA57, 8, "la57") \
	X(LEGACY, 9, "legacy") /* no long mode: EFER.LME clear */ \
	X(PAE, 10, "pae")      /* of a legacy mode: CR4.PAE */ \
	X(PSE, 11, "pse")

enum {
#define X(name, bit, text) METAL_##name = 1 << bit,
	METAL_CONTROLS(X)
#undef X
	/* A feature only: no control bit goes with it. */
	METAL_PAGE_1G = 1 << 7,
};
/* Controls that a CPU or the model may not have; the same bits, in a mask of
 * features, say that it has them. */
#define METAL_OPTIONAL \
	(METAL_SMEP | METAL_SMAP | METAL_PKE | METAL_AC | METAL_MODE)
/* Those that say which paging mode it is. */
#define METAL_MODE (METAL_LA57 | METAL_LEGACY | METAL_PAE | METAL_PSE)

/* What cases depend on in the machine that performs them. */
struct metal_machine {
	uint32_t features;
	uint32_t maxphyaddr;
};

/* ---- cases -------------------------------------------------------------- */

enum metal_op {
	METAL_OP_READ,
	METAL_OP_WRITE,
	METAL_OP_FETCH,
	METAL_OP_RMW,		/* locked read-modify-write */
	METAL_OPS
};

#define METAL_LEVELS 5	/* at most */
#define METAL_KEY_SHIFT 59	/* of the protection key in a leaf */

struct metal_case {
	uint64_t va;
	uint64_t entry[METAL_LEVELS + 1];	/* [1] PTE .. [5] PML5E; 0 below
						   the leaf, and above the top */
	uint64_t other_pdpte;			/* PAE: of another gigabyte */
	uint32_t pkru;
	uint32_t control;			/* METAL_WP .. METAL_PSE */
	uint8_t leaf;				/* 1, 2, 3: 4K, 2M or 4M, 1G */
	uint8_t op;				/* enum metal_op */
	bool user;				/* at privilege level 3 */
	bool late;				/* PAE: the PDPTE is stored after
						   MOV CR3; absent until then */
};

/* 5 or 4 in long mode; PAE has 3, 32-bit paging 2. */
static inline unsigned metal_levels_of(uint32_t control)
{
	if (control & METAL_LEGACY)
		return control & METAL_PAE ? 3 : 2;
	return control & METAL_LA57 ? 5 : 4;
}

static inline unsigned metal_levels(const struct metal_case *c)
{
	return metal_levels_of(c->control);
}

/* How many of which cases: the same in every reference that is compared. */
struct metal_space {
	uint64_t seed;
	uint64_t one_in;	/* of the product, by lot; 1: all */
	uint64_t fuzz;		/* random cases after it */
	uint32_t features;	/* optional ones that cases may use */
	uint32_t reserved;
};

#define METAL_DIGITS 17

/* Where an iteration stands; metal_first() makes it, metal_next() moves it. */
struct metal_cursor {
	struct metal_space space;
	struct metal_machine machine;
	uint8_t digit[METAL_DIGITS];	/* the product's counter */
	bool fuzzing;
	uint64_t number;		/* of the case within its kind */
	uint64_t random;		/* state of the generator */
};

void metal_first(struct metal_cursor *at, const struct metal_space *space,
		 struct metal_machine machine);
/* False: that was all.  The same number of cases for every machine: one that
 * this machine cannot perform is there as well, see metal_possible(). */
bool metal_next(struct metal_cursor *at, struct metal_case *c);
bool metal_possible(const struct metal_case *c, struct metal_machine machine);
/* Physical address of the entry that @va uses at @level of @levels. */
uint64_t metal_entry_at(uint64_t va, unsigned level, unsigned levels);
/* Of the PDPTE of another gigabyte, which PAE loads as well. */
uint64_t metal_other_pdpte_at(uint64_t va);

/* ---- results ------------------------------------------------------------ */

#define METAL_SKIPPED 0xff	/* vector: the machine lacks a feature */

/* struct metal_result.flags */
#define METAL_CR2_IS_VA 0x01	/* after a page fault */
#define METAL_AT_ACCESS 0x02	/* RIP is the instruction's, or the target's
				   when that was to be fetched */
#define METAL_CELL_USED 0x04	/* read, written or executed: the cell */
#define METAL_OTHER_USED 0x08	/* the other cell */
#define METAL_INTACT 0x10	/* no entry changed but by setting A or D */
#define METAL_AT_MOV_CR3 0x20	/* RIP is that of the MOV CR3 before it */

struct metal_result {
	uint32_t vector : 8;	/* METAL_DONE, an exception's, or skipped */
	uint32_t error : 8;	/* low byte of the error code */
	uint32_t flags : 6;
	uint32_t ad : 10;	/* A and D after: bits 2l-2 and 2l-1 of level l */
};

/* A and D of the @entry at @level, as in struct metal_result.ad. */
uint32_t metal_ad(uint64_t entry, unsigned level);

/* ---- messages ----------------------------------------------------------- */

struct metal_params {
	char magic[8];			/* METAL_MAGIC */
	struct metal_space space;
};

struct metal_header {
	char magic[8];
	char vendor[12];		/* CPUID leaf 0 */
	char hypervisor[12];		/* CPUID leaf 4000_0000, or zero */
	uint32_t signature;		/* CPUID leaf 1 EAX */
	struct metal_machine machine;
	struct metal_space space;	/* as found in the parameters */
};

struct metal_trailer {
	uint64_t cases;
	uint64_t observations;		/* of the sequences, after the cases */
	uint64_t sum;			/* metal_sum() of all results */
	char magic[8];
};

#define METAL_MAGIC "TLBMETAL"
#define METAL_END "LATEMBLT"

/* FNV-1a, continued from @sum (first: METAL_SUM). */
#define METAL_SUM 0xcbf29ce484222325ull
uint64_t metal_sum(uint64_t sum, const struct metal_result *result);

#endif /* METAL_METAL_H */
