/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/link.h"

#include <pcap/dlt.h>
#include <string.h>

enum { MAX_TAGS = 8 }; /* stacked VLAN tags; two are usual */

enum { ETHERNET_SIZE = 14, TAG_SIZE = 4, COOKED_SIZE = 16, COOKED2_SIZE = 20, FAMILY_SIZE = 4, MAC_SIZE = 6 };

static enum decoded too_short(const struct window *w, size_t n) {
    return w->wire < n ? DECODED_MALFORMED : DECODED_CUT;
}

static struct mac mac_at(const uint8_t *at) {
    struct mac mac = {.known = true};
    memcpy(mac.octets, at, MAC_SIZE);
    return mac;
}

static bool is_tag(uint16_t ethertype) {
    return ethertype == 0x8100    /* IEEE 802.1Q */
           || ethertype == 0x88a8 /* IEEE 802.1ad, the provider's tag */
           || ethertype == 0x9100 /* the same before it was a standard */
           || ethertype == 0x9200;
}

uint32_t lane_within(uint32_t lane, uint32_t kind, uint32_t id) {
    uint64_t mixed = ((uint64_t)lane << 32 | id) * UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ mixed >> 29 ^ kind) * UINT64_C(0xbf58476d1ce4e5b9);
    uint32_t within = (uint32_t)(mixed >> 32);
    return within != 0 ? within : 1;
}

static enum decoded skip_tags(struct window *w, struct link *link) {
    for (int tags = 0; is_tag(link->ethertype); tags++) {
        if (tags == MAX_TAGS)
            return DECODED_MALFORMED;
        if (w->captured < TAG_SIZE)
            return too_short(w, TAG_SIZE);
        uint32_t id = big16(w->at) & 0x0fffU;
        if (id != 0) /* else a priority without a VLAN */
            link->lane = lane_within(link->lane, link->ethertype, id);
        link->ethertype = big16(w->at + 2);
        window_skip(w, TAG_SIZE);
    }
    return DECODED_OTHER;
}

static enum decoded ethernet(struct window *w, struct link *link) {
    if (w->captured < ETHERNET_SIZE)
        return too_short(w, ETHERNET_SIZE);
    link->mac = mac_at(w->at + 6);
    link->ethertype = big16(w->at + 12);
    window_skip(w, ETHERNET_SIZE);
    return skip_tags(w, link);
}

/* LINKTYPE_LINUX_SLL: packet type, ARPHRD type, address length, address in 8 octets, protocol. */
static enum decoded cooked(struct window *w, struct link *link) {
    if (w->captured < COOKED_SIZE)
        return too_short(w, COOKED_SIZE);
    if (big16(w->at + 4) == MAC_SIZE)
        link->mac = mac_at(w->at + 6);
    link->ethertype = big16(w->at + 14);
    window_skip(w, COOKED_SIZE);
    return skip_tags(w, link);
}

/* LINKTYPE_LINUX_SLL2: protocol, reserved, interface index, ARPHRD type, packet type, address length, address. */
static enum decoded cooked2(struct window *w, struct link *link) {
    if (w->captured < COOKED2_SIZE)
        return too_short(w, COOKED2_SIZE);
    if (w->at[11] == MAC_SIZE)
        link->mac = mac_at(w->at + 12);
    link->ethertype = big16(w->at);
    window_skip(w, COOKED2_SIZE);
    return skip_tags(w, link);
}

/* IPv4 and IPv6 say by their first four bits which they are. */
static enum decoded raw_ip(const struct window *w, struct link *link) {
    if (w->captured < 1)
        return too_short(w, 1);
    uint8_t version = w->at[0] >> 4;
    if (version != 4 && version != 6)
        return DECODED_MALFORMED;
    link->ethertype = version == 4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6;
    return DECODED_OTHER;
}

/* LINKTYPE_NULL writes the address family in the byte order of the machine that captured, LINKTYPE_LOOP in network
 * order. AF_INET is 2 everywhere; AF_INET6 is 24, 28 or 30 on the BSDs and 10 on Linux. None of them is above 255, so
 * that the one octet that is not zero tells it in either order. */
static enum decoded loopback(struct window *w, struct link *link) {
    if (w->captured < FAMILY_SIZE)
        return too_short(w, FAMILY_SIZE);
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

bool link_known(int dlt) {
    static const int known[] = {DLT_EN10MB, DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_RAW, 14,
                                DLT_IPV4,   DLT_IPV6,      DLT_NULL,       DLT_LOOP};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (dlt == known[i])
            return true;
    return false;
}

enum decoded link_decode(int dlt, struct window *w, struct link *link) {
    switch (dlt) {
    case DLT_EN10MB:
        return ethernet(w, link);
    case DLT_LINUX_SLL:
        return cooked(w, link);
    case DLT_LINUX_SLL2:
        return cooked2(w, link);
    case DLT_RAW:
    case 14: /* DLT_RAW on OpenBSD */
    case DLT_IPV4:
    case DLT_IPV6:
        return raw_ip(w, link);
    case DLT_NULL:
    case DLT_LOOP:
        return loopback(w, link);
    default:
        return DECODED_OTHER_LINK;
    }
}
