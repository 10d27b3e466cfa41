/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tell_text.c - steps for people.
 *
 * Of one event's accesses the first few are told, then those that are out of
 * the ordinary; the others are counted.
 */
#include "config.h"

#include <inttypes.h>

#include "gnttab/abi.h"
#include "mmu/x86.h"
#include "sim/domain.h"
#include "sim/hypercall.h"
#include "sim/table.h"
#include "sim/tell.h"

#define ACCESSES_TOLD 8

static void say(struct tale *tale, enum paint paint, const char *text)
{
	paint_text(tale->to, tale->color, paint, 0, text);
}

/* Under a word of its own. */
static void tell_text(struct tale *tale, const char *word, const char *text)
{
	fputc('\n', tale->to);
	say(tale, PAINT_BOLD, word);
	fputc('\n', tale->to);
	wrap_text(tale->to, "  ", "  ", text);
}

static void begin(struct tale *tale, const struct tale_head *head)
{
	if (head->title[0]) {
		say(tale, PAINT_BOLD, head->title);
		fputc('\n', tale->to);
	}
	fprintf(tale->to, "%s under %s on %s\n", head->trace, head->policy,
		head->machine);
	if (head->question[0])
		tell_text(tale, "Question", head->question);
}

/* ---- events -------------------------------------------------------------- */

static void tell_begin(struct tale *tale, const struct telling *telling)
{
	const struct event *event = telling->step->event;
	char number[32];

	tale->told = 0;
	tale->hits = 0;
	tale->walks = 0;
	tale->faults = 0;
	tale->cycles = 0;
	snprintf(number, sizeof(number), "[%" PRIu64 "]", event->number);
	fputc('\n', tale->to);
	say(tale, PAINT_BOLD, number);
	fputc(' ', tale->to);
	say(tale, PAINT_BOLD, tell_event(event).text);
	if (event->place.line)
		fprintf(tale->to, " (line %" PRIu32 ")", event->place.line);
	fputc('\n', tale->to);
}

static void tell_end(struct tale *tale, const struct telling *telling)
{
	uint64_t more = tale->hits + tale->walks + tale->faults;

	if (more)
		fprintf(tale->to,
			"  %" PRIu64 " more accesses, %" PRIu64 " cycles: "
			"%" PRIu64 " hits, %" PRIu64 " walks, %" PRIu64
			" faults\n",
			more, tale->cycles, tale->hits, tale->walks,
			tale->faults);
	for (size_t i = 0; i < telling->nr_inspected; i++)
		fprintf(tale->to, "  %s\n", telling->inspected[i]);
	tell_changes(tale, telling);
}

/* ---- accesses ------------------------------------------------------------ */

static bool is_ordinary(const struct step_access *access)
{
	return access->result.end == MMU_OK &&
	       access->result.stale_since == MMU_NOT_STALE;
}

static void count_access(struct tale *tale, const struct step_access *access)
{
	tale->cycles += access->result.cycles;
	if (access->result.end != MMU_OK)
		tale->faults++;
	else if (access->result.served == MMU_BY_WALK)
		tale->walks++;
	else
		tale->hits++;
}

static bool skips(const struct tale *tale, const struct step *step)
{
	return step->kind == STEP_access && tale->told >= ACCESSES_TOLD &&
	       is_ordinary(&step->access);
}

static void tell_access(struct tale *tale, const struct telling *telling)
{
	if (skips(tale, telling->step)) {
		count_access(tale, &telling->step->access);
		return;
	}
	tale->told++;
	tell_walk(tale, telling);
}

/* ---- entries ------------------------------------------------------------- */

/* "0x8010000104100005 (P US XD), frame 0x100 of domain 1" */
static void tell_value(struct tale *tale, uint64_t value,
		       const struct step_frame *frame)
{
	if (!value) {
		fputs("0", tale->to);
		return;
	}
	fprintf(tale->to, "0x%" PRIx64 " (%s", value,
		step_pte_bits(value).text);
	if (frame->owner != DOMAIN_NONE)
		fprintf(tale->to, ": frame 0x%" PRIx64 " of domain %d",
			frame->number, frame->owner);
	if (frame->pins)
		fprintf(tale->to, ", grant %" PRIu32 ", pins %s", frame->ref,
			step_pins(frame->pins).text);
	fputc(')', tale->to);
}

static void tell_entry(struct tale *tale, const struct telling *telling)
{
	const struct step_entry *entry = &telling->step->entry;

	fputs("  ", tale->to);
	if (entry->op >= 0)
		fprintf(tale->to, "op %d: ", entry->op);
	fprintf(tale->to, "%s at 0x%" PRIx64 ": ",
		entry->level ? step_level_name(entry->level) : "entry",
		entry->entry);
	tell_value(tale, entry->before, &entry->from);
	fputs(" -> ", tale->to);
	tell_value(tale, entry->after, &entry->to);
	fputc('\n', tale->to);
	if (entry->holders)
		fprintf(tale->to, "    CPUs %s hold a translation out of it\n",
			step_cpu_set(entry->holders).text);
	tell_changes(tale, telling);
}

/* ---- hypercalls ---------------------------------------------------------- */

static const char *status_text(int status)
{
	static const char *const names[] = GNTTABOP_error_msgs;
	size_t i = (size_t)-status;

	if (status == STATUS_NOT_REACHED)
		return "not reached";
	return i < sizeof(names) / sizeof(names[0]) ? names[i] : "unknown";
}

static void tell_op(struct tale *tale, const struct telling *telling)
{
	int status = telling->step->op.status;

	fprintf(tale->to, "  op %u: ", telling->step->op.number);
	say(tale, status < 0 ? PAINT_BAD : PAINT_NONE, status_text(status));
	if (telling->step->op.pins)
		fprintf(tale->to,
			"; grant %" PRIu32 " of domain %u has pins %s",
			telling->step->op.ref, telling->step->op.op->from,
			step_pins(telling->step->op.pins).text);
	fputc('\n', tale->to);
	tell_changes(tale, telling);
}

/* "op 2 was accessed: its entry had A=1" */
static void tell_reason(struct tale *tale, const struct step_decision *d)
{
	if (d->reason == REASON_accessed || d->reason == REASON_unseen) {
		fprintf(tale->to, "op %u was accessed, its PTE had A=1",
			d->first_accessed);
		if (d->accessed > 1)
			fprintf(tale->to, " (and %u more)", d->accessed - 1);
		if (d->reason == REASON_unseen)
			fputs(", but the policy does not look there", tale->to);
		return;
	}
	fputs(step_reason_texts[d->reason], tale->to);
}

static void tell_decision(struct tale *tale, const struct telling *telling)
{
	const struct step_decision *d = &telling->step->decision;

	fprintf(tale->to, "  batch of %u: ", d->ops);
	tell_reason(tale, d);
	fputs(" -> ", tale->to);
	if (!d->flush)
		say(tale, d->reason == REASON_unseen ? PAINT_BAD : PAINT_GOOD,
		    "no flush");
	else if (!d->cpus)
		say(tale, PAINT_BOLD, "flush, but no CPU may hold anything");
	else
		fprintf(tale->to, "flush CPUs %s", step_cpu_set(d->cpus).text);
	fputc('\n', tale->to);
	tell_changes(tale, telling);
}

static void tell_flush(struct tale *tale, const struct telling *telling)
{
	uint64_t cpus = telling->step->flush.cpus;
	unsigned self = telling->step->cpu;
	uint64_t others = cpus & ~(1ull << self);

	if (others)
		fprintf(tale->to, "  CPU %u interrupts CPUs %s\n", self,
			step_cpu_set(others).text);
	fprintf(tale->to, "  CPUs %s have flushed%s\n", step_cpu_set(cpus).text,
		telling->step->flush.needless
			? ": none of them held what was unmapped"
			: "");
	tell_changes(tale, telling);
}

/* ---- the rest ------------------------------------------------------------ */

static void tell_switch(struct tale *tale, const struct telling *telling)
{
	const struct domain *to = telling->step->to;

	if (to)
		fprintf(tale->to, "  CPU %u runs domain %u (%s)\n",
			telling->step->cpu, to->id, to->config->name);
	else
		fprintf(tale->to,
			"  CPU %u is idle, and keeps the tables it had\n",
			telling->step->cpu);
}

static void tell_violation(struct tale *tale, const struct telling *telling)
{
	fputs("  ", tale->to);
	say(tale, PAINT_BAD, "violation: ");
	say(tale, PAINT_BAD, telling->step->text);
	fputc('\n', tale->to);
	tell_changes(tale, telling);
}

static void step(struct tale *tale, const struct telling *telling)
{
	static void (*const tell[STEP_KINDS])(struct tale *,
					      const struct telling *) = {
		[STEP_event] = tell_begin, [STEP_access] = tell_access,
		[STEP_entry] = tell_entry, [STEP_switch] = tell_switch,
		[STEP_op] = tell_op,	   [STEP_decision] = tell_decision,
		[STEP_flush] = tell_flush, [STEP_violation] = tell_violation,
		[STEP_end] = tell_end,
	};

	tell[telling->step->kind](tale, telling);
}

static void end(struct tale *tale)
{
	if (tale->answer)
		tell_text(tale, "Answer", tale->answer);
}

const struct teller teller_text = {
	.name = "text",
	.suffix = ".txt",
	.begin = begin,
	.step = step,
	.end = end,
	.skips = skips,
};
