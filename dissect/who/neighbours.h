/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_WHO_NEIGHBOURS_H
#define DISSECT_WHO_NEIGHBOURS_H

#include "dissect/fact.h"
#include "wire/datagram.h"

/* What goes around beside the connections and says who is where: ARP, NetBIOS name service, DNS. */
struct neighbours;

/* handler and tally are borrowed. NULL: no memory. */
struct neighbours *neighbours_open(fact_handler handler, void *context, struct tally *tally);
/* False: it is none of these. */
bool neighbours_datagram(struct neighbours *neighbours, const struct datagram *datagram);
void neighbours_close(struct neighbours *neighbours);

#endif
