/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/reassembly.h"
#include "capture/sequence.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

const struct reassembly_limits REASSEMBLY_LIMITS = {
    .queues = ENGINE_STREAMS,
    .queue_size = 4 << 20,
    .total_size = 64 << 20,
};

/* One put that waits. libnids tells bytes without the packet that brought them, so the same queue is kept here beside
 * it: same order, same moment of leaving. */
struct waiting {
    struct waiting *before, *after;
    uint32_t seq, end, wire_end;
    struct sighting seen;
};

enum { SLAB = 256 };

struct slab {
    struct slab *next;
    struct waiting items[SLAB];
};

struct reassembly {
    struct reassembly_limits limits;
    piece_handler handler;
    void *context;
    struct queue *queues; /* by slot */
    uint32_t *free_slots;
    uint32_t free_count;
    struct queue *oldest, *newest; /* by their latest segment */
    size_t size;
    struct waiting *free_items;
    struct slab *slabs;
};

static bool have_memory(struct reassembly *r) {
    r->queues = calloc(r->limits.queues, sizeof *r->queues);
    r->free_slots = calloc(r->limits.queues, sizeof *r->free_slots);
    if (r->queues == NULL || r->free_slots == NULL)
        return false;
    for (uint32_t i = 0; i < r->limits.queues; i++)
        r->free_slots[i] = r->limits.queues - 1 - i;
    r->free_count = r->limits.queues;
    return true;
}

struct reassembly *reassembly_open(const struct reassembly_limits *limits, piece_handler handler, void *context,
                                   char *error, size_t error_size) {
    assert(limits->queues <= ENGINE_STREAMS);
    if (!engine_start(error, error_size))
        return NULL;
    struct reassembly *r = calloc(1, sizeof *r);
    if (r != NULL) {
        r->limits = *limits;
        r->handler = handler;
        r->context = context;
        if (have_memory(r))
            return r;
        reassembly_close(r);
    }
    snprintf(error, error_size, "out of memory for reassembly");
    return NULL;
}

void reassembly_close(struct reassembly *r) {
    while (r->oldest != NULL)
        queue_close(r, r->oldest);
    while (r->slabs != NULL) {
        struct slab *slab = r->slabs;
        r->slabs = slab->next;
        free(slab);
    }
    free(r->queues);
    free(r->free_slots);
    free(r);
}

struct queue *reassembly_oldest(const struct reassembly *r) {
    return r->oldest;
}

struct queue *queue_after(const struct queue *queue) {
    return queue->newer;
}

static void unlink_age(struct reassembly *r, struct queue *q) {
    *(q->older != NULL ? &q->older->newer : &r->oldest) = q->newer;
    *(q->newer != NULL ? &q->newer->older : &r->newest) = q->older;
}

static void link_newest(struct reassembly *r, struct queue *q) {
    q->newer = NULL;
    q->older = r->newest;
    *(r->newest != NULL ? &r->newest->newer : &r->oldest) = q;
    r->newest = q;
}

/* What libnids may have grown a stream's buffer to, after a put of so many octets. */
static size_t buffer_for(size_t len) { return 3 * len > ENGINE_BUFFER_MIN ? 3 * len : ENGINE_BUFFER_MIN; }

static size_t cost(size_t len) { return len + sizeof(struct waiting) + ENGINE_PUT_OVERHEAD; }

bool reassembly_out_of_queues(const struct reassembly *r) { return r->free_count == 0; }

bool reassembly_full(const struct reassembly *r, size_t size, bool queue) {
    return (queue && r->free_count == 0) || r->size + cost(size) + ENGINE_BUFFER_MIN > r->limits.total_size;
}

/* Segments come in order, or a bit out of it: most find their place at the end of the queue, and those that fill one of
 * many holes walk over a part of it. Small ones that are sent from the last to the first would walk over all. */
static bool walks_too_much(const struct queue *queue) {
    enum { WALKS_AT_ALL = 64 * 1024, WALKS_EACH = 128 };
    return queue->walked > WALKS_AT_ALL + queue->puts * WALKS_EACH;
}

bool queue_full(const struct reassembly *r, const struct queue *queue, size_t size) {
    size_t puts = size / ENGINE_PIECE_MAX + 1;
    return queue->segments + puts > ENGINE_QUEUE_MAX || queue->size + cost(size) > r->limits.queue_size ||
           walks_too_much(queue);
}

struct queue *queue_open(struct reassembly *r, uint32_t next, void *owner, enum direction direction) {
    if (r->free_count == 0)
        return NULL;
    uint32_t slot = r->free_slots[r->free_count - 1];
    struct queue *q = &r->queues[slot];
    *q = (struct queue){.owner = owner, .direction = direction};
    if (!engine_open(&q->stream, slot, next))
        return NULL;
    r->free_count--;
    link_newest(r, q);
    return q;
}

static struct waiting *new_item(struct reassembly *r) {
    if (r->free_items == NULL) {
        struct slab *slab = calloc(1, sizeof *slab);
        if (slab == NULL)
            return NULL;
        slab->next = r->slabs;
        r->slabs = slab;
        for (size_t i = 0; i < SLAB; i++) {
            slab->items[i].after = r->free_items;
            r->free_items = &slab->items[i];
        }
    }
    struct waiting *item = r->free_items;
    r->free_items = item->after;
    return item;
}

static size_t item_cost(const struct waiting *item) { return cost(item->end - item->seq); }

static void charge(struct reassembly *r, struct queue *q, size_t size) {
    q->size += size;
    r->size += size;
}

static void discharge(struct reassembly *r, struct queue *q, size_t size) {
    q->size -= size;
    r->size -= size;
}

static void drop_first(struct reassembly *r, struct queue *q) {
    struct waiting *item = q->first;
    discharge(r, q, item_cost(item));
    q->segments--;
    q->first = item->after;
    *(q->first != NULL ? &q->first->before : &q->last) = NULL;
    item->after = r->free_items;
    r->free_items = item;
}

void queue_close(struct reassembly *r, struct queue *q) {
    while (q->first != NULL)
        drop_first(r, q);
    r->size -= q->buffer;
    engine_close(&q->stream);
    unlink_age(r, q);
    q->newer = NULL; /* queue_after of one that is closed is none */
    r->free_slots[r->free_count++] = q->stream.slot;
}

bool queue_empty(const struct queue *queue) { return queue->first == NULL; }

uint32_t queue_head(const struct queue *queue) { return queue->first->seq; }

uint32_t queue_tail(const struct queue *queue) { return queue->last->end; }

struct sighting queue_head_seen(const struct queue *queue) {
    return queue->first->seen;
}

/* Behind which one it belongs; NULL: in front of all. libnids searches from the end, even for those, and puts equals
 * behind each other; it searches for nothing whose turn has come. */
static struct waiting *find_place(struct queue *q, const struct waiting *item) {
    if (q->first != NULL && seq_after(q->first->seq, item->seq)) {
        q->walked += seq_after(item->seq, q->stream.next) ? q->segments : 0;
        return NULL;
    }
    struct waiting *before = q->last;
    for (; before != NULL && seq_after(before->seq, item->seq); before = before->before)
        q->walked++;
    return before;
}

static void insert(struct queue *q, struct waiting *item) {
    struct waiting *before = find_place(q, item);
    item->before = before;
    item->after = before != NULL ? before->after : q->first;
    *(before != NULL ? &before->after : &q->first) = item;
    *(item->after != NULL ? &item->after->before : &q->last) = item;
    q->segments++;
    q->puts++;
}

struct turn {
    struct reassembly *r;
    struct queue *queue;
};

/* The bytes come from the first put that ends behind where the stream stands. */
static void tell_piece(void *owner, const struct engine_stream *stream, struct bytes bytes) {
    struct turn *turn = owner;
    struct queue *q = turn->queue;
    while (q->first != NULL && !seq_after(q->first->end, stream->next))
        drop_first(turn->r, q);
    assert(q->first != NULL && q->first->end == stream->next + (uint32_t)bytes.len);
    struct piece piece = {bytes, q->first->seen, q->first->end, q->first->wire_end};
    turn->r->handler(turn->r->context, q, &piece);
}

/* libnids has let go of all that begins at or before the byte that it waits for. */
static void drop_told(struct reassembly *r, struct queue *q) {
    while (q->first != NULL && !seq_after(q->first->seq, q->stream.next))
        drop_first(r, q);
}

static void put_piece(struct reassembly *r, struct queue *q, const struct waiting *piece, const uint8_t *at) {
    struct waiting *item = new_item(r);
    if (item == NULL)
        return; /* as if the packet had not been captured */
    *item = *piece;
    insert(q, item);
    charge(r, q, item_cost(item));
    engine_put(&q->stream, piece->seq, (struct bytes){at, piece->end - piece->seq}, tell_piece, &(struct turn){r, q});
    drop_told(r, q);
}

void queue_put(struct reassembly *r, struct queue *queue, uint32_t seq, struct bytes bytes, uint32_t cut,
               const struct sighting *seen) {
    unlink_age(r, queue);
    link_newest(r, queue);
    size_t buffer = buffer_for(bytes.len < ENGINE_PIECE_MAX ? bytes.len : ENGINE_PIECE_MAX);
    if (buffer > queue->buffer) {
        r->size += buffer - queue->buffer;
        queue->buffer = buffer;
    }
    while (bytes.len != 0) {
        size_t len = bytes.len < ENGINE_PIECE_MAX ? bytes.len : ENGINE_PIECE_MAX;
        uint32_t end = seq + (uint32_t)len;
        uint32_t wire_end = len == bytes.len ? end + cut : end;
        struct waiting piece = {.seq = seq, .end = end, .wire_end = wire_end, .seen = *seen};
        put_piece(r, queue, &piece, bytes.at);
        bytes.at += len;
        bytes.len -= len;
        seq = end;
    }
}

void queue_skip(struct reassembly *r, struct queue *queue, uint32_t n) {
    engine_skip(&queue->stream, n, tell_piece, &(struct turn){r, queue});
    drop_told(r, queue);
}
