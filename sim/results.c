/* SPDX-License-Identifier: GPL-2.0-or-later */
/* results.c - the table of counters, and values derived from them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/results.h"
#include "sim/series.h"

const struct counter_info counter_info[COUNTERS] = {
#define X(group, name, type, worse, text)                                      \
	[COUNTER_##group##_##name] = { #group,		 #name,                \
				       #group "." #name, COUNTER_##type,       \
				       WORSE_##worse,	 text },
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

bool results_know(const struct results *r, enum counter counter)
{
	if (!r->unchecked)
		return true;
	return counter != COUNTER_flush_false &&
	       strcmp(counter_info[counter].group, "oracle") != 0;
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

/* ---- copies: one block of memory, the pointers into it ------------------- */

static size_t text_size(const char *text)
{
	return strlen(text ? text : "") + 1;
}

static size_t copy_size(const struct results *r)
{
	size_t size = (r->series ? sizeof(*r->series) : 0) +
		      r->nr_inspect * sizeof(*r->inspect) +
		      r->nr_incomplete * sizeof(*r->incomplete) +
		      text_size(r->trace) + text_size(r->title) +
		      text_size(r->policy) + text_size(r->machine) +
		      r->nr_parameters * sizeof(*r->parameter);

	for (size_t i = 0; i < r->nr_inspect; i++)
		size += text_size(r->inspect[i]);
	for (size_t i = 0; i < r->nr_parameters; i++)
		size += text_size(r->parameter[i].path) +
			text_size(r->parameter[i].value);
	return size;
}

/* Append @size bytes at *@end, and return where they went. */
static void *append(char **end, const void *bytes, size_t size)
{
	char *at = *end;

	if (size)
		memcpy(at, bytes, size);
	*end += size;
	return at;
}

static char *append_text(char **end, const char *text)
{
	return append(end, text ? text : "", text_size(text));
}

int results_copy(struct results *to, const struct results *from)
{
	char *end = malloc(copy_size(from));
	struct result_parameter *parameter;

	if (!end)
		return -ENOMEM;
	*to = *from;
	to->memory = end;
	/* Numbers and pointers first: they need the alignment. */
	if (from->series)
		to->series = append(&end, from->series, sizeof(*from->series));
	parameter = append(&end, from->parameter,
			   from->nr_parameters * sizeof(*from->parameter));
	to->parameter = parameter;
	to->inspect = append(&end, from->inspect,
			     from->nr_inspect * sizeof(*from->inspect));
	to->incomplete = append(&end, from->incomplete,
				from->nr_incomplete *
					sizeof(*from->incomplete));
	for (size_t i = 0; i < from->nr_inspect; i++)
		to->inspect[i] = append_text(&end, from->inspect[i]);
	for (size_t i = 0; i < from->nr_parameters; i++) {
		parameter[i].path = append_text(&end, parameter[i].path);
		parameter[i].value = append_text(&end, parameter[i].value);
	}
	to->trace = append_text(&end, from->trace);
	to->title = append_text(&end, from->title);
	to->policy = append_text(&end, from->policy);
	to->machine = append_text(&end, from->machine);
	return 0;
}

void results_free(struct results *results)
{
	free(results->memory);
	*results = (struct results){ .memory = NULL };
}
