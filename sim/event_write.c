/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * event_write.c - an event as lines of a block.
 *
 *   struct event --- keys that say something ---> name key=value ...
 *          `- ops -- of a hypercall, one by one -> ... ; key=value ...
 *                 `- else as ranges -------------> ... key=A..B
 *
 * A key that would say what is so without it is left out.
 */
#include "config.h"

#include <float.h>
#include <inttypes.h>

#include "sim/event_keys.h"
#include "sim/event_write.h"
#include "sim/results.h"

#define HAS(key) (w->form->keys & KEY_BIT(key))
#define NEEDS(key) (w->form->required & KEY_BIT(key))

struct writing {
	FILE *to;
	const struct event *event;
	const struct event_form *form;
	const struct event_labels *labels;
};

/* ---- values -------------------------------------------------------------- */

/* What event_store() has put there. */
static uint64_t load(const struct writing *w, const struct op *op,
		     const struct event_key *key)
{
	const char *at = key->home == HOME_OP ? (const char *)op
					      : (const char *)w->event;

	at += key->offset;
	switch (key->width) {
	case 1:
		return *(const uint8_t *)at;
	case 2:
		return *(const uint16_t *)at;
	case 4:
		return *(const uint32_t *)at;
	}
	return *(const uint64_t *)at;
}

static void write_number(FILE *to, uint64_t value)
{
	fprintf(to, value < 4096 ? "%" PRIu64 : "0x%" PRIx64, value);
}

/* "h", "h[3]"; those of driver models have no name. */
static void write_label(const struct writing *w, const struct labels *labels,
			struct label label, bool element)
{
	const char *text = labels_text(labels, label.name);

	if (text)
		fputs(text, w->to);
	else
		fprintf(w->to, "driver.%" PRId32, label.name);
	if (element)
		fprintf(w->to, "[%" PRIu32 "]", label.index);
}

static void write_handle(const struct writing *w, struct label label,
			 uint64_t number)
{
	if (label.name < 0)
		write_number(w->to, number);
	else
		write_label(w, w->labels->handles, label, true);
}

static void write_cpus(FILE *to, uint64_t cpus)
{
	const char *comma = "";

	for (; cpus; cpus &= cpus - 1, comma = ",")
		fprintf(to, "%s%d", comma, __builtin_ctzll(cpus));
}

static const char *register_name(unsigned reg)
{
	if (reg == MMU_CR0)
		return "cr0";
	return reg == MMU_CR4 ? "cr4" : "efer";
}

/* Those that the table of keys has no place for. */
static void write_homeless(const struct writing *w, const struct op *op,
			   enum event_key_id id)
{
	const struct event *event = w->event;

	switch ((unsigned)id) {
	case KEY_handle:
		write_handle(w, op->label, op->handle);
		return;
	case KEY_one_handle:
		write_handle(w, event->inspect.label, event->inspect.what);
		return;
	case KEY_as:
		write_label(w, w->labels->handles, op->as, true);
		return;
	case KEY_call:
	case KEY_parked:
		write_label(w, w->labels->calls, event->call, false);
		return;
	case KEY_register:
		fputs(register_name(event->control.reg), w->to);
		return;
	case KEY_ops:
		fputs("[]", w->to);
		return;
	case KEY_host:
		fputs(op->flags & GNTMAP_host_map ||
				      (op->with_device && !op->without_host)
			      ? "true"
			      : "false",
		      w->to);
		return;
	case KEY_writable:
	case KEY_page_user:
		fputs("false", w->to);
		return;
	}
	fputs("true", w->to);
}

/* Frames are told as the steps of `explain` tell them. */
static void write_plain(FILE *to, enum event_key_id id, uint64_t value)
{
	if (id == KEY_frame || id == KEY_source_frame || id == KEY_dest_frame)
		fprintf(to, "%#" PRIx64, value);
	else
		write_number(to, value);
}

static void write_value(const struct writing *w, const struct op *op,
			enum event_key_id id, uint64_t value)
{
	const struct event_key *key = &event_keys[id];

	switch (key->type) {
	case VALUE_BOOL:
		fputs(value ? "true" : "false", w->to);
		return;
	case VALUE_CPUS:
		write_cpus(w->to, value);
		return;
	case VALUE_CHOICE:
		fputs(key->names[value], w->to);
		return;
	case VALUE_STATUS:
		fprintf(w->to, "%d", op->status);
		return;
	case VALUE_DOMAIN_OR_IDLE:
		if (w->event->domain != DOMAIN_NONE)
			break;
		fputs("idle", w->to);
		return;
	case VALUE_NUMBER:
	case VALUE_RANGE:
	case VALUE_CPU:
	case VALUE_DOMAIN:
	case VALUE_DOMAIN_OR_SELF:
	case VALUE_HANDLE:
	case VALUE_AS:
	case VALUE_CALL:
	case VALUE_PARKED:
	case VALUE_OPS:
		break;
	}
	write_plain(w->to, id, value);
}

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
	return load(w, NULL, &event_keys[id]) || (w->form->required >> id & 1);
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
	value = load(w, op, &event_keys[id]);
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
		if (said && load(w, &first[i], &event_keys[id]) !=
				    load(w, first, &event_keys[id]) +
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
			write_homeless(w, op, id);
			continue;
		}
		write_value(w, op, id, load(w, op, key));
		if (count == 1 || !step_of(w, id))
			continue;
		fputs("..", w->to);
		write_value(w, op, id, load(w, &op[count - 1], key));
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
			write_homeless(w, NULL, id);
		else
			write_value(w, NULL, id, load(w, NULL, key));
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
