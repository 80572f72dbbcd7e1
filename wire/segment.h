/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WIRE_SEGMENT_H
#define WIRE_SEGMENT_H

#include "wire/bytes.h"
#include "wire/endpoint.h"
#include "wire/sighting.h"

#include <stdbool.h>

/* What capture hands to dissect: one TCP connection's events, in the order in which they were captured, and each
 * direction's bytes, in the order of the stream, each byte once. */

enum direction { FROM_CLIENT, FROM_SERVER };

struct mac {
    uint8_t octets[6];
    bool known;
};

/* One side of a flow, as the packets that it sent show it. */
struct side {
    struct endpoint endpoint;
    struct mac mac; /* link-layer source of its packets */
    uint8_t ttl;    /* IP TTL or hop limit of its latest packet; 0 = it sent none */
};

/* One TCP connection. A 4-tuple used again is a new flow. Owned by capture, valid until its SEGMENT_CLOSED returns. */
struct flow {
    uint64_t id;          /* counts from 1, never used again in a run */
    struct side sides[2]; /* by enum direction; the client is who sent the SYN, else a guess by port (midstream) */
    bool midstream;       /* its SYN is not in the capture */
    bool answered;        /* opened, refused or unreachable was told */
    uint32_t syns;        /* SYNs seen, the copies of a mirror port not counted */
    struct sighting last_syn;
    void *conversation; /* the receiver's own; NULL at first, released at SEGMENT_CLOSED */
};

enum segment_kind {
    SEGMENT_SYN,         /* the client asks for the connection */
    SEGMENT_SYN_AGAIN,   /* the same SYN once more: no answer reached the client, or a refusal did */
    SEGMENT_OPENED,      /* the SYN-ACK; for a midstream flow its first packet */
    SEGMENT_REFUSED,     /* RST in answer to a SYN; may come more than once */
    SEGMENT_UNREACHABLE, /* ICMP or ICMPv6 error that quotes the SYN; not one about its size */
    SEGMENT_BYTES,       /* the next bytes of one direction */
    SEGMENT_GAP,         /* so many bytes of one direction are not in the capture; the stream goes on behind them */
    SEGMENT_CLOSED       /* last event of every flow */
};

enum close_reason {
    CLOSE_FIN,
    CLOSE_RESET,
    CLOSE_TIMEOUT, /* idle, evicted, or the 4-tuple was used again */
    CLOSE_END      /* end of the capture */
};

struct segment {
    enum segment_kind kind;
    enum direction direction; /* BYTES, GAP, and who sent the last FIN or RST of CLOSED */
    struct flow *flow;
    struct sighting seen; /* the frame that carried it, also for bytes that waited in a queue */
    struct bytes bytes;   /* BYTES: valid for the call only */
    uint64_t gap;         /* GAP: number of bytes missing */
    bool cut;             /* GAP: a packet had them, and the snap length cut it */
    enum close_reason reason;
    struct address reporter; /* UNREACHABLE: who sent the ICMP error */
    uint8_t icmp_type;
    uint8_t icmp_code;
};

/* Receives the segments of all flows. After BYTES or GAP, false means: this flow's bytes are of no further
 * interest. Capture then stops following its streams, but still tells its events. */
typedef bool (*segment_handler)(void *context, const struct segment *segment);

#endif
