/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/dissect.h"

#include "dissect/datagram/connectionless.h"
#include "dissect/follower.h"
#include "dissect/hints.h"
#include "dissect/rpc/conversation.h"
#include "dissect/rpc/recognise.h"
#include "dissect/smb/pipes.h"
#include "dissect/smb/smb.h"
#include "dissect/who/neighbours.h"

#include <stdlib.h>

/* What flow.conversation points to: nothing at first, one of the marks here, or a struct follower. */
struct dissect {
    fact_handler handler;
    void *context;
    struct tally *tally;
    struct hints hints;
    struct holders holders;
    struct connectionless *connectionless;
    struct neighbours *neighbours; /* NULL: no datagram has come yet */
    char opened;                   /* the connection stands, no byte has come */
    char blind;                    /* the same, by a packet of the client alone */
    char foreign;                  /* its bytes are of no interest */
};

static void tell(void *context, const struct fact *fact) {
    struct dissect *d = context;
    hints_learn(&d->hints, fact);
    connectionless_learn(d->connectionless, fact);
    d->handler(d->context, fact);
}

struct dissect *dissect_open(fact_handler handler, void *context, struct tally *tally) {
    struct dissect *d = calloc(1, sizeof *d);
    if (d == NULL)
        return NULL;
    d->handler = handler;
    d->context = context;
    d->tally = tally;
    d->hints = (struct hints){.transport = TRANSPORT_TCP, .tally = tally};
    d->connectionless = connectionless_open(tell, d, tally);
    if (d->connectionless != NULL)
        return d;
    free(d);
    return NULL;
}

void dissect_close(struct dissect *d) {
    connectionless_close(d->connectionless);
    if (d->neighbours != NULL)
        neighbours_close(d->neighbours);
    free(d);
}

void dissect_datagram(void *dissect, const struct datagram *datagram) {
    struct dissect *d = dissect;
    if (d->neighbours == NULL)
        d->neighbours = neighbours_open(tell, d, d->tally);
    if (d->neighbours == NULL || !neighbours_datagram(d->neighbours, datagram))
        connectionless_datagram(d->connectionless, datagram);
}

static struct follower *follower_of(const struct dissect *d, const struct flow *flow) {
    const void *c = flow->conversation;
    return c == &d->opened || c == &d->blind || c == &d->foreign ? NULL : flow->conversation;
}

/* For the one or the other, by its kind. */
static struct conversation *rpc_of(struct follower *f) { return (struct conversation *)f; }
static struct pipes *smb_of(struct follower *f) { return (struct pipes *)f; }

/* The banner of ncacn_http is how a connection begins: without it the mapper's port tells. */
static enum transport transport_of(const struct flow *flow) {
    bool http = flow->midstream && flow->sides[FROM_SERVER].endpoint.port == HTTP_MAPPER_PORT;
    return http ? TRANSPORT_HTTP : TRANSPORT_TCP;
}

static struct teller teller_for(struct dissect *d, const struct flow *flow) {
    const struct endpoint *server = &flow->sides[FROM_SERVER].endpoint;
    struct follower *follower = follower_of(d, flow);
    return (struct teller){
        .handler = tell,
        .context = d,
        .tally = d->tally,
        .holders = &d->holders,
        .origin = {.flow = flow->id,
                   .transport = transport_of(flow),
                   .client = flow->sides[FROM_CLIENT].endpoint,
                   .server = *server,
                   .midstream = flow->midstream,
                   .mapper = hints_are_mapper(server)},
        .swapped = follower != NULL && follower->kind == FOLLOWS_RPC && conversation_is_swapped(rpc_of(follower)),
    };
}

static void tell_connect(struct dissect *d, enum fact_kind kind, const struct segment *segment,
                         const struct sighting *seen) {
    const struct flow *flow = segment->flow;
    struct teller teller = teller_for(d, flow);
    const struct side *client = &flow->sides[teller_direction(&teller, FROM_CLIENT)];
    const struct side *server = &flow->sides[teller_direction(&teller, FROM_SERVER)];
    struct fact fact;
    teller_begin(&teller, &fact, kind, seen);
    fact.connect.attempt = flow->syns;
    fact.connect.server_mac = server->mac;
    fact.connect.client_ttl = client->ttl;
    fact.connect.server_ttl = server->ttl;
    fact.connect.midstream = flow->midstream;
    if (kind == FACT_CONNECT_UNREACHABLE) {
        fact.connect.icmp_type = segment->icmp_type;
        fact.connect.icmp_code = segment->icmp_code;
        fact.connect.reporter = segment->reporter;
    }
    teller_tell(&teller, &fact);
}

/* Not one packet of it is in the capture. */
static bool is_unseen(const struct side *side) { return side->ttl == 0; }

static void opened(struct dissect *d, const struct segment *segment) {
    struct flow *flow = segment->flow;
    if (flow->conversation == NULL)
        flow->conversation = is_unseen(&flow->sides[FROM_SERVER]) ? &d->blind : &d->opened;
    tell_connect(d, FACT_CONNECT_ESTABLISHED, segment, &segment->seen);
}

/* The first bytes of a server whose SYN-ACK is not in the capture show where they come from, as that would. */
static void sees_server(struct dissect *d, struct follower *f, const struct segment *segment) {
    if (!f->blind || segment->kind != SEGMENT_BYTES || segment->direction != FROM_SERVER)
        return;
    f->blind = false;
    tell_connect(d, FACT_CONNECT_ESTABLISHED, segment, &segment->seen);
}

/* Behind the start of a connection any bytes may be a part of something else. */
static bool begins_as_smb(const struct segment *segment) {
    if (segment->kind == SEGMENT_GAP)
        return false;
    enum smb_likeness likeness = smb_likeness(segment->bytes);
    return likeness == SMB_LIKELY || (likeness == SMB_POSSIBLE && !segment->flow->midstream);
}

/* A stream that is seen from its start and begins otherwise costs no memory. */
static bool is_worth_following(const struct segment *segment) {
    return segment->kind == SEGMENT_GAP || segment->flow->midstream || recognise_beginning(segment->bytes);
}

static struct follower *follow(struct dissect *d, const struct segment *segment) {
    bool smb = begins_as_smb(segment);
    if (!smb && !is_worth_following(segment))
        return NULL;
    struct teller teller = teller_for(d, segment->flow);
    teller.origin.likely = !smb && hints_know(&d->hints, &teller.origin.server);
    return smb ? (void *)pipes_open(&teller) : (void *)conversation_open(&teller);
}

static bool tell_bytes(struct follower *f, const struct segment *segment) {
    enum direction direction = segment->direction;
    const struct sighting *seen = &segment->seen;
    const struct hole hole = {segment->gap, segment->cut};
    if (segment->kind == SEGMENT_GAP)
        return f->kind == FOLLOWS_RPC ? conversation_gap(rpc_of(f), direction, hole, seen)
                                      : pipes_gap(smb_of(f), direction, hole, seen);
    return f->kind == FOLLOWS_RPC ? conversation_bytes(rpc_of(f), direction, segment->bytes, seen)
                                  : pipes_bytes(smb_of(f), direction, segment->bytes, seen);
}

static bool is_rpc(struct follower *f) {
    return f->kind == FOLLOWS_RPC ? conversation_is_rpc(rpc_of(f)) : pipes_have_rpc(smb_of(f));
}

static void stop_following(struct follower *f, const struct ending *ending) {
    if (f->kind == FOLLOWS_RPC)
        conversation_close(rpc_of(f), ending);
    else
        pipes_close(smb_of(f), ending);
}

/* A connection that was cut into somewhere turns out to be SMB. */
static bool turns_out_as_smb(struct follower *f, const struct segment *segment) {
    return f->kind == FOLLOWS_RPC && segment->kind == SEGMENT_BYTES && !conversation_is_rpc(rpc_of(f)) &&
           smb_likeness(segment->bytes) == SMB_LIKELY;
}

static bool stream(struct dissect *d, const struct segment *segment) {
    struct flow *flow = segment->flow;
    if (flow->conversation == &d->foreign)
        return false;
    struct follower *follower = follower_of(d, flow);
    bool blind = follower == NULL ? flow->conversation == &d->blind : follower->blind;
    if (follower != NULL && turns_out_as_smb(follower, segment)) {
        stop_following(follower, NULL);
        flow->conversation = follower = NULL;
    }
    if (follower == NULL) {
        follower = follow(d, segment);
        if (follower != NULL)
            follower->blind = blind;
    }
    flow->conversation = follower == NULL ? (void *)&d->foreign : follower;
    if (follower == NULL)
        return false;
    sees_server(d, follower, segment);
    bool interested = tell_bytes(follower, segment);
    if (!interested && !is_rpc(follower)) {
        stop_following(follower, NULL);
        flow->conversation = &d->foreign;
    }
    return interested;
}

/* Someone took the connection and dropped it again: that, too, is how a server can refuse. */
static void closed_unused(struct dissect *d, const struct segment *segment) {
    struct teller teller = teller_for(d, segment->flow);
    struct fact fact;
    teller_begin(&teller, &fact, FACT_CLOSED, &segment->seen);
    fact.closing.reason = segment->reason;
    fact.closing.by = segment->direction;
    fact.closing.unseen[FROM_CLIENT] = is_unseen(&segment->flow->sides[FROM_CLIENT]);
    fact.closing.unseen[FROM_SERVER] = is_unseen(&segment->flow->sides[FROM_SERVER]);
    teller_tell(&teller, &fact);
}

static void closed(struct dissect *d, const struct segment *segment) {
    struct flow *flow = segment->flow;
    struct follower *follower = follower_of(d, flow);
    if (flow->syns > 0 && !flow->answered)
        tell_connect(d, FACT_CONNECT_UNANSWERED, segment, &flow->last_syn);
    const struct ending ending = {
        .reason = segment->reason,
        .by = segment->direction,
        .unseen = {is_unseen(&flow->sides[FROM_CLIENT]), is_unseen(&flow->sides[FROM_SERVER])},
        .seen = segment->seen};
    if (follower != NULL)
        stop_following(follower, &ending);
    else if ((flow->conversation == &d->opened || flow->conversation == &d->blind) && !flow->midstream)
        closed_unused(d, segment);
    flow->conversation = NULL;
}

bool dissect_segment(void *dissect, const struct segment *segment) {
    struct dissect *d = dissect;
    switch (segment->kind) {
    case SEGMENT_SYN:
    case SEGMENT_SYN_AGAIN:
        tell_connect(d, FACT_CONNECT_ATTEMPTED, segment, &segment->seen);
        break;
    case SEGMENT_OPENED:
        opened(d, segment);
        break;
    case SEGMENT_REFUSED:
        tell_connect(d, FACT_CONNECT_REFUSED, segment, &segment->seen);
        break;
    case SEGMENT_UNREACHABLE:
        tell_connect(d, FACT_CONNECT_UNREACHABLE, segment, &segment->seen);
        break;
    case SEGMENT_BYTES:
    case SEGMENT_GAP:
        return stream(d, segment);
    case SEGMENT_CLOSED:
        closed(d, segment);
        break;
    }
    return true;
}
