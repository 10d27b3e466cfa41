/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cases.c - generate the cases: a product of bits, then random ones.
 *
 * The product is a counter with one digit for each thing that is varied:
 *
 *   LEAF   VARY   P RW US XD RSVD A D   WP NXE SMEP  SMAP      KEY     OP USER
 *   1..3   1..5   bits of the entry     2   2   2   no,yes,  no PKE,   3   2
 *   (page  (level at the level varied               with AC  none, AD,
 *   size)  varied) (the others permit)                       WD, both
 *
 * and all of it in each paging MODE: 4 and 5 levels, PAE (there with the PDPTE
 * in place before MOV CR3, late, or beside a reserved one), 32-bit with PSE
 * and without;
 *
 * and product_skips() leaves out, with its reason, what would say the same
 * thing twice.  The random ones are in random.c.
 *
 * Compiles without a C library; the image runs the same generator.
 */
#include "mmu/x86.h"
#include "tests/metal/cases.h"

/* ---- the product's counter ---------------------------------------------- */

enum digit {
	LEAF,
	VARY,
	P,
	RW,
	US,
	XD,
	RSVD,
	A,
	D,
	WP,
	NXE,
	SMEP,
	SMAP,
	KEY,
	OP,
	USER,
	MODE, /* last, as it takes the image out of long mode */
	DIGITS
};

/* What is in the PDPT when MOV CR3 loads PDPTEs. */
enum pdptes { ALL_PRESENT, LATE, OTHER_RESERVED };

/* clang-format off */
/* The modes; what cannot differ in one has the radix 1 there. */
static const struct mode {
	uint32_t control;
	enum pdptes pdptes;	/* else only the PDPTE is varied */
	uint8_t radix[DIGITS];
} modes[] = {
#define BITS(xd) [P] = 2, [RW] = 2, [US] = 2, [XD] = (xd), [RSVD] = 2, \
	[A] = 2, [D] = 2
#define REST(sm, key) [WP] = 2, [NXE] = 2, [SMEP] = (sm), \
	[SMAP] = (sm) > 1 ? 3 : 1, [KEY] = (key), [OP] = 3, [USER] = 2
	{ 0, ALL_PRESENT,
	  { [LEAF] = 3, [VARY] = 4, BITS(2), REST(2, 5) } },
	{ METAL_LA57, ALL_PRESENT,
	  { [LEAF] = 3, [VARY] = 5, BITS(2), REST(2, 5) } },
	{ METAL_LEGACY | METAL_PAE, ALL_PRESENT,
	  { [LEAF] = 2, [VARY] = 3, BITS(2), REST(2, 2) } },
	{ METAL_LEGACY | METAL_PAE, LATE,
	  { [LEAF] = 2, [VARY] = 3, BITS(2), REST(1, 1) } },
	{ METAL_LEGACY | METAL_PAE, OTHER_RESERVED,
	  { [LEAF] = 2, [VARY] = 3, BITS(2), REST(1, 1) } },
	{ METAL_LEGACY | METAL_PSE, ALL_PRESENT,
	  { [LEAF] = 2, [VARY] = 2, BITS(1), REST(2, 2) } },
	{ METAL_LEGACY, ALL_PRESENT,
	  { [LEAF] = 1, [VARY] = 2, BITS(1), REST(2, 2) } },
#undef BITS
#undef REST
};
/* clang-format on */
#define MODES (sizeof(modes) / sizeof(modes[0]))

/* The protection key of every page of the product; key 0 is the stubs'. */
#define PRODUCT_KEY 5

#define PRODUCT_VA ((1ull << 39) | (5ull << 30) | METAL_CELL)
#define PRODUCT_VA_LA57 (PRODUCT_VA | 3ull << 48)
#define PRODUCT_VA_LEGACY ((2ull << 30) | METAL_CELL)

static bool bump(uint8_t digit[])
{
	for (unsigned i = 0; i < MODE; i++) {
		if (++digit[i] < modes[digit[MODE]].radix[i])
			return true;
		digit[i] = 0;
	}
	return ++digit[MODE] < MODES;
}

static uint32_t product_control(const uint8_t digit[])
{
	return (digit[WP] ? METAL_WP : 0) | (digit[NXE] ? METAL_NXE : 0) |
	       (digit[SMEP] ? METAL_SMEP : 0) | (digit[SMAP] ? METAL_SMAP : 0) |
	       (digit[SMAP] == 2 ? METAL_AC : 0) |
	       (digit[KEY] ? METAL_PKE : 0) | modes[digit[MODE]].control;
}

/* Not present: the other bits are the software's, so all or none will do. */
static bool ignored_bits_differ(const uint8_t digit[])
{
	for (unsigned i = RW; i <= A; i++)
		if (digit[i] != digit[D])
			return true;
	return false;
}

static bool product_skips(const struct metal_cursor *at)
{
	const uint8_t *digit = at->digit;
	unsigned leaf = digit[LEAF] + 1, vary = digit[VARY] + 1;
	uint32_t missing = METAL_OPTIONAL & ~at->space.features;
	const struct mode *mode = &modes[digit[MODE]];

	if (vary < leaf)
		return true; /* the walk ends before that level */
	if (mode->pdptes != ALL_PRESENT && vary != 3)
		return true; /* the PDPTE is what that is about */
	if (digit[RSVD] && metal_levels_of(mode->control) == 2 &&
	    (leaf != 2 || vary != 2))
		return true; /* no bit is reserved but in a 4M page's PDE */
	if (!digit[P] && ignored_bits_differ(digit))
		return true;
	if (digit[P] && vary > leaf && digit[D])
		return true; /* D is ignored where no page is mapped */
	if (product_control(digit) & missing)
		return true; /* not asked for */
	return false;
}

/* ---- one case of the product -------------------------------------------- */

/* Of a PDE that maps 4 MiB, whatever the width of physical addresses. */
#define RESERVED_PSE (1ull << 21)

static uint64_t varied(const struct metal_cursor *at, uint64_t entry)
{
	static const uint64_t bit[DIGITS] = {
		[P] = PTE_P,   [RW] = PTE_RW, [US] = PTE_US,
		[XD] = PTE_XD, [A] = PTE_A,   [D] = PTE_D,
	};

	for (unsigned i = P; i <= D; i++)
		entry = at->digit[i] ? entry | bit[i] : entry & ~bit[i];
	if (at->digit[RSVD] && (modes[at->digit[MODE]].control & METAL_PSE))
		entry |= RESERVED_PSE;
	else if (at->digit[RSVD])
		entry |= metal_reserved_bit(at->machine, 0);
	return entry;
}

static uint64_t product_va(uint32_t control)
{
	if (control & METAL_LEGACY)
		return PRODUCT_VA_LEGACY;
	return control & METAL_LA57 ? PRODUCT_VA_LA57 : PRODUCT_VA;
}

/* Entries of legacy modes have no key: key 0 is denied. */
static void set_key(const uint8_t digit[], struct metal_case *c)
{
	if (!digit[KEY])
		return;
	if (c->control & METAL_LEGACY) {
		c->pkru = ~0u;
		return;
	}
	c->pkru = (digit[KEY] - 1) << 2 * PRODUCT_KEY;
	c->entry[c->leaf] |= (uint64_t)PRODUCT_KEY << METAL_KEY_SHIFT;
}

static void product_case(const struct metal_cursor *at, struct metal_case *c)
{
	static const uint8_t op[] = { METAL_OP_READ, METAL_OP_WRITE,
				      METAL_OP_FETCH };
	const uint8_t *digit = at->digit;
	const struct mode *mode = &modes[digit[MODE]];
	unsigned vary = digit[VARY] + 1;

	*c = (struct metal_case){
		.va = product_va(mode->control),
		.control = product_control(digit),
		.late = mode->pdptes == LATE,
		.other_pdpte = mode->pdptes == OTHER_RESERVED ? PTE_P | PTE_RW
							      : 0,
		.leaf = digit[LEAF] + 1,
		.op = op[digit[OP]],
		.user = digit[USER],
	};
	for (unsigned level = c->leaf; level <= metal_levels(c); level++)
		c->entry[level] = metal_permissive(level, c->leaf,
						   metal_levels(c));
	c->entry[vary] = varied(at, c->entry[vary]);
	set_key(digit, c);
}

/* Whether a case of the product is in the sample. */
static bool drawn(const struct metal_cursor *at)
{
	uint64_t lot = metal_mix(at->space.seed ^ metal_mix(at->number));

	return at->space.one_in <= 1 || lot % at->space.one_in == 0;
}

static bool next_of_product(struct metal_cursor *at, struct metal_case *c)
{
	for (;;) {
		bool taken = false;

		if (!product_skips(at)) {
			taken = drawn(at);
			at->number++;
		}
		if (taken)
			product_case(at, c);
		if (!bump(at->digit)) {
			at->fuzzing = true;
			at->number = 0;
			return taken;
		}
		if (taken)
			return true;
	}
}

/* ---- all of them -------------------------------------------------------- */

void metal_first(struct metal_cursor *at, const struct metal_space *space,
		 struct metal_machine machine)
{
	*at = (struct metal_cursor){
		.space = *space,
		.machine = machine,
		.random = space->seed,
	};
}

bool metal_next(struct metal_cursor *at, struct metal_case *c)
{
	if (!at->fuzzing && next_of_product(at, c))
		return true;
	if (at->number == at->space.fuzz)
		return false;
	at->number++;
	metal_random_case(at, c);
	return true;
}

bool metal_possible(const struct metal_case *c, struct metal_machine machine)
{
	uint32_t optional = METAL_OPTIONAL | METAL_NXE;

	return !(c->control & optional & ~machine.features);
}

uint64_t metal_sum(uint64_t sum, const struct metal_result *result)
{
	const uint8_t byte[] = { result->vector, result->error,
				 result->flags | (result->ad & 3) << 6,
				 result->ad >> 2 };

	for (unsigned i = 0; i < sizeof(byte); i++)
		sum = (sum ^ byte[i]) * 0x100000001b3ull;
	return sum;
}
