/* SPDX-License-Identifier: GPL-2.0-or-later */
/* generators.c - the table of generators, and what they share. */
#include "workloads/generators.h"

#include <string.h>

const struct importer *const sim_generators[] = {
	&generate_blkback,
	&generate_memory,
	&generate_netback,
	NULL,
};

#define WORD_MAX 40

/* The text up to @end as a node, to be read as a trace's is. */
static struct node word(const char *text, size_t length, const char *what,
			char *copy)
{
	size_t n = length < WORD_MAX ? length : WORD_MAX - 1;

	memcpy(copy, text, n);
	copy[n] = '\0';
	return (struct node){ .text = copy,
			      .length = n,
			      .plain = true,
			      .place = { what, 0, 0 } };
}

static bool read_value(const char *text, size_t length, const char *what,
		       bool is_time, uint64_t min, uint64_t max,
		       uint64_t *value, struct diags *diags)
{
	char copy[WORD_MAX];
	struct node node = word(text, length, what, copy);

	return is_time ? node_time(&node, value, diags)
		       : node_u64(&node, min, max, value, diags);
}

bool generate_dist(const char *text, const char *what, bool is_time,
		   uint64_t min, uint64_t max, struct dist *dist,
		   struct diags *diags)
{
	uint32_t upto = 0;

	dist->count = 0;
	for (; dist->count < DIST_MAX; text++) {
		size_t all = strcspn(text, ","), length = strcspn(text, ":,");
		uint64_t weight = 1;

		if (!read_value(text, length, what, is_time, min, max,
				&dist->value[dist->count], diags) ||
		    (length < all &&
		     !read_value(text + length + 1, all - length - 1, what,
				 false, 1, 1000000, &weight, diags)))
			return false;
		upto += (uint32_t)weight;
		dist->upto[dist->count++] = upto;
		text += all;
		if (!*text)
			return true;
	}
	diag_error(diags, (struct place){ what, 0, 0 },
		   "more than %d values to draw", DIST_MAX);
	return false;
}

void generate_head(FILE *out, const struct import_job *job, const char *name)
{
	fprintf(out,
		"# Made by: tlbsim generate %s %.*s\n"
		"tlbsim: 1\ntitle: generated for %s\n"
		"domains:\n"
		"  - {id: 0, name: dom0, hardware: true, paging: pv, "
		"memory: 64M}\n"
		"  - {id: 1, name: guest, paging: pv, memory: 64M}\n",
		name, (int)strcspn(job->made_by, "\n"), job->made_by, name);
}
