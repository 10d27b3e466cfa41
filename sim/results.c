/* SPDX-License-Identifier: GPL-2.0-or-later */
/* results.c - the table of counters, and values derived from them. */
#include <string.h>

#include "sim/results.h"

const struct counter_info counter_info[COUNTERS] = {
#define X(group, name, type, text)                                            \
	[COUNTER_##group##_##name] = { #group, #name, #group "." #name,       \
				       COUNTER_##type, text },
	SIM_COUNTERS(X)
#undef X
};

int counter_find(const char *path)
{
	for (int i = 0; i < COUNTERS; i++)
		if (strcmp(counter_info[i].path, path) == 0)
			return i;
	return -1;
}

static double percent(uint64_t part, uint64_t whole)
{
	return whole ? 100.0 * (double)part / (double)whole : 0;
}

/* Avoided flushes, less those that came back when frames were allocated. */
static uint64_t net_avoided(const struct results *r)
{
	uint64_t avoided = r->count[COUNTER_flush_avoided];
	uint64_t late = r->count[COUNTER_flush_at_allocation];

	return avoided > late ? avoided - late : 0;
}

double results_value(const struct results *r, enum counter counter)
{
	uint64_t batches = r->count[COUNTER_flush_batches];

	if (counter == COUNTER_flush_avoided_percent)
		return percent(r->count[COUNTER_flush_avoided], batches);
	if (counter == COUNTER_flush_net_avoided_percent)
		return percent(net_avoided(r), batches);
	return (double)r->count[counter];
}
