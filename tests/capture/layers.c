/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/capture/layers.h"
#include "capture/link.h"
#include "tests/unit.h"

#include <stdlib.h>
#include <string.h>

static const struct bytes hello = {(const uint8_t *)"hello", 5};

struct tcp sample(bool v6) {
    return (struct tcp){.source = endpoint_of(v6 ? "2001:db8::1" : "10.0.0.1", 50000),
                        .destination = endpoint_of(v6 ? "2001:db8::2" : "10.0.0.2", 135),
                        .seq = 0x01020304,
                        .ack = 0x0a0b0c0d,
                        .flags = TCP_ACK,
                        .window = 512,
                        .payload = hello};
}

void build_layer(const struct layer *layer, struct buffer *b) {
    struct tcp tcp = sample(layer->v6);
    b->len = 0;
    put_bytes(b, layer->octets, layer->len);
    put_tcp_packet(b, &tcp);
}

enum decoded decode(int link, const struct buffer *b, size_t captured, struct packet *p) {
    uint8_t *copy = malloc(captured > 0 ? captured : 1);
    memcpy(copy, b->at, captured);
    struct frame frame = {.bytes = {copy, captured}, .wire = (uint32_t)b->len, .link = link, .seen = {7, 8, 9}};
    enum decoded decoded = decode_frame(&frame, p);
    free(copy);
    return decoded;
}

struct packet expect_sample(int link, const struct buffer *b, bool v6) {
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
    return p;
}

void expect_every_prefix(int link, struct buffer *b) {
    struct packet p;
    size_t headers = b->len - hello.len;
    for (size_t n = 0; n < headers; n++)
        CU_ASSERT_EQUAL(decode(link, b, n, &p), DECODED_CUT);
    for (size_t n = headers; n <= b->len; n++) {
        CU_ASSERT_EQUAL(decode(link, b, n, &p), DECODED_TCP);
        CU_ASSERT_EQUAL(p.payload.len, n - headers);
        CU_ASSERT_EQUAL(p.payload.len + p.cut, hello.len);
    }
}

void expect_every_end(int link, struct buffer *b) {
    struct packet p;
    for (size_t n = b->len - hello.len; n-- > 0;) {
        b->len = n;
        enum decoded decoded = decode(link, b, n, &p);
        CU_ASSERT_TRUE(decoded == DECODED_OTHER || decoded >= DECODED_BAD_LINK); /* but never CUT */
    }
}

void expect_every_octet(int link, struct buffer *b) {
    struct packet p;
    for (size_t at = 0; at < b->len; at++) {
        uint8_t was = b->at[at];
        for (unsigned value = 0; value < 256; value++) {
            b->at[at] = (uint8_t)value;
            CU_ASSERT_TRUE(decode(link, b, b->len, &p) <= DECODED_OTHER_LINK);
        }
        b->at[at] = was;
    }
}
