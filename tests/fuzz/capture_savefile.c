/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Capture files, packed or not: pcap and pcapng, frame by frame. */
#define _GNU_SOURCE /* memfd_create */
#include "capture/source.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MOST_FRAMES = 100000 }; /* a packed file may hold any number of them */

static void read_all(struct source *source) {
    char error[512] = "";
    struct frame frame;
    uint64_t before = 0, count = 0;
    enum source_state state;
    while ((state = source_next(source, &frame, error, sizeof error)) == SOURCE_FRAME && count++ < MOST_FRAMES) {
        REQUIRE(frame.seen.frame > before);
        REQUIRE(frame.seen.time >= 0 && frame.seen.time <= LATEST_TIME);
        before = frame.seen.frame;
        volatile uint8_t all = 0;
        for (size_t i = 0; i < frame.bytes.len; i++)
            all = (uint8_t)(all ^ frame.bytes.at[i]);
        (void)source_holds_next(source);
    }
    REQUIRE(state != SOURCE_BROKEN || error[0] != '\0');
    (void)source_understood(source, error, sizeof error);
    (void)source_dropped(source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static int fd = -1;
    static char path[64];
    char error[512] = "";
    if (fd < 0) {
        fd = memfd_create("capture", 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    REQUIRE(fd >= 0 && ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);
    struct reading reading = {0};
    struct source *source = source_open(path, 0, NULL, &reading, error, sizeof error);
    if (source == NULL) {
        REQUIRE(error[0] != '\0');
        return 0;
    }
    read_all(source);
    source_close(source);
    return 0;
}
