/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CAPTURE_REASSEMBLY_H
#define CAPTURE_REASSEMBLY_H

#include "capture/engine.h"
#include "wire/segment.h"

/* Puts the bytes of one direction in order again, by libnids. A direction is here only while some of its bytes wait
 * behind a hole; then it has a queue. Knows nothing of flows and of why a hole is given up. */
struct reassembly;

struct reassembly_limits {
    uint32_t queues;   /* at once */
    size_t queue_size; /* octets waiting in one queue */
    size_t total_size; /* in all of them, with what libnids spends on it */
};

extern const struct reassembly_limits REASSEMBLY_LIMITS;

/* When the hole at the head of a queue is given up: kept here for the owner, as long as there is a queue. */
struct patience {
    bool running;
    bool acked;       /* the other side has acknowledged past the hole */
    bool heard;       /* it has acknowledged anything since it began */
    bool held;        /* it waits for nothing of its own, but for those of the client that it answers */
    uint32_t horizon; /* the holes that end before here were there when it began; held: those of the client */
    uint32_t packets; /* of the flow, since then */
    int64_t since;
};

struct queue {
    void *owner;
    enum direction direction;
    struct patience patience;
    /* From here on reassembly's own. */
    struct engine_stream stream;
    struct waiting *first, *last; /* by sequence number, as libnids holds them */
    struct queue *older, *newer;
    uint32_t segments; /* waiting */
    uint64_t puts;     /* in its life, */
    uint64_t walked;   /* and how many of those that waited were passed over to find their places */
    size_t size;       /* octets that they cost */
    size_t buffer;     /* octets that libnids may have grown its buffer to */
};

/* Bytes whose turn it is. wire_end is the sequence number at which their packet ended before the snap length cut it,
 * end is where these bytes end. */
struct piece {
    struct bytes bytes; /* valid for the call */
    struct sighting seen;
    uint32_t end;
    uint32_t wire_end;
};

/* Must not call back into reassembly. */
typedef void (*piece_handler)(void *context, struct queue *queue, const struct piece *piece);

/* NULL and a line in error, if there is no memory or libnids is not what this was written for. */
struct reassembly *reassembly_open(const struct reassembly_limits *limits, piece_handler handler, void *context,
                                   char *error, size_t error_size);
void reassembly_close(struct reassembly *r);
/* The one that waits longest for a segment, and the one after it. NULL: none. */
struct queue *reassembly_oldest(const struct reassembly *r);
struct queue *queue_after(const struct queue *queue);
bool reassembly_out_of_queues(const struct reassembly *r);
/* No room for so many octets more, or for another queue, if that is asked for. */
bool reassembly_full(const struct reassembly *r, size_t size, bool queue);

/* NULL if there are as many as there may be. */
struct queue *queue_open(struct reassembly *r, uint32_t next, void *owner, enum direction direction);
void queue_close(struct reassembly *r, struct queue *queue);
/* No room in this queue for so many octets more, or it costs too much time: then it stays so until it is empty. */
bool queue_full(const struct reassembly *r, const struct queue *queue, size_t size);
bool queue_empty(const struct queue *queue);
/* Where the first and where the last of the waiting bytes begin and end. There must be some. */
uint32_t queue_head(const struct queue *queue);
uint32_t queue_tail(const struct queue *queue);
struct sighting queue_head_seen(const struct queue *queue);
/* Copies the bytes, and tells all whose turn has come. */
void queue_put(struct reassembly *r, struct queue *queue, uint32_t seq, struct bytes bytes, uint32_t cut,
               const struct sighting *seen);
/* Gives up n octets before the head, at most up to it, and tells all whose turn has come. */
void queue_skip(struct reassembly *r, struct queue *queue, uint32_t n);

#endif
