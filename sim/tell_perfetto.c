/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tell_perfetto.c - steps over simulated time, for ui.perfetto.dev and for
 * chrome://tracing.
 *
 *   CPU 0 |  unmap [ decision  flush ]         a thread for each CPU
 *   CPU 1 |  read    |_________ flush (IPI)    an arrow for each IPI
 *
 * Time is cycles.total: what happens on a machine is simulated one after the
 * other, and so is drawn.  A cycle is a microsecond of the format.
 *
 * Trace Event Format (Google), "Event Types": B and E duration, X complete,
 * i instant, s and f flow, C counter, M metadata.
 */
#include "config.h"

#include <inttypes.h>

#include <jansson.h>

#include "sim/domain.h"
#include "sim/sim.h"
#include "sim/tell.h"

#define BIT(cpu) (UINT64_C(1) << (cpu))

/* ---- events of the format ------------------------------------------------ */

/* Both are taken; @args may be NULL. */
static void emit(struct tale *tale, json_t *event, json_t *args)
{
	if (args)
		json_object_set_new(event, "args", args);
	fputs(tale->told++ ? ",\n" : "\n", tale->to);
	json_dumpf(event, tale->to, JSON_COMPACT);
	json_decref(event);
}

/* Of phase @ph, on the thread of @cpu. */
static json_t *base(const char *ph, const char *name, unsigned cpu, uint64_t ts)
{
	json_t *event = json_pack("{s:s, s:i, s:i, s:I}", "ph", ph, "pid", 1,
				  "tid", (int)cpu + 1, "ts", (json_int_t)ts);

	json_object_set_new(event, "name", json_string(name));
	return event;
}

static void slice(struct tale *tale, const char *name, unsigned cpu,
		  uint64_t from, json_t *args)
{
	json_t *event = base("X", name, cpu, from);

	json_object_set_new(event, "dur",
			    json_integer((json_int_t)(tale->now - from)));
	emit(tale, event, args);
}

static void instant(struct tale *tale, const char *name, unsigned cpu,
		    json_t *args)
{
	json_t *event = base("i", name, cpu, tale->now);

	json_object_set_new(event, "s", json_string("t"));
	emit(tale, event, args);
}

/* An end of an arrow. */
static void flow(struct tale *tale, const char *ph, unsigned cpu, uint64_t ts)
{
	json_t *event = base(ph, "IPI", cpu, ts);

	json_object_set_new(event, "cat", json_string("ipi"));
	json_object_set_new(event, "id",
			    json_integer((json_int_t)tale->arrows));
	if (ph[0] == 'f')
		json_object_set_new(event, "bp", json_string("e"));
	emit(tale, event, NULL);
}

/* Once. */
static void name_thread(struct tale *tale, unsigned cpu)
{
	char name[16];

	if (tale->named & BIT(cpu))
		return;
	tale->named |= BIT(cpu);
	snprintf(name, sizeof(name), "CPU %u", cpu);
	emit(tale, base("M", "thread_name", cpu, 0),
	     json_pack("{s:s}", "name", name));
}

/* ---- steps --------------------------------------------------------------- */

/* The CPU of @step takes part in its event: since the step before. */
static void note_cpu(struct tale *tale, const struct step *step)
{
	const struct event *event = step->event;

	name_thread(tale, step->cpu);
	if (!event || tale->busy & BIT(step->cpu))
		return;
	tale->busy |= BIT(step->cpu);
	emit(tale, base("B", event_names[event->kind], step->cpu, tale->before),
	     json_pack("{s:s, s:I, s:I}", "text", tell_event(event).text,
		       "event", (json_int_t)event->number, "line",
		       (json_int_t)event->place.line));
}

static void tell_access(struct tale *tale, const struct step *step)
{
	const struct mmu_result *result = &step->access.result;
	char va[20];

	note_cpu(tale, step);
	snprintf(va, sizeof(va), "0x%" PRIx64, step->access.va);
	slice(tale, step_access_names[step->access.access], step->cpu,
	      tale->before, json_pack("{s:s}", "va", va));
	if (result->end != MMU_OK)
		instant(tale, "fault", step->cpu, NULL);
	else if (result->stale_since != MMU_NOT_STALE)
		instant(tale, "stale use", step->cpu, NULL);
}

static void tell_decision(struct tale *tale, const struct step *step)
{
	const struct step_decision *d = &step->decision;

	note_cpu(tale, step);
	tale->batches[d->flush]++;
	instant(tale, d->flush ? "decision: flush" : "decision: no flush",
		step->cpu,
		json_pack("{s:i, s:i, s:s}", "ops", (int)d->ops, "accessed",
			  (int)d->accessed, "reason",
			  step_reason_names[d->reason]));
	emit(tale, base("C", "batches", step->cpu, tale->now),
	     json_pack("{s:I, s:I}", "avoided", (json_int_t)tale->batches[0],
		       "performed", (json_int_t)tale->batches[1]));
}

/* An arrow to each CPU that is interrupted. */
static void tell_flush(struct tale *tale, const struct step *step)
{
	uint64_t others = step->flush.cpus & ~BIT(step->cpu);
	unsigned cpu;

	note_cpu(tale, step);
	slice(tale, "flush", step->cpu, tale->before,
	      json_pack("{s:s, s:b}", "cpus",
			step_cpu_set(step->flush.cpus).text, "needless",
			step->flush.needless));
	for (; others; others &= others - 1) {
		cpu = (unsigned)__builtin_ctzll(others);
		name_thread(tale, cpu);
		slice(tale, "flush (IPI)", cpu, tale->before, NULL);
		tale->arrows++;
		flow(tale, "s", step->cpu, tale->before);
		flow(tale, "f", cpu, tale->before);
	}
}

static void tell_entry(struct tale *tale, const struct step *step)
{
	if (step->entry.op >= 0)
		note_cpu(tale, step);
}

static void tell_op(struct tale *tale, const struct step *step)
{
	note_cpu(tale, step);
}

static void tell_violation(struct tale *tale, const struct step *step)
{
	json_t *text = json_string(step->text);

	name_thread(tale, step->cpu);
	instant(tale, "violation", step->cpu,
		json_pack("{s:o}", "text", text ? text : json_null()));
}

static void tell_switch(struct tale *tale, const struct step *step)
{
	char name[32] = "idle";

	note_cpu(tale, step);
	if (step->to)
		snprintf(name, sizeof(name), "runs domain %u", step->to->id);
	instant(tale, name, step->cpu, NULL);
}

/* For each CPU that had a part in the event. */
static void tell_end(struct tale *tale, const struct step *step)
{
	uint64_t cpus = tale->busy;

	for (; step->event && cpus; cpus &= cpus - 1)
		emit(tale,
		     base("E", event_names[step->event->kind],
			  (unsigned)__builtin_ctzll(cpus), tale->now),
		     NULL);
	tale->busy = 0;
}

/* ---- the document -------------------------------------------------------- */

static void begin(struct tale *tale, const struct tale_head *head)
{
	json_t *names = json_pack("{s:s, s:s, s:s, s:s}", "machine",
				  head->machine, "policy", head->policy,
				  "trace", head->trace, "unit",
				  "a cycle is shown as a microsecond");

	fputs("{\"otherData\": ", tale->to);
	if (names)
		json_dumpf(names, tale->to, 0);
	else
		fputs("{}", tale->to); /* a name that is not UTF-8 */
	json_decref(names);
	fputs(", \"traceEvents\": [", tale->to);
}

static void step(struct tale *tale, const struct telling *telling)
{
	static void (*const tell[STEP_KINDS])(struct tale *,
					      const struct step *) = {
		[STEP_access] = tell_access,	   [STEP_entry] = tell_entry,
		[STEP_switch] = tell_switch,	   [STEP_op] = tell_op,
		[STEP_decision] = tell_decision,   [STEP_flush] = tell_flush,
		[STEP_violation] = tell_violation, [STEP_end] = tell_end,
	};
	const struct step *step = telling->step;

	tale->now = sim_results(telling->sim)->count[COUNTER_cycles_total];
	if (tell[step->kind])
		tell[step->kind](tale, step);
	tale->before = tale->now;
}

static void end(struct tale *tale)
{
	fputs("\n]}\n", tale->to);
}

const struct teller teller_perfetto = {
	.name = "perfetto",
	.suffix = ".perfetto.json",
	.begin = begin,
	.step = step,
	.end = end,
};
