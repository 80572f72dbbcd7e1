/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_MANUAL_H
#define REPORT_MANUAL_H

#include "rules/verdict/rule.h"

#include <stdbool.h>
#include <stdio.h>

/* What the rules say of themselves. */

/* A line for each rule: its id, severity and title. */
void manual_list(FILE *out);
/* One rule with its page. */
void manual_page(FILE *out, const struct rule *rule);
/* {"type":"rule","id",…,"page"} as a line. False: no memory, or the stream failed. */
bool manual_json(FILE *out, const struct rule *rule);

#endif
