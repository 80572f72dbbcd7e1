/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_IDENTITY_INSIDE_H
#define RULES_IDENTITY_INSIDE_H

#include "rules/identity/identity.h"
#include "rules/identity/links.h"
#include "rules/identity/server.h"

/* The inside of identity.h, for its own files: identity.c takes in what is told, search.c finds who is one with whom,
 * records.c tells all that is kept. */

struct association;

/* A NetBIOS name as it was told last. */
struct netbios {
    char name[FACT_TEXT_SIZE];
    struct address address;
    struct sighting seen;
};

struct identity {
    struct servers servers;
    struct links links;
    struct association *associations;
    struct netbios netbios;
    /* The last answer of identity_relatives, good until servers.changed: sessions ask again and again. */
    struct address answer_for;
    struct relative answer[IDENTITY_MAX_RELATIVES];
    size_t answer_count;
};

/* How much it proves of these two addresses, both of which are known. */
enum link_strength identity_strength(const struct identity *identity, const struct identity_link *link);
/* What else is known of the two that contradicts it; NULL: nothing. */
const char *identity_refutes(const struct identity *identity, const struct identity_link *link,
                             enum link_strength strength);

#endif
