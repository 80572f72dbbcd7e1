/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CAPTURE_DECODE_H
#define CAPTURE_DECODE_H

#include "wire/bytes.h"
#include "wire/segment.h"

/* One frame of a capture file. The bytes are borrowed from whoever read it. */
struct frame {
    struct bytes bytes; /* what was captured */
    uint32_t wire;      /* its length on the wire */
    int link;           /* LINKTYPE_…, as capture files have it */
    uint32_t interface; /* where it was captured: each interface of each file has a number of its own, from 0 */
    struct sighting seen;
    bool misdated; /* its time was none, and was moved to the nearest that is one */
};

enum decoded {
    DECODED_TCP,
    DECODED_UNREACHABLE, /* ICMP or ICMPv6 error about a TCP packet */
    DECODED_OTHER,       /* sound, and of no interest: ARP, UDP, … */
    DECODED_FRAGMENT,    /* a piece of an IP datagram */
    DECODED_CUT,         /* the snap length cut its headers */
    DECODED_MALFORMED,   /* its headers contradict each other */
    DECODED_OTHER_LINK   /* link type that is not understood */
};

enum { TCP_FIN = 0x01, TCP_SYN = 0x02, TCP_RST = 0x04, TCP_ACK = 0x10 };

/* What one frame says. For DECODED_UNREACHABLE the endpoints and seq are those of the packet that the error quotes. */
struct packet {
    struct sighting seen;
    struct endpoint source;
    struct endpoint destination;
    struct mac mac; /* link-layer source */
    uint8_t ttl;
    uint8_t flags;
    uint16_t window;
    uint32_t lane; /* the way on which it was captured: a hash of interface, VLAN tags and tunnels; 0 = the plain one */
    uint32_t seq;
    uint32_t ack;
    struct bytes payload; /* what was captured of it, in the frame */
    uint32_t cut;         /* octets of the payload that the snap length cut */
    struct address reporter;
    uint8_t icmp_type;
    uint8_t icmp_code;
};

/* Pure: no state, no allocation. Fills packet only if it returns DECODED_TCP or DECODED_UNREACHABLE. */
enum decoded decode_frame(const struct frame *frame, struct packet *packet);

#endif
