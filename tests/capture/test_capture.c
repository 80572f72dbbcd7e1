/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* mkdtemp, dup2 */
#include "capture/capture.h"
#include "capture/decode.h"
#include "tests/capture/packets.h"
#include "tests/capture/savefiles.h"
#include "tests/unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Whole files, through the public interface. What was read is told as text: file:frame of each segment. */

static char folder[] = "/tmp/capture-XXXXXX";
static struct made file; /* a capture file under construction */
static struct tally tally;
static char error[CAPTURE_ERROR_SIZE];
static char told[1024];

static const char *path_of(const char *name) {
    static char paths[4][64];
    static unsigned turn;
    char *path = paths[turn++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static void save(const char *name, const void *at, size_t len) {
    FILE *f = fopen(path_of(name), "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_EQUAL(fwrite(at, 1, len, f), len);
    fclose(f);
}

static void begin_file(uint32_t link) {
    made_start(&file, ORDER_BIG);
    made_pcap(&file, PCAP_NANOSECONDS, link);
}

static void add_syn(uint32_t second, uint16_t port) {
    static struct buffer b;
    struct tcp tcp = {.source = endpoint_of("10.0.0.1", port), .flags = TCP_SYN, .seq = 1};
    tcp.destination = endpoint_of("10.0.0.2", 135);
    b.len = 0;
    put_tcp_packet(&b, &tcp);
    made_record(&file, PCAP_NANOSECONDS, second, 5, (uint32_t)b.len, (uint32_t)b.len);
    made_bytes(&file, b.at, b.len);
}

enum { LINK_ETHERNET = 1, LINK_RAW = 101, LINK_RADIOTAP = 127, LINK_USB = 249, FRAME_SIZE = 16 + 40 };

static void three_frames(void) {
    begin_file(LINK_RAW);
    for (uint16_t i = 1; i <= 3; i++)
        add_syn(i * 10U, i);
}

static bool note(void *context, const struct segment *s) {
    (void)context;
    size_t len = strlen(told);
    if (s->kind == SEGMENT_SYN)
        snprintf(told + len, sizeof told - len, "%s%u:%llu", len > 0 ? " " : "", s->seen.file,
                 (unsigned long long)s->seen.frame);
    return true;
}

static bool read_all(const char *const *paths, uint32_t count, const char *filter) {
    tally = (struct tally){0};
    told[0] = error[0] = '\0';
    struct capture *capture = capture_open(note, NULL, &tally, error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(capture);
    CU_ASSERT_TRUE(filter == NULL || capture_filter(capture, filter, error));
    bool sound = capture_read(capture, paths, count, error);
    capture_close(capture);
    return sound;
}

static bool read_one(const char *name) {
    const char *path = path_of(name);
    return read_all(&path, 1, NULL);
}

static void expect_three(void) {
    CU_ASSERT_STRING_EQUAL(told, "0:1 0:2 0:3");
    CU_ASSERT_EQUAL(tally.files, 1);
    CU_ASSERT_EQUAL(tally.frames, 3);
    CU_ASSERT_EQUAL(tally.bytes, 120);
    CU_ASSERT_EQUAL(tally.flows, 3);
    CU_ASSERT_EQUAL(tally.first, INT64_C(10000000005));
    CU_ASSERT_EQUAL(tally.last, INT64_C(30000000005));
}

static void a_plain_file_is_read(void) {
    three_frames();
    save("plain.zst", file.at, file.len); /* the name says nothing */
    CU_ASSERT_TRUE(read_one("plain.zst"));
    expect_three();
}

static void standard_input_is_read(void) {
    static const char *const path = "-";
    three_frames();
    save("in", file.at, file.len);
    int kept = dup(STDIN_FILENO);
    int fd = open(path_of("in"), O_RDONLY);
    dup2(fd, STDIN_FILENO);
    close(fd);
    CU_ASSERT_TRUE(read_all(&path, 1, NULL));
    expect_three();
    dup2(kept, STDIN_FILENO);
    close(kept);
}

static void a_truncated_file_is_read_to_its_end(void) {
    three_frames();
    for (size_t missing = 1; missing < FRAME_SIZE; missing++) {
        save("cut", file.at, file.len - missing);
        CU_ASSERT_TRUE(read_one("cut"));
        CU_ASSERT_STRING_EQUAL(told, "0:1 0:2");
        CU_ASSERT_EQUAL(tally.lost[LOSS_FILE_TRUNCATED], 1);
    }
    save("cut", file.at, file.len - FRAME_SIZE);
    CU_ASSERT_TRUE(read_one("cut"));
    CU_ASSERT_EQUAL(tally.lost[LOSS_FILE_TRUNCATED], 0);
}

static void expect_error(const char *name, const char *what) {
    CU_ASSERT_FALSE(read_one(name));
    CU_ASSERT_PTR_NOT_NULL(strstr(error, path_of(name)));
    CU_ASSERT_PTR_NOT_NULL(strstr(error, what));
    CU_ASSERT_PTR_NULL(strchr(error, '\n'));
}

static void what_is_no_capture_is_said_so(void) {
    save("empty", "", 0);
    save("text", "this is not a capture file at all", 33);
    save("xz",
         "\xfd"
         "7zXZ and so on",
         15);
    expect_error("missing", "No such file");
    expect_error("empty", "empty");
    expect_error("text", "not a capture");
    expect_error("xz", "unpack it first");
    expect_error(".", "directory");
}

static void a_damaged_file_is_read_up_to_the_damage(void) {
    three_frames();
    memset(file.at + 24 + FRAME_SIZE + 8, 0x7f, 4);
    save("damaged", file.at, file.len);
    expect_error("damaged", "beyond frame 1");
    CU_ASSERT_STRING_EQUAL(told, "0:1");
}

/* pcapng in microseconds, with one interface that counts from 1970 and one that counts from 1000 s before. */
static void begin_pcapng(void) {
    made_start(&file, ORDER_BIG);
    made_section(&file);
    made_interface(&file, LINK_ETHERNET, 0, -1, 0);
    made_interface(&file, LINK_ETHERNET, 0, -1, -1000);
}

static void add_block(uint32_t interface, uint64_t microseconds, const struct buffer *frame) {
    size_t block = made_block(&file, 6);
    made_u32(&file, interface);
    made_u64(&file, microseconds); /* the upper half first, as in this order */
    made_u32(&file, (uint32_t)frame->len);
    made_u32(&file, (uint32_t)frame->len);
    made_bytes(&file, frame->at, frame->len);
    made_block_end(&file, block);
}

static bool note_bytes(void *context, const struct segment *s) {
    (void)context;
    for (size_t i = 0; s->kind == SEGMENT_BYTES && i < s->bytes.len && i < sizeof told - 1; i++)
        told[i] = (char)s->bytes.at[i];
    return true;
}

/* The damage is seen while the frames before it may still wait to be looked at. */
static void what_is_before_the_damage_is_whole(void) {
    static struct buffer b;
    struct tcp tcp = {.source = endpoint_of("10.0.0.1", 1000), .flags = TCP_ACK, .payload = {(uint8_t *)"whole", 5}};
    tcp.destination = endpoint_of("10.0.0.2", 135);
    b.len = 0;
    put_ethernet(&b, 1, NULL, NULL, 0, 0x0800);
    put_tcp_packet(&b, &tcp);
    begin_pcapng();
    add_block(0, 0, &b);
    add_block(7, 0, &b); /* of no interface */
    save("damaged", file.at, file.len);
    memset(told, 0, sizeof told);
    struct capture *capture = capture_open(note_bytes, NULL, &tally, error);
    const char *path = path_of("damaged");
    CU_ASSERT_FALSE(capture_read(capture, &path, 1, error));
    capture_close(capture);
    CU_ASSERT_STRING_EQUAL(told, "whole");
}

static void an_unknown_link_type_is_named(void) {
    begin_file(LINK_RADIOTAP);
    add_syn(1, 1);
    save("radio", file.at, file.len);
    expect_error("radio", "IEEE802_11_RADIO");
    CU_ASSERT_EQUAL(tally.lost[LOSS_OTHER_LINK], 1);
}

static void files_are_merged_by_time(void) {
    begin_file(LINK_RAW);
    add_syn(10, 1);
    add_syn(40, 2);
    add_syn(30, 3); /* each file keeps its own order */
    save("m0", file.at, file.len);
    begin_file(LINK_RAW);
    add_syn(10, 4);
    add_syn(20, 5);
    add_syn(50, 6);
    save("m1", file.at, file.len);
    const char *paths[] = {path_of("m0"), path_of("missing"), path_of("m1")};
    CU_ASSERT_FALSE(read_all(paths, 3, NULL));
    CU_ASSERT_PTR_NOT_NULL(strstr(error, "missing"));
    CU_ASSERT_STRING_EQUAL(told, "0:1 2:1 2:2 0:2 0:3 2:3");
    CU_ASSERT_EQUAL(tally.files, 2);
    CU_ASSERT_EQUAL(tally.frames, 6);
}

static int64_t times[8]; /* of the segments told */
static size_t time_count;

static bool note_time(void *context, const struct segment *s) {
    (void)context;
    if (s->kind == SEGMENT_SYN && time_count < sizeof times / sizeof *times)
        times[time_count++] = s->seen.time;
    return true;
}

static void a_time_beyond_belief_is_moved_and_counted(void) {
    static const struct {
        uint32_t interface;
        uint64_t microseconds;
        int64_t time;
    } frames[] = {
        {1, 1000000000, 0},
        {0, 4100000000000000 - 1, LATEST_TIME - 1000},
        {0, 4100000000000000, LATEST_TIME},
        {1, 0, 0}, /* 1000 s before 1970 */
        {0, 4100000000000000 + 1, LATEST_TIME},
        {0, UINT64_MAX, LATEST_TIME},
    };
    const size_t count = sizeof frames / sizeof *frames;
    static struct buffer b;
    begin_pcapng();
    for (size_t i = 0; i < count; i++) {
        struct tcp tcp = {.source = endpoint_of("10.0.0.1", (uint16_t)(1000 + i)), .flags = TCP_SYN, .seq = 1};
        tcp.destination = endpoint_of("10.0.0.2", 135);
        b.len = 0;
        put_ethernet(&b, 1, NULL, NULL, 0, 0x0800);
        put_tcp_packet(&b, &tcp);
        add_block(frames[i].interface, frames[i].microseconds, &b);
    }
    b.at[14] = 0x44; /* a header that is malformed, too: still one bad frame */
    add_block(0, UINT64_MAX, &b);
    save("times", file.at, file.len);
    tally = (struct tally){0};
    time_count = 0;
    struct capture *capture = capture_open(note_time, NULL, &tally, error);
    const char *path = path_of("times");
    CU_ASSERT_TRUE(capture_read(capture, &path, 1, error));
    capture_close(capture);
    CU_ASSERT_EQUAL_FATAL(time_count, count);
    for (size_t i = 0; i < count; i++)
        CU_ASSERT_EQUAL(times[i], frames[i].time);
    CU_ASSERT_EQUAL(tally.lost[LOSS_BAD_TIMES], 4);
    CU_ASSERT_EQUAL(tally.first, 0);
    CU_ASSERT_EQUAL(tally.last, LATEST_TIME);
}

static void a_second_is_believed_without_its_parts(void) {
    three_frames();
    memset(file.at + 24 + FRAME_SIZE + 4, 0x7f, 4); /* of the second frame */
    save("parts", file.at, file.len);
    CU_ASSERT_TRUE(read_one("parts"));
    CU_ASSERT_STRING_EQUAL(told, "0:1 0:2 0:3");
    CU_ASSERT_EQUAL(tally.lost[LOSS_BAD_TIMES], 1);
    CU_ASSERT_EQUAL(tally.last, INT64_C(30000000005));
}

static void a_filter_keeps_the_numbers(void) {
    three_frames();
    save("f", file.at, file.len);
    const char *path = path_of("f");
    CU_ASSERT_TRUE(read_all(&path, 1, "tcp src port 3"));
    CU_ASSERT_STRING_EQUAL(told, "0:3");
    CU_ASSERT_EQUAL(tally.frames, 3);
    struct capture *capture = capture_open(note, NULL, &tally, error);
    CU_ASSERT_FALSE(capture_filter(capture, "port one hundred", error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error, "port one hundred"));
    capture_close(capture);
}

static void a_filter_that_does_not_fit_is_told(void) {
    begin_file(LINK_USB);
    add_syn(1, 1);
    save("f", file.at, file.len);
    const char *path = path_of("f");
    CU_ASSERT_FALSE(read_all(&path, 1, "tcp"));
    CU_ASSERT_PTR_NOT_NULL(strstr(error, "the filter does not fit link type USBPCAP, 249"));
    CU_ASSERT_EQUAL(tally.frames, 0);
}

static void what_the_capturing_program_lost_is_counted(void) {
    begin_pcapng();
    for (uint32_t interface = 0; interface < 2; interface++)
        made_statistics(&file, interface, ISB_IFDROP, 70);
    save("lost0", file.at, file.len);
    save("lost1", file.at, file.len);
    const char *paths[] = {path_of("lost0"), path_of("lost1")};
    CU_ASSERT_TRUE(read_all(paths, 2, NULL));
    CU_ASSERT_EQUAL(tally.lost[LOSS_DROPPED_FRAMES], 280);
}

static bool so_often(void *context) {
    unsigned *left = context;
    *left -= *left > 0;
    return *left > 0;
}

/* The first file ends as ever; only the last is waited for. */
static void the_last_file_is_followed(void) {
    three_frames();
    save("f", file.at, file.len - FRAME_SIZE - 1);
    save("cut", file.at, file.len - 1);
    const char *paths[] = {path_of("f"), path_of("cut")};
    unsigned patience = 8;
    tally = (struct tally){0};
    told[0] = '\0';
    struct capture *capture = capture_open(note, NULL, &tally, error);
    capture_go_on(capture, so_often, &patience);
    capture_follow(capture);
    CU_ASSERT_TRUE(capture_read(capture, paths, 2, error));
    CU_ASSERT_EQUAL(patience, 0);
    CU_ASSERT_EQUAL(tally.frames, 3);
    CU_ASSERT_EQUAL(tally.lost[LOSS_FILE_TRUNCATED], 1);
    /* What another file holds is told all the same, when the waiting is over. */
    save("f", file.at, file.len);
    patience = 8;
    CU_ASSERT_TRUE(capture_read(capture, paths, 2, error));
    CU_ASSERT_EQUAL(tally.frames, 3 + 5);
    CU_ASSERT_EQUAL(tally.files, 4);
    CU_ASSERT_EQUAL(tally.lost[LOSS_FILE_TRUNCATED], 1);
    capture_close(capture);
}

int main(void) {
    if (mkdtemp(folder) == NULL)
        return 1;
    CU_TestInfo tests[] = {
        {"a plain file is read", a_plain_file_is_read},
        {"standard input is read", standard_input_is_read},
        {"a truncated file is read to its end", a_truncated_file_is_read_to_its_end},
        {"what is no capture is said so", what_is_no_capture_is_said_so},
        {"a damaged file is read up to the damage", a_damaged_file_is_read_up_to_the_damage},
        {"what is before the damage is whole", what_is_before_the_damage_is_whole},
        {"an unknown link type is named", an_unknown_link_type_is_named},
        {"files are merged by time", files_are_merged_by_time},
        {"a time beyond belief is moved and counted", a_time_beyond_belief_is_moved_and_counted},
        {"a second is believed without its parts", a_second_is_believed_without_its_parts},
        {"a filter keeps the numbers", a_filter_keeps_the_numbers},
        {"a filter that does not fit is told", a_filter_that_does_not_fit_is_told},
        {"what the capturing program lost is counted", what_the_capturing_program_lost_is_counted},
        {"the last file is followed", the_last_file_is_followed},
        CU_TEST_INFO_NULL,
    };
    int status = unit_run("capture/capture", tests);
    static const char *const names[] = {"plain.zst", "in", "cut", "empty", "text",  "xz",    "damaged", "radio",
                                        "m0",        "m1", "f",   "times", "parts", "lost0", "lost1"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        remove(path_of(names[i]));
    remove(folder);
    made_free(&file);
    return status;
}
