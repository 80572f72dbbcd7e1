/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_STREAMS_STORY_H
#define TESTS_STREAMS_STORY_H

#include "wire/segment.h"

#include <stddef.h>

/* A story: TCP conversations with all the packets that were sent, in the order of the wire. The generator writes it by
 * a seed, the mangler makes a capture of it, the judge compares what is told of the capture with it. Positions are
 * offsets in the stream of their direction: 0 is the byte behind the SYN. */

enum { TALKS_MAX = 16, SENT_MAX = 60000, SHOTS_MAX = 4 * SENT_MAX };

enum { FLAG_FIN = 0x01, FLAG_SYN = 0x02, FLAG_RST = 0x04, FLAG_PSH = 0x08, FLAG_ACK = 0x10, FLAG_URG = 0x20 };

struct talk {
    struct endpoint ends[2]; /* by enum direction */
    uint32_t isn[2];
    uint8_t *bytes[2];
    uint32_t len[2];
    uint16_t tags[2]; /* VLANs */
    unsigned tag_count;
    int after;   /* the talk that used the 4-tuple before; -1: none */
    bool victim; /* its frames are damaged: nothing is expected of it but an end */
};

struct sent {
    int talk;
    enum direction direction;
    uint8_t flags;
    int64_t at; /* of its first byte, also if it has none */
    uint32_t len;
    int64_t ack;
    bool lost_on_the_wire; /* captured before it was lost */
    bool garbage;          /* other bytes than the stream has there */
};

/* A frame of the capture: a packet, or one of the fragments that it was cut into on the way. */
struct shot {
    unsigned part, parts; /* of parts, counted from 0 */
    bool whole;           /* now all of it is there */
    size_t sent;          /* which packet it holds */
    uint32_t len;         /* how much of its payload */
    uint64_t key;         /* by which the capture is ordered */
    bool copy;            /* of a mirror port */
    bool tagged;          /* with a VLAN tag more than its talk has */
    int64_t time;         /* ns */
    uint32_t damaged;     /* so many octets of it are changed */
};

struct story {
    uint64_t random;
    struct talk talks[TALKS_MAX];
    int talk_count;
    struct sent *sent; /* SENT_MAX */
    size_t sent_count;
    struct shot *shots; /* SHOTS_MAX; in the order of the capture: frame 1 is the first */
    size_t shot_count;
};

/* What happens, in percent unless said otherwise; 0: it does not. */
struct wishes {
    int talks;
    uint32_t longest; /* stream, octets */
    /* On the wire */
    unsigned wire_loss, overlaps, other_overlaps, keep_alives, probes, urgent, tiny, offload;
    unsigned fast_open, simultaneous, resets, half_close, early_resets, unclosed, reused, wraps, ipv6, tagged,
        fragmented;
    /* In the capture */
    unsigned capture_loss, no_syns, no_first_half, one_sided, mirrored, mirrored_tagged, one_side_tagged;
    unsigned apart;       /* each direction is in a VLAN of its own, in all talks */
    unsigned disorder;    /* frames by which one may be displaced */
    unsigned late;        /* percentage of data packets that come 2,000 frames later */
    unsigned snaplen;     /* octets of TCP payload, 0 = all */
    unsigned clock_steps; /* so many in the capture */
    unsigned victims;     /* talks whose frames are damaged */
};

uint32_t story_random(struct story *story, uint32_t below);
bool story_chance(struct story *story, unsigned percent);
/* The byte that this packet carries at this position. */
uint8_t sent_byte(const struct story *story, const struct sent *sent, int64_t position);

bool story_open(struct story *story);
void story_close(struct story *story);

/* Writes talks and sent. */
void story_write(struct story *story, const struct wishes *wishes, uint64_t seed);
/* Writes shots. */
void story_capture(struct story *story, const struct wishes *wishes);

#endif
