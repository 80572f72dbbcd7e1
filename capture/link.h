/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CAPTURE_LINK_H
#define CAPTURE_LINK_H

#include "capture/decode.h"
#include "capture/shim.h"
#include "capture/window.h"

/* As capture files have them: https://www.tcpdump.org/linktypes.html */
enum {
    LINKTYPE_NULL = 0,
    LINKTYPE_ETHERNET = 1,
    LINKTYPE_PPP = 9,
    LINKTYPE_PPP_HDLC = 50,
    LINKTYPE_PPP_ETHER = 51,
    LINKTYPE_RAW = 101,
    LINKTYPE_C_HDLC = 104,
    LINKTYPE_LOOP = 108,
    LINKTYPE_LINUX_SLL = 113,
    LINKTYPE_USER2 = 149, /* PKTAP before it had a number, or anything */
    LINKTYPE_MPLS = 219,
    LINKTYPE_IPV4 = 228,
    LINKTYPE_IPV6 = 229,
    LINKTYPE_NFLOG = 239,
    LINKTYPE_PKTAP = 258,
    LINKTYPE_LINUX_SLL2 = 276
};

bool link_known(int type);
/* Peels the link layer and all shims off; link->lane is that of the frame, and grows. DECODED_OTHER means here: it was
 * sound, and what link->ethertype says is to be looked at. */
enum decoded link_decode(int type, struct window *w, struct link *link);

#endif
