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

static void put_op(FILE *to, enum event_kind kind, const struct op *op)
{
	fputs(" {", to);
	put_number(to, "ref", op->ref);
	put_number(to, "from", op->from);
	put_number(to, "frame", op->frame);
	if (op->at_given)
		fprintf(to, " at%s=%#" PRIx64, op->at_pte ? "_pte" : "",
			op->at);
	put_number(to, "set", op->set);
	put_number(to, "clear", op->clear);
	put_number(to, "new_at", op->new_at);
	put_number(to, "dev_bus_addr", op->dev_bus_addr);
	put_number(to, "without_host", op->without_host);
	put_number(to, "with_device", op->with_device);
	put_number(to, "flags", op->flags);
	put_label(to, "as", op->as);
	put_label(to, "label", op->label);
	put_number(to, "handle", op->handle);
	if (kind == EVENT_copy) {
		put_end(to, "source", &op->source);
		put_end(to, "dest", &op->dest);
		put_number(to, "length", op->length);
	}
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
static void put_own(FILE *to, const struct event *event)
{
	static const char *const inspections[] = { "walk", "grant", "handle" };

	switch (event->kind) {
	case EVENT_grant:
		fprintf(to, " to=%u%s%s", event->grant.to,
			event->grant.readonly ? " readonly" : "",
			event->grant.accept_transfer ? " accept_transfer" : "");
		break;
	case EVENT_map:
	case EVENT_unmap:
	case EVENT_unmap_and_replace:
	case EVENT_copy:
	case EVENT_transfer:
	case EVENT_set_version:
	case EVENT_setup_table:
	case EVENT_query_size:
	case EVENT_get_status_frames:
	case EVENT_swap_grant_ref:
		put_number(to, "array", event->hypercall.array);
		break;
	case EVENT_read:
	case EVENT_write:
	case EVENT_fetch:
		fprintf(to, " at=%#" PRIx64 " count=%" PRIu64, event->access.at,
			event->access.count);
		put_number(to, "stride", event->access.stride);
		put_number(to, "user", event->access.user);
		break;
	case EVENT_invlpg:
		fprintf(to, " at=%#" PRIx64, event->access.at);
		break;
	case EVENT_invpcid:
		fprintf(to, " type=%u pcid=%#" PRIx64 " at=%#" PRIx64,
			event->invpcid.type, event->invpcid.pcid,
			event->invpcid.at);
		break;
	case EVENT_map_page:
	case EVENT_unmap_page:
	case EVENT_protect:
		put_number(to, "size", event->page.size);
		put_number(to, "flags", event->page.flags);
		break;
	case EVENT_mmu_update:
	case EVENT_update_va_mapping:
	case EVENT_write_pte:
		fprintf(to, " way=%u%s", event->update.way,
			event->update.refused ? " refused" : "");
		break;
	case EVENT_pin_table:
		fprintf(to, " level=%u", event->table.level);
		break;
	case EVENT_load_cr3:
	case EVENT_set_control:
		fprintf(to, " reg=%u value=%#" PRIx64, event->control.reg,
			event->control.value);
		break;
	case EVENT_flush:
		put_number(to, "cpus", event->flush.cpus);
		break;
	case EVENT_schedule:
	case EVENT_fault:
	case EVENT_preempt:
		put_number(to, "point", event->at.point);
		break;
	case EVENT_inspect:
		fprintf(to, " %s=%#" PRIx64, inspections[event->inspect.kind],
			event->inspect.what);
		put_label(to, "label", event->inspect.label);
		break;
	case EVENT_expect:
		put_expectations(to, event);
		break;
	case EVENT_revoke:
	case EVENT_dma_read:
	case EVENT_dma_write:
	case EVENT_share_table:
	case EVENT_alloc:
	case EVENT_free:
	case EVENT_unpin_table:
	case EVENT_resume:
	case EVENT_parallel:
	case EVENT_KINDS:
		break;
	}
}

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
	put_own(to, event);
	for (size_t i = 0; i < event->nr_ops; i++)
		put_op(to, event->kind, &event->ops[i]);
	fclose(to);
	return text;
}
