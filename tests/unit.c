/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit.h"

#include <CUnit/Basic.h>
#include <stdio.h>

int unit_run(const char *module, CU_TestInfo *tests) {
    char name[64];
    snprintf(name, sizeof name, "%s", module);
    CU_SuiteInfo suites[] = {{.pName = name, .pTests = tests}, CU_SUITE_INFO_NULL};
    if (CU_initialize_registry() != CUE_SUCCESS || CU_register_suites(suites) != CUE_SUCCESS) {
        fprintf(stderr, "%s: %s\n", module, CU_get_error_msg());
        return 1;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    unsigned ran = CU_get_number_of_tests_run();
    CU_cleanup_registry();
    return failures == 0 && ran > 0 ? 0 : 1;
}
