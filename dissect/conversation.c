/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/conversation.h"

#include "dissect/cutter.h"
#include "dissect/exchange.h"
#include "dissect/follower.h"

#include <stdlib.h>

/* In the order in which a PDU needs it: that is not in the processor's cache where many connections are open. */
struct conversation {
    struct follower follower;
    bool sure;
    enum { ROLES_UNKNOWN, ROLES_BY_CALL, ROLES_BY_BIND } roles;
    uint64_t bytes[2];
    struct cutter cutters[2]; /* by the carrier's direction */
    struct exchange exchange;
    uint64_t missing[2];
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

bool conversation_bytes(struct conversation *c, enum direction d, struct bytes bytes, const struct sighting *seen) {
    c->bytes[d] += bytes.len;
    if (!c->sure && recognise_smb(bytes))
        return false;
    cut_all(c, d, bytes, seen);
    try_pair(c, seen);
    return interested(c);
}

bool conversation_gap(struct conversation *c, enum direction d, uint64_t missing, const struct sighting *seen) {
    enum direction from = teller_direction(&c->exchange.teller, d);
    cutter_gap(&c->cutters[d], missing);
    c->missing[d] += missing;
    if (!c->sure)
        return interested(c);
    association_break(&c->exchange.association, from == FROM_CLIENT ? JOINING_REQUEST : JOINING_ANSWER);
    struct fact fact;
    teller_begin(&c->exchange.teller, &fact, FACT_GAP, seen);
    fact.gap.direction = from;
    fact.gap.bytes = missing;
    teller_tell(&c->exchange.teller, &fact);
    cut_all(c, d, (struct bytes){0}, seen);
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
    cutter_stop(&c->cutters[FROM_CLIENT]);
    cutter_stop(&c->cutters[FROM_SERVER]);
    exchange_stop(&c->exchange);
    free(c);
}
