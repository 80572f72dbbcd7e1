/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* clock_gettime, isatty */
#include "cli/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static const int64_t INTERVAL = 200000000; /* ns */

int64_t progress_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

struct progress progress_begin(void) {
    return (struct progress){.wanted = isatty(STDERR_FILENO) == 1, .latest = progress_clock()};
}

void progress_show(void *progress, double share) {
    struct progress *p = progress;
    if (!p->wanted)
        return;
    int64_t now = progress_clock();
    if (now - p->latest < INTERVAL)
        return;
    p->latest = now;
    p->shown = true;
    fprintf(stderr, "\r%3.0f %% read\x1b[K", share * 100);
    fflush(stderr);
}

void progress_end(struct progress *progress) {
    if (progress->shown)
        fputs("\r\x1b[K", stderr);
    progress->shown = false;
}
