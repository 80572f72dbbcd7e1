/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_DECLARED_H
#define REPORT_DECLARED_H

#include "rules/inventory.h"

/* What an inventory declares, in words. All return the text. */

/* "10.0.0.0/24", an address alone where all its bits count. */
enum { NETWORK_TEXT_SIZE = ADDRESS_TEXT_SIZE + 4 };
char *network_text(const struct network *network, char text[static NETWORK_TEXT_SIZE]);
/* "through 2026-12-31", "until 2026-12-31 18:00:00.000000 UTC", "for ever". */
enum { UNTIL_TEXT_SIZE = 48 };
char *until_text(int64_t until, char text[static UNTIL_TEXT_SIZE]);
/* What is meant by an interface and a version: "samr", "samr (every version)", "uuid v1.0", "uuid (every version)"; for
 * a nil uuid `all`. */
enum { DECLARED_INTERFACE_SIZE = 128 };
char *declared_interface_text(const struct syntax_id *interface, bool any_version, const char *all,
                              char text[static DECLARED_INTERFACE_SIZE]);
/* The name of it; NULL: none is known, or it is all. */
const char *declared_interface_name(const struct syntax_id *interface, bool any_version);

#endif
