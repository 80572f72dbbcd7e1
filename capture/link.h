/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CAPTURE_LINK_H
#define CAPTURE_LINK_H

#include "capture/decode.h"
#include "capture/window.h"

enum { ETHERTYPE_IPV4 = 0x0800, ETHERTYPE_IPV6 = 0x86dd };

/* What lies below the network layer. */
struct link {
    uint16_t ethertype;
    uint32_t lane; /* of struct packet */
    struct mac mac;
};

/* Kinds of lanes besides ethertypes. */
enum { LANE_INTERFACE = 1 };
/* The lane that a tag, a tunnel or an interface makes of the one around it. Never 0. */
uint32_t lane_within(uint32_t lane, uint32_t kind, uint32_t id);

bool link_known(int dlt);
/* Peels the link layer off; link->lane is that of the frame, and grows. DECODED_OTHER means here: it was sound, the
 * network layer is to be looked at. */
enum decoded link_decode(int dlt, struct window *w, struct link *link);

#endif
