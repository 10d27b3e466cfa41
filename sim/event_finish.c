/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event_finish.c - what the table of keys cannot say about an event. */
#include "sim/event_read.h"

/* In the order of the names in event_keys.c. */
static const enum mmu_register register_values[] = { MMU_CR0, MMU_CR4,
						     MMU_EFER };

static void page_flags(struct event_reader *reader)
{
	struct event *event = &reader->event;

	event->page.flags =
		(event_flag(reader, KEY_writable, true) ? PAGE_WRITABLE : 0u) |
		(event_flag(reader, KEY_page_user, true) ? PAGE_USER : 0u) |
		(event_flag(reader, KEY_global, false) ? PAGE_GLOBAL : 0u) |
		(event_flag(reader, KEY_nx, false) ? PAGE_NX : 0u);
}

/* The keys that go together in `inspect`. */
static const struct {
	enum event_key_id what, with;
	enum inspect_kind kind;
} inspections[] = {
	{ KEY_walk, KEY_cpu, INSPECT_WALK },
	{ KEY_grant, KEY_domain, INSPECT_GRANT },
	{ KEY_one_handle, KEY_domain, INSPECT_HANDLE },
};

static void finish_inspect(struct event_reader *reader)
{
	struct event *event = &reader->event;
	const struct value *handle = &reader->value[KEY_one_handle];

	for (size_t i = 0; i < 3; i++) {
		if (!event_given(reader, inspections[i].what))
			continue;
		event->inspect.kind = inspections[i].kind;
		if (!event_given(reader, inspections[i].with))
			diag_error(reader->diags, event->place,
				   "'%s' of 'inspect' goes with '%s'",
				   event_keys[inspections[i].what].name,
				   event_keys[inspections[i].with].name);
	}
	event->inspect.label = NO_LABEL;
	if (event->inspect.kind != INSPECT_HANDLE)
		return;
	if (handle->from != handle->to && handle->kind == VALUE_CLOSED)
		diag_error(reader->diags, event_place_at(reader, handle),
			   "expected one handle, found a range");
	event->inspect.what = handle->from;
	event->inspect.label = (struct label){ handle->name,
					       (uint32_t)handle->from };
}

static void finish_expect(struct event_reader *reader)
{
	struct event *event = &reader->event;

	event->expect.list = reader->expect.list;
	event->expect.count = reader->expect.count;
	event->expect.policy = reader->expect.policy;
}

/* Where the hypercall is to stop: `before` alone is its first. */
static void finish_stop(struct event_reader *reader)
{
	struct event *event = &reader->event;
	bool before = event_given(reader, KEY_before);

	if (before && !event_given(reader, KEY_nth))
		event->stop.nth = 1;
	if (event->stop.nth && event->call.name < 0) {
		diag_error(reader->diags, event->place,
			   "'%s' needs a name in 'call'",
			   before ? "before" : "nth");
		diag_hint(reader->diags, "'resume' goes on by that name");
	}
}

static void finish_call(struct event_reader *reader)
{
	enum event_key_id key = event_given(reader, KEY_call) ? KEY_call
							      : KEY_parked;
	int ret = 0;

	if (!event_given(reader, key)) {
		finish_stop(reader);
		return;
	}
	reader->event.call = (struct label){ reader->value[key].name, 0 };
	if (key == KEY_call)
		ret = labels_bind(reader->calls, reader->value[key].name, 0, 1,
				  false);
	if (ret < 0)
		reader->error = ret;
	finish_stop(reader);
}

/* What is left to do for each kind. */
void event_finish(struct event_reader *reader)
{
	struct event *event = &reader->event;

	switch (event->kind) {
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
	case EVENT_resume:
		finish_call(reader);
		break;
	case EVENT_read:
	case EVENT_write:
	case EVENT_fetch:
		if (!event_given(reader, KEY_count))
			event->access.count = 1;
		break;
	case EVENT_map_page:
	case EVENT_protect:
		page_flags(reader);
		break;
	case EVENT_pin_table:
		if (!event_given(reader, KEY_level))
			event->table.level = 1;
		break;
	case EVENT_load_cr3:
		event->control.reg = MMU_CR3;
		break;
	case EVENT_write_pte:
		event->update.way = PV_UPDATE_EMULATED;
		break;
	case EVENT_set_control:
		event->control.reg =
			register_values[reader->value[KEY_register].from];
		break;
	case EVENT_flush:
		if (event_given(reader, KEY_cpu))
			event->flush.cpus = 1ull << event->cpu;
		break;
	case EVENT_inspect:
		finish_inspect(reader);
		break;
	case EVENT_expect:
		finish_expect(reader);
		break;
	case EVENT_grant:
	case EVENT_revoke:
	case EVENT_unmap_page:
	case EVENT_share_table:
	case EVENT_mmu_update:
	case EVENT_update_va_mapping:
	case EVENT_alloc:
	case EVENT_free:
	case EVENT_unpin_table:
	case EVENT_invlpg:
	case EVENT_invpcid:
	case EVENT_schedule:
	case EVENT_fault:
	case EVENT_preempt:
	case EVENT_KINDS:
		break;
	}
}
