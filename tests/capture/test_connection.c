/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/capture/trace.h"
#include "tests/unit.h"

#include <string.h>

static struct trace t;

static void told(const char *expected) { trace_expect(&t, expected); }

static void a_connection_from_syn_to_fin(void) {
    trace_open(&t);
    trace_handshake(&t, 100, 500);
    trace_from_client(&t, ACK | PSH, 101, 501, "hello");
    trace_from_server(&t, ACK | PSH, 501, 106, "world!");
    trace_from_client(&t, ACK | FIN, 106, 507, "");
    trace_from_server(&t, ACK | FIN, 507, 107, "");
    told("syn#1 opened#2 >hello#4 <world!#5");
    trace_from_client(&t, ACK, 107, 508, "");
    told("closed:fin#8");
    trace_from_server(&t, ACK | FIN, 507, 107, ""); /* late copies open no flow */
    trace_from_client(&t, ACK, 107, 508, "");
    trace_from_client(&t, ACK, 107, 508, "late");
    told("");
    trace_close(&t);
    told("");
    CU_ASSERT_EQUAL(t.tally.flows, 1);
    CU_ASSERT_EQUAL(t.tally.lost[LOSS_MIDSTREAM_FLOWS], 0);
    CU_ASSERT_EQUAL(t.tally.lost[LOSS_ONE_SIDED_FLOWS], 0);
}

static void the_end_of_the_capture_closes_what_is_open(void) {
    trace_open(&t);
    trace_handshake(&t, 100, 500);
    t.client.port = 50001;
    trace_from_client(&t, SYN, 7, 0, "");
    t.client.port = 50002;
    trace_handshake(&t, 100, 500);
    trace_from_client(&t, ACK | FIN, 101, 501, "");
    (void)trace_told(&t);
    trace_close(&t);
    told("closed:end#3 2:closed:end#4 3:closed:fin#8");
}

static void an_unanswered_syn_is_told_each_time(void) {
    trace_open(&t);
    t.step = 1000 * MS;
    trace_from_client(&t, SYN, 100, 0, "");
    trace_from_client(&t, SYN, 100, 0, "");
    trace_from_client(&t, SYN, 100, 0, "");
    trace_close(&t);
    told("syn#1 again#2 again#3 closed:end#3");
}

static void the_copies_of_a_mirror_port_are_not_told(void) {
    trace_open(&t);
    t.step = MS / 100;
    trace_from_client(&t, SYN, 100, 0, "");
    trace_from_client(&t, SYN, 100, 0, "");
    trace_from_server(&t, RST | ACK, 0, 101, "");
    trace_from_server(&t, RST | ACK, 0, 101, "");
    t.time += 500 * MS;
    trace_from_client(&t, SYN, 100, 0, "");
    trace_from_client(&t, SYN, 100, 0, "");
    trace_from_server(&t, SYN | ACK, 500, 101, "");
    trace_from_server(&t, SYN | ACK, 500, 101, "");
    trace_from_client(&t, ACK, 101, 501, "ab");
    trace_from_client(&t, ACK, 101, 501, "ab");
    trace_close(&t);
    told("syn#1 refused#3 again#5 opened#7 >ab#9 closed:end#10");
}

static void a_refused_client_tries_again(void) {
    trace_open(&t);
    for (int i = 0; i < 3; i++) {
        trace_from_client(&t, SYN, 100, 0, "");
        trace_from_server(&t, RST | ACK, 0, 101, "");
        t.time += 500 * MS;
    }
    told("syn#1 refused#2 again#3 refused#4 again#5 refused#6");
    trace_from_client(&t, SYN, 9000, 0, "");
    told("closed:reset#6 2:syn#7");
    trace_close(&t);
    told("2:closed:end#7");
}

static void a_refusal_counts_only_if_it_answers_the_syn(void) {
    trace_open(&t);
    trace_from_client(&t, SYN, 100, 0, "");
    trace_from_server(&t, RST | ACK, 0, 100, "");
    trace_from_server(&t, RST, 0, 101, "");
    trace_from_server(&t, RST | ACK, 0, 102, "");
    told("syn#1");
    trace_from_server(&t, RST | ACK, 0, 101, "");
    trace_close(&t);
    told("refused#5 closed:reset#5");
}

static void the_server_side_alone_shows_a_refusal(void) {
    trace_open(&t);
    trace_from_server(&t, RST | ACK, 0, 101, "");
    t.time += 500 * MS;
    trace_from_server(&t, RST | ACK, 0, 101, "");
    t.time += 500 * MS;
    trace_from_server(&t, RST | ACK, 0, 777, "");
    trace_close(&t);
    told("refused#1 refused#2 closed:reset#2 2:refused#3 2:closed:reset#3");
    CU_ASSERT_EQUAL(t.tally.lost[LOSS_MIDSTREAM_FLOWS], 2);
}

static void a_lone_reset_is_no_flow(void) {
    trace_open(&t);
    trace_from_server(&t, RST, 5, 0, "");
    trace_from_client(&t, RST | ACK, 5, 9, "");
    trace_close(&t);
    told("");
    CU_ASSERT_EQUAL(t.tally.flows, 0);
}

static void a_reset_in_the_window_closes(void) {
    trace_open(&t);
    trace_handshake(&t, 100, 500);
    trace_from_client(&t, ACK, 101, 501, "abc");
    trace_from_server(&t, ACK, 501, 104, "");
    trace_from_client(&t, RST, 0x70000000, 0, "");
    trace_from_client(&t, RST, 101, 0, ""); /* before what the server has */
    told("syn#1 opened#2 >abc#4");
    trace_from_client(&t, RST | ACK, 104, 501, "");
    trace_from_server(&t, ACK, 501, 104, "late");
    trace_close(&t);
    told("closed:reset#8");
}

static void icmp_errors_are_told_while_nobody_accepts(void) {
    trace_open(&t);
    trace_unreachable(&t, "10.0.0.254", 3, 1, 100);
    trace_from_client(&t, SYN, 100, 0, "");
    trace_unreachable(&t, "10.0.0.254", 3, 13, 100);
    trace_unreachable(&t, "10.0.0.254", 3, 1, 99); /* of another attempt */
    trace_unreachable(&t, "10.0.0.254", 11, 0, 100);
    trace_unreachable(&t, "10.0.0.254", 5, 0, 100);  /* a redirect is no error */
    trace_unreachable(&t, "10.0.0.254", 3, 4, 100);  /* nor is it one that a path wants smaller packets, */
    trace_unreachable(&t, "10.0.0.254", 11, 1, 100); /* or that a fragment was lost */
    trace_from_server(&t, SYN | ACK, 500, 101, "");
    trace_unreachable(&t, "10.0.0.254", 3, 1, 100);
    trace_close(&t);
    told("syn#2 unreach3/13#3 unreach11/0#5 opened#9 closed:end#9");
}

static void icmpv6_errors_too(void) {
    trace_open(&t);
    t.client = endpoint_of("2001:db8::1", 50000);
    t.server = endpoint_of("2001:db8::2", 49152);
    trace_from_client(&t, SYN, 100, 0, "");
    trace_unreachable(&t, "2001:db8::fe", 1, 4, 100);
    trace_unreachable(&t, "2001:db8::fe", 3, 0, 100);
    trace_unreachable(&t, "2001:db8::fe", 2, 0, 100);
    trace_unreachable(&t, "2001:db8::fe", 3, 1, 100);
    trace_close(&t);
    told("syn#1 unreach1/4#2 unreach3/0#3 closed:end#1");
}

static void a_new_isn_is_a_new_flow(void) {
    trace_open(&t);
    trace_from_client(&t, SYN, 100, 0, "");
    trace_from_client(&t, SYN, 900000, 0, "");
    trace_from_server(&t, SYN | ACK, 5, 900001, "");
    trace_from_client(&t, ACK | FIN, 900001, 6, "");
    trace_from_client(&t, SYN, 2000000, 0, "");
    trace_from_server(&t, SYN | ACK, 7, 2000001, "");
    trace_from_client(&t, RST | ACK, 2000001, 8, "");
    trace_from_client(&t, SYN, 3000000, 0, "");
    trace_close(&t);
    told("syn#1 closed:timeout#1 2:syn#2 2:opened#3 2:closed:fin#4 3:syn#5 3:opened#6 3:closed:reset#7 4:syn#8 "
         "4:closed:end#8");
}

static void a_stray_syn_does_not_kill_an_open_flow(void) {
    trace_open(&t);
    trace_handshake(&t, 100, 500);
    trace_from_client(&t, SYN, 4000, 0, "");
    trace_from_client(&t, ACK, 101, 501, "abc");
    told("syn#1 opened#2 >abc#5");
    trace_from_client(&t, SYN, 0x40000000, 0, ""); /* far off: the client has begun anew */
    trace_close(&t);
    told("closed:timeout#5 2:syn#6 2:closed:end#6");
}

static void the_same_connection_again_later_is_a_repeated_capture(void) {
    trace_open(&t);
    for (int i = 0; i < 2; i++) {
        trace_handshake(&t, 100, 500);
        trace_from_client(&t, RST, 101, 0, "");
        trace_from_client(&t, SYN, 100, 0, ""); /* a late copy */
        t.time += 5000 * MS;
    }
    trace_close(&t);
    told("syn#1 opened#2 closed:reset#4 2:syn#6 2:opened#7 2:closed:reset#9");
}

static void data_opens_if_the_syn_ack_is_missing(void) {
    trace_open(&t);
    trace_from_client(&t, SYN, 100, 0, "");
    trace_from_client(&t, ACK, 101, 501, "");
    trace_from_client(&t, ACK, 101, 501, "hello");
    trace_from_server(&t, ACK, 501, 106, "world");
    trace_close(&t);
    told("syn#1 opened#3 >hello#3 <world#4 closed:end#4");
}

static void data_in_the_syn_is_delivered(void) {
    trace_open(&t);
    trace_from_client(&t, SYN, 100, 0, "fast");
    trace_from_server(&t, SYN | ACK, 500, 105, "");
    trace_from_client(&t, ACK, 105, 501, "er");
    trace_close(&t);
    told("syn#1 >fast#1 opened#2 >er#3 closed:end#3");
}

static void a_capture_may_begin_in_the_middle(void) {
    trace_open(&t);
    t.server.port = 135;
    trace_from_server(&t, ACK, 5000, 900, "reply");
    trace_from_client(&t, ACK, 900, 5005, "ask");
    CU_ASSERT_EQUAL(t.tally.flows, 1);
    trace_close(&t);
    told("opened#1 <reply#1 >ask#2 closed:end#2");
    CU_ASSERT_EQUAL(t.tally.lost[LOSS_MIDSTREAM_FLOWS], 1);
}

static void a_keep_alive_is_no_data(void) {
    trace_open(&t);
    trace_from_client(&t, ACK, 899, 5000, "\x01");
    trace_from_server(&t, ACK, 5000, 900, "");
    trace_from_client(&t, ACK, 900, 5000, "ask");
    trace_from_client(&t, ACK, 902, 5000, "k");
    trace_from_client(&t, ACK, 903, 5000, "more");
    trace_close(&t);
    told("opened#1 >ask#3 >more#5 closed:end#5");
}

static void handshakes_out_of_order_are_understood(void) {
    trace_open(&t);
    trace_from_server(&t, SYN | ACK, 500, 101, "");
    trace_from_client(&t, SYN, 100, 0, "");
    trace_from_client(&t, ACK, 101, 501, "ask");
    trace_from_server(&t, ACK, 501, 104, "reply");
    trace_close(&t);
    told("opened#1 syn#2 >ask#3 <reply#4 closed:end#4");
    CU_ASSERT_EQUAL(t.tally.lost[LOSS_MIDSTREAM_FLOWS], 0);
}

static void one_side_alone_is_counted(void) {
    trace_open(&t);
    trace_from_client(&t, SYN, 100, 0, "");
    trace_from_client(&t, ACK, 101, 501, "hello");
    trace_close(&t);
    told("syn#1 opened#2 >hello#2 closed:end#2");
    CU_ASSERT_EQUAL(t.tally.lost[LOSS_ONE_SIDED_FLOWS], 1);
}

static void idle_flows_end(void) {
    trace_open(&t);
    trace_handshake(&t, 100, 500);
    t.client.port = 50001;
    trace_from_client(&t, SYN, 100, 0, "");
    t.client.port = 50002;
    for (int minutes = 0; minutes < 300; minutes++) {
        t.time += 60000 * MS;
        if (minutes == 60)
            (void)trace_told(&t);
        trace_from_client(&t, RST, 1, 0, ""); /* time goes on */
    }
    told("closed:timeout#3");
    trace_close(&t);
}

static void a_leap_of_the_clock_ends_nothing(void) {
    trace_open(&t);
    trace_handshake(&t, 100, 500);
    t.time += INT64_C(3) * 365 * 86400 * 1000 * MS;
    trace_from_client(&t, ACK, 101, 501, "a");
    t.time -= INT64_C(9) * 365 * 86400 * 1000 * MS;
    trace_from_client(&t, ACK, 102, 501, "b");
    trace_from_client(&t, ACK, 103, 501, "c");
    trace_close(&t);
    told("syn#1 opened#2 >a#4 >b#5 >c#6 closed:end#6");
}

static void a_full_table_drops_the_least_useful(void) {
    struct tracker_limits limits = tracker_limits_default();
    limits.flows = 3;
    trace_open_limited(&t, &limits);
    trace_handshake(&t, 100, 500); /* open */
    t.client.port = 50001;
    trace_from_client(&t, SYN, 100, 0, ""); /* half open */
    t.client.port = 50002;
    trace_handshake(&t, 100, 500);
    trace_from_client(&t, RST, 101, 0, ""); /* closed */
    (void)trace_told(&t);
    t.client.port = 50003;
    trace_handshake(&t, 100, 500);
    told("4:syn#9 4:opened#10");
    CU_ASSERT_EQUAL(t.tally.limits[LIMIT_FLOWS], 0);
    t.client.port = 50004;
    trace_handshake(&t, 100, 500);
    told("2:closed:timeout#4 5:syn#12 5:opened#13");
    t.client.port = 50005;
    trace_from_client(&t, SYN, 100, 0, "");
    told("closed:timeout#3 6:syn#15");
    CU_ASSERT_EQUAL(t.tally.limits[LIMIT_FLOWS], 2);
    trace_close(&t);
}

static void both_sides_are_described(void) {
    trace_open(&t);
    trace_from_client(&t, SYN, 100, 0, "");
    CU_ASSERT_FALSE(t.flow.answered);
    CU_ASSERT_EQUAL(t.flow.sides[FROM_SERVER].ttl, 0);
    CU_ASSERT_FALSE(t.flow.sides[FROM_SERVER].mac.known);
    trace_from_server(&t, SYN | ACK, 500, 101, "");
    CU_ASSERT_TRUE(t.flow.answered);
    CU_ASSERT_FALSE(t.flow.midstream);
    CU_ASSERT_EQUAL(t.flow.syns, 1);
    CU_ASSERT_EQUAL(t.flow.last_syn.frame, 1);
    CU_ASSERT_EQUAL(t.flow.last_syn.time, 1000 * MS);
    CU_ASSERT_TRUE(endpoint_equal(&t.flow.sides[FROM_CLIENT].endpoint, &t.client));
    CU_ASSERT_TRUE(endpoint_equal(&t.flow.sides[FROM_SERVER].endpoint, &t.server));
    CU_ASSERT_EQUAL(t.flow.sides[FROM_CLIENT].mac.octets[5], 1);
    CU_ASSERT_EQUAL(t.flow.sides[FROM_SERVER].mac.octets[5], 2);
    CU_ASSERT_EQUAL(t.flow.sides[FROM_SERVER].ttl, 64);
    trace_close(&t);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"a connection from SYN to FIN", a_connection_from_syn_to_fin},
        {"the end of the capture closes what is open", the_end_of_the_capture_closes_what_is_open},
        {"an unanswered SYN is told each time", an_unanswered_syn_is_told_each_time},
        {"the copies of a mirror port are not told", the_copies_of_a_mirror_port_are_not_told},
        {"a refused client tries again", a_refused_client_tries_again},
        {"a refusal counts only if it answers the SYN", a_refusal_counts_only_if_it_answers_the_syn},
        {"the server side alone shows a refusal", the_server_side_alone_shows_a_refusal},
        {"a lone reset is no flow", a_lone_reset_is_no_flow},
        {"a reset in the window closes", a_reset_in_the_window_closes},
        {"ICMP errors are told while nobody accepts", icmp_errors_are_told_while_nobody_accepts},
        {"ICMPv6 errors too", icmpv6_errors_too},
        {"a new ISN is a new flow", a_new_isn_is_a_new_flow},
        {"a stray SYN does not kill an open flow", a_stray_syn_does_not_kill_an_open_flow},
        {"the same connection again later is a repeated capture",
         the_same_connection_again_later_is_a_repeated_capture},
        {"data opens if the SYN-ACK is missing", data_opens_if_the_syn_ack_is_missing},
        {"data in the SYN is delivered", data_in_the_syn_is_delivered},
        {"a capture may begin in the middle", a_capture_may_begin_in_the_middle},
        {"a keep-alive is no data", a_keep_alive_is_no_data},
        {"handshakes out of order are understood", handshakes_out_of_order_are_understood},
        {"one side alone is counted", one_side_alone_is_counted},
        {"idle flows end", idle_flows_end},
        {"a leap of the clock ends nothing", a_leap_of_the_clock_ends_nothing},
        {"a full table drops the least useful", a_full_table_drops_the_least_useful},
        {"both sides are described", both_sides_are_described},
        CU_TEST_INFO_NULL,
    };
    return unit_run("capture/connection", tests);
}
