/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_PLACES_H
#define RULES_PLACES_H

#include "wire/endpoint.h"
#include "wire/sighting.h"
#include "wire/syntax.h"
#include "wire/tally.h"

#include <stdbool.h>

/* What is known of endpoints, addresses and clients beside the sessions. Bounded; internal to rules/. */
struct places;

struct places *places_open(struct tally *tally);
void places_close(struct places *places);

/* Which interface was last mapped to or bound at this endpoint; NULL if none was. */
const struct syntax_id *places_interface_at(const struct places *places, const struct endpoint *endpoint);
void places_learn(struct places *places, const struct endpoint *endpoint, const struct syntax_id *interface);

/* How an address has behaved towards connects to mapped endpoints, whatever their interface. */
struct standing {
    struct address address;
    bool accepts;            /* some endpoint, the mapper's aside, accepted */
    struct endpoint refused; /* latest that refused, and has not accepted since; port 0 = none */
    struct syntax_id refused_interface;
    struct sighting refused_seen;
};

/* NULL if nothing is known. */
const struct standing *places_standing(const struct places *places, const struct address *address);
void places_accepts(struct places *places, const struct endpoint *endpoint);
void places_refuses(struct places *places, const struct endpoint *endpoint, const struct syntax_id *interface,
                    struct sighting seen);

/* What a client does besides its sessions. */
struct client {
    struct address address;
    bool speaks_rpc;       /* it has asked a mapper, or bound */
    uint32_t strays;       /* its connects, to endpoints that nobody named, that failed */
    uint32_t unregistered; /* interfaces that it asked for and that were not registered */
    uint32_t dead_mappers; /* servers at whose mapper it failed, one after the other */
    struct address last_dead_mapper;
};

/* NULL when the limit is reached. */
struct client *places_client(struct places *places, const struct address *address);

#endif
