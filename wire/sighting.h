/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WIRE_SIGHTING_H
#define WIRE_SIGHTING_H

#include <stdbool.h>
#include <stdint.h>

/* Capture times lie in 0 … LATEST_TIME, which is 2099-12-03T16:53:20 UTC: so far from the ends that neither the
 * difference of two nor its double overflows. capture/ makes them so, and what is read back must be so. */
#define LATEST_TIME INT64_C(4100000000000000000)

/* Where something was seen: the proof that every fact and finding carries. */
struct sighting {
    uint64_t frame; /* counts from 1 within its file, as Wireshark shows it; 0 = not seen */
    int64_t time;   /* capture time, nanoseconds since 1970-01-01 UTC */
    uint32_t file;  /* counts from 0; the command line knows the names */
};

/* Files that an earlier run read, and of which only is known what it remembered, count from here. */
#define EARLIER_FILES UINT32_C(0x80000000)
static inline bool sighting_is_earlier(const struct sighting *seen) { return seen->file >= EARLIER_FILES; }

#endif
