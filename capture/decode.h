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
    bool misdated;      /* its time was none, and was moved to the nearest that is one */
    struct sighting seen;
};

enum decoded {
    DECODED_TCP,
    DECODED_UNREACHABLE, /* ICMP or ICMPv6 error about a TCP packet */
    DECODED_UDP,
    DECODED_UDP_UNREACHABLE, /* the same about a UDP datagram */
    DECODED_ARP,
    DECODED_OTHER,     /* sound, and of no interest */
    DECODED_FRAGMENT,  /* a piece of an IP datagram */
    DECODED_IPSEC,     /* ESP, which cannot be read */
    DECODED_NESTED,    /* more tags, extension headers or tunnels than are opened */
    DECODED_CUT,       /* the snap length cut its headers */
    DECODED_BAD_LINK,  /* link-layer or tunnel headers that contradict themselves */
    DECODED_BAD_IP,    /* the same of IP headers */
    DECODED_BAD_TCP,   /* the same of TCP headers */
    DECODED_BAD_UDP,   /* the same of UDP headers */
    DECODED_OTHER_LINK /* link type that is not understood */
};

enum { TCP_FIN = 0x01, TCP_SYN = 0x02, TCP_RST = 0x04, TCP_ACK = 0x10 };

/* A piece of an IP datagram, or a whole one put together of them: at offset 0, and nothing more comes. Its bytes are
 * what was captured of what IP carries. */
struct fragment {
    struct address source;
    struct address destination;
    uint32_t id;
    uint32_t lane;
    struct mac mac;
    uint8_t ttl;
    uint8_t protocol; /* what it carries; in IPv6 the first piece alone knows */
    uint8_t depth;    /* how deep it lay in tunnels and in other fragments */
    bool more;        /* it is not the last */
    uint32_t offset;  /* octets */
    uint32_t wire;    /* its length on the wire; with the offset at most 65535 */
    struct bytes bytes;
};

/* What one frame says; in a tunnel, what the innermost packet says. For an unreachable the endpoints and seq are those
 * of the packet that the error quotes. */
struct packet {
    struct sighting seen;
    struct endpoint source;
    struct endpoint destination;
    struct mac mac; /* link-layer source; unknown where IP lies in IP */
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
    struct fragment fragment; /* DECODED_FRAGMENT, which fills nothing else */
};

/* Pure: no state, no allocation; no checksum is looked at, as offloading cards leave them open. Fills packet only if it
 * returns what comes before DECODED_OTHER, or DECODED_FRAGMENT. Of UDP and ARP only source, destination, mac, ttl,
 * payload and cut are filled in; of ARP no endpoints. */
enum decoded decode_frame(const struct frame *frame, struct packet *packet);
/* Goes on with a datagram whose last missing piece was in the frame `seen`. */
enum decoded decode_whole(const struct fragment *whole, const struct sighting *seen, struct packet *packet);

#endif
