/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event_write_value.c - what a key of an event says, as text. */
#include "config.h"

#include <inttypes.h>

#include "sim/event_write_value.h"

/* What event_store() has put there. */
uint64_t writing_load(const struct writing *w, const struct op *op,
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
void writing_put_homeless(const struct writing *w, const struct op *op,
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

void writing_put(const struct writing *w, const struct op *op,
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
