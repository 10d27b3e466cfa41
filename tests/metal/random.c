/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * random.c - a case with any bits turned, at all levels at once.
 *
 * Most entries permit most things, so that a walk gets far; what is turned
 * seldom enough not to hide the rest is in tables.
 *
 * Compiles without a C library, as cases.c.
 */
#include "mmu/x86.h"
#include "tests/metal/cases.h"

uint64_t metal_mix(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ x >> 27) * 0x94d049bb133111ebull;
	return x ^ x >> 31;
}

/* splitmix64 */
static uint64_t draw(struct metal_cursor *at)
{
	return metal_mix(at->random += 0x9e3779b97f4a7c15ull);
}

static unsigned below(struct metal_cursor *at, unsigned limit)
{
	return draw(at) % limit;
}

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

/* Available in long mode: the above's bits 52 and 58. */
#define PAE_RESERVED (1ull << 52 | 1ull << 58)

/* Bit 7 and the frame's low bits, where turning them leads nowhere unknown:
 * a table must not become a page's contents. */
static uint64_t turned_size(struct metal_cursor *at, const struct metal_case *c,
			    uint64_t entry, unsigned level)
{
	unsigned shift = metal_shift(level, metal_levels(c));
	unsigned low = 13;

	if (level != c->leaf || level == 1)
		return below(at, 64) < 2 ? entry ^ PTE_PS : entry;
	/* PSE-36: only plain data may go where no memory is. */
	if (shift == 22 && (c->op == METAL_OP_FETCH || c->op == METAL_OP_RMW))
		low = 21;
	if (below(at, 64) < 2)
		entry |= 1ull << (low + below(at, shift - low));
	return entry ^ (below(at, 64) < 8 ? 1ull << 12 : 0); /* PAT */
}

/* Few of its bits are not reserved. */
static uint64_t turned_pdpte(struct metal_cursor *at)
{
	uint64_t entry = metal_permissive(3, 1, 3);
	unsigned bit = below(at, 64);

	/* No bit of the frame. */
	if (below(at, 64) < 16 && (bit < 12 || bit >= at->machine.maxphyaddr))
		entry ^= 1ull << bit;
	return entry;
}

static uint64_t turned(struct metal_cursor *at, const struct metal_case *c,
		       unsigned level)
{
	unsigned leaf = c->leaf, levels = metal_levels(c);
	uint64_t entry = metal_permissive(level, leaf, levels);

	if (levels == 3 && level == 3)
		return turned_pdpte(at);
	for (unsigned i = 0; i < sizeof(turns) / sizeof(turns[0]); i++)
		if (below(at, 64) < turns[i].of_64)
			entry ^= turns[i].bit;
	if (levels == 3 && below(at, 64) >= 3)
		entry &= ~PAE_RESERVED;
	if (below(at, 64) < 3)
		entry |= metal_reserved_bit(at->machine, below(at, 52));
	if (level == leaf && levels > 3)
		entry |= (uint64_t)below(at, 16) << METAL_KEY_SHIFT;
	entry = turned_size(at, c, entry, level);
	return levels == 2 ? (uint32_t)entry : entry;
}

/* In a legacy mode. */
static uint64_t random_va32(struct metal_cursor *at, const struct metal_case *c)
{
	bool pae = c->control & METAL_PAE;
	uint64_t fixed = (1ull << metal_shift(c->leaf, metal_levels(c))) - 1;
	uint64_t slot = pae ? METAL_PAE_SLOTS + below(at, 4 - METAL_PAE_SLOTS)
			    : METAL_SLOTS32 + below(at, 1024 - METAL_SLOTS32);
	unsigned top = pae ? 30 : 22;

	return slot << top | (draw(at) & ((1ull << top) - 1) & ~fixed) |
	       (METAL_CELL & fixed);
}

/* Any address that ends in the cell's offset, now and then no canonical one;
 * not in the slots of the top table that are the image's. */
static uint64_t random_va(struct metal_cursor *at, const struct metal_case *c)
{
	unsigned levels = metal_levels(c);
	unsigned bits = metal_shift(levels + 1, levels), top = bits - 9;
	uint64_t fixed = (1ull << metal_shift(c->leaf, levels)) - 1;
	uint64_t slot = 3 + below(at, 509);
	uint64_t va = slot << top | (draw(at) & ((1ull << top) - 1) & ~fixed) |
		      (METAL_CELL & fixed);

	if (va >> (bits - 1) & 1)
		va |= ~0ull << bits;
	if (below(at, 64) == 0)
		va ^= 1ull << (bits + below(at, 64 - bits));
	return va;
}

/* So many cases in one paging mode, as many in the next. */
#define MODE_BLOCK 0x200

static uint32_t random_control(struct metal_cursor *at)
{
	uint32_t missing = METAL_OPTIONAL & ~at->space.features;
	uint32_t control = draw(at) & (METAL_WP | METAL_PGE | METAL_OPTIONAL);

	if (below(at, 8)) /* else XD is reserved: that hides much */
		control |= METAL_NXE;
	control &= ~METAL_MODE;
	control |= metal_mode(at->number / MODE_BLOCK % METAL_MODES);
	return control & ~missing;
}

/* 1G pages are of long mode, and 4M pages of PSE. */
static unsigned random_leaf(struct metal_cursor *at, uint32_t control)
{
	if (!(control & METAL_LEGACY))
		return 1 + below(at, 3);
	return control & (METAL_PAE | METAL_PSE) ? 1 + below(at, 2) : 1;
}

/* The PDPTEs that a MOV CR3 loads, and when. */
static void random_pdptes(struct metal_cursor *at, struct metal_case *c)
{
	if (below(at, 8) == 0)
		c->other_pdpte = turned_pdpte(at);
	c->late = below(at, 8) == 0;
}

void metal_random_case(struct metal_cursor *at, struct metal_case *c)
{
	*c = (struct metal_case){ .control = random_control(at) };
	c->leaf = random_leaf(at, c->control);
	c->va = c->control & METAL_LEGACY ? random_va32(at, c)
					  : random_va(at, c);
	c->op = below(at, METAL_OPS);
	c->user = below(at, 2);
	/* QEMU reads first, Bochs mistakes keys: none could be right. */
	if (c->op == METAL_OP_RMW)
		c->control &= ~METAL_PKE;
	c->pkru = draw(at);
	if (!(c->control & METAL_LEGACY))
		c->pkru &= ~3u; /* key 0 is the stubs' */
	for (unsigned level = metal_levels(c); level >= c->leaf; level--)
		c->entry[level] = turned(at, c, level);
	if (metal_levels(c) == 3)
		random_pdptes(at, c);
}
