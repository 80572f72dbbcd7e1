/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/clock.h"

#define SECOND INT64_C(1000000000)

/* A frame that is older than the one before by less than this is out of order, by more: the clock was set back. */
static const int64_t DISORDER = 60 * SECOND;
/* A frame that is this much younger counts as this much: one damaged timestamp ends no flow, nor do a few steps of the
 * clock, for none is forgotten within two minutes. */
static const int64_t LONGEST_STEP = 30 * SECOND;
/* What waits for frames that are late does not grow old while none come, or because the clock was set. */
static const int64_t LONGEST_PAUSE = SECOND;

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
    if (at <= clock->now)
        return;
    int64_t step = at - clock->now;
    clock->busy += step < LONGEST_PAUSE ? step : LONGEST_PAUSE;
    clock->now = at;
}
