/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/fragments.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#define SECOND INT64_C(1000000000)

enum { MAX_DATAGRAMS = 1024, MAX_BYTES = 8 << 20, BUCKETS = 1024 };

enum { LONGEST = 65536, UNIT = 8, UNITS = LONGEST / UNIT, UNITS_PER_WORD = 64 };

static const int64_t PATIENCE = 60 * SECOND; /* for the missing pieces */
static const int64_t MEMORY = 2 * SECOND;    /* for copies of the pieces of one that is finished */

/* Hashed and compared as it lies: without padding. The depth keeps a datagram apart from what lies in it. */
struct key {
    struct address source, destination;
    uint8_t protocol; /* 0 in IPv6 */
    uint8_t depth;
    uint32_t id, lane;
};

static_assert(sizeof(struct key) == 2 * sizeof(struct address) + 10, "struct key has padding");

enum state { WAITING, WHOLE, DISCARDED };

struct gathering {
    struct gathering *chain; /* of the hash bucket */
    struct gathering *older, *newer;
    struct key key;
    uint32_t bucket;
    enum state state;
    int64_t since; /* its first piece came; once it is finished: its last */
    struct mac mac;
    uint8_t ttl, protocol; /* of the piece at offset 0 */
    uint32_t pieces;
    uint32_t units;    /* that are there */
    uint32_t reach;    /* where the furthest piece ends */
    uint32_t total;    /* 0: the last piece did not come yet */
    uint32_t captured; /* where the first hole by the snap length begins; beyond it nothing is kept */
    uint8_t *bytes;
    size_t capacity;
    uint64_t there[UNITS / UNITS_PER_WORD]; /* one bit a unit */
};

struct list {
    struct gathering *oldest, *newest;
};

struct fragments {
    struct fragment_limits limits;
    struct tally *tally;
    struct gathering *buckets[BUCKETS];
    struct list waiting, finished;
    uint32_t count;
    size_t bytes;
    uint64_t seed;
};

struct fragment_limits fragment_limits_default(void) {
    return (struct fragment_limits){.datagrams = MAX_DATAGRAMS, .bytes = MAX_BYTES};
}

struct fragments *fragments_open(const struct fragment_limits *limits, struct tally *tally) {
    struct fragments *f = calloc(1, sizeof *f);
    if (f == NULL)
        return NULL;
    f->limits = *limits;
    f->tally = tally;
    if (getrandom(&f->seed, sizeof f->seed, GRND_NONBLOCK) < 0)
        f->seed = 0;
    return f;
}

static void append(struct list *list, struct gathering *d) {
    d->older = list->newest;
    d->newer = NULL;
    *(d->older != NULL ? &d->older->newer : &list->oldest) = d;
    list->newest = d;
}

static void list_remove(struct list *list, struct gathering *d) {
    assert((d->older == NULL) == (list->oldest == d));
    if (d->older != NULL)
        d->older->newer = d->newer;
    else
        list->oldest = d->newer;
    if (d->newer != NULL)
        d->newer->older = d->older;
    else
        list->newest = d->older;
}

static void drop_bytes(struct fragments *f, struct gathering *d) {
    f->bytes -= d->capacity;
    free(d->bytes);
    d->bytes = NULL;
    d->capacity = 0;
}

static void forget(struct fragments *f, struct gathering *d) {
    if (d->state == WAITING)
        f->tally->lost[LOSS_IP_FRAGMENTS] += d->pieces;
    list_remove(d->state == WAITING ? &f->waiting : &f->finished, d);
    struct gathering **at = &f->buckets[d->bucket];
    while (*at != d)
        at = &(*at)->chain;
    *at = d->chain;
    drop_bytes(f, d);
    f->bytes -= sizeof *d;
    f->count--;
    free(d);
}

static void finish(struct fragments *f, struct gathering *d, enum state state, int64_t now) {
    list_remove(&f->waiting, d);
    append(&f->finished, d);
    d->state = state;
    d->since = now;
}

static void forget_old(struct fragments *f, int64_t now) {
    struct gathering *d;
    while ((d = f->waiting.oldest) != NULL && now - d->since > PATIENCE) {
        assert(d->state == WAITING);
        forget(f, d);
    }
    while ((d = f->finished.oldest) != NULL && now - d->since > MEMORY) {
        assert(d->state != WAITING);
        forget(f, d);
    }
}

/* Makes room for one more datagram, or for more bytes of `spared`. The latest finished one may still be read. */
static void make_room(struct fragments *f, uint32_t datagrams, size_t bytes, const struct gathering *spared) {
    while (f->count + datagrams > f->limits.datagrams || f->bytes + bytes > f->limits.bytes) {
        struct gathering *old = f->finished.oldest;
        if (old == f->finished.newest) {
            old = f->waiting.oldest;
            if (old != NULL && old == spared)
                old = old->newer;
            if (old == NULL)
                return;
            f->tally->limits[LIMIT_DATAGRAMS]++;
        }
        forget(f, old);
    }
}

static struct key key_of(const struct fragment *piece) {
    return (struct key){.source = piece->source,
                        .destination = piece->destination,
                        .protocol = piece->source.family == ADDRESS_IPV4 ? piece->protocol : 0,
                        .depth = piece->depth,
                        .id = piece->id,
                        .lane = piece->lane};
}

static struct gathering *find(const struct fragments *f, const struct key *key, uint32_t bucket) {
    struct gathering *d = f->buckets[bucket];
    while (d != NULL && memcmp(&d->key, key, sizeof *key) != 0)
        d = d->chain;
    return d;
}

static struct gathering *begin(struct fragments *f, const struct key *key, uint32_t bucket, int64_t now) {
    make_room(f, 1, sizeof(struct gathering), NULL);
    struct gathering *d = calloc(1, sizeof *d);
    if (d == NULL)
        return NULL;
    memcpy(&d->key, key, sizeof *key);
    d->bucket = bucket;
    d->since = now;
    d->captured = UINT32_MAX;
    d->chain = f->buckets[bucket];
    f->buckets[bucket] = d;
    append(&f->waiting, d);
    f->count++;
    f->bytes += sizeof *d;
    return d;
}

static bool has(const struct gathering *d, uint32_t unit) {
    return (d->there[unit / UNITS_PER_WORD] >> unit % UNITS_PER_WORD & 1) != 0;
}

/* How a piece lies to those that are there. */
enum fit { FIT_NEW, FIT_COPY, FIT_OVERLAP };

/* What both hold is compared, as far as both were captured. */
static enum fit fit_of(const struct gathering *d, const struct fragment *piece) {
    uint32_t end = piece->offset + piece->wire;
    bool last_moves = d->total != 0 && (end > d->total || (!piece->more && end != d->total));
    if (last_moves || (!piece->more && d->reach > end))
        return FIT_OVERLAP;
    uint32_t known = 0, units = 0;
    for (uint32_t at = piece->offset; at < end; at += UNIT, units++) {
        if (!has(d, at / UNIT))
            continue;
        known++;
        size_t from = at - piece->offset;
        size_t both = piece->bytes.len < from ? 0 : piece->bytes.len - from;
        both = both < UNIT ? both : UNIT;
        size_t kept = d->captured < at ? 0 : d->captured - at;
        both = both < kept ? both : kept;
        /* The unit that ends the datagram is there as a whole: what is behind its end was refused above. */
        if (both != 0 && memcmp(d->bytes + at, piece->bytes.at + from, both) != 0)
            return FIT_OVERLAP;
    }
    if (known == units && (piece->more || d->total != 0))
        return FIT_COPY;
    return known != 0 && piece->source.family == ADDRESS_IPV6 ? FIT_OVERLAP : FIT_NEW;
}

static bool grow(struct fragments *f, struct gathering *d, size_t size) {
    if (size <= d->capacity)
        return true;
    size_t capacity = d->total != 0 ? d->total : size + size / 2;
    capacity = capacity < LONGEST ? capacity : LONGEST;
    make_room(f, 0, capacity - d->capacity, d);
    uint8_t *bytes = realloc(d->bytes, capacity);
    if (bytes == NULL)
        return false;
    f->bytes += capacity - d->capacity;
    d->bytes = bytes;
    d->capacity = capacity;
    return true;
}

static bool store(struct fragments *f, struct gathering *d, const struct fragment *piece) {
    uint32_t end = piece->offset + piece->wire;
    if (!piece->more)
        d->total = end;
    if (end > d->reach)
        d->reach = end;
    if (!grow(f, d, d->total != 0 ? d->total : end))
        return false;
    if (piece->bytes.len < piece->wire && piece->offset + piece->bytes.len < d->captured)
        d->captured = piece->offset + (uint32_t)piece->bytes.len;
    if (piece->bytes.len != 0)
        memcpy(d->bytes + piece->offset, piece->bytes.at, piece->bytes.len);
    if (piece->offset == 0) {
        d->mac = piece->mac;
        d->ttl = piece->ttl;
        d->protocol = piece->protocol;
    }
    for (uint32_t unit = piece->offset / UNIT; unit * UNIT < end; unit++) {
        d->units += !has(d, unit);
        d->there[unit / UNITS_PER_WORD] |= UINT64_C(1) << unit % UNITS_PER_WORD;
    }
    return true;
}

static struct fragment whole_of(const struct gathering *d) {
    return (struct fragment){.source = d->key.source,
                             .destination = d->key.destination,
                             .id = d->key.id,
                             .lane = d->key.lane,
                             .mac = d->mac,
                             .ttl = d->ttl,
                             .protocol = d->protocol,
                             .depth = d->key.depth,
                             .wire = d->total,
                             .bytes = {d->bytes, d->captured < d->total ? d->captured : d->total}};
}

static void discard(struct fragments *f, struct gathering *d, int64_t now) {
    f->tally->lost[LOSS_OVERLAPS]++;
    f->tally->lost[LOSS_IP_FRAGMENTS] += d->pieces + 1;
    finish(f, d, DISCARDED, now);
    drop_bytes(f, d);
}

/* The datagram that the piece belongs to and says something new of; NULL: there is none. */
static struct gathering *place(struct fragments *f, int64_t now, const struct fragment *piece) {
    struct key key = key_of(piece);
    uint32_t bucket = (uint32_t)XXH3_64bits_withSeed(&key, sizeof key, f->seed) % BUCKETS;
    struct gathering *d = find(f, &key, bucket);
    if (d != NULL && d->state == DISCARDED) {
        f->tally->lost[LOSS_IP_FRAGMENTS]++;
        return NULL;
    }
    enum fit fit = d != NULL ? fit_of(d, piece) : FIT_NEW;
    if (fit == FIT_COPY)
        return NULL;
    if (fit == FIT_OVERLAP && d->state == WAITING && now - d->since <= MEMORY) {
        discard(f, d, now);
        return NULL;
    }
    if (fit == FIT_OVERLAP) {
        forget(f, d);
        d = NULL;
    }
    return d != NULL ? d : begin(f, &key, bucket, now);
}

bool fragments_add(struct fragments *fragments, int64_t now, const struct fragment *piece, struct fragment *whole) {
    forget_old(fragments, now);
    struct gathering *d = place(fragments, now, piece);
    if (d == NULL)
        return false;
    d->pieces++;
    if (!store(fragments, d, piece)) {
        fragments->tally->limits[LIMIT_DATAGRAMS]++;
        forget(fragments, d);
        return false;
    }
    if (d->total == 0 || d->units != (d->total + UNIT - 1) / UNIT)
        return false;
    finish(fragments, d, WHOLE, now);
    *whole = whole_of(d);
    return true;
}

/* Where all goes, no order is kept. */
static void free_all(struct gathering *oldest) {
    for (struct gathering *d = oldest, *newer; d != NULL; d = newer) {
        newer = d->newer;
        free(d->bytes);
        free(d);
    }
}

void fragments_close(struct fragments *fragments) {
    for (const struct gathering *d = fragments->waiting.oldest; d != NULL; d = d->newer)
        fragments->tally->lost[LOSS_IP_FRAGMENTS] += d->pieces;
    free_all(fragments->waiting.oldest);
    free_all(fragments->finished.oldest);
    free(fragments);
}
