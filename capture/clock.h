/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CAPTURE_CLOCK_H
#define CAPTURE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Time by which flows grow old: made of capture times, but it never runs backwards and never leaps, whatever the
 * capture does. */
struct clock {
    int64_t now;    /* ns since the first frame */
    int64_t busy;   /* the same, but a pause between two frames counts for a second at most */
    int64_t offset; /* from capture time to now */
    bool running;
};

void clock_advance(struct clock *clock, int64_t time);

#endif
