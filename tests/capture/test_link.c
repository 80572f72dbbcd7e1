/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/link.h"
#include "tests/capture/layers.h"
#include "tests/unit.h"

#include <string.h>

#define MACS "\2\0\0\0\0\1\2\0\0\0\0\2"
#define ZEROS12 "\0\0\0\0\0\0\0\0\0\0\0\0"
/* Its length, type 1, link type, name of 24 octets, then 72 that do not matter. */
#define PKTAP(next, name) PKTAP_OF("\x6c", next, name)
#define PKTAP_OF(size, next, name)                                                                                     \
    size "\0\0\0\1\0\0\0" next "\0\0\0" name ZEROS12 "\0\0\0\0\0\0\0\0" ZEROS12 ZEROS12 ZEROS12 ZEROS12 ZEROS12 ZEROS12

static const struct layer LAYERS[] = {
    LAYER(LINKTYPE_ETHERNET, false, MACS "\x08\x00"),
    LAYER(LINKTYPE_ETHERNET, true, MACS "\x86\xdd"),
    LAYER(LINKTYPE_ETHERNET, false, MACS "\x81\x00\x60\x05\x08\x00"),
    LAYER(LINKTYPE_ETHERNET, true, MACS "\x88\xa8\x00\x07\x81\x00\x00\x05\x86\xdd"),
    LAYER(LINKTYPE_ETHERNET, false, MACS "\x91\x00\x00\x07\x91\x00\x00\x06\x81\x00\x00\x05\x08\x00"),
    LAYER(LINKTYPE_LINUX_SLL, false, "\0\0\0\1\0\6\2\0\0\0\0\2\0\0\x08\x00"),
    LAYER(LINKTYPE_LINUX_SLL, true, "\0\0\3\4\0\0\0\0\0\0\0\0\0\0\x86\xdd"),
    LAYER(LINKTYPE_LINUX_SLL, false, "\0\0\0\1\0\6\2\0\0\0\0\2\0\0\x81\x00\0\5\x08\x00"),
    LAYER(LINKTYPE_LINUX_SLL2, false, "\x08\x00\0\0\0\0\0\3\0\1\0\6\2\0\0\0\0\2\0\0"),
    LAYER(LINKTYPE_LINUX_SLL2, true, "\x86\xdd\0\0\0\0\0\3\0\1\0\6\2\0\0\0\0\2\0\0"),
    LAYER(LINKTYPE_RAW, false, ""),
    LAYER(LINKTYPE_RAW, true, ""),
    LAYER(12, false, ""),
    LAYER(14, false, ""),
    LAYER(LINKTYPE_IPV4, false, ""),
    LAYER(LINKTYPE_IPV6, true, ""),
    LAYER(LINKTYPE_NULL, false, "\2\0\0\0"),
    LAYER(LINKTYPE_NULL, false, "\0\0\0\2"),
    LAYER(LINKTYPE_NULL, true, "\x1e\0\0\0"),
    LAYER(LINKTYPE_NULL, true, "\0\0\0\x18"),
    LAYER(LINKTYPE_LOOP, false, "\0\0\0\2"),
    LAYER(LINKTYPE_LOOP, true, "\0\0\0\x1c"),
    LAYER(LINKTYPE_PPP, false, "\xff\x03\x00\x21"),
    LAYER(LINKTYPE_PPP, true, "\xff\x03\x57"),
    LAYER(LINKTYPE_PPP, false, "\x21"),
    LAYER(LINKTYPE_PPP, true, "\x00\x57"),
    LAYER(LINKTYPE_PPP, false, "\x02\x81\0\x01\x01\x40"),
    LAYER(LINKTYPE_PPP_HDLC, false, "\xff\x03\x00\x21"),
    LAYER(LINKTYPE_PPP_HDLC, true, "\x0f\0\x86\xdd"),
    LAYER(LINKTYPE_C_HDLC, false, "\x8f\0\x08\x00"),
    LAYER(LINKTYPE_PPP_ETHER, false, "\x11\0\0\1\0\x2f\0\x21"),
    LAYER(LINKTYPE_ETHERNET, false, MACS "\x88\x64\x11\0\0\1\0\x2f\0\x21"),
    LAYER(LINKTYPE_ETHERNET, true, MACS "\x81\x00\x00\x05\x88\x64\x11\0\0\1\0\x43\0\x57"),
    LAYER(LINKTYPE_LINUX_SLL, false, "\0\0\0\1\0\6\2\0\0\0\0\2\0\0\x88\x64\x11\0\0\1\0\x2f\0\x21"),
    LAYER(LINKTYPE_MPLS, true, "\0\x01\x01\x40"),
    LAYER(LINKTYPE_ETHERNET, false, MACS "\x88\x47\0\x01\x00\x40\0\x02\x01\x40"),
    LAYER(LINKTYPE_ETHERNET, true, MACS "\x88\x48\0\x01\x01\x40"),
    LAYER(LINKTYPE_ETHERNET, false, MACS "\x88\x47\0\x01\x01\x40\0\0\0\x09" MACS "\x08\x00"),
    LAYER(LINKTYPE_ETHERNET, true, MACS "\x88\x47\0\x01\x01\x40" MACS "\x81\x00\0\5\x86\xdd"),
    LAYER(LINKTYPE_ETHERNET, false, MACS "\0\x35\xaa\xaa\x03\0\0\0\x08\x00"),
    LAYER(LINKTYPE_ETHERNET, true, MACS "\x81\x00\0\5\0\x49\xaa\xaa\x03\0\0\xf8\x86\xdd"),
    LAYER(LINKTYPE_LINUX_SLL, false, "\0\0\0\1\0\6\2\0\0\0\0\2\0\0\0\4\xaa\xaa\x03\0\0\0\x08\x00"),
    LAYER(LINKTYPE_NFLOG, false, "\2\0\0\1\x08\0\1\0\x08\x00\1\0\5\0\x0a\0z\0\0\0\x31\0\x09\0"),
    LAYER(LINKTYPE_NFLOG, true, "\x0a\0\0\1\x45\0\x09\0"),
    LAYER(LINKTYPE_PKTAP, false, PKTAP("\1", "en0\0") MACS "\x08\x00"),
    LAYER(LINKTYPE_PKTAP, false, PKTAP("\x0c", "pdp_")),
    LAYER(LINKTYPE_PKTAP, false, PKTAP_OF("\x70", "\x0c", "pdp_") "\0\0\0\0"), /* a header that has grown */
    LAYER(LINKTYPE_USER2, true, PKTAP("\0", "lo0\0") "\x1e\0\0\0"),
};

enum { LAYERS_COUNT = sizeof LAYERS / sizeof *LAYERS };

static void every_link_type_is_peeled_off(void) {
    static struct buffer b;
    for (size_t i = 0; i < LAYERS_COUNT; i++) {
        build_layer(&LAYERS[i], &b);
        expect_sample(LAYERS[i].link, &b, LAYERS[i].v6);
        CU_ASSERT_TRUE(link_known(LAYERS[i].link));
    }
    CU_ASSERT_FALSE(link_known(127));
}

static void each_may_be_cut_end_or_be_damaged_anywhere(void) {
    static struct buffer b;
    for (size_t i = 0; i < LAYERS_COUNT; i++) {
        build_layer(&LAYERS[i], &b);
        expect_every_prefix(LAYERS[i].link, &b);
        expect_every_octet(LAYERS[i].link, &b);
        expect_every_end(LAYERS[i].link, &b);
    }
}

static void tags_and_addresses_are_kept(void) {
    static struct buffer b;
    struct packet p;
    const uint32_t tagged = lane_within(lane_within(0, 0x88a8, 7), 0x8100, 5);
    uint32_t lanes[5];
    for (size_t i = 0; i < 5; i++) {
        build_layer(&LAYERS[i], &b);
        decode(LAYERS[i].link, &b, b.len, &p);
        lanes[i] = p.lane;
        CU_ASSERT_TRUE(p.mac.known);
        CU_ASSERT_EQUAL(p.mac.octets[5], 2);
    }
    CU_ASSERT_EQUAL(lanes[0], 0);
    CU_ASSERT_EQUAL(lanes[1], 0);
    CU_ASSERT_EQUAL(lanes[2], lane_within(0, 0x8100, 5));
    CU_ASSERT_EQUAL(lanes[3], tagged);
    CU_ASSERT_NOT_EQUAL(lanes[4], tagged);
    build_layer(&LAYERS[6], &b); /* a loopback device: its address has no six octets */
    decode(LAYERS[6].link, &b, b.len, &p);
    CU_ASSERT_FALSE(p.mac.known);
}

static uint32_t lane_of(int link, const char *octets, size_t len) {
    static struct buffer b;
    struct layer layer = {link, false, octets, len};
    build_layer(&layer, &b);
    return expect_sample(link, &b, false).lane;
}

#define LANE(link, octets) lane_of(link, octets, sizeof(octets) - 1)

static void interfaces_are_lanes_and_what_differs_by_direction_is_none(void) {
    uint32_t third = LANE(LINKTYPE_LINUX_SLL2, "\x08\x00\0\0\0\0\0\3\0\1\0\6\2\0\0\0\0\2\0\0");
    CU_ASSERT_EQUAL(third, lane_within(0, LANE_INDEX, 3));
    CU_ASSERT_NOT_EQUAL(third, LANE(LINKTYPE_LINUX_SLL2, "\x08\x00\0\0\0\0\0\4\0\1\0\6\2\0\0\0\0\2\0\0"));
    uint32_t en0 = LANE(LINKTYPE_PKTAP, PKTAP("\x0c", "en0\0"));
    CU_ASSERT_NOT_EQUAL(en0, 0);
    CU_ASSERT_NOT_EQUAL(en0, LANE(LINKTYPE_PKTAP, PKTAP("\x0c", "en1\0")));
    CU_ASSERT_EQUAL(en0, LANE(LINKTYPE_USER2, PKTAP("\x0c", "en0\0")));
    CU_ASSERT_EQUAL(LANE(LINKTYPE_MPLS, "\0\x01\x01\x40"), 0);
    CU_ASSERT_EQUAL(LANE(LINKTYPE_PPP_ETHER, "\x11\0\0\1\0\x2f\0\x21"), 0);
}

static enum decoded decoded_of(int link, const char *octets, size_t len) {
    static struct buffer b;
    struct layer layer = {link, false, octets, len};
    struct packet p;
    build_layer(&layer, &b);
    return decode(link, &b, b.len, &p);
}

#define DECODED(link, octets) decoded_of(link, octets, sizeof(octets) - 1)

#define TAG "\x81\x00\0\5"
#define LABEL "\0\x01\0\x40"

static void stacks_have_a_limit(void) {
    CU_ASSERT_EQUAL(DECODED(LINKTYPE_ETHERNET, MACS TAG TAG TAG TAG TAG TAG TAG TAG "\x08\x00"), DECODED_TCP);
    CU_ASSERT_EQUAL(DECODED(LINKTYPE_ETHERNET, MACS TAG TAG TAG TAG TAG TAG TAG TAG TAG "\x08\x00"), DECODED_NESTED);
    CU_ASSERT_EQUAL(DECODED(LINKTYPE_MPLS, LABEL LABEL LABEL LABEL LABEL LABEL LABEL "\0\1\1\x40"), DECODED_TCP);
    CU_ASSERT_EQUAL(DECODED(LINKTYPE_MPLS, LABEL LABEL LABEL LABEL LABEL LABEL LABEL LABEL "\0\1\1\x40"),
                    DECODED_NESTED);
}

static void what_is_not_ip_is_left_alone(void) {
    CU_ASSERT_EQUAL(DECODED(LINKTYPE_ETHERNET, MACS "\x08\x01"), DECODED_OTHER);
    CU_ASSERT_EQUAL(DECODED(LINKTYPE_ETHERNET, MACS "\0\x26\x42\x42\x03\0\0\0\x08\0"), DECODED_OTHER); /* STP */
    CU_ASSERT_EQUAL(DECODED(LINKTYPE_ETHERNET, MACS "\0\3\xaa\xaa\x03\0\0\0\x08\0"), DECODED_OTHER);   /* padded LLC */
    CU_ASSERT_EQUAL(DECODED(LINKTYPE_ETHERNET, MACS "\0\x35\xaa\xaa\x03\0\0\x0c\x08\0"), DECODED_OTHER);
    CU_ASSERT_EQUAL(DECODED(LINKTYPE_PPP, "\xff\x03\xc0\x21"), DECODED_OTHER);               /* LCP */
    CU_ASSERT_EQUAL(DECODED(LINKTYPE_PPP_ETHER, "\x11\x09\0\0\0\x2f\0\x21"), DECODED_OTHER); /* discovery */
    CU_ASSERT_EQUAL(DECODED(LINKTYPE_PPP_ETHER, "\x21\0\0\0\0\x2f\0\x21"), DECODED_BAD_LINK);
    CU_ASSERT_EQUAL(DECODED(LINKTYPE_C_HDLC, "\x8f\0\x80\x35"), DECODED_OTHER);           /* SLARP */
    CU_ASSERT_EQUAL(DECODED(LINKTYPE_MPLS, "\0\x01\x01\x40\x10\0\0\x21"), DECODED_OTHER); /* an associated channel */
    CU_ASSERT_EQUAL(DECODED(LINKTYPE_MPLS, "\0\x01\x01\x40" MACS "\x08\x06"), DECODED_OTHER);
    CU_ASSERT_EQUAL(DECODED(LINKTYPE_NFLOG, "\2\1\0\1\x31\0\x09\0"), DECODED_BAD_LINK);
    CU_ASSERT_EQUAL(DECODED(LINKTYPE_NFLOG, "\2\0\0\1\3\0\x01\0\x31\0\x09\0"), DECODED_BAD_LINK);
    CU_ASSERT_EQUAL(DECODED(LINKTYPE_PKTAP, PKTAP("\x02", "en0\0")), DECODED_OTHER_LINK);
    static const char in_itself[] = PKTAP("\x95", "en0\0") PKTAP("\x0c", "en0\0");
    CU_ASSERT_EQUAL(DECODED(LINKTYPE_PKTAP, in_itself), DECODED_BAD_LINK);
    CU_ASSERT_EQUAL(DECODED(LINKTYPE_USER2, in_itself), DECODED_OTHER_LINK);
    CU_ASSERT_EQUAL(DECODED(LINKTYPE_USER2, MACS "\x08\x00"), DECODED_OTHER_LINK); /* anything else */
}

int main(void) {
    CU_TestInfo tests[] = {
        {"every link type is peeled off", every_link_type_is_peeled_off},
        {"each may be cut, end or be damaged anywhere", each_may_be_cut_end_or_be_damaged_anywhere},
        {"tags and addresses are kept", tags_and_addresses_are_kept},
        {"interfaces are lanes, and what differs by direction is none",
         interfaces_are_lanes_and_what_differs_by_direction_is_none},
        {"stacks have a limit", stacks_have_a_limit},
        {"what is not IP is left alone", what_is_not_ip_is_left_alone},
        CU_TEST_INFO_NULL,
    };
    return unit_run("capture/link", tests);
}
