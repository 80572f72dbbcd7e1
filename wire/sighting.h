/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WIRE_SIGHTING_H
#define WIRE_SIGHTING_H

#include <stdint.h>

/* Where something was seen: the proof that every fact and finding carries. */
struct sighting {
    uint64_t frame; /* counts from 1 within its file, as Wireshark shows it; 0 = not seen */
    int64_t time;   /* capture time, nanoseconds since 1970-01-01 UTC */
    uint32_t file;  /* counts from 0; the command line knows the names */
};

#endif
