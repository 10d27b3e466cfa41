/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * explore_dpor.c - all schedules that differ in more than the order of steps
 * that have nothing to do with each other, whatever the preemptions.
 *
 *   run one to its end --> races --> what else to try, at which node
 *        ^                                   |
 *        `------- deepest such node ---------'
 *
 * What was tried at a node sleeps below the next one that is tried there, until
 * something comes that depends on it: what it could lead to was seen.
 *
 * A step that waits for a drain (explore_drain.c) cannot be taken before it. So
 * where such a step was, the drain gets a node of its own before it, as if it
 * had been chosen, and is tried elsewhere if it races, like any other step.
 *
 * Sources: as in explore_race.c; P. Godefroid, Partial-Order Methods for the
 * Verification of Concurrent Systems, 1996, for sleep sets.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "sim/explore_race.h"
#include "sim/explore_search.h"

struct dpor {
	struct search *s;
	struct race_path path;
	struct explore_exec exec;
};

static uint32_t enabled(const struct explore_exec *exec)
{
	uint32_t mask = 0;

	for (unsigned i = 0; i < exec->plan->threads; i++)
		if (explore_can_run(exec, i))
			mask |= 1u << i;
	return mask;
}

static void note_threads(struct race_path *path,
			 const struct explore_plan *plan)
{
	for (unsigned i = 0; i < plan->threads; i++) {
		path->drains |= (uint32_t)plan->thread[i].drains << i;
		path->ahead |= (uint32_t)plan->thread[i].ahead << i;
	}
}

/* Nobody is preempted if that can be avoided. */
static unsigned choose(const struct explore_exec *exec, uint32_t mask)
{
	if (exec->last >= 0 && mask >> exec->last & 1)
		return (unsigned)exec->last;
	return (unsigned)__builtin_ctz(mask);
}

/* The steps that sleep at @node after that of the node before it. */
static int inherit(struct race_node *node, const struct race_node *above)
{
	const struct race_touches *taken = &above->step[above->thread];
	uint32_t mask = (above->asleep | above->done) & ~(1u << above->thread);
	int rc = 0;

	for (; mask && rc == 0; mask &= mask - 1) {
		unsigned i = (unsigned)__builtin_ctz(mask);
		const struct race_touches *step = &above->step[i];
		struct touches list = { .count = step->count,
					.all = step->all };

		if (race_depend(step, taken))
			continue;
		for (unsigned k = 0; k < step->count; k++)
			list.touch[k] = step->touch[k];
		rc = race_touches_keep(&node->step[i], &list);
		node->asleep |= 1u << i;
	}
	return rc;
}

/* Take the step that @node has chosen. */
static int take(struct dpor *d, size_t at)
{
	struct race_node *node = &d->path.node[at];
	bool again = node->step[node->thread].touch ||
		     node->step[node->thread].all;
	int rc = explore_exec_step(&d->exec, node->thread);

	if (rc < 0 || again)
		return rc;
	return race_touches_keep(&node->step[node->thread], &d->exec.touches);
}

/* A node where @exec stands; 1 if all that could be done there sleeps. */
static int stand(struct dpor *d)
{
	struct race_node *node = race_path_add(&d->path);
	int rc;

	if (!node)
		return -ENOMEM;
	node->enabled = enabled(&d->exec);
	rc = d->path.count > 1 ? inherit(node, node - 1) : 0;
	if (rc < 0)
		return rc;
	if (!(node->enabled & ~node->asleep))
		return 1;
	node->thread = choose(&d->exec, node->enabled & ~node->asleep);
	node->todo = node->done = 1u << node->thread;
	return 0;
}

static struct race_node *last_node(const struct dpor *d)
{
	return &d->path.node[d->path.count - 1];
}

/* The step of the last node waits for drain @number: so what could run there is
 * that.  1 if it was tried. */
static int drain_instead(struct dpor *d, unsigned number)
{
	struct race_node *node = last_node(d);
	const uint32_t waits = 1u << node->thread;
	const unsigned drain = d->exec.drain[number].thread;
	struct touches touches;

	node->enabled &= ~waits;
	node->todo &= ~waits;
	node->done &= ~waits;
	node->thread = drain;
	if ((node->done | node->asleep) >> drain & 1)
		return 1;
	node->done |= 1u << drain;
	node->todo |= 1u << drain;
	explore_drain_touches(&d->exec, number, &touches);
	return race_touches_keep(&node->step[drain], &touches);
}

/* A node after drain @number, where @thread can run, which waited for it. */
static int stand_after(struct dpor *d, unsigned number, unsigned thread)
{
	struct race_node *node = race_path_add(&d->path);

	if (!node)
		return -ENOMEM;
	node->thread = thread;
	node->todo = node->done = 1u << thread;
	node->enabled = node[-1].enabled | 1u << thread;
	if (!explore_drains_again(&d->exec, number))
		node->enabled &= ~(1u << node[-1].thread);
	return inherit(node, node - 1);
}

/* What the last step waited for, if anything: 0, or 1 if what comes of that is
 * known. */
static int note_drains(struct dpor *d)
{
	const unsigned thread = last_node(d)->thread;
	struct race_touches *own = &last_node(d)->step[thread], step = *own;
	int rc = 0;

	*own = (struct race_touches){ 0 };
	for (unsigned i = 0; rc == 0 && i < d->exec.drained; i++) {
		rc = drain_instead(d, i);
		if (rc)
			break;
		race_path_note(&d->path);
		rc = stand_after(d, i, thread);
	}
	if (rc)
		free(step.touch);
	else
		last_node(d)->step[thread] = step;
	return rc;
}

/* The last step is of the path. */
static int note(struct dpor *d)
{
	int rc = d->exec.drained ? note_drains(d) : 0;

	if (rc == 0)
		race_path_note(&d->path);
	return rc;
}

/* Go on to the end: 0, or 1 to give it up. */
static int go_on(struct dpor *d)
{
	const struct explore_config *config = d->s->config;
	bool broken = false;
	int rc = 0;

	while (rc == 0 && enabled(&d->exec)) {
		rc = stand(d);
		if (rc == 0)
			rc = take(d, d->path.count - 1);
		if (rc)
			break;
		if (!broken && d->path.count <= config->depth)
			rc = note(d);
		else if (!broken)
			d->s->explored->end = EXPLORE_DEPTH;
		broken |= d->exec.step[d->exec.steps - 1].wrong;
	}
	return rc;
}

/* The schedule whose first steps are those of the path. */
static int run_one(struct dpor *d)
{
	size_t known = d->path.count;
	int rc = explore_exec_start(&d->exec, d->s->plan, &d->s->spares);

	d->s->explored->runs++;
	for (size_t i = 0; rc == 0 && i < known; i++)
		rc = take(d, i);
	if (rc == 0 && known && !d->exec.step[known - 1].wrong)
		rc = note(d);
	if (rc == 0)
		rc = go_on(d);
	if (rc == 0)
		rc = search_end_schedule(d->s, &d->exec);
	if (rc == -EBADMSG)
		d->s->explored->diags = d->exec.diags;
	explore_exec_free(&d->exec);
	return rc < 0 ? rc : 0;
}

/* The deepest node where something is left to try; false if there is none. */
static bool next_path(struct race_path *path)
{
	while (path->count) {
		struct race_node *node = &path->node[path->count - 1];
		uint32_t left = node->todo & ~node->done & ~node->asleep;

		if (!left) {
			race_path_cut(path, path->count - 1);
			continue;
		}
		node->thread = (unsigned)__builtin_ctz(left);
		node->done |= 1u << node->thread;
		for (unsigned i = 0; i < EXPLORE_THREADS; i++)
			node->clock[i] = 0;
		return true;
	}
	return false;
}

int explore_dpor(struct search *s)
{
	struct dpor d = { .s = s };
	int rc;

	note_threads(&d.path, s->plan);
	do {
		if (search_must_end(s)) {
			rc = 1;
			break;
		}
		rc = run_one(&d);
	} while (rc == 0 && !s->explored->found.yes && next_path(&d.path));
	race_path_cut(&d.path, 0);
	return rc;
}
