/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CAPTURE_TUNNEL_H
#define CAPTURE_TUNNEL_H

#include "capture/shim.h"

/* If what the datagram carries, by its IP protocol, is a tunnel, opens it: then w and link are those of the packet
 * within. Else link->ethertype is ETHERTYPE_NONE. DECODED_OTHER in both cases, or why it cannot be opened. */
enum decoded tunnel_open(uint8_t protocol, struct window *w, struct link *link);

#endif
