/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_CAPTURE_OPENED_H
#define TESTS_CAPTURE_OPENED_H

#include "capture/source.h"
#include "tests/capture/savefiles.h"

/* One capture file that is made, saved, and read again as the third of its run. */
extern struct made made;
extern char path[64];
extern char why[512]; /* of what went wrong last */

enum { LINK_ETHERNET = 1, LINK_RAW = 101, LINK_USB = 249 };
#define SECOND INT64_C(1000000000)

/* A folder for the file; false if there is none to be had. */
bool opened_begin(void);
void opened_end(void);

/* NULL: it cannot be opened. */
struct source *open_made(size_t len, const char *filter);
/* The whole file, or the test ends. */
struct source *must_open(const char *filter);
enum source_state next(struct source *source, struct frame *frame);
bool holds_payload(const struct frame *frame, uint32_t seed, size_t len);
void expect_frame(struct source *source, uint32_t seed, size_t len, int64_t time);
/* The next is no frame; then closes it. */
void expect_end(struct source *source, enum source_state state);

#endif
