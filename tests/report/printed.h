/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_REPORT_PRINTED_H
#define TESTS_REPORT_PRINTED_H

#include "report/page.h"
#include "tests/report/made_results.h"

/* The report as it is printed; the caller frees it. */
char *printed_report(const struct results *results, enum detail detail, bool color);
void printed_shows(const char *text, const char *wanted);
void printed_lacks(const char *text, const char *unwanted);
/* No line past the page, none that ends in a space, and nothing that a terminal would obey. */
void printed_is_well_set(const char *text);

#endif
