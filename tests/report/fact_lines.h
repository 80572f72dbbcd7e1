/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_REPORT_FACT_LINES_H
#define TESTS_REPORT_FACT_LINES_H

#include "report/fact_json.h"

/* Facts to write, and the lines that come of them. What cannot be made fails the test. */

struct address address_of(const char *ip);
struct endpoint end_of(const char *ip, uint16_t port);
struct syntax_id syntax_of(const char *uuid, uint16_t major, uint16_t minor);
/* A fact of this kind without what the kind adds. */
struct fact fact_of(enum fact_kind kind);
/* Towers that differ, with the longest name. */
struct fact_tower tower_of(unsigned number);
/* The line that is written; the caller frees it. */
char *written(const struct fact *fact, const struct file_names *files);

#endif
