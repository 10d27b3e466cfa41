/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * yaml_in.h - a YAML stream, piece by piece, with places.
 *
 * Pulls: document, then its keys, then each key's value as a tree or, for a
 * long list, its items one after the other.  Trees live until
 * yaml_in_forget().  The subset: no anchors, aliases or tags, nesting up to
 * YAML_DEPTH_MAX.
 *
 * Calls return 1 (here it is), 0 (no more of these), -EBADMSG (errors were
 * added and the stream cannot be read on) or -errno.
 */
#ifndef SIM_YAML_IN_H
#define SIM_YAML_IN_H

#include "sim/node.h"

#define YAML_DEPTH_MAX 16	/* the error text says so */
/* Of the trees of one item; and of a scalar in the file. */
#define YAML_ITEM_MAX (128u << 20)
#define YAML_SCALAR_MAX (16u << 20)

struct yaml_in;

/* A literal block whose key, at the start of a line, is @block (NULL: none)
 * is not read by the parser: its lines come from yaml_in_line(). */
int yaml_in_open(struct yaml_in **in, const char *path, const char *block,
		 struct diags *diags);
/* The same of @input, which is closed with it, or at once if that fails; the
 * @name of the file must outlive it. */
struct input;
int yaml_in_of(struct yaml_in **in, struct input *input, const char *name,
	       const char *block, struct diags *diags);
void yaml_in_close(struct yaml_in *in);
/* The file's name, for places; lives as long as @in. */
const char *yaml_in_name(const struct yaml_in *in);

/* The next document; it must be a mapping. */
int yaml_in_document(struct yaml_in *in);
/* The next key of the document. */
int yaml_in_key(struct yaml_in *in, struct node **key);

enum yaml_value { YAML_TREE, YAML_LIST, YAML_BLOCK };
/* What kind of value the key has: a block, a list, anything else. */
int yaml_in_value(struct yaml_in *in, enum yaml_value *kind);
/* The value as a tree; NULL in *@node if it broke the rules above (errors
 * were added), after which reading can go on. */
int yaml_in_tree(struct yaml_in *in, struct node **node);
/* The next item of a list, as a tree. */
int yaml_in_item(struct yaml_in *in, struct node **node);
/* The next line of a block, without its indentation and its end. */
struct yaml_line {
	const char *text, *end;
	struct place place; /* of text[0] */
};
int yaml_in_line(struct yaml_in *in, struct yaml_line *line);

/* Keep the text of what is read, from here on; at the start of the file. */
void yaml_in_keep(struct yaml_in *in);
/* Lines of it as they are: from line @from, which must not be before the key
 * or the item that was read last, up to line @to, or if that is 0 to the next
 * piece of the stream.  1, -EBADMSG or -errno. */
int yaml_in_text(struct yaml_in *in, uint32_t from, uint32_t to,
		 const char **text, size_t *length);

/* Forget all trees. */
void yaml_in_forget(struct yaml_in *in);
uint64_t yaml_in_position(const struct yaml_in *in, uint64_t *total);

/* The only document of the file @path as a tree in *@in, which is to be
 * closed if 0 is returned.  -EBADMSG with @diags, or -errno. */
int yaml_in_load(struct yaml_in **in, const char *path,
		 struct node **root, struct diags *diags);

#endif /* SIM_YAML_IN_H */
