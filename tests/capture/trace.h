/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_CAPTURE_TRACE_H
#define TESTS_CAPTURE_TRACE_H

#include "capture/tracker.h"
#include "tests/capture/packets.h"

/* A conversation of one client and one server, packet by packet, and what the tracker tells of it as text:
 *   syn#1 opened#2 >hello#4 <world#5 >gap3#7 refused#2 unreach3/1#2 closed:fin#9
 * each with its frame; > is from the client, < from the server. A second and later flow has its id before: 2:syn#8. */
struct trace {
    struct tracker *tracker;
    struct tally tally;
    struct endpoint client, server;
    uint16_t vlan; /* 0 = none */
    uint64_t frame;
    int64_t time;      /* of the next frame; each frame is a millisecond later, */
    int64_t step;      /* or this many ns */
    size_t snaplen;    /* 0 = none */
    bool uninterested; /* the receiver says no to all bytes */
    struct flow flow;  /* as the latest segment showed it */
    char text[8192];
    size_t len;
};

enum { SYN = 0x02, ACK = 0x10, FIN = 0x01, RST = 0x04, PSH = 0x08 };

#define MS INT64_C(1000000)

void trace_open(struct trace *trace);
void trace_open_limited(struct trace *trace, const struct tracker_limits *limits);
/* One packet from the client (or the server), with text as its payload. */
void trace_from_client(struct trace *trace, uint8_t flags, uint32_t seq, uint32_t ack, const char *payload);
void trace_from_server(struct trace *trace, uint8_t flags, uint32_t seq, uint32_t ack, const char *payload);
void trace_tcp(struct trace *trace, enum direction direction, uint8_t flags, uint32_t seq, uint32_t ack,
               struct bytes payload);
/* SYN, SYN-ACK, ACK: three frames. */
void trace_handshake(struct trace *trace, uint32_t client_isn, uint32_t server_isn);
/* A frame that is built already. */
void trace_frame(struct trace *trace, int link, const struct buffer *frame);
/* An ICMP error from `reporter` about a packet of the client with this sequence number. */
void trace_unreachable(struct trace *trace, const char *reporter, uint8_t type, uint8_t code, uint32_t seq);
/* Ends the tracker; the text stays. */
void trace_close(struct trace *trace);
/* What was told since the last call. */
const char *trace_told(struct trace *trace);
/* A CUnit assertion that this was. */
void trace_expect(struct trace *trace, const char *expected);

#endif
