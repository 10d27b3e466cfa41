/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tell_json.c - steps for programs: one object, "tlbsim-steps/1", whose array
 * "steps" is written as the steps come.
 *
 * Addresses, entries and masks are text, "0x..."; numbers are integers.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "sim/domain.h"
#include "sim/hypercall.h"
#include "sim/tell.h"

static void set(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

static json_t *hex(uint64_t value)
{
	char text[20];

	snprintf(text, sizeof(text), "0x%" PRIx64, value);
	return json_string(text);
}

static json_t *number(uint64_t value)
{
	return json_integer((json_int_t)value);
}

/* A name out of a file need not be UTF-8. */
static json_t *text(const char *bytes)
{
	json_t *string = json_string(bytes);

	return string ? string : json_string("?");
}

static json_t *cpus(uint64_t mask)
{
	json_t *list = json_array();

	for (; mask; mask &= mask - 1)
		json_array_append_new(list,
				      json_integer(__builtin_ctzll(mask)));
	return list;
}

/* ---- caches -------------------------------------------------------------- */

static json_t *change(const struct tale *tale, const struct change *change)
{
	static const char *const kinds[] = {
		[CHANGE_FILLED] = "filled",
		[CHANGE_UPDATED] = "updated",
		[CHANGE_STALE] = "stale",
		[CHANGE_DROPPED] = "dropped",
	};
	static const char *const sizes[MMU_PAGE_SIZES] = { "4K", "2M", "1G" };
	const struct mmu_cached *what = &change->held.what;
	json_t *o = json_object();

	set(o, "change", json_string(kinds[change->kind]));
	set(o, "cpu", number(change->held.cpu));
	set(o, "cache",
	    json_string(step_cache_name(tale->profile, what->cache).text));
	set(o, "va", hex(what->va));
	set(o, "paddr", hex(what->paddr));
	set(o, "size", json_string(sizes[what->size]));
	set(o, "pcid", number(what->pcid));
	set(o, "upper", json_boolean(what->cache >= MMU_PROFILE_MAX_TLBS));
	set(o, "writable", json_boolean(what->writable));
	set(o, "user", json_boolean(what->user));
	set(o, "executable", json_boolean(what->executable));
	set(o, "dirty", json_boolean(what->dirty));
	set(o, "global", json_boolean(what->global));
	return o;
}

static json_t *changes(const struct tale *tale, const struct telling *telling)
{
	json_t *list = json_array();

	for (size_t i = 0; i < telling->changes; i++)
		json_array_append_new(list, change(tale, &telling->change[i]));
	return list;
}

/* ---- one for each kind --------------------------------------------------- */

static void tell_begin(json_t *o, const struct telling *telling)
{
	const struct event *event = telling->step->event;

	set(o, "kind", json_string(event_names[event->kind]));
	set(o, "line", number(event->place.line));
	set(o, "text", text(tell_event(event).text));
}

static json_t *levels(const struct step_access *access)
{
	const struct mmu_path *path = &access->before;
	json_t *list = json_array(), *o;

	for (unsigned i = path->top; i && i >= path->level; i--) {
		o = json_object();
		set(o, "level", json_string(step_level_name(i)));
		set(o, "entry", hex(path->entry[i]));
		set(o, "before", hex(path->value[i]));
		set(o, "after", hex(access->after.value[i]));
		set(o, "bits",
		    json_string(step_pte_bits(access->after.value[i]).text));
		set(o, "read", json_boolean(i - path->level < access->loads));
		json_array_append_new(list, o);
	}
	return list;
}

static void tell_missed(json_t *o, const struct telling *telling)
{
	const struct past *missed = telling->missed;

	set(o, "stale_since", number(telling->step->access.result.stale_since));
	if (!missed)
		return;
	set(o, "stale_event", json_string(event_names[missed->kind]));
	set(o, "stale_line", number(missed->line));
}

static void tell_access(json_t *o, const struct telling *telling)
{
	static const char *const ends[] = {
		[MMU_OK] = "ok",
		[MMU_PAGE_FAULT] = "page fault",
		[MMU_GENERAL_PROTECTION] = "general protection",
		[MMU_NESTED_FAULT] = "nested fault",
		[MMU_NESTED_MISCONFIGURED] = "nested misconfiguration",
		[MMU_MACHINE_CHECK] = "machine check",
	};
	static const char *const served[] = {
		[MMU_BY_L1] = "L1",
		[MMU_BY_L2] = "L2",
		[MMU_BY_WALK] = "walk",
	};
	const struct step_access *access = &telling->step->access;
	const struct mmu_result *result = &access->result;

	set(o, "cpu", number(telling->step->cpu));
	set(o, "access", json_string(step_access_names[access->access]));
	set(o, "va", hex(access->va));
	set(o, "hypervisor", json_boolean(access->hypervisor));
	set(o, "end", json_string(ends[result->end]));
	set(o, "served", json_string(served[result->served]));
	set(o, "cycles", number(result->cycles));
	set(o, "loads", number(access->loads));
	set(o, "levels", levels(access));
	if (result->end == MMU_OK)
		set(o, "paddr", hex(result->paddr));
	else
		set(o, "error_code", number(result->error_code));
	set(o, "holders", cpus(access->holders.any));
	if (result->end == MMU_OK && result->stale_since != MMU_NOT_STALE)
		tell_missed(o, telling);
}

static json_t *frame(const struct step_frame *frame)
{
	json_t *o;

	if (frame->owner == DOMAIN_NONE)
		return json_null();
	o = json_object();
	set(o, "domain", json_integer(frame->owner));
	set(o, "frame", hex(frame->number));
	if (!frame->pins)
		return o;
	set(o, "ref", number(frame->ref));
	set(o, "pins", hex(frame->pins));
	return o;
}

static void tell_entry(json_t *o, const struct telling *telling)
{
	const struct step_entry *entry = &telling->step->entry;

	set(o, "entry", hex(entry->entry));
	set(o, "level",
	    entry->level ? json_string(step_level_name(entry->level))
			 : json_null());
	set(o, "before", hex(entry->before));
	set(o, "after", hex(entry->after));
	set(o, "from", frame(&entry->from));
	set(o, "to", frame(&entry->to));
	set(o, "bits_before", json_string(step_pte_bits(entry->before).text));
	set(o, "bits_after", json_string(step_pte_bits(entry->after).text));
	if (entry->op >= 0)
		set(o, "op", json_integer(entry->op));
	set(o, "holders", cpus(entry->holders));
}

static void tell_switch(json_t *o, const struct telling *telling)
{
	const struct domain *to = telling->step->to;

	set(o, "cpu", number(telling->step->cpu));
	set(o, "domain", to ? number(to->id) : json_null());
}

static void tell_op(json_t *o, const struct telling *telling)
{
	set(o, "cpu", number(telling->step->cpu));
	set(o, "op", number(telling->step->op.number));
	set(o, "status",
	    telling->step->op.status == STATUS_NOT_REACHED
		    ? json_null()
		    : json_integer(telling->step->op.status));
	if (!telling->step->op.pins)
		return;
	set(o, "ref", number(telling->step->op.ref));
	set(o, "pins", hex(telling->step->op.pins));
}

static void tell_decision(json_t *o, const struct telling *telling)
{
	const struct step_decision *d = &telling->step->decision;

	set(o, "cpu", number(telling->step->cpu));
	set(o, "domain", number(d->mapper->id));
	set(o, "ops", number(d->ops));
	set(o, "zapped", number(d->zapped));
	set(o, "accessed", number(d->accessed));
	if (d->accessed)
		set(o, "first_accessed", number(d->first_accessed));
	set(o, "flush", json_boolean(d->flush));
	set(o, "cpus", cpus(d->cpus));
	set(o, "reason", json_string(step_reason_names[d->reason]));
}

static void tell_flush(json_t *o, const struct telling *telling)
{
	set(o, "cpu", number(telling->step->cpu));
	set(o, "cpus", cpus(telling->step->flush.cpus));
	set(o, "needless", json_boolean(telling->step->flush.needless));
}

static void tell_violation(json_t *o, const struct telling *telling)
{
	set(o, "text", text(telling->step->text));
}

static void tell_end(json_t *o, const struct telling *telling)
{
	json_t *lines;

	if (!telling->nr_inspected)
		return;
	lines = json_array();
	for (size_t i = 0; i < telling->nr_inspected; i++)
		json_array_append_new(lines, text(telling->inspected[i]));
	set(o, "inspected", lines);
}

/* ---- the document -------------------------------------------------------- */

static void begin(struct tale *tale, const struct tale_head *head)
{
	json_t *o = json_object();
	char *out;

	set(o, "schema", json_string("tlbsim-steps/1"));
	set(o, "trace", text(head->trace));
	set(o, "title", text(head->title));
	set(o, "policy", text(head->policy));
	set(o, "machine", text(head->machine));
	if (head->question[0])
		set(o, "question", text(head->question));
	out = json_dumps(o, 0);
	json_decref(o);
	/* The array follows in place of the closing brace. */
	if (out)
		fprintf(tale->to, "%.*s, \"steps\": [", (int)strlen(out) - 1,
			out);
	free(out);
}

static void step(struct tale *tale, const struct telling *telling)
{
	static void (*const tell[STEP_KINDS])(json_t *,
					      const struct telling *) = {
		[STEP_event] = tell_begin, [STEP_access] = tell_access,
		[STEP_entry] = tell_entry, [STEP_switch] = tell_switch,
		[STEP_op] = tell_op,	   [STEP_decision] = tell_decision,
		[STEP_flush] = tell_flush, [STEP_violation] = tell_violation,
		[STEP_end] = tell_end,
	};
	const struct step *told = telling->step;
	json_t *o = json_object();

	set(o, "step", json_string(step_names[told->kind]));
	if (told->event)
		set(o, "event", number(told->event->number));
	tell[told->kind](o, telling);
	if (telling->changes)
		set(o, "changes", changes(tale, telling));
	fputs(tale->told++ ? ",\n" : "\n", tale->to);
	json_dumpf(o, tale->to, 0);
	json_decref(o);
}

static void end(struct tale *tale)
{
	json_t *answer;

	fputs("\n]", tale->to);
	if (tale->answer) {
		answer = text(tale->answer);
		fputs(", \"answer\": ", tale->to);
		json_dumpf(answer, tale->to, JSON_ENCODE_ANY);
		json_decref(answer);
	}
	fputs("}\n", tale->to);
}

const struct teller teller_json = {
	.name = "json",
	.suffix = ".json",
	.begin = begin,
	.step = step,
	.end = end,
};

const struct teller *const tellers[] = { &teller_text, &teller_json,
					 &teller_html, &teller_perfetto, NULL };
