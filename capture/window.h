/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CAPTURE_WINDOW_H
#define CAPTURE_WINDOW_H

#include "capture/decode.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is left of a frame while its headers are peeled off: how much of it the capture holds, and how much there was
 * on the wire. A header that is asked for once is read by the functions below without asking again: these few
 * reads run for every frame, so they stay inline. */
struct window {
    const uint8_t *at;
    size_t captured;
    size_t wire; /* never less than captured */
};

static inline void window_skip(struct window *w, size_t n) {
    w->at += n;
    w->captured -= n;
    w->wire -= n;
}

/* Nothing behind the first n octets belongs to it: Ethernet pads short frames. */
static inline void window_limit(struct window *w, size_t n) {
    if (w->wire > n)
        w->wire = n;
    if (w->captured > n)
        w->captured = n;
}

/* Why a header of n octets is not there: the snap length cut it, or the frame contradicts itself. */
static inline enum decoded too_short(const struct window *w, size_t n, enum decoded bad) {
    return w->wire < n ? bad : DECODED_CUT;
}

static inline uint16_t big16(const uint8_t *at) { return (uint16_t)(at[0] << 8 | at[1]); }

static inline uint32_t big32(const uint8_t *at) { return (uint32_t)big16(at) << 16 | big16(at + 2); }

static inline uint32_t little32(const uint8_t *at) {
    return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

#endif
