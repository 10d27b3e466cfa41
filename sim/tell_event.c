/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tell_event.c - an event in one sentence. */
#include "config.h"

#include <float.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "mmu/mmu.h"
#include "sim/results.h"
#include "sim/tell.h"

static void add(struct sentence *s, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add(struct sentence *s, const char *format, ...)
{
	size_t used = strlen(s->text);
	va_list list;

	va_start(list, format);
	vsnprintf(s->text + used, sizeof(s->text) - used, format, list);
	va_end(list);
}

/* "1 page", "3 pages" */
static void add_count(struct sentence *s, size_t count, const char *what)
{
	add(s, "%zu %s%s", count, what, count == 1 ? "" : "s");
}

static void add_domain(struct sentence *s, const struct event *event)
{
	if (event->domain == DOMAIN_NONE)
		add(s, "CPU %d", event->cpu);
	else
		add(s, "domain %d", event->domain);
}

/* The references of all operations, when they count up; else the first. */
static void add_refs(struct sentence *s, const struct event *event)
{
	const struct op *ops = event->ops;
	bool dense = true;

	if (!event->nr_ops)
		return;
	for (size_t i = 1; i < event->nr_ops; i++)
		dense &= ops[i].ref == ops[0].ref + i;
	add(s,
	    event->nr_ops == 1 ? " (reference %" PRIu32
			       : " (references %" PRIu32,
	    ops[0].ref);
	if (event->nr_ops > 1 && dense)
		add(s, "..%" PRIu32, ops[event->nr_ops - 1].ref);
	else if (event->nr_ops > 1)
		add(s, " and others");
	add(s, ")");
}

static void add_at(struct sentence *s, const struct event *event)
{
	if (event->nr_ops)
		add(s, " at 0x%" PRIx64, event->ops[0].at);
}

/* ---- one for each kind --------------------------------------------------- */

static void tell_grant(struct sentence *s, const struct event *event)
{
	add(s, "domain %d grants ", event->domain);
	add_count(s, event->nr_ops, "frame");
	add(s, " to domain %u%s", event->grant.to,
	    event->grant.readonly ? ", read-only" : "");
	add_refs(s, event);
}

static void tell_revoke(struct sentence *s, const struct event *event)
{
	add(s, "domain %d withdraws ", event->domain);
	add_count(s, event->nr_ops, "grant");
	add_refs(s, event);
}

static void tell_map(struct sentence *s, const struct event *event)
{
	add(s, "domain %d maps ", event->domain);
	add_count(s, event->nr_ops, "grant");
	if (event->nr_ops)
		add(s, " of domain %u", event->ops[0].from);
	add_refs(s, event);
	add_at(s, event);
}

static void tell_unmap(struct sentence *s, const struct event *event)
{
	add(s, "domain %d unmaps ", event->domain);
	add_count(s, event->nr_ops, "grant mapping");
	if (event->kind == EVENT_unmap_and_replace)
		add(s, ", other pages taking %s place",
		    event->nr_ops == 1 ? "its" : "their");
}

static void tell_copy(struct sentence *s, const struct event *event)
{
	add(s, "domain %d has the hypervisor do ", event->domain);
	if (event->nr_ops == 1)
		add(s, "1 copy");
	else
		add(s, "%zu copies", event->nr_ops);
}

static void tell_access(struct sentence *s, const struct event *event)
{
	static const char *const verbs[EVENT_KINDS] = {
		[EVENT_read] = "reads",
		[EVENT_write] = "writes",
		[EVENT_fetch] = "fetches from",
	};

	if (event->cpu == CPU_ANY)
		add(s, "a CPU of domain %d", event->domain);
	else
		add(s, "CPU %d", event->cpu);
	add(s, " %s 0x%" PRIx64, verbs[event->kind], event->access.at);
	if (event->access.count != 1)
		add(s, ", %" PRIu64 " times", event->access.count);
	if (event->access.stride)
		add(s, ", %" PRIu64 " bytes apart", event->access.stride);
}

static void tell_speculate(struct sentence *s, const struct event *event)
{
	add(s, "CPU %d walks ahead to 0x%" PRIx64 ", for no instruction",
	    event->cpu, event->access.at);
}

static void tell_page(struct sentence *s, const struct event *event)
{
	static const char *const verbs[EVENT_KINDS] = {
		[EVENT_map_page] = "maps",
		[EVENT_unmap_page] = "clears the entry of",
		[EVENT_protect] = "changes the rights of",
	};
	static const char *const sizes[MMU_PAGE_SIZES] = {
		[MMU_4K] = "page",
		[MMU_2M] = "2M page",
		[MMU_1G] = "1G page",
	};

	add(s, "domain %d %s ", event->domain, verbs[event->kind]);
	add_count(s, event->nr_ops, sizes[event->page.size]);
	add(s, " of its own");
	add_at(s, event);
}

static void tell_control(struct sentence *s, const struct event *event)
{
	static const char *const registers[] = {
		[MMU_CR0] = "CR0",
		[MMU_CR3] = "CR3",
		[MMU_CR4] = "CR4",
		[MMU_EFER] = "EFER",
	};

	if (event->kind == EVENT_load_cr3)
		add(s, "CPU %d loads CR3 again", event->cpu);
	else
		add(s, "CPU %d sets %s to 0x%" PRIx64, event->cpu,
		    registers[event->control.reg], event->control.value);
}

static void tell_schedule(struct sentence *s, const struct event *event)
{
	add(s, "CPU %d switches to ", event->cpu);
	if (event->domain == DOMAIN_NONE)
		add(s, "idle");
	else
		add(s, "domain %d", event->domain);
	if (event->at.point != POINT_NOW)
		add(s, ", at point %" PRIu32 " of the next hypercall",
		    event->at.point);
}

static void tell_inspect(struct sentence *s, const struct event *event)
{
	add(s, "a look at ");
	if (event->inspect.kind == INSPECT_HANDLE)
		add(s, "a handle");
	else if (event->inspect.kind == INSPECT_WALK)
		add(s, "the walk of 0x%" PRIx64, event->inspect.what);
	else
		add(s, "grant %" PRIu64, event->inspect.what);
}

/* Of what remains the table of events has it. */
static void tell_other(struct sentence *s, const struct event *event)
{
	add_domain(s, event);
	add(s, ": %s", event_texts[event->kind]);
}

static void tell_invlpg(struct sentence *s, const struct event *event)
{
	add(s, "CPU %d executes INVLPG 0x%" PRIx64, event->cpu,
	    event->access.at);
}

static void tell_invpcid(struct sentence *s, const struct event *event)
{
	add(s, "CPU %d executes INVPCID of type %u", event->cpu,
	    event->invpcid.type);
	if (event->invpcid.type <= MMU_INVPCID_CONTEXT)
		add(s, ", PCID 0x%" PRIx64, event->invpcid.pcid);
	if (event->invpcid.type == MMU_INVPCID_ADDRESS)
		add(s, ", 0x%" PRIx64, event->invpcid.at);
}

static void tell_flush(struct sentence *s, const struct event *event)
{
	add(s, "CPUs %s drop every translation",
	    step_cpu_set(event->flush.cpus).text);
}

static void tell_expect(struct sentence *s, const struct event *event)
{
	for (size_t i = 0; i < event->expect.count; i++) {
		const struct expectation *e = &event->expect.list[i];

		add(s, "%s %s",
		    i ? "," : "expected:", counter_info[e->counter].path);
		add(s, " %.15g", e->min);
		if (e->max >= DBL_MAX)
			add(s, "..");
		else if (e->max > e->min)
			add(s, "..%.15g", e->max);
	}
}

struct sentence tell_event(const struct event *event)
{
	static void (*const tell[EVENT_KINDS])(struct sentence *,
					       const struct event *) = {
		[EVENT_grant] = tell_grant,
		[EVENT_revoke] = tell_revoke,
		[EVENT_map] = tell_map,
		[EVENT_unmap] = tell_unmap,
		[EVENT_unmap_and_replace] = tell_unmap,
		[EVENT_copy] = tell_copy,
		[EVENT_read] = tell_access,
		[EVENT_write] = tell_access,
		[EVENT_fetch] = tell_access,
		[EVENT_speculate] = tell_speculate,
		[EVENT_map_page] = tell_page,
		[EVENT_unmap_page] = tell_page,
		[EVENT_protect] = tell_page,
		[EVENT_invlpg] = tell_invlpg,
		[EVENT_invpcid] = tell_invpcid,
		[EVENT_load_cr3] = tell_control,
		[EVENT_set_control] = tell_control,
		[EVENT_flush] = tell_flush,
		[EVENT_schedule] = tell_schedule,
		[EVENT_inspect] = tell_inspect,
		[EVENT_expect] = tell_expect,
	};
	struct sentence s = { "" };

	if (tell[event->kind])
		tell[event->kind](&s, event);
	else
		tell_other(&s, event);
	return s;
}
