/* SPDX-License-Identifier: GPL-2.0-or-later */
/* node_text.c - a piece of YAML as one line. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/node_text.h"

static void put_scalar(FILE *to, const struct node *node)
{
	bool plain = node->plain && node->length &&
		     !strpbrk(node->text, ",[]{}:#\"\n");

	if (plain) {
		fputs(node->text, to);
		return;
	}
	fputc('"', to);
	for (const char *c = node->text; *c; c++) {
		if (*c == '"' || *c == '\\')
			fputc('\\', to);
		if (*c == '\n')
			fputs("\\n", to);
		else
			fputc(*c, to);
	}
	fputc('"', to);
}

static void put(FILE *to, const struct node *node);

static void put_items(FILE *to, const struct node *node)
{
	const char *mark = "";
	size_t i = 0;

	for (const struct node *n = node->first; n; n = n->next, i++) {
		fputs(mark, to);
		put(to, n);
		mark = node->kind == NODE_MAPPING && i % 2 == 0 ? ": " : ", ";
	}
}

static void put(FILE *to, const struct node *node)
{
	if (node->kind == NODE_SCALAR) {
		put_scalar(to, node);
		return;
	}
	fputc(node->kind == NODE_MAPPING ? '{' : '[', to);
	put_items(to, node);
	fputc(node->kind == NODE_MAPPING ? '}' : ']', to);
}

char *node_text(const struct node *node)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	bool failed;

	if (!to)
		return NULL;
	put(to, node);
	failed = ferror(to) != 0;
	if (fclose(to) == EOF || failed) {
		free(text);
		return NULL;
	}
	return text;
}
