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
 * and all of it with 4 and, LA57, with 5 levels;
 *
 * and product_skips() leaves out, with its reason, what would say the same
 * thing twice.  The random ones turn any bits at all levels at once.
 *
 * Compiles without a C library; the image runs the same generator.
 */
#include "mmu/x86.h"
#include "tests/metal/metal.h"

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
	LA57, /* last, as it takes the image out of long mode */
	DIGITS
};

static const uint8_t radix[DIGITS] = {
	[LEAF] = 3, [VARY] = 5, [P] = 2,  [RW] = 2,   [US] = 2,	  [XD] = 2,
	[RSVD] = 2, [A] = 2,	[D] = 2,  [WP] = 2,   [NXE] = 2,  [SMEP] = 2,
	[SMAP] = 3, [KEY] = 5,	[OP] = 3, [USER] = 2, [LA57] = 2,
};

/* The protection key of every page of the product; key 0 is the stubs'. */
#define PRODUCT_KEY 5

#define PRODUCT_VA ((1ull << 39) | (5ull << 30) | METAL_CELL)
#define PRODUCT_VA_LA57 (PRODUCT_VA | 3ull << 48)

static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ x >> 27) * 0x94d049bb133111ebull;
	return x ^ x >> 31;
}

/* splitmix64 */
static uint64_t draw(struct metal_cursor *at)
{
	return mix(at->random += 0x9e3779b97f4a7c15ull);
}

static unsigned below(struct metal_cursor *at, unsigned limit)
{
	return draw(at) % limit;
}

static bool bump(uint8_t digit[])
{
	for (unsigned i = 0; i < DIGITS; i++) {
		if (++digit[i] < radix[i])
			return true;
		digit[i] = 0;
	}
	return false;
}

static uint32_t product_control(const uint8_t digit[])
{
	return (digit[WP] ? METAL_WP : 0) | (digit[NXE] ? METAL_NXE : 0) |
	       (digit[SMEP] ? METAL_SMEP : 0) | (digit[SMAP] ? METAL_SMAP : 0) |
	       (digit[SMAP] == 2 ? METAL_AC : 0) |
	       (digit[KEY] ? METAL_PKE : 0) | (digit[LA57] ? METAL_LA57 : 0);
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

	if (vary < leaf)
		return true; /* the walk ends before that level */
	if (vary == 5 && !digit[LA57])
		return true; /* no such level */
	if (!digit[P] && ignored_bits_differ(digit))
		return true;
	if (digit[P] && vary > leaf && digit[D])
		return true; /* D is ignored where no page is mapped */
	if (product_control(digit) & missing)
		return true; /* not asked for */
	return false;
}

/* ---- entries ------------------------------------------------------------ */

static unsigned shift_of(unsigned level)
{
	return 12 + 9 * (level - 1);
}

uint64_t metal_entry_at(uint64_t va, unsigned level, unsigned levels)
{
	static const uint64_t table[METAL_LEVELS + 1] = {
		[1] = METAL_TEST_PT, [2] = METAL_TEST_PD, [3] = METAL_TEST_PDPT,
		[4] = METAL_PML4,    [5] = METAL_PML5,
	};
	uint64_t offset = 8 * (va >> shift_of(level) & 511);

	if (level == 4 && levels == 5)
		return METAL_TEST_PML4 + offset;
	return table[level] + offset;
}

/* What leads on from @level, or to the cell, and permits everything. */
static uint64_t permissive(unsigned level, unsigned leaf)
{
	static const uint64_t next[METAL_LEVELS + 1] = {
		[2] = METAL_TEST_PT,
		[3] = METAL_TEST_PD,
		[4] = METAL_TEST_PDPT,
		[5] = METAL_TEST_PML4,
	};
	uint64_t entry = PTE_P | PTE_RW | PTE_US;

	if (level > leaf)
		return entry | next[level];
	if (level > 1)
		entry |= PTE_PS;
	return entry | (METAL_CELL & -(1ull << shift_of(level)));
}

/* A bit that is reserved in every entry, 0 if there is none. */
static uint64_t reserved_bit(struct metal_machine machine, unsigned n)
{
	unsigned bits = machine.maxphyaddr < 52 ? 52 - machine.maxphyaddr : 0;

	return bits ? 1ull << (51 - n % bits) : 0;
}

/* ---- one case of the product -------------------------------------------- */

static uint64_t varied(const struct metal_cursor *at, uint64_t entry)
{
	static const uint64_t bit[DIGITS] = {
		[P] = PTE_P,   [RW] = PTE_RW, [US] = PTE_US,
		[XD] = PTE_XD, [A] = PTE_A,   [D] = PTE_D,
	};

	for (unsigned i = P; i <= D; i++)
		entry = at->digit[i] ? entry | bit[i] : entry & ~bit[i];
	if (at->digit[RSVD])
		entry |= reserved_bit(at->machine, 0);
	return entry;
}

static void product_case(const struct metal_cursor *at, struct metal_case *c)
{
	static const uint8_t op[] = { METAL_OP_READ, METAL_OP_WRITE,
				      METAL_OP_FETCH };
	const uint8_t *digit = at->digit;
	unsigned vary = digit[VARY] + 1;

	*c = (struct metal_case){
		.va = digit[LA57] ? PRODUCT_VA_LA57 : PRODUCT_VA,
		.control = product_control(digit),
		.leaf = digit[LEAF] + 1,
		.op = op[digit[OP]],
		.user = digit[USER],
	};
	for (unsigned level = c->leaf; level <= metal_levels(c); level++)
		c->entry[level] = permissive(level, c->leaf);
	c->entry[vary] = varied(at, c->entry[vary]);
	if (digit[KEY]) {
		c->pkru = (digit[KEY] - 1) << 2 * PRODUCT_KEY;
		c->entry[c->leaf] |= (uint64_t)PRODUCT_KEY << METAL_KEY_SHIFT;
	}
}

/* Whether a case of the product is in the sample. */
static bool drawn(const struct metal_cursor *at)
{
	uint64_t lot = mix(at->space.seed ^ mix(at->number));

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

/* ---- one random case ---------------------------------------------------- */

/* Bits to turn in a random entry, and how often out of 64. */
static const struct turn {
	uint64_t bit;
	uint8_t of_64;
} turns[] = {
	{ PTE_P, 3 },	   { PTE_RW, 16 },    { PTE_US, 16 }, { PTE_XD, 12 },
	{ PTE_A, 24 },	   { PTE_D, 24 },     { PTE_G, 8 },   { PTE_PWT, 4 },
	{ PTE_PCD, 4 },	   { 1 << 9, 8 },     { 1 << 10, 8 }, { 1 << 11, 8 },
	{ 1ull << 52, 8 }, { 1ull << 58, 8 },
};

/* Bit 7 and the frame's low bits, where turning them leads nowhere unknown:
 * a table must not become a page's contents. */
static uint64_t turned_size(struct metal_cursor *at, uint64_t entry,
			    unsigned level, unsigned leaf)
{
	if (level != leaf || level == 1)
		return below(at, 64) < 2 ? entry ^ PTE_PS : entry;
	if (below(at, 64) < 2)
		entry |= 1ull << (13 + below(at, shift_of(level) - 13));
	return entry ^ (below(at, 64) < 8 ? 1ull << 12 : 0); /* PAT */
}

static uint64_t turned(struct metal_cursor *at, unsigned level, unsigned leaf)
{
	uint64_t entry = permissive(level, leaf);

	for (unsigned i = 0; i < sizeof(turns) / sizeof(turns[0]); i++)
		if (below(at, 64) < turns[i].of_64)
			entry ^= turns[i].bit;
	if (below(at, 64) < 3)
		entry |= reserved_bit(at->machine, below(at, 52));
	if (level == leaf)
		entry |= (uint64_t)below(at, 16) << METAL_KEY_SHIFT;
	return turned_size(at, entry, level, leaf);
}

/* Any address that ends in the cell's offset, now and then no canonical one;
 * not in the slots of the top table that are the image's. */
static uint64_t random_va(struct metal_cursor *at, const struct metal_case *c)
{
	unsigned bits = shift_of(metal_levels(c) + 1), top = bits - 9;
	uint64_t fixed = (1ull << shift_of(c->leaf)) - 1;
	uint64_t slot = 3 + below(at, 509);
	uint64_t va = slot << top | (draw(at) & ((1ull << top) - 1) & ~fixed) |
		      (METAL_CELL & fixed);

	if (va >> (bits - 1) & 1)
		va |= ~0ull << bits;
	if (below(at, 64) == 0)
		va ^= 1ull << (bits + below(at, 64 - bits));
	return va;
}

/* So many cases with 4 levels, as many with 5. */
#define LA57_BLOCK 0x400

static uint32_t random_control(struct metal_cursor *at)
{
	uint32_t missing = METAL_OPTIONAL & ~at->space.features;
	uint32_t control = draw(at) & (METAL_WP | METAL_PGE | METAL_OPTIONAL);

	if (below(at, 8)) /* else XD is reserved: that hides much */
		control |= METAL_NXE;
	control &= ~METAL_LA57;
	if (at->number & LA57_BLOCK)
		control |= METAL_LA57;
	return control & ~missing;
}

static void random_case(struct metal_cursor *at, struct metal_case *c)
{
	*c = (struct metal_case){ .leaf = 1 + below(at, 3) };
	c->control = random_control(at);
	c->va = random_va(at, c);
	c->op = below(at, METAL_OPS);
	c->user = below(at, 2);
	/* QEMU reads first, Bochs mistakes keys: none could be right. */
	if (c->op == METAL_OP_RMW)
		c->control &= ~METAL_PKE;
	c->pkru = draw(at) & ~3u; /* key 0 is the stubs' */
	for (unsigned level = metal_levels(c); level >= c->leaf; level--)
		c->entry[level] = turned(at, level, c->leaf);
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
	random_case(at, c);
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
