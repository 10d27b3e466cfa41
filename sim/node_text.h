/* SPDX-License-Identifier: GPL-2.0-or-later */
/* node_text.h - a piece of YAML as one line. */
#ifndef SIM_NODE_TEXT_H
#define SIM_NODE_TEXT_H

#include "sim/node.h"

/* @node in flow style, a plain scalar as it is: equal lines are equal trees,
 * whatever their layout and comments.  To be freed; NULL: no memory. */
char *node_text(const struct node *node);

#endif /* SIM_NODE_TEXT_H */
