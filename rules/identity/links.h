/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_IDENTITY_LINKS_H
#define RULES_IDENTITY_LINKS_H

#include "rules/identity/identity.h"
#include "rules/identity/server.h"

/* What was said about two addresses at once. 4,096 links are kept, and 32 of one server, of which history gives way
 * first, then the oldest: what is lost is counted as LIMIT_SERVERS. Internal to rules/identity. */

enum { LINKS_MAX = 4096 };

/* A link as one of its addresses has it. */
struct link_end {
    struct known_link *link;
    struct link_end *next;
};

struct known_link {
    struct {
        struct address one, other;
        uint8_t kind;
    } key;
    struct identity_link link; /* as it was first seen */
    struct sighting last;      /* when it was said last */
    struct link_end ends[2];
    UT_hash_handle hh;
};

struct links {
    struct known_link *all;
};

/* Addresses that many hosts share, such as loopback and link-local ones, link nothing. */
void links_add(struct links *links, struct servers *servers, const struct identity_link *link);
/* When it was said last; INT64_MIN: never. */
int64_t links_last(const struct links *links, const struct identity_link *link);
/* One tells it of the other, which has not said it. */
bool link_is_hearsay(enum link_kind kind);
/* Why it does not count, or not any more, as far as what was said since shows; NULL: it does. */
const char *link_against(const struct servers *servers, const struct known_link *link);
void links_free(struct links *links);

#endif
