/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * narrator.c - a simulator's steps, on their way to a teller.
 *
 *   sim --step--> narrator --step, changes of caches, what was missed--> teller
 *                    |
 *                    |-- looks: what all CPUs held after the step before
 *                    `-- past: a ring of the newest events
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/explain.h"
#include "sim/sim.h"

#define PAST 4096 /* events; a power of two */

static const struct past *find_past(const struct narrator *narrator,
				    uint64_t number)
{
	const struct past *past = &narrator->past[number % PAST];

	return past->file[0] && past->number == number ? past : NULL;
}

/* A first-level hit changes nothing that is cached. */
static bool may_change(const struct step *step)
{
	return step->kind != STEP_access ||
	       step->access.result.end == MMU_PAGE_FAULT ||
	       step->access.result.served != MMU_BY_L1;
}

/* What is expected of another policy is no news. */
static bool is_other(const struct sim *sim, const struct step *step)
{
	return step->event && step->event->kind == EVENT_expect &&
	       !sim_expects(sim, step->event);
}

static bool is_skipped(const struct tale *tale, const struct step *step)
{
	return tale->teller->skips && tale->teller->skips(tale, step);
}

/* What an `inspect` printed is known when it has ended. */
static void find_inspected(struct narrator *narrator, struct telling *telling)
{
	const struct step *step = telling->step;
	const struct results *results;

	if (!step->event || step->event->kind != EVENT_inspect)
		return;
	results = sim_results(telling->sim);
	if (step->kind == STEP_event)
		narrator->inspected = results->nr_inspect;
	if (step->kind != STEP_end)
		return;
	telling->inspected = results->inspect + narrator->inspected;
	telling->nr_inspected = results->nr_inspect - narrator->inspected;
}

static void on_step(void *data, struct sim *sim, const struct step *step)
{
	struct narrator *narrator = data;
	struct looks *looks = &narrator->looks;
	struct telling telling = { .step = step, .sim = sim };

	if (is_other(sim, step))
		return;
	looks_forget(looks);
	if (may_change(step) && !is_skipped(&narrator->tale, step))
		looks_update(looks, sim_mmu(sim), sim_cpus(sim));
	telling.change = looks->change;
	telling.changes = looks->count;
	if (step->kind == STEP_access)
		telling.missed = find_past(narrator,
					   step->access.result.stale_since);
	find_inspected(narrator, &telling);
	narrator->tale.teller->step(&narrator->tale, &telling);
}

int narrator_init(struct narrator *narrator, struct sim *sim,
		  const struct teller *teller, FILE *to, bool color)
{
	*narrator = (struct narrator){
		.sim = sim,
		.tale = { .to = to,
			  .color = color,
			  .profile = mmu_profile(sim_mmu(sim)),
			  .teller = teller },
		.past = calloc(PAST, sizeof(*narrator->past)),
	};
	return narrator->past ? 0 : -ENOMEM;
}

void narrator_free(struct narrator *narrator)
{
	looks_free(&narrator->looks);
	free(narrator->past);
}

void narrator_note(struct narrator *narrator, const struct event *event)
{
	struct past *past = &narrator->past[event->number % PAST];
	const char *file = event->place.file ? event->place.file : "";
	size_t length = strlen(file);
	size_t skip = 0;

	if (length >= sizeof(past->file))
		skip = length - sizeof(past->file) + 1;
	past->number = event->number;
	past->kind = event->kind;
	past->line = event->place.line;
	snprintf(past->file, sizeof(past->file), "%s", file + skip);
}

int narrator_start(struct narrator *narrator)
{
	const struct sim_watcher watcher = { on_step, narrator };
	struct sim *sim = narrator->sim;
	int rc = looks_update(&narrator->looks, sim_mmu(sim), sim_cpus(sim));

	return rc < 0 ? rc : sim_watch(sim, &watcher);
}

void narrator_stop(struct narrator *narrator)
{
	sim_watch(narrator->sim, NULL);
}
