/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CAPTURE_LINK_H
#define CAPTURE_LINK_H

#include "capture/decode.h"
#include "capture/window.h"

enum { ETHERTYPE_IPV4 = 0x0800, ETHERTYPE_IPV6 = 0x86dd };

/* What lies below the network layer. */
struct link {
    uint16_t ethertype;
    uint32_t vlan;
    struct mac mac;
};

bool link_known(int dlt);
/* Peels the link layer off. DECODED_OTHER means here: it was sound, the network layer is to be looked at. */
enum decoded link_decode(int dlt, struct window *w, struct link *link);

#endif
