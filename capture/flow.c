/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _DEFAULT_SOURCE /* getrandom */
#include "capture/flow.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#define XXH_INLINE_ALL /* the key is short: a call would cost more than the hash */
#include <xxhash.h>

/* A chained table of our own: uthash would spend 56 octets on a handle for each flow, and a find through both of its
 * lists; here it is one pointer and the hash. */

enum { FIRST_BUCKETS = 1024, SLAB = 128 };
enum { CACHE_LINE = 64, CONVERSATION_HEAD = 512 }; /* what the receiver of a packet reads, mostly */
enum { SECOND = 1000000000 };

struct connection_slab {
    struct connection items[SLAB];
    struct connection_slab *next;
};

static_assert(sizeof(struct connection) <= 320, "an idle flow is to stay small");

bool flow_table_open(struct flow_table *table, uint32_t capacity) {
    *table = (struct flow_table){.capacity = capacity, .bucket_count = FIRST_BUCKETS};
    table->buckets = calloc(FIRST_BUCKETS, sizeof(struct connection *));
    /* A hostile capture must not be able to fill one bucket. No result depends on the order of the buckets. */
    if (getrandom(&table->seed, sizeof table->seed, GRND_NONBLOCK) < 0)
        table->seed = 0;
    return table->buckets != NULL;
}

void flow_table_close(struct flow_table *table) {
    while (table->slabs != NULL) {
        struct connection_slab *slab = table->slabs;
        table->slabs = slab->next;
        free(slab);
    }
    free(table->buckets);
}

/* The octets of an address as two numbers: whether they are equal, and any order, is all that matters here. */
static uint64_t half(const struct address *address, size_t i) {
    uint64_t n;
    memcpy(&n, address->octets + i * sizeof n, sizeof n);
    return n;
}

static bool source_first(const struct packet *p) {
    for (size_t i = 0; i < 2; i++) {
        uint64_t source = half(&p->source.address, i);
        uint64_t destination = half(&p->destination.address, i);
        if (source != destination)
            return source < destination;
    }
    return p->source.port < p->destination.port;
}

uint32_t flow_hash(const struct flow_table *table, const struct packet *packet) {
    bool straight = source_first(packet);
    const struct endpoint *first = straight ? &packet->source : &packet->destination;
    const struct endpoint *second = straight ? &packet->destination : &packet->source;
    const uint64_t key[] = {(uint64_t)first->port << 16 | second->port, half(&first->address, 0),
                            half(&second->address, 0), half(&first->address, 1), half(&second->address, 1)};
    size_t size = first->address.family == ADDRESS_IPV4 ? 3 * sizeof *key : sizeof key; /* the rest is zero */
    return (uint32_t)XXH3_64bits_withSeed(key, size, table->seed);
}

static bool same_endpoint(const struct endpoint *a, const struct endpoint *b) {
    return a->port == b->port && a->address.family == b->address.family &&
           half(&a->address, 0) == half(&b->address, 0) && half(&a->address, 1) == half(&b->address, 1);
}

static bool is_sender(const struct connection *c, const struct packet *p, enum direction direction) {
    return same_endpoint(&c->flow.sides[direction].endpoint, &p->source) &&
           same_endpoint(&c->flow.sides[!direction].endpoint, &p->destination);
}

static bool joins(const struct connection *c, const struct packet *p, enum direction *direction) {
    *direction = FROM_CLIENT;
    if (is_sender(c, p, FROM_CLIENT))
        return true;
    *direction = FROM_SERVER;
    return is_sender(c, p, FROM_SERVER);
}

static bool has_lane(const struct connection *c, uint32_t lane) {
    for (unsigned i = 0; i < c->lane_count; i++)
        if (c->lanes[i].id == lane)
            return true;
    return false;
}

static struct connection **bucket_of(const struct flow_table *table, uint32_t hash) {
    return &table->buckets[hash & (table->bucket_count - 1)];
}

void flow_expect(const struct flow_table *table, uint32_t hash) { __builtin_prefetch(bucket_of(table, hash)); }

static void fetch(const void *memory, size_t size) {
    for (size_t at = 0; at < size; at += CACHE_LINE)
        __builtin_prefetch((const char *)memory + at);
}

void flow_prepare(const struct flow_table *table, uint32_t hash) {
    const struct connection *c = *bucket_of(table, hash);
    if (c != NULL)
        fetch(c, sizeof *c);
}

void flow_prepare_receiver(const struct flow_table *table, uint32_t hash) {
    const struct connection *c = *bucket_of(table, hash);
    if (c != NULL && c->hash != hash && c->chain != NULL)
        fetch(c->chain, sizeof *c);
    else if (c != NULL && c->flow.conversation != NULL && !c->other)
        fetch(c->flow.conversation, CONVERSATION_HEAD);
}

void flow_prepare_removal(const struct flow_table *table, const struct connection *c) {
    flow_expect(table, c->hash);
    if (c->newer != NULL)
        fetch(c->newer, sizeof *c);
}

struct connection *flow_find(const struct flow_table *table, const struct packet *packet, uint32_t hash,
                             enum direction *direction) {
    for (struct connection *c = *bucket_of(table, hash); c != NULL; c = c->chain)
        if (c->hash == hash && has_lane(c, packet->lane) && joins(c, packet, direction))
            return c;
    return NULL;
}

struct connection *flow_alike(const struct flow_table *table, const struct packet *packet, uint32_t hash,
                              const struct connection *after, enum direction *direction) {
    for (struct connection *c = after != NULL ? after->chain : *bucket_of(table, hash); c != NULL; c = c->chain)
        if (c->hash == hash && joins(c, packet, direction))
            return c;
    return NULL;
}

void flow_join(struct connection *c, const struct packet *packet) {
    if (c->lane_count < LANES)
        c->lanes[c->lane_count++] = (struct lane){.id = packet->lane};
    else
        c->lanes[LANES - 1].id = packet->lane;
}

unsigned flow_lane(const struct connection *c, const struct packet *packet) {
    unsigned i = 0;
    while (i + 1 < c->lane_count && c->lanes[i].id != packet->lane)
        i++;
    return i;
}

static void grow(struct flow_table *table) {
    uint32_t count = table->bucket_count * 2;
    struct connection **buckets = calloc(count, sizeof(struct connection *));
    if (buckets == NULL)
        return; /* longer chains */
    for (uint32_t i = 0; i < table->bucket_count; i++) {
        while (table->buckets[i] != NULL) {
            struct connection *c = table->buckets[i];
            table->buckets[i] = c->chain;
            c->chain = buckets[c->hash & (count - 1)];
            buckets[c->hash & (count - 1)] = c;
        }
    }
    free(table->buckets);
    table->buckets = buckets;
    table->bucket_count = count;
}

static void add_slab(struct flow_table *table) {
    struct connection_slab *slab = aligned_alloc(_Alignof(struct connection_slab), sizeof *slab);
    if (slab == NULL)
        return;
    slab->next = table->slabs;
    table->slabs = slab;
    for (size_t i = SLAB; i-- > 0;) {
        slab->items[i].chain = table->free;
        table->free = &slab->items[i];
    }
}

static void link_newest(struct flow_table *table, struct connection *c, enum phase phase) {
    struct age_list *list = &table->ages[phase];
    c->phase = (uint8_t)phase;
    c->newer = NULL;
    c->older = list->newest;
    *(list->newest != NULL ? &list->newest->newer : &list->oldest) = c;
    list->newest = c;
    list->count++;
}

static void unlink_age(struct flow_table *table, struct connection *c) {
    struct age_list *list = &table->ages[c->phase];
    list->count--;
    *(c->older != NULL ? &c->older->newer : &list->oldest) = c->newer;
    *(c->newer != NULL ? &c->newer->older : &list->newest) = c->older;
}

struct connection *flow_add(struct flow_table *table, const struct packet *packet, uint32_t hash,
                            enum direction direction) {
    if (table->count == table->capacity)
        return NULL;
    if (table->count >= table->bucket_count / 2) /* short chains: each link is a cache miss */
        grow(table);
    if (table->free == NULL)
        add_slab(table);
    struct connection *c = table->free;
    if (c == NULL)
        return NULL;
    table->free = c->chain;
    *c = (struct connection){.hash = hash, .side_lane = {NO_LANE, NO_LANE}};
    flow_join(c, packet);
    c->flow.sides[direction].endpoint = packet->source;
    c->flow.sides[!direction].endpoint = packet->destination;
    struct connection **bucket = bucket_of(table, hash);
    c->chain = *bucket;
    *bucket = c;
    link_newest(table, c, PHASE_HALF_OPEN);
    table->count++;
    return c;
}

void flow_remove(struct flow_table *table, struct connection *c) {
    struct connection **at = bucket_of(table, c->hash);
    while (*at != c)
        at = &(*at)->chain;
    *at = c->chain;
    unlink_age(table, c);
    c->chain = table->free;
    table->free = c;
    table->count--;
}

void flow_touch(struct flow_table *table, struct connection *c, enum phase phase, int64_t now) {
    /* The neighbours in the list are likely not in the cache: leave them alone while it makes no difference. */
    if (c->phase != phase || now - c->touched >= SECOND) {
        unlink_age(table, c);
        link_newest(table, c, phase);
        c->touched = now;
    }
}

struct connection *flow_least_useful(const struct flow_table *table) {
    for (size_t phase = 0; phase < PHASES; phase++)
        if (table->ages[phase].oldest != NULL)
            return table->ages[phase].oldest;
    return NULL;
}

static int by_id(const void *a, const void *b) {
    const struct flow_entry *left = a;
    const struct flow_entry *right = b;
    return (left->id > right->id) - (left->id < right->id);
}

struct flow_entry *flow_all(const struct flow_table *table) {
    struct flow_entry *all = calloc((size_t)table->count + 1, sizeof *all);
    if (all == NULL)
        return NULL;
    size_t count = 0;
    for (size_t phase = 0; phase < PHASES; phase++)
        for (struct connection *c = table->ages[phase].oldest; c != NULL && phase != PHASE_CLOSED; c = c->newer)
            all[count++] = (struct flow_entry){c->flow.id, c};
    qsort(all, count, sizeof *all, by_id);
    return all;
}
