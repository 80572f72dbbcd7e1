/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CAPTURE_CONNECTION_H
#define CAPTURE_CONNECTION_H

#include "capture/stream.h"

/* What a packet means for a TCP connection (RFC 9293), as a bystander can tell it who may have missed packets. */

/* Whether this packet can be the first of a flow, and which side sent it then. */
bool connection_begins(const struct packet *packet, enum direction *direction);
/* Whether it belongs to a new connection between the endpoints of c, which is over then. now is the outlet's. */
bool connection_replaced(const struct connection *c, enum direction direction, const struct packet *packet,
                         int64_t now);
/* Whether it belongs to c, though it was captured on a lane on which no packet of c came so far: a copy, or the other
 * direction on a way of its own. By the sequence numbers: those of two connections are not near each other. */
bool connection_continued(const struct connection *c, enum direction direction, const struct packet *packet);
/* The first packet of a new flow. */
void connection_start(struct connection *c, const struct packet *packet);
/* Any packet of the flow, the first included: tells what follows from it. */
void connection_packet(struct outlet *outlet, struct connection *c, enum direction direction,
                       const struct packet *packet);
/* An ICMP error that quotes a packet that `direction` sent. False: not one of this connection. */
bool connection_unreachable(struct outlet *outlet, struct connection *c, enum direction direction,
                            const struct packet *packet);
enum phase connection_phase(const struct connection *c);
/* Its last segment, unless that was told; the reason is what is pending (FIN, reset) or else the one given. */
void connection_end(struct outlet *outlet, struct connection *c, enum close_reason reason);

#endif
