/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * event_write.c - an event as lines of a block.
 *
 *   struct event --- keys that say something ---> name key=value ...
 *          `- ops -- of a hypercall, one by one -> ... ; key=value ...
 *                 `- else as ranges -------------> ... key=A..B
 *
 * event_write_value.c writes a value.  A key that would say what is so without
 * it is left out.
 */
#include "config.h"

#include <float.h>

#include "sim/event_write.h"
#include "sim/event_write_value.h"
#include "sim/results.h"

#define HAS(key) (w->form->keys & KEY_BIT(key))
#define NEEDS(key) (w->form->required & KEY_BIT(key))

/* ---- which keys ---------------------------------------------------------- */

static bool is_event_key_said(const struct writing *w, enum event_key_id id)
{
	const struct event *event = w->event;

	switch ((unsigned)id) {
	case KEY_domain:
		return event->domain != DOMAIN_NONE;
	case KEY_cpu:
		return event->cpu != CPU_ANY && !HAS(cpus);
	case KEY_call:
		return event->call.name >= 0;
	case KEY_before:
	case KEY_nth:
		return event->stop.nth;
	case KEY_count:
		return event->access.count != 1;
	case KEY_walk:
		return event->inspect.kind == INSPECT_WALK;
	case KEY_grant:
		return event->inspect.kind == INSPECT_GRANT;
	case KEY_one_handle:
		return event->inspect.kind == INSPECT_HANDLE;
	case KEY_writable:
		return !(event->page.flags & PAGE_WRITABLE);
	case KEY_page_user:
		return !(event->page.flags & PAGE_USER);
	case KEY_global:
		return event->page.flags & PAGE_GLOBAL;
	case KEY_nx:
		return event->page.flags & PAGE_NX;
	case KEY_ops:
		return !event->nr_ops;
	case KEY_parked:
	case KEY_register:
	case KEY_next_domain:
		return true;
	}
	return writing_load(w, NULL, &event_keys[id]) ||
	       (w->form->required >> id & 1);
}

/* Does `host:` differ from what `device:` and an address imply? */
static bool is_host_said(const struct writing *w, const struct op *op)
{
	bool device = op->with_device, host = !op->without_host;

	if (w->event->kind != EVENT_map)
		return host != (!device || op->at_given);
	device = op->flags & GNTMAP_device_map;
	return !(op->flags & GNTMAP_host_map) == !device;
}

static bool is_flag_said(const struct writing *w, const struct op *op,
			 enum event_key_id id)
{
	switch ((unsigned)id) {
	case KEY_host:
		return is_host_said(w, op);
	case KEY_device:
		return op->with_device || (op->flags & GNTMAP_device_map);
	case KEY_readonly:
		return op->flags & GNTMAP_readonly;
	case KEY_application:
		return op->flags & GNTMAP_application_map;
	}
	return (op->flags & GNTMAP_contains_pte) && !op->at_pte;
}

static bool is_op_key_said(const struct writing *w, const struct op *op,
			   enum event_key_id id)
{
	uint64_t value;

	if (event_keys[id].type == VALUE_BOOL)
		return is_flag_said(w, op, id);
	if (event_keys[id].home == HOME_NONE)
		return id == KEY_handle ? NEEDS(handle) || !op->at_given
					: op->as.name >= 0;
	value = writing_load(w, op, &event_keys[id]);
	switch ((unsigned)id) {
	case KEY_at:
		return !op->at_pte && (op->at_given || value || NEEDS(at));
	case KEY_pte_of:
		return op->at_pte;
	case KEY_frame:
		return op->frame_given || NEEDS(frame) ||
		       (w->event->kind == EVENT_grant && !op->transitive);
	case KEY_offset:
		return op->sub_page;
	case KEY_length:
		return op->sub_page || NEEDS(length);
	case KEY_transitive_domain:
	case KEY_transitive_ref:
		return op->transitive;
	case KEY_source_ref:
		return op->source.by_ref;
	case KEY_source_frame:
		return !op->source.by_ref;
	case KEY_dest_ref:
		return op->dest.by_ref;
	case KEY_dest_frame:
		return !op->dest.by_ref;
	case KEY_source_domain:
	case KEY_dest_domain:
	case KEY_of:
		return value != DOMID_SELF;
	case KEY_status:
		return op->status_given;
	}
	return value || (w->form->required >> id & 1);
}

/* ---- operations ---------------------------------------------------------- */

/* How far apart neighbours in a range are; 0: all are the same. */
static uint64_t step_of(const struct writing *w, enum event_key_id id)
{
	uint64_t pages = HAS(size) ? 1ull << 9 * w->event->page.size : 1;

	if (event_keys[id].type != VALUE_RANGE)
		return 0;
	if (id == KEY_at || id == KEY_pte_of)
		return 4096 * pages;
	return id == KEY_frame ? pages : 1;
}

/* Does operation @i of those from @first go on with a range? */
static bool goes_on(const struct writing *w, const struct op *first, size_t i)
{
	key_set keys = w->form->op_keys;

	for (; keys; keys &= keys - 1) {
		enum event_key_id id = key_first(keys);
		bool said = is_op_key_said(w, first, id);

		if (said != is_op_key_said(w, &first[i], id) ||
		    (said && event_keys[id].home == HOME_NONE))
			return false;
		if (said && writing_load(w, &first[i], &event_keys[id]) !=
				    writing_load(w, first, &event_keys[id]) +
					    i * step_of(w, id))
			return false;
	}
	return true;
}

static void write_op(const struct writing *w, const struct op *op, size_t count)
{
	key_set keys = w->form->op_keys;

	for (; keys; keys &= keys - 1) {
		enum event_key_id id = key_first(keys);
		const struct event_key *key = &event_keys[id];

		if (!is_op_key_said(w, op, id))
			continue;
		fprintf(w->to, " %s=", key->name);
		if (key->home == HOME_NONE) {
			writing_put_homeless(w, op, id);
			continue;
		}
		writing_put(w, op, id, writing_load(w, op, key));
		if (count == 1 || !step_of(w, id))
			continue;
		fputs("..", w->to);
		writing_put(w, op, id, writing_load(w, &op[count - 1], key));
	}
}

static void write_name(const struct writing *w)
{
	key_set keys = w->form->keys;

	fputs(event_names[w->event->kind], w->to);
	for (; keys; keys &= keys - 1) {
		enum event_key_id id = key_first(keys);
		const struct event_key *key = &event_keys[id];

		if (!is_event_key_said(w, id))
			continue;
		fprintf(w->to, " %s=", key->name);
		if (key->home == HOME_NONE)
			writing_put_homeless(w, NULL, id);
		else
			writing_put(w, NULL, id, writing_load(w, NULL, key));
	}
}

static void write_call(const struct writing *w)
{
	write_name(w);
	for (size_t i = 0; i < w->event->nr_ops; i++) {
		fputs(i ? " ;" : "", w->to);
		write_op(w, &w->event->ops[i], 1);
	}
	fputc('\n', w->to);
}

static void write_ranges(const struct writing *w)
{
	const struct op *op = w->event->ops;
	const struct op *end = op + w->event->nr_ops;
	size_t count;

	for (; op < end; op += count) {
		count = 1;
		while (op + count < end && goes_on(w, op, count))
			count++;
		write_name(w);
		write_op(w, op, count);
		fputc('\n', w->to);
	}
}

/* ---- all of it ----------------------------------------------------------- */

static void write_expect(FILE *to, const struct event *event,
			 const char *policy)
{
	fputs("expect", to);
	for (size_t i = 0; i < event->expect.count; i++) {
		const struct expectation *e = &event->expect.list[i];

		fprintf(to, " %s=%.15g", counter_info[e->counter].path, e->min);
		if (e->max > DBL_MAX)
			fputs("..", to);
		else if (e->max > e->min)
			fprintf(to, "..%.15g", e->max);
	}
	if (event->expect.policy)
		policy = event->expect.policy;
	if (policy)
		fprintf(to, " policy=%s", policy);
	fputc('\n', to);
}

void event_write(FILE *to, const struct event *event,
		 const struct event_labels *labels, const char *policy)
{
	const struct writing w = { to, event, &event_forms[event->kind],
				   labels };

	if (event->kind == EVENT_expect)
		write_expect(to, event, policy);
	else if (w.form->hypercall || !event->nr_ops)
		write_call(&w);
	else
		write_ranges(&w);
}
