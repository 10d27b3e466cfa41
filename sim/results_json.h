/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * results_json.h - results as a JSON object of schema "tlbsim-result/1", and
 * back.
 */
#ifndef SIM_RESULTS_JSON_H
#define SIM_RESULTS_JSON_H

#include <jansson.h>

#include "sim/results.h"

#define RESULT_SCHEMA "tlbsim-result/1"

/* How equal results become equal bytes. */
#define RESULT_JSON_FLAGS JSON_REAL_PRECISION(6)

/* A new object, or NULL: no memory. */
json_t *results_to_json(const struct results *results);

/*
 * What an object was made of, as a copy that results_free() frees; the title
 * and what became of expectations are not in it.  0; -EBADMSG: it is no such
 * object; or -ENOMEM.
 */
int results_from_json(struct results *results, const json_t *object);

/* A string of @bytes, with '?' where they are not UTF-8; NULL: no memory. */
json_t *results_json_text(const char *bytes);

#endif /* SIM_RESULTS_JSON_H */
