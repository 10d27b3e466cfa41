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

static void finish_access(struct event_reader *reader)
{
	finish_call(reader);
	if (!event_given(reader, KEY_count))
		reader->event.access.count = 1;
}

static void finish_pin_table(struct event_reader *reader)
{
	if (!event_given(reader, KEY_level))
		reader->event.table.level = 1;
	finish_call(reader);
}

static void finish_load_cr3(struct event_reader *reader)
{
	reader->event.control.reg = MMU_CR3;
}

static void finish_set_control(struct event_reader *reader)
{
	reader->event.control.reg =
		register_values[reader->value[KEY_register].from];
}

static void finish_write_pte(struct event_reader *reader)
{
	reader->event.update.way = PV_UPDATE_EMULATED;
}

static void finish_flush(struct event_reader *reader)
{
	if (event_given(reader, KEY_cpu))
		reader->event.flush.cpus = 1ull << reader->event.cpu;
}

/* What is left to do for each kind; most have nothing. */
static void (*const finish[EVENT_KINDS])(struct event_reader *reader) = {
	[EVENT_map] = finish_call,
	[EVENT_unmap] = finish_call,
	[EVENT_unmap_and_replace] = finish_call,
	[EVENT_copy] = finish_call,
	[EVENT_transfer] = finish_call,
	[EVENT_set_version] = finish_call,
	[EVENT_setup_table] = finish_call,
	[EVENT_query_size] = finish_call,
	[EVENT_get_status_frames] = finish_call,
	[EVENT_swap_grant_ref] = finish_call,
	[EVENT_resume] = finish_call,
	[EVENT_read] = finish_access,
	[EVENT_write] = finish_access,
	[EVENT_fetch] = finish_access,
	[EVENT_map_page] = page_flags,
	[EVENT_protect] = page_flags,
	[EVENT_pin_table] = finish_pin_table,
	[EVENT_write_pte] = finish_write_pte,
	[EVENT_load_cr3] = finish_load_cr3,
	[EVENT_set_control] = finish_set_control,
	[EVENT_flush] = finish_flush,
	[EVENT_inspect] = finish_inspect,
	[EVENT_expect] = finish_expect,
};

void event_finish(struct event_reader *reader)
{
	if (finish[reader->event.kind])
		finish[reader->event.kind](reader);
}
