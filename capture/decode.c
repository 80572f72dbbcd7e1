/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/decode.h"
#include "capture/link.h"
#include "capture/window.h"

enum { MAX_EXTENSIONS = 8 }; /* IPv6 extension headers before the payload */

enum { IPV4_SIZE = 20, IPV6_SIZE = 40, TCP_SIZE = 20, ICMP_SIZE = 8, QUOTE_SIZE = 8, OPTION_SIZE = 8 };

enum { PROTOCOL_ICMP = 1, PROTOCOL_TCP = 6, PROTOCOL_ICMPV6 = 58 };

/* One datagram: its addresses, and what it carries. */
struct datagram {
    struct address source;
    struct address destination;
    uint8_t ttl;
    uint8_t protocol;
    bool fragment;
};

static enum decoded too_short(const struct window *w, size_t n) {
    return w->wire < n ? DECODED_MALFORMED : DECODED_CUT;
}

/* RFC 791 3.1 */
static enum decoded read_ipv4(struct window *w, struct datagram *d) {
    if (w->captured < IPV4_SIZE)
        return too_short(w, IPV4_SIZE);
    size_t header = (size_t)(w->at[0] & 0x0f) * 4;
    size_t total = big16(w->at + 2);
    if (w->at[0] >> 4 != 4 || header < IPV4_SIZE)
        return DECODED_MALFORMED;
    /* A packet that the network card is to segment (TSO) may be captured before it has a length. */
    if (total != 0 && total < header)
        return DECODED_MALFORMED;
    if (total != 0)
        window_limit(w, total);
    if (w->captured < header)
        return too_short(w, header);
    d->fragment = (big16(w->at + 6) & 0x3fff) != 0; /* more fragments, or an offset */
    d->ttl = w->at[8];
    d->protocol = w->at[9];
    d->source = address_ipv4(w->at + 12);
    d->destination = address_ipv4(w->at + 16);
    window_skip(w, header);
    return DECODED_OTHER;
}

static bool is_extension(uint8_t protocol) {
    switch (protocol) {
    case 0:   /* hop-by-hop options */
    case 43:  /* routing */
    case 44:  /* fragment */
    case 51:  /* authentication */
    case 60:  /* destination options */
    case 135: /* mobility */
    case 139: /* host identity */
    case 140: /* shim6 */
        return true;
    default:
        return false;
    }
}

/* RFC 8200 4; the authentication header counts its length in other units (RFC 4302 2.2). */
static enum decoded skip_extensions(struct window *w, struct datagram *d) {
    for (int count = 0; is_extension(d->protocol) && !d->fragment; count++) {
        if (count == MAX_EXTENSIONS)
            return DECODED_MALFORMED;
        if (w->captured < OPTION_SIZE)
            return too_short(w, OPTION_SIZE);
        size_t size = ((size_t)w->at[1] + 1) * 8;
        if (d->protocol == 44) {
            size = OPTION_SIZE;
            d->fragment = (big16(w->at + 2) & 0xfff9) != 0;
        } else if (d->protocol == 51) {
            size = ((size_t)w->at[1] + 2) * 4;
        }
        if (w->captured < size)
            return too_short(w, size);
        d->protocol = w->at[0];
        window_skip(w, size);
    }
    return DECODED_OTHER;
}

/* RFC 8200 3. A payload length of 0 is a jumbogram, or a packet that the network card is to segment. */
static enum decoded read_ipv6(struct window *w, struct datagram *d) {
    if (w->captured < IPV6_SIZE)
        return too_short(w, IPV6_SIZE);
    if (w->at[0] >> 4 != 6)
        return DECODED_MALFORMED;
    size_t payload = big16(w->at + 4);
    if (payload != 0)
        window_limit(w, IPV6_SIZE + payload);
    d->fragment = false;
    d->protocol = w->at[6];
    d->ttl = w->at[7];
    d->source = address_ipv6(w->at + 8);
    d->destination = address_ipv6(w->at + 24);
    window_skip(w, IPV6_SIZE);
    return skip_extensions(w, d);
}

/* RFC 9293 3.1. The options are of no interest, so that it does not matter whether they were captured. */
static enum decoded read_tcp(struct window w, struct packet *p) {
    if (w.captured < TCP_SIZE)
        return too_short(&w, TCP_SIZE);
    size_t header = (size_t)(w.at[12] >> 4) * 4;
    if (header < TCP_SIZE || header > w.wire)
        return DECODED_MALFORMED;
    p->source.port = big16(w.at);
    p->destination.port = big16(w.at + 2);
    p->seq = big32(w.at + 4);
    p->ack = big32(w.at + 8);
    p->flags = w.at[13];
    p->window = big16(w.at + 14);
    size_t captured = w.captured < header ? header : w.captured;
    p->payload = (struct bytes){w.at + (w.captured < header ? w.captured : header), captured - header};
    p->cut = (uint32_t)(w.wire - captured);
    return DECODED_TCP;
}

/* The errors after which a connection attempt may be given up: RFC 792 (3 unreachable, 11 time exceeded) and RFC 4443
 * (1 unreachable, 3 time exceeded). A datagram too big, or one whose fragments did not all come, says nothing about
 * whether the server can be reached: 3 code 4 and 11 code 1, and in ICMPv6 type 2 and 3 code 1. */
static bool is_error(uint8_t protocol, uint8_t type, uint8_t code) {
    if (protocol == PROTOCOL_ICMP)
        return (type == 3 && code != 4) || (type == 11 && code != 1);
    return type == 1 || (type == 3 && code != 1);
}

/* The quote may end eight octets into the TCP header, behind the sequence number. */
static enum decoded read_quote(struct window w, struct packet *p) {
    struct datagram quoted = {0};
    enum decoded sound = w.captured > 0 && w.at[0] >> 4 == 6 ? read_ipv6(&w, &quoted) : read_ipv4(&w, &quoted);
    if (sound != DECODED_OTHER)
        return sound;
    if (quoted.protocol != PROTOCOL_TCP || quoted.fragment)
        return DECODED_OTHER;
    if (w.captured < QUOTE_SIZE)
        return too_short(&w, QUOTE_SIZE);
    p->source = (struct endpoint){quoted.source, big16(w.at)};
    p->destination = (struct endpoint){quoted.destination, big16(w.at + 2)};
    p->seq = big32(w.at + 4);
    return DECODED_UNREACHABLE;
}

static enum decoded read_icmp(struct window w, const struct datagram *d, struct packet *p) {
    if (w.captured < ICMP_SIZE)
        return too_short(&w, ICMP_SIZE);
    if (!is_error(d->protocol, w.at[0], w.at[1]))
        return DECODED_OTHER;
    p->reporter = d->source;
    p->icmp_type = w.at[0];
    p->icmp_code = w.at[1];
    window_skip(&w, ICMP_SIZE);
    return read_quote(w, p);
}

static enum decoded read_datagram(struct window *w, const struct link *link, struct packet *p) {
    struct datagram d = {0};
    enum decoded sound = link->ethertype == ETHERTYPE_IPV4 ? read_ipv4(w, &d) : read_ipv6(w, &d);
    if (sound != DECODED_OTHER)
        return sound;
    if (d.fragment)
        return DECODED_FRAGMENT;
    p->lane = link->lane;
    p->mac = link->mac;
    p->ttl = d.ttl;
    if (d.protocol == PROTOCOL_TCP) {
        p->source.address = d.source;
        p->destination.address = d.destination;
        return read_tcp(*w, p);
    }
    if (d.protocol == (link->ethertype == ETHERTYPE_IPV4 ? PROTOCOL_ICMP : PROTOCOL_ICMPV6))
        return read_icmp(*w, &d, p);
    return DECODED_OTHER;
}

enum decoded decode_frame(const struct frame *frame, struct packet *packet) {
    size_t wire = frame->wire < frame->bytes.len ? frame->bytes.len : frame->wire;
    struct window w = {frame->bytes.at, frame->bytes.len, wire};
    struct link link = {.lane = frame->interface == 0 ? 0 : lane_within(0, LANE_INTERFACE, frame->interface)};
    enum decoded sound = link_decode(frame->link, &w, &link);
    if (sound != DECODED_OTHER)
        return sound;
    if (link.ethertype != ETHERTYPE_IPV4 && link.ethertype != ETHERTYPE_IPV6)
        return DECODED_OTHER;
    packet->seen = frame->seen;
    return read_datagram(&w, &link, packet);
}
