/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * suite.h - the main() of a test program that has one test case, and the length
 * of its tables.
 */
#ifndef TESTS_SUITE_H
#define TESTS_SUITE_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

/* Of a table, as tcase_add_loop_test() takes it. */
#define ROWS(table) ((int)(sizeof(table) / sizeof((table)[0])))

/* Profiles are those of tests/machines. */
static inline void use_machines(void)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/tests/machines", getenv("top_srcdir"));
	setenv("TLBSIM_MACHINES", path, 1);
}

/* Run what @add adds, report as the environment says; an exit status. */
static inline int run_suite(const char *name, void (*add)(TCase *tc))
{
	Suite *suite = suite_create(name);
	TCase *tc = tcase_create(name);
	SRunner *runner = srunner_create(suite);
	int failed;

	add(tc);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif /* TESTS_SUITE_H */
