/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/capture/trace.h"
#include "tests/unit.h"

#include <string.h>

/* Copies of a mirrored packet, and connections between the same endpoints in different VLANs. */

static struct trace t;

static void told(const char *expected) { trace_expect(&t, expected); }

static void vlans_part_flows(void) {
    trace_open(&t);
    t.vlan = 5;
    trace_from_client(&t, SYN, 100, 0, "");
    t.vlan = 6;
    trace_from_client(&t, SYN, 300, 0, "");
    trace_from_server(&t, SYN | ACK, 500, 301, "");
    t.vlan = 5;
    trace_from_server(&t, RST | ACK, 0, 101, "");
    trace_close(&t);
    told("syn#1 2:syn#2 2:opened#3 refused#4 closed:reset#4 2:closed:end#3");
}

static void a_tagged_copy_is_the_same_flow(void) {
    trace_open(&t);
    for (uint32_t at = 0; at < 2; at++) {
        t.vlan = at == 0 ? 0 : 5;
        trace_from_client(&t, SYN, 100, 0, "");
        trace_from_server(&t, SYN | ACK, 500, 101, "");
        trace_from_client(&t, ACK, 101, 501, "ask");
        trace_from_server(&t, ACK, 501, 104, "reply");
    }
    trace_close(&t);
    told("syn#1 opened#2 >ask#3 <reply#4 closed:end#8");
}

static void copies_that_take_turns_are_the_same_flow(void) {
    static const struct {
        uint8_t flags;
        uint32_t seq, ack;
        const char *text;
    } packets[] = {{SYN, 100, 0, ""}, {ACK, 101, 501, ""}, {ACK, 101, 501, "ask"}, {ACK | FIN, 104, 501, ""}};
    trace_open(&t);
    for (size_t i = 0; i < sizeof packets / sizeof *packets; i++) {
        for (t.vlan = 0; t.vlan < 6; t.vlan++) /* more lanes than a connection has */
            trace_from_client(&t, packets[i].flags, packets[i].seq, packets[i].ack, packets[i].text);
        if (i == 0)
            for (t.vlan = 0; t.vlan < 6; t.vlan++)
                trace_from_server(&t, SYN | ACK, 500, 101, "");
    }
    trace_close(&t);
    told("syn#1 opened#7 >ask#19 closed:fin#30");
}

static void each_direction_may_have_its_vlan(void) {
    trace_open(&t);
    t.vlan = 5;
    trace_from_client(&t, SYN, 100, 0, "");
    t.vlan = 6;
    trace_from_server(&t, SYN | ACK, 500, 101, "");
    t.vlan = 5;
    trace_from_client(&t, ACK, 101, 501, "ask");
    t.vlan = 6;
    trace_from_server(&t, ACK, 501, 104, "reply");
    trace_close(&t);
    told("syn#1 opened#2 >ask#3 <reply#4 closed:end#4");
    CU_ASSERT_EQUAL(t.tally.lost[LOSS_ONE_SIDED_FLOWS], 0);
}

static void directions_apart_are_joined_in_the_middle(void) {
    trace_open(&t);
    t.server.port = 135;
    t.vlan = 5;
    trace_from_client(&t, ACK, 101, 501, "ask");
    t.vlan = 6;
    trace_from_server(&t, ACK, 501, 104, "reply");
    t.vlan = 7; /* another one by its numbers */
    trace_from_server(&t, ACK, 90000501, 90000104, "other");
    trace_close(&t);
    told("opened#1 >ask#1 <reply#2 2:opened#3 2:<other#3 closed:end#2 2:closed:end#3");
}

static void a_handshake_out_of_order_is_joined(void) {
    trace_open(&t);
    t.vlan = 5;
    trace_from_client(&t, ACK, 101, 501, "");
    t.vlan = 6;
    trace_from_server(&t, SYN | ACK, 500, 101, "");
    t.vlan = 5;
    trace_from_client(&t, SYN, 100, 0, "");
    trace_from_client(&t, ACK, 101, 501, "ask");
    t.vlan = 6;
    trace_from_server(&t, ACK, 501, 104, "reply");
    trace_close(&t);
    told("opened#1 syn#3 >ask#4 <reply#5 closed:end#5");
    trace_open(&t);
    t.vlan = 6;
    trace_from_server(&t, ACK, 501, 101, "hello");
    t.vlan = 5;
    trace_from_client(&t, SYN, 100, 0, "");
    trace_from_client(&t, ACK, 101, 506, "ask");
    trace_close(&t);
    told("opened#1 <hello#1 syn#2 >ask#3 closed:end#3");
}

/* The copy of a capture whose clock is late: after each answer, and after the connection. */
static void late_copies_repeat_nothing(void) {
    trace_open(&t);
    for (t.vlan = 0; t.vlan < 2; t.vlan++) {
        for (int n = 0; n < 3; n++) {
            t.time += 500 * MS;
            trace_from_client(&t, SYN, 100, 0, "");
            trace_from_server(&t, RST | ACK, 0, 101, "");
        }
        trace_unreachable(&t, "10.0.0.9", 3, 1, 100);
    }
    told("syn#1 refused#2 again#3 refused#4 again#5 refused#6 unreach3/1#7");
    t.vlan = 0;
    trace_from_client(&t, SYN, 900, 0, "");
    trace_from_server(&t, SYN | ACK, 500, 901, "");
    trace_from_client(&t, ACK | FIN, 901, 501, "");
    trace_from_server(&t, ACK | FIN, 501, 902, "");
    trace_from_client(&t, ACK, 902, 502, "");
    t.time += 3000 * MS;
    t.vlan = 1;
    trace_from_client(&t, SYN, 900, 0, "");
    trace_from_server(&t, SYN | ACK, 500, 901, "");
    trace_close(&t);
    told("closed:reset#13 2:syn#15 2:opened#16 2:closed:fin#19");
}

/* A hostile capture cannot make one chain long: each VLAN a connection of its own between the same endpoints. */
static void alike_connections_are_bounded(void) {
    trace_open(&t);
    for (t.vlan = 1; t.vlan <= 100; t.vlan++) {
        trace_from_client(&t, SYN, (uint32_t)t.vlan << 24, 0, "");
        trace_told(&t);
    }
    CU_ASSERT_EQUAL(t.tally.flows, 100);
    CU_ASSERT_TRUE(t.tally.limits[LIMIT_FLOWS] > 60);
    uint64_t dropped = t.tally.limits[LIMIT_FLOWS];
    trace_from_client(&t, RST, 5, 0, ""); /* of none of them: it needs no room */
    CU_ASSERT_EQUAL(t.tally.limits[LIMIT_FLOWS], dropped);
    t.len = 0;
    trace_close(&t);
}

/* One copy before a router, one behind it. */
static void the_first_lane_describes_the_sides(void) {
    trace_open(&t);
    trace_from_client(&t, SYN, 100, 0, "");
    trace_from_server(&t, SYN | ACK, 500, 101, "");
    struct mac mac = t.flow.sides[FROM_SERVER].mac;
    struct frame frame = {.link = 1, .interface = 3, .seen = {3, t.time, 0}};
    struct packet packet;
    static struct buffer b;
    b.len = 0;
    put_ethernet(&b, 77, NULL, NULL, 0, 0x0800);
    struct tcp tcp = {.source = t.server, .destination = t.client, .seq = 501, .ack = 101, .flags = ACK};
    put_tcp_packet(&b, &tcp);
    frame.bytes = (struct bytes){b.at, b.len};
    frame.wire = (uint32_t)b.len;
    CU_ASSERT_EQUAL_FATAL(decode_frame(&frame, &packet), DECODED_TCP);
    tracker_take(t.tracker, &packet, tracker_expect(t.tracker, &packet));
    trace_close(&t);
    told("syn#1 opened#2 closed:end#3");
    CU_ASSERT_EQUAL(memcmp(&mac, &t.flow.sides[FROM_SERVER].mac, sizeof mac), 0);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"VLANs part flows", vlans_part_flows},
        {"a tagged copy is the same flow", a_tagged_copy_is_the_same_flow},
        {"copies that take turns are the same flow", copies_that_take_turns_are_the_same_flow},
        {"each direction may have its VLAN", each_direction_may_have_its_vlan},
        {"directions apart are joined in the middle", directions_apart_are_joined_in_the_middle},
        {"a handshake out of order is joined", a_handshake_out_of_order_is_joined},
        {"late copies repeat nothing", late_copies_repeat_nothing},
        {"alike connections are bounded", alike_connections_are_bounded},
        {"the first lane describes the sides", the_first_lane_describes_the_sides},
        CU_TEST_INFO_NULL,
    };
    return unit_run("capture/lanes", tests);
}
