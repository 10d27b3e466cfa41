/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * explore_race.c - races between the steps of a schedule.
 *
 *     node     0     1     2     3     4
 *     thread   a     b     a     c     b
 *              |_____________________/ both write x: from node 0, try one of
 *                                      those that need not wait for a's step
 *
 * Of those in between that a's step does not come before, and the last one,
 * let one run at node 0 that waits for no other of them: a source set.  Only
 * immediate races are taken, others show themselves once those are turned
 * round; but for locks: who comes second cannot come before the first lets
 * go, so that its race is with each who took the lock.
 *
 * What a CPU has stored and is not in memory is as a lock, for who cannot go on
 * before it is; the drain lets go of it.  That one comes after the store and
 * before who waits, and races with neither.
 *
 * Source: P. Abdulla, S. Aronis, B. Jonsson, K. Sagonas, Source Sets: A
 * Foundation for Optimal Dynamic Partial Order Reduction, J. ACM 64 (2017).
 */
#include "sim/explore_race.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- dependence -------------------------------------------------------- */

static uint64_t bit_of(const struct touch *touch)
{
	return UINT64_C(1) << (hb_mix(touch->what, touch->id) & 63);
}

int race_touches_keep(struct race_touches *to, const struct touches *from)
{
	*to = (struct race_touches){ .all = from->all };
	if (!from->count)
		return 0;
	to->touch = malloc(from->count * sizeof(*to->touch));
	if (!to->touch)
		return -ENOMEM;
	to->count = from->count;
	memcpy(to->touch, from->touch, from->count * sizeof(*to->touch));
	for (unsigned i = 0; i < to->count; i++)
		to->signature |= bit_of(&to->touch[i]);
	return 0;
}

static bool clash(const struct touch *a, const struct touch *b)
{
	if (a->what != b->what || a->id != b->id)
		return false;
	return a->how != b->how || a->how == TOUCH_WRITE;
}

static bool any_clash(const struct race_touches *a,
		      const struct race_touches *b, bool locks)
{
	static const bool locks_out[] = {
		[TOUCH_LOCK] = true,   [TOUCH_WALK] = true,
		[TOUCH_TABLE] = true,  [TOUCH_BUFFER] = true,
		[TOUCH_LATE] = true,   [TOUCH_LATE_AT] = true,
		[TOUCH_NAMES] = false,
	};

	if (!(a->signature & b->signature))
		return false;
	for (unsigned i = 0; i < a->count; i++)
		for (unsigned j = 0; j < b->count; j++)
			if (clash(&a->touch[i], &b->touch[j]) &&
			    (!locks || locks_out[a->touch[i].what]))
				return true;
	return false;
}

bool race_depend(const struct race_touches *a, const struct race_touches *b)
{
	return a->all || b->all || any_clash(a, b, false);
}

bool race_depend_by_lock(const struct race_touches *a,
			 const struct race_touches *b)
{
	return any_clash(a, b, true);
}

static bool is_waited_for(const struct touch *touch)
{
	static const bool waits[] = {
		[TOUCH_BUFFER] = true,
		[TOUCH_LATE] = true,
		[TOUCH_LATE_AT] = true,
		[TOUCH_NAMES] = false,
	};

	return waits[touch->what] && touch->how != TOUCH_READ;
}

bool race_depend_by_drain(const struct race_touches *drain,
			  const struct race_touches *other)
{
	for (unsigned i = 0; i < drain->count; i++)
		for (unsigned j = 0; j < other->count; j++)
			if (is_waited_for(&drain->touch[i]) &&
			    clash(&drain->touch[i], &other->touch[j]))
				return true;
	return false;
}

/* ---- the path ------------------------------------------------------------ */

struct race_node *race_path_add(struct race_path *path)
{
	size_t more = path->room ? 2 * path->room : 64;
	struct race_node *bigger;

	if (path->count == path->room) {
		bigger = realloc(path->node, more * sizeof(*bigger));
		if (!bigger)
			return NULL;
		path->node = bigger;
		path->room = more;
	}
	memset(&path->node[path->count], 0, sizeof(*path->node));
	return &path->node[path->count++];
}

void race_path_cut(struct race_path *path, size_t count)
{
	while (path->count > count) {
		struct race_node *node = &path->node[--path->count];

		for (unsigned i = 0; i < EXPLORE_THREADS; i++)
			free(node->step[i].touch);
	}
	if (count || !path->node)
		return;
	free(path->node);
	path->node = NULL;
	path->room = 0;
}

static const struct race_touches *touched(const struct race_node *node)
{
	return &node->step[node->thread];
}

/* Is the step @a the same as @b, or before it? */
static bool comes_before(const struct race_node *a, const struct race_node *b)
{
	return b->clock[a->thread] >= a->clock[a->thread];
}

static void join(struct race_node *node, const struct race_node *before)
{
	for (unsigned i = 0; i < EXPLORE_THREADS; i++)
		if (node->clock[i] < before->clock[i])
			node->clock[i] = before->clock[i];
}

/* Of the steps after @first that do not come after it, and @last: whose is
 * the first that waits for none of them? */
static uint32_t initials(const struct race_path *path, size_t first,
			 size_t last)
{
	const struct race_node *node = path->node;
	uint32_t seen = 0, found = 0;

	for (size_t i = first + 1; i <= last; i++) {
		bool waits = i != last && comes_before(&node[first], &node[i]);

		if (waits || (seen & 1u << node[i].thread))
			continue;
		seen |= 1u << node[i].thread;
		for (size_t k = first + 1; k < i && !waits; k++)
			waits = !comes_before(&node[first], &node[k]) &&
				comes_before(&node[k], &node[i]);
		if (!waits)
			found |= 1u << node[i].thread;
	}
	return found;
}

static void turn_round(struct race_path *path, size_t first, size_t last)
{
	struct race_node *node = &path->node[first];
	uint32_t may = initials(path, first, last);
	uint32_t last_bit = 1u << path->node[last].thread;

	if (may & node->todo)
		return;
	may &= node->enabled;
	if (may & last_bit)
		node->todo |= last_bit;
	else if (may)
		node->todo |= may & -may;
	else
		node->todo |= node->enabled;
}

/* What @last's thread saw before it, in @before. */
static void own_clock(const struct race_path *path, struct race_node *last,
		      struct race_node *before)
{
	for (size_t i = path->count - 1; i-- > 0;)
		if (path->node[i].thread == last->thread) {
			join(before, &path->node[i]);
			break;
		}
	join(last, before);
	last->clock[last->thread]++;
}

static bool is_drain(const struct race_path *path, const struct race_node *node)
{
	return path->drains >> node->thread & 1;
}

/* Are there schedules in which @b comes before @a, on which it depends? */
static bool may_turn_round(const struct race_path *path,
			   const struct race_node *a, const struct race_node *b,
			   bool hidden)
{
	if (is_drain(path, a) && race_depend_by_drain(touched(a), touched(b)))
		return false;
	if (is_drain(path, b) && race_depend_by_drain(touched(b), touched(a)))
		return false;
	return !hidden || race_depend_by_lock(touched(a), touched(b));
}

/* A walk ahead can run wherever it would find something, and waits for nobody:
 * let it be done before each step that it depends on. */
static void walk_before(struct race_path *path, struct race_node *now,
			const struct race_node *before)
{
	for (size_t i = path->count - 1; i-- > 0;) {
		struct race_node *node = &path->node[i];

		if (node->thread == now->thread || comes_before(node, before) ||
		    !race_depend(touched(node), touched(now)))
			continue;
		node->todo |= node->enabled & 1u << now->thread;
		join(now, node);
	}
}

void race_path_note(struct race_path *path)
{
	size_t last = path->count - 1;
	struct race_node *now = &path->node[last];
	struct race_node before = { .thread = now->thread };

	own_clock(path, now, &before);
	if (path->ahead >> now->thread & 1) {
		walk_before(path, now, &before);
		return;
	}
	/* Backwards: what joins first hides what comes before it. */
	for (size_t i = last; i-- > 0;) {
		struct race_node *node = &path->node[i];
		bool hidden = comes_before(node, now);

		if (node->thread == now->thread ||
		    comes_before(node, &before) ||
		    !race_depend(touched(node), touched(now)))
			continue;
		if (may_turn_round(path, node, now, hidden))
			turn_round(path, i, last);
		join(now, node);
	}
}
