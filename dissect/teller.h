/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_TELLER_H
#define DISSECT_TELLER_H

#include "dissect/fact.h"

/* Who the facts of one connection are told to, and what is the same in all of them. */

/* Where a conversation takes place, whatever carries it. */
struct origin {
    uint64_t flow;
    enum transport transport;
    struct endpoint client, server;
    bool midstream;        /* its beginning is not in the capture */
    bool likely;           /* something outside its bytes says that it is RPC */
    bool mapper;           /* it goes to the endpoint mapper's own endpoint */
    const char *pipe_name; /* borrowed; NULL: it is no pipe, or the name is not known */
};

struct holders;

struct teller {
    fact_handler handler;
    void *context;
    struct tally *tally;
    struct holders *holders; /* of conversation.h; NULL: there are no conversations */
    uint8_t malformations;   /* told */
    uint8_t gaps;            /* told within gap_second; whoever binds starts anew with 0 */
    uint32_t gap_second;     /* of capture time */
    bool swapped;            /* who opened the connection is the RPC server */
    struct origin origin;
};

/* How a connection ended, and who of it was never seen. Directions are the carrier's. */
struct ending {
    enum close_reason reason;
    enum direction by; /* who sent the last FIN or RST */
    bool unseen[2];
    struct sighting seen;
};

/* Bytes that are missing. */
struct hole {
    uint64_t bytes;
    bool cut; /* by the snap length, from a packet that is there */
};

/* By RPC role. */
enum direction teller_direction(const struct teller *teller, enum direction direction);
/* An empty fact; the caller fills in its part and calls teller_tell. */
void teller_begin(const struct teller *teller, struct fact *fact, enum fact_kind kind, const struct sighting *seen);
void teller_tell(const struct teller *teller, const struct fact *fact);
/* Counts always, tells the first few of a connection. The direction is by RPC role. */
void teller_malformed(struct teller *teller, enum malformation why, enum direction direction,
                      const struct sighting *seen);
/* Tells the first few of every second: a snap length that cuts each packet makes as many holes. */
void teller_gap(struct teller *teller, enum direction direction, struct hole hole, const struct sighting *seen);

#endif
