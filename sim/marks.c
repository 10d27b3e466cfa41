/* SPDX-License-Identifier: GPL-2.0-or-later */
/* marks.c - two bits for each page-table entry. */
#include <assert.h>

#include "mmu/sparse.h"
#include "sim/frame.h"
#include "sim/marks.h"

#define ENTRIES 512

/* Of one table frame. */
struct marks {
	uint64_t granted[ENTRIES / 64];
	uint64_t touched[ENTRIES / 64];
};

struct marks *marks_create(void)
{
	return sparse_map(FRAMES_OWN * sizeof(struct marks));
}

void marks_destroy(struct marks *marks)
{
	sparse_unmap(marks, FRAMES_OWN * sizeof(*marks));
}

/* Where the bits of an entry are. */
static unsigned word_of(paddr_t entry)
{
	return entry / 8 % ENTRIES / 64;
}

static uint64_t bit_of(paddr_t entry)
{
	return UINT64_C(1) << entry / 8 % 64;
}

void marks_grant(struct marks *marks, paddr_t entry)
{
	struct marks *m = &marks[entry / FRAME_BYTES];

	assert(entry / FRAME_BYTES < FRAMES_OWN);
	m->granted[word_of(entry)] |= bit_of(entry);
	m->touched[word_of(entry)] &= ~bit_of(entry);
}

bool marks_clear(struct marks *marks, paddr_t entry)
{
	struct marks *m = &marks[entry / FRAME_BYTES];
	bool touched;

	assert(entry / FRAME_BYTES < FRAMES_OWN);
	touched = m->touched[word_of(entry)] & bit_of(entry);
	m->granted[word_of(entry)] &= ~bit_of(entry);
	m->touched[word_of(entry)] &= ~bit_of(entry);
	return touched;
}

void marks_touch(struct marks *marks, paddr_t entry)
{
	struct marks *m = &marks[entry / FRAME_BYTES];

	assert(entry / FRAME_BYTES < FRAMES_OWN);
	m->touched[word_of(entry)] |= m->granted[word_of(entry)] &
				      bit_of(entry);
}

bool marks_is_grant(const struct marks *marks, paddr_t entry)
{
	assert(entry / FRAME_BYTES < FRAMES_OWN);
	return marks[entry / FRAME_BYTES].granted[word_of(entry)] &
	       bit_of(entry);
}

bool marks_is_touched(const struct marks *marks, paddr_t entry)
{
	assert(entry / FRAME_BYTES < FRAMES_OWN);
	return marks[entry / FRAME_BYTES].touched[word_of(entry)] &
	       bit_of(entry);
}

void marks_move(struct marks *marks, paddr_t from, paddr_t to)
{
	bool granted = marks_is_grant(marks, from);
	bool touched = marks_clear(marks, from);

	marks_clear(marks, to);
	if (granted)
		marks_grant(marks, to);
	if (touched)
		marks_touch(marks, to);
}
