/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* A line on standard error that says how far long work is; none where standard error is no terminal. */
struct progress {
    bool wanted, shown;
    int64_t latest; /* when it was shown, ns of the monotonic clock; at first, when the work began */
};

struct progress progress_begin(void);
/* A progress_handler; its context is the struct progress. At most five lines a second. */
void progress_show(void *progress, double share);
/* Erases the line. */
void progress_end(struct progress *progress);

/* Nanoseconds of the monotonic clock. */
int64_t progress_clock(void);

#endif
