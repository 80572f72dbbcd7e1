/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/link.h"
#include "capture/shim.h"
#include "tests/capture/layers.h"
#include "tests/unit.h"

#include <string.h>

#define MACS "\2\0\0\0\0\1\2\0\0\0\0\2"

/* A datagram that carries `octets` and the sample. With a port the protocol is UDP. */
struct tunnel {
    struct layer within; /* its link is not used */
    uint16_t port;
    uint8_t protocol;
    bool ethernet; /* there is a link layer within */
};

#define TUNNEL(protocol, v6, octets)                                                                                   \
    { LAYER(0, v6, octets), 0, protocol, false }
#define TUNNEL_E(protocol, v6, octets)                                                                                 \
    { LAYER(0, v6, octets), 0, protocol, true }
#define PORT(port, v6, octets)                                                                                         \
    { LAYER(0, v6, octets), port, 17, true }
#define PORT_IP(port, v6, octets)                                                                                      \
    { LAYER(0, v6, octets), port, 17, false }

static const struct tunnel TUNNELS[] = {
    TUNNEL(4, false, ""),
    TUNNEL(41, true, ""),
    TUNNEL(137, false, "\0\x01\x01\x40"),
    TUNNEL(47, false, "\0\0\x08\0"),
    TUNNEL(47, true, "\0\0\x86\xdd"),
    TUNNEL(47, false, "\x80\0\x08\0\1\2\0\0"),
    TUNNEL(47, false, "\x20\0\x08\0\0\0\0\5"),
    TUNNEL(47, true, "\xb0\0\x86\xdd\1\2\0\0\0\0\0\5\0\0\0\1"),
    TUNNEL(47, false, "\0\0\x88\x47\0\x01\x01\x40"),
    TUNNEL_E(47, false, "\x20\0\x65\x58\x10\0\5\7" MACS "\x08\x00"),
    TUNNEL_E(47, true, "\0\0\x65\x58" MACS "\x81\x00\0\5\x86\xdd"),
    TUNNEL_E(47, false, "\0\0\x88\xbe" MACS "\x08\x00"),
    TUNNEL_E(47, false, "\x10\0\x88\xbe\0\0\0\1\x10\x05\x08\x64\0\0\0\1" MACS "\x08\x00"),
    TUNNEL_E(47, true, "\x10\0\x22\xeb\0\0\0\1\x20\x05\x08\x64\0\0\0\1\0\0\0\0" MACS "\x86\xdd"),
    TUNNEL_E(47, false, "\x10\0\x22\xeb\0\0\0\1\x20\5\x08\x64\0\0\0\1\0\0\0\1\0\0\0\0\0\0\0\0" MACS "\x08\0"),
    TUNNEL(47, true, "\x10\0\x22\xeb\0\0\0\1\x20\x05\x08\x64\0\0\0\1\0\0\x08\0"),
    PORT(4789, false, "\x08\0\0\0\0\0\5\0" MACS "\x08\x00"),
    PORT(4789, true, "\x88\0\0\7\0\0\5\0" MACS "\x81\x00\0\5\x86\xdd"),
    PORT(8472, false, "\x08\0\0\0\0\0\5\0" MACS "\x08\x00"),
    PORT(6081, false, "\0\0\x65\x58\0\0\5\0" MACS "\x08\x00"),
    PORT(6081, true, "\2\x40\x65\x58\0\0\5\0\1\2\0\1\0\0\0\0" MACS "\x86\xdd"),
    PORT_IP(6081, false, "\0\0\x08\0\0\0\5\0"),
    PORT_IP(6081, true, "\0\0\x86\xdd\0\0\5\0"),
    PORT(4789, false, "\x08\0\0\0\0\0\5\0" MACS "\x88\x47\0\x01\x01\x40"),
};

enum { TUNNELS_COUNT = sizeof TUNNELS / sizeof *TUNNELS };

static void put_outer(struct buffer *b, bool v6, const struct tunnel *t, const struct buffer *within) {
    static struct buffer udp;
    struct address from = endpoint_of(v6 ? "fd00::1" : "192.0.2.1", 0).address;
    struct address to = endpoint_of(v6 ? "fd00::2" : "192.0.2.2", 0).address;
    udp.len = 0;
    if (t->port != 0) {
        put_u16(&udp, 12345);
        put_u16(&udp, t->port);
        put_u16(&udp, (uint32_t)within->len + 8);
        put_u16(&udp, 0);
    }
    put_bytes(&udp, within->at, within->len);
    put_ip(b, &from, &to, t->protocol, &udp);
}

static void build(const struct tunnel *t, bool v6, struct buffer *b) {
    static struct buffer within;
    build_layer(&t->within, &within);
    b->len = 0;
    put_bytes(b, MACS, 12);
    put_u16(b, v6 ? 0x86dd : 0x0800);
    b->at[11] = 9; /* another source than within */
    put_outer(b, v6, t, &within);
}

static void every_tunnel_is_opened(void) {
    static struct buffer b;
    for (size_t i = 0; i < TUNNELS_COUNT; i++)
        for (int v6 = 0; v6 < 2; v6++) {
            build(&TUNNELS[i], v6 != 0, &b);
            struct packet p = expect_sample(LINKTYPE_ETHERNET, &b, TUNNELS[i].within.v6);
            CU_ASSERT_EQUAL(p.mac.known, TUNNELS[i].ethernet);
            CU_ASSERT_EQUAL(p.mac.octets[5], TUNNELS[i].ethernet ? 2 : 0);
        }
}

static void each_may_be_cut_end_or_be_damaged_anywhere(void) {
    static struct buffer b;
    for (size_t i = 0; i < TUNNELS_COUNT; i++) {
        build(&TUNNELS[i], i % 2 != 0, &b);
        expect_every_prefix(LINKTYPE_ETHERNET, &b);
        expect_every_octet(LINKTYPE_ETHERNET, &b);
        expect_every_end(LINKTYPE_ETHERNET, &b);
    }
}

static uint32_t lane_with(size_t tunnel, size_t at, uint8_t value) {
    static struct buffer b;
    build(&TUNNELS[tunnel], false, &b);
    b.at[14 + 20 + at] = value;
    return expect_sample(LINKTYPE_ETHERNET, &b, TUNNELS[tunnel].within.v6).lane;
}

static void identifiers_are_lanes(void) {
    static const struct {
        size_t tunnel, at; /* the octet of the tunnel's header that changes */
        uint8_t value;
        uint32_t kind, id;
    } cases[] = {
        {6, 7, 9, LANE_GRE, 9},
        {6, 7, 8, LANE_GRE, 8},
        {9, 6, 9, LANE_NVGRE, 0x100009},
        {9, 6, 8, LANE_NVGRE, 0x100008},
        {9, 7, 8, LANE_NVGRE, 0x100005}, /* the flow, which differs by direction */
        {9, 4, 0, LANE_GRE, 0x507},      /* no virtual subnet has such a number */
        {12, 11, 9, LANE_ERSPAN, 9},
        {12, 11, 8, LANE_ERSPAN, 8},
        {12, 10, 9, LANE_ERSPAN, 0x164},   /* two bits of the session's number */
        {12, 10, 0xe8, LANE_ERSPAN, 0x64}, /* the class is none of it */
        {16, 14, 9, LANE_VXLAN, 9},
        {16, 14, 8, LANE_VXLAN, 8},
        {19, 14, 9, LANE_GENEVE, 9},
        {19, 14, 8, LANE_GENEVE, 8},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CU_ASSERT_EQUAL(lane_with(cases[i].tunnel, cases[i].at, cases[i].value),
                        lane_within(0, cases[i].kind, cases[i].id));
    CU_ASSERT_EQUAL(lane_with(0, 0, 0x45), 0); /* IP in IP has none: the addresses differ by direction */
}

static enum decoded decoded_of(const struct tunnel *t) {
    static struct buffer b;
    struct packet p;
    build(t, false, &b);
    return decode(LINKTYPE_ETHERNET, &b, b.len, &p);
}

static void what_only_looks_like_a_tunnel_is_left_alone(void) {
    enum { GRES = 4 };
    static const struct tunnel others[] = {
        TUNNEL(47, false, "\0\1\x88\x0b\0\0\0\0"),                     /* PPTP */
        TUNNEL(47, false, "\x40\0\x08\0\0\0\0\0"),                     /* with routing */
        TUNNEL(47, false, "\0\0\0\0"),                                 /* a keep-alive */
        TUNNEL(47, false, "\x10\0\x88\xbe\0\0\0\1\x30\0\0\0\0\0\0\0"), /* ERSPAN of no known version */
        PORT(4789, false, "\0\0\0\0\0\0\5\0" MACS "\x08\x00"),         /* no identifier */
        PORT(4789, false, "\x08\0\0\0\0\0\5\1" MACS "\x08\x00"),
        PORT(4789, false, "\x08\0\0\0\0\0\5\0" MACS "\x08\x06"),
        PORT(4789, false, "\x08\0\0\0\0\0\5\0" MACS "\x86\xdd"),
        PORT(4789, false, "hello, wo"),
        PORT(6081, false, "\x40\0\x65\x58\0\0\5\0" MACS "\x08\x00"),
        PORT(6081, false, "\x3f\0\x65\x58\0\0\5\0" MACS "\x08\x00"),
        PORT(53, false, "\x08\0\0\0\0\0\5\0" MACS "\x08\x00"),
        PORT(4500, false, "\0\0\0\0\0\0\5\0"), /* IKE */
        PORT(4500, false, "\0\0\0\xff\0\0\5\0"),
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        CU_ASSERT_EQUAL(decoded_of(&others[i]), i < GRES ? DECODED_OTHER : DECODED_UDP);
    static const struct tunnel esp = PORT(4500, false, "\1\2\3\4\0\0\0\1");
    CU_ASSERT_EQUAL(decoded_of(&esp), DECODED_IPSEC);
    static const struct tunnel damaged = TUNNEL(47, true, "\0\0\x08\0");
    CU_ASSERT_EQUAL(decoded_of(&damaged), DECODED_BAD_IP);
}

static void tunnels_nest_a_few_deep(void) {
    for (size_t kind = 0; kind < TUNNELS_COUNT; kind++) {
        static struct buffer b, within;
        const struct tunnel *t = &TUNNELS[kind];
        struct packet p;
        build_layer(&t->within, &within);
        for (int depth = 1; depth <= MAX_DEPTH + 1; depth++) {
            b.len = 0;
            put_outer(&b, t->within.v6, t, &within);
            int around = t->within.v6 ? LINKTYPE_IPV6 : LINKTYPE_IPV4;
            CU_ASSERT_EQUAL(decode(around, &b, b.len, &p), depth <= MAX_DEPTH ? DECODED_TCP : DECODED_NESTED);
            within.len = 0;
            put_bytes(&within, t->within.octets, t->within.len);
            put_bytes(&within, b.at, b.len);
        }
    }
}

int main(void) {
    CU_TestInfo tests[] = {
        {"every tunnel is opened", every_tunnel_is_opened},
        {"each may be cut, end or be damaged anywhere", each_may_be_cut_end_or_be_damaged_anywhere},
        {"identifiers are lanes", identifiers_are_lanes},
        {"what only looks like a tunnel is left alone", what_only_looks_like_a_tunnel_is_left_alone},
        {"tunnels nest a few deep", tunnels_nest_a_few_deep},
        CU_TEST_INFO_NULL,
    };
    return unit_run("capture/tunnel", tests);
}
