/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/decode.h"
#include "capture/link.h"
#include "tests/capture/packets.h"
#include "tests/unit.h"

#include <pcap/dlt.h>
#include <stdlib.h>
#include <string.h>

static const struct bytes hello = {(const uint8_t *)"hello", 5};

static struct tcp sample(bool v6) {
    return (struct tcp){.source = endpoint_of(v6 ? "2001:db8::1" : "10.0.0.1", 50000),
                        .destination = endpoint_of(v6 ? "2001:db8::2" : "10.0.0.2", 135),
                        .seq = 0x01020304,
                        .ack = 0x0a0b0c0d,
                        .flags = TCP_ACK,
                        .window = 512,
                        .payload = hello};
}

static enum decoded decode(int link, const struct buffer *b, size_t captured, struct packet *p) {
    /* In memory of its own, so that a read past the end is seen. */
    uint8_t *copy = malloc(captured > 0 ? captured : 1);
    memcpy(copy, b->at, captured);
    struct frame frame = {.bytes = {copy, captured}, .wire = (uint32_t)b->len, .link = link, .seen = {7, 8, 9}};
    enum decoded decoded = decode_frame(&frame, p);
    free(copy);
    return decoded;
}

static void expect_sample(int link, const struct buffer *b, bool v6) {
    struct packet p;
    struct tcp s = sample(v6);
    CU_ASSERT_EQUAL_FATAL(decode(link, b, b->len, &p), DECODED_TCP);
    CU_ASSERT_TRUE(endpoint_equal(&p.source, &s.source));
    CU_ASSERT_TRUE(endpoint_equal(&p.destination, &s.destination));
    CU_ASSERT_EQUAL(p.seq, s.seq);
    CU_ASSERT_EQUAL(p.ack, s.ack);
    CU_ASSERT_EQUAL(p.flags, s.flags);
    CU_ASSERT_EQUAL(p.window, s.window);
    CU_ASSERT_EQUAL(p.payload.len, hello.len);
    CU_ASSERT_EQUAL(p.cut, 0);
    CU_ASSERT_EQUAL(p.ttl, 64);
    CU_ASSERT_EQUAL(p.seen.frame, 7);
}

/* What lies before the IP header of each link type. */
struct layer {
    int link;
    bool v6;
    const char *octets;
    size_t len;
};

#define LAYER(link, v6, octets)                                                                                        \
    { link, v6, octets, sizeof(octets) - 1 }

static const struct layer LAYERS[] = {
    LAYER(DLT_EN10MB, false, "\2\0\0\0\0\1\2\0\0\0\0\2\x08\x00"),
    LAYER(DLT_EN10MB, true, "\2\0\0\0\0\1\2\0\0\0\0\2\x86\xdd"),
    LAYER(DLT_EN10MB, false, "\2\0\0\0\0\1\2\0\0\0\0\2\x81\x00\x60\x05\x08\x00"),
    LAYER(DLT_EN10MB, true, "\2\0\0\0\0\1\2\0\0\0\0\2\x88\xa8\x00\x07\x81\x00\x00\x05\x86\xdd"),
    LAYER(DLT_EN10MB, false, "\2\0\0\0\0\1\2\0\0\0\0\2\x91\x00\x00\x07\x91\x00\x00\x06\x81\x00\x00\x05\x08\x00"),
    LAYER(DLT_LINUX_SLL, false, "\0\0\0\1\0\6\2\0\0\0\0\2\0\0\x08\x00"),
    LAYER(DLT_LINUX_SLL, true, "\0\0\3\4\0\0\0\0\0\0\0\0\0\0\x86\xdd"),
    LAYER(DLT_LINUX_SLL, false, "\0\0\0\1\0\6\2\0\0\0\0\2\0\0\x81\x00\0\5\x08\x00"),
    LAYER(DLT_LINUX_SLL2, false, "\x08\x00\0\0\0\0\0\3\0\1\0\6\2\0\0\0\0\2\0\0"),
    LAYER(DLT_LINUX_SLL2, true, "\x86\xdd\0\0\0\0\0\3\0\1\0\6\2\0\0\0\0\2\0\0"),
    LAYER(DLT_RAW, false, ""),
    LAYER(DLT_RAW, true, ""),
    LAYER(14, false, ""),
    LAYER(DLT_IPV4, false, ""),
    LAYER(DLT_IPV6, true, ""),
    LAYER(DLT_NULL, false, "\2\0\0\0"),
    LAYER(DLT_NULL, false, "\0\0\0\2"),
    LAYER(DLT_NULL, true, "\x1e\0\0\0"),
    LAYER(DLT_NULL, true, "\0\0\0\x18"),
    LAYER(DLT_LOOP, false, "\0\0\0\2"),
    LAYER(DLT_LOOP, true, "\0\0\0\x1c"),
};

enum { LAYERS_COUNT = sizeof LAYERS / sizeof *LAYERS };

static void build(const struct layer *layer, struct buffer *b) {
    struct tcp tcp = sample(layer->v6);
    b->len = 0;
    put_bytes(b, layer->octets, layer->len);
    put_tcp_packet(b, &tcp);
}

static void every_link_type_is_peeled_off(void) {
    static struct buffer b;
    for (size_t i = 0; i < LAYERS_COUNT; i++) {
        build(&LAYERS[i], &b);
        expect_sample(LAYERS[i].link, &b, LAYERS[i].v6);
        CU_ASSERT_TRUE(link_known(LAYERS[i].link));
    }
    CU_ASSERT_FALSE(link_known(DLT_IEEE802_11_RADIO));
}

static void every_prefix_is_survived(void) {
    static struct buffer b;
    struct packet p;
    for (size_t i = 0; i < LAYERS_COUNT; i++) {
        build(&LAYERS[i], &b);
        size_t headers = b.len - hello.len;
        for (size_t n = 0; n < headers; n++)
            CU_ASSERT_EQUAL(decode(LAYERS[i].link, &b, n, &p), DECODED_CUT);
        for (size_t n = headers; n <= b.len; n++) {
            CU_ASSERT_EQUAL(decode(LAYERS[i].link, &b, n, &p), DECODED_TCP);
            CU_ASSERT_EQUAL(p.payload.len, n - headers);
            CU_ASSERT_EQUAL(p.payload.len + p.cut, hello.len);
        }
    }
}

/* The same, but that was all of the frame. */
static void a_frame_that_ends_early_is_malformed(void) {
    static struct buffer b;
    struct packet p;
    for (size_t i = 0; i < LAYERS_COUNT; i++) {
        build(&LAYERS[i], &b);
        for (size_t n = b.len - hello.len; n-- > 0;) {
            b.len = n;
            CU_ASSERT_EQUAL(decode(LAYERS[i].link, &b, n, &p), DECODED_MALFORMED);
        }
    }
}

static void every_octet_may_be_any(void) {
    static struct buffer b;
    struct packet p;
    for (size_t i = 0; i < LAYERS_COUNT; i++) {
        build(&LAYERS[i], &b);
        for (size_t at = 0; at < b.len; at++) {
            uint8_t was = b.at[at];
            for (unsigned value = 0; value < 256; value++) {
                b.at[at] = (uint8_t)value;
                CU_ASSERT_TRUE(decode(LAYERS[i].link, &b, b.len, &p) <= DECODED_OTHER_LINK);
            }
            b.at[at] = was;
        }
    }
}

static void tags_and_addresses_are_kept(void) {
    static struct buffer b;
    struct packet p;
    const uint32_t tagged = lane_within(lane_within(0, 0x88a8, 7), 0x8100, 5);
    uint32_t lanes[5];
    for (size_t i = 0; i < 5; i++) {
        build(&LAYERS[i], &b);
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
    build(&LAYERS[6], &b); /* a loopback device: its address has no six octets */
    decode(LAYERS[6].link, &b, b.len, &p);
    CU_ASSERT_FALSE(p.mac.known);
}

static void padding_is_no_payload(void) {
    static struct buffer b;
    struct packet p;
    build(&LAYERS[0], &b);
    put_u32(&b, 0xffffffff);
    CU_ASSERT_EQUAL(decode(DLT_EN10MB, &b, b.len, &p), DECODED_TCP);
    CU_ASSERT_EQUAL(p.payload.len, hello.len);
    CU_ASSERT_EQUAL(p.cut, 0);
}

static void a_packet_that_is_to_be_segmented_has_no_length_yet(void) {
    static struct buffer b;
    build(&LAYERS[0], &b);
    memset(b.at + 14 + 2, 0, 2);
    expect_sample(DLT_EN10MB, &b, false);
    build(&LAYERS[1], &b);
    memset(b.at + 14 + 4, 0, 2);
    expect_sample(DLT_EN10MB, &b, true);
}

static void extension_headers_are_skipped(void) {
    static struct buffer b, inner, tcp;
    struct tcp s = sample(true);
    tcp.len = inner.len = b.len = 0;
    put_tcp_packet(&tcp, &s);
    static const uint8_t chain[] = {43, 0, 0, 0, 0, 0, 0, 0,                         /* hop-by-hop, then routing */
                                    60, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* two units, then options */
                                    51, 0, 0, 0, 0, 0, 0, 0,                         /* then authentication */
                                    44, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* 12 octets, then a fragment header */
                                    6,  0, 0, 0, 0, 0, 0, 0};            /* that is all of its datagram */
    put_bytes(&inner, chain, sizeof chain);
    put_bytes(&inner, tcp.at + 40, tcp.len - 40);
    put_ip(&b, &s.source.address, &s.destination.address, 0, &inner);
    expect_sample(DLT_RAW, &b, true);
    b.at[40 + 8 + 16 + 8 + 12 + 3] = 1; /* more fragments */
    struct packet p;
    CU_ASSERT_EQUAL(decode(DLT_RAW, &b, b.len, &p), DECODED_FRAGMENT);
}

static void endless_extension_headers_are_malformed(void) {
    static struct buffer b, inner;
    struct packet p;
    struct tcp s = sample(true);
    b.len = inner.len = 0;
    for (int i = 0; i < 100; i++) {
        put_u32(&inner, 0x3c000000);
        put_u32(&inner, 0);
    }
    put_ip(&b, &s.source.address, &s.destination.address, 60, &inner);
    CU_ASSERT_EQUAL(decode(DLT_RAW, &b, b.len, &p), DECODED_MALFORMED);
}

static void fragments_are_told_apart(void) {
    static struct buffer b;
    struct packet p;
    build(&LAYERS[10], &b);
    b.at[6] = 0x20; /* more fragments */
    CU_ASSERT_EQUAL(decode(DLT_RAW, &b, b.len, &p), DECODED_FRAGMENT);
    b.at[6] = 0;
    b.at[7] = 1; /* an offset */
    CU_ASSERT_EQUAL(decode(DLT_RAW, &b, b.len, &p), DECODED_FRAGMENT);
    b.at[6] = 0x40; /* do not fragment */
    b.at[7] = 0;
    CU_ASSERT_EQUAL(decode(DLT_RAW, &b, b.len, &p), DECODED_TCP);
}

static void contradictions_are_malformed(void) {
    static struct buffer b;
    struct packet p;
    static const struct {
        size_t at;
        uint8_t value;
    } wrong[] = {{0, 0x44}, {0, 0x25}, {3, 19}, {20 + 12, 0x40}, {20 + 12, 0xf0}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        build(&LAYERS[10], &b);
        b.at[wrong[i].at] = wrong[i].value;
        CU_ASSERT_EQUAL(decode(DLT_RAW, &b, b.len, &p), DECODED_MALFORMED);
    }
}

static void what_is_not_ours_is_left_alone(void) {
    static struct buffer b;
    struct packet p;
    build(&LAYERS[0], &b);
    b.at[13] = 6; /* ARP */
    CU_ASSERT_EQUAL(decode(DLT_EN10MB, &b, b.len, &p), DECODED_OTHER);
    b.at[13] = 0;
    b.at[14 + 9] = 17; /* UDP */
    CU_ASSERT_EQUAL(decode(DLT_EN10MB, &b, b.len, &p), DECODED_OTHER);
    CU_ASSERT_EQUAL(decode(DLT_IEEE802_11, &b, b.len, &p), DECODED_OTHER_LINK);
}

/* An error of a router that quotes the beginning of the sample. */
static void build_icmp(struct buffer *b, bool v6, uint32_t type, uint32_t code) {
    static struct buffer icmp, quoted;
    struct tcp s = sample(v6);
    struct address router = endpoint_of(v6 ? "2001:db8::fe" : "10.0.0.254", 0).address;
    b->len = icmp.len = quoted.len = 0;
    put_tcp_packet(&quoted, &s);
    put_u8(&icmp, type);
    put_u8(&icmp, code);
    put_u16(&icmp, 0);
    put_u32(&icmp, 0);
    put_bytes(&icmp, quoted.at, (v6 ? 40 : 20) + 8);
    put_ip(b, &router, &s.source.address, v6 ? 58 : 1, &icmp);
}

static void an_icmp_error_quotes_a_packet(void) {
    for (int v6 = 0; v6 < 2; v6++) {
        static struct buffer b;
        struct packet p;
        struct tcp s = sample(v6 != 0);
        struct address router = endpoint_of(v6 ? "2001:db8::fe" : "10.0.0.254", 0).address;
        build_icmp(&b, v6 != 0, v6 ? 1 : 3, v6 ? 4 : 13);
        CU_ASSERT_EQUAL(decode(DLT_RAW, &b, b.len, &p), DECODED_UNREACHABLE);
        CU_ASSERT_TRUE(endpoint_equal(&p.source, &s.source));
        CU_ASSERT_TRUE(endpoint_equal(&p.destination, &s.destination));
        CU_ASSERT_TRUE(address_equal(&p.reporter, &router));
        CU_ASSERT_EQUAL(p.seq, s.seq);
        CU_ASSERT_EQUAL(p.icmp_type, v6 ? 1 : 3);
        CU_ASSERT_EQUAL(p.icmp_code, v6 ? 4 : 13);
        for (size_t n = 0; n < b.len; n++)
            CU_ASSERT_EQUAL(decode(DLT_RAW, &b, n, &p), DECODED_CUT);
    }
}

static void an_icmp_error_about_the_size_says_nothing_of_the_server(void) {
    static const struct {
        bool v6;
        uint8_t type, code;
        enum decoded decoded;
    } cases[] = {
        {false, 3, 3, DECODED_UNREACHABLE}, {false, 3, 4, DECODED_OTHER}, /* fragmentation needed */
        {false, 3, 5, DECODED_UNREACHABLE}, {false, 11, 0, DECODED_UNREACHABLE},
        {false, 11, 1, DECODED_OTHER}, /* fragment reassembly time exceeded */
        {true, 1, 0, DECODED_UNREACHABLE},  {true, 1, 1, DECODED_UNREACHABLE},
        {true, 2, 0, DECODED_OTHER},                                     /* packet too big */
        {true, 3, 0, DECODED_UNREACHABLE},  {true, 3, 1, DECODED_OTHER}, /* fragment reassembly time exceeded */
    };
    static struct buffer b;
    struct packet p;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        build_icmp(&b, cases[i].v6, cases[i].type, cases[i].code);
        CU_ASSERT_EQUAL(decode(DLT_RAW, &b, b.len, &p), cases[i].decoded);
    }
}

int main(void) {
    CU_TestInfo tests[] = {
        {"every link type is peeled off", every_link_type_is_peeled_off},
        {"every prefix is survived", every_prefix_is_survived},
        {"a frame that ends early is malformed", a_frame_that_ends_early_is_malformed},
        {"every octet may be any", every_octet_may_be_any},
        {"tags and addresses are kept", tags_and_addresses_are_kept},
        {"padding is no payload", padding_is_no_payload},
        {"a packet that is to be segmented has no length yet", a_packet_that_is_to_be_segmented_has_no_length_yet},
        {"extension headers are skipped", extension_headers_are_skipped},
        {"endless extension headers are malformed", endless_extension_headers_are_malformed},
        {"fragments are told apart", fragments_are_told_apart},
        {"contradictions are malformed", contradictions_are_malformed},
        {"what is not ours is left alone", what_is_not_ours_is_left_alone},
        {"an ICMP error quotes a packet", an_icmp_error_quotes_a_packet},
        {"an ICMP error about the size says nothing of the server",
         an_icmp_error_about_the_size_says_nothing_of_the_server},
        CU_TEST_INFO_NULL,
    };
    return unit_run("capture/decode", tests);
}
