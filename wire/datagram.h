/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WIRE_DATAGRAM_H
#define WIRE_DATAGRAM_H

#include "wire/segment.h"

/* What capture hands to dissect of packets that belong to no TCP connection, each as it was captured; the copies of a
 * mirror port come as often as they were captured. */
enum datagram_kind {
    DATAGRAM_UDP,         /* bytes: what UDP carries */
    DATAGRAM_UNREACHABLE, /* ICMP or ICMPv6 error that quotes a UDP datagram: source and destination are the quoted */
    DATAGRAM_ARP,         /* bytes: the ARP packet (RFC 826), from its hardware type on; there are no endpoints */
};

struct datagram {
    enum datagram_kind kind;
    struct endpoint source, destination;
    struct mac mac; /* link-layer source of the frame */
    uint8_t ttl;    /* IP TTL or hop limit */
    struct sighting seen;
    struct bytes bytes;      /* valid for the call only */
    uint32_t cut;            /* octets behind them that the snap length cut */
    struct address reporter; /* UNREACHABLE: who sent the ICMP error */
    uint8_t icmp_type;
    uint8_t icmp_code;
};

typedef void (*datagram_handler)(void *context, const struct datagram *datagram);

#endif
