/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/intake.h"
#include "capture/link.h"
#include "tests/capture/layers.h"
#include "tests/unit.h"

#include <string.h>

#define SECOND INT64_C(1000000000)

static struct intake intake;
static struct tally tally;
static uint64_t frames;
static int64_t now;
static char told[64];
static uint64_t told_at; /* the frame of the latest bytes */

static bool note(void *context, const struct segment *segment) {
    (void)context;
    if (segment->kind == SEGMENT_BYTES) {
        memcpy(told, segment->bytes.at, segment->bytes.len);
        told[segment->bytes.len] = '\0';
        told_at = segment->seen.frame;
    }
    return true;
}

static void start(void) {
    char error[256];
    tally = (struct tally){0};
    frames = 0;
    now = 1000 * SECOND;
    told[0] = '\0';
    told_at = 0;
    CU_ASSERT_TRUE_FATAL(intake_open(&intake, note, NULL, &tally, error, sizeof error));
}

static void give(const struct buffer *b) {
    struct frame frame = {
        .bytes = {b->at, b->len}, .wire = (uint32_t)b->len, .link = LINKTYPE_RAW, .seen = {++frames, now, 0}};
    intake_frame(&intake, &frame, true);
    intake_flush(&intake);
}

/* One piece of an IP packet's payload, as a packet. */
static void build_piece(const struct buffer *ip, size_t offset, size_t len, struct buffer *b) {
    static struct buffer part;
    bool v6 = ip->at[0] >> 4 == 6;
    size_t header = v6 ? 40 : 20;
    bool more = offset + len < ip->len - header;
    part.len = b->len = 0;
    struct address from = v6 ? address_ipv6(ip->at + 8) : address_ipv4(ip->at + 12);
    struct address to = v6 ? address_ipv6(ip->at + 24) : address_ipv4(ip->at + 16);
    if (v6) {
        put_u16(&part, ip->at[6] * 256U);
        put_u16(&part, (uint32_t)offset | more);
        put_u32(&part, 7);
    }
    put_bytes(&part, ip->at + header + offset, len);
    put_ip(b, &from, &to, v6 ? 44 : ip->at[9], &part);
    if (!v6) {
        b->at[5] = 7;
        b->at[6] = (uint8_t)((more ? 0x20 : 0) | offset / 8 >> 8);
        b->at[7] = (uint8_t)(offset / 8);
    }
}

static void give_pieces(const struct buffer *ip, size_t size, size_t missing) {
    static struct buffer b;
    size_t payload = ip->len - (ip->at[0] >> 4 == 6 ? 40 : 20);
    for (size_t offset = 0; offset < payload; offset += size) {
        if (offset == missing)
            continue;
        build_piece(ip, offset, payload - offset < size ? payload - offset : size, &b);
        give(&b);
    }
}

/* An IP packet with the sample and a SYN before it, so that it is a flow of its own. */
static void build_sample(bool v6, struct buffer *b) {
    struct tcp tcp = sample(v6);
    b->len = 0;
    put_tcp_packet(b, &tcp);
}

enum { NONE = 1000 };

static void pieces_become_segments(void) {
    for (int v6 = 0; v6 < 2; v6++) {
        static struct buffer ip;
        start();
        build_sample(v6 != 0, &ip);
        give_pieces(&ip, 8, NONE); /* less than a TCP header each */
        CU_ASSERT_STRING_EQUAL(told, "hello");
        CU_ASSERT_EQUAL(told_at, 4); /* 25 octets */
        intake_close(&intake);
        CU_ASSERT_EQUAL(tally.lost[LOSS_IP_FRAGMENTS], 0);
        start();
        give_pieces(&ip, 8, 8);
        intake_close(&intake);
        CU_ASSERT_STRING_EQUAL(told, "");
        CU_ASSERT_EQUAL(tally.lost[LOSS_IP_FRAGMENTS], 3);
    }
}

/* Destination options before the TCP header, behind the fragment header. */
static void extension_headers_lie_in_the_first_piece(void) {
    static struct buffer ip, inner, tcp;
    struct tcp s = sample(true);
    static const uint8_t options[8] = {6};
    tcp.len = inner.len = ip.len = 0;
    put_tcp_packet(&tcp, &s);
    put_bytes(&inner, options, sizeof options);
    put_bytes(&inner, tcp.at + 40, tcp.len - 40);
    put_ip(&ip, &s.source.address, &s.destination.address, 60, &inner);
    start();
    give_pieces(&ip, 16, NONE);
    CU_ASSERT_STRING_EQUAL(told, "hello");
    intake_close(&intake);
}

/* VXLAN in two pieces, which holds IP in two pieces: the outer ones of each make one of the inner ones. */
static void fragments_lie_in_fragments(void) {
    static struct buffer ip, inner, udp, outer;
    start();
    build_sample(false, &ip);
    for (size_t offset = 0; offset < 25; offset += 16) {
        build_piece(&ip, offset, offset == 0 ? 16 : 9, &inner);
        struct address from = endpoint_of("192.0.2.1", 0).address, to = endpoint_of("192.0.2.2", 0).address;
        udp.len = outer.len = 0;
        put_u16(&udp, 12345);
        put_u16(&udp, 4789);
        put_u16(&udp, (uint32_t)(8 + 8 + 14 + inner.len));
        put_u16(&udp, 0);
        put_u32(&udp, 0x08000000);
        put_u32(&udp, 0x00000500);
        put_ethernet(&udp, 2, NULL, NULL, 0, 0x0800);
        put_bytes(&udp, inner.at, inner.len);
        put_ip(&outer, &from, &to, 17, &udp);
        give_pieces(&outer, 24, NONE);
        now += 3 * SECOND; /* the outer identification is used again */
    }
    CU_ASSERT_STRING_EQUAL(told, "hello");
    intake_close(&intake);
    CU_ASSERT_EQUAL(tally.lost[LOSS_IP_FRAGMENTS], 0);
}

/* A whole datagram of 64 KB that is a fragment header and again a piece, of the same identification, and so on. */
static void a_fragment_in_itself_is_bounded(void) {
    static struct buffer ip, b;
    struct tcp s = sample(true);
    static struct buffer inner;
    start();
    inner.len = ip.len = 0;
    for (int i = 0; i < 20; i++) { /* each one says: the last piece, at offset 8; but the first piece is missing */
        put_u16(&inner, 44 * 256);
        put_u16(&inner, i == 0 ? 0 : 1);
        put_u32(&inner, 7);
    }
    put_ip(&ip, &s.source.address, &s.destination.address, 44, &inner);
    for (int again = 0; again < 10; again++)
        give_pieces(&ip, 16, NONE);
    build_piece(&ip, 0, 16, &b);
    give(&b);
    intake_close(&intake);
    CU_ASSERT_STRING_EQUAL(told, "");
}

static void a_clock_that_steps_does_not_end_patience(void) {
    static const int64_t steps[] = {0, -3600, -59, 59};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        static struct buffer ip, b;
        start();
        build_sample(false, &ip);
        build_piece(&ip, 0, 16, &b);
        give(&b);
        now += steps[i] * SECOND;
        build_piece(&ip, 16, 9, &b);
        give(&b);
        CU_ASSERT_STRING_EQUAL(told, "hello");
        intake_close(&intake);
    }
}

static void the_ping_of_death_is_refused(void) {
    static struct buffer ip, b;
    start();
    build_sample(false, &ip);
    build_piece(&ip, 16, 9, &b);
    b.at[6] = 0x1f;
    b.at[7] = 0xfe; /* 65520 + 9 */
    give(&b);
    CU_ASSERT_EQUAL(tally.lost[LOSS_BAD_IPS], 1);
    build_piece(&ip, 0, 9, &b); /* not the last, and not whole units */
    give(&b);
    CU_ASSERT_EQUAL(tally.lost[LOSS_BAD_IPS], 2);
    intake_close(&intake);
    CU_ASSERT_EQUAL(tally.lost[LOSS_IP_FRAGMENTS], 0);
}

static void every_reason_is_counted(void) {
    static const struct {
        size_t at;
        uint8_t value;
        enum loss loss;
    } cases[] = {
        {0, 0x25, LOSS_BAD_LINKS}, {0, 0x44, LOSS_BAD_IPS}, {32, 0x40, LOSS_BAD_TCPS}, {9, 50, LOSS_IPSEC_FRAMES}};
    static struct buffer ip, outer;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        start();
        build_sample(false, &ip);
        ip.at[cases[i].at] = cases[i].value;
        give(&ip);
        intake_close(&intake);
        CU_ASSERT_EQUAL(tally.lost[cases[i].loss], 1);
    }
    start();
    build_sample(false, &ip);
    for (int depth = 0; depth < 5; depth++) {
        struct tcp s = sample(false);
        outer.len = 0;
        put_ip(&outer, &s.source.address, &s.destination.address, 4, &ip);
        ip = outer;
    }
    give(&ip);
    struct frame frame = {.link = 127};
    intake_frame(&intake, &frame, true);
    intake_flush(&intake);
    intake_close(&intake);
    CU_ASSERT_EQUAL(tally.lost[LOSS_NESTED_FRAMES], 1);
    CU_ASSERT_EQUAL(tally.lost[LOSS_OTHER_LINK], 1);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"pieces become segments", pieces_become_segments},
        {"extension headers lie in the first piece", extension_headers_lie_in_the_first_piece},
        {"fragments lie in fragments", fragments_lie_in_fragments},
        {"a fragment in itself is bounded", a_fragment_in_itself_is_bounded},
        {"a clock that steps does not end patience", a_clock_that_steps_does_not_end_patience},
        {"the ping of death is refused", the_ping_of_death_is_refused},
        {"every reason is counted", every_reason_is_counted},
        CU_TEST_INFO_NULL,
    };
    return unit_run("capture/intake", tests);
}
