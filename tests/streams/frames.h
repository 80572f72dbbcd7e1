/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_STREAMS_FRAMES_H
#define TESTS_STREAMS_FRAMES_H

#include "capture/decode.h"
#include "tests/streams/story.h"

enum { FRAME_MAX = 120000 };

/* The frame as it lies in the capture; number counts from 1. Its bytes are written to at, of FRAME_MAX octets. */
struct frame frame_of(struct story *story, const struct shot *shot, uint64_t number, uint8_t *at);

#endif
