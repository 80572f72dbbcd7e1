/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_DISSECT_STORIES_H
#define TESTS_DISSECT_STORIES_H

#include "tests/dissect/play.h"

/* Whole conversations, one message a frame, for tests that deliver them in other pieces, with holes, or damaged. */
enum { STORY_MAX = 16 };

struct message {
    enum direction direction;
    struct octets octets;
};

struct story {
    const char *name;
    size_t count;
    struct message messages[STORY_MAX];
};

enum story_kind {
    STORY_MAP,     /* the vectors: bind to the mapper, ept_map, its answer */
    STORY_NDR64,   /* bind with three contexts, ept_map in NDR64 */
    STORY_LOOKUP,  /* ept_lookup, its answer in three fragments */
    STORY_CALLS,   /* two contexts, a request in two fragments, alter_context, fault, auth3, cancel, orphaned */
    STORY_CROWDED, /* several PDUs in a message, the last one of another byte order */
    STORY_DCOM,    /* RemoteCreateInstance, its answer in two fragments */
    STORY_CLUSTER, /* a resource is opened, and its properties are read */
    STORY_KINDS
};

/* Writes PDUs in the given byte order, except where the story is made of vectors. The caller owns *story. */
void story_tell(struct story *story, enum story_kind kind, enum byte_order order);
struct message *story_message(struct story *story, enum direction direction, enum byte_order order);

#endif
