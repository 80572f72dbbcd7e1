/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_COMMUNITY_ID_H
#define REPORT_COMMUNITY_ID_H

#include "wire/endpoint.h"

#include <stdbool.h>

/* Community ID version 1, seed 0 (github.com/corelight/community-id-spec): the name under which other tools know the
 * same connection. */
enum { COMMUNITY_ID_SIZE = 31, PROTOCOL_TCP = 6, PROTOCOL_UDP = 17 };

/* False where an end is not known: no address, no port, or two families. */
bool community_id(const struct endpoint *a, const struct endpoint *b, uint8_t protocol,
                  char text[static COMMUNITY_ID_SIZE]);

#endif
