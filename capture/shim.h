/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CAPTURE_SHIM_H
#define CAPTURE_SHIM_H

#include "capture/window.h"

/* What may lie between a link layer, or a tunnel, and IP: VLAN tags, MPLS, PPPoE, LLC with SNAP, Ethernet once more. */

enum {
    ETHERTYPE_NONE = 0, /* nothing that we look into */
    ETHERTYPE_ARP = 0x0806,
    ETHERTYPE_IPV4 = 0x0800,
    ETHERTYPE_ETHERNET = 0x6558, /* transparent Ethernet bridging */
    ETHERTYPE_IPV6 = 0x86dd,
    ETHERTYPE_MPLS = 0x8847,
    ETHERTYPE_MPLS_MULTICAST = 0x8848,
    ETHERTYPE_PPPOE = 0x8864 /* its session stage */
};

enum {
    MAX_SHIMS = 8, /* VLAN tags, MPLS labels and the like of one Ethernet header; more than four are rare */
    MAX_DEPTH = 4  /* tunnels in tunnels; a datagram put together of fragments counts as one */
};

/* What lies below the network layer. */
struct link {
    uint16_t ethertype;
    uint8_t shims; /* of its innermost Ethernet header */
    uint8_t depth; /* tunnels around it */
    uint32_t lane; /* of struct packet */
    struct mac mac;
};

/* Kinds of lanes besides the ethertypes of tags. */
enum {
    LANE_INTERFACE = 1, /* of the capture file */
    LANE_INDEX,         /* Linux cooked v2: the interface's index */
    LANE_NAME,          /* PKTAP: a hash of the interface's name */
    LANE_VXLAN,         /* network identifier */
    LANE_GENEVE,        /* network identifier */
    LANE_GRE,           /* key */
    LANE_NVGRE,         /* virtual subnet identifier */
    LANE_ERSPAN         /* session */
};
/* The lane that a tag, a tunnel or an interface makes of the one around it. Never 0. What differs by direction, as MPLS
 * labels, PPPoE sessions and the addresses of a tunnel do, makes none. */
uint32_t lane_within(uint32_t lane, uint32_t kind, uint32_t id);

/* Into a tunnel, whose inside has no link layer yet. DECODED_NESTED, or DECODED_OTHER. */
enum decoded link_enter(struct link *link);
/* An Ethernet header, and what shim_skip skips. */
enum decoded link_ethernet(struct window *w, struct link *link);
/* Skips all shims: DECODED_OTHER, and the ethertype behind them. */
enum decoded shim_skip(struct window *w, struct link *link);
/* RFC 2684 and IEEE 802.2 LLC: the ethertype that SNAP gives, or ETHERTYPE_NONE. */
enum decoded shim_llc(struct window *w, struct link *link);
/* RFC 1661 2, with the framing of RFC 1662 or without. */
enum decoded shim_ppp(struct window *w, struct link *link);
/* Whether Ethernet that carries IP lies here, where nothing says so: DECODED_OTHER yes, DECODED_CUT cannot tell,
 * anything else no. */
enum decoded ethernet_look(struct window w);

#endif
