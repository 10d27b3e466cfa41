/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * explore_ahead.c - what CPUs may walk on their own while others run.
 *
 *   events after `parallel` --> pages that they map, unmap, change or access
 *   pages x CPUs -------------> a thread each, which walks there so often
 *
 * A thread's walks come at any moment, also after all that matters, which is
 * as good as not at all.  So each schedule has all of them; one that would find
 * no page comes last.
 *
 * Sources: SDM vol. 3A, "Details of TLB Use"; APM vol. 2, "TLB Management": a
 * translation may be cached for an access that is never made.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>

#include "sim/explore.h"

struct pages {
	const struct explore_plan *plan;
	uint64_t at[EXPLORE_THREADS];
	unsigned count; /* one more than there is room for: too many */
};

static bool is_full(const struct pages *pages)
{
	return pages->count > EXPLORE_THREADS;
}

static void add_page(struct pages *pages, uint64_t at)
{
	at &= ~UINT64_C(4095);
	for (unsigned i = 0; i < pages->count && i < EXPLORE_THREADS; i++)
		if (pages->at[i] == at)
			return;
	if (pages->count < EXPLORE_THREADS)
		pages->at[pages->count] = at;
	if (!is_full(pages))
		pages->count++;
}

/* ---- which pages --------------------------------------------------------- */

static void add_accessed(struct pages *pages, const struct event *event)
{
	uint64_t count = event->access.stride ? event->access.count : 1;
	uint64_t at = event->access.at;

	for (; count && !is_full(pages); count--, at += event->access.stride)
		add_page(pages, at);
}

/* Where @events map what they call @label. */
static void add_mapped(struct pages *pages, const struct explore_events *events,
		       struct label label)
{
	for (size_t i = 0; i < events->count; i++) {
		const struct event *event = &events->event[i];

		if (event->kind != EVENT_map)
			continue;
		for (size_t k = 0; k < event->nr_ops; k++)
			if (label_is(event->ops[k].as, label))
				add_page(pages, event->ops[k].at);
	}
}

static void add_unmapped(struct pages *pages, const struct op *op)
{
	const struct explore_plan *plan = pages->plan;

	if (op->at_given || op->label.name < 0)
		return;
	add_mapped(pages, &plan->setup, op->label);
	for (unsigned i = 0; i < plan->threads; i++)
		add_mapped(pages, &plan->thread[i].events, op->label);
}

static void add_op(struct pages *pages, const struct event *event,
		   const struct op *op)
{
	bool unmaps = event->kind == EVENT_unmap ||
		      event->kind == EVENT_unmap_and_replace;

	if (event->kind == EVENT_map && !(op->flags & GNTMAP_host_map))
		return;
	if (!unmaps || op->at_given)
		add_page(pages, op->at);
	else
		add_unmapped(pages, op);
	if (event->kind == EVENT_unmap_and_replace ||
	    event->kind == EVENT_share_table)
		add_page(pages, op->new_at);
}

static void add_event(struct pages *pages, const struct event *event)
{
	static const bool of_pages[EVENT_KINDS] = {
		[EVENT_map] = true,	   [EVENT_unmap] = true,
		[EVENT_map_page] = true,   [EVENT_unmap_and_replace] = true,
		[EVENT_protect] = true,	   [EVENT_unmap_page] = true,
		[EVENT_write_pte] = true,  [EVENT_update_va_mapping] = true,
		[EVENT_mmu_update] = true, [EVENT_share_table] = true,
	};
	static const bool accesses[EVENT_KINDS] = {
		[EVENT_read] = true,
		[EVENT_write] = true,
		[EVENT_fetch] = true,
	};

	if (accesses[event->kind])
		add_accessed(pages, event);
	for (size_t i = 0; of_pages[event->kind] && i < event->nr_ops; i++)
		add_op(pages, event, &event->ops[i]);
}

static void find_pages(struct pages *pages)
{
	const struct explore_plan *plan = pages->plan;

	for (unsigned i = 0; i < plan->threads; i++)
		for (size_t k = 0; k < plan->thread[i].events.count; k++)
			add_event(pages, &plan->thread[i].events.event[k]);
}

/* Can nothing after `parallel` change an upper entry, which a walk that finds
 * no page may yet cache? */
static bool leaves_alone(const struct explore_plan *plan)
{
	static const bool harmless[EVENT_KINDS] = {
		[EVENT_grant] = true,	 [EVENT_revoke] = true,
		[EVENT_map] = true,	 [EVENT_unmap] = true,
		[EVENT_copy] = true,	 [EVENT_unmap_and_replace] = true,
		[EVENT_read] = true,	 [EVENT_write] = true,
		[EVENT_fetch] = true,	 [EVENT_flush] = true,
		[EVENT_invlpg] = true,	 [EVENT_load_cr3] = true,
		[EVENT_schedule] = true, [EVENT_set_control] = true,
	};

	for (unsigned i = 0; i < plan->threads; i++)
		for (size_t k = 0; k < plan->thread[i].events.count; k++)
			if (!harmless[plan->thread[i].events.event[k].kind])
				return false;
	return true;
}

/* ---- their threads ------------------------------------------------------- */

static int add_walks(struct explore_plan *plan, int cpu, uint64_t at)
{
	struct event event = { .kind = EVENT_speculate,
			       .place.file = plan->config->trace,
			       .cpu = cpu,
			       .domain = DOMAIN_NONE,
			       .access = { .at = at } };
	struct explore_thread *thread = &plan->thread[plan->threads++];
	int rc = 0;

	thread->cpu = cpu;
	thread->domain = DOMAIN_NONE;
	thread->ahead = true;
	for (unsigned i = 0; rc == 0 && i < plan->ahead; i++)
		rc = explore_append(&thread->events, &event);
	return rc;
}

static int refuse(struct explore_plan *plan, const struct pages *pages)
{
	diag_error(&plan->mistakes, (struct place){ plan->config->trace, 1, 1 },
		   "walks ahead by %u CPU%s to %s%u pages are too many to "
		   "explore",
		   plan->header->cpus, plan->header->cpus == 1 ? "" : "s",
		   is_full(pages) ? "more than " : "",
		   is_full(pages) ? EXPLORE_THREADS : pages->count);
	diag_hint(&plan->mistakes,
		  "at most %d threads are run: "
		  "'--speculate=0' goes without such walks",
		  EXPLORE_THREADS);
	return -EBADMSG;
}

int explore_add_ahead(struct explore_plan *plan)
{
	struct pages pages = { .plan = plan };
	unsigned cpus = plan->header->cpus;
	int rc = 0;

	if (!plan->ahead)
		return 0;
	find_pages(&pages);
	plan->ahead_leaves = leaves_alone(plan);
	if (is_full(&pages) ||
	    plan->threads + cpus * pages.count > EXPLORE_THREADS)
		return refuse(plan, &pages);
	plan->ahead_pages = pages.count;
	for (unsigned i = 0; i < pages.count; i++)
		for (unsigned cpu = 0; rc == 0 && cpu < cpus; cpu++)
			rc = add_walks(plan, (int)cpu, pages.at[i]);
	return rc;
}
