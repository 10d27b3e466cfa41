/* SPDX-License-Identifier: GPL-2.0-or-later */
/* explore_tell.c - what was run, what came of it, and what broke, in words. */
#include "config.h"

#include <inttypes.h>

#include "sim/explore.h"
#include "sim/explore_part.h"
#include "sim/tell.h"

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* ---- coverage -------------------------------------------------------- */

static void tell_bound(const struct explored *explored, FILE *out)
{
	static const char *const bounds[] = {
		[EXPLORE_ALL] = "none",
		[EXPLORE_PREEMPTIONS] = "--preemptions",
		[EXPLORE_DEPTH] = "--depth",
		[EXPLORE_SCHEDULES] = "--schedules",
		[EXPLORE_TIME] = "--time",
	};

	if (explored->end == EXPLORE_DEPTH)
		fprintf(out,
			"bound reached (%s): no other order of what came "
			"later was run",
			bounds[explored->end]);
	else if (explored->any_level)
		fprintf(out,
			"bound reached (%s): all schedules of up to %" PRIu64
			" preemption%s, and not all of more",
			bounds[explored->end], explored->preemptions,
			plural(explored->preemptions));
	else
		fprintf(out, "bound reached (%s): not all schedules",
			bounds[explored->end]);
}

static void tell_coverage(const struct explored *explored, FILE *out)
{
	if (explored->end != EXPLORE_ALL)
		tell_bound(explored, out);
	else if (explored->found.yes && explored->by_races)
		fputs("all schedules of up to 1 preemption; of more, up to the "
		      "first that breaks something",
		      out);
	else if (explored->found.yes && explored->waiting)
		fprintf(out,
			"all schedules of up to %" PRIu64
			" preemption%s; none of more",
			explored->found.preemptions,
			plural(explored->found.preemptions));
	else
		fputs("all schedules", out);
	fprintf(out,
		"\n  %" PRIu64 " that differ; %" PRIu64
		" run to the end, %" PRIu64 " given up where others had been\n",
		explored->different, explored->schedules,
		explored->runs - explored->schedules);
}

/* Where a CPU may be stopped while others run; nowhere else. */
static void tell_points(const struct explore_plan *plan, FILE *out)
{
	static const char *const stores[] = {
		[MEMORY_SC] = "no store buffers",
		[MEMORY_TSO] = "store buffers",
	};

	fprintf(out,
		"  points: %scalls of the seam, IPIs, accesses, steps of "
		"walks; "
		"%s, ",
		plan->config->no_reduction ? "all " : "",
		stores[plan->header->memory]);
	if (plan->ahead)
		fprintf(out,
			"%u walk%s ahead, in one step, by each of %u CPU%s to "
			"each of %u page%s\n",
			plan->ahead, plural(plan->ahead), plan->header->cpus,
			plural(plan->header->cpus), plan->ahead_pages,
			plural(plan->ahead_pages));
	else
		fputs("no walks ahead\n", out);
}

static void tell_outcome(const struct explore_outcome *o, FILE *out)
{
	fprintf(out, "  flushes performed %" PRIu64 ", avoided %" PRIu64,
		o->performed, o->avoided);
	if (o->violations)
		fprintf(out, "; %" PRIu64 " violation%s", o->violations,
			plural(o->violations));
	if (o->stale)
		fprintf(out, "; %" PRIu64 " stale use%s", o->stale,
			plural(o->stale));
	if (o->refused)
		fprintf(out, "; %" PRIu64 " unexpected status", o->refused);
	fputs(o->deadlock ? "; deadlock\n" : "\n", out);
}

/* ---- the story ------------------------------------------------------- */

static void tell_part(const struct explore_plan *plan,
		      const struct explore_part *part, FILE *out)
{
	const struct event *event = part->event;
	const struct explore_thread *thread = &plan->thread[part->thread];

	fprintf(out, "  %2zu  %-8s  ", part->number,
		explore_thread_name(thread).text);
	if (thread->drains)
		fputs("what it stored gets into memory", out);
	else if (thread->ahead)
		fprintf(out, "walks ahead to 0x%" PRIx64 ", for no instruction",
			event->access.at);
	else if (part->begins)
		fprintf(out, "%s (line %" PRIu32 ")", tell_event(event).text,
			event->place.line);
	else
		fprintf(out, "goes on with line %" PRIu32, event->place.line);
	if (!part->ends)
		fprintf(out, ", and stops before %s", crossing_names[part->at]);
	else if (!part->begins)
		fputs(", to its end", out);
	fputs("\n", out);
}

static void tell_found(const struct explore_plan *plan,
		       const struct explore_found *found, FILE *out)
{
	struct explore_part part = { .number = 0 };

	fprintf(out,
		"\nBroken after %zu step%s with %" PRIu64 " preemption%s: "
		"%s\n\n",
		found->wrong + !found->at_end,
		plural(found->wrong + !found->at_end), found->preemptions,
		plural(found->preemptions), found->first);
	while (explore_part_next(found, &part)) {
		tell_part(plan, &part, out);
		if (part.wrong)
			fprintf(out, "      %s\n", found->first);
	}
	if (found->at_end)
		fprintf(out, "      %s\n", found->first);
}

void explore_tell(const struct explore_plan *plan,
		  const struct explored *explored, FILE *out)
{
	fprintf(out, "%s\n%s on %s under %s: %u thread%s\n\n",
		plan->header->title, plan->config->trace,
		plan->header->profile.mmu.name, plan->policy->name,
		plan->threads, plural(plan->threads));
	tell_coverage(explored, out);
	tell_points(plan, out);
	fprintf(out, "\n%u outcome%s:\n", explored->outcomes,
		plural(explored->outcomes));
	for (unsigned i = 0; i < explored->outcomes; i++)
		tell_outcome(&explored->outcome[i], out);
	if (explored->found.yes)
		tell_found(plan, &explored->found, out);
	else
		fputs("\nNothing is broken in what was run.\n", out);
}
