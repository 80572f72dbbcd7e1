/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_STREAMS_JUDGE_H
#define TESTS_STREAMS_JUDGE_H

#include "tests/streams/story.h"
#include "wire/tally.h"

/* Compares what is told of a capture with its story. */

struct judge;

/* Both are borrowed. NULL: out of memory. */
struct judge *judge_open(const struct story *story, const struct wishes *wishes);
/* A segment_handler; its context is the judge. */
bool judge_segment(void *judge, const struct segment *segment);
/* After the last segment. How many things were wrong; the first of them is in what. Frees the judge. */
unsigned judge_close(struct judge *judge, const struct tally *tally, char *what, size_t size);

#endif
