/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * p2m.c - one word for each guest frame number.
 *
 *    63                          3  2    1  0
 *   [        machine frame        | type | 1]    an exception
 *   [                0                      ]    none
 *
 * Source: the types are those of p2m_type_t that grants need,
 * xen/arch/x86/include/asm/p2m.h.
 */
#include <assert.h>
#include <errno.h>

#include "mmu/sparse.h"
#include "sim/p2m.h"

#define WORD_SET 1u
#define WORD_TYPE_SHIFT 1
#define WORD_TYPE_MASK 3u
#define WORD_MFN_SHIFT 3

static uint64_t bytes_of(const struct p2m *p2m)
{
	return p2m_limit(p2m) * sizeof(*p2m->word);
}

int p2m_create(struct p2m *p2m, struct sparse_maps *maps, uint64_t first,
	       uint64_t frames)
{
	*p2m = (struct p2m){ .maps = maps, .first = first, .frames = frames };
	p2m->word = sparse_map(maps, bytes_of(p2m));
	return p2m->word ? 0 : -ENOMEM;
}

void p2m_destroy(struct p2m *p2m)
{
	sparse_unmap(p2m->maps, p2m->word, bytes_of(p2m));
	p2m->word = NULL;
}

struct p2m_entry p2m_get_other(const struct p2m *p2m, uint64_t gfn)
{
	uint64_t word = gfn < p2m_limit(p2m) ? p2m->word[gfn] : 0;

	if (!word)
		return (struct p2m_entry){ .type = P2M_NONE };
	return (struct p2m_entry){
		.type = word >> WORD_TYPE_SHIFT & WORD_TYPE_MASK,
		.mfn = { word >> WORD_MFN_SHIFT },
	};
}

void p2m_set(struct p2m *p2m, uint64_t gfn, struct p2m_entry entry)
{
	assert(gfn < p2m_limit(p2m));
	p2m->word[gfn] = entry.mfn.n << WORD_MFN_SHIFT |
			 (uint64_t)entry.type << WORD_TYPE_SHIFT | WORD_SET;
}

bool p2m_is_ram(const struct p2m *p2m, uint64_t gfn, uint64_t count, mfn_t *mfn)
{
	struct p2m_entry entry = p2m_get(p2m, gfn);

	*mfn = entry.mfn;
	for (uint64_t i = 0; i < count; i++) {
		entry = p2m_get(p2m, gfn + i);
		if (entry.type != P2M_RAM || entry.mfn.n != mfn->n + i)
			return false;
	}
	return true;
}
