/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connectionless calls and their answers. */
#include "tests/dissect/cl_talk.h"
#include "tests/unit.h"

static struct octets stub;

static void the_mapper_forwards_to_another_port(void) {
    struct play p;
    play_start(&p);
    cl_call(&p, MAPPER, 0);
    cl_answer(&p, SERVER, 0);
    cl_call(&p, SERVER, 1);
    cl_answer(&p, SERVER, 1);
    stop(&p);
    CU_ASSERT(play_told(&p, "#1 first_call udp0 10.0.1.20:135 call=1 context=0 a4f1db00:1.0"));
    CU_ASSERT(play_told(&p, "#2 established udp0 10.0.1.20:1112"));
    CU_ASSERT(play_told(&p, "#2 first_answer udp0 10.0.1.20:1112"));
    CU_ASSERT(play_told(&p, "#4 closed udp0 10.0.1.20:1112 reason=3 by=client bytes=160/160 calls=2 answers=2"));
    CU_ASSERT_EQUAL(p.facts, 4);
    stop_and_free(&p);
}

static void the_answer_of_another_address_names_it(void) {
    struct play p;
    play_start(&p);
    cl_call(&p, SERVER, 0);
    cl_answer(&p, "10.0.0.20:1112", 0);
    CU_ASSERT(play_told(&p, "#2 first_answer udp0 10.0.0.20:1112"));
    stop_and_free(&p);
}

static void firsts_are_told_once(void) {
    struct play p;
    play_start(&p);
    for (uint32_t i = 0; i < 200; i++) {
        cl_call(&p, SERVER, i);
        cl_call(&p, SERVER, i); /* a mirror port's copy */
        cl_answer(&p, SERVER, i);
        cl_answer(&p, SERVER, i);
    }
    stop(&p);
    CU_ASSERT_EQUAL(p.facts, 4);
    CU_ASSERT(play_told(&p, "calls=200 answers=200 faults=0"));
    CU_ASSERT_EQUAL(p.tally.calls, 200);
    stop_and_free(&p);
}

static void numbers_may_wrap_and_come_out_of_order(void) {
    static const uint32_t numbers[] = {UINT32_MAX - 1, 0, UINT32_MAX, 2, 1};
    struct play p;
    play_start(&p);
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < 5; i++) {
            cl_call(&p, SERVER, numbers[i]);
            cl_answer(&p, SERVER, numbers[i]);
        }
    stop(&p);
    CU_ASSERT(play_told(&p, "calls=5 answers=5"));
    stop_and_free(&p);
}

static void faults_and_rejects_are_told(void) {
    struct play p;
    play_start(&p);
    cl_call(&p, SERVER, 0);
    cl_send_status(&p, SERVER, CLIENT, (struct cl){.type = FAULT, .opnum = 4}, 5);
    cl_call(&p, SERVER, 1);
    cl_send_status(&p, SERVER, CLIENT, (struct cl){.type = FAULT, .opnum = 4, .sequence = 1}, 5);
    cl_call(&p, SERVER, 2);
    cl_send_status(&p, SERVER, CLIENT, (struct cl){.type = REJECT, .opnum = 4, .sequence = 2}, 0x1c010003);
    cl_call(&p, SERVER, 3);
    cl_send(&p, SERVER, CLIENT, (struct cl){.type = REJECT, .sequence = 3, .body = "abc", .len = 3});
    stop(&p);
    CU_ASSERT_EQUAL(play_count(&p, " fault "), 2);
    CU_ASSERT(play_told(&p, "#2 fault udp0 10.0.1.20:1112 call=1 context=0 a4f1db00:1.0 opnum=4 status=5\n"));
    CU_ASSERT(play_told(&p, "#6 fault udp0 10.0.1.20:1112 call=3 context=0 a4f1db00:1.0 opnum=4 status=1c010003 "
                            "unexecuted\n"));
    CU_ASSERT(play_told(&p, "#8 malformed"));
    CU_ASSERT(play_told(&p, "calls=4 answers=0 faults=4"));
    CU_ASSERT_FALSE(play_told(&p, "first_answer"));
    CU_ASSERT_EQUAL(p.tally.limits[LIMIT_FIRSTS], 0);
    stop_and_free(&p);
}

static void kinds_of_fault_are_bounded(void) {
    struct play p;
    play_start(&p);
    for (uint32_t i = 0; i < 40; i++) {
        cl_call(&p, SERVER, i);
        cl_send_status(&p, SERVER, CLIENT, (struct cl){.type = FAULT, .opnum = 4, .sequence = i}, 1000 + i);
    }
    stop(&p);
    CU_ASSERT_EQUAL(play_count(&p, " fault "), 32);
    CU_ASSERT_EQUAL(p.tally.limits[LIMIT_FIRSTS], 40 - 32);
    CU_ASSERT(play_told(&p, "calls=40 answers=0 faults=40"));
    stop_and_free(&p);
}

static void an_answer_is_not_told_of_the_call_before(void) {
    struct play p;
    play_start(&p);
    cl_call(&p, SERVER, 0);
    cl_send_status(&p, SERVER, CLIENT, (struct cl){.type = FAULT, .opnum = 4, .sequence = 1}, 5);
    cl_answer(&p, SERVER, 2);
    cl_call(&p, SERVER, 3);
    cl_send_status(&p, SERVER, CLIENT, (struct cl){.type = FAULT, .opnum = 4, .sequence = 3}, 6);
    CU_ASSERT(play_told(&p, "#2 fault udp0 10.0.1.20:1112 call=0 "));
    CU_ASSERT(play_told(&p, "#3 first_answer udp0 10.0.1.20:1112 call=0 "));
    CU_ASSERT(play_told(&p, "#5 fault udp0 10.0.1.20:1112 call=2 "));
    stop_and_free(&p);
}

static void a_working_server_is_heard(void) {
    static const unsigned types[] = {WORKING, NOCALL, FACK};
    for (size_t i = 0; i < 3; i++) {
        struct play p;
        play_start(&p);
        cl_call(&p, SERVER, 0);
        cl_send(&p, SERVER, CLIENT, (struct cl){.type = types[i]});
        stop(&p);
        CU_ASSERT(play_told(&p, "established"));
        CU_ASSERT(play_told(&p, "calls=1 answers=0 faults=0"));
        CU_ASSERT_FALSE(play_told(&p, "unanswered") || play_told(&p, "first_answer"));
        CU_ASSERT_EQUAL(p.tally.pdus[types[i]], 1);
        stop_and_free(&p);
    }
}

static void an_acknowledged_answer_has_come(void) {
    struct play p;
    play_start(&p);
    cl_call(&p, SERVER, 0);
    cl_send(&p, CLIENT, SERVER, (struct cl){.type = ACK});
    stop(&p);
    CU_ASSERT(play_told(&p, "closed"));
    CU_ASSERT(play_told(&p, "unseen=server"));
    CU_ASSERT_FALSE(play_told(&p, "unanswered"));
    stop_and_free(&p);
}

static void fragments_of_a_call_are_no_tries(void) {
    struct play p;
    play_start(&p);
    for (unsigned i = 0; i < 6; i++)
        cl_send(&p, CLIENT, SERVER,
                (struct cl){.flags = FRAG | (i == 5 ? LAST : 0), .fragment = i, .serial = i, .body = "x", .len = 1});
    play_wait(&p, A_SECOND);
    cl_send(&p, CLIENT, SERVER, (struct cl){.flags = FRAG | LAST, .fragment = 5, .serial = 6, .body = "x", .len = 1});
    stop(&p);
    CU_ASSERT_EQUAL(play_count(&p, "attempted"), 1);
    CU_ASSERT(play_told(&p, "#7 unanswered udp0 10.0.1.20:1112 attempt=2"));
    CU_ASSERT_EQUAL(p.tally.calls, 1);
    stop_and_free(&p);
}

/* A mirror port shows a datagram twice; what is sent again comes later, or with another serial number. */
static void copies_are_no_tries(void) {
    struct play p;
    play_start(&p);
    cl_ask(&p, ORDER_LITTLE, 0);
    cl_ask(&p, ORDER_LITTLE, 0);
    CU_ASSERT_FALSE(play_told(&p, "attempted"));
    cl_ask(&p, ORDER_LITTLE, 1);
    CU_ASSERT(play_told(&p, "#3 attempted udp0 10.0.1.20:135 attempt=2"));
    play_wait(&p, A_SECOND);
    cl_ask(&p, ORDER_LITTLE, 1);
    CU_ASSERT(play_told(&p, "#4 attempted udp0 10.0.1.20:135 attempt=3"));
    stop_and_free(&p);
}

static void maybe_calls_never_fail(void) {
    static const struct {
        unsigned flags;
        const char *to;
    } cases[] = {{MAYBE, SERVER},
                 {BROADCAST, SERVER},
                 {IDEMPOTENT, "255.255.255.255:1112"},
                 {0, "224.0.0.9:1112"},
                 {0, "[ff02::1]:1112"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct play p;
        play_start(&p);
        for (uint32_t n = 0; n < 6; n++) {
            cl_send(&p, CLIENT, cases[i].to, (struct cl){.flags = cases[i].flags, .sequence = n / 2, .serial = n % 2});
            play_wait(&p, A_SECOND);
        }
        play_icmp(&p, CLIENT, cases[i].to, "10.0.1.20");
        stop(&p);
        CU_ASSERT_EQUAL(p.facts, 1);
        CU_ASSERT(play_told(&p, "status=0 maybe\n"));
        CU_ASSERT_EQUAL(p.tally.calls, 3);
        stop_and_free(&p);
    }
}

static void each_that_answers_many_is_told(void) {
    struct play p;
    play_start(&p);
    cl_send(&p, CLIENT, "255.255.255.255:1112", (struct cl){.flags = BROADCAST});
    for (int i = 0; i < 3; i++) {
        cl_answer(&p, "10.0.1.20:1112", 0);
        cl_answer(&p, "10.0.1.21:1112", 0);
    }
    stop(&p);
    CU_ASSERT(play_told(&p, "#1 first_call udp0 255.255.255.255:1112"));
    CU_ASSERT(play_told(&p, "#2 first_answer udp1 10.0.1.20:1112"));
    CU_ASSERT(play_told(&p, "#3 first_answer udp2 10.0.1.21:1112"));
    CU_ASSERT_EQUAL(play_count(&p, "first_answer"), 2);
    CU_ASSERT_FALSE(play_told(&p, "unanswered"));
    stop_and_free(&p);
}

static void callbacks_are_no_calls_of_the_client(void) {
    struct play p;
    play_start(&p);
    cl_call(&p, SERVER, 0);
    put_uuid(fresh(&stub, ORDER_LITTLE), "11112222-3333-4444-5555-666677778888");
    put_u32(&stub, 1);
    cl_send(&p, SERVER, CLIENT,
            (struct cl){.interface = &CALLBACK, .activity = OTHER_ACTIVITY, .body = stub.at, .len = stub.len});
    CU_ASSERT(play_told(&p, "#1 first_call udp0"));
    CU_ASSERT(play_told(&p, "#2 established udp0"));
    cl_send(&p, CLIENT, SERVER, (struct cl){.type = RESPONSE, .interface = &CALLBACK, .activity = OTHER_ACTIVITY});
    cl_answer(&p, SERVER, 0);
    stop(&p);
    CU_ASSERT(play_told(&p, "calls=1 answers=1"));
    CU_ASSERT_EQUAL(play_count(&p, "closed"), 1);
    CU_ASSERT(p.tally.calls == 1 && p.tally.pdus[REQUEST] == 2 && p.tally.pdus[RESPONSE] == 2);
    stop_and_free(&p);
}

static void interfaces_are_conversations_of_their_own(void) {
    struct play p;
    play_start(&p);
    cl_call(&p, SERVER, 0);
    cl_answer(&p, SERVER, 0);
    cl_send(&p, CLIENT, SERVER, (struct cl){.interface = &BTFN, .sequence = 1}); /* the same activity */
    cl_send(&p, SERVER, CLIENT, (struct cl){.type = RESPONSE, .interface = &BTFN, .sequence = 1});
    cl_call(&p, SERVER, 2);
    cl_answer(&p, SERVER, 2);
    stop(&p);
    CU_ASSERT_EQUAL(play_count(&p, "first_call"), 2);
    CU_ASSERT_EQUAL(play_count(&p, "first_answer"), 2);
    CU_ASSERT_EQUAL(play_count(&p, "closed"), 2);
    CU_ASSERT(play_told(&p, "calls=2 answers=2"));
    stop_and_free(&p);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"the mapper forwards to another port", the_mapper_forwards_to_another_port},
        {"the answer of another address names it", the_answer_of_another_address_names_it},
        {"firsts are told once", firsts_are_told_once},
        {"numbers may wrap and come out of order", numbers_may_wrap_and_come_out_of_order},
        {"faults and rejects are told", faults_and_rejects_are_told},
        {"kinds of fault are bounded", kinds_of_fault_are_bounded},
        {"an answer is not told of the call before", an_answer_is_not_told_of_the_call_before},
        {"a working server is heard", a_working_server_is_heard},
        {"an acknowledged answer has come", an_acknowledged_answer_has_come},
        {"fragments of a call are no tries", fragments_of_a_call_are_no_tries},
        {"copies are no tries", copies_are_no_tries},
        {"maybe calls never fail", maybe_calls_never_fail},
        {"each that answers many is told", each_that_answers_many_is_told},
        {"callbacks are no calls of the client", callbacks_are_no_calls_of_the_client},
        {"interfaces are conversations of their own", interfaces_are_conversations_of_their_own},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect/cl_calls", tests);
}
