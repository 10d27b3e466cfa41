/* SPDX-License-Identifier: GPL-2.0-or-later */
/* profile_quirk.c - the quirks of a machine, in its profile or a trace. */
#include <string.h>

#include "sim/profile_read.h"

static bool find_quirk(const struct node *node, unsigned *quirks,
		       struct diags *diags)
{
	const char *names[MMU_QUIRKS + 1] = { NULL };

	if (node->kind != NODE_SCALAR)
		return node_expected(node, "a quirk's name", diags);
	for (unsigned i = 0; i < MMU_QUIRKS; i++) {
		names[i] = mmu_quirk_info[i].name;
		if (strcmp(node->text, names[i]) != 0)
			continue;
		*quirks |= 1u << i;
		return true;
	}
	diag_error(diags, node->place, "unknown quirk '%s'",
		   diag_quote(node->text, node->length).text);
	diag_nearest(diags, node->text, names);
	return false;
}

void profile_quirk_names(const struct node *list, unsigned *quirks,
			 struct diags *diags)
{
	if (list->kind != NODE_SEQUENCE) {
		node_expected(list, "a list", diags);
		return;
	}
	for (const struct node *n = list->first; n; n = n->next)
		find_quirk(n, quirks, diags);
}

struct quirk {
	const struct node *name;
	struct origin origin;
};

static void read_quirk(struct reading *reading, const struct node *node)
{
	static const struct field fields[] = {
		{ "name", FIELD_NODE, offsetof(struct quirk, name),
		  .required = true },
		ORIGIN(quirk),
		{ NULL },
	};
	struct quirk quirk = { NULL };

	if (profile_read_sourced(reading, node, fields, &quirk,
				 &quirk.origin) &&
	    find_quirk(quirk.name, &reading->profile->mmu.quirks,
		       reading->diags))
		profile_show(reading, "quirk", quirk.name->text, &quirk.origin);
}

void profile_read_quirks(struct reading *reading, const struct node *list)
{
	if (list->kind != NODE_SEQUENCE) {
		node_expected(list, "a list", reading->diags);
		return;
	}
	for (const struct node *n = list->first; n; n = n->next)
		read_quirk(reading, n);
}
