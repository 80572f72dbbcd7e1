/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/holes.h"
#include "capture/sequence.h"

static struct hole *place(struct holes *holes, uint64_t flow, enum direction direction) {
    return holes->at[(flow * 2 + direction) % HOLES];
}

void holes_remember(struct holes *holes, uint64_t flow, enum direction direction, uint32_t from, uint32_t to) {
    struct hole *at = place(holes, flow, direction);
    if (at->flow == flow && at->to == from) { /* goes on */
        at->to = to;
        return;
    }
    for (int i = HOLES_EACH - 1; i > 0; i--)
        at[i] = at[i - 1];
    at[0] = (struct hole){flow, from, to};
}

static uint32_t fill(struct hole *hole, uint32_t from, uint32_t to) {
    uint32_t first = seq_later(from, hole->from);
    uint32_t end = seq_after(to, hole->to) ? hole->to : to;
    uint32_t n = seq_ahead(end, first);
    if (n != 0)
        hole->from = end;
    return n;
}

uint32_t holes_fill(struct holes *holes, uint64_t flow, enum direction direction, uint32_t from, uint32_t to) {
    struct hole *at = place(holes, flow, direction);
    uint32_t n = 0;
    for (int i = 0; i < HOLES_EACH; i++)
        if (at[i].flow == flow)
            n += fill(&at[i], from, to);
    return n;
}
