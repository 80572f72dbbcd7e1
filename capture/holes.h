/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CAPTURE_HOLES_H
#define CAPTURE_HOLES_H

#include "wire/segment.h"

/* What was given up lately, so that bytes which come after all are counted. Beside the flows, which are to stay small:
 * a direction shares its place with every one that is HOLES away from it, and the latest hole takes it. */
enum { HOLES = 4096, HOLES_EACH = 2 };

struct hole {
    uint64_t flow; /* id; 0 = none */
    uint32_t from, to;
};

struct holes {
    struct hole at[HOLES][HOLES_EACH]; /* the newest first */
};

/* Sequence numbers from … to - 1 were given up. */
void holes_remember(struct holes *holes, uint64_t flow, enum direction direction, uint32_t from, uint32_t to);
/* How many of them lie in holes that are remembered; they are forgotten then, with what lies before them in the same
 * hole: what comes late comes in order, mostly. */
uint32_t holes_fill(struct holes *holes, uint64_t flow, enum direction direction, uint32_t from, uint32_t to);

#endif
