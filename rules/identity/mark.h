/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_IDENTITY_MARK_H
#define RULES_IDENTITY_MARK_H

#include "rules/tables/table.h"

#include <stdbool.h>
#include <stdint.h>

/* What a server is known by, and which addresses bear it: so that those with one name, one GUID or one link-layer
 * address are found without looking at all others. Internal to rules/identity. */

struct server;

enum mark_kind { MARK_NTLM, MARK_GUID, MARK_START, MARK_MAC };

/* A part of a server: its place in the list of those that bear the mark. NULL mark: it bears none. */
struct bearer {
    struct mark *mark;
    struct server *server;
    struct bearer *next, *previous;
};

enum { MARK_MAX_SIZE = 256 };

struct mark {
    struct bearer *first, *last; /* in the order in which they came to bear it */
    UT_hash_handle hh;
    bool router; /* MARK_MAC: it is no server's */
    enum mark_kind kind;
    size_t addresses; /* that bore it, forgotten ones too */
    size_t size;
    uint8_t content[]; /* behind the octet of its kind */
};

struct marks {
    struct mark *all;
    size_t macs; /* of them, MARK_MAC; these are kept when nobody bears them any more */
};

/* NULL: there is none. */
struct mark *mark_find(const struct marks *marks, enum mark_kind kind, const void *content, size_t size);
/* Finds it or makes it. Longer content is cut to MARK_MAX_SIZE. */
struct mark *mark_get(struct marks *marks, enum mark_kind kind, const void *content, size_t size);
/* The server bears this mark from now on, instead of another. */
void mark_take(struct marks *marks, struct bearer *bearer, struct server *server, struct mark *mark);
void mark_drop(struct marks *marks, struct bearer *bearer);
void marks_free(struct marks *marks);

#endif
