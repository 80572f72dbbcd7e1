/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/ip.h"
#include "capture/shim.h"

enum { MAX_EXTENSIONS = 8 }; /* extension headers before the payload */

enum { IPV4_SIZE = 20, IPV6_SIZE = 40, OPTION_SIZE = 8 };

enum {
    HOP_BY_HOP = 0,
    ROUTING = 43,
    FRAGMENT = 44,
    AUTHENTICATION = 51,
    OPTIONS = 60,
    MOBILITY = 135,
    HIP = 139,
    SHIM6 = 140
};

enum { PAD1 = 0, JUMBO = 0xc2, LARGEST_PLAIN = 65535 };

static enum decoded read_ipv4(struct window *w, struct ip_datagram *d) {
    if (w->captured < IPV4_SIZE)
        return too_short(w, IPV4_SIZE, DECODED_BAD_IP);
    size_t header = (size_t)(w->at[0] & 0x0f) * 4;
    size_t total = big16(w->at + 2);
    if (w->at[0] >> 4 != 4 || header < IPV4_SIZE)
        return DECODED_BAD_IP;
    /* A packet that the network card is to segment (TSO) may be captured before it has a length, and one above 64 KB
     * has none. Then what Ethernet pads a short frame with cannot be told from its payload. */
    if (total != 0 && total < header)
        return DECODED_BAD_IP;
    if (total != 0)
        window_limit(w, total);
    if (w->captured < header)
        return too_short(w, header, DECODED_BAD_IP);
    uint16_t place = big16(w->at + 6);
    d->fragment = (place & 0x3fff) != 0; /* more fragments, or an offset */
    if (d->fragment) {
        d->more = (place & 0x2000) != 0;
        d->offset = (uint16_t)((place & 0x1fff) * 8);
        d->id = big16(w->at + 4);
    }
    d->ttl = w->at[8];
    d->protocol = w->at[9];
    d->source = address_ipv4(w->at + 12);
    d->destination = address_ipv4(w->at + 16);
    window_skip(w, header);
    return d->protocol == AUTHENTICATION ? ip_extensions(w, d) : DECODED_OTHER;
}

static bool is_extension(const struct ip_datagram *d) {
    if (d->source.family == ADDRESS_IPV4)
        return d->protocol == AUTHENTICATION;
    switch (d->protocol) {
    case HOP_BY_HOP:
    case ROUTING:
    case FRAGMENT:
    case AUTHENTICATION:
    case OPTIONS:
    case MOBILITY:
    case HIP:
    case SHIM6:
        return true;
    default:
        return false;
    }
}

/* RFC 8200 4; the authentication header counts its length in other units (RFC 4302 2.2). */
enum decoded ip_extensions(struct window *w, struct ip_datagram *d) {
    for (int count = 0; is_extension(d) && !d->fragment; count++) {
        if (count == MAX_EXTENSIONS)
            return DECODED_NESTED;
        if (w->captured < OPTION_SIZE)
            return too_short(w, OPTION_SIZE, DECODED_BAD_IP);
        size_t size = ((size_t)w->at[1] + 1) * 8;
        if (d->protocol == FRAGMENT) {
            size = OPTION_SIZE;
            uint16_t place = big16(w->at + 2);
            d->fragment = (place & 0xfff9) != 0; /* else it is all of its datagram: RFC 6946 */
            d->more = (place & 1) != 0;
            d->offset = place & 0xfff8;
            d->id = big32(w->at + 4);
        } else if (d->protocol == AUTHENTICATION) {
            size = ((size_t)w->at[1] + 2) * 4;
        }
        if (w->captured < size)
            return too_short(w, size, DECODED_BAD_IP);
        d->protocol = w->at[0];
        window_skip(w, size);
    }
    return DECODED_OTHER;
}

/* RFC 2675 2: above 64 KB the length is an option of the hop-by-hop header, which comes first. 0: not there. */
static uint32_t jumbo_length(const struct window *w) {
    size_t size = w->captured >= 2 ? ((size_t)w->at[1] + 1) * 8 : 0;
    size_t at = 2;
    while (at + 2 <= size && size <= w->captured) {
        size_t option = w->at[at] == PAD1 ? 1 : (size_t)w->at[at + 1] + 2;
        if (w->at[at] == JUMBO && option == 6 && at + option <= size)
            return big32(w->at + at + 2);
        at += option;
    }
    return 0;
}

/* A payload length of 0 is a jumbogram, or a packet that the network card is to segment. */
static enum decoded read_ipv6(struct window *w, struct ip_datagram *d) {
    if (w->captured < IPV6_SIZE)
        return too_short(w, IPV6_SIZE, DECODED_BAD_IP);
    if (w->at[0] >> 4 != 6)
        return DECODED_BAD_IP;
    size_t payload = big16(w->at + 4);
    d->fragment = false;
    d->protocol = w->at[6];
    d->ttl = w->at[7];
    d->source = address_ipv6(w->at + 8);
    d->destination = address_ipv6(w->at + 24);
    window_skip(w, IPV6_SIZE);
    if (payload == 0 && d->protocol == HOP_BY_HOP) {
        payload = jumbo_length(w);
        if (payload != 0 && payload <= LARGEST_PLAIN)
            return DECODED_BAD_IP;
    }
    if (payload != 0)
        window_limit(w, payload);
    return ip_extensions(w, d);
}

enum decoded ip_read(struct window *w, uint16_t ethertype, struct ip_datagram *d) {
    return ethertype == ETHERTYPE_IPV4 ? read_ipv4(w, d) : read_ipv6(w, d);
}

enum decoded ip_look(const struct window *w, uint16_t ethertype) {
    bool v4 = ethertype == ETHERTYPE_IPV4;
    size_t size = v4 ? IPV4_SIZE : IPV6_SIZE;
    if (w->captured < size)
        return too_short(w, size, DECODED_BAD_IP);
    size_t header = v4 ? (size_t)(w->at[0] & 0x0f) * 4 : IPV6_SIZE;
    size_t length = v4 ? big16(w->at + 2) : big16(w->at + 4) + (size_t)IPV6_SIZE;
    bool sized = (v4 && length == 0) || (length >= header && length <= w->wire);
    return w->at[0] >> 4 == (v4 ? 4 : 6) && header >= size && sized ? DECODED_OTHER : DECODED_BAD_IP;
}
