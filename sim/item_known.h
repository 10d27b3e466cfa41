/* SPDX-License-Identifier: GPL-2.0-or-later */
/* item_known.h - items of `events:` that are like others before them. */
#ifndef SIM_ITEM_KNOWN_H
#define SIM_ITEM_KNOWN_H

#include "sim/event_read.h"

struct known_items;

/* NULL: no memory. */
struct known_items *known_items_create(void);
void known_items_destroy(struct known_items *known);

/* The event that @item is; NULL: it has to be read. */
struct event *known_items_read(struct known_items *known,
			       struct event_reader *reader,
			       const struct node *item);
/* It was read without an error: keep what can be known of it. */
void known_items_learn(struct known_items *known, struct event_reader *reader,
		       const struct node *item);

#endif /* SIM_ITEM_KNOWN_H */
