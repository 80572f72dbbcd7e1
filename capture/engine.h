/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CAPTURE_ENGINE_H
#define CAPTURE_ENGINE_H

#include "wire/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* libnids, reduced to what it is good at: it orders, trims and queues the bytes of one direction of a connection. It
 * is given no packet of the capture, but packets made here; so it sees neither IPv6, VLANs, options, checksums nor
 * fragments, and every connection has its handshake. Each direction is a connection of its own to it. */
struct engine_stream {
    struct tcp_stream *nids;
    uint32_t slot; /* unique among the open streams, below ENGINE_STREAMS */
    uint32_t next; /* sequence number of the byte that it waits for */
    bool filling;  /* the next byte that libnids tells is no data, but fills a hole that was given up */
};

enum {
    ENGINE_STREAMS = 4096,     /* open at once */
    ENGINE_PIECE_MAX = 8192,   /* octets in one put: libnids grows a stream's buffer by multiples of it */
    ENGINE_BUFFER_MIN = 4096,  /* octets of that buffer from the first byte on */
    ENGINE_QUEUE_MAX = 4096,   /* puts that one stream may keep waiting: its queue is a list, searched from its end */
    ENGINE_PUT_OVERHEAD = 160, /* octets that it spends on each, about */
};

/* The bytes whose turn it is; stream->next is where they begin. Valid for the call, which must not use the engine. */
typedef void (*engine_handler)(void *owner, const struct engine_stream *stream, struct bytes bytes);

/* Once a process; again does nothing, and says the same. False and a line in error if libnids is not what this was
 * written for. */
bool engine_start(char *error, size_t error_size);
bool engine_open(struct engine_stream *stream, uint32_t slot, uint32_t next);
void engine_close(struct engine_stream *stream);
/* Puts at most ENGINE_PIECE_MAX octets, and tells all whose turn has come. */
void engine_put(struct engine_stream *stream, uint32_t seq, struct bytes bytes, engine_handler handler, void *owner);
/* Goes on n > 0 octets later, as if they had come. */
void engine_skip(struct engine_stream *stream, uint32_t n, engine_handler handler, void *owner);

#endif
