/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * p2m.h - physical to machine: what each frame number of a guest leads to.
 *
 *   guest frame   0 ............ frames ............ frames + P2M_SPARE
 *                 |    memory    |  none at first  |
 *                 machine frames first, first + 1 ...
 *
 * A guest's memory starts in one piece; frames that are given up, received
 * or mapped from others later make exceptions, and only those cost anything.
 */
#ifndef SIM_P2M_H
#define SIM_P2M_H

#include <stdbool.h>

#include "gnttab/machine.h"

/* Frame numbers past the memory that a guest may use: 4 GiB of them. */
#define P2M_SPARE (UINT64_C(1) << 20)

enum p2m_type {
	P2M_NONE,     /* leads nowhere */
	P2M_RAM,      /* a frame of the domain's own */
	P2M_GRANT_RW, /* another's, granted to it */
	P2M_GRANT_RO,
};

struct p2m_entry {
	enum p2m_type type;
	mfn_t mfn; /* 0 with P2M_NONE */
};

struct sparse_maps;

struct p2m {
	struct sparse_maps *maps; /* where its memory comes from */
	uint64_t first, frames; /* constant: as it is at first */
	uint64_t *word;		/* 0: as at first */
};

/* 0 or -ENOMEM.  The host gives memory only for exceptions. */
int p2m_create(struct p2m *p2m, struct sparse_maps *maps, uint64_t first,
	       uint64_t frames);
void p2m_destroy(struct p2m *p2m);

/* Frame numbers are below this. */
static inline uint64_t p2m_limit(const struct p2m *p2m)
{
	return p2m->frames + P2M_SPARE;
}

/* Does @gfn lead to the frame that it led to at first? */
static inline bool p2m_is_as_at_first(const struct p2m *p2m, uint64_t gfn)
{
	return gfn < p2m->frames && !p2m->word[gfn];
}

/* The same as p2m_get(), of an exception or a number past the memory. */
struct p2m_entry p2m_get_other(const struct p2m *p2m, uint64_t gfn);
/* P2M_NONE past the limit. */
static inline struct p2m_entry p2m_get(const struct p2m *p2m, uint64_t gfn)
{
	if (!p2m_is_as_at_first(p2m, gfn))
		return p2m_get_other(p2m, gfn);
	return (struct p2m_entry){ P2M_RAM, { p2m->first + gfn } };
}
/* Of a number below the limit. */
void p2m_set(struct p2m *p2m, uint64_t gfn, struct p2m_entry entry);

/* Do @count numbers from @gfn lead to the machine frames *@mfn, *@mfn + 1
 * ... of the domain's own memory? */
bool p2m_is_ram(const struct p2m *p2m, uint64_t gfn, uint64_t count,
		mfn_t *mfn);

#endif /* SIM_P2M_H */
