/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/rpc/conversation.h"

#include "dissect/follower.h"
#include "dissect/rpc/cutter.h"
#include "dissect/rpc/exchange.h"

#include <stdlib.h>

/* In the order in which a PDU needs it: that is not in the processor's cache where many connections are open. */
struct conversation {
    struct follower follower;
    bool sure;
    uint8_t greeted; /* so many of the server's first bytes are those of an ncacn_http server's banner */
    enum { ROLES_UNKNOWN, ROLES_BY_CALL, ROLES_BY_BIND } roles;
    uint32_t counted; /* bytes that it holds, as far as holders know; 0: it is none */
    uint64_t bytes[2];
    struct cutter cutters[2]; /* by the carrier's direction */
    struct exchange exchange;
    uint64_t missing[2];
    struct conversation *older, *newer; /* holders */
};

struct conversation *conversation_open(const struct teller *teller) {
    struct conversation *c = calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    c->follower.kind = FOLLOWS_RPC;
    exchange_start(&c->exchange, teller);
    c->cutters[FROM_CLIENT] = cutter_start(teller->origin.midstream);
    c->cutters[FROM_SERVER] = cutter_start(teller->origin.midstream);
    return c;
}

bool conversation_is_rpc(const struct conversation *c) { return c->sure; }
bool conversation_is_swapped(const struct conversation *c) { return c->exchange.teller.swapped; }

static enum direction other(enum direction d) { return d == FROM_CLIENT ? FROM_SERVER : FROM_CLIENT; }

static bool comes_from_client(uint8_t type) {
    return type == PDU_REQUEST || type == PDU_BIND || type == PDU_ALTER_CONTEXT || type == PDU_AUTH3 ||
           type == PDU_CO_CANCEL || type == PDU_ORPHANED;
}

static bool negotiates(uint8_t type) { return type >= PDU_BIND && type <= PDU_ALTER_CONTEXT_RESP; }

/* Who opened the connection is the client, unless PDUs say otherwise: the first call does, and better the first bind,
 * because a server may call back. shutdown and rts come from either side. */
static void learn_roles(struct conversation *c, enum direction d, uint8_t type) {
    if (type == PDU_SHUTDOWN || type == PDU_RTS || c->roles == ROLES_BY_BIND)
        return;
    if (c->roles == ROLES_BY_CALL && !negotiates(type))
        return;
    c->roles = negotiates(type) ? ROLES_BY_BIND : ROLES_BY_CALL;
    c->exchange.teller.swapped = comes_from_client(type) != (d == FROM_CLIENT);
}

static void take(struct conversation *c, enum direction d, const struct pdu *pdu) {
    c->exchange.teller.tally->pdus[pdu->type]++;
    learn_roles(c, d, pdu->type);
    if (negotiates(pdu->type))
        c->exchange.teller.gaps = 0;
    exchange_pdu(&c->exchange, teller_direction(&c->exchange.teller, d), pdu);
}

static void malformed(struct conversation *c, enum direction d, enum malformation why, const struct sighting *seen) {
    teller_malformed(&c->exchange.teller, why, teller_direction(&c->exchange.teller, d), seen);
}

static void cut_all(struct conversation *c, enum direction d, struct bytes input, const struct sighting *seen);

/* From now on it is RPC. What the other direction holds was sent before. */
static void become_sure(struct conversation *c, enum direction d, const struct sighting *seen) {
    if (c->sure)
        return;
    c->sure = true;
    cut_all(c, other(d), (struct bytes){0}, seen);
}

/* Told though it is not sure: it will never be. */
static void tell_tunnel(struct conversation *c, enum direction d, const struct sighting *seen) {
    struct fact fact;
    cutter_stop(&c->cutters[other(d)]);
    if (d != FROM_CLIENT)
        return;
    c->exchange.teller.tally->lost[LOSS_HTTP_TUNNELS]++;
    teller_begin(&c->exchange.teller, &fact, FACT_UNREADABLE, seen);
    fact.transport = TRANSPORT_HTTP;
    fact.unreadable = UNREADABLE_RPC_OVER_HTTP_2;
    teller_tell(&c->exchange.teller, &fact);
}

static enum proof proof_needed(const struct conversation *c) {
    return c->sure || c->exchange.teller.origin.likely ? PROOF_END : PROOF_NEXT;
}

static void cut_all(struct conversation *c, enum direction d, struct bytes input, const struct sighting *seen) {
    struct pdu pdu;
    for (;;) {
        switch (cutter_next(&c->cutters[d], &input, seen, proof_needed(c), &pdu)) {
        case CUT_PDU:
            become_sure(c, d, seen);
            take(c, d, &pdu);
            break;
        case CUT_HEAD:
            if (!exchange_wants(&c->exchange, &pdu))
                cutter_skip_body(&c->cutters[d]);
            break;
        case CUT_BAD_HEADER:
            malformed(c, d, MALFORMED_HEADER, seen);
            break;
        case CUT_BAD_LENGTH:
            malformed(c, d, MALFORMED_LENGTH, seen);
            break;
        case CUT_LOST: /* of what is not sure nothing is told; of RPC one side speaks something else */
            if (c->sure)
                malformed(c, d, MALFORMED_HEADER, seen);
            break;
        case CUT_TUNNEL:
            tell_tunnel(c, d, seen);
            return;
        case CUT_NOTHING:
            return;
        }
    }
}

static bool answers(uint8_t type) { return type == PDU_RESPONSE || type == PDU_FAULT; }

/* Two single PDUs prove each other if they are a request and its answer. */
static void try_pair(struct conversation *c, const struct sighting *seen) {
    struct pdu pdus[2];
    if (c->sure || !cutter_waits(&c->cutters[FROM_CLIENT], &pdus[FROM_CLIENT]) ||
        !cutter_waits(&c->cutters[FROM_SERVER], &pdus[FROM_SERVER]))
        return;
    enum direction asking = pdus[FROM_CLIENT].type == PDU_REQUEST ? FROM_CLIENT : FROM_SERVER;
    enum direction answering = other(asking);
    if (pdus[asking].type != PDU_REQUEST || !answers(pdus[answering].type) ||
        pdus[asking].call_id != pdus[answering].call_id)
        return;
    c->sure = true;
    cut_all(c, asking, (struct bytes){0}, seen);
    cut_all(c, answering, (struct bytes){0}, seen);
}

/* Until it is sure, one direction without PDUs is proof enough that it is something else. */
static bool interested(const struct conversation *c) {
    bool client_lost = c->cutters[FROM_CLIENT].state == CUTTER_LOST;
    bool server_lost = c->cutters[FROM_SERVER].state == CUTTER_LOST;
    return c->sure ? !(client_lost && server_lost) : !(client_lost || server_lost);
}

/* The banner proves what carries the RPC, before any PDU does. */
static void watch_greeting(struct conversation *c, struct bytes bytes) {
    struct origin *origin = &c->exchange.teller.origin;
    if (c->greeted == BANNER_SIZE || c->bytes[FROM_SERVER] != c->greeted || origin->midstream)
        return;
    c->greeted = (uint8_t)(c->greeted + recognise_banner(bytes, c->greeted));
    if (c->greeted < BANNER_SIZE)
        return;
    origin->transport = TRANSPORT_HTTP;
    origin->likely = true;
}

/* Buffers of this size stay with a conversation; nearly all have none that is larger. */
enum { HELD_BY_ANY = 16 * 1024 };

static void unlink_holder(struct holders *holders, struct conversation *c) {
    if (c->counted == 0)
        return;
    holders->bytes -= c->counted;
    c->counted = 0;
    *(c->older != NULL ? &c->older->newer : &holders->oldest) = c->newer;
    *(c->newer != NULL ? &c->newer->older : &holders->newest) = c->older;
}

static void link_holder(struct holders *holders, struct conversation *c, size_t held) {
    holders->bytes += held;
    c->counted = (uint32_t)held;
    c->newer = NULL;
    c->older = holders->newest;
    *(c->older != NULL ? &c->older->newer : &holders->oldest) = c;
    holders->newest = c;
}

static void let_go(struct conversation *c) {
    unlink_holder(c->exchange.teller.holders, c);
    cutter_let_go(&c->cutters[FROM_CLIENT]);
    cutter_let_go(&c->cutters[FROM_SERVER]);
    association_break(&c->exchange.association, JOINING_REQUEST);
    association_break(&c->exchange.association, JOINING_ANSWER);
    c->exchange.teller.tally->limits[LIMIT_FRAGMENTS]++;
}

/* After what may have made it hold more, or less. Nearly always it holds little: then no more memory is looked at than
 * its latest PDU needed. */
static void count_held(struct conversation *c, enum direction d) {
    if (c->counted == 0 && c->cutters[d].capacity + c->exchange.association.fragment_bytes <= HELD_BY_ANY / 2)
        return;
    struct holders *holders = c->exchange.teller.holders;
    size_t held =
        c->cutters[FROM_CLIENT].capacity + c->cutters[FROM_SERVER].capacity + c->exchange.association.fragment_bytes;
    if (held <= HELD_BY_ANY)
        held = 0;
    if (held == c->counted)
        return;
    unlink_holder(holders, c);
    if (held > 0)
        link_holder(holders, c, held);
    while (holders->bytes > HOLDERS_MAX_BYTES && holders->oldest != NULL)
        let_go(holders->oldest);
}

bool conversation_bytes(struct conversation *c, enum direction d, struct bytes bytes, const struct sighting *seen) {
    if (d == FROM_SERVER)
        watch_greeting(c, bytes);
    c->bytes[d] += bytes.len;
    if (!c->sure && recognise_smb(bytes))
        return false;
    cut_all(c, d, bytes, seen);
    try_pair(c, seen);
    count_held(c, d);
    return interested(c);
}

bool conversation_gap(struct conversation *c, enum direction d, struct hole hole, const struct sighting *seen) {
    enum direction from = teller_direction(&c->exchange.teller, d);
    cutter_gap(&c->cutters[d], hole.bytes);
    c->missing[d] += hole.bytes;
    if (!c->sure)
        return interested(c);
    association_break(&c->exchange.association, from == FROM_CLIENT ? JOINING_REQUEST : JOINING_ANSWER);
    teller_gap(&c->exchange.teller, from, hole, seen);
    cut_all(c, d, (struct bytes){0}, seen);
    count_held(c, d);
    return interested(c);
}

/* Where RPC is likely, what is missing may be what would have shown it. */
static bool may_have_been_rpc(const struct conversation *c) {
    const struct origin *origin = &c->exchange.teller.origin;
    return origin->likely && (origin->midstream || c->missing[FROM_CLIENT] != 0 || c->missing[FROM_SERVER] != 0);
}

static void tell_end(const struct conversation *c, const struct ending *ending) {
    const struct teller *teller = &c->exchange.teller;
    struct fact fact;
    teller_begin(teller, &fact, FACT_CLOSED, &ending->seen);
    fact.closing.reason = ending->reason;
    fact.closing.by = teller_direction(teller, ending->by);
    fact.closing.midstream = teller->origin.midstream;
    for (unsigned d = FROM_CLIENT; d <= FROM_SERVER; d++) {
        enum direction from = teller_direction(teller, (enum direction)d);
        fact.closing.bytes[from] = c->bytes[d];
        fact.closing.missing[from] = c->missing[d];
        fact.closing.unseen[from] = ending->unseen[d];
    }
    fact.closing.calls = c->exchange.calls;
    fact.closing.answers = c->exchange.answers;
    fact.closing.faults = c->exchange.faults;
    teller_tell(teller, &fact);
}

void conversation_close(struct conversation *c, const struct ending *ending) {
    if (ending != NULL && (c->sure || may_have_been_rpc(c)))
        tell_end(c, ending);
    unlink_holder(c->exchange.teller.holders, c);
    cutter_stop(&c->cutters[FROM_CLIENT]);
    cutter_stop(&c->cutters[FROM_SERVER]);
    exchange_stop(&c->exchange);
    free(c);
}
