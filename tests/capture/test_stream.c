/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/capture/trace.h"
#include "tests/unit.h"

static struct trace t;

static void told(const char *expected) { trace_expect(&t, expected); }

/* A conversation whose handshake is frames 1 to 3; the client's bytes begin at 101, the server's at 501. */
static void begin(void) {
    trace_open(&t);
    trace_handshake(&t, 100, 500);
    (void)trace_told(&t);
}

static void client(uint32_t seq, const char *payload) { trace_from_client(&t, ACK, seq, 501, payload); }

static void server_acks(uint32_t ack) { trace_from_server(&t, ACK, 501, ack, ""); }

static void both_fin(uint32_t client_end) {
    trace_from_client(&t, ACK | FIN, client_end, 501, "");
    trace_from_server(&t, ACK | FIN, 501, client_end + 1, "");
    trace_from_client(&t, ACK, client_end + 1, 502, "");
}

static void late_segments_are_put_in_order(void) {
    begin();
    client(104, "def");
    client(107, "ghi");
    told("");
    client(101, "abc");
    client(110, "jkl");
    told(">abc#6 >def#4 >ghi#5 >jkl#7");
    trace_close(&t);
}

static void the_first_copy_of_a_byte_counts(void) {
    begin();
    client(101, "abcd");
    client(101, "ABCD");
    client(103, "XXef");
    client(109, "ijkl");
    client(108, "hXX"); /* in the queue the one that begins first */
    client(107, "g");
    told(">abcd#4 >ef#6 >g#9 >hXX#8 >kl#7");
    trace_close(&t);
}

static void a_hole_that_was_acknowledged_is_given_up(void) {
    begin();
    client(101, "abc");
    client(107, "ghi");
    server_acks(110);
    for (int i = 0; i < 255; i++)
        server_acks(110);
    told(">abc#4");
    server_acks(110);
    told(">gap3#5 >ghi#5");
    client(104, "def"); /* too late */
    client(104, "def");
    client(110, "jkl");
    told(">jkl#265");
    trace_close(&t);
    CU_ASSERT_EQUAL(t.tally.lost[LOSS_GAPS], 1);
    CU_ASSERT_EQUAL(t.tally.lost[LOSS_GAP_BYTES], 3);
    CU_ASSERT_EQUAL(t.tally.lost[LOSS_LATE_BYTES], 3);
}

/* A card that delivers late does so by milliseconds, however many packets these are. */
static void many_packets_alone_do_not(void) {
    begin();
    t.step = MS / 10;
    client(107, "ghi");
    for (int i = 0; i < 1000; i++)
        server_acks(110);
    told("");
    client(101, "abcdef");
    told(">abcdef#1005 >ghi#4");
    trace_close(&t);
}

/* Frames of another flow, ten a second. */
static void pass(int64_t seconds) {
    for (int64_t i = 0; i < seconds * 10; i++) {
        trace_unreachable(&t, "10.0.0.9", 3, 3, 1);
        t.time += 99 * MS;
    }
}

static void time_gives_it_up_too(void) {
    begin();
    client(104, "def");
    server_acks(107);
    pass(4);
    told("");
    pass(3);
    told(">gap3#4 >def#4");
    trace_close(&t);
}

static void the_clock_does_not(void) {
    begin();
    client(104, "def");
    server_acks(107);
    t.time += 3600000 * MS;
    server_acks(107);
    told("");
    client(101, "abc");
    told(">abc#7 >def#4");
    trace_close(&t);
}

static void a_hole_that_nobody_acknowledged_waits_for_the_retransmission(void) {
    begin();
    client(104, "def");
    for (int i = 0; i < 40; i++)
        server_acks(101);
    t.time += 3000 * MS;
    server_acks(101);
    told("");
    client(101, "abc");
    told(">abc#46 >def#4");
    trace_close(&t);
}

static void the_end_gives_up_every_hole(void) {
    begin();
    client(104, "def");
    client(110, "jkl");
    trace_from_client(&t, ACK | FIN, 120, 501, "");
    trace_close(&t);
    told(">gap3#4 >def#4 >gap3#5 >jkl#5 >gap7#6 closed:fin#6");
}

static void a_fin_waits_for_what_is_missing_before_it(void) {
    begin();
    client(104, "def");
    both_fin(107);
    told("");
    client(101, "abc");
    told(">abc#8 >def#4 closed:fin#8");
    trace_close(&t);
    told("");
}

static void a_reset_waits_for_what_is_missing_before_it(void) {
    begin();
    client(104, "def");
    trace_from_client(&t, RST, 107, 0, "");
    told("");
    client(101, "abc");
    told(">abc#6 >def#4 closed:reset#6");
    trace_close(&t);
    told("");
}

static void a_reset_gives_up_every_hole_in_the_end(void) {
    begin();
    trace_from_server(&t, ACK, 501, 101, "hello");
    client(104, "def");
    trace_from_client(&t, RST, 107, 0, "no data");
    trace_close(&t);
    told("<hello#4 >gap3#5 >def#5 closed:reset#6");
}

static void what_comes_after_the_end_is_counted(void) {
    begin();
    trace_from_server(&t, ACK, 501, 101, "hello");
    trace_from_client(&t, RST, 101, 0, "");
    trace_from_server(&t, ACK, 506, 101, "world");
    trace_from_server(&t, ACK, 506, 101, "world");
    trace_close(&t);
    told("<hello#4 closed:reset#5");
    CU_ASSERT_EQUAL(t.tally.lost[LOSS_LATE_BYTES], 5);
}

static void what_was_acknowledged_was_sent(void) {
    begin();
    client(101, "abc");
    server_acks(111); /* the last of it may have been a FIN */
    trace_close(&t);
    told(">abc#4 >gap6#5 closed:end#5");
}

static void a_lost_fin_is_no_gap(void) {
    begin();
    client(101, "abc");
    server_acks(105);
    trace_close(&t);
    told(">abc#4 closed:end#5");
}

static void an_acknowledgement_that_is_contradicted_is_not_believed(void) {
    begin();
    client(101, "abc");
    server_acks(100000);
    server_acks(104);
    trace_close(&t);
    told(">abc#4 closed:end#6");
}

static void a_side_that_is_missing_is_a_gap(void) {
    trace_open(&t);
    trace_from_client(&t, SYN, 100, 0, "");
    trace_from_client(&t, ACK, 101, 501, "");
    trace_from_client(&t, ACK, 101, 501, "ask");
    trace_from_client(&t, ACK, 104, 1501, "");
    trace_close(&t);
    told("syn#1 opened#3 >ask#3 <gap999#4 closed:end#4");
}

/* More than sequence numbers can tell apart. */
static void a_side_that_is_missing_may_be_long(void) {
    trace_open(&t);
    for (uint32_t i = 0; i <= 1000; i++)
        trace_from_client(&t, ACK, 101, 501 + i * 6000000, "");
    trace_close(&t);
    CU_ASSERT_EQUAL(t.tally.lost[LOSS_GAP_BYTES], UINT64_C(6000000000) - 1);
}

static void what_comes_from_before_the_beginning_is_late(void) {
    trace_open(&t);
    client(104, "def");
    client(101, "abc");
    client(107, "ghi");
    trace_close(&t);
    told("opened#1 >def#1 >ghi#3 closed:end#3");
    CU_ASSERT_EQUAL(t.tally.lost[LOSS_LATE_BYTES], 3);
}

static void sequence_numbers_wrap(void) {
    trace_open(&t);
    trace_handshake(&t, 0xfffffffc, 0xffffffff);
    (void)trace_told(&t);
    client(0xfffffffd, "ab");
    client(2, "fgh");
    client(0xffffffff, "cde");
    client(5, "ij");
    trace_from_server(&t, ACK, 3, 7, "DE");
    trace_from_server(&t, ACK, 0, 7, "ABC");
    told(">ab#4 >cde#6 >fgh#5 >ij#7 <ABC#9 <DE#8");
    trace_close(&t);
}

static void absurd_numbers_make_no_gap(void) {
    begin();
    client(101, "abc");
    client(0x50000000, "junk");
    client(104, "def");
    client(0xa0000000, "junk");
    client(107, "ghi");
    trace_close(&t);
    told(">abc#4 >def#6 >ghi#8 closed:end#8");
    CU_ASSERT_EQUAL(t.tally.lost[LOSS_BAD_TCPS], 2);
    CU_ASSERT_EQUAL(t.tally.lost[LOSS_GAPS], 0);
}

static void a_confirmed_leap_is_a_gap(void) {
    begin();
    client(101, "abc");
    client(104 + 50000000, "lost");
    client(104 + 50000004, "found");
    client(104 + 50000009, "on");
    trace_close(&t);
    told(">abc#4 >gap50000004#6 >found#6 >on#7 closed:end#7");
}

static void what_the_snap_length_cut_is_a_gap(void) {
    begin();
    t.snaplen = 14 + 20 + 20 + 3;
    client(101, "abcdef");
    client(107, "ghijkl");
    client(113, "mn");
    both_fin(115);
    trace_close(&t);
    told(">abc#4 >gap3#5 >ghi#5 >gap3#6 >mn#6 closed:fin#9");
}

static void cut_segments_wait_too(void) {
    begin();
    t.snaplen = 14 + 20 + 20 + 3;
    client(107, "ghijkl");
    client(113, "mn");
    client(101, "abcdef");
    client(115, "op");
    trace_close(&t);
    told(">abc#6 >gap3#4 >ghi#4 >gap3#5 >mn#5 >op#7 closed:end#7");
}

static void frames_cut_behind_their_headers_are_gaps(void) {
    begin();
    t.snaplen = 14 + 20 + 20;
    client(101, "abcdef");
    client(110, "ghijkl");
    client(116, "mn");
    trace_close(&t);
    told(">gap6#5 >gap3#5 >gap6#6 >gap2#6 closed:end#6");
}

static void the_side_that_is_alone_does_not_wait_for_ever(void) {
    trace_open(&t);
    trace_from_client(&t, ACK, 101, 501, "abc");
    trace_from_client(&t, ACK, 107, 501, "ghi");
    trace_from_client(&t, ACK, 110, 501, "jkl");
    (void)trace_told(&t);
    pass(6);
    told(">gap3#2 >ghi#2 >jkl#3");
    trace_close(&t);
}

static void nor_does_the_side_whose_other_is_not_captured_any_more(void) {
    begin();
    client(101, "abc");
    server_acks(104);
    client(107, "ghi");
    pass(55);
    told(">abc#4");
    pass(10);
    told(">gap3#6 >ghi#6");
    trace_close(&t);
}

static void bytes_acknowledged_before_the_first_ones_are_missing(void) {
    trace_open(&t);
    trace_from_client(&t, SYN, 100, 0, ""); /* the SYN-ACK and the server's first bytes are not in the capture */
    trace_from_client(&t, ACK, 101, 501, "ask");
    trace_from_client(&t, ACK, 104, 511, "more");
    trace_from_server(&t, ACK, 511, 108, "reply");
    for (int i = 0; i < 17; i++)
        trace_from_client(&t, ACK, 108, 516, "");
    trace_close(&t);
    told("syn#1 opened#2 >ask#2 >more#3 <gap10#4 <reply#4 closed:end#21");
}

static void no_interest_no_bytes(void) {
    begin();
    t.uninterested = true;
    client(104, "def");
    client(101, "abc");
    client(107, "ghi");
    trace_from_server(&t, ACK, 501, 110, "reply");
    both_fin(110);
    trace_close(&t);
    trace_told(&t);
    CU_ASSERT_STRING_EQUAL(t.text, ">abc#5 closed:fin#10");
}

int main(void) {
    CU_TestInfo tests[] = {
        {"late segments are put in order", late_segments_are_put_in_order},
        {"the first copy of a byte counts", the_first_copy_of_a_byte_counts},
        {"a hole that was acknowledged is given up", a_hole_that_was_acknowledged_is_given_up},
        {"many packets alone do not", many_packets_alone_do_not},
        {"time gives it up too", time_gives_it_up_too},
        {"the clock does not", the_clock_does_not},
        {"a hole that nobody acknowledged waits for the retransmission",
         a_hole_that_nobody_acknowledged_waits_for_the_retransmission},
        {"the end gives up every hole", the_end_gives_up_every_hole},
        {"a FIN waits for what is missing before it", a_fin_waits_for_what_is_missing_before_it},
        {"a reset waits for what is missing before it", a_reset_waits_for_what_is_missing_before_it},
        {"a reset gives up every hole in the end", a_reset_gives_up_every_hole_in_the_end},
        {"what comes after the end is counted", what_comes_after_the_end_is_counted},
        {"what was acknowledged was sent", what_was_acknowledged_was_sent},
        {"a lost FIN is no gap", a_lost_fin_is_no_gap},
        {"an acknowledgement that is contradicted is not believed",
         an_acknowledgement_that_is_contradicted_is_not_believed},
        {"a side that is missing is a gap", a_side_that_is_missing_is_a_gap},
        {"a side that is missing may be long", a_side_that_is_missing_may_be_long},
        {"what comes from before the beginning is late", what_comes_from_before_the_beginning_is_late},
        {"sequence numbers wrap", sequence_numbers_wrap},
        {"absurd numbers make no gap", absurd_numbers_make_no_gap},
        {"a confirmed leap is a gap", a_confirmed_leap_is_a_gap},
        {"what the snap length cut is a gap", what_the_snap_length_cut_is_a_gap},
        {"cut segments wait too", cut_segments_wait_too},
        {"frames cut behind their headers are gaps", frames_cut_behind_their_headers_are_gaps},
        {"the side that is alone does not wait for ever", the_side_that_is_alone_does_not_wait_for_ever},
        {"nor does the side whose other is not captured any more",
         nor_does_the_side_whose_other_is_not_captured_any_more},
        {"bytes acknowledged before the first ones are missing", bytes_acknowledged_before_the_first_ones_are_missing},
        {"no interest, no bytes", no_interest_no_bytes},
        CU_TEST_INFO_NULL,
    };
    return unit_run("capture/stream", tests);
}
