/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CAPTURE_IP_H
#define CAPTURE_IP_H

#include "capture/window.h"

/* IPv4 (RFC 791) and IPv6 (RFC 8200): the headers, up to what the datagram carries. */

enum {
    PROTOCOL_ICMP = 1,
    PROTOCOL_IPV4 = 4, /* IP in IP, RFC 2003 */
    PROTOCOL_TCP = 6,
    PROTOCOL_UDP = 17,
    PROTOCOL_IPV6 = 41, /* RFC 4213, RFC 2473 */
    PROTOCOL_GRE = 47,
    PROTOCOL_ESP = 50,
    PROTOCOL_ICMPV6 = 58,
    PROTOCOL_MPLS = 137 /* RFC 4023 */
};

/* One datagram: its addresses, and what it carries. */
struct ip_datagram {
    struct address source;
    struct address destination;
    uint8_t ttl;
    uint8_t protocol;
    bool fragment;   /* a piece of one; only then the rest is set */
    bool more;       /* not the last piece */
    uint16_t offset; /* octets */
    uint32_t id;
};

/* Reads all IP headers: what w holds then is what the datagram carries. ethertype is one of the two of IP.
 * DECODED_OTHER: they were sound. */
enum decoded ip_read(struct window *w, uint16_t ethertype, struct ip_datagram *d);
/* The extension headers of IPv6, and of IPv4 the authentication header, from d->protocol on. */
enum decoded ip_extensions(struct window *w, struct ip_datagram *d);
/* Whether such a packet lies here, where nothing says so for certain: DECODED_OTHER yes, DECODED_CUT cannot tell,
 * DECODED_BAD_IP no. */
enum decoded ip_look(const struct window *w, uint16_t ethertype);

#endif
