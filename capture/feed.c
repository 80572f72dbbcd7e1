/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/feed.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { USUAL_ROOM = 1 << 19, FIRST_REACH = 1 << 14 };

bool feed_open(struct feed *feed, const char *path, const struct reading *reading, char *error, size_t error_size) {
    *feed = (struct feed){0};
    if (!input_open(&feed->input, path, reading, error, error_size))
        return false;
    feed->room = USUAL_ROOM;
    feed->reach = FIRST_REACH;
    feed->bytes = malloc(feed->room);
    if (feed->bytes != NULL)
        return true;
    snprintf(error, error_size, "%s: out of memory", path);
    input_close(&feed->input);
    return false;
}

void feed_close(struct feed *feed) {
    input_close(&feed->input);
    free(feed->bytes);
    *feed = (struct feed){0};
}

static bool grow(struct feed *feed) {
    uint8_t *bytes = realloc(feed->bytes, MAX_RECORD);
    if (bytes == NULL) {
        feed->input.damage = "out of memory";
        return false;
    }
    feed->bytes = bytes;
    feed->room = MAX_RECORD;
    return true;
}

bool feed_fill(struct feed *feed, size_t n) {
    assert(n <= MAX_RECORD);
    memmove(feed->bytes, feed->bytes + feed->at, feed_left(feed));
    feed->end -= feed->at;
    feed->at = 0;
    if (n > feed->room && !grow(feed))
        return false;
    /* Of many files that are merged most are not begun yet, or have few frames: these take little memory. */
    feed->reach = feed->reach * 2 < feed->room ? feed->reach * 2 : feed->room;
    while (feed->end < n) {
        size_t to = feed->reach > n ? feed->reach : n;
        size_t more = input_read(&feed->input, feed->bytes + feed->end, to - feed->end);
        if (more == 0)
            return false;
        feed->end += more;
    }
    return true;
}

bool feed_skip(struct feed *feed, uint64_t n) {
    while (n > feed_left(feed)) {
        n -= feed_left(feed);
        feed->at = feed->end;
        if (!feed_fill(feed, 1))
            return false;
    }
    feed->at += (size_t)n;
    return true;
}
