/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/connection.h"
#include "capture/sequence.h"

#include <stddef.h>

/* A mirror port may deliver a packet twice. No client repeats a SYN as early as this (RFC 6298: a second, Windows half
 * of one after an RST), no server answers two of them as fast as that. */
static const int64_t SYN_COPY = INT64_C(50000000); /* ns */
static const int64_t RST_COPY = INT64_C(1000000);
/* The SYN of a finished connection once more: a late copy so soon after its end, later a capture that repeats. */
static const int64_t LATE_COPY = INT64_C(1000000000);
/* A SYN into an open connection this near to its sequence numbers, and with traffic so recently, is a stray one: the
 * server would not accept it (RFC 5961 4). A client that begins anew takes a number further off. */
enum { STRAY = 65535 };
static const int64_t RECENT = INT64_C(60000000000);

/* Packets of one connection lie within this many octets of each other. Two connections begin at random numbers. */
enum { NEAR = 1 << 20 };

static bool within(int64_t a, int64_t b, int64_t limit) { return a > b ? a - b < limit : b - a < limit; }

static bool is_syn(const struct packet *p) { return (p->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN; }

static bool is_syn_ack(const struct packet *p) { return (p->flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK); }

/* RFC 9293 3.10.7.1: the answer of a closed port to a SYN carries no sequence number of its own. */
static bool is_refusal(const struct packet *p) {
    return (p->flags & (TCP_RST | TCP_ACK)) == (TCP_RST | TCP_ACK) && p->seq == 0 && p->window == 0;
}

static bool is_service_port(uint16_t port) { return port == 135 || port == 139 || port == 445 || port == 593; }

static bool sent_by_server(const struct packet *p) {
    bool source = is_service_port(p->source.port);
    bool destination = is_service_port(p->destination.port);
    return source != destination ? source : p->source.port < p->destination.port;
}

bool connection_begins(const struct packet *packet, enum direction *direction) {
    if ((packet->flags & TCP_RST) != 0 && !is_refusal(packet))
        return false;
    if (is_syn(packet))
        *direction = FROM_CLIENT;
    else if (is_syn_ack(packet) || is_refusal(packet))
        *direction = FROM_SERVER;
    else
        *direction = sent_by_server(packet) ? FROM_SERVER : FROM_CLIENT;
    return true;
}

void connection_start(struct connection *c, const struct packet *packet) {
    struct stream *client = &c->streams[FROM_CLIENT];
    c->flow.midstream = !is_syn(packet);
    c->isn_known = is_syn(packet) || is_syn_ack(packet) || is_refusal(packet);
    c->isn = is_syn(packet) ? packet->seq : packet->ack - 1;
    if (c->isn_known)
        stream_place(client, c->isn + 1);
}

/* The acknowledgement of our SYN, or of the data that it carried too (RFC 7413). */
static bool acks_syn(const struct connection *c, uint32_t ack) {
    uint32_t first = c->isn + 1;
    return c->isn_known && ack - first <= c->streams[FROM_CLIENT].next - first;
}

/* Its SYN had this sequence number; of the server it is known until it has sent a byte. */
static bool begins_here(const struct connection *c, enum direction d, uint32_t seq) {
    const struct stream *server = &c->streams[FROM_SERVER];
    return c->isn_known && (d == FROM_CLIENT ? seq == c->isn : server->placed && seq + 1 == server->next);
}

static bool stands(const struct stream *s) { return s->placed || s->hinted || s->noted; }

static bool is_near(const struct stream *s, uint32_t seq) { return seq - s->next + NEAR <= 2 * NEAR; }

static bool is_far(const struct stream *s, uint32_t seq) { return seq - s->next + MAX_AHEAD > 2U * MAX_AHEAD; }

bool connection_continued(const struct connection *c, enum direction direction, const struct packet *packet) {
    const struct stream *own = &c->streams[direction];
    const struct stream *other = &c->streams[!direction];
    bool late = c->flow.syns == 0 && !c->closed; /* then it is captured behind other packets, if it is one of this */
    if (is_syn(packet) && !late)
        return begins_here(c, direction, packet->seq);
    if ((is_syn_ack(packet) && !late) || is_refusal(packet))
        return direction == FROM_SERVER ? acks_syn(c, packet->ack) : begins_here(c, direction, packet->seq);
    bool ack = (packet->flags & TCP_ACK) != 0 && stands(other);
    return (stands(own) || ack) && (!stands(own) || is_near(own, packet->seq)) && (!ack || is_near(other, packet->ack));
}

/* Both sides have sent a SYN before they got the other's (RFC 9293 3.5, figure 7). */
static bool begins_at_once(const struct connection *c, enum direction d, const struct packet *p, int64_t now) {
    bool asked = d == FROM_SERVER && !c->closed && !c->opened && !c->refused && c->flow.syns != 0;
    return asked && now - c->touched <= RECENT && (!c->streams[d].placed || begins_here(c, d, p->seq));
}

/* The SYN was captured behind other packets of its connection: a little before where they stand, or nothing contradicts
 * it. A SYN-ACK alone does not tell the client's for certain: it may acknowledge data of the SYN, too. */
static bool comes_late(const struct connection *c, enum direction d, const struct packet *p) {
    const struct stream *s = &c->streams[d];
    bool before = stands(s) && s->next - (p->seq + 1) <= NEAR;
    if (c->closed && !within(p->seen.time, c->last.time, LATE_COPY))
        return false;
    if (d == FROM_SERVER)
        return before;
    return c->flow.syns == 0 && (stands(s) ? before : !c->streams[!d].seen);
}

static bool syn_replaces(const struct connection *c, enum direction d, const struct packet *p, int64_t now) {
    const struct stream *s = &c->streams[d];
    if (d == FROM_CLIENT && c->isn_known && p->seq == c->isn)
        return c->closed && !within(p->seen.time, c->last.time, LATE_COPY);
    if (begins_at_once(c, d, p, now) || comes_late(c, d, p))
        return false;
    bool over = c->closed || c->streams[FROM_CLIENT].fin_known || c->streams[FROM_SERVER].fin_known;
    if (!c->opened || over || now - c->touched > RECENT || !stands(s))
        return true;
    return p->seq - s->next + STRAY > 2 * STRAY;
}

/* Both numbers are far off from what is known of both directions. */
static bool is_stray(const struct connection *c, enum direction d, const struct packet *p) {
    const struct stream *own = &c->streams[d];
    const struct stream *other = &c->streams[!d];
    return stands(own) && is_far(own, p->seq) && stands(other) && is_far(other, p->ack);
}

/* Bytes, or a SYN-ACK, far off from all that is known of both directions: those of a connection whose SYN was not
 * captured. Of one that is over, late copies lie near to its end. */
static bool is_foreign(const struct connection *c, enum direction d, const struct packet *p) {
    const struct stream *own = &c->streams[d];
    bool both = (p->flags & TCP_ACK) != 0 && stands(&c->streams[!d]);
    bool speaks = p->payload.len != 0 || is_syn_ack(p);
    if (!speaks || (p->flags & TCP_RST) != 0)
        return false;
    return both ? is_stray(c, d, p) : stands(own) && is_far(own, p->seq) && (c->closed || is_syn_ack(p));
}

bool connection_replaced(const struct connection *c, enum direction direction, const struct packet *packet,
                         int64_t now) {
    if (is_syn(packet))
        return syn_replaces(c, direction, packet, now);
    bool other = direction == FROM_SERVER && c->isn_known && packet->ack != c->isn + 1;
    if (is_syn_ack(packet))
        return (other && c->closed) || is_foreign(c, direction, packet);
    if (is_refusal(packet))
        return other && (c->closed || (!c->opened && c->flow.syns == 0));
    return is_foreign(c, direction, packet);
}

static void tell(struct outlet *o, struct connection *c, enum segment_kind kind, enum direction d,
                 const struct sighting *seen) {
    struct segment segment = {.kind = kind, .direction = d, .flow = &c->flow, .seen = *seen};
    o->handler(o->context, &segment);
}

/* This side sends bytes or acknowledges some, and the other never sends a packet. */
static bool speaks_to_nobody(const struct connection *c, enum direction d) {
    const struct stream *other = &c->streams[!d];
    return !other->seen && (c->streams[d].told || (other->ack_known && other->acked != other->next));
}

static void count_losses(struct outlet *o, const struct connection *c) {
    if (c->flow.midstream)
        o->tally->lost[LOSS_MIDSTREAM_FLOWS]++;
    if (speaks_to_nobody(c, FROM_CLIENT) || speaks_to_nobody(c, FROM_SERVER))
        o->tally->lost[LOSS_ONE_SIDED_FLOWS]++;
}

static void close_now(struct outlet *o, struct connection *c, enum close_reason reason) {
    stream_finish(o, c, FROM_CLIENT);
    stream_finish(o, c, FROM_SERVER);
    count_losses(o, c);
    struct segment segment = {
        .kind = SEGMENT_CLOSED, .direction = c->closer, .flow = &c->flow, .seen = c->last, .reason = reason};
    o->handler(o->context, &segment);
    c->closed = true;
    c->flow.conversation = NULL;
}

void connection_end(struct outlet *outlet, struct connection *c, enum close_reason reason) {
    if (c->closed)
        return;
    bool fin = c->streams[FROM_CLIENT].fin_known || c->streams[FROM_SERVER].fin_known;
    if (c->reset || (c->refused && !fin))
        reason = CLOSE_RESET;
    else if (fin)
        reason = CLOSE_FIN;
    close_now(outlet, c, reason);
}

static void open_now(struct outlet *o, struct connection *c, enum direction d, const struct packet *p) {
    c->opened = true;
    c->refused = false;
    c->flow.answered = true;
    tell(o, c, SEGMENT_OPENED, d, &p->seen);
}

static void count(uint8_t *n) { *n = (uint8_t)(*n + (*n < UINT8_MAX)); }

/* The client's bytes begin behind this number, if none was told or waits. */
static void begin_at(struct connection *c, uint32_t isn) {
    struct stream *client = &c->streams[FROM_CLIENT];
    c->isn = isn;
    c->isn_known = true;
    if (!client->told && client->queue == NULL)
        stream_place(client, isn + 1);
}

/* False if it is to be passed over. */
static bool take_syn(struct outlet *o, struct connection *c, enum direction d, const struct packet *p) {
    if (d == FROM_SERVER && !c->streams[d].placed)
        stream_place(&c->streams[d], p->seq + 1);
    if (d == FROM_SERVER)
        return begins_here(c, d, p->seq);
    if (comes_late(c, d, p))
        begin_at(c, p->seq);
    if (!c->isn_known || p->seq != c->isn)
        return false;
    struct lane *lane = &c->lanes[flow_lane(c, p)];
    bool first = c->flow.syns == 0;
    if (lane->syns != 0 && within(p->seen.time, c->flow.last_syn.time, SYN_COPY))
        return false;
    count(&lane->syns);
    if (lane->syns <= c->flow.syns)
        return false;
    c->flow.midstream = false;
    c->flow.syns++;
    c->flow.last_syn = p->seen;
    c->refused_syn = false;
    tell(o, c, first ? SEGMENT_SYN : SEGMENT_SYN_AGAIN, d, &p->seen);
    return true;
}

static bool take_syn_ack(struct outlet *o, struct connection *c, enum direction d, const struct packet *p) {
    struct stream *server = &c->streams[FROM_SERVER];
    if (d == FROM_SERVER && !c->isn_known)
        begin_at(c, p->ack - 1);
    bool sound = d == FROM_SERVER ? acks_syn(c, p->ack) : begins_here(c, d, p->seq) && server->placed;
    if (!sound)
        return false;
    if (!server->placed || (d == FROM_SERVER && !server->ack_known && !server->told && server->queue == NULL))
        stream_place(server, p->seq + 1); /* nothing speaks for the number of one before, if there was one */
    if (!c->opened)
        open_now(o, c, d, p);
    return true;
}

/* Whether this refusal, by RST or ICMP, is another one, and no copy of one that was told. */
static bool refuses(struct connection *c, const struct packet *p) {
    struct lane *lane = &c->lanes[flow_lane(c, p)];
    if (lane->refusals != 0 && c->refused_syn && within(p->seen.time, c->refused_at, RST_COPY))
        return false;
    count(&lane->refusals);
    if (lane->refusals <= c->refusals)
        return false;
    c->refusals++;
    c->refused_syn = true;
    c->refused_at = p->seen.time;
    return true;
}

static void take_refusal(struct outlet *o, struct connection *c, const struct packet *p) {
    if ((p->flags & TCP_ACK) == 0 || !acks_syn(c, p->ack) || !refuses(c, p))
        return;
    c->refused = true;
    c->closer = FROM_SERVER;
    c->flow.answered = true;
    tell(o, c, SEGMENT_REFUSED, FROM_SERVER, &p->seen);
}

/* A receiver accepts a reset only in its window: not before what it has acknowledged (RFC 9293 3.10.7.4). */
static bool reset_in_window(const struct connection *c, enum direction d, uint32_t seq) {
    const struct stream *s = &c->streams[d];
    if (!s->placed)
        return true;
    if (!c->opened)
        return seq == s->next;
    uint32_t low = s->ack_known ? s->acked : s->next - STRAY;
    return !seq_after(low, seq) && seq_ahead(seq, s->next + s->cut) <= MAX_AHEAD;
}

/* After a reset what is missing before it may still come, as before a FIN; but nobody acknowledges it any more. */
static void close_if_over(struct outlet *o, struct connection *c) {
    const struct stream *client = &c->streams[FROM_CLIENT];
    const struct stream *server = &c->streams[FROM_SERVER];
    if (c->reset && (c->other || (!stream_misses(client) && !stream_misses(server))))
        close_now(o, c, CLOSE_RESET);
    else if (!c->reset && stream_complete(c, FROM_CLIENT) && stream_complete(c, FROM_SERVER))
        close_now(o, c, CLOSE_FIN);
}

static void take_reset(struct outlet *o, struct connection *c, enum direction d, const struct packet *p) {
    if (!c->opened && d == FROM_SERVER) {
        take_refusal(o, c, p);
    } else if (reset_in_window(c, d, p->seq)) {
        c->closer = (uint8_t)d;
        c->reset = true;
        if (c->opened && c->streams[d].placed && !c->streams[d].fin_known)
            stream_fin(&c->streams[d], p->seq);
        close_if_over(o, c);
    }
}

/* Nobody sends data on a connection that is not open: if its SYN-ACK is not in the capture, that shows it too. */
static void open_by_data(struct outlet *o, struct connection *c, enum direction d, const struct packet *p) {
    const struct stream *client = &c->streams[FROM_CLIENT];
    uint32_t number = d == FROM_CLIENT ? p->seq : p->ack;
    bool fits = (p->flags & TCP_ACK) != 0 && number - (c->isn + 1) <= MAX_AHEAD;
    bool speaks = p->payload.len != 0 || p->cut != 0 || (d == FROM_CLIENT && (p->flags & TCP_FIN) != 0);
    if (!c->isn_known || (fits && speaks))
        open_now(o, c, d, p);
    else if (fits && d == FROM_CLIENT && p->seq == client->next)
        stream_ack(&c->streams[FROM_SERVER], p->ack);
}

static void take_stream(struct outlet *o, struct connection *c, enum direction d, const struct packet *p) {
    uint32_t seq = p->seq + ((p->flags & TCP_SYN) != 0);
    uint32_t end = seq + (uint32_t)p->payload.len + p->cut;
    if ((p->flags & TCP_ACK) != 0 && !is_stray(c, d, p))
        stream_ack(&c->streams[!d], p->ack);
    stream_wait(o, c, !d, true);
    stream_data(o, c, d, seq, p);
    if ((p->flags & TCP_FIN) != 0 && !c->streams[d].fin_known) {
        stream_fin(&c->streams[d], end);
        if (c->streams[d].fin_known)
            c->closer = (uint8_t)d;
    }
    stream_wait(o, c, d, true);
    close_if_over(o, c);
}

/* Of two copies, one before and one behind a router, always the same counts. */
static void note_side(struct connection *c, enum direction d, const struct packet *p) {
    unsigned lane = flow_lane(c, p);
    if (c->side_lane[d] == NO_LANE)
        c->side_lane[d] = (uint8_t)lane;
    if (c->side_lane[d] == lane) {
        c->flow.sides[d].mac = p->mac;
        c->flow.sides[d].ttl = p->ttl;
    }
    c->streams[d].seen = true;
    c->last = p->seen;
}

void connection_packet(struct outlet *outlet, struct connection *c, enum direction direction,
                       const struct packet *packet) {
    note_side(c, direction, packet);
    if (c->closed) {
        stream_after_end(outlet, c, direction, packet);
        return;
    }
    if ((packet->flags & TCP_RST) != 0) {
        take_reset(outlet, c, direction, packet);
        return;
    }
    bool go_on = true;
    if (is_syn(packet))
        go_on = take_syn(outlet, c, direction, packet);
    else if (is_syn_ack(packet))
        go_on = take_syn_ack(outlet, c, direction, packet);
    else if (!c->opened)
        open_by_data(outlet, c, direction, packet);
    if (go_on && (c->opened || is_syn(packet)))
        take_stream(outlet, c, direction, packet);
}

bool connection_unreachable(struct outlet *outlet, struct connection *c, enum direction direction,
                            const struct packet *packet) {
    if (direction != FROM_CLIENT || !c->isn_known || packet->seq != c->isn)
        return false;
    if (c->closed || c->opened || !refuses(c, packet))
        return true;
    c->flow.answered = true;
    struct segment segment = {.kind = SEGMENT_UNREACHABLE,
                              .direction = FROM_SERVER,
                              .flow = &c->flow,
                              .seen = packet->seen,
                              .reporter = packet->reporter,
                              .icmp_type = packet->icmp_type,
                              .icmp_code = packet->icmp_code};
    outlet->handler(outlet->context, &segment);
    return true;
}

enum phase connection_phase(const struct connection *c) {
    if (c->closed)
        return PHASE_CLOSED;
    if (!c->opened)
        return PHASE_HALF_OPEN;
    if (c->reset || c->streams[FROM_CLIENT].fin_known || c->streams[FROM_SERVER].fin_known)
        return PHASE_CLOSING;
    return c->other ? PHASE_OTHER : PHASE_OPEN;
}
