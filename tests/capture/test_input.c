/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _DEFAULT_SOURCE /* mkdtemp, mkfifo, usleep */
#include "capture/source.h"
#include "tests/capture/savefiles.h"
#include "tests/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#define ZLIB_CONST /* next_in points to const */
#include <zlib.h>
#include <zstd.h>

/* However the octets of a capture come, the frames are the same: packed, through a pipe, or while they are written. */

static char folder[] = "/tmp/input-XXXXXX";
static char path[64], other[64];
static struct made made;
static char error[512];

enum { FRAMES = 12, LINK_ETHERNET = 1 };

static uint32_t size_of(uint32_t frame) { return frame == 5 ? 300000 : 100 + 997 * frame; }

static void make(bool ng, uint32_t frames) {
    made_start(&made, ORDER_LITTLE);
    if (ng) {
        made_section(&made);
        made_interface(&made, LINK_ETHERNET, 0, -1, 0);
    } else {
        made_pcap(&made, PCAP_MICROSECONDS, LINK_ETHERNET);
    }
    for (uint32_t i = 0; i < frames; i++) {
        if (ng) {
            made_packet(&made, 0, i, i, size_of(i), 0);
        } else {
            made_record(&made, PCAP_MICROSECONDS, 0, i, size_of(i), size_of(i));
            made_payload(&made, i, size_of(i));
        }
    }
}

/* What one reading gave. */
struct outcome {
    enum source_state state;
    unsigned frames;
    unsigned wrong;
};

/* Reads on until the end, or until the `enough`th frame. */
static void read_some(struct source *source, struct outcome *outcome, unsigned enough) {
    struct frame frame;
    while (outcome->frames < enough &&
           (outcome->state = source_next(source, &frame, error, sizeof error)) == SOURCE_FRAME) {
        bool same = frame.bytes.len == size_of(outcome->frames);
        for (size_t i = 0; same && i < frame.bytes.len; i++)
            same = frame.bytes.at[i] == payload_octet(outcome->frames, i);
        outcome->wrong += !same;
        outcome->frames++;
    }
}

static struct outcome read_file(const struct reading *reading) {
    struct outcome outcome = {.state = SOURCE_BROKEN};
    struct source *source = source_open(path, 0, NULL, reading, error, sizeof error);
    CU_ASSERT_PTR_NOT_NULL(source);
    if (source == NULL)
        return outcome;
    read_some(source, &outcome, UINT32_MAX);
    source_close(source);
    return outcome;
}

static void expect_all(const struct outcome *outcome, enum source_state state) {
    CU_ASSERT_EQUAL(outcome->state, state);
    CU_ASSERT_EQUAL(outcome->frames, FRAMES);
    CU_ASSERT_EQUAL(outcome->wrong, 0);
}

static void save(const void *at, size_t len) {
    struct made packed = {.at = NULL};
    made_bytes(&packed, at, len);
    made_save(&packed, path, len);
    made_free(&packed);
}

static size_t pack(bool zstd, const uint8_t *at, size_t len, uint8_t *out, size_t size) {
    if (zstd)
        return ZSTD_compress(out, size, at, len, 3);
    z_stream z = {.next_in = at, .avail_in = (uInt)len, .next_out = out, .avail_out = (uInt)size};
    deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    deflate(&z, Z_FINISH);
    deflateEnd(&z);
    return size - z.avail_out;
}

static void packed_files_are_as_plain_ones(void) {
    struct outcome outcome;
    for (unsigned i = 0; i < 4; i++) {
        make(i % 2, FRAMES);
        size_t room = made.len + 10000;
        uint8_t *packed = malloc(room);
        size_t len = pack(i / 2, made.at, made.len, packed, room);
        save(packed, len);
        outcome = read_file(&(struct reading){0});
        expect_all(&outcome, SOURCE_END);
        save(packed, len / 2);
        outcome = read_file(&(struct reading){0});
        CU_ASSERT_EQUAL(outcome.state, SOURCE_TRUNCATED);
        CU_ASSERT_TRUE(outcome.frames > 1 && outcome.frames < FRAMES && outcome.wrong == 0);
        memset(packed + len / 2, 0x5a, len / 4);
        save(packed, len);
        outcome = read_file(&(struct reading){0});
        CU_ASSERT_EQUAL(outcome.state, SOURCE_BROKEN);
        CU_ASSERT_TRUE(i / 2 == 0 || strstr(error, "data is damaged") != NULL); /* gzip may give nonsense first */
        CU_ASSERT_PTR_NULL(source_open(path, 0, NULL, &(struct reading){.follow = true}, error, sizeof error));
        CU_ASSERT_PTR_NOT_NULL(strstr(error, "cannot be followed"));
        free(packed);
    }
}

/* Members of gzip, or frames of zstd. */
static void packed_files_may_have_several_parts(void) {
    struct outcome outcome;
    make(true, FRAMES);
    size_t room = made.len + 10000;
    uint8_t *packed = malloc(room);
    for (unsigned zstd = 0; zstd < 2; zstd++) {
        size_t len = pack(zstd, made.at, 50, packed, room);
        len += pack(zstd, made.at + 50, made.len - 50, packed + len, room - len);
        save(packed, len);
        outcome = read_file(&(struct reading){0});
        expect_all(&outcome, SOURCE_END);
        memset(packed + len, 0, 100);
        save(packed, len + 100);
        outcome = read_file(&(struct reading){0});
        expect_all(&outcome, SOURCE_END);
        save(packed, len - 1);
        outcome = read_file(&(struct reading){0});
        CU_ASSERT_EQUAL(outcome.state, SOURCE_TRUNCATED);
        CU_ASSERT_TRUE((outcome.frames == FRAMES || zstd) && outcome.wrong == 0); /* of gzip only the end is missing */
    }
    free(packed);
}

/* In another process: appends the file to what is at `path`, in pieces of 1 … most octets, a nap after each. */
static pid_t append(size_t from, size_t most, unsigned nap) {
    pid_t child = fork();
    if (child != 0)
        return child;
    int fd = open(path, O_WRONLY | O_APPEND);
    uint32_t chance = 1;
    for (size_t at = from, n; at < made.len; at += n) {
        chance = chance * 1103515245 + 12345;
        n = 1 + (chance >> 8) % most;
        n = n > made.len - at ? made.len - at : n;
        if (write(fd, made.at + at, n) != (ssize_t)n)
            _exit(1);
        usleep(nap);
    }
    _exit(0);
}

static void reap(pid_t child) {
    int status = -1;
    waitpid(child, &status, 0);
    CU_ASSERT_EQUAL(status, 0);
}

static void a_pipe_may_give_octet_by_octet(void) {
    for (unsigned ng = 0; ng < 2; ng++) {
        for (size_t most = 1; most <= 1000; most *= 1000) {
            make(ng, most == 1 ? 4 : FRAMES);
            remove(path);
            CU_ASSERT_EQUAL_FATAL(mkfifo(path, 0600), 0);
            pid_t child = append(0, most, 0);
            struct outcome outcome = read_file(&(struct reading){.follow = true});
            CU_ASSERT_EQUAL(outcome.state, SOURCE_END);
            CU_ASSERT_EQUAL(outcome.frames, most == 1 ? 4 : FRAMES);
            CU_ASSERT_EQUAL(outcome.wrong, 0);
            reap(child);
        }
    }
    remove(path);
}

/* Says no after so many questions. */
static bool so_often(void *context) {
    unsigned *left = context;
    *left -= *left > 0;
    return *left > 0;
}

static void a_growing_file_is_followed(void) {
    for (unsigned ng = 0; ng < 2; ng++) {
        make(ng, FRAMES);
        save("", 0);
        pid_t child = append(0, 30000, 5000);
        unsigned patience = 100;
        struct reading reading = {so_often, &patience, true};
        struct source *source = source_open(path, 0, NULL, &reading, error, sizeof error);
        CU_ASSERT_PTR_NOT_NULL_FATAL(source);
        struct outcome outcome = {0};
        read_some(source, &outcome, FRAMES);
        reap(child);
        expect_all(&outcome, SOURCE_FRAME);
        patience = 2;
        read_some(source, &outcome, UINT32_MAX);
        expect_all(&outcome, SOURCE_STOPPED);
        source_close(source);
    }
}

/* What is there in part is not there yet. */
static void a_reading_is_stopped_while_it_waits(void) {
    make(false, FRAMES);
    made_save(&made, path, made.len - 1);
    unsigned patience = 6;
    struct outcome outcome = read_file(&(struct reading){so_often, &patience, true});
    CU_ASSERT_EQUAL(outcome.state, SOURCE_STOPPED);
    CU_ASSERT_EQUAL(outcome.frames, FRAMES - 1);
    patience = 1;
    outcome = read_file(&(struct reading){so_often, &patience, false});
    CU_ASSERT_EQUAL(outcome.state, SOURCE_STOPPED);
    CU_ASSERT_EQUAL(outcome.frames, 0);
    remove(path);
    CU_ASSERT_EQUAL_FATAL(mkfifo(path, 0600), 0); /* which nobody opens to write */
    patience = 3;
    outcome = read_file(&(struct reading){so_often, &patience, false});
    CU_ASSERT_EQUAL(outcome.state, SOURCE_STOPPED);
    remove(path);
}

static void much_that_is_packed_in_little_can_be_stopped(void) {
    made_start(&made, ORDER_BIG);
    made_section(&made);
    size_t large = made_block(&made, 0x77);
    for (size_t i = 0; i < 8; i++)
        made_bytes(&made, (const uint8_t[1 << 20]){0}, 1 << 20);
    made_block_end(&made, large);
    static uint8_t packed[1 << 15];
    for (unsigned zstd = 0; zstd < 2; zstd++) {
        save(packed, pack(zstd, made.at, made.len, packed, sizeof packed));
        unsigned patience = 8;
        struct outcome outcome = read_file(&(struct reading){so_often, &patience, false});
        CU_ASSERT_EQUAL(outcome.state, SOURCE_STOPPED);
        outcome = read_file(&(struct reading){0});
        CU_ASSERT_EQUAL(outcome.state, SOURCE_END);
    }
}

static struct source *follow_all(unsigned *patience) {
    struct outcome outcome = {0};
    make(true, FRAMES);
    made_save(&made, path, made.len);
    *patience = 20;
    struct reading reading = {so_often, patience, true};
    struct source *source = source_open(path, 0, NULL, &reading, error, sizeof error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(source);
    read_some(source, &outcome, FRAMES);
    expect_all(&outcome, SOURCE_FRAME);
    return source;
}

static void expect_no_more(struct source *source, enum source_state state) {
    struct frame frame;
    CU_ASSERT_EQUAL(source_next(source, &frame, error, sizeof error), state);
    source_close(source);
}

static void a_file_that_is_taken_away_ends(void) {
    unsigned patience;
    struct source *source = follow_all(&patience);
    remove(path);
    expect_no_more(source, SOURCE_END);
    source = follow_all(&patience);
    made_save(&made, other, made.len);
    rename(other, path);
    expect_no_more(source, SOURCE_END);
    source = follow_all(&patience);
    rename(path, other); /* and its writer adds a last frame, and a part of one */
    int fd = open(other, O_WRONLY | O_APPEND);
    size_t from = made.len;
    made_packet(&made, 0, 0, FRAMES, size_of(FRAMES), 0);
    CU_ASSERT_EQUAL(write(fd, made.at + from, made.len - from), (ssize_t)(made.len - from));
    CU_ASSERT_EQUAL(write(fd, made.at + from, 33), 33);
    close(fd);
    struct outcome outcome = {.frames = FRAMES};
    read_some(source, &outcome, UINT32_MAX);
    CU_ASSERT_EQUAL(outcome.state, SOURCE_TRUNCATED);
    CU_ASSERT_EQUAL(outcome.frames, FRAMES + 1);
    CU_ASSERT_EQUAL(outcome.wrong, 0);
    source_close(source);
    remove(other);
}

static void a_file_that_becomes_shorter_is_told(void) {
    unsigned patience;
    struct source *source = follow_all(&patience);
    CU_ASSERT_EQUAL(truncate(path, 100), 0);
    expect_no_more(source, SOURCE_BROKEN);
    CU_ASSERT_PTR_NOT_NULL(strstr(error, "beyond frame 12: it became shorter"));
}

int main(void) {
    if (mkdtemp(folder) == NULL)
        return 1;
    snprintf(path, sizeof path, "%s/capture", folder);
    snprintf(other, sizeof other, "%s/other", folder);
    CU_TestInfo tests[] = {
        {"packed files are as plain ones", packed_files_are_as_plain_ones},
        {"packed files may have several parts", packed_files_may_have_several_parts},
        {"a pipe may give octet by octet", a_pipe_may_give_octet_by_octet},
        {"a growing file is followed", a_growing_file_is_followed},
        {"a reading is stopped while it waits", a_reading_is_stopped_while_it_waits},
        {"much that is packed in little can be stopped", much_that_is_packed_in_little_can_be_stopped},
        {"a file that is taken away ends", a_file_that_is_taken_away_ends},
        {"a file that becomes shorter is told", a_file_that_becomes_shorter_is_told},
        CU_TEST_INFO_NULL,
    };
    int status = unit_run("capture/input", tests);
    made_free(&made);
    remove(path);
    rmdir(folder);
    return status;
}
