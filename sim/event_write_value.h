/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event_write_value.h - what a key of an event says, as text. */
#ifndef SIM_EVENT_WRITE_VALUE_H
#define SIM_EVENT_WRITE_VALUE_H

#include "sim/event_keys.h"
#include "sim/event_write.h"

struct writing {
	FILE *to;
	const struct event *event;
	const struct event_form *form;
	const struct event_labels *labels;
};

/* What event_store() has put at the place of @key, in @op or the event. */
uint64_t writing_load(const struct writing *w, const struct op *op,
		      const struct event_key *key);
/* Write @value of key @id. */
void writing_put(const struct writing *w, const struct op *op,
		 enum event_key_id id, uint64_t value);
/* The same of a key that the table has no place for. */
void writing_put_homeless(const struct writing *w, const struct op *op,
			  enum event_key_id id);

#endif /* SIM_EVENT_WRITE_VALUE_H */
