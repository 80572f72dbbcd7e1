/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/neighbours.h"

#include <stdlib.h>

struct neighbours {
    struct tally *tally;
};

struct neighbours *neighbours_open(fact_handler handler, void *context, struct tally *tally) {
    (void)handler;
    (void)context;
    struct neighbours *c = calloc(1, sizeof *c);
    if (c != NULL)
        c->tally = tally;
    return c;
}

bool neighbours_datagram(struct neighbours *c, const struct datagram *datagram) {
    (void)c;
    return datagram->kind == DATAGRAM_ARP;
}

void neighbours_close(struct neighbours *c) { free(c); }
