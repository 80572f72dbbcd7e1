/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CAPTURE_FLOW_H
#define CAPTURE_FLOW_H

#include "capture/decode.h"
#include "wire/segment.h"

/* The flow table: every TCP connection that is remembered, found by its addresses, ports and lanes, whichever side
 * sent the packet. Knows how useful each is and when it was last seen; decides nothing about TCP.
 *
 * A lane is a way on which packets were captured: interface, VLANs, tunnels. The same addresses and ports in two lanes
 * may be two connections; or one, of which a mirror port shows two copies, or each direction in a VLAN of its own. So a
 * connection may have several lanes, and which of both it is, is for connection.c to tell. */

/* Where one direction's bytes stand. */
struct stream {
    uint32_t next;    /* sequence number of the next byte to tell */
    uint32_t acked;   /* the furthest acknowledgement by the other side */
    uint32_t fin;     /* sequence number of the FIN */
    uint32_t suspect; /* where a segment ended that lay too far off to be believed */
    uint32_t cut;     /* bytes from next on that the snap length cut */
    bool placed : 1;  /* next is known */
    bool hinted : 1;  /* not yet, but the other side acknowledged up to next before anything was seen */
    bool noted : 1;   /* not that either, but a packet of this side without data had this number */
    bool ack_known : 1;
    bool ack_back : 1; /* the latest acknowledgement was not the furthest */
    bool fin_known : 1;
    bool suspected : 1;
    bool seen : 1;       /* this side sent a packet */
    bool told : 1;       /* bytes of it were told */
    struct queue *queue; /* NULL unless bytes wait behind a hole */
};

enum {
    LANES = 4, /* of one connection; any further one counts as the last */
    NO_LANE = 255
};

struct lane {
    uint32_t id;
    uint8_t syns, refusals; /* seen in it, RST and ICMP */
};

/* From the least useful to the most: in this order flows make room for new ones. */
enum phase {
    PHASE_CLOSED,    /* its end was told; remembered so that late packets are not taken for a new flow */
    PHASE_HALF_OPEN, /* nobody has accepted yet */
    PHASE_CLOSING,   /* at least one FIN was seen, or an RST */
    PHASE_OTHER,     /* open, and its bytes are of no interest */
    PHASE_OPEN,
    PHASES
};

/* In the order in which a packet needs it: what flow_find reads shares a cache line or two. */
struct connection {
    _Alignas(64) struct connection *chain; /* of the hash bucket, or of the free ones */
    uint32_t hash;
    uint8_t lane_count;
    uint8_t side_lane[2]; /* by enum direction: the lane that its link-layer address and TTL are taken from */
    struct lane lanes[LANES];
    struct flow flow;
    uint32_t isn;   /* the client's */
    uint8_t phase;  /* enum phase */
    uint8_t closer; /* enum direction: who sent the last FIN or RST */
    bool isn_known : 1;
    bool opened : 1;
    bool refused : 1;     /* the latest answer was an RST */
    bool refused_syn : 1; /* since the latest SYN, by RST or ICMP */
    bool other : 1;       /* the receiver wants no more bytes */
    bool reset : 1;       /* by an RST; what is missing before it may still come */
    bool closed : 1;
    struct stream streams[2]; /* by enum direction */
    struct sighting last;     /* its latest packet */
    int64_t touched;          /* the same on the tracker's clock, ns */
    int64_t refused_at;       /* capture time of the latest refusal */
    uint32_t refusals;        /* that were told */
    struct connection *older, *newer;
};

struct age_list {
    struct connection *oldest, *newest;
    uint32_t count;
};

struct flow_table {
    struct connection **buckets;
    uint32_t bucket_count; /* a power of two */
    uint32_t count;
    uint32_t capacity;
    uint64_t seed;
    struct connection *free;
    struct connection_slab *slabs;
    struct age_list ages[PHASES];
};

bool flow_table_open(struct flow_table *table, uint32_t capacity);
void flow_table_close(struct flow_table *table);

/* The same for both directions of a connection, and in all lanes. */
uint32_t flow_hash(const struct flow_table *table, const struct packet *packet);
/* What a packet of this hash will need: each step asks for the memory that the next reads. */
void flow_expect(const struct flow_table *table, uint32_t hash);
void flow_prepare(const struct flow_table *table, uint32_t hash);
void flow_prepare_receiver(const struct flow_table *table, uint32_t hash);
/* The same for when this connection is removed soon, and then the one that is the oldest of its phase behind it. */
void flow_prepare_removal(const struct flow_table *table, const struct connection *c);
/* The connection that the packet's endpoints and lane belong to, and which side sent it; NULL: none. */
struct connection *flow_find(const struct flow_table *table, const struct packet *packet, uint32_t hash,
                             enum direction *direction);
/* The next after `after`, or the first (NULL), that has the packet's endpoints, in whatever lane: the newest first. */
struct connection *flow_alike(const struct flow_table *table, const struct packet *packet, uint32_t hash,
                              const struct connection *after, enum direction *direction);
/* The packet's lane is one of this connection's from now on. */
void flow_join(struct connection *c, const struct packet *packet);
/* Which of its lanes the packet came on. */
unsigned flow_lane(const struct connection *c, const struct packet *packet);
/* A new one; the packet's source is the side `direction`. NULL if the table is full, or memory. */
struct connection *flow_add(struct flow_table *table, const struct packet *packet, uint32_t hash,
                            enum direction direction);
void flow_remove(struct flow_table *table, struct connection *c);
/* It was seen now, and is in this phase. Within a phase the order of age is kept to the second. */
void flow_touch(struct flow_table *table, struct connection *c, enum phase phase, int64_t now);
/* Of all flows the one that can be spared best; NULL: there is none. */
struct connection *flow_least_useful(const struct flow_table *table);
/* With the id at hand, so that sorting does not look at each flow again and again. */
struct flow_entry {
    uint64_t id;
    struct connection *connection; /* NULL: the end */
};
/* All that are not closed, by id, in an array that the caller frees; NULL: out of memory. */
struct flow_entry *flow_all(const struct flow_table *table);

#endif
