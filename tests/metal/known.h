/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * known.h - how references are known to differ from the model.
 */
#ifndef METAL_KNOWN_H
#define METAL_KNOWN_H

#include "tests/metal/metal.h"

/* Ways to differ: the bits of the error code, and these. */
enum metal_difference {
	METAL_DIFF_VECTOR = 0x100,
	METAL_DIFF_FLAGS = 0x200,
	METAL_DIFF_AD = 0x400,
	METAL_DIFF_ALL = 0x7ff,
};

/* What of @machine is not as in @model; 0: all is. */
unsigned metal_differences(const struct metal_result *model,
			   const struct metal_result *machine);

enum metal_verdict {
	METAL_REFERENCE_IS_WRONG,
	METAL_BOTH_PERMITTED,		/* by the manual */
};

struct metal_known {
	const char *reference;		/* how its name begins */
	const char *what;
	const char *section;		/* SDM vol. 3A, that decides */
	enum metal_verdict verdict;
	unsigned explains;		/* differences of such a case */
	bool (*applies)(const struct metal_case *c,
			const struct metal_result *model,
			const struct metal_result *machine);
};

#define METAL_MAX_KNOWN 32

unsigned metal_nr_known(void);
const struct metal_known *metal_known(unsigned i);
bool metal_known_applies(const struct metal_known *known, const char *reference,
			 const struct metal_case *c,
			 const struct metal_result *model,
			 const struct metal_result *machine);

/* The like for an access of a sequence that sees what it must not. */
struct metal_known_sight {
	const char *reference;
	const char *sequence;		/* its name */
	const char *section;
};

/* NULL if it is not known. */
const struct metal_known_sight *metal_known_sight(const char *reference,
						  const char *sequence);

#endif /* METAL_KNOWN_H */
