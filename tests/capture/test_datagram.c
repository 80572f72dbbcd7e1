/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UDP, ICMP errors about it, and ARP: on their way through decoding, fragments and the intake. */
#include "capture/intake.h"
#include "capture/link.h"
#include "tests/capture/packets.h"
#include "tests/unit.h"

#include <string.h>

static const char HELLO[] = "hello, mapper";
enum { HELLO_SIZE = sizeof HELLO - 1, UDP_HEADER = 8 };

static struct intake intake;
static struct tally tally;
static struct datagram last;
static char text[64];
static unsigned datagrams, segments, segments_before;

static bool note_segment(void *context, const struct segment *segment) {
    (void)context;
    segments += segment->kind == SEGMENT_SYN;
    return true;
}

static void note(void *context, const struct datagram *datagram) {
    CU_ASSERT_PTR_EQUAL(context, &tally);
    datagrams++;
    segments_before = segments;
    last = *datagram;
    CU_ASSERT_TRUE_FATAL(datagram->bytes.len < sizeof text);
    if (datagram->bytes.len > 0)
        memcpy(text, datagram->bytes.at, datagram->bytes.len);
    text[datagram->bytes.len] = '\0';
}

static void start(void) {
    char error[256];
    memset(&tally, 0, sizeof tally);
    memset(&last, 0, sizeof last);
    datagrams = segments = segments_before = 0;
    CU_ASSERT_TRUE_FATAL(intake_open(&intake, note_segment, NULL, &tally, error, sizeof error));
    intake.datagrams = note;
    intake.context = &tally;
}

static void give_cut(const struct buffer *b, size_t captured) {
    struct frame frame = {.bytes = {b->at, captured},
                          .wire = (uint32_t)b->len,
                          .link = LINKTYPE_ETHERNET,
                          .seen = {.frame = tally.frames + 1, .time = 1000}};
    intake_frame(&intake, &frame, true);
    intake_flush(&intake);
}

static void give(const struct buffer *b) { give_cut(b, b->len); }

static void put_udp(struct buffer *b, uint16_t length) {
    b->len = 0;
    put_u16(b, 1040);
    put_u16(b, 135);
    put_u16(b, length);
    put_u16(b, 0);
    put_bytes(b, HELLO, HELLO_SIZE);
}

static const char *const CLIENTS[] = {"10.0.0.50", "2001:db8::50"}, *const SERVERS[] = {"10.0.1.20", "2001:db8::20"};

static void wrap(struct buffer *b, int v, uint8_t protocol, const struct buffer *payload) {
    struct endpoint client = endpoint_of(CLIENTS[v], 0), server = endpoint_of(SERVERS[v], 0);
    b->len = 0;
    put_ethernet(b, 7, NULL, NULL, 0, v == 0 ? 0x0800 : 0x86dd);
    put_ip(b, &client.address, &server.address, protocol, payload);
}

static bool is_from(const char *client, const char *server) {
    struct endpoint from = endpoint_of(client, 1040), to = endpoint_of(server, 135);
    return endpoint_equal(&last.source, &from) && endpoint_equal(&last.destination, &to);
}

static void udp_is_handed_on(void) {
    static struct buffer udp, b;
    for (int v = 0; v < 2; v++) {
        start();
        put_udp(&udp, UDP_HEADER + HELLO_SIZE);
        wrap(&b, v, 17, &udp);
        put_bytes(&b, "padding", 7);
        give(&b);
        CU_ASSERT_EQUAL(datagrams, 1);
        CU_ASSERT_EQUAL(last.kind, DATAGRAM_UDP);
        CU_ASSERT_STRING_EQUAL(text, HELLO);
        CU_ASSERT_TRUE(is_from(CLIENTS[v], SERVERS[v]));
        CU_ASSERT_EQUAL(last.ttl, 64);
        CU_ASSERT_EQUAL(last.mac.octets[5], 7);
        CU_ASSERT_EQUAL(last.seen.frame, 1);
        CU_ASSERT_EQUAL(last.cut, 0);
        put_udp(&udp, 0); /* to be segmented by the card */
        wrap(&b, v, 17, &udp);
        give(&b);
        CU_ASSERT_EQUAL(datagrams, 2);
        CU_ASSERT_STRING_EQUAL(text, HELLO);
        intake_close(&intake);
        CU_ASSERT_EQUAL(tally.lost[LOSS_BAD_UDPS], 0);
    }
}

static void a_cut_one_says_how_much(void) {
    static struct buffer udp, b;
    put_udp(&udp, UDP_HEADER + HELLO_SIZE);
    wrap(&b, 0, 17, &udp);
    size_t headers = b.len - HELLO_SIZE;
    for (size_t n = 0; n <= b.len; n++) {
        start();
        give_cut(&b, n);
        CU_ASSERT_EQUAL(datagrams, n >= headers ? 1 : 0);
        if (n >= headers) {
            CU_ASSERT_EQUAL(strlen(text), n - headers);
            CU_ASSERT_EQUAL(last.cut, b.len - n);
        }
        intake_close(&intake);
        CU_ASSERT_EQUAL(tally.lost[LOSS_BAD_UDPS], 0);
    }
}

static void a_false_length_is_counted(void) {
    static const uint16_t lengths[] = {1, UDP_HEADER - 1, UDP_HEADER + HELLO_SIZE + 1, UINT16_MAX};
    static struct buffer udp, b;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        start();
        put_udp(&udp, lengths[i]);
        wrap(&b, 0, 17, &udp);
        give(&b);
        intake_close(&intake);
        CU_ASSERT_EQUAL(datagrams, 0);
        CU_ASSERT_EQUAL(tally.lost[LOSS_BAD_UDPS], 1);
    }
    start();
    put_udp(&udp, 8);
    udp.len = UDP_HEADER - 1;
    wrap(&b, 0, 17, &udp);
    give(&b);
    intake_close(&intake);
    CU_ASSERT_EQUAL(tally.lost[LOSS_BAD_UDPS], 1);
}

static void fragments_are_put_together(void) {
    static struct buffer udp, piece, b;
    start();
    put_udp(&udp, UDP_HEADER + HELLO_SIZE);
    for (size_t at = 0; at < udp.len; at += 8) {
        size_t size = udp.len - at < 8 ? udp.len - at : 8;
        piece.len = 0;
        put_bytes(&piece, udp.at + at, size);
        wrap(&b, 0, 17, &piece);
        bool more = at + size < udp.len;
        b.at[14 + 6] = more ? 0x20 : 0;
        b.at[14 + 7] = (uint8_t)(at / 8);
        give(&b);
        CU_ASSERT_EQUAL(datagrams, more ? 0 : 1);
    }
    CU_ASSERT_STRING_EQUAL(text, HELLO);
    CU_ASSERT_EQUAL(last.seen.frame, 3);
    intake_close(&intake);
}

/* A router about the datagram, or about the same as TCP. */
static void an_error_quotes_it(void) {
    static struct buffer udp, quoted, icmp, b;
    for (int v = 0; v < 2; v++) {
        start();
        struct endpoint client = endpoint_of(CLIENTS[v], 0), server = endpoint_of(SERVERS[v], 0);
        put_udp(&udp, UDP_HEADER + HELLO_SIZE);
        quoted.len = icmp.len = 0;
        put_ip(&quoted, &client.address, &server.address, 17, &udp);
        put_u8(&icmp, v == 0 ? 3 : 1);
        put_u8(&icmp, v == 0 ? 3 : 4);
        put_u16(&icmp, 0);
        put_u32(&icmp, 0);
        put_bytes(&icmp, quoted.at, quoted.len - HELLO_SIZE);
        wrap(&b, v, v == 0 ? 1 : 58, &icmp);
        give(&b);
        CU_ASSERT_EQUAL(datagrams, 1);
        CU_ASSERT_EQUAL(last.kind, DATAGRAM_UNREACHABLE);
        CU_ASSERT_TRUE(is_from(CLIENTS[v], SERVERS[v]));
        CU_ASSERT_TRUE(address_equal(&last.reporter, &client.address));
        CU_ASSERT_EQUAL(last.icmp_type, v == 0 ? 3 : 1);
        CU_ASSERT_EQUAL(last.icmp_code, v == 0 ? 3 : 4);
        CU_ASSERT_EQUAL(last.bytes.len, 0);
        b.at[(v == 0 ? 14 + 20 : 14 + 40) + 8 + (v == 0 ? 9 : 6)] = 6;
        give(&b);
        CU_ASSERT_EQUAL(datagrams, 1);
        intake_close(&intake);
    }
}

static void arp_is_handed_on(void) {
    static const uint16_t tag_types[] = {0x8100}, tags[] = {5};
    static struct buffer b;
    for (size_t count = 0; count < 2; count++) {
        start();
        b.len = 0;
        put_ethernet(&b, 9, tag_types, tags, count, 0x0806);
        put_bytes(&b, HELLO, HELLO_SIZE);
        give(&b);
        CU_ASSERT_EQUAL(datagrams, 1);
        CU_ASSERT_EQUAL(last.kind, DATAGRAM_ARP);
        CU_ASSERT_STRING_EQUAL(text, HELLO);
        CU_ASSERT_EQUAL(last.mac.octets[5], 9);
        CU_ASSERT_EQUAL(last.source.port, 0);
        b.len -= HELLO_SIZE - 7;
        give(&b);
        CU_ASSERT_EQUAL(datagrams, 1);
        CU_ASSERT_EQUAL(tally.lost[LOSS_BAD_LINKS], 1);
        intake_close(&intake);
    }
}

static void they_keep_their_place(void) {
    static struct buffer udp, b, syn;
    struct tcp tcp = {.source = endpoint_of("10.0.0.50", 1040),
                      .destination = endpoint_of("10.0.1.20", 135),
                      .flags = TCP_SYN,
                      .window = 8192};
    start();
    put_udp(&udp, UDP_HEADER + HELLO_SIZE);
    wrap(&b, 0, 17, &udp);
    put_ethernet(&syn, 1, NULL, NULL, 0, 0x0800);
    put_tcp_packet(&syn, &tcp);
    const struct buffer *const frames[] = {&syn, &b};
    for (size_t i = 0; i < 2; i++) {
        struct frame frame = {
            .bytes = {frames[i]->at, frames[i]->len}, .wire = (uint32_t)frames[i]->len, .link = LINKTYPE_ETHERNET};
        frame.seen.frame = i + 1;
        intake_frame(&intake, &frame, true);
    }
    CU_ASSERT_EQUAL(datagrams, 0); /* both wait */
    intake_flush(&intake);
    CU_ASSERT_EQUAL(datagrams, 1);
    CU_ASSERT_EQUAL(segments_before, 1);
    intake_close(&intake);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"UDP is handed on", udp_is_handed_on},
        {"a cut one says how much", a_cut_one_says_how_much},
        {"a false length is counted", a_false_length_is_counted},
        {"fragments are put together", fragments_are_put_together},
        {"an error quotes it", an_error_quotes_it},
        {"ARP is handed on", arp_is_handed_on},
        {"they keep their place among the segments", they_keep_their_place},
        CU_TEST_INFO_NULL,
    };
    return unit_run("capture/datagram", tests);
}
