/* SPDX-License-Identifier: GPL-2.0-or-later */
/* profile_read.h - reading a profile.  Private to profile*.c. */
#ifndef SIM_PROFILE_READ_H
#define SIM_PROFILE_READ_H

#include "sim/profile.h"

/* NULL-terminated. */
extern const char *const profile_confidences[];

/* What is being read, and who wants to see it. */
struct reading {
	struct profile *profile;
	struct diags *diags;
	/* or NULL */
	void (*visit)(void *data, const struct profile_fact *fact);
	void *data;
};

/* What every mapping with a number has. */
struct origin {
	const char *source;
	unsigned confidence;
};

/* Its keys, in a struct of @type that has it as `origin`. */
/* clang-format off */
#define ORIGIN(type)                                                          \
	{ "source", FIELD_TEXT, offsetof(struct type, origin.source),         \
	  .required = true },                                                 \
	{ "confidence", FIELD_CHOICE,                                         \
	  offsetof(struct type, origin.confidence), .required = true,         \
	  .names = profile_confidences }
/* clang-format on */

/* Read a mapping by a table, and insist that its source says something. */
bool profile_read_sourced(struct reading *reading, const struct node *node,
			  const struct field *fields, void *into,
			  const struct origin *origin);
/* Show a fact to whoever wants to see it. */
void profile_show(struct reading *reading, const char *what,
		  const char *value, const struct origin *origin);

/* ---- profile_tlb.c ----------------------------------------------------- */

/* Set bits for the names in the list @node, of which there is one. */
bool profile_read_set(const struct node *node, const char *const *names,
		      unsigned *set, struct diags *diags);
/* Is a number of entries said to have no limit? */
bool profile_is_unlimited(const struct node *node);

/* The list of translation caches. */
void profile_read_tlbs(struct reading *reading, const struct node *list);

/* ---- profile_psc.c ----------------------------------------------------- */

/* The list of paging-structure caches. */
void profile_read_pscs(struct reading *reading, const struct node *list);

/* ---- profile_quirk.c --------------------------------------------------- */

/* The list of quirks. */
void profile_read_quirks(struct reading *reading, const struct node *list);

#endif /* SIM_PROFILE_READ_H */
