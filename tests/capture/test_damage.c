/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/capture/opened.h"
#include "tests/unit.h"

#include <string.h>

/* Capture files that are damaged, cut or none at all; and what a reader may rely on. */

/* While source_holds_next says so, what was told before stays where it is. */
static void frames_stay_while_the_next_is_held(void) {
    enum { FRAMES = 3000, BATCH = 64 };
    for (unsigned ng = 0; ng < 2; ng++) {
        made_start(&made, ORDER_BIG);
        if (ng) {
            made_section(&made);
            made_interface(&made, LINK_ETHERNET, 0, -1, 0);
        } else {
            made_pcap(&made, PCAP_NANOSECONDS, LINK_ETHERNET);
        }
        for (uint32_t i = 0; i < FRAMES; i++) {
            if (ng) {
                made_packet(&made, 0, 0, i, 600 + i % 100, 0);
            } else {
                made_record(&made, PCAP_NANOSECONDS, 0, 0, 600 + i % 100, 800);
                made_payload(&made, i, 600 + i % 100);
            }
        }
        struct source *source = must_open(NULL);
        struct frame frames[BATCH];
        uint32_t count = 0;
        uint32_t batches = 0;
        enum source_state state = SOURCE_FRAME;
        while (state == SOURCE_FRAME) {
            uint32_t n = 0;
            while (n < BATCH && (n == 0 || source_holds_next(source)) &&
                   (state = next(source, &frames[n])) == SOURCE_FRAME)
                n++;
            for (uint32_t i = 0; i < n; i++, count++)
                CU_ASSERT_TRUE(holds_payload(&frames[i], count, 600 + count % 100));
            batches++;
        }
        CU_ASSERT_EQUAL(count, FRAMES);
        CU_ASSERT_TRUE(batches < FRAMES / BATCH + 10);
        CU_ASSERT_FALSE(source_holds_next(source));
        source_close(source);
    }
}

static void expect_no_capture(const char *start, size_t len, const char *what) {
    made_start(&made, ORDER_BIG);
    made_bytes(&made, start, len);
    CU_ASSERT_PTR_NULL(open_made(made.len, NULL));
    CU_ASSERT_PTR_NOT_NULL(strstr(why, what));
    CU_ASSERT_PTR_NULL(strchr(why, '\n'));
}

static void what_is_no_capture_is_named(void) {
    expect_no_capture("", 0, "empty");
    expect_no_capture("\xa1", 1, "cut off");
    expect_no_capture("some text or other", 18, "unknown file format");
    expect_no_capture("GMBU\0\1", 6, "Network Monitor");
    expect_no_capture("snoop\0\0\0\0\0\0\2", 12, "editcap");
    expect_no_capture("PK\3\4", 4, "zip");
    expect_no_capture("\xfd\x37zXZ ...", 9, "unpack it first");
    expect_no_capture("\x28\xb5\x2f\xfd\0\x90\1\0\0", 9, "too much memory"); /* a window of 256 MB */
    expect_no_capture("\x0a\x0d\x0d\x0a\0\0\0\x1c\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 28, "byte order");
    expect_no_capture("\xa1\xb2\xc3\xd4\0\1\0\4\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\1", 24, "pcap version 1.4");
    made_start(&made, ORDER_BIG);
    made_section(&made);
    made.at[15] = 1;
    CU_ASSERT_PTR_NULL(open_made(made.len, NULL));
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "pcapng version 1.1"));
}

static void expect_broken(uint64_t frames, const char *what) {
    char beyond[48];
    struct source *source = must_open(NULL);
    struct frame frame;
    for (uint64_t i = 0; i < frames; i++)
        CU_ASSERT_EQUAL(next(source, &frame), SOURCE_FRAME);
    expect_end(source, SOURCE_BROKEN);
    snprintf(beyond, sizeof beyond, "beyond frame %llu", (unsigned long long)frames);
    CU_ASSERT_PTR_NOT_NULL(strstr(why, beyond));
    CU_ASSERT_PTR_NOT_NULL(strstr(why, what));
}

static size_t start_pcapng(void) {
    made_start(&made, ORDER_BIG);
    made_section(&made);
    made_interface(&made, LINK_ETHERNET, 0, -1, 0);
    made_packet(&made, 0, 0, 1, 4, 0);
    return made.len;
}

static void damaged_blocks_end_the_reading(void) {
    size_t at = start_pcapng();
    made_packet(&made, 1, 0, 1, 4, 0);
    expect_broken(1, "interface 1");
    start_pcapng();
    made_section(&made); /* whose interfaces are its own */
    made_packet(&made, 0, 0, 1, 4, 0);
    expect_broken(1, "interface 0");
    start_pcapng();
    made_packet(&made, 0, 0, 1, 4, 0);
    made.at[made.len - 1] ^= 4;
    expect_broken(1, "lengths");
    start_pcapng();
    made_block_end(&made, made_block(&made, 0x77));
    made.at[made.len - 1] ^= 4;
    expect_broken(1, "lengths");
    start_pcapng();
    made_packet(&made, 0, 0, 1, 4, 0);
    made.at[at + 23] = 5;
    expect_broken(1, "5 octets");
    start_pcapng();
    made_packet(&made, 0, 0, 1, 4, 0);
    made.at[at + 7] = 34;
    expect_broken(1, "a block of 34 octets");
    start_pcapng();
    made_packet(&made, 0, 0, 1, 4, 0);
    made.at[at + 4] = 0x70;
    expect_broken(1, "a block of 187");
    start_pcapng();
    made_block_end(&made, made_block(&made, 1));
    expect_broken(1, "without a link type");
    start_pcapng();
    for (int i = 1; i <= MAX_INTERFACES; i++)
        made_interface(&made, LINK_ETHERNET, 0, -1, 0);
    expect_broken(1, "4096 interfaces");
}

static void files_that_were_joined_are_told_apart(void) {
    for (int i = 0; i < 2; i++) {
        made_start(&made, ORDER_LITTLE);
        made_pcap(&made, PCAP_NANOSECONDS, LINK_ETHERNET);
        made_record(&made, PCAP_NANOSECONDS, 0xa1b2c3d4, 0, 1, 1); /* a time like any other */
        made_payload(&made, 1, 1);
        made.order = i == 0 ? ORDER_LITTLE : ORDER_BIG;
        made_pcap(&made, PCAP_MICROSECONDS, LINK_ETHERNET);
        expect_broken(1, "another file");
    }
}

/* Five frames: a file whose every prefix and every octet is tried. */
static void small_file(bool ng) {
    made_start(&made, ORDER_LITTLE);
    if (!ng) {
        made_pcap(&made, PCAP_MICROSECONDS, LINK_ETHERNET);
        for (uint32_t i = 0; i < 5; i++) {
            made_record(&made, PCAP_MICROSECONDS, i, 0, 10 + i, 20);
            made_payload(&made, i, 10 + i);
        }
        return;
    }
    made_section(&made);
    made_interface(&made, LINK_ETHERNET, 64, 6, 1);
    made_packet(&made, 0, 0, 0, 10, 9);
    made_statistics(&made, 0, ISB_IFDROP, 3);
    made_packet(&made, 0, 0, 1, 11, 0);
    made.order = ORDER_BIG;
    made_section(&made);
    made_interface(&made, LINK_USB, 64, 0x8a, 0);
    made_block_end(&made, made_block(&made, 0x77));
    made_packet(&made, 0, 0, 2, 12, 0);
    made_packet(&made, 0, 0, 3, 13, 0);
    made_simple(&made, 14, 4, 14);
}

static void every_prefix_is_read_to_its_end(void) {
    for (unsigned ng = 0; ng < 2; ng++) {
        small_file(ng);
        uint32_t most = 0;
        for (size_t len = 0; len <= made.len; len++) {
            struct source *source = open_made(len, NULL);
            if (source == NULL) {
                CU_ASSERT_TRUE(len < 28 && why[0] != '\0');
                continue;
            }
            struct frame frame;
            uint32_t count = 0;
            enum source_state state;
            bool held = source_holds_next(source);
            while ((state = next(source, &frame)) == SOURCE_FRAME && count < 6) {
                CU_ASSERT_TRUE(holds_payload(&frame, count, 10 + count));
                count++;
                held = source_holds_next(source);
            }
            CU_ASSERT_FALSE(held);
            CU_ASSERT_TRUE(state == SOURCE_END || state == SOURCE_TRUNCATED);
            CU_ASSERT_TRUE(count >= most);
            most = count;
            source_close(source);
        }
        CU_ASSERT_EQUAL(most, 5);
    }
}

static void every_octet_may_be_wrong(void) {
    static const uint8_t values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    unsigned ends[SOURCE_STOPPED + 1] = {0};
    for (unsigned ng = 0; ng < 2; ng++) {
        small_file(ng);
        for (size_t i = 0; i < made.len * sizeof values; i++) {
            uint8_t *octet = &made.at[i / sizeof values];
            uint8_t right = *octet;
            *octet = values[i % sizeof values];
            struct source *source = open_made(made.len, "greater 1");
            *octet = right;
            if (source == NULL)
                continue;
            struct frame frame;
            enum source_state state;
            unsigned sum = 0;
            while ((state = next(source, &frame)) == SOURCE_FRAME)
                for (size_t j = 0; j < frame.bytes.len; j++)
                    sum += frame.bytes.at[j];
            ends[sum == UINT32_MAX ? SOURCE_FRAME : state]++;
            source_understood(source, why, sizeof why);
            source_close(source);
        }
    }
    CU_ASSERT_TRUE(ends[SOURCE_END] > 100 && ends[SOURCE_TRUNCATED] > 10 && ends[SOURCE_BROKEN] > 10);
    CU_ASSERT_EQUAL(ends[SOURCE_FRAME] + ends[SOURCE_STOPPED], 0);
}

int main(void) {
    if (!opened_begin())
        return 1;
    CU_TestInfo tests[] = {
        {"frames stay while the next is held", frames_stay_while_the_next_is_held},
        {"what is no capture is named", what_is_no_capture_is_named},
        {"damaged blocks end the reading", damaged_blocks_end_the_reading},
        {"files that were joined are told apart", files_that_were_joined_are_told_apart},
        {"every prefix is read to its end", every_prefix_is_read_to_its_end},
        {"every octet may be wrong", every_octet_may_be_wrong},
        CU_TEST_INFO_NULL,
    };
    int status = unit_run("capture/damage", tests);
    opened_end();
    return status;
}
