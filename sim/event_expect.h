/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * event_expect.h - reading what results must be: `flush.avoided: 1`,
 * `{min: 1, max: 5}` or 1..5, and for which policy.
 */
#ifndef SIM_EVENT_EXPECT_H
#define SIM_EVENT_EXPECT_H

#include "sim/event.h"
#include "sim/node.h"
#include "sim/results.h"

struct expect_list {
	struct expectation list[COUNTERS];
	size_t count;
	const char *policy;		/* as in struct event */
	bool policy_given;
};

/* Start anew. */
void expect_clear(struct expect_list *list);
/* One key with its value as text: a counter, or `policy`.  False after
 * adding an error. */
bool expect_text(struct expect_list *list, struct place key_place,
		 const char *key, size_t key_length, struct place place,
		 const char *text, size_t length, struct diags *diags);
/* The same out of YAML, where a value may be a mapping. */
bool expect_pair(struct expect_list *list, const struct node *key,
		 struct diags *diags);
/* All of a mapping. */
bool expect_read(struct expect_list *list, const struct node *mapping,
		 struct diags *diags);

#endif /* SIM_EVENT_EXPECT_H */
