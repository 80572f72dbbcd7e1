/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_MEMORY_H
#define RULES_MEMORY_H

#include "rules/identity/identity.h"
#include "rules/tables/binding.h"

/* What outlasts a run: what captures proved about bindings and about who is one server, and what clients ask for. A
 * judge recalls it before its first fact and remembers what it saw after its last; who keeps it in between is no
 * concern of rules/.
 *
 * Not among it are users and payload; what is only declared; what ARP says; and which interface a port had, for
 * that is another one after the next start. */

enum memory_kind {
    MEMORY_PROOF,   /* for or against a binding */
    MEMORY_NAME,    /* what an address is called */
    MEMORY_LINK,    /* what was said of two addresses at once, so that they are one server */
    MEMORY_STATION, /* the unrouted link-layer source of an address; the latest */
    MEMORY_ASKED,   /* an interface that a client asks for */
    MEMORY_KINDS
};

struct memory_item {
    enum memory_kind kind;
    struct address address;      /* whose binding or name; the first of a link; the client that asked */
    struct sighting first, last; /* of a link, when the second address was seen. Frame is 0 for ASKED only */
    /* NAME, LINK: later than `last` if it is history. The frame is of NAME only; time 0: never. */
    struct sighting until;
    union {
        struct {
            struct syntax_id interface;
            enum binding_proof kind; /* for or against */
            enum transport transport;
            struct endpoint endpoint;
            struct address client;
            uint64_t count; /* not 0 */
        } proof;
        struct {
            enum name_source source;
            char name[FACT_TEXT_SIZE]; /* UTF-8, not "" */
        } name;
        struct {
            enum link_kind kind;
            struct address other;
            struct sighting one_seen; /* with the first of the other */
        } link;
        struct {
            struct mac mac;
            uint8_t ttl;
        } station;
        struct syntax_id asked;
    } is;
};

typedef void memory_handler(void *context, const struct memory_item *item);

enum { MEMORY_MAX_ITEMS = 32768 };
#define MEMORY_LASTS (INT64_C(90) * 24 * 3600 * 1000000000) /* without being seen again */

struct memory;

struct memory *memory_open(void);
void memory_close(struct memory *memory);
/* Adds it, or merges it with what is known of the same; the order does not matter. All sightings must be in files of
 * earlier runs. */
void memory_add(struct memory *memory, const struct memory_item *item);
/* Puts it in order, the oldest first by the latest sightings, and forgets what was last seen MEMORY_LASTS before `end`,
 * or before `clock` if that is earlier; then, of more than MEMORY_MAX_ITEMS, the oldest. What lies in the future of
 * `clock`, the time now, tells of a clock that was wrong, and counts as the oldest. */
void memory_settle(struct memory *memory, int64_t end, int64_t clock);
/* After memory_settle; index counts from 0, NULL past the end. */
const struct memory_item *memory_at(const struct memory *memory, size_t index);
/* What of it was seen before the first packet of a run; false: nothing that still counts then. A run does not know its
 * own future, nor that of an older capture: of what was seen before and since, only the first sighting counts. `start`
 * INT64_MAX: there is no capture, and all counts. */
bool memory_before(const struct memory_item *item, int64_t start, struct memory_item *before);

/* A name or link that is no more. */
bool memory_is_history(const struct memory_item *item);

/* Links of the other kinds are made of names and stations, or declared. */
bool memory_keeps_link(enum link_kind kind);

/* A proof of a binding as an item, and back. */
struct memory_item memory_of_proof(const struct binding *binding, const struct proof *proof);
struct proof memory_proof(const struct memory_item *item);

#endif
