/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * describe.h - cases and results for people.
 */
#ifndef METAL_DESCRIBE_H
#define METAL_DESCRIBE_H

#include <stdio.h>

#include "tests/metal/metal.h"

void describe_case(FILE *out, const struct metal_case *c);
void describe_result(FILE *out, const struct metal_result *result);

#endif /* METAL_DESCRIBE_H */
