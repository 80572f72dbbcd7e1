/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CAPTURE_FEED_H
#define CAPTURE_FEED_H

#include "capture/input.h"

enum {
    MAX_FRAME = 1 << 20,               /* octets captured of one frame: no card and no tunnel makes longer ones */
    MAX_RECORD = MAX_FRAME + (1 << 16) /* the same with its headers and options */
};

/* One buffer over an input: records are looked at where they lie in it. What was taken stays where it is until the
 * next feed_need or feed_skip that finds too little in the buffer. */
struct feed {
    struct input input;
    uint8_t *bytes;
    size_t room;
    size_t reach;   /* how much of it is used so far */
    size_t at, end; /* what is not taken yet */
};

bool feed_open(struct feed *feed, const char *path, const struct reading *reading, char *error, size_t error_size);
void feed_close(struct feed *feed);

/* These run for every frame, so they stay inline. */
static inline size_t feed_left(const struct feed *feed) { return feed->end - feed->at; }
static inline const uint8_t *feed_at(const struct feed *feed) { return feed->bytes + feed->at; }
static inline void feed_take(struct feed *feed, size_t n) { feed->at += n; }

bool feed_fill(struct feed *feed, size_t n);
/* Whether n octets, at most MAX_RECORD, lie at feed_at; it reads on for them. False: the input ends before. */
static inline bool feed_need(struct feed *feed, size_t n) { return feed_left(feed) >= n || feed_fill(feed, n); }
/* Takes n octets, however many; false: the input ends before. */
bool feed_skip(struct feed *feed, uint64_t n);

#endif
