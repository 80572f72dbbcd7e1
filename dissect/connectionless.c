/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/connectionless.h"

#include <stdlib.h>

struct connectionless {
    struct tally *tally;
};

struct connectionless *connectionless_open(fact_handler handler, void *context, struct tally *tally) {
    (void)handler;
    (void)context;
    struct connectionless *c = calloc(1, sizeof *c);
    if (c != NULL)
        c->tally = tally;
    return c;
}

void connectionless_datagram(struct connectionless *c, const struct datagram *datagram) {
    (void)c;
    (void)datagram;
}

void connectionless_close(struct connectionless *c) { free(c); }
