/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/capture/trace.h"
#include "tests/unit.h"

/* 4-tuples that are used again soon, and handshakes and ends that do not come in the order of the book. */

static struct trace t;

static void told(const char *expected) { trace_expect(&t, expected); }

/* The capture begins with the last packet of a connection; the client uses its port again, and is refused. */
static void a_syn_behind_a_bare_acknowledgement_is_a_new_flow(void) {
    trace_open(&t);
    trace_from_client(&t, ACK, 5000000, 77, "");
    t.time += 60000 * MS;
    trace_from_client(&t, SYN, 900, 0, "");
    trace_from_server(&t, RST | ACK, 0, 901, "");
    trace_close(&t);
    told("opened#1 closed:timeout#1 2:syn#2 2:refused#3 2:closed:reset#3");
}

static void unless_the_syn_was_captured_behind_it(void) {
    trace_open(&t);
    trace_from_client(&t, ACK, 901, 501, "");
    trace_from_client(&t, SYN, 900, 0, "");
    trace_from_server(&t, SYN | ACK, 500, 901, "");
    trace_from_client(&t, ACK, 901, 501, "ask");
    trace_close(&t);
    told("opened#1 syn#2 >ask#4 closed:end#4");
}

/* Both the SYN and its refusal are there twice, the copies behind the two originals. */
static void a_copy_of_a_syn_may_come_behind_its_refusal(void) {
    trace_open(&t);
    t.step = MS / 100;
    for (int i = 0; i < 2; i++) {
        trace_from_client(&t, SYN, 100, 0, "");
        trace_from_server(&t, RST | ACK, 0, 101, "");
    }
    t.time += 500 * MS;
    for (int i = 0; i < 2; i++) {
        trace_from_client(&t, SYN, 100, 0, "");
        trace_from_server(&t, RST | ACK, 0, 101, "");
    }
    trace_close(&t);
    told("syn#1 refused#2 again#5 refused#6 closed:reset#8");
}

/* A server, or a proxy before it, that keeps no state answers a SYN that comes again with another number. */
static void the_second_syn_ack_may_have_another_number(void) {
    trace_open(&t);
    trace_from_client(&t, SYN, 100, 0, "");
    trace_from_server(&t, SYN | ACK, 500, 101, "");
    t.time += 1000 * MS;
    trace_from_client(&t, SYN, 100, 0, "");
    trace_from_server(&t, SYN | ACK, 70000500, 101, "");
    trace_from_client(&t, ACK, 101, 70000501, "ask");
    trace_from_server(&t, ACK, 70000501, 104, "reply");
    trace_close(&t);
    told("syn#1 opened#2 again#3 >ask#5 <reply#6 closed:end#6");
    CU_ASSERT_EQUAL(t.tally.lost[LOSS_BAD_TCPS], 0);
}

/* Two hosts of a cluster answer: the client has taken the first. */
static void but_not_once_the_first_is_acknowledged(void) {
    trace_open(&t);
    trace_handshake(&t, 100, 500);
    trace_from_server(&t, SYN | ACK, 70000500, 101, "");
    trace_from_server(&t, ACK, 501, 101, "hello");
    trace_close(&t);
    told("syn#1 opened#2 <hello#5 closed:end#5");
}

/* Only the client's side is captured, and no SYN. */
static void an_acknowledgement_of_the_next_use_tells_nothing_of_this(void) {
    trace_open(&t);
    trace_from_client(&t, ACK, 1000, 500, "old");
    trace_from_client(&t, ACK, 1003, 510, "");
    trace_from_client(&t, ACK, 900000000, 700000000, "");
    trace_from_client(&t, ACK, 900000000, 700000000, "new");
    trace_close(&t);
    told("opened#1 >old#1 <gap9#3 closed:timeout#3 2:opened#4 2:>new#4 2:closed:end#4");
}

/* The sensor at the server has a clock that is late; the client has all it wants, and resets. */
static void a_reset_waits_for_what_was_acknowledged(void) {
    trace_open(&t);
    trace_from_client(&t, SYN, 100, 0, "");
    trace_from_client(&t, ACK, 101, 501, "ask");
    trace_from_client(&t, ACK, 104, 506, "");
    trace_from_client(&t, RST | ACK, 104, 506, "");
    t.time += 3000 * MS;
    trace_from_server(&t, SYN | ACK, 500, 101, "");
    told("syn#1 opened#2 >ask#2");
    trace_from_server(&t, ACK, 501, 104, "reply");
    told("<reply#6 closed:reset#6");
    trace_close(&t);
    told("");
}

static void but_not_for_ever(void) {
    trace_open(&t);
    trace_handshake(&t, 100, 500);
    trace_from_client(&t, ACK, 101, 511, "");
    trace_from_client(&t, RST | ACK, 101, 511, "");
    told("syn#1 opened#2");
    t.client.port++;
    for (int seconds = 0; seconds < 150; seconds++) {
        t.time += 1000 * MS;
        trace_from_client(&t, RST, 1, 0, ""); /* time goes on */
    }
    told("<gap9#5 closed:reset#5");
    trace_close(&t);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"a SYN behind a bare acknowledgement is a new flow", a_syn_behind_a_bare_acknowledgement_is_a_new_flow},
        {"unless the SYN was captured behind it", unless_the_syn_was_captured_behind_it},
        {"a copy of a SYN may come behind its refusal", a_copy_of_a_syn_may_come_behind_its_refusal},
        {"the second SYN-ACK may have another number", the_second_syn_ack_may_have_another_number},
        {"but not once the first is acknowledged", but_not_once_the_first_is_acknowledged},
        {"an acknowledgement of the next use tells nothing of this",
         an_acknowledgement_of_the_next_use_tells_nothing_of_this},
        {"a reset waits for what was acknowledged", a_reset_waits_for_what_was_acknowledged},
        {"but not for ever", but_not_for_ever},
        CU_TEST_INFO_NULL,
    };
    return unit_run("capture/reuse", tests);
}
