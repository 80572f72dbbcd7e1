/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_RPC_CONVERSATION_H
#define DISSECT_RPC_CONVERSATION_H

#include "dissect/teller.h"
#include "wire/bytes.h"

/* One connection's RPC, whatever carries its bytes: recognises it, cuts PDUs out of both directions and has them told
 * as facts. Tells nothing before it is sure that it is RPC, and then all from its first PDU on. Allocated when the
 * first bytes arrive, small at first. */
struct conversation;

/* The conversations that hold more than a little of what is not whole yet, PDUs and stubs. All together hold
 * HOLDERS_MAX_BYTES at most, counted in LIMIT_FRAGMENTS: then the one that has grown least lately lets go, of the PDU
 * as of the stub, and goes on behind it. Starts zeroed. */
enum { HOLDERS_MAX_BYTES = 32 * 1024 * 1024 };
struct holders {
    struct conversation *oldest, *newest;
    size_t bytes;
};

/* A copy of *teller is kept; what it points to is borrowed. NULL: no memory. */
struct conversation *conversation_open(const struct teller *teller);
/* Directions are those of the carrier. False: no further interest in the bytes. */
bool conversation_bytes(struct conversation *conversation, enum direction direction, struct bytes bytes,
                        const struct sighting *seen);
bool conversation_gap(struct conversation *conversation, enum direction direction, struct hole hole,
                      const struct sighting *seen);
/* Tells the end and frees. NULL: the connection goes on, but is followed no more; nothing is told. */
void conversation_close(struct conversation *conversation, const struct ending *ending);

/* It is sure. What is not can be closed without a word. */
bool conversation_is_rpc(const struct conversation *conversation);
/* Who opened the connection turned out to be the RPC server. */
bool conversation_is_swapped(const struct conversation *conversation);

#endif
