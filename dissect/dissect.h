/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_DISSECT_H
#define DISSECT_DISSECT_H

#include "dissect/fact.h"
#include "wire/datagram.h"

/* Segments in, facts out. Remembers per connection what a conversation needs and nothing else; forgets it when the
 * flow closes. Recognises DCE/RPC by its bytes on any port. Never fails: hostile bytes become FACT_MALFORMED. */
struct dissect;

/* The tally is borrowed: dissect adds the PDUs, calls, maps, losses and limits that it counts. NULL: no memory. */
struct dissect *dissect_open(fact_handler handler, void *context, struct tally *tally);
/* A segment_handler; its context is the struct dissect. */
bool dissect_segment(void *dissect, const struct segment *segment);
/* A datagram_handler; the same context. */
void dissect_datagram(void *dissect, const struct datagram *datagram);
/* Every flow must have been closed before. */
void dissect_close(struct dissect *dissect);

#endif
