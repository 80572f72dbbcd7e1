/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_INTERFACE_LIST_H
#define REPORT_INTERFACE_LIST_H

#include "rules/words/interfaces.h"

#include <stdio.h>

/* The interfaces that have a name, and their operations. */

/* Whether its name or its uuid holds this text; case does not matter. Nothing holds "". */
bool interface_matches(const struct interface *interface, const char *text);
/* A line for each: uuid, version, name. False: no memory. */
bool interface_list(FILE *out);
/* One interface with its operations. */
void interface_page(FILE *out, const struct interface *interface);
/* {"type":"interface",…,"opnums":[…]} as a line. False: no memory, or the stream failed. */
bool interface_json(FILE *out, const struct interface *interface);

#endif
