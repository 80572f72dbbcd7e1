/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/clock.h"

#define SECOND INT64_C(1000000000)

/* A frame that is older than the one before by less than this is out of order, by more: the clock was set back. */
static const int64_t DISORDER = 60 * SECOND;
/* A frame that is this much younger counts as this much: one damaged timestamp must not end every flow. */
static const int64_t LONGEST_STEP = 600 * SECOND;

void clock_advance(struct clock *clock, int64_t time) {
    if (!clock->running)
        clock->offset = -time;
    clock->running = true;
    int64_t at = time + clock->offset;
    if (at < clock->now - DISORDER)
        at = clock->now;
    else if (at > clock->now + LONGEST_STEP)
        at = clock->now + LONGEST_STEP;
    clock->offset = at - time;
    if (at > clock->now)
        clock->now = at;
}
