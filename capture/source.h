/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CAPTURE_SOURCE_H
#define CAPTURE_SOURCE_H

#include "capture/decode.h"

#include <stdbool.h>
#include <stddef.h>

/* One capture file, frame by frame, through libpcap. */
struct source;

enum source_state {
    SOURCE_FRAME,
    SOURCE_END,
    SOURCE_TRUNCATED, /* the end, in the middle of a frame */
    SOURCE_BROKEN     /* cannot be read on */
};

/* NULL and one line in error if it cannot be opened. filter is a libpcap expression, or NULL. */
struct source *source_open(const char *path, uint32_t file, const char *filter, char *error, size_t error_size);
/* The next frame, borrowed until the next call. SOURCE_BROKEN comes with a line in error. */
enum source_state source_next(struct source *source, struct frame *frame, char *error, size_t error_size);
/* Whether the filter, if there is one, lets the frame that was read last through. */
bool source_wants(const struct source *source);
/* False and one line in error if frames were read, and none could be understood. */
bool source_understood(const struct source *source, char *error, size_t error_size);
int64_t source_position(const struct source *source);
int64_t source_size(const struct source *source);
void source_close(struct source *source);

/* Whether an expression is one at all. */
bool source_check_filter(const char *filter, char *error, size_t error_size);

#endif
