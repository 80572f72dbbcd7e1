/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <CUnit/CUnit.h>

/* Runs the tests of one module, a CU_TEST_INFO_NULL-terminated array, and returns the exit status for main: 0 only if
 * at least one test ran and none failed (CU_basic_run_tests returns 0 even when assertions fail). */
int unit_run(const char *module, CU_TestInfo *tests);

#endif
