/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/link.h"

#include <string.h>

enum { COOKED_SIZE = 16, COOKED2_SIZE = 20, FAMILY_SIZE = 4, HDLC_SIZE = 4, PKTAP_SIZE = 108, MAC_SIZE = 6 };

enum { COOKED_LLC = 4 }; /* in place of an ethertype */

/* LINKTYPE_RAW as libpcap has it: DLT_RAW is 12, on OpenBSD 14. */
enum { RAW_OF_LIBPCAP = 12, RAW_OF_OPENBSD = 14 };

static struct mac mac_at(const uint8_t *at) {
    struct mac mac = {.known = true};
    memcpy(mac.octets, at, MAC_SIZE);
    return mac;
}

static enum decoded cooked_payload(struct window *w, struct link *link) {
    enum decoded sound = link->ethertype == COOKED_LLC ? shim_llc(w, link) : DECODED_OTHER;
    return sound == DECODED_OTHER ? shim_skip(w, link) : sound;
}

/* LINKTYPE_LINUX_SLL: packet type, ARPHRD type, address length, address in 8 octets, protocol. */
static enum decoded cooked(struct window *w, struct link *link) {
    if (w->captured < COOKED_SIZE)
        return too_short(w, COOKED_SIZE, DECODED_BAD_LINK);
    if (big16(w->at + 4) == MAC_SIZE)
        link->mac = mac_at(w->at + 6);
    link->ethertype = big16(w->at + 14);
    window_skip(w, COOKED_SIZE);
    return cooked_payload(w, link);
}

/* LINKTYPE_LINUX_SLL2: protocol, reserved, interface index, ARPHRD type, packet type, address length, address. */
static enum decoded cooked2(struct window *w, struct link *link) {
    if (w->captured < COOKED2_SIZE)
        return too_short(w, COOKED2_SIZE, DECODED_BAD_LINK);
    if (w->at[11] == MAC_SIZE)
        link->mac = mac_at(w->at + 12);
    link->lane = lane_within(link->lane, LANE_INDEX, big32(w->at + 4));
    link->ethertype = big16(w->at);
    window_skip(w, COOKED2_SIZE);
    return cooked_payload(w, link);
}

/* IPv4 and IPv6 say by their first four bits which they are. */
static enum decoded raw_ip(const struct window *w, struct link *link) {
    if (w->captured < 1)
        return too_short(w, 1, DECODED_BAD_LINK);
    uint8_t version = w->at[0] >> 4;
    if (version != 4 && version != 6)
        return DECODED_BAD_LINK;
    link->ethertype = version == 4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6;
    return DECODED_OTHER;
}

/* LINKTYPE_NULL writes the address family in the byte order of the machine that captured, LINKTYPE_LOOP in network
 * order. AF_INET is 2 everywhere; AF_INET6 is 24, 28 or 30 on the BSDs and 10 on Linux. None of them is above 255, so
 * that the one octet that is not zero tells it in either order. */
static enum decoded loopback(struct window *w, struct link *link) {
    if (w->captured < FAMILY_SIZE)
        return too_short(w, FAMILY_SIZE, DECODED_BAD_LINK);
    uint32_t family = big32(w->at);
    if (family > 0xffff)
        family = (uint32_t)w->at[1] << 8 | w->at[0];
    window_skip(w, FAMILY_SIZE);
    if (family == 2)
        link->ethertype = ETHERTYPE_IPV4;
    else if (family == 10 || family == 24 || family == 28 || family == 30)
        link->ethertype = ETHERTYPE_IPV6;
    return DECODED_OTHER;
}

/* Address, control, ethertype. */
static enum decoded cisco_hdlc(struct window *w, struct link *link) {
    if (w->captured < HDLC_SIZE)
        return too_short(w, HDLC_SIZE, DECODED_BAD_LINK);
    link->ethertype = big16(w->at + 2);
    window_skip(w, HDLC_SIZE);
    return shim_skip(w, link);
}

static enum decoded ppp(struct window *w, struct link *link) {
    enum decoded sound = shim_ppp(w, link);
    return sound == DECODED_OTHER ? shim_skip(w, link) : sound;
}

/* Cisco's begins with the address 0x0f or 0x8f (RFC 1547 4.3.1). */
static enum decoded ppp_hdlc(struct window *w, struct link *link) {
    bool cisco = w->captured > 0 && (w->at[0] & 0x7f) == 0x0f;
    return cisco ? cisco_hdlc(w, link) : ppp(w, link);
}

static enum decoded shim_only(struct window *w, struct link *link, uint16_t ethertype) {
    link->ethertype = ethertype;
    return shim_skip(w, link);
}

/* LINKTYPE_NFLOG: address family, version 0, resource; then length, type and value, in the byte order of the machine
 * that captured: little-endian ones are read. The value of type 9 is the IP packet. */
static enum decoded nflog(struct window *w, struct link *link) {
    enum { HEADER = 4, PAYLOAD = 9 };
    if (w->captured < HEADER)
        return too_short(w, HEADER, DECODED_BAD_LINK);
    if (w->at[1] != 0)
        return DECODED_BAD_LINK;
    window_skip(w, HEADER);
    while (w->captured >= HEADER) {
        size_t length = (size_t)w->at[1] << 8 | w->at[0];
        size_t padded = (length + 3) / 4 * 4;
        if (length < HEADER || length > w->wire)
            return DECODED_BAD_LINK;
        if (((w->at[3] & 0x7fU) << 8 | w->at[2]) == PAYLOAD) {
            window_limit(w, length);
            window_skip(w, HEADER);
            return raw_ip(w, link);
        }
        if (w->captured < padded)
            return w->wire < padded ? DECODED_OTHER : DECODED_CUT;
        window_skip(w, padded);
    }
    return w->wire > w->captured ? DECODED_CUT : DECODED_OTHER;
}

/* Apple's header: its own length, 1 for "a packet follows", the link type of that, the interface's name in 24 octets,
 * and who sent it. In the byte order of the machine that captured, which is little-endian. */
static bool is_pktap(const struct window *w) {
    uint32_t size = little32(w->at);
    return size >= PKTAP_SIZE && size <= w->wire && little32(w->at + 4) <= 1;
}

static uint32_t name_hash(const uint8_t *name, size_t size) {
    uint32_t hash = 2166136261; /* FNV-1a */
    for (size_t i = 0; i < size && name[i] != '\0'; i++)
        hash = (hash ^ name[i]) * 16777619;
    return hash;
}

static enum decoded pktap(int type, struct window *w, struct link *link) {
    enum { PACKET = 1, NAME = 12, NAME_SIZE = 24 };
    enum decoded bad = type == LINKTYPE_USER2 ? DECODED_OTHER_LINK : DECODED_BAD_LINK;
    if (w->captured < PKTAP_SIZE)
        return too_short(w, PKTAP_SIZE, bad);
    uint32_t size = little32(w->at);
    uint32_t next = little32(w->at + 8);
    if (!is_pktap(w))
        return bad;
    if (little32(w->at + 4) != PACKET)
        return DECODED_OTHER;
    if (w->captured < size)
        return DECODED_CUT;
    if (next == LINKTYPE_PKTAP || next == LINKTYPE_USER2 || next > UINT16_MAX)
        return bad;
    link->lane = lane_within(link->lane, LANE_NAME, name_hash(w->at + NAME, NAME_SIZE));
    window_skip(w, size);
    return link_decode((int)next, w, link);
}

bool link_known(int type) {
    static const int known[] = {
        LINKTYPE_NULL,  LINKTYPE_ETHERNET, LINKTYPE_PPP,    LINKTYPE_PPP_HDLC, LINKTYPE_PPP_ETHER, LINKTYPE_RAW,
        RAW_OF_LIBPCAP, RAW_OF_OPENBSD,    LINKTYPE_C_HDLC, LINKTYPE_LOOP,     LINKTYPE_MPLS,      LINKTYPE_LINUX_SLL,
        LINKTYPE_USER2, LINKTYPE_IPV4,     LINKTYPE_IPV6,   LINKTYPE_NFLOG,    LINKTYPE_PKTAP,     LINKTYPE_LINUX_SLL2};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (type == known[i])
            return true;
    return false;
}

enum decoded link_decode(int type, struct window *w, struct link *link) {
    switch (type) {
    case LINKTYPE_ETHERNET:
        return link_ethernet(w, link);
    case LINKTYPE_LINUX_SLL:
        return cooked(w, link);
    case LINKTYPE_LINUX_SLL2:
        return cooked2(w, link);
    case LINKTYPE_RAW:
    case RAW_OF_LIBPCAP:
    case RAW_OF_OPENBSD:
    case LINKTYPE_IPV4:
    case LINKTYPE_IPV6:
        return raw_ip(w, link);
    case LINKTYPE_NULL:
    case LINKTYPE_LOOP:
        return loopback(w, link);
    case LINKTYPE_PPP:
        return ppp(w, link);
    case LINKTYPE_PPP_HDLC:
        return ppp_hdlc(w, link);
    case LINKTYPE_PPP_ETHER:
        return shim_only(w, link, ETHERTYPE_PPPOE);
    case LINKTYPE_C_HDLC:
        return cisco_hdlc(w, link);
    case LINKTYPE_MPLS:
        return shim_only(w, link, ETHERTYPE_MPLS);
    case LINKTYPE_NFLOG:
        return nflog(w, link);
    case LINKTYPE_PKTAP:
    case LINKTYPE_USER2:
        return pktap(type, w, link);
    default:
        return DECODED_OTHER_LINK;
    }
}
