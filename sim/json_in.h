/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json_in.h - JSON out of a file, plain or packed with gzip.
 */
#ifndef SIM_JSON_IN_H
#define SIM_JSON_IN_H

#include <jansson.h>

#include "sim/diag.h"

/*
 * The value in @path ("-": stdin) in *@json, or, when its first line begins
 * with "{", an array of the objects in its lines.  0; -EBADMSG with the place
 * of what is wrong in @diags; or -errno.
 */
int json_in_load(const char *path, json_t **json, struct diags *diags);

#endif /* SIM_JSON_IN_H */
