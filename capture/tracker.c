/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/tracker.h"
#include "capture/clock.h"
#include "capture/connection.h"

#include <stdio.h>
#include <stdlib.h>

#define SECOND INT64_C(1000000000)

enum { MAX_FLOWS = 200000 };
enum { MAX_ALIKE = 32 }; /* connections between the same endpoints, in different lanes */

/* A flow that is idle for so long is over, and forgotten. */
static const int64_t IDLE[PHASES] = {
    [PHASE_CLOSED] = 120 * SECOND,    /* twice the usual segment lifetime: then no packet of it is under way any more */
    [PHASE_HALF_OPEN] = 300 * SECOND, /* clients give up after two minutes at most */
    [PHASE_CLOSING] = 120 * SECOND,   [PHASE_OTHER] = 3600 * SECOND,
    [PHASE_OPEN] = 7500 * SECOND, /* RPC connections idle for long; a TCP keep-alive comes every two hours */
};

/* If there are more that are closed, they are remembered only for so long: that covers every usual copy, and they must
 * not push those that are open out of the processor's cache. */
enum { MANY_CLOSED = 16384 };
static const int64_t IDLE_OF_MANY = 2 * SECOND;

struct tracker_limits tracker_limits_default(void) {
    return (struct tracker_limits){.flows = MAX_FLOWS, .reassembly = REASSEMBLY_LIMITS};
}

struct tracker {
    struct outlet outlet;
    struct flow_table table;
    struct clock clock;
    int64_t swept; /* when the idle ones were last looked for */
    uint64_t ids;
};

struct tracker *tracker_open(const struct tracker_limits *limits, segment_handler handler, void *context,
                             struct tally *tally, char *error, size_t error_size) {
    struct tracker *t = calloc(1, sizeof *t);
    if (t == NULL || !flow_table_open(&t->table, limits->flows)) {
        free(t);
        snprintf(error, error_size, "out of memory for the flow table");
        return NULL;
    }
    t->outlet = (struct outlet){.handler = handler, .context = context, .tally = tally};
    t->outlet.reassembly = reassembly_open(&limits->reassembly, stream_piece, &t->outlet, error, error_size);
    if (t->outlet.reassembly != NULL)
        return t;
    flow_table_close(&t->table);
    free(t);
    return NULL;
}

static void forget(struct tracker *t, struct connection *c, enum close_reason reason) {
    connection_end(&t->outlet, c, reason);
    flow_remove(&t->table, c);
}

static void forget_idle(struct tracker *t) {
    for (size_t phase = 0; phase < PHASES; phase++) {
        struct connection *oldest;
        while ((oldest = t->table.ages[phase].oldest) != NULL && t->clock.now - oldest->touched > IDLE[phase])
            forget(t, oldest, CLOSE_TIMEOUT);
    }
}

static void forget_closed(struct tracker *t) {
    const struct age_list *closed = &t->table.ages[PHASE_CLOSED];
    while (closed->count > MANY_CLOSED && t->clock.now - closed->oldest->touched > IDLE_OF_MANY)
        forget(t, closed->oldest, CLOSE_TIMEOUT);
    if (closed->oldest != NULL)
        flow_prepare_removal(&t->table, closed->oldest);
}

/* Holes grow old in flows that nothing comes for any more. */
static void wait_without_packets(struct tracker *t) {
    struct queue *after;
    for (struct queue *q = reassembly_oldest(t->outlet.reassembly); q != NULL; q = after) {
        struct connection *c = q->owner;
        after = queue_after(q);
        while (after != NULL && after->owner == c) /* the end of one may be that of both */
            after = queue_after(after);
        stream_wait(&t->outlet, c, FROM_CLIENT, false);
        stream_wait(&t->outlet, c, FROM_SERVER, false);
    }
}

void tracker_time(struct tracker *tracker, int64_t time) {
    clock_advance(&tracker->clock, time);
    tracker->outlet.now = tracker->clock.busy;
    if (tracker->clock.now - tracker->swept < SECOND)
        return;
    tracker->swept = tracker->clock.now;
    wait_without_packets(tracker);
    forget_idle(tracker);
}

int64_t tracker_now(const struct tracker *tracker) { return tracker->clock.now; }

static struct connection *add(struct tracker *t, const struct packet *p, uint32_t hash, enum direction d) {
    struct connection *c;
    forget_closed(t);
    while ((c = flow_add(&t->table, p, hash, d)) == NULL) {
        struct connection *spared = flow_least_useful(&t->table);
        if (spared == NULL)
            return NULL;
        if (!spared->closed)
            t->outlet.tally->limits[LIMIT_FLOWS]++;
        forget(t, spared, CLOSE_TIMEOUT);
    }
    c->flow.id = ++t->ids;
    t->outlet.tally->flows++;
    return c;
}

/* A packet that comes on a new lane, between known endpoints: of the connection that it continues. NULL: of none. */
static struct connection *find_alike(struct tracker *t, const struct packet *p, uint32_t hash, enum direction *d) {
    struct connection *c = NULL;
    struct connection *oldest = NULL;
    unsigned count = 0;
    while ((c = flow_alike(&t->table, p, hash, c, d)) != NULL) {
        if (connection_continued(c, *d, p)) {
            flow_join(c, p);
            return c;
        }
        oldest = c;
        count++;
    }
    if (count >= MAX_ALIKE && connection_begins(p, d)) {
        t->outlet.tally->limits[LIMIT_FLOWS] += !oldest->closed;
        forget(t, oldest, CLOSE_TIMEOUT);
    }
    return NULL;
}

/* The packet's connection: one that is known, or a new one; NULL if it is neither. */
static struct connection *find(struct tracker *t, const struct packet *p, uint32_t hash, enum direction *d) {
    struct connection *c = flow_find(&t->table, p, hash, d);
    if (c != NULL && !connection_replaced(c, *d, p, t->clock.now))
        return c;
    if (c != NULL)
        forget(t, c, CLOSE_TIMEOUT);
    c = find_alike(t, p, hash, d);
    if (c != NULL)
        return c;
    if (!connection_begins(p, d))
        return NULL;
    c = add(t, p, hash, *d);
    if (c != NULL) {
        c->touched = t->clock.now;
        connection_start(c, p);
    }
    return c;
}

uint32_t tracker_expect(const struct tracker *tracker, const struct packet *packet) {
    uint32_t hash = flow_hash(&tracker->table, packet);
    flow_expect(&tracker->table, hash);
    return hash;
}

void tracker_prepare(const struct tracker *tracker, uint32_t hash) { flow_prepare(&tracker->table, hash); }

void tracker_prepare_receiver(const struct tracker *tracker, uint32_t hash) {
    flow_prepare_receiver(&tracker->table, hash);
}

void tracker_take(struct tracker *tracker, const struct packet *packet, uint32_t hash) {
    if ((packet->flags & TCP_SYN) != 0 && (packet->flags & (TCP_FIN | TCP_RST)) != 0) {
        tracker->outlet.tally->lost[LOSS_BAD_TCPS]++;
        return;
    }
    enum direction direction;
    struct connection *c = find(tracker, packet, hash, &direction);
    if (c == NULL)
        return;
    connection_packet(&tracker->outlet, c, direction, packet);
    flow_touch(&tracker->table, c, connection_phase(c), tracker->clock.now);
}

void tracker_unreachable(struct tracker *tracker, const struct packet *packet) {
    enum direction direction;
    uint32_t hash = flow_hash(&tracker->table, packet);
    struct connection *c = NULL;
    while ((c = flow_alike(&tracker->table, packet, hash, c, &direction)) != NULL)
        if (connection_unreachable(&tracker->outlet, c, direction, packet))
            return;
}

void tracker_close(struct tracker *tracker) {
    struct flow_entry *all = flow_all(&tracker->table);
    if (all != NULL)
        for (size_t i = 0; all[i].connection != NULL; i++)
            connection_end(&tracker->outlet, all[i].connection, CLOSE_END);
    struct connection *left;
    while (all == NULL && (left = flow_least_useful(&tracker->table)) != NULL) /* no memory: in another order */
        forget(tracker, left, CLOSE_END);
    free(all);
    reassembly_close(tracker->outlet.reassembly);
    flow_table_close(&tracker->table);
    free(tracker);
}
