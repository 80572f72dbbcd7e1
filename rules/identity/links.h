/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_IDENTITY_LINKS_H
#define RULES_IDENTITY_LINKS_H

#include "rules/identity/identity.h"
#include "rules/identity/server.h"

/* What was said about two addresses at once. 4,096 links are kept, and 32 of one server, of which history gives way
 * first, then the oldest: what is lost is counted as LIMIT_SERVERS. Internal to rules/identity. */

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
    int64_t last;              /* when it was said last */
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
/* False: it is history, for one of the addresses is another server's since. */
bool link_is_current(const struct servers *servers, const struct known_link *link);
void links_free(struct links *links);

#endif
