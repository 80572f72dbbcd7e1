/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/shim.h"
#include "capture/ip.h"

#include <string.h>

enum { ETHERNET_SIZE = 14, TAG_SIZE = 4, LABEL_SIZE = 4, SNAP_SIZE = 8, PPPOE_SIZE = 6, MAC_SIZE = 6 };

enum { LONGEST_802_3 = 1500 }; /* an ethertype up to this is a length: IEEE 802.3 3.2.6 */

uint32_t lane_within(uint32_t lane, uint32_t kind, uint32_t id) {
    uint64_t mixed = ((uint64_t)lane << 32 | id) * UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ mixed >> 29 ^ kind) * UINT64_C(0xbf58476d1ce4e5b9);
    uint32_t within = (uint32_t)(mixed >> 32);
    return within != 0 ? within : 1;
}

enum decoded link_enter(struct link *link) {
    if (link->depth == MAX_DEPTH)
        return DECODED_NESTED;
    *link = (struct link){.lane = link->lane, .depth = (uint8_t)(link->depth + 1)};
    return DECODED_OTHER;
}

static bool is_tag(uint16_t ethertype) {
    return ethertype == 0x8100    /* IEEE 802.1Q */
           || ethertype == 0x88a8 /* IEEE 802.1ad, the provider's tag */
           || ethertype == 0x9100 /* the same before it was a standard */
           || ethertype == 0x9200;
}

static bool is_ip(uint16_t ethertype) { return ethertype == ETHERTYPE_IPV4 || ethertype == ETHERTYPE_IPV6; }

static enum decoded skip_tag(struct window *w, struct link *link) {
    if (w->captured < TAG_SIZE)
        return too_short(w, TAG_SIZE, DECODED_BAD_LINK);
    uint32_t id = big16(w->at) & 0x0fffU;
    if (id != 0) /* else a priority without a VLAN */
        link->lane = lane_within(link->lane, link->ethertype, id);
    link->ethertype = big16(w->at + 2);
    window_skip(w, TAG_SIZE);
    return DECODED_OTHER;
}

/* Only where more than a number says that Ethernet lies there: a label, or a port, may carry anything. */
enum decoded ethernet_look(struct window w) {
    if (w.captured < ETHERNET_SIZE)
        return too_short(&w, ETHERNET_SIZE, DECODED_BAD_LINK);
    window_skip(&w, ETHERNET_SIZE - 2);
    for (int tags = 0; tags <= MAX_SHIMS; tags++) {
        if (w.captured < TAG_SIZE)
            return too_short(&w, TAG_SIZE, DECODED_BAD_LINK);
        uint16_t ethertype = big16(w.at);
        if (!is_tag(ethertype)) {
            window_skip(&w, 2);
            if (is_ip(ethertype))
                return ip_look(&w, ethertype);
            return ethertype == ETHERTYPE_MPLS ? DECODED_OTHER : DECODED_BAD_LINK; /* labels are looked behind anyway */
        }
        window_skip(&w, TAG_SIZE);
    }
    return DECODED_BAD_LINK;
}

/* A pseudowire carries Ethernet behind a control word, whose first four bits are 0, or without one (RFC 4448 4.6). */
static enum decoded pseudowire(struct window *w, struct link *link) {
    struct window behind = *w;
    bool word = w->captured >= LABEL_SIZE && w->at[0] >> 4 == 0;
    if (word)
        window_skip(&behind, LABEL_SIZE);
    enum decoded found = word ? ethernet_look(behind) : DECODED_BAD_LINK;
    if (found == DECODED_OTHER)
        *w = behind;
    else if (found != DECODED_CUT)
        found = ethernet_look(*w);
    link->ethertype = ETHERTYPE_NONE;
    if (found != DECODED_OTHER)
        return found == DECODED_CUT ? DECODED_CUT : DECODED_OTHER;
    enum decoded entered = link_enter(link);
    return entered == DECODED_OTHER ? link_ethernet(w, link) : entered;
}

/* RFC 3032 2.1. Nothing tells what lies below the last label but the first bits of it. */
static enum decoded skip_labels(struct window *w, struct link *link) {
    for (bool bottom = false; !bottom;) {
        if (w->captured < LABEL_SIZE)
            return too_short(w, LABEL_SIZE, DECODED_BAD_LINK);
        bottom = (w->at[2] & 1) != 0;
        window_skip(w, LABEL_SIZE);
        if (!bottom && link->shims++ == MAX_SHIMS)
            return DECODED_NESTED;
    }
    if (w->captured < 1)
        return too_short(w, 1, DECODED_BAD_LINK);
    uint8_t version = w->at[0] >> 4;
    uint16_t ethertype = version == 4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6;
    enum decoded ip = version == 4 || version == 6 ? ip_look(w, ethertype) : DECODED_BAD_IP;
    if (ip != DECODED_OTHER && ip != DECODED_CUT)
        return pseudowire(w, link);
    link->ethertype = ethertype;
    return ip;
}

enum decoded shim_ppp(struct window *w, struct link *link) {
    static const uint8_t all_stations[] = {0xff, 0x03};
    link->ethertype = ETHERTYPE_NONE;
    if (w->captured < 2)
        return too_short(w, 2, DECODED_BAD_LINK);
    if (memcmp(w->at, all_stations, 2) == 0)
        window_skip(w, 2);
    size_t size = w->captured > 0 && (w->at[0] & 1) != 0 ? 1 : 2; /* a protocol below 256 may be sent in one octet */
    if (w->captured < size)
        return too_short(w, size, DECODED_BAD_LINK);
    uint16_t protocol = size == 1 ? w->at[0] : big16(w->at);
    window_skip(w, size);
    if (protocol == 0x0021)
        link->ethertype = ETHERTYPE_IPV4;
    else if (protocol == 0x0057)
        link->ethertype = ETHERTYPE_IPV6;
    else if (protocol == 0x0281 || protocol == 0x0283)
        link->ethertype = ETHERTYPE_MPLS;
    return DECODED_OTHER;
}

/* RFC 2516 4: version and type 1, code 0 for a session's data. */
static enum decoded pppoe(struct window *w, struct link *link) {
    if (w->captured < PPPOE_SIZE)
        return too_short(w, PPPOE_SIZE, DECODED_BAD_LINK);
    size_t length = big16(w->at + 4);
    link->ethertype = ETHERTYPE_NONE;
    if (w->at[0] != 0x11)
        return DECODED_BAD_LINK;
    if (w->at[1] != 0)
        return DECODED_OTHER;
    window_skip(w, PPPOE_SIZE);
    window_limit(w, length);
    return shim_ppp(w, link);
}

enum decoded shim_llc(struct window *w, struct link *link) {
    static const uint8_t snap[] = {0xaa, 0xaa, 0x03};
    static const uint8_t ethernet[] = {0, 0, 0};   /* RFC 1042 */
    static const uint8_t bridged[] = {0, 0, 0xf8}; /* IEEE 802.1H */
    link->ethertype = ETHERTYPE_NONE;
    if (w->captured < SNAP_SIZE)
        return too_short(w, SNAP_SIZE, DECODED_OTHER);
    if (memcmp(w->at, snap, 3) == 0 && (memcmp(w->at + 3, ethernet, 3) == 0 || memcmp(w->at + 3, bridged, 3) == 0))
        link->ethertype = big16(w->at + 6);
    window_skip(w, SNAP_SIZE);
    return DECODED_OTHER;
}

static enum decoded one_shim(struct window *w, struct link *link) {
    enum decoded entered;
    switch (link->ethertype) {
    case ETHERTYPE_MPLS:
    case ETHERTYPE_MPLS_MULTICAST:
        return skip_labels(w, link);
    case ETHERTYPE_PPPOE:
        return pppoe(w, link);
    case ETHERTYPE_ETHERNET:
        entered = link_enter(link);
        return entered == DECODED_OTHER ? link_ethernet(w, link) : entered;
    default:
        return skip_tag(w, link);
    }
}

static bool is_shim(uint16_t ethertype) {
    return is_tag(ethertype) || ethertype == ETHERTYPE_MPLS || ethertype == ETHERTYPE_MPLS_MULTICAST ||
           ethertype == ETHERTYPE_PPPOE || ethertype == ETHERTYPE_ETHERNET;
}

enum decoded shim_skip(struct window *w, struct link *link) {
    enum decoded sound = DECODED_OTHER;
    while (sound == DECODED_OTHER && is_shim(link->ethertype)) {
        if (link->shims == MAX_SHIMS)
            return DECODED_NESTED;
        link->shims++;
        sound = one_shim(w, link);
    }
    return sound;
}

enum decoded link_ethernet(struct window *w, struct link *link) {
    if (w->captured < ETHERNET_SIZE)
        return too_short(w, ETHERNET_SIZE, DECODED_BAD_LINK);
    link->mac.known = true;
    memcpy(link->mac.octets, w->at + MAC_SIZE, MAC_SIZE);
    link->ethertype = big16(w->at + 12);
    window_skip(w, ETHERNET_SIZE);
    if (is_ip(link->ethertype))
        return DECODED_OTHER;
    enum decoded sound = shim_skip(w, link);
    if (sound != DECODED_OTHER || link->ethertype > LONGEST_802_3 || link->ethertype == ETHERTYPE_NONE)
        return sound;
    window_limit(w, link->ethertype);
    sound = shim_llc(w, link);
    return sound == DECODED_OTHER ? shim_skip(w, link) : sound;
}
