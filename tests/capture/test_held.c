/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/capture/trace.h"
#include "tests/unit.h"

#include <string.h>

/* Where bytes of the client wait behind a hole, what answers them is told behind them. */

static struct trace t;

static void told(const char *expected) { trace_expect(&t, expected); }

static void client(uint32_t seq, uint32_t ack, const char *payload) { trace_from_client(&t, ACK, seq, ack, payload); }

static void server(uint32_t seq, uint32_t ack, const char *payload) { trace_from_server(&t, ACK, seq, ack, payload); }

/* The client's first three bytes are missing. */
static void begin(const struct tracker_limits *limits) {
    if (limits != NULL)
        trace_open_limited(&t, limits);
    else
        trace_open(&t);
    trace_handshake(&t, 100, 500);
    client(104, 501, "def");
    told("syn#1 opened#2");
}

static void an_answer_waits_for_its_question(void) {
    begin(NULL);
    server(501, 107, "reply");
    server(506, 107, "more");
    told("");
    client(101, 501, "abc");
    told(">abc#7 >def#4 <reply#5 <more#6");
    server(510, 107, "on");
    client(107, 512, "ghi");
    trace_close(&t);
    told("<on#8 >ghi#9 closed:end#9");
    CU_ASSERT_EQUAL(t.tally.lost[LOSS_GAPS], 0);
    CU_ASSERT_EQUAL(t.tally.lost[LOSS_LATE_BYTES], 0);
}

/* It was sent before those that wait had come: it answers others. */
static void what_answers_nothing_that_waits_is_told(void) {
    begin(NULL);
    server(501, 101, "old");
    server(504, 104, "er");
    told("<old#5 <er#6");
    client(101, 501, "abc");
    trace_close(&t);
    told(">abc#7 >def#4 closed:end#7");
}

static void it_follows_when_the_hole_is_given_up(void) {
    begin(NULL);
    server(501, 107, "reply");
    t.step = 1000 * MS; /* a quiet flow */
    for (int i = 0; i < 6; i++)
        client(107, 501, "");
    told(">gap3#4 >def#4 <reply#5");
    server(506, 107, "more");
    told("<more#12");
    trace_close(&t);
}

static void the_end_keeps_the_order(void) {
    begin(NULL);
    server(501, 107, "reply");
    trace_close(&t);
    told(">gap3#4 >def#4 <reply#5 closed:end#5");
}

/* Else its answers, which wait, would come first. */
static void who_asks_does_not_wait(void) {
    trace_open(&t);
    trace_handshake(&t, 100, 500);
    server(504, 101, "def");
    client(101, 507, "next");
    server(507, 105, "answer");
    told("syn#1 opened#2 >next#5");
    trace_close(&t);
    told("<gap3#4 <def#4 <answer#6 closed:end#6");
}

static void both_may_end_meanwhile(void) {
    begin(NULL);
    server(501, 107, "reply");
    trace_from_server(&t, ACK | FIN, 506, 107, "");
    trace_from_client(&t, ACK | FIN, 107, 507, "");
    trace_from_server(&t, ACK, 507, 108, "");
    told("");
    client(101, 501, "abc");
    told(">abc#9 >def#4 <reply#5 closed:fin#9");
    trace_close(&t);
}

static void a_reset_does_not_tear_it_off(void) {
    begin(NULL);
    server(501, 107, "reply");
    trace_from_server(&t, RST | ACK, 506, 107, "");
    client(101, 501, "abc");
    trace_close(&t);
    told(">abc#7 >def#4 <reply#5 closed:reset#7");
}

/* What was told before comes again, with the first of what is held. */
static void a_repetition_brings_nothing_twice(void) {
    begin(NULL);
    server(501, 101, "hi");
    told("<hi#5");
    server(503, 107, "ho");
    server(501, 107, "hihoho");
    server(502, 107, "i");
    told("");
    client(101, 501, "abc");
    told(">abc#9 >def#4 <ho#6 <ho#7");
    trace_close(&t);
    CU_ASSERT_EQUAL(t.tally.lost[LOSS_GAPS], 0);
}

/* The answer has a hole, too: it waits, held or not. */
static void both_may_lack_bytes(void) {
    begin(NULL);
    server(503, 107, "ply");
    client(101, 501, "abc");
    told(">abc#6 >def#4");
    server(501, 107, "re");
    told("<re#7 <ply#5");
    trace_close(&t);

    begin(NULL);
    server(501, 107, "re");
    server(505, 107, "y");
    client(101, 501, "abc");
    told(">abc#7 >def#4 <re#5");
    trace_close(&t);
    told("<gap2#6 <y#6 closed:end#7");
}

/* Of two holes only what answers bytes behind the second waits for that. */
static void each_waits_for_its_own(void) {
    begin(NULL);
    client(110, 501, "jkl");
    server(501, 107, "reply");
    told("");
    client(101, 501, "abc");
    told(">abc#7 >def#4 <reply#6");
    server(506, 113, "more");
    told("");
    client(107, 501, "ghi");
    told(">ghi#9 >jkl#5 <more#8");
    trace_close(&t);
}

static void an_acknowledgement_that_cannot_be_holds_nothing(void) {
    begin(NULL);
    server(501, 107 + (64U << 20), "reply");
    told("<reply#5");
    trace_close(&t);
}

/* Then the hole goes, and the order stays. */
static void limits_are_kept(void) {
    struct tracker_limits limits = tracker_limits_default();
    limits.reassembly.queue_size = 500;
    begin(&limits);
    server(501, 107, "one");
    server(504, 107, "two");
    told("");
    server(507, 107, "three");
    told(">gap3#4 >def#4 <one#5 <two#6 <three#7");
    trace_close(&t);

    limits = tracker_limits_default();
    limits.reassembly.queues = 1;
    begin(&limits);
    server(501, 107, "reply");
    told(">gap3#4 >def#4 <reply#5");
    trace_close(&t);
}

static void whose_bytes_are_of_no_interest_holds_none(void) {
    begin(NULL);
    server(501, 107, "reply");
    t.uninterested = true;
    client(101, 501, "abc");
    trace_close(&t);
    told(">abc#6 closed:end#6");
    t.uninterested = false;
}

int main(void) {
    CU_TestInfo tests[] = {
        {"an answer waits for its question", an_answer_waits_for_its_question},
        {"what answers nothing that waits is told", what_answers_nothing_that_waits_is_told},
        {"it follows when the hole is given up", it_follows_when_the_hole_is_given_up},
        {"the end keeps the order", the_end_keeps_the_order},
        {"who asks does not wait", who_asks_does_not_wait},
        {"both may end meanwhile", both_may_end_meanwhile},
        {"a reset does not tear it off", a_reset_does_not_tear_it_off},
        {"a repetition brings nothing twice", a_repetition_brings_nothing_twice},
        {"both may lack bytes", both_may_lack_bytes},
        {"each waits for its own", each_waits_for_its_own},
        {"an acknowledgement that cannot be holds nothing", an_acknowledgement_that_cannot_be_holds_nothing},
        {"limits are kept", limits_are_kept},
        {"whose bytes are of no interest holds none", whose_bytes_are_of_no_interest_holds_none},
        CU_TEST_INFO_NULL,
    };
    return unit_run("capture/held", tests);
}
