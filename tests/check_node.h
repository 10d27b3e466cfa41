/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_node.h - a tree out of a text. */
#ifndef TESTS_CHECK_NODE_H
#define TESTS_CHECK_NODE_H

#include <stdlib.h>

#include "sim/node.h"
#include "sim/yaml_in.h"
#include "tests/suite.h"
#include "tests/text_file.h"

struct tree {
	struct text_file file;
	struct yaml_in *yaml;
	struct node *root;
	struct diags diags;
	int ret;
};

static inline struct tree *plant(const char *text)
{
	struct tree *tree = calloc(1, sizeof(*tree));

	ck_assert_ptr_nonnull(tree);
	tree->file = text_file(text);
	tree->ret = yaml_in_load(&tree->yaml, tree->file.path, &tree->root,
				 &tree->diags);
	return tree;
}

static inline void fell(struct tree *tree)
{
	if (tree->ret == 0)
		yaml_in_close(tree->yaml);
	text_file_close(&tree->file);
	free(tree);
}

static inline void ck_assert_error(const struct diags *diags, const char *text)
{
	ck_assert_uint_ge(diags->count, 1);
	ck_assert_str_eq(diags->diag[0].text, text);
}

#endif /* TESTS_CHECK_NODE_H */
