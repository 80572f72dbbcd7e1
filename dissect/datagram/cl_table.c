/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/datagram/cl_table.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_CONVERSATIONS = 8192,
    MAX_ACTIVITIES = 16384,
    MAX_OF_PAIR = 64, /* interfaces that one endpoint of a client calls at one address */
    BUCKETS = 8192,
};

static const int64_t SECOND = 1000000000;
static const int64_t UNSURE_FOR = 30 * SECOND;
static const int64_t SILENT_FOR = 300 * SECOND;

struct line {
    struct cl_conversation *oldest, *newest;
};

struct cl_table {
    struct teller teller;
    cl_ending ending;
    void *context;
    uint64_t seed;
    uint64_t last_flow;
    uint32_t conversation_count, activity_count;
    size_t fragment_bytes;
    struct line unsure, sure;
    struct cl_conversation *pairs[BUCKETS];
    struct cl_activity *activities[BUCKETS];
};

struct cl_table *cl_table_open(const struct teller *teller, cl_ending ending, void *context) {
    struct cl_table *t = calloc(1, sizeof *t);
    if (t == NULL)
        return NULL;
    t->teller = *teller;
    t->ending = ending;
    t->context = context;
    t->seed = (uint64_t)(uintptr_t)t; /* who makes the packets does not know it */
    t->last_flow = DATAGRAM_FLOWS;
    return t;
}

size_t *cl_table_fragment_bytes(struct cl_table *t) { return &t->fragment_bytes; }

/* --- keys --------------------------------------------------------------------------------------------------------- */

static uint64_t mix(uint64_t hash, const void *octets, size_t size) {
    uint64_t word = 0;
    memcpy(&word, octets, size);
    hash = (hash ^ word) * UINT64_C(0xbf58476d1ce4e5b9);
    hash = (hash ^ hash >> 29) * UINT64_C(0x94d049bb133111eb);
    return hash ^ hash >> 32;
}

static uint64_t mix_endpoint(uint64_t hash, const struct endpoint *endpoint) {
    hash = mix(hash, endpoint->address.octets, 8);
    hash = mix(hash, endpoint->address.octets + 8, 8);
    return mix(hash, &endpoint->port, sizeof endpoint->port);
}

static uint64_t activity_hash(const struct cl_table *t, const struct uuid *id, const struct endpoint *client) {
    return mix_endpoint(mix(mix(t->seed, id->octets, 8), id->octets + 8, 8), client);
}

static uint64_t pair_hash(const struct cl_table *t, const struct endpoint *client, const struct address *server) {
    return mix_endpoint(mix_endpoint(t->seed, client), &(struct endpoint){.address = *server});
}

struct cl_activity *cl_table_activity(const struct cl_table *t, const struct uuid *id, const struct endpoint *client) {
    uint64_t hash = activity_hash(t, id, client);
    struct cl_activity *a = t->activities[hash % BUCKETS];
    while (a != NULL && (a->hash != hash || !uuid_equal(&a->id, id) || !endpoint_equal(&a->client, client)))
        a = a->chain;
    return a;
}

static bool is_of_pair(const struct cl_conversation *c, uint64_t hash, const struct endpoint *client,
                       const struct address *server) {
    return c->hash == hash && endpoint_equal(&c->teller.origin.client, client) && address_equal(&c->asked, server);
}

struct cl_conversation *cl_table_pair(const struct cl_table *t, const struct endpoint *client,
                                      const struct address *server, const struct cl_conversation *after) {
    uint64_t hash = pair_hash(t, client, server);
    struct cl_conversation *c = after != NULL ? after->chain : t->pairs[hash % BUCKETS];
    while (c != NULL && !is_of_pair(c, hash, client, server))
        c = c->chain;
    return c;
}

struct cl_conversation *cl_table_conversation(const struct cl_table *t, const struct endpoint *client,
                                              const struct address *server, const struct syntax_id *interface) {
    struct cl_conversation *c = cl_table_pair(t, client, server, NULL);
    while (c != NULL && !syntax_compatible(&c->interface, interface))
        c = cl_table_pair(t, client, server, c);
    return c;
}

/* --- forgetting --------------------------------------------------------------------------------------------------- */

static void drop_map_call(struct cl_table *t, struct cl_activity *a) {
    if (a->map == NULL)
        return;
    cl_fragments_release(&a->map->asked, &t->fragment_bytes);
    cl_fragments_release(&a->map->answered, &t->fragment_bytes);
    free(a->map);
    a->map = NULL;
}

static void leave_conversation(struct cl_activity *a) {
    struct cl_conversation *c = a->conversation;
    *(a->older != NULL ? &a->older->newer : &c->oldest) = a->newer;
    *(a->newer != NULL ? &a->newer->older : &c->newest) = a->older;
    c->activity_count--;
}

static void join_conversation(struct cl_activity *a, struct cl_conversation *c) {
    a->conversation = c;
    a->newer = NULL;
    a->older = c->newest;
    *(c->newest != NULL ? &c->newest->newer : &c->oldest) = a;
    c->newest = a;
    c->activity_count++;
}

static void forget_activity(struct cl_table *t, struct cl_activity *a) {
    struct cl_activity **at = &t->activities[a->hash % BUCKETS];
    while (*at != a)
        at = &(*at)->chain;
    *at = a->chain;
    leave_conversation(a);
    drop_map_call(t, a);
    t->activity_count--;
    free(a);
}

static void leave_line(struct line *line, struct cl_conversation *c) {
    *(c->older != NULL ? &c->older->newer : &line->oldest) = c->newer;
    *(c->newer != NULL ? &c->newer->older : &line->newest) = c->older;
}

static void join_line(struct line *line, struct cl_conversation *c) {
    c->newer = NULL;
    c->older = line->newest;
    *(line->newest != NULL ? &line->newest->newer : &line->oldest) = c;
    line->newest = c;
}

static void end(struct cl_table *t, struct cl_conversation *c, enum close_reason reason) {
    t->ending(t->context, c, reason);
    struct cl_conversation **at = &t->pairs[c->hash % BUCKETS];
    while (*at != c)
        at = &(*at)->chain;
    *at = c->chain;
    for (struct cl_activity *a = c->oldest, *newer; a != NULL; a = newer) {
        newer = a->newer;
        forget_activity(t, a);
    }
    leave_line(c->sure ? &t->sure : &t->unsure, c);
    t->conversation_count--;
    free(c->told_faults);
    free(c);
}

void cl_table_close(struct cl_table *t) {
    while (t->unsure.oldest != NULL)
        end(t, t->unsure.oldest, CLOSE_END);
    while (t->sure.oldest != NULL)
        end(t, t->sure.oldest, CLOSE_END);
    free(t);
}

void cl_table_age(struct cl_table *t, int64_t now) {
    while (t->unsure.oldest != NULL && now - t->unsure.oldest->last.time > UNSURE_FOR)
        end(t, t->unsure.oldest, CLOSE_TIMEOUT);
    while (t->sure.oldest != NULL && now - t->sure.oldest->last.time > SILENT_FOR)
        end(t, t->sure.oldest, CLOSE_TIMEOUT);
}

static struct cl_conversation *oldest_but(const struct line *line, const struct cl_conversation *spared) {
    return line->oldest != NULL && line->oldest == spared ? spared->newer : line->oldest;
}

/* What may be no RPC at all is the least useful, then what has been silent for longest. */
static void evict(struct cl_table *t, const struct cl_conversation *spared) {
    struct cl_conversation *c = oldest_but(&t->unsure, spared);
    if (c == NULL)
        c = oldest_but(&t->sure, spared);
    if (c == NULL)
        return;
    t->teller.tally->limits[LIMIT_CONVERSATIONS]++;
    end(t, c, CLOSE_TIMEOUT);
}

/* --- keeping ------------------------------------------------------------------------------------------------------ */

static void limit_pair(struct cl_table *t, const struct endpoint *client, const struct address *server) {
    uint32_t count = 0;
    struct cl_conversation *oldest = NULL;
    for (struct cl_conversation *c = cl_table_pair(t, client, server, NULL); c != NULL;
         c = cl_table_pair(t, client, server, c)) {
        count++;
        if (oldest == NULL || c->last.time < oldest->last.time)
            oldest = c;
    }
    if (count < MAX_OF_PAIR)
        return;
    t->teller.tally->limits[LIMIT_CONVERSATIONS]++;
    end(t, oldest, CLOSE_TIMEOUT);
}

struct cl_conversation *cl_table_begin(struct cl_table *t, const struct endpoint *client, const struct endpoint *server,
                                       const struct syntax_id *interface) {
    limit_pair(t, client, &server->address);
    if (t->conversation_count == MAX_CONVERSATIONS)
        evict(t, NULL);
    struct cl_conversation *c = calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    c->hash = pair_hash(t, client, &server->address);
    c->asked = server->address;
    c->interface = *interface;
    c->teller = t->teller;
    c->teller.origin.flow = t->last_flow++;
    c->teller.origin.client = *client;
    c->teller.origin.server = *server;
    c->chain = t->pairs[c->hash % BUCKETS];
    t->pairs[c->hash % BUCKETS] = c;
    join_line(&t->unsure, c);
    t->conversation_count++;
    return c;
}

static struct cl_activity *begin_activity(struct cl_table *t, const struct uuid *id, struct cl_conversation *c) {
    enum { MAX_OF_CONVERSATION = 64 }; /* threads of a client that call at once */
    if (c->activity_count == MAX_OF_CONVERSATION) {
        t->teller.tally->limits[LIMIT_CALLS]++;
        forget_activity(t, c->oldest);
    }
    if (t->activity_count == MAX_ACTIVITIES)
        evict(t, c);
    struct cl_activity *a = calloc(1, sizeof *a);
    if (a == NULL)
        return NULL;
    a->id = *id;
    a->client = c->teller.origin.client;
    a->hash = activity_hash(t, id, &a->client);
    a->chain = t->activities[a->hash % BUCKETS];
    t->activities[a->hash % BUCKETS] = a;
    t->activity_count++;
    join_conversation(a, c);
    return a;
}

struct cl_activity *cl_table_activity_or_new(struct cl_table *t, const struct uuid *id, struct cl_conversation *c) {
    struct cl_activity *a = cl_table_activity(t, id, &c->teller.origin.client);
    if (a == NULL)
        return begin_activity(t, id, c);
    if (a->conversation != c)
        a->called = a->answered = false; /* what it called elsewhere is over */
    leave_conversation(a);
    join_conversation(a, c);
    return a;
}

void cl_table_used(struct cl_table *t, struct cl_conversation *c, struct cl_activity *a) {
    struct line *line = c->sure ? &t->sure : &t->unsure;
    if (a != NULL) {
        leave_conversation(a);
        join_conversation(a, c);
    }
    leave_line(line, c);
    join_line(line, c);
}

void cl_table_sure(struct cl_table *t, struct cl_conversation *c) {
    leave_line(&t->unsure, c);
    c->sure = true;
    join_line(&t->sure, c);
}

struct cl_map_call *cl_table_map_call(struct cl_table *t, struct cl_activity *a) {
    drop_map_call(t, a);
    a->map = calloc(1, sizeof *a->map);
    return a->map;
}

/* --- numbers ------------------------------------------------------------------------------------------------------ */

enum { NUMBERS = 64 }; /* remembered, the latest and those before it */

/* Where a number stands in the window, which moves on with the highest; NUMBERS: too far back. */
static uint32_t place_of(struct cl_activity *a, uint32_t sequence) {
    uint32_t ahead = sequence - a->latest;
    bool first = !a->called && !a->answered;
    if (first || (ahead != 0 && ahead <= INT32_MAX)) {
        bool far = first || ahead >= NUMBERS;
        a->calls = far ? 0 : a->calls << ahead;
        a->answers = far ? 0 : a->answers << ahead;
        a->latest = sequence;
        a->call_id = 0;
        a->sent = 0;
        return 0;
    }
    uint32_t behind = a->latest - sequence;
    return behind < NUMBERS ? behind : NUMBERS;
}

static bool enter(uint64_t *window, uint32_t place) {
    uint64_t bit = place < NUMBERS ? UINT64_C(1) << place : 0;
    bool known = (*window & bit) != 0 || bit == 0;
    *window |= bit;
    return !known;
}

bool cl_activity_calls(struct cl_activity *a, uint32_t sequence) {
    uint32_t place = place_of(a, sequence);
    a->called = true;
    return enter(&a->calls, place);
}

bool cl_activity_answers(struct cl_activity *a, uint32_t sequence) {
    uint32_t place = place_of(a, sequence);
    a->answered = true;
    return enter(&a->answers, place);
}
