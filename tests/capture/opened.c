/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* mkdtemp */
#include "tests/capture/opened.h"
#include "tests/unit.h"

#include <stdlib.h>
#include <unistd.h>

struct made made;
char path[64];
char why[512];
static char folder[] = "/tmp/source-XXXXXX";

bool opened_begin(void) {
    bool begun = mkdtemp(folder) != NULL;
    snprintf(path, sizeof path, "%s/capture", folder);
    return begun;
}

void opened_end(void) {
    made_free(&made);
    remove(path);
    rmdir(folder);
}

struct source *open_made(size_t len, const char *filter) {
    made_save(&made, path, len);
    why[0] = '\0';
    return source_open(path, 2, filter, &(struct reading){0}, why, sizeof why);
}

struct source *must_open(const char *filter) {
    struct source *source = open_made(made.len, filter);
    CU_ASSERT_PTR_NOT_NULL_FATAL(source);
    return source;
}

enum source_state next(struct source *source, struct frame *frame) {
    return source_next(source, frame, why, sizeof why);
}

bool holds_payload(const struct frame *frame, uint32_t seed, size_t len) {
    bool same = frame->bytes.len == len;
    for (size_t i = 0; same && i < len; i++)
        same = frame->bytes.at[i] == payload_octet(seed, i);
    return same;
}

void expect_frame(struct source *source, uint32_t seed, size_t len, int64_t time) {
    struct frame frame;
    CU_ASSERT_EQUAL_FATAL(next(source, &frame), SOURCE_FRAME);
    CU_ASSERT_TRUE(holds_payload(&frame, seed, len));
    CU_ASSERT_EQUAL(frame.seen.time, time);
    CU_ASSERT_EQUAL(frame.seen.file, 2);
}

void expect_end(struct source *source, enum source_state state) {
    struct frame frame;
    CU_ASSERT_EQUAL(next(source, &frame), state);
    source_close(source);
}
