/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/tables/gap_times.h"

#include "rules/tables/table.h"

#include <string.h>

enum { MAX_GAPS = 16384 };

struct gap_times {
    int64_t *times; /* ascending */
    size_t count, room;
    struct tally *tally;
};

struct gap_times *gap_times_open(struct tally *tally) {
    struct gap_times *gaps = allocate(1, sizeof *gaps);
    gaps->tally = tally;
    return gaps;
}

void gap_times_close(struct gap_times *gaps) {
    free(gaps->times);
    free(gaps);
}

/* The first that is not before this time. */
static size_t first_from(const struct gap_times *gaps, int64_t time) {
    size_t low = 0, high = gaps->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (gaps->times[middle] < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void gap_times_add(struct gap_times *gaps, int64_t time) {
    if (gaps->count == MAX_GAPS) {
        gaps->tally->limits[LIMIT_EVIDENCE]++;
        return;
    }
    if (gaps->count == gaps->room) {
        size_t room = gaps->room == 0 ? 64 : gaps->room * 2;
        int64_t *times = allocate(room, sizeof *times);
        if (gaps->count != 0)
            memcpy(times, gaps->times, gaps->count * sizeof *times);
        free(gaps->times);
        gaps->times = times;
        gaps->room = room;
    }
    size_t at = first_from(gaps, time); /* facts come by time, so it is mostly the end */
    memmove(&gaps->times[at + 1], &gaps->times[at], (gaps->count - at) * sizeof *gaps->times);
    gaps->times[at] = time;
    gaps->count++;
}

size_t gap_times_between(const struct gap_times *gaps, int64_t from, int64_t to) {
    return from > to ? 0 : first_from(gaps, to + 1) - first_from(gaps, from);
}
