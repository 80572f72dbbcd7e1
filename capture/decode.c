/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/decode.h"
#include "capture/ip.h"
#include "capture/link.h"
#include "capture/tunnel.h"

enum { TCP_SIZE = 20, UDP_SIZE = 8, ARP_SIZE = 8, ICMP_SIZE = 8, QUOTE_SIZE = 8 };

enum { LARGEST_DATAGRAM = 65535, IPV4_HEADER = 20 };

/* RFC 9293 3.1. The options are of no interest, so that it does not matter whether they were captured. */
static enum decoded read_tcp(struct window w, struct packet *p) {
    if (w.captured < TCP_SIZE)
        return too_short(&w, TCP_SIZE, DECODED_BAD_TCP);
    size_t header = (size_t)(w.at[12] >> 4) * 4;
    if (header < TCP_SIZE || header > w.wire)
        return DECODED_BAD_TCP;
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

static void take_payload(const struct window *w, struct packet *p) {
    p->payload = (struct bytes){w->at, w->captured};
    p->cut = (uint32_t)(w->wire - w->captured);
}

/* RFC 768. A length of 0 is that of a jumbogram, or of one that the network card is to segment. */
static enum decoded read_udp(struct window w, struct packet *p) {
    if (w.captured < UDP_SIZE)
        return too_short(&w, UDP_SIZE, DECODED_BAD_UDP);
    size_t length = big16(w.at + 4);
    if (length > w.wire || (length != 0 && length < UDP_SIZE))
        return DECODED_BAD_UDP;
    if (length != 0)
        window_limit(&w, length);
    p->source.port = big16(w.at);
    p->destination.port = big16(w.at + 2);
    window_skip(&w, UDP_SIZE);
    take_payload(&w, p);
    return DECODED_UDP;
}

static enum decoded read_arp(const struct window *w, const struct link *link, struct packet *p) {
    if (w->captured < ARP_SIZE)
        return too_short(w, ARP_SIZE, DECODED_BAD_LINK);
    p->mac = link->mac;
    p->lane = link->lane;
    p->ttl = 0;
    take_payload(w, p);
    return DECODED_ARP;
}

/* The errors after which a connection attempt may be given up: RFC 792 (3 unreachable, 11 time exceeded) and RFC 4443
 * (1 unreachable, 3 time exceeded). A datagram too big, or one whose fragments did not all come, says nothing about
 * whether the server can be reached: 3 code 4 and 11 code 1, and in ICMPv6 type 2 and 3 code 1. */
static bool is_error(uint8_t protocol, uint8_t type, uint8_t code) {
    if (protocol == PROTOCOL_ICMP)
        return (type == 3 && code != 4) || (type == 11 && code != 1);
    return type == 1 || (type == 3 && code != 1);
}

/* The quote may end eight octets into the TCP header, behind the sequence number. One that is damaged says nothing. */
static enum decoded read_quote(struct window w, struct packet *p) {
    struct ip_datagram quoted;
    uint16_t ethertype = w.captured > 0 && w.at[0] >> 4 == 6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4;
    enum decoded sound = ip_read(&w, ethertype, &quoted);
    if (sound != DECODED_OTHER)
        return sound == DECODED_CUT ? DECODED_CUT : DECODED_OTHER;
    bool udp = quoted.protocol == PROTOCOL_UDP;
    if ((quoted.protocol != PROTOCOL_TCP && !udp) || quoted.fragment)
        return DECODED_OTHER;
    if (w.captured < QUOTE_SIZE)
        return too_short(&w, QUOTE_SIZE, DECODED_OTHER);
    p->source = (struct endpoint){quoted.source, big16(w.at)};
    p->destination = (struct endpoint){quoted.destination, big16(w.at + 2)};
    p->seq = big32(w.at + 4);
    return udp ? DECODED_UDP_UNREACHABLE : DECODED_UNREACHABLE;
}

static enum decoded read_icmp(struct window w, const struct ip_datagram *d, struct packet *p) {
    if (w.captured < ICMP_SIZE)
        return too_short(&w, ICMP_SIZE, DECODED_OTHER);
    if (!is_error(d->protocol, w.at[0], w.at[1]))
        return DECODED_OTHER;
    p->reporter = d->source;
    p->icmp_type = w.at[0];
    p->icmp_code = w.at[1];
    window_skip(&w, ICMP_SIZE);
    return read_quote(w, p);
}

/* RFC 791 3.2, RFC 8200 4.5: all but the last are of whole units of eight octets, and none ends beyond 64 KB. */
static enum decoded read_fragment(const struct window *w, const struct link *link, const struct ip_datagram *d,
                                  struct fragment *f) {
    size_t largest = LARGEST_DATAGRAM - (d->source.family == ADDRESS_IPV4 ? IPV4_HEADER : 0);
    if (w->wire == 0 || (d->more && w->wire % 8 != 0) || d->offset + w->wire > largest)
        return DECODED_BAD_IP;
    *f = (struct fragment){.source = d->source,
                           .destination = d->destination,
                           .id = d->id,
                           .lane = link->lane,
                           .mac = link->mac,
                           .ttl = d->ttl,
                           .protocol = d->protocol,
                           .depth = link->depth,
                           .more = d->more,
                           .offset = d->offset,
                           .wire = (uint32_t)w->wire,
                           .bytes = {w->at, w->captured}};
    return DECODED_FRAGMENT;
}

/* What a datagram carries. DECODED_OTHER with another ethertype than ETHERTYPE_NONE: a packet is in it, to be read. */
static enum decoded read_payload(struct window *w, struct link *link, const struct ip_datagram *d, struct packet *p) {
    if (d->fragment)
        return read_fragment(w, link, d, &p->fragment);
    p->lane = link->lane;
    p->mac = link->mac;
    p->ttl = d->ttl;
    p->source.address = d->source;
    p->destination.address = d->destination;
    if (d->protocol == PROTOCOL_TCP)
        return read_tcp(*w, p);
    if (d->protocol == (d->source.family == ADDRESS_IPV4 ? PROTOCOL_ICMP : PROTOCOL_ICMPV6)) {
        link->ethertype = ETHERTYPE_NONE;
        return read_icmp(*w, d, p);
    }
    struct window whole = *w;
    enum decoded opened = tunnel_open(d->protocol, w, link);
    bool plain = opened == DECODED_OTHER && link->ethertype == ETHERTYPE_NONE;
    return plain && d->protocol == PROTOCOL_UDP ? read_udp(whole, p) : opened;
}

/* ARP; or IP, and IP in IP: MAX_DEPTH bounds it. */
static enum decoded read_network(struct window *w, struct link *link, struct packet *p) {
    enum decoded sound = DECODED_OTHER;
    while (sound == DECODED_OTHER && (link->ethertype == ETHERTYPE_IPV4 || link->ethertype == ETHERTYPE_IPV6)) {
        struct ip_datagram d;
        sound = ip_read(w, link->ethertype, &d);
        if (sound == DECODED_OTHER)
            sound = read_payload(w, link, &d, p);
    }
    return sound == DECODED_OTHER && link->ethertype == ETHERTYPE_ARP ? read_arp(w, link, p) : sound;
}

enum decoded decode_frame(const struct frame *frame, struct packet *packet) {
    size_t wire = frame->wire < frame->bytes.len ? frame->bytes.len : frame->wire;
    struct window w = {frame->bytes.at, frame->bytes.len, wire};
    struct link link = {.lane = frame->interface == 0 ? 0 : lane_within(0, LANE_INTERFACE, frame->interface)};
    enum decoded sound = link_decode(frame->link, &w, &link);
    if (sound != DECODED_OTHER)
        return sound;
    packet->seen = frame->seen;
    return read_network(&w, &link, packet);
}

enum decoded decode_whole(const struct fragment *whole, const struct sighting *seen, struct packet *packet) {
    struct window w = {whole->bytes.at, whole->bytes.len, whole->wire};
    struct link link = {.lane = whole->lane, .depth = whole->depth};
    struct ip_datagram d = {
        .source = whole->source, .destination = whole->destination, .ttl = whole->ttl, .protocol = whole->protocol};
    enum decoded sound = link_enter(&link);
    link.mac = whole->mac;
    if (sound == DECODED_OTHER)
        sound = ip_extensions(&w, &d);
    packet->seen = *seen;
    if (sound == DECODED_OTHER)
        sound = read_payload(&w, &link, &d, packet);
    return sound == DECODED_OTHER ? read_network(&w, &link, packet) : sound;
}
