/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fake_frames.c - what gnttab/machine.h asks of frames, over a fake machine. */
#include "tests/fake_machine.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

/* An L1 page table of a guest? */
static bool is_table(mfn_t mfn)
{
	return mfn.n % FAKE_GUEST_FRAMES >= FAKE_DATA_FRAMES;
}

int16_t machine_frame_get(struct cpu *cpu, struct domain *d, gfn_t gfn,
			  enum machine_hold kind, mfn_t *mfn)
{
	if (fake_cross(cpu, FAKE_frame_get, gfn.n) ||
	    gfn.n >= FAKE_GUEST_FRAMES)
		return GNTST_bad_page;
	if (gfn.n == cpu->m->paged_out.n)
		return GNTST_eagain;
	*mfn = fake_mfn(d->m, d->id, gfn.n);
	if (mfn->n == FAKE_NOWHERE || d->granted[gfn.n])
		return GNTST_bad_page;
	if (kind == MACHINE_HOLD_WRITABLE && is_table(*mfn))
		return GNTST_general_error;
	fake_hold(d->m, mfn->n, kind);
	return GNTST_okay;
}

bool machine_frame_hold(struct cpu *cpu, struct domain *owner, mfn_t mfn,
			enum machine_hold kind)
{
	if (fake_cross(cpu, FAKE_frame_hold, mfn.n))
		return false;
	if (cpu->m->frames[mfn.n].owner != owner ||
	    (kind == MACHINE_HOLD_WRITABLE && is_table(mfn)))
		return false;
	fake_hold(cpu->m, mfn.n, kind);
	return true;
}

void machine_frame_drop(struct cpu *cpu, mfn_t mfn, enum machine_hold kind)
{
	fake_cross(cpu, FAKE_frame_drop, mfn.n);
	fake_drop(cpu->m, mfn.n, kind);
}

void *machine_frame_pointer(struct cpu *cpu, mfn_t mfn)
{
	fake_cross(cpu, FAKE_frame_pointer, mfn.n);
	return cpu->m->memory[mfn.n];
}

int machine_frame_alloc(struct cpu *cpu, struct domain *d, mfn_t *mfn)
{
	struct fake_machine *m = cpu->m;
	unsigned i = 0;

	if (fake_cross(cpu, FAKE_frame_alloc, d->id))
		return -ENOMEM;
	while (i < FAKE_TABLE_FRAMES && m->table_used[i])
		i++;
	if (i == FAKE_TABLE_FRAMES)
		return -ENOMEM;
	m->table_used[i] = true;
	mfn->n = FAKE_DOMAINS * FAKE_GUEST_FRAMES + i;
	memset(m->memory[mfn->n], 0, 4096);
	return 0;
}

bool machine_frame_mapped(struct cpu *cpu, struct domain *d, mfn_t mfn)
{
	(void)d;
	return fake_cross(cpu, FAKE_frame_mapped, mfn.n) ||
	       cpu->m->frames[mfn.n].refs;
}

void machine_frame_free(struct cpu *cpu, mfn_t mfn)
{
	struct fake_frame *f = &cpu->m->frames[mfn.n];

	fake_cross(cpu, FAKE_frame_free, mfn.n);
	assert(!f->refs);
	if (mfn.n < FAKE_DOMAINS * FAKE_GUEST_FRAMES) {
		if (f->owner)
			f->owner->owned--;
		f->owner = NULL;
		cpu->m->freed++;
		return;
	}
	assert(cpu->m->table_used[mfn.n - FAKE_DOMAINS * FAKE_GUEST_FRAMES]);
	cpu->m->table_used[mfn.n - FAKE_DOMAINS * FAKE_GUEST_FRAMES] = false;
}

int16_t machine_frame_steal(struct cpu *cpu, struct domain *d, gfn_t gfn,
			    mfn_t *mfn)
{
	struct fake_frame *f;

	if (fake_cross(cpu, FAKE_frame_steal, gfn.n))
		return GNTST_general_error;
	*mfn = fake_mfn(d->m, d->id, gfn.n);
	if (mfn->n == FAKE_NOWHERE)
		return GNTST_bad_page;
	f = &cpu->m->frames[mfn->n];
	if (f->refs || is_table(*mfn))
		return GNTST_bad_page;
	assert(f->owner == d);
	f->owner = NULL;
	d->owned--;
	d->frame_at[gfn.n] = FAKE_NOWHERE;
	return GNTST_okay;
}

bool machine_frame_assign(struct cpu *cpu, struct domain *d, mfn_t mfn)
{
	struct fake_frame *f = &cpu->m->frames[mfn.n];

	if (fake_cross(cpu, FAKE_frame_assign, mfn.n) ||
	    d->owned == FAKE_GUEST_FRAMES)
		return false;
	assert(!f->owner && !f->refs);
	f->owner = d;
	d->owned++;
	return true;
}

void machine_frame_place(struct cpu *cpu, struct domain *d, gfn_t gfn,
			 mfn_t mfn)
{
	fake_cross(cpu, FAKE_frame_place, gfn.n);
	assert(cpu->m->frames[mfn.n].owner == d);
	if (gfn.n < FAKE_GUEST_FRAMES)
		d->frame_at[gfn.n] = mfn.n;
}

void machine_mark_dirty(struct cpu *cpu, struct domain *d, mfn_t mfn)
{
	(void)d;
	fake_cross(cpu, FAKE_mark_dirty, mfn.n);
}
