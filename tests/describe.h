/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * describe.h - an event in words, so that a test can say what it wants.
 *
 * "map domain=0 {ref=0x8 from=1 at=0x1000 flags=0x2 as=0[0]}": everything
 * that is not zero, or not the default of its field.
 */
#ifndef TESTS_DESCRIBE_H
#define TESTS_DESCRIBE_H

#include "sim/event.h"

/* In words; to be freed. */
char *describe(const struct event *event);

#endif /* TESTS_DESCRIBE_H */
