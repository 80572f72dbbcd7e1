/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/link.h"
#include "tests/capture/layers.h"
#include "tests/unit.h"

#include <string.h>

static const struct layer ETHERNET = LAYER(LINKTYPE_ETHERNET, false, "\2\0\0\0\0\1\2\0\0\0\0\2\x08\x00");
static const struct layer ETHERNET6 = LAYER(LINKTYPE_ETHERNET, true, "\2\0\0\0\0\1\2\0\0\0\0\2\x86\xdd");
static const struct layer RAW = LAYER(LINKTYPE_RAW, false, "");
static const struct layer RAW6 = LAYER(LINKTYPE_RAW, true, "");

static void padding_is_no_payload(void) {
    static struct buffer b;
    struct packet p;
    build_layer(&ETHERNET, &b);
    put_u32(&b, 0xffffffff);
    CU_ASSERT_EQUAL(decode(LINKTYPE_ETHERNET, &b, b.len, &p), DECODED_TCP);
    CU_ASSERT_EQUAL(p.payload.len, sample(false).payload.len);
    CU_ASSERT_EQUAL(p.cut, 0);
}

static void a_packet_that_is_to_be_segmented_has_no_length_yet(void) {
    static struct buffer b;
    build_layer(&ETHERNET, &b);
    memset(b.at + 14 + 2, 0, 2);
    expect_sample(LINKTYPE_ETHERNET, &b, false);
    build_layer(&ETHERNET6, &b);
    memset(b.at + 14 + 4, 0, 2);
    expect_sample(LINKTYPE_ETHERNET, &b, true);
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
    expect_sample(LINKTYPE_RAW, &b, true);
    b.at[40 + 8 + 16 + 8 + 12 + 3] = 8; /* an offset */
    struct packet p;
    CU_ASSERT_EQUAL(decode(LINKTYPE_RAW, &b, b.len, &p), DECODED_FRAGMENT);
}

static void endless_extension_headers_are_not_followed(void) {
    static struct buffer b, inner;
    struct packet p;
    struct tcp s = sample(true);
    b.len = inner.len = 0;
    for (int i = 0; i < 100; i++) {
        put_u32(&inner, 0x3c000000);
        put_u32(&inner, 0);
    }
    put_ip(&b, &s.source.address, &s.destination.address, 60, &inner);
    CU_ASSERT_EQUAL(decode(LINKTYPE_RAW, &b, b.len, &p), DECODED_NESTED);
}

static void fragments_are_told_apart(void) {
    static struct buffer b;
    struct packet p;
    build_layer(&RAW, &b);
    b.at[6] = 0;
    b.at[7] = 1; /* an offset */
    CU_ASSERT_EQUAL(decode(LINKTYPE_RAW, &b, b.len, &p), DECODED_FRAGMENT);
    b.at[6] = 0x40; /* do not fragment */
    b.at[7] = 0;
    CU_ASSERT_EQUAL(decode(LINKTYPE_RAW, &b, b.len, &p), DECODED_TCP);
    b.at[6] = 0x20; /* more fragments, yet not of whole units: 25 octets */
    CU_ASSERT_EQUAL(decode(LINKTYPE_RAW, &b, b.len, &p), DECODED_BAD_IP);
    b.at[3] -= 1;
    CU_ASSERT_EQUAL(decode(LINKTYPE_RAW, &b, b.len, &p), DECODED_FRAGMENT);
}

static void each_contradiction_is_told_by_its_layer(void) {
    static struct buffer b;
    struct packet p;
    static const struct {
        size_t at;
        uint8_t value;
        enum decoded decoded;
    } wrong[] = {{0, 0x44, DECODED_BAD_IP}, {0, 0x25, DECODED_BAD_LINK},      {3, 19, DECODED_BAD_IP},
                 {3, 39, DECODED_BAD_TCP},  {20 + 12, 0x40, DECODED_BAD_TCP}, {20 + 12, 0xf0, DECODED_BAD_TCP}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        build_layer(&RAW, &b);
        b.at[wrong[i].at] = wrong[i].value;
        CU_ASSERT_EQUAL(decode(LINKTYPE_RAW, &b, b.len, &p), wrong[i].decoded);
    }
    build_layer(&ETHERNET6, &b);
    b.at[14] = 0x40;
    CU_ASSERT_EQUAL(decode(LINKTYPE_ETHERNET, &b, b.len, &p), DECODED_BAD_IP);
}

static void what_is_not_ours_is_left_alone(void) {
    static struct buffer b;
    struct packet p;
    build_layer(&ETHERNET, &b);
    b.at[13] = 1;
    CU_ASSERT_EQUAL(decode(LINKTYPE_ETHERNET, &b, b.len, &p), DECODED_OTHER);
    b.at[13] = 0;
    b.at[14 + 9] = 2; /* IGMP */
    CU_ASSERT_EQUAL(decode(LINKTYPE_ETHERNET, &b, b.len, &p), DECODED_OTHER);
    CU_ASSERT_EQUAL(decode(105, &b, b.len, &p), DECODED_OTHER_LINK);
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
        CU_ASSERT_EQUAL(decode(LINKTYPE_RAW, &b, b.len, &p), DECODED_UNREACHABLE);
        CU_ASSERT_TRUE(endpoint_equal(&p.source, &s.source));
        CU_ASSERT_TRUE(endpoint_equal(&p.destination, &s.destination));
        CU_ASSERT_TRUE(address_equal(&p.reporter, &router));
        CU_ASSERT_EQUAL(p.seq, s.seq);
        CU_ASSERT_EQUAL(p.icmp_type, v6 ? 1 : 3);
        CU_ASSERT_EQUAL(p.icmp_code, v6 ? 4 : 13);
        for (size_t n = 0; n < b.len; n++)
            CU_ASSERT_EQUAL(decode(LINKTYPE_RAW, &b, n, &p), DECODED_CUT);
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
        CU_ASSERT_EQUAL(decode(LINKTYPE_RAW, &b, b.len, &p), cases[i].decoded);
    }
}

/* 200 KB, as Linux lets its own network cards segment (BIG TCP): there is no length, or it is an option. */
static void a_frame_may_be_longer_than_an_ip_packet(void) {
    enum { PAYLOAD = 200000, IPV4 = 20, IPV6 = 40, TCP = 20, HOP = 8 };
    static uint8_t frame[PAYLOAD + 100];
    static struct buffer b;
    static const uint8_t hop[HOP] = {6,
                                     0,
                                     0xc2,
                                     4,
                                     0,
                                     (PAYLOAD + TCP + HOP) >> 16,
                                     (uint8_t)((PAYLOAD + TCP + HOP) >> 8),
                                     (uint8_t)(PAYLOAD + TCP + HOP)};
    for (int kind = 0; kind < 3; kind++) { /* IPv4, IPv6 without a length, IPv6 with a jumbo payload option */
        struct packet p;
        size_t header = kind == 0 ? IPV4 : IPV6;
        size_t option = kind == 2 ? HOP : 0;
        build_layer(kind == 0 ? &RAW : &RAW6, &b);
        memset(b.at + (kind == 0 ? 2 : 4), 0, 2);
        memcpy(frame, b.at, header);
        memcpy(frame + header, hop, option);
        memcpy(frame + header + option, b.at + header, TCP);
        if (kind == 2)
            frame[6] = 0;
        size_t all = header + option + TCP + PAYLOAD;
        struct frame f = {.bytes = {frame, all}, .wire = (uint32_t)all, .link = LINKTYPE_RAW};
        CU_ASSERT_EQUAL(decode_frame(&f, &p), DECODED_TCP);
        CU_ASSERT_EQUAL(p.payload.len, PAYLOAD);
        CU_ASSERT_EQUAL(p.cut, 0);
        f.bytes.len = 1000;
        CU_ASSERT_EQUAL(decode_frame(&f, &p), DECODED_TCP);
        CU_ASSERT_EQUAL(p.payload.len + p.cut, PAYLOAD);
        f = (struct frame){.bytes = {frame, all + 9}, .wire = (uint32_t)all + 9, .link = LINKTYPE_RAW};
        CU_ASSERT_EQUAL(decode_frame(&f, &p), DECODED_TCP);
        CU_ASSERT_EQUAL(p.payload.len, PAYLOAD + (kind == 2 ? 0 : 9)); /* the option tells what is padding */
    }
    frame[IPV6 + 5] = 0; /* a jumbogram of less than 64 KB is none */
    struct packet p;
    struct frame f = {.bytes = {frame, 1000}, .wire = 1000, .link = LINKTYPE_RAW};
    CU_ASSERT_EQUAL(decode_frame(&f, &p), DECODED_BAD_IP);
}

/* The cards fill them in, when the packet was captured already. */
static void no_checksum_matters(void) {
    static struct buffer b;
    for (unsigned sum = 0; sum < 0x10000; sum += 0x1111) {
        build_layer(&RAW, &b);
        b.at[10] = b.at[20 + 16] = (uint8_t)(sum >> 8);
        b.at[11] = b.at[20 + 17] = (uint8_t)sum;
        expect_sample(LINKTYPE_RAW, &b, false);
    }
}

static void a_frame_is_never_less_than_what_was_captured(void) {
    static struct buffer b;
    struct packet p;
    build_layer(&RAW, &b);
    for (uint32_t wire = 0; wire < b.len; wire++) {
        struct frame f = {.bytes = {b.at, b.len}, .wire = wire, .link = LINKTYPE_RAW};
        CU_ASSERT_EQUAL(decode_frame(&f, &p), DECODED_TCP);
        CU_ASSERT_EQUAL(p.payload.len, 5);
        CU_ASSERT_EQUAL(p.cut, 0);
    }
}

static void an_authentication_header_is_skipped_and_esp_told(void) {
    static struct buffer b, inner, tcp;
    struct packet p;
    for (int v6 = 0; v6 < 2; v6++) {
        struct tcp s = sample(v6 != 0);
        tcp.len = inner.len = b.len = 0;
        put_tcp_packet(&tcp, &s);
        static const uint8_t ah[24] = {6, 4}; /* then TCP; 6 words less 2 */
        put_bytes(&inner, ah, sizeof ah);
        put_bytes(&inner, tcp.at + (v6 ? 40 : 20), tcp.len - (v6 ? 40 : 20));
        put_ip(&b, &s.source.address, &s.destination.address, 51, &inner);
        expect_sample(LINKTYPE_RAW, &b, v6 != 0);
        b.at[v6 ? 6 : 9] = 50;
        CU_ASSERT_EQUAL(decode(LINKTYPE_RAW, &b, b.len, &p), DECODED_IPSEC);
    }
}

static void a_damaged_quote_says_nothing(void) {
    static struct buffer b;
    struct packet p;
    build_icmp(&b, false, 3, 13);
    b.at[20 + 8] = 0x41;
    CU_ASSERT_EQUAL(decode(LINKTYPE_RAW, &b, b.len, &p), DECODED_OTHER);
    build_icmp(&b, false, 3, 13);
    for (size_t n = 21; n < b.len; n++) { /* all that the router sent */
        struct frame f = {.bytes = {b.at, n}, .wire = (uint32_t)n, .link = LINKTYPE_RAW};
        CU_ASSERT_EQUAL(decode_frame(&f, &p), DECODED_OTHER);
    }
}

int main(void) {
    CU_TestInfo tests[] = {
        {"padding is no payload", padding_is_no_payload},
        {"a packet that is to be segmented has no length yet", a_packet_that_is_to_be_segmented_has_no_length_yet},
        {"extension headers are skipped", extension_headers_are_skipped},
        {"endless extension headers are not followed", endless_extension_headers_are_not_followed},
        {"fragments are told apart", fragments_are_told_apart},
        {"each contradiction is told by its layer", each_contradiction_is_told_by_its_layer},
        {"what is not ours is left alone", what_is_not_ours_is_left_alone},
        {"an ICMP error quotes a packet", an_icmp_error_quotes_a_packet},
        {"an ICMP error about the size says nothing of the server",
         an_icmp_error_about_the_size_says_nothing_of_the_server},
        {"a frame may be longer than an IP packet", a_frame_may_be_longer_than_an_ip_packet},
        {"no checksum matters", no_checksum_matters},
        {"a frame is never less than what was captured", a_frame_is_never_less_than_what_was_captured},
        {"an authentication header is skipped, and ESP told", an_authentication_header_is_skipped_and_esp_told},
        {"a damaged quote says nothing", a_damaged_quote_says_nothing},
        CU_TEST_INFO_NULL,
    };
    return unit_run("capture/decode", tests);
}
