/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/stream.h"
#include "capture/sequence.h"

/* How long a hole that the other side has acknowledged past may still be filled. Mirror ports and multi-queue cards
 * deliver packets late, and acknowledgements before what they acknowledge: by milliseconds, and by up to some thousand
 * frames of all flows. So both must have passed, time and packets of this flow; in a quiet flow much time. */
static const int64_t GRACE_TIME = INT64_C(200000000); /* ns */
enum { GRACE_PACKETS = 256 };
static const int64_t GRACE_QUIET = INT64_C(5000000000);
/* The same if the other side was never seen to acknowledge: longer than most retransmissions take. */
static const int64_t GRACE_UNSEEN = INT64_C(5000000000);
/* Or if it was, and is not seen any more: longer than an outage that a connection survives, mostly. */
static const int64_t GRACE_SILENT = INT64_C(60000000000);
/* How far the first byte seen may lie behind an acknowledgement seen before it, for the bytes between to be missing. */
enum { MAX_HINT = 1 << 20 };
/* How near a second segment must lie to the end of a suspect one to confirm it. */
enum { CONFIRMS = 1 << 20 };
/* Segments up to so far back are retransmissions. */
static const uint32_t MAX_BEHIND = UINT32_C(1) << 30;

static void tell(struct outlet *o, struct connection *c, const struct segment *segment) {
    if (!o->handler(o->context, segment))
        c->other = true;
}

static void tell_bytes(struct outlet *o, struct connection *c, enum direction d, struct bytes bytes,
                       const struct sighting *seen) {
    struct segment segment = {.kind = SEGMENT_BYTES, .direction = d, .flow = &c->flow, .seen = *seen, .bytes = bytes};
    c->streams[d].next += (uint32_t)bytes.len;
    c->streams[d].told = true;
    if (!c->other)
        tell(o, c, &segment);
}

static void tell_gap(struct outlet *o, struct connection *c, enum direction d, uint32_t n,
                     const struct sighting *seen) {
    struct segment segment = {
        .kind = SEGMENT_GAP, .direction = d, .flow = &c->flow, .seen = *seen, .gap = n, .cut = n <= c->streams[d].cut};
    uint32_t from = c->streams[d].next;
    c->streams[d].next += n;
    if (c->other || n == 0)
        return;
    holes_remember(&o->holes, c->flow.id, d, from, from + n);
    o->tally->lost[LOSS_GAPS]++;
    o->tally->lost[LOSS_GAP_BYTES] += n;
    tell(o, c, &segment);
}

/* What is known to have been cut ends here, and what was told ends at next. */
static void set_cut(struct stream *s, uint32_t cut_end, uint32_t wire_end) {
    s->cut = seq_ahead(seq_later(cut_end, wire_end), s->next);
}

void stream_piece(void *outlet, struct queue *queue, const struct piece *piece) {
    struct connection *c = queue->owner;
    struct stream *s = &c->streams[queue->direction];
    uint32_t cut_end = s->next + s->cut;
    tell_bytes(outlet, c, queue->direction, piece->bytes, &piece->seen);
    set_cut(s, cut_end, piece->wire_end);
}

static void end_queue(struct outlet *o, struct stream *s) {
    if (s->queue != NULL)
        queue_close(o->reassembly, s->queue);
    s->queue = NULL;
}

/* Gives up n bytes before the first that wait. */
static void give_up(struct outlet *o, struct connection *c, enum direction d, uint32_t n) {
    struct stream *s = &c->streams[d];
    struct sighting seen = queue_head_seen(s->queue);
    uint32_t cut_end = s->next + s->cut;
    tell_gap(o, c, d, n, &seen);
    set_cut(s, cut_end, s->next);
    queue_skip(o->reassembly, s->queue, n);
}

/* What the snap length cut will not come: no need to wait for it. */
static void skip_cut(struct outlet *o, struct connection *c, enum direction d) {
    struct stream *s = &c->streams[d];
    while (!queue_empty(s->queue) && s->cut != 0) {
        uint32_t hole = queue_head(s->queue) - s->next;
        give_up(o, c, d, s->cut < hole ? s->cut : hole);
    }
}

/* A hole must not turn round the order of the two sides: bytes of the server that answer some of the client which wait
 * behind a hole wait for these. The byte before them, told long ago, is made a hole of their own, which is given up in
 * the end. Who asks does not wait: all questions before all answers is an order, too, and tells the same. */
static bool is_held(const struct stream *s) { return s->queue != NULL && s->queue->patience.held; }

static bool questions_wait(const struct connection *c, uint32_t horizon) {
    const struct stream *client = &c->streams[FROM_CLIENT];
    return client->queue != NULL && !queue_empty(client->queue) && seq_after(horizon, queue_head(client->queue));
}

static void release(struct outlet *o, struct connection *c) {
    struct queue *held = c->streams[FROM_SERVER].queue;
    held->patience = (struct patience){.running = false};
    queue_skip(o->reassembly, held, 1);
    skip_cut(o, c, FROM_SERVER);
}

/* After anything that may have told bytes: what was held for them follows, and a queue that has no purpose any more
 * goes. */
static void settle(struct outlet *o, struct connection *c) {
    for (int d = FROM_CLIENT; d <= FROM_SERVER; d++)
        if (c->streams[d].queue != NULL && (c->other || queue_empty(c->streams[d].queue)))
            end_queue(o, &c->streams[d]);
    struct stream *server = &c->streams[FROM_SERVER];
    if (!is_held(server) || questions_wait(c, server->queue->patience.horizon))
        return;
    release(o, c);
    if (c->other || queue_empty(server->queue))
        end_queue(o, server);
}

static void give_up_until(struct outlet *o, struct connection *c, enum direction d, uint32_t horizon) {
    struct stream *s = &c->streams[d];
    while (!queue_empty(s->queue) && !seq_after(queue_head(s->queue), horizon))
        give_up(o, c, d, queue_head(s->queue) - s->next);
}

static void give_up_all(struct outlet *o, struct connection *c, enum direction d) {
    const struct queue *q = c->streams[d].queue;
    if (is_held(&c->streams[d]))
        release(o, c);
    while (!queue_empty(q))
        give_up(o, c, d, queue_head(q) - c->streams[d].next);
    settle(o, c);
}

/* The first bytes of a direction whose beginning was not seen. Bytes that were acknowledged before may be missing
 * between; one byte alone is a keep-alive, which repeats the byte before the next (RFC 9293 3.8.4): that it is data
 * cannot be told from it, and such a beginning is rare. */
static void place_by_data(struct outlet *o, struct connection *c, enum direction d, uint32_t seq, uint32_t len) {
    struct stream *s = &c->streams[d];
    bool near = s->hinted && seq - s->next <= MAX_HINT;
    if (!near)
        s->next = len == 1 ? seq + 1 : seq;
    s->placed = true;
    if (!c->other) /* what comes later, from before */
        holes_remember(&o->holes, c->flow.id, d, s->next - MAX_HINT, s->next);
}

/* Jumps that no window allows are damaged headers, unless the next segment goes on where the first jumped to: then
 * that much is missing from the capture. */
static bool believable(struct outlet *o, struct connection *c, enum direction d, uint32_t seq, uint32_t len,
                       const struct sighting *seen) {
    struct stream *s = &c->streams[d];
    if (seq_ahead(seq, s->next) <= MAX_AHEAD && seq_ahead(s->next, seq) <= MAX_BEHIND) {
        s->suspected = false;
        return true;
    }
    bool confirmed = s->suspected && seq - s->suspect + CONFIRMS <= 2 * CONFIRMS;
    s->suspected = !confirmed;
    s->suspect = seq + len;
    if (!confirmed) {
        o->tally->lost[LOSS_BAD_TCPS]++;
        return false;
    }
    if (s->queue != NULL)
        give_up_all(o, c, d);
    s->cut = 0;
    s->ack_known = false;
    tell_gap(o, c, d, seq - s->next, seen);
    return true;
}

/* Bytes that begin where the direction stands, or before: the first copy of a byte is the one that counts. */
static void take_in_order(struct outlet *o, struct connection *c, enum direction d, uint32_t seq,
                          const struct packet *p) {
    struct stream *s = &c->streams[d];
    uint32_t cut_end = s->next + s->cut;
    uint32_t wire_end = seq + (uint32_t)p->payload.len + p->cut;
    uint32_t old = s->next - seq;
    if (old < p->payload.len)
        tell_bytes(o, c, d, (struct bytes){p->payload.at + old, p->payload.len - old}, &p->seen);
    set_cut(s, cut_end, wire_end);
}

/* A limit is reached: holes must go. Those that were acknowledged past cost nothing but patience. */
static void relieve(struct outlet *o, struct connection *c, enum direction d, enum limit limit) {
    const struct stream *s = &c->streams[d];
    if (is_held(s)) {
        give_up_until(o, c, FROM_CLIENT, s->queue->patience.horizon);
        settle(o, c);
        return;
    }
    if (s->ack_known && !queue_empty(s->queue) && !seq_after(queue_head(s->queue), s->acked)) {
        give_up_until(o, c, d, s->acked);
        settle(o, c);
        return;
    }
    o->tally->limits[limit]++;
    give_up_all(o, c, d);
}

/* First our own, then those that nothing has come for the longest time. */
static void make_room(struct outlet *o, struct connection *c, enum direction d, size_t len) {
    const struct stream *s = &c->streams[d];
    while (s->queue != NULL && queue_full(o->reassembly, s->queue, len))
        relieve(o, c, d, LIMIT_QUEUE_BYTES);
    while (reassembly_full(o->reassembly, len, s->queue == NULL)) {
        struct queue *oldest = reassembly_oldest(o->reassembly);
        if (oldest == NULL)
            return;
        bool slots = reassembly_out_of_queues(o->reassembly) && s->queue == NULL;
        relieve(o, oldest->owner, oldest->direction, slots ? LIMIT_ENGINE_FLOWS : LIMIT_QUEUE_BYTES);
    }
}

/* Bytes behind a hole wait for what is missing. If no queue can be had, the hole is given up at once. */
static void take_ahead(struct outlet *o, struct connection *c, enum direction d, uint32_t seq, const struct packet *p) {
    struct stream *s = &c->streams[d];
    make_room(o, c, d, p->payload.len);
    if (s->queue == NULL && seq_after(seq, s->next))
        s->queue = queue_open(o->reassembly, s->next, c, d);
    if (s->queue != NULL) {
        queue_put(o->reassembly, s->queue, seq, p->payload, p->cut, &p->seen);
        skip_cut(o, c, d);
        return;
    }
    tell_gap(o, c, d, seq_ahead(seq, s->next), &p->seen);
    take_in_order(o, c, d, seq, p);
}

/* What the snap length cut off before this segment will not come any more. */
static void pass_cut(struct outlet *o, struct connection *c, enum direction d, uint32_t seq, const struct packet *p) {
    struct stream *s = &c->streams[d];
    uint32_t hole = seq_ahead(seq, s->next);
    uint32_t n = s->cut < hole ? s->cut : hole;
    tell_gap(o, c, d, n, &p->seen);
    s->cut -= n;
}

/* Bytes from before where the direction stands: told already, or late. */
static void count_late(struct outlet *o, const struct connection *c, enum direction d, uint32_t seq,
                       const struct packet *p) {
    uint32_t next = c->streams[d].next;
    uint32_t end = seq + (uint32_t)p->payload.len;
    bool keep_alive = end == next && p->payload.len == 1;
    if (seq_after(next, seq) && !keep_alive)
        o->tally->lost[LOSS_LATE_BYTES] += holes_fill(&o->holes, c->flow.id, d, seq, seq_after(end, next) ? next : end);
}

/* What the server sends is held from now on, if it answers bytes that wait. */
static void hold(struct outlet *o, struct connection *c, const struct packet *p) {
    const struct stream *client = &c->streams[FROM_CLIENT];
    struct stream *s = &c->streams[FROM_SERVER];
    bool sound = (p->flags & TCP_ACK) != 0 && client->ack_known && !seq_after(p->ack, client->acked);
    if (!sound || !questions_wait(c, p->ack))
        return;
    if (is_held(s))
        s->queue->patience.horizon = seq_later(p->ack, s->queue->patience.horizon);
    if (s->queue != NULL) /* it waits already, be it for what is missing before it */
        return;
    make_room(o, c, FROM_SERVER, p->payload.len);
    if (questions_wait(c, p->ack))
        s->queue = queue_open(o->reassembly, s->next - 1, c, FROM_SERVER);
    if (s->queue != NULL)
        s->queue->patience = (struct patience){.held = true, .horizon = p->ack};
}

static void take(struct outlet *o, struct connection *c, enum direction d, uint32_t seq, const struct packet *p);

/* Only what is new: the byte that is made a hole must not come. */
static void take_held(struct outlet *o, struct connection *c, enum direction d, uint32_t seq, const struct packet *p) {
    struct stream *s = &c->streams[d];
    uint32_t old = seq_ahead(s->next, seq);
    if (old >= p->payload.len)
        return;
    make_room(o, c, d, p->payload.len);
    if (!is_held(s)) {
        take(o, c, d, seq, p);
        return;
    }
    struct bytes bytes = {p->payload.at + old, p->payload.len - old};
    queue_put(o->reassembly, s->queue, seq + old, bytes, p->cut, &p->seen);
}

static void take(struct outlet *o, struct connection *c, enum direction d, uint32_t seq, const struct packet *p) {
    struct stream *s = &c->streams[d];
    if (is_held(s)) {
        take_held(o, c, d, seq, p);
        return;
    }
    count_late(o, c, d, seq, p);
    if (s->queue == NULL)
        pass_cut(o, c, d, seq, p);
    bool ahead = seq_after(seq, s->next);
    if (ahead && p->payload.len != 0) {
        take_ahead(o, c, d, seq, p);
    } else if (s->queue != NULL) {
        queue_put(o->reassembly, s->queue, seq, p->payload, p->cut, &p->seen);
        skip_cut(o, c, d);
    } else {
        /* All of it is cut: there is nothing that could wait. */
        tell_gap(o, c, d, ahead ? seq - s->next : 0, &p->seen);
        take_in_order(o, c, d, seq, p);
    }
}

void stream_data(struct outlet *outlet, struct connection *c, enum direction direction, uint32_t seq,
                 const struct packet *packet) {
    struct stream *s = &c->streams[direction];
    uint32_t len = (uint32_t)packet->payload.len + packet->cut;
    if (len == 0) {
        stream_note(s, seq);
        return;
    }
    if (!s->placed)
        place_by_data(outlet, c, direction, seq, len);
    if (c->other) {
        s->next = seq_later(seq + len, s->next);
        return;
    }
    if (direction == FROM_SERVER && c->streams[FROM_CLIENT].queue != NULL)
        hold(outlet, c, packet);
    if (seq == s->next && s->queue == NULL && packet->cut == 0) { /* nearly all of them */
        uint32_t cut_end = s->next + s->cut;
        tell_bytes(outlet, c, direction, packet->payload, &packet->seen);
        set_cut(s, cut_end, s->next);
    } else if (believable(outlet, c, direction, seq, len, &packet->seen)) {
        take(outlet, c, direction, seq, packet);
    }
    settle(outlet, c);
}

/* So much of a side of which nothing is captured that sequence numbers could not tell it any more. */
static void pass_unseen(struct outlet *o, struct connection *c, enum direction d) {
    const struct stream *s = &c->streams[d];
    if (!s->placed && s->hinted && s->acked - s->next > MAX_BEHIND)
        tell_gap(o, c, d, s->acked - s->next - MAX_HINT, &c->last);
}

static bool over(const struct stream *s, int64_t now) {
    const struct patience *p = &s->queue->patience;
    int64_t waited = now - p->since;
    if (p->acked)
        return waited >= GRACE_QUIET || (waited >= GRACE_TIME && p->packets >= GRACE_PACKETS);
    return waited >= (s->ack_known ? GRACE_SILENT : GRACE_UNSEEN);
}

void stream_wait(struct outlet *outlet, struct connection *c, enum direction direction, bool packet) {
    struct stream *s = &c->streams[direction];
    pass_unseen(outlet, c, direction);
    if (s->queue == NULL || is_held(s))
        return;
    struct patience *p = &s->queue->patience;
    bool acked = s->ack_known && !seq_after(queue_head(s->queue), s->acked);
    if (!p->running || p->acked != acked || (p->heard && !acked)) { /* who waits for it will ask for it again */
        *p = (struct patience){
            .running = true, .acked = acked, .horizon = acked ? s->acked : queue_tail(s->queue), .since = outlet->now};
        return;
    }
    p->packets += packet;
    if (!over(s, outlet->now))
        return;
    p->running = false;
    give_up_until(outlet, c, direction, p->horizon);
    settle(outlet, c);
}

void stream_after_end(struct outlet *outlet, struct connection *c, enum direction direction,
                      const struct packet *packet) {
    struct stream *s = &c->streams[direction];
    uint32_t seq = packet->seq + ((packet->flags & TCP_SYN) != 0);
    uint32_t len = (uint32_t)packet->payload.len;
    uint32_t behind = seq_ahead(seq + len, s->next);
    if (c->other || !s->placed || (packet->flags & TCP_RST) != 0)
        return;
    count_late(outlet, c, direction, seq, packet);
    if (behind == 0 || behind > MAX_AHEAD)
        return;
    outlet->tally->lost[LOSS_LATE_BYTES] += behind < len ? behind : len;
    s->next = seq + len;
}

bool stream_complete(const struct connection *c, enum direction direction) {
    const struct stream *s = &c->streams[direction];
    bool acked = s->fin_known && s->ack_known && seq_after(s->acked, s->fin);
    return acked && (c->other || !s->placed || !seq_after(s->fin, s->next + s->cut));
}

void stream_finish(struct outlet *outlet, struct connection *c, enum direction direction) {
    struct stream *s = &c->streams[direction];
    if (s->queue != NULL)
        give_up_all(outlet, c, direction);
    tell_gap(outlet, c, direction, stream_known_ahead(s), &c->last);
}
