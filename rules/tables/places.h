/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_TABLES_PLACES_H
#define RULES_TABLES_PLACES_H

#include "wire/endpoint.h"
#include "wire/sighting.h"
#include "wire/syntax.h"
#include "wire/tally.h"

#include <stdbool.h>

/* What is known of endpoints, addresses and clients beside the sessions. Bounded; internal to rules/. */
struct places;

struct places *places_open(struct tally *tally);
void places_close(struct places *places);

/* Which interface was last mapped to or bound at this endpoint; NULL if none was. The management interface is at
 * every endpoint and tells nothing of it, so it is not learnt. */
const struct syntax_id *places_interface_at(const struct places *places, const struct endpoint *endpoint);
bool places_has_others_at(const struct places *places, const struct endpoint *endpoint);
void places_learn(struct places *places, const struct endpoint *endpoint, const struct syntax_id *interface);
/* It speaks ncacn_http, which is another way to an interface than ncacn_ip_tcp. */
void places_speaks_http(struct places *places, const struct endpoint *endpoint);
bool places_is_http(const struct places *places, const struct endpoint *endpoint);
/* A connect to it was refused, or accepted, whatever it was wanted for. */
void places_connect(struct places *places, const struct endpoint *endpoint, bool refused, int64_t time);
/* A connect to it begins; how it ended is not known before the next places_connect. */
void places_tries(struct places *places, const struct endpoint *endpoint, int64_t time);
bool places_is_untold(const struct places *places, const struct endpoint *endpoint);
/* It has refused, and not accepted since. */
bool places_is_down(const struct places *places, const struct endpoint *endpoint);
/* The same around a time: it refused before `until`, and has not accepted since, nor after `time`. */
bool places_was_down(const struct places *places, const struct endpoint *endpoint, int64_t time, int64_t until);

/* Of a connection to it something is not in the capture. */
void places_lacks(struct places *places, const struct endpoint *endpoint);
bool places_lacked(const struct places *places, const struct endpoint *endpoint);

/* How an address has behaved towards connects to mapped endpoints, whatever their interface. */
struct standing {
    struct address address;
    bool seen;               /* some packet of it is in the capture */
    bool unseen;             /* it accepted a connection, by what the client sent, and its own packets are missing */
    bool one_sided;          /* of some whole connection its packets are missing */
    bool accepts;            /* some endpoint, the mapper's aside, accepted */
    struct endpoint refused; /* latest that refused, and has not accepted since; port 0 = none */
    struct syntax_id refused_interface;
    struct sighting refused_seen;
    int64_t longest_handshake; /* ns from a first SYN to the SYN-ACK */
    uint32_t handshakes;       /* that were seen whole */
};

/* NULL if nothing is known. */
const struct standing *places_standing(const struct places *places, const struct address *address);
void places_sees(struct places *places, const struct address *address, bool packet);
void places_never_saw(struct places *places, const struct address *address);
void places_shakes_hands(struct places *places, const struct address *address, int64_t duration);
void places_accepts(struct places *places, const struct endpoint *endpoint);
void places_refuses(struct places *places, const struct endpoint *endpoint, const struct syntax_id *interface,
                    struct sighting seen);

enum { CLIENT_MANY = 10 }; /* more than a client that errs */

enum wishes { WISHES_NONE, WISHES_ONE, WISHES_SEVERAL };

/* What a client does besides its sessions. */
struct client {
    struct address address;
    enum wishes wishes;    /* how many interfaces it has ever asked mappers for */
    struct syntax_id wish; /* WISHES_ONE */
    bool speaks_rpc;       /* it has asked a mapper, or bound */
    uint32_t strays;       /* endpoints that nobody named, at which it failed; counted up to CLIENT_MANY */
    uint32_t unregistered; /* interfaces that it asked for and that were not registered */
    uint32_t dead_mappers; /* servers at whose mapper it failed; likewise */
    struct endpoint stray[CLIENT_MANY];
    struct address dead_mapper[CLIENT_MANY];
};

/* NULL when the limit is reached. */
struct client *places_client(struct places *places, const struct address *address);
/* NULL: it is not known. */
const struct client *places_find_client(const struct places *places, const struct address *address);
/* All of them, one after the other, in the order in which they were first seen; NULL begins, and ends. */
const struct client *places_next_client(const struct places *places, const struct client *after);
/* It asks a mapper's host for this interface; NULL: for whatever is there. */
void client_wishes(struct client *client, const struct syntax_id *interface);
/* It failed to connect: to an endpoint that nobody named, or to a mapper. */
void client_strays(struct client *client, const struct endpoint *endpoint);
void client_misses_mapper(struct client *client, const struct address *mapper);

#endif
