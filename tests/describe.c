/* SPDX-License-Identifier: GPL-2.0-or-later */
/* describe.c - an event in words. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/results.h"
#include "tests/describe.h"

static void put_number(FILE *to, const char *name, uint64_t value)
{
	if (value)
		fprintf(to, " %s=%#" PRIx64, name, value);
}

static void put_label(FILE *to, const char *name, struct label label)
{
	if (label.name >= 0)
		fprintf(to, " %s=%d[%u]", name, (int)label.name, label.index);
}

static void put_end(FILE *to, const char *name, const struct copy_end *end)
{
	fprintf(to, " %s", name);
	if (end->by_ref)
		fprintf(to, " ref=%#x", end->ref);
	else
		fprintf(to, " frame=%#" PRIx64, end->frame);
	if (end->domain == DOMID_SELF)
		fputs(" of self", to);
	else
		fprintf(to, " of %u", end->domain);
	put_number(to, "offset", end->offset);
}

static void put_copy(FILE *to, const struct op *op)
{
	put_end(to, "source", &op->source);
	put_end(to, "dest", &op->dest);
	put_number(to, "length", op->length);
}

/* What lies where a copy has its ends. */
static void put_addresses(FILE *to, const struct op *op)
{
	put_number(to, "frame", op->frame);
	if (op->at_given)
		fprintf(to, " at%s=%#" PRIx64, op->at_pte ? "_pte" : "",
			op->at);
	put_number(to, "set", op->set);
	put_number(to, "clear", op->clear);
	put_number(to, "new_at", op->new_at);
	put_number(to, "dev_bus_addr", op->dev_bus_addr);
}

static void put_op(FILE *to, enum event_kind kind, const struct op *op)
{
	fputs(" {", to);
	put_number(to, "ref", op->ref);
	put_number(to, "from", op->from);
	if (kind == EVENT_copy)
		put_copy(to, op);
	else
		put_addresses(to, op);
	put_number(to, "without_host", op->without_host);
	put_number(to, "with_device", op->with_device);
	put_number(to, "flags", op->flags);
	put_label(to, "as", op->as);
	put_label(to, "label", op->label);
	put_number(to, "handle", op->handle);
	if (op->status_given)
		fprintf(to, " status=%d", op->status);
	fputs(" }", to);
}

static void put_expectations(FILE *to, const struct event *event)
{
	for (size_t i = 0; i < event->expect.count; i++) {
		const struct expectation *e = &event->expect.list[i];

		fprintf(to, " %s=%g..%g", counter_info[e->counter].path, e->min,
			e->max);
	}
	if (event->expect.policy)
		fprintf(to, " policy=%s", event->expect.policy);
}

/* What only events of its kind have. */
static void put_grant(FILE *to, const struct event *event)
{
	fprintf(to, " to=%u%s%s", event->grant.to,
		event->grant.readonly ? " readonly" : "",
		event->grant.accept_transfer ? " accept_transfer" : "");
}

static void put_array(FILE *to, const struct event *event)
{
	put_number(to, "array", event->hypercall.array);
}

static void put_access(FILE *to, const struct event *event)
{
	fprintf(to, " at=%#" PRIx64 " count=%" PRIu64, event->access.at,
		event->access.count);
	put_number(to, "stride", event->access.stride);
	put_number(to, "user", event->access.user);
}

static void put_address(FILE *to, const struct event *event)
{
	fprintf(to, " at=%#" PRIx64, event->access.at);
}

static void put_invpcid(FILE *to, const struct event *event)
{
	fprintf(to, " type=%u pcid=%#" PRIx64 " at=%#" PRIx64,
		event->invpcid.type, event->invpcid.pcid, event->invpcid.at);
}

static void put_page(FILE *to, const struct event *event)
{
	put_number(to, "size", event->page.size);
	put_number(to, "flags", event->page.flags);
}

static void put_update(FILE *to, const struct event *event)
{
	fprintf(to, " way=%u%s", event->update.way,
		event->update.refused ? " refused" : "");
}

static void put_level(FILE *to, const struct event *event)
{
	fprintf(to, " level=%u", event->table.level);
}

static void put_control(FILE *to, const struct event *event)
{
	fprintf(to, " reg=%u value=%#" PRIx64, event->control.reg,
		event->control.value);
}

static void put_cpus(FILE *to, const struct event *event)
{
	put_number(to, "cpus", event->flush.cpus);
}

static void put_point(FILE *to, const struct event *event)
{
	put_number(to, "point", event->at.point);
}

static void put_inspection(FILE *to, const struct event *event)
{
	static const char *const inspections[] = { "walk", "grant", "handle" };

	fprintf(to, " %s=%#" PRIx64, inspections[event->inspect.kind],
		event->inspect.what);
	put_label(to, "label", event->inspect.label);
}

/* What a kind has beside what all have; NULL: nothing. */
static void (*const put_own[EVENT_KINDS])(FILE *to,
					  const struct event *event) = {
	[EVENT_grant] = put_grant,
	[EVENT_map] = put_array,
	[EVENT_unmap] = put_array,
	[EVENT_unmap_and_replace] = put_array,
	[EVENT_copy] = put_array,
	[EVENT_transfer] = put_array,
	[EVENT_set_version] = put_array,
	[EVENT_setup_table] = put_array,
	[EVENT_query_size] = put_array,
	[EVENT_get_status_frames] = put_array,
	[EVENT_swap_grant_ref] = put_array,
	[EVENT_read] = put_access,
	[EVENT_write] = put_access,
	[EVENT_fetch] = put_access,
	[EVENT_invlpg] = put_address,
	[EVENT_invpcid] = put_invpcid,
	[EVENT_map_page] = put_page,
	[EVENT_unmap_page] = put_page,
	[EVENT_protect] = put_page,
	[EVENT_mmu_update] = put_update,
	[EVENT_update_va_mapping] = put_update,
	[EVENT_write_pte] = put_update,
	[EVENT_pin_table] = put_level,
	[EVENT_load_cr3] = put_control,
	[EVENT_set_control] = put_control,
	[EVENT_flush] = put_cpus,
	[EVENT_schedule] = put_point,
	[EVENT_fault] = put_point,
	[EVENT_preempt] = put_point,
	[EVENT_inspect] = put_inspection,
	[EVENT_expect] = put_expectations,
};

char *describe(const struct event *event)
{
	char *text;
	size_t length;
	FILE *to = open_memstream(&text, &length);

	if (!to)
		abort();
	fputs(event_names[event->kind], to);
	if (event->cpu != CPU_ANY)
		fprintf(to, " cpu=%d", event->cpu);
	if (event->domain != DOMAIN_NONE)
		fprintf(to, " domain=%d", event->domain);
	put_label(to, "call", event->call);
	if (event->stop.nth)
		fprintf(to, " before=%s:%u", crossing_names[event->stop.at],
			event->stop.nth);
	if (put_own[event->kind])
		put_own[event->kind](to, event);
	for (size_t i = 0; i < event->nr_ops; i++)
		put_op(to, event->kind, &event->ops[i]);
	fclose(to);
	return text;
}
