/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/dissect.h"

#include "dissect/conversation.h"
#include "dissect/hints.h"
#include "dissect/recognise.h"

#include <stdlib.h>

/* What flow.conversation points to: nothing at first, one of the two marks here, or a struct conversation. */
struct dissect {
    fact_handler handler;
    void *context;
    struct tally *tally;
    struct hints hints;
    char opened;  /* the connection stands, no byte has come */
    char foreign; /* its bytes are of no interest */
};

struct dissect *dissect_open(fact_handler handler, void *context, struct tally *tally) {
    struct dissect *d = calloc(1, sizeof *d);
    if (d == NULL)
        return NULL;
    d->handler = handler;
    d->context = context;
    d->tally = tally;
    return d;
}

void dissect_close(struct dissect *d) { free(d); }

static struct conversation *conversation_of(const struct dissect *d, const struct flow *flow) {
    bool is_mark = flow->conversation == &d->opened || flow->conversation == &d->foreign;
    return is_mark ? NULL : flow->conversation;
}

static void tell(void *context, const struct fact *fact) {
    struct dissect *d = context;
    hints_learn(&d->hints, fact);
    d->handler(d->context, fact);
}

static struct teller teller_for(struct dissect *d, const struct flow *flow) {
    const struct endpoint *server = &flow->sides[FROM_SERVER].endpoint;
    const struct conversation *conversation = conversation_of(d, flow);
    return (struct teller){
        .handler = tell,
        .context = d,
        .tally = d->tally,
        .origin = {.flow = flow->id,
                   .transport = TRANSPORT_TCP,
                   .client = flow->sides[FROM_CLIENT].endpoint,
                   .server = *server,
                   .midstream = flow->midstream,
                   .likely = hints_know(&d->hints, server),
                   .mapper = server->port == MAPPER_PORT},
        .swapped = conversation != NULL && conversation_is_swapped(conversation),
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

static void opened(struct dissect *d, const struct segment *segment) {
    if (segment->flow->conversation == NULL)
        segment->flow->conversation = &d->opened;
    tell_connect(d, FACT_CONNECT_ESTABLISHED, segment, &segment->seen);
}

/* A stream that is seen from its start and begins otherwise costs no memory. */
static bool is_worth_following(const struct segment *segment) {
    return segment->kind == SEGMENT_GAP || segment->flow->midstream || recognise_beginning(segment->bytes);
}

static struct conversation *begin(struct dissect *d, const struct segment *segment) {
    struct teller teller = teller_for(d, segment->flow);
    return is_worth_following(segment) ? conversation_open(&teller) : NULL;
}

static bool stream(struct dissect *d, const struct segment *segment) {
    struct flow *flow = segment->flow;
    if (flow->conversation == &d->foreign)
        return false;
    struct conversation *conversation = conversation_of(d, flow);
    if (conversation == NULL)
        conversation = begin(d, segment);
    flow->conversation = conversation == NULL ? (void *)&d->foreign : conversation;
    if (conversation == NULL)
        return false;
    bool interested = segment->kind == SEGMENT_GAP
                          ? conversation_gap(conversation, segment->direction, segment->gap, &segment->seen)
                          : conversation_bytes(conversation, segment->direction, segment->bytes, &segment->seen);
    if (!interested && !conversation_is_rpc(conversation)) {
        conversation_close(conversation, CLOSE_END, segment->direction, &segment->seen);
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
    teller_tell(&teller, &fact);
}

static void closed(struct dissect *d, const struct segment *segment) {
    struct flow *flow = segment->flow;
    struct conversation *conversation = conversation_of(d, flow);
    if (flow->syns > 0 && !flow->answered)
        tell_connect(d, FACT_CONNECT_UNANSWERED, segment, &flow->last_syn);
    if (conversation != NULL)
        conversation_close(conversation, segment->reason, segment->direction, &segment->seen);
    else if (flow->conversation == &d->opened && !flow->midstream)
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
