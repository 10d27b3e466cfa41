/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * script.c - the events that one step of a driver makes.
 *
 *     event[]      grant   map     read    unmap   revoke
 *                    |       |               |       |    ^ nr_events: those
 *     ops[GRANT]   [ 0 .. 10 | next          |       |      before are taken
 *     ops[MAP]             [ 0 .. 10 | next  |       |      in order
 *     ops[UNMAP]                           [ 0 .. 10 | next
 *
 * Operations belong to the newest event.  They are used again in each step,
 * for the same kind of event, and but for what differs from one to the other
 * they stay as they are.  The bounds hold what the largest step needs: see
 * blkback.c and netback.c.
 */
#include "config.h"

#include "workloads/script.h"

#include <assert.h>

static const enum event_kind kinds[SCRIPT_KINDS] = {
	[SCRIPT_GRANT] = EVENT_grant, [SCRIPT_REVOKE] = EVENT_revoke,
	[SCRIPT_MAP] = EVENT_map,     [SCRIPT_UNMAP] = EVENT_unmap,
	[SCRIPT_COPY] = EVENT_copy,
};

void script_init(struct script *script, const struct ends *ends, int32_t label,
		 uint64_t address)
{
	script->ends = ends;
	script->label = label;
	script->address = address;
	for (unsigned i = 0; i < SCRIPT_KINDS; i++)
		script->ops[i].next = script->ops[i].end = script->ops[i].op;
}

void script_begin(struct script *script, struct place place)
{
	assert(script->taken == script->nr_events);
	script->nr_events = script->taken = 0;
	script->kind = SCRIPT_KINDS;
	script->place = place;
	for (unsigned i = 0; i < SCRIPT_KINDS; i++)
		script->ops[i].next = script->ops[i].op;
}

/* Copied, as that is faster than clearing and filling in. */
static const struct event new_event = { .cpu = CPU_ANY, .call = { -1, 0 } };

static struct event *script_add(struct script *script, enum event_kind kind,
				domid_t domain)
{
	struct event *event = &script->event[script->nr_events];

	assert(script->nr_events < SCRIPT_EVENTS);
	script->nr_events++;
	script->newest = event;
	script->kind = SCRIPT_KINDS;
	*event = new_event;
	event->kind = kind;
	event->place = script->place;
	event->domain = domain;
	return event;
}

/* An event that has operations. */
static struct event *script_start(struct script *script, enum script_kind kind,
				  domid_t domain)
{
	struct event *event = script_add(script, kinds[kind], domain);

	script->kind = kind;
	event->ops = script->ops[kind].next;
	return event;
}

void script_grant(struct script *script, domid_t granter, bool readonly)
{
	struct event *event = script_start(script, SCRIPT_GRANT, granter);

	event->grant.to = script->ends->backend;
	event->grant.readonly = readonly;
}

void script_revoke(struct script *script, domid_t granter)
{
	script_start(script, SCRIPT_REVOKE, granter);
}

void script_hypercall(struct script *script, enum script_kind kind)
{
	script_start(script, kind, script->ends->backend)->cpu = script->cpu;
}

/* What is the same in all operations of @kind. */
static struct op first_op(const struct script *script, enum script_kind kind)
{
	struct op op = { .as = NO_LABEL, .label = NO_LABEL };

	if (kind == SCRIPT_MAP) {
		op.at_given = true;
		op.from = script->ends->frontend;
		op.as.name = script->label;
	} else if (kind == SCRIPT_UNMAP) {
		op.label.name = script->label;
	}
	return op;
}

void script_fill(struct script *script, enum script_kind kind,
		 const struct op *end)
{
	struct script_ops *ops = &script->ops[kind];

	assert(end <= &ops->op[SCRIPT_OPS]);
	while (ops->end < end)
		*ops->end++ = first_op(script, kind);
}

void script_touch(struct script *script, enum event_kind kind, uint32_t page,
		  uint32_t offset, uint32_t bytes, uint32_t step)
{
	struct event *event = script_add(script, kind, script->ends->backend);

	event->cpu = script->cpu;
	event->access.at = script_address(script, page) + offset;
	event->access.count = (bytes + step - 1) / step;
	event->access.stride = step;
}
