/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/capture/opened.h"
#include "tests/unit.h"

#include <string.h>

/* Capture files of every make, frame by frame. */

static const enum byte_order ORDERS[] = {ORDER_BIG, ORDER_LITTLE};

static void every_kind_of_pcap_is_read(void) {
    static const int magics[] = {PCAP_MICROSECONDS, PCAP_NANOSECONDS, PCAP_KUZNETZOV};
    for (size_t i = 0; i < 6; i++) {
        int magic = magics[i / 2];
        made_start(&made, ORDERS[i % 2]);
        made_pcap(&made, magic, 0xf4000000 | LINK_RAW); /* with a frame check sequence */
        made_record(&made, magic, 3000000000, 17, 5, 9);
        made_payload(&made, 1, 5);
        made_record(&made, magic, 2, 999999, 0, 0);
        struct source *source = must_open(NULL);
        struct frame frame;
        CU_ASSERT_EQUAL_FATAL(next(source, &frame), SOURCE_FRAME);
        CU_ASSERT_TRUE(holds_payload(&frame, 1, 5));
        CU_ASSERT_EQUAL(frame.wire, 9);
        CU_ASSERT_EQUAL(frame.link, LINK_RAW);
        CU_ASSERT_EQUAL(frame.interface, 2 * MAX_INTERFACES);
        CU_ASSERT_EQUAL(frame.seen.frame, 1);
        CU_ASSERT_EQUAL(frame.seen.time, 3000000000 * SECOND + (magic == PCAP_NANOSECONDS ? 17 : 17000));
        expect_frame(source, 0, 0, 2 * SECOND + (magic == PCAP_NANOSECONDS ? 999999 : 999999000));
        CU_ASSERT_EQUAL(source_position(source), (int64_t)made.len);
        CU_ASSERT_EQUAL(source_size(source), (int64_t)made.len);
        expect_end(source, SOURCE_END);
    }
}

static void old_pcap_files_have_their_lengths_the_other_way(void) {
    static const struct {
        uint8_t major_high, major, minor;
        uint32_t first, second; /* as they stand */
        size_t captured;
    } cases[] = {{0, 2, 2, 9, 5, 5},       {0, 2, 3, 9, 5, 5}, {0, 2, 3, 5, 9, 5},
                 {0x02, 0x1f, 0, 9, 5, 5}, {0, 2, 4, 5, 9, 5}, {0, 2, 4, 5, 3, 5}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        made_start(&made, ORDER_BIG);
        made_pcap(&made, PCAP_MICROSECONDS, LINK_RAW);
        made.at[4] = cases[i].major_high;
        made.at[5] = cases[i].major;
        made.at[7] = cases[i].minor;
        made_record(&made, PCAP_MICROSECONDS, 1, 0, cases[i].first, cases[i].second);
        made_payload(&made, 1, cases[i].captured);
        struct source *source = must_open(NULL);
        CU_ASSERT_TRUE(source_holds_next(source));
        expect_frame(source, 1, cases[i].captured, SECOND);
        expect_end(source, SOURCE_END);
    }
}

static void sections_have_their_own_order_and_interfaces(void) {
    made_start(&made, ORDER_BIG);
    made_section(&made);
    made_interface(&made, LINK_ETHERNET, 0, -1, 0);
    made_interface(&made, LINK_USB, 0, 9, 0);
    made_packet(&made, 1, 5 * (uint64_t)SECOND, 1, 7, 0);
    made_packet(&made, 0, 6000000, 2, 8, 0);
    made_block_end(&made, made_block(&made, 0x77)); /* an unknown one without a body */
    size_t large = made_block(&made, 0x78);
    made_payload(&made, 0, 3 << 20);
    made_block_end(&made, large);
    size_t custom = made_block(&made, 0xbad); /* Wireshark gives it a number */
    made_u32(&made, 1);
    made_block_end(&made, custom);
    made.order = ORDER_LITTLE;
    made_section(&made);
    made_interface(&made, LINK_RAW, 0, 0, -1);
    made_packet(&made, 0, 8, 3, 9, 0);
    struct source *source = must_open(NULL);
    static const struct {
        int64_t second;
        uint64_t frame;
        int link;
    } frames[] = {{5, 1, LINK_USB}, {6, 2, LINK_ETHERNET}, {7, 4, LINK_RAW}};
    static const uint32_t interfaces[] = {1, 0, 2};
    for (uint32_t i = 0; i < 3; i++) {
        struct frame frame;
        CU_ASSERT_EQUAL_FATAL(next(source, &frame), SOURCE_FRAME);
        CU_ASSERT_TRUE(holds_payload(&frame, i + 1, 7 + i));
        CU_ASSERT_EQUAL(frame.wire, 12 + i);
        CU_ASSERT_EQUAL(frame.link, frames[i].link);
        CU_ASSERT_EQUAL(frame.seen.frame, frames[i].frame);
        CU_ASSERT_EQUAL(frame.seen.time, frames[i].second * SECOND);
        CU_ASSERT_EQUAL(frame.interface, 2 * MAX_INTERFACES + interfaces[i]);
    }
    CU_ASSERT_TRUE(source_understood(source, why, sizeof why));
    expect_end(source, SOURCE_END);
}

static void every_resolution_of_time_is_read(void) {
    static const struct {
        int64_t offset;
        uint64_t stamp;
        int64_t time;
        int resolution; /* if_tsresol */
        bool misdated;
    } cases[] = {
        {0, 12, 12 * SECOND, 0, false},
        {0, 12345, 12 * SECOND + 345000000, 3, false},
        {0, 12345678, 12 * SECOND + 345678000, 6, false},
        {0, 12345678901, 12345678901, 9, false},
        {0, 12345678901234, 12345678901, 12, false},
        {0, UINT64_MAX, SECOND + 844674407, 19, false},
        {0, UINT64_MAX, 184467440, 20, false},
        {0, UINT64_MAX, 1, 28, false},
        {0, UINT64_MAX, 0, 29, false},
        {0, UINT64_MAX, 0, 127, false},
        {0, 12, 12 * SECOND, 0x80, false},
        {0, 25, 12 * SECOND + 500000000, 0x80 | 1, false},
        {0, (12 << 20) + (1 << 18), 12 * SECOND + 250000000, 0x80 | 20, false},
        {0, (UINT64_C(12) << 32) + UINT32_MAX, 12 * SECOND + 999999999, 0x80 | 32, false},
        {0, (UINT64_C(12) << 33) + 1, 12 * SECOND, 0x80 | 33, false},
        {0, (UINT64_C(12) << 60) + (UINT64_C(3) << 58), 12 * SECOND + 750000000, 0x80 | 60, false},
        {0, UINT64_MAX, SECOND + 999999999, 0x80 | 63, false},
        {0, UINT64_MAX, 999999999, 0x80 | 64, false},
        {0, UINT64_MAX, 499999999, 0x80 | 65, false},
        {0, UINT64_MAX, 0, 0x80 | 95, false},
        {0, UINT64_MAX, 0, 0xff, false},
        {1000, 1, 1000 * SECOND + 1000, 6, false},
        {-1000, 1000000000, 0, 6, false},
        {-1000, 999999999, 0, 6, true},
        {INT64_MAX, UINT64_MAX, LATEST_TIME, 0, true},
        {INT64_MIN, UINT64_MAX, 0, 0, false}, /* half of the range is as far as either counts */
        {INT64_MIN, 5, 0, 0, true},
        {0, UINT64_MAX, LATEST_TIME, 6, true},
        {0, 4100000000000000, LATEST_TIME, 6, false},
        {0, 4100000000000001, LATEST_TIME, 6, true},
    };
    for (size_t i = 0; i < 2 * sizeof cases / sizeof *cases; i++) {
        made_start(&made, ORDERS[i % 2]);
        made_section(&made);
        made_interface(&made, LINK_ETHERNET, 0, cases[i / 2].resolution, cases[i / 2].offset);
        made_packet(&made, 0, cases[i / 2].stamp, 1, 6, 0);
        struct source *source = must_open(NULL);
        struct frame frame;
        CU_ASSERT_EQUAL_FATAL(next(source, &frame), SOURCE_FRAME);
        CU_ASSERT_EQUAL(frame.seen.time, cases[i / 2].time);
        CU_ASSERT_EQUAL(frame.misdated, cases[i / 2].misdated);
        expect_end(source, SOURCE_END);
    }
}

static void a_simple_packet_is_cut_to_the_snap_length(void) {
    made_start(&made, ORDER_LITTLE);
    made_section(&made);
    made_interface(&made, LINK_ETHERNET, 10, -1, 0);
    made_packet(&made, 0, 5000000, 1, 4, 0);
    made_simple(&made, 100, 2, 10);
    made_simple(&made, 7, 3, 7);
    struct source *source = must_open(NULL);
    struct frame frame;
    expect_frame(source, 1, 4, 5 * SECOND);
    CU_ASSERT_EQUAL_FATAL(next(source, &frame), SOURCE_FRAME);
    CU_ASSERT_TRUE(holds_payload(&frame, 2, 10));
    CU_ASSERT_EQUAL(frame.wire, 100);
    CU_ASSERT_EQUAL(frame.seen.time, 5 * SECOND); /* it has no time of its own */
    CU_ASSERT_TRUE(frame.misdated);
    expect_frame(source, 3, 7, 5 * SECOND);
    expect_end(source, SOURCE_END);
}

static void add_old_packet(unsigned interface, unsigned drops, uint32_t seed) {
    size_t block = made_block(&made, 2);
    made_u16(&made, interface);
    made_u16(&made, drops);
    made_u32(&made, 0);
    made_u32(&made, 7000000);
    made_u32(&made, 3);
    made_u32(&made, 30);
    made_payload(&made, seed, 3);
    made_block_end(&made, block);
}

static void lost_frames_are_told(void) {
    made_start(&made, ORDER_BIG);
    made_section(&made);
    for (int i = 0; i < 4; i++)
        made_interface(&made, LINK_ETHERNET, 0, -1, 0);
    add_old_packet(3, 5, 1);
    add_old_packet(3, 65535, 1); /* not known */
    made_packet(&made, 0, 0, 1, 3, 100);
    made_packet(&made, 0, 0, 1, 3, 20);
    made_packet(&made, 1, 0, 1, 3, 1000); /* its statistics tell better */
    made_statistics(&made, 1, ISB_IFDROP, 70);
    made_statistics(&made, 1, ISB_OSDROP, 8);
    made_statistics(&made, 1, ISB_IFDROP, 90); /* a total */
    made_statistics(&made, 0, ISB_IFRECV, 3000000);
    made_statistics(&made, 2, ISB_IFDROP, 10000);
    made_statistics(&made, 9, ISB_IFDROP, 100000); /* of no interface */
    struct source *source = must_open(NULL);
    expect_frame(source, 1, 3, 7 * SECOND);
    CU_ASSERT_EQUAL(source_dropped(source), 5);
    struct frame frame;
    while (next(source, &frame) == SOURCE_FRAME)
        ;
    CU_ASSERT_EQUAL(frame.seen.frame, 5);
    CU_ASSERT_EQUAL(source_dropped(source), 5 + 120 + 98 + 10000);
    source_close(source);
    made_statistics(&made, 0, ISB_IFDROP, UINT64_MAX);
    source = must_open(NULL);
    while (next(source, &frame) == SOURCE_FRAME)
        ;
    CU_ASSERT_EQUAL(source_dropped(source), UINT64_MAX);
    source_close(source);
}

static void large_frames_are_read_and_larger_ones_refused(void) {
    static const uint32_t sizes[] = {300000, 60, 65535, MAX_FRAME, 1};
    for (unsigned ng = 0; ng < 2; ng++) {
        made_start(&made, ORDER_LITTLE);
        if (ng) {
            made_section(&made);
            made_interface(&made, LINK_ETHERNET, 0, -1, 0);
        } else {
            made_pcap(&made, PCAP_MICROSECONDS, LINK_ETHERNET);
        }
        for (uint32_t i = 0; i < 6; i++) {
            uint32_t size = i < 5 ? sizes[i] : MAX_FRAME + 1;
            if (ng) {
                made_packet(&made, 0, UINT64_C(1000000) * i, i, size, 0);
            } else {
                made_record(&made, PCAP_MICROSECONDS, i, 0, size, size);
                made_payload(&made, i, size);
            }
        }
        struct source *source = must_open(NULL);
        for (uint32_t i = 0; i < 5; i++)
            expect_frame(source, i, sizes[i], i * SECOND);
        expect_end(source, SOURCE_BROKEN);
        CU_ASSERT_PTR_NOT_NULL(strstr(why, "beyond frame 5"));
        CU_ASSERT_PTR_NOT_NULL(strstr(why, path));
    }
}

static void a_filter_fits_each_link_type_for_itself(void) {
    made_start(&made, ORDER_BIG);
    made_section(&made);
    made_interface(&made, LINK_ETHERNET, 0, -1, 0);
    made_interface(&made, LINK_RAW, 0, -1, 0);
    made_interface(&made, LINK_USB, 0, -1, 0);
    static const bool wanted[] = {true, false, true, false};
    static const uint32_t interfaces[] = {0, 0, 1, 2};
    for (size_t i = 0; i < 4; i++) {
        uint8_t frame[34] = {0};
        size_t ip = interfaces[i] == 1 ? 0 : 14;
        frame[12] = ip == 14 ? 8 : 0;
        frame[ip] = 0x45;
        frame[ip + 9] = wanted[i] ? 6 : 17;
        size_t block = made_block(&made, 6);
        made_u32(&made, interfaces[i]);
        made_u64(&made, 0);
        made_u32(&made, 34);
        made_u32(&made, 34);
        made_bytes(&made, frame, 34);
        made_block_end(&made, block);
    }
    struct source *source = must_open("tcp");
    struct frame frame;
    for (size_t i = 0; i < 4; i++) {
        CU_ASSERT_EQUAL(next(source, &frame), SOURCE_FRAME);
        CU_ASSERT_EQUAL(source_wants(source), wanted[i]);
        CU_ASSERT_EQUAL(source_understood(source, why, sizeof why), i < 3);
    }
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "does not fit link type USBPCAP, 249"));
    expect_end(source, SOURCE_END);
}

int main(void) {
    if (!opened_begin())
        return 1;
    CU_TestInfo tests[] = {
        {"every kind of pcap is read", every_kind_of_pcap_is_read},
        {"old pcap files have their lengths the other way", old_pcap_files_have_their_lengths_the_other_way},
        {"sections have their own order and interfaces", sections_have_their_own_order_and_interfaces},
        {"every resolution of time is read", every_resolution_of_time_is_read},
        {"a simple packet is cut to the snap length", a_simple_packet_is_cut_to_the_snap_length},
        {"lost frames are told", lost_frames_are_told},
        {"large frames are read, and larger ones refused", large_frames_are_read_and_larger_ones_refused},
        {"a filter fits each link type for itself", a_filter_fits_each_link_type_for_itself},
        CU_TEST_INFO_NULL,
    };
    int status = unit_run("capture/source", tests);
    opened_end();
    return status;
}
