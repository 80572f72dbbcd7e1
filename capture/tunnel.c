/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/tunnel.h"
#include "capture/ip.h"

enum { GRE_SIZE = 4, UDP_SIZE = 8, VXLAN_SIZE = 8, GENEVE_SIZE = 8, WORD = 4 };

enum { ERSPAN2 = 0x88be, ERSPAN3 = 0x22eb, ERSPAN2_SIZE = 8, ERSPAN3_SIZE = 12, ERSPAN3_OPTION = 8 };

enum { PORT_IPSEC = 4500, PORT_VXLAN = 4789, PORT_GENEVE = 6081, PORT_VXLAN_LINUX = 8472 };

/* The packet within, of this ethertype. */
static enum decoded open_within(struct window *w, struct link *link, uint16_t ethertype) {
    enum decoded entered = link_enter(link);
    if (entered != DECODED_OTHER)
        return entered;
    link->ethertype = ethertype;
    if (ethertype == ETHERTYPE_ETHERNET)
        return link_ethernet(w, link);
    return shim_skip(w, link);
}

/* ERSPAN's header (draft-foschiano-erspan 4): version, VLAN; class, whether it is cut, session. Type III adds a
 * timestamp and, in its last word, what kind of frame follows (0 Ethernet, 2 IP) and whether eight octets more do. */
static enum decoded erspan(struct window *w, struct link *link, uint16_t type) {
    bool third = type == ERSPAN3;
    size_t size = third ? ERSPAN3_SIZE : ERSPAN2_SIZE;
    if (w->captured < size)
        return too_short(w, size, DECODED_BAD_LINK);
    if (w->at[0] >> 4 != (third ? 2 : 1))
        return DECODED_OTHER;
    bool option = third && (w->at[11] & 1) != 0;
    unsigned kind = third ? big16(w->at + 10) >> 10 & 0x1fU : 0;
    if (kind != 0 && kind != 2)
        return DECODED_OTHER;
    link->lane = lane_within(link->lane, LANE_ERSPAN, big16(w->at + 2) & 0x3ffU);
    window_skip(w, size);
    if (option && w->captured < ERSPAN3_OPTION)
        return too_short(w, ERSPAN3_OPTION, DECODED_BAD_LINK);
    if (option)
        window_skip(w, ERSPAN3_OPTION);
    if (kind == 0)
        return open_within(w, link, ETHERTYPE_ETHERNET);
    return open_within(w, link, w->captured > 0 && w->at[0] >> 4 == 6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4);
}

/* NVGRE (RFC 7637 3.2) has a flow's number in the last octet of the key, which differs by direction; no virtual subnet
 * has a number below 0x1000. */
static uint32_t lane_of_key(uint32_t lane, uint16_t type, uint32_t key) {
    bool nvgre = type == ETHERTYPE_ETHERNET && key >> 8 >= 0x1000;
    return nvgre ? lane_within(lane, LANE_NVGRE, key >> 8) : lane_within(lane, LANE_GRE, key);
}

/* RFC 2784 and RFC 2890. Version 1 is PPTP's, and routing (RFC 1701) is not in use. */
static enum decoded gre(struct window *w, struct link *link) {
    enum { CHECKSUM = 0x8000, ROUTING = 0x4000, KEY = 0x2000, SEQUENCE = 0x1000, VERSION = 7 };
    if (w->captured < GRE_SIZE)
        return too_short(w, GRE_SIZE, DECODED_BAD_LINK);
    uint16_t flags = big16(w->at);
    uint16_t type = big16(w->at + 2);
    if ((flags & (ROUTING | VERSION)) != 0)
        return DECODED_OTHER;
    size_t key_at = GRE_SIZE + ((flags & CHECKSUM) != 0 ? WORD : 0);
    size_t sequence_at = key_at + ((flags & KEY) != 0 ? WORD : 0);
    size_t size = sequence_at + ((flags & SEQUENCE) != 0 ? WORD : 0);
    if (w->captured < size)
        return too_short(w, size, DECODED_BAD_LINK);
    if ((flags & KEY) != 0)
        link->lane = lane_of_key(link->lane, type, big32(w->at + key_at));
    window_skip(w, size);
    if (type == ERSPAN3 || (type == ERSPAN2 && (flags & SEQUENCE) != 0))
        return erspan(w, link, type);
    if (type == ERSPAN2) /* type I: no header of its own */
        return open_within(w, link, ETHERTYPE_ETHERNET);
    if (type == ETHERTYPE_IPV4 || type == ETHERTYPE_IPV6 || type == ETHERTYPE_ETHERNET || type == ETHERTYPE_MPLS)
        return open_within(w, link, type);
    return DECODED_OTHER;
}

/* A port does not prove what a datagram carries: what does not look right is left alone. */
static enum decoded open_if(enum decoded looks, struct window *w, struct link *link, uint16_t ethertype) {
    if (looks == DECODED_OTHER)
        return open_within(w, link, ethertype);
    return looks == DECODED_CUT ? DECODED_CUT : DECODED_OTHER;
}

/* RFC 7348 5: flags, of which one must be set; network identifier; an octet that must be 0. */
static enum decoded vxlan(struct window *w, struct link *link) {
    if (w->captured < VXLAN_SIZE)
        return too_short(w, VXLAN_SIZE, DECODED_OTHER);
    if ((w->at[0] & 0x08) == 0 || w->at[7] != 0)
        return DECODED_OTHER;
    uint32_t lane = lane_within(link->lane, LANE_VXLAN, big32(w->at + 4) >> 8);
    window_skip(w, VXLAN_SIZE);
    link->lane = lane;
    return open_if(ethernet_look(*w), w, link, ETHERTYPE_ETHERNET);
}

/* RFC 8926 3.4: version 0, length of the options in words; ethertype; network identifier; an octet that is 0. */
static enum decoded geneve(struct window *w, struct link *link) {
    if (w->captured < GENEVE_SIZE)
        return too_short(w, GENEVE_SIZE, DECODED_OTHER);
    size_t size = GENEVE_SIZE + (size_t)(w->at[0] & 0x3f) * WORD;
    uint16_t type = big16(w->at + 2);
    if (w->at[0] >> 6 != 0 || w->at[7] != 0)
        return DECODED_OTHER;
    link->lane = lane_within(link->lane, LANE_GENEVE, big32(w->at + 4) >> 8);
    if (w->captured < size)
        return too_short(w, size, DECODED_OTHER);
    window_skip(w, size);
    if (type == ETHERTYPE_ETHERNET)
        return open_if(ethernet_look(*w), w, link, type);
    if (type == ETHERTYPE_IPV4 || type == ETHERTYPE_IPV6)
        return open_if(ip_look(w, type), w, link, type);
    return DECODED_OTHER;
}

/* RFC 3948 2: four zeros mark IKE, one octet keeps a NAT open, all else is ESP. No SPI is below 256 (RFC 4303 2.1). */
static enum decoded ipsec(const struct window *w) {
    if (w->captured < WORD)
        return too_short(w, WORD, DECODED_OTHER);
    return big32(w->at) > 255 ? DECODED_IPSEC : DECODED_OTHER;
}

static enum decoded udp(struct window *w, struct link *link) {
    if (w->captured < UDP_SIZE)
        return too_short(w, UDP_SIZE, DECODED_OTHER);
    uint16_t source = big16(w->at);
    uint16_t destination = big16(w->at + 2);
    size_t length = big16(w->at + 4);
    if (length >= UDP_SIZE) /* 0: longer than 64 KB, or to be segmented */
        window_limit(w, length);
    window_skip(w, UDP_SIZE);
    if (destination == PORT_VXLAN || destination == PORT_VXLAN_LINUX)
        return vxlan(w, link);
    if (destination == PORT_GENEVE)
        return geneve(w, link);
    if (source == PORT_IPSEC || destination == PORT_IPSEC)
        return ipsec(w);
    return DECODED_OTHER;
}

enum decoded tunnel_open(uint8_t protocol, struct window *w, struct link *link) {
    link->ethertype = ETHERTYPE_NONE;
    switch (protocol) {
    case PROTOCOL_UDP:
        return udp(w, link);
    case PROTOCOL_GRE:
        return gre(w, link);
    case PROTOCOL_IPV4:
        return open_within(w, link, ETHERTYPE_IPV4);
    case PROTOCOL_IPV6:
        return open_within(w, link, ETHERTYPE_IPV6);
    case PROTOCOL_MPLS:
        return open_within(w, link, ETHERTYPE_MPLS);
    case PROTOCOL_ESP:
        return DECODED_IPSEC;
    default:
        return DECODED_OTHER;
    }
}
