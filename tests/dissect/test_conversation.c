/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/dissect/stories.h"
#include "tests/dissect/vectors.h"
#include "tests/unit.h"

#include <stdio.h>

static const enum byte_order ORDERS[] = {ORDER_LITTLE, ORDER_BIG};
static const struct offer OFFER[] = {{0, &STORE, &SYNTAX_NDR}};
static const struct verdict ACCEPTED[] = {{0, 0, &SYNTAX_NDR}};
static struct octets o;

static struct octets *fresh(void) {
    o = (struct octets){.order = ORDER_LITTLE};
    return &o;
}

static void begin(struct play *p) {
    play_start(p);
    play_again(p, 1112, false);
    play_open(p);
    play_forget(p);
}

static void end(struct play *p) {
    play_close(p, CLOSE_END);
    play_stop(p);
}

static void bind(struct play *p) {
    put_bind(fresh(), 11, 1, OFFER, 1);
    play_octets(p, FROM_CLIENT, &o);
    put_bind_ack(fresh(), 12, 1, "1112", ACCEPTED, 1);
    play_octets(p, FROM_SERVER, &o);
    play_forget(p);
}

static void request(struct play *p, enum direction direction, uint32_t call, unsigned context, unsigned opnum) {
    put_request(fresh(), call, context, opnum, "stub", 4);
    play_octets(p, direction, &o);
}

static void response(struct play *p, enum direction direction, uint32_t call, unsigned context) {
    put_response(fresh(), call, context, "stub", 4);
    play_octets(p, direction, &o);
}

static void fault(struct play *p, uint32_t call, unsigned context, uint32_t status) {
    put_fault(fresh(), call, context, status);
    play_octets(p, FROM_SERVER, &o);
}

static void a_conversation_becomes_facts_in_both_byte_orders(void) {
    static struct story story;
    for (size_t i = 0; i < 2; i++) {
        struct play p;
        begin(&p);
        story_tell(&story, STORY_CALLS, ORDERS[i]);
        for (size_t m = 0; m < story.count; m++)
            play_octets(&p, story.messages[m].direction, &story.messages[m].octets);
        play_close(&p, CLOSE_FIN);
        CU_ASSERT_STRING_EQUAL(
            p.text,
            "#3 bind_asked call=1 group=4436 offered=3 [0 a4f1db00:1.0 8a885d04:2.0] [1 a4f1db00:1.0 71710533:1.0] "
            "[2 a4f1db00:1.0 6cb71c2c:1.0]\n"
            "#4 bind_answered call=1 group=4436 secondary=1112 offered=3 [0 a4f1db00:1.0 8a885d04:2.0 (0,0)] "
            "[1 a4f1db00:1.0 nil (2,2)] [2 a4f1db00:1.0 nil (3,3)]\n"
            "#5 authentication type=10 level=6\n"
            "#6 first_call call=2 context=0 a4f1db00:1.0 opnum=4 status=0\n"
            "#7 first_answer call=2 context=0 a4f1db00:1.0 opnum=4 status=0\n"
            "#8 bind_asked alter call=3 group=4436 offered=1 [7 e1af8308:3.0 8a885d04:2.0]\n"
            "#9 bind_answered alter call=3 group=4436 secondary= offered=1 [7 e1af8308:3.0 8a885d04:2.0 (0,0)]\n"
            "#11 fault call=4 context=0 a4f1db00:1.0 opnum=5 status=5 unexecuted\n"
            "#15 closed reason=0 by=client bytes=1321/1136 calls=3 answers=1 faults=1\n");
        CU_ASSERT_EQUAL(p.tally.pdus[0], 4);
        CU_ASSERT_EQUAL(p.tally.calls, 3);
        CU_ASSERT_EQUAL(p.tally.pdus[11] + p.tally.pdus[12] + p.tally.pdus[14] + p.tally.pdus[15], 4);
        CU_ASSERT_EQUAL(p.tally.pdus[16] + p.tally.pdus[17] + p.tally.pdus[18] + p.tally.pdus[19], 4);
        CU_ASSERT_EQUAL(p.tally.lost[LOSS_MALFORMED_PDUS], 0);
        play_stop(&p);
    }
}

static void many_calls_are_few_facts(void) {
    struct play p;
    begin(&p);
    bind(&p);
    for (uint32_t i = 0; i < 1000; i++) {
        request(&p, FROM_CLIENT, i, 0, i % 7);
        response(&p, FROM_SERVER, i, 0);
    }
    CU_ASSERT_EQUAL(p.facts, 2);
    play_close(&p, CLOSE_FIN);
    CU_ASSERT_TRUE(play_told(&p, "calls=1000 answers=1000 faults=0"));
    play_stop(&p);
}

static void a_bind_is_refused(void) {
    struct play p;
    begin(&p);
    put_bind(fresh(), 11, 1, OFFER, 1);
    play_octets(&p, FROM_CLIENT, &o);
    play_hex(&p, FROM_SERVER, VECTOR_BIND_NAK_VERSION);
    CU_ASSERT_TRUE(play_told(&p, "#4 bind_refused call=1 group=0 reason=4 secondary= offered=1 [0 a4f1db00:1.0"));
    pdu_begin(fresh(), 13, 3, 1); /* with extended error information, and no bind */
    put_u16(&o, 2);
    put_hex(&o, "000020037490d0fad31182d7009027b130ab0000");
    pdu_end(&o);
    play_octets(&p, FROM_SERVER, &o);
    CU_ASSERT_TRUE(play_told(&p, "#5 bind_refused call=1 group=0 reason=2 secondary= unasked offered=0\n"));
    end(&p);
}

static void an_interface_is_rejected(void) {
    struct play p;
    begin(&p);
    put_bind(fresh(), 11, 1, OFFER, 1);
    play_octets(&p, FROM_CLIENT, &o);
    play_hex(&p, FROM_SERVER, VECTOR_BIND_ACK_REJECT);
    CU_ASSERT_TRUE(play_told(&p, "#4 bind_answered call=1 group=0 secondary=1112 offered=1 "
                                 "[0 a4f1db00:1.0 nil (2,1)]"));
    request(&p, FROM_CLIENT, 2, 0, 0);
    CU_ASSERT_TRUE(play_told(&p, "first_call call=2 context=0 nil"));
    end(&p);
}

static void an_answer_finds_its_bind_by_call_id_or_else_the_oldest(void) {
    static const struct offer other[] = {{1, &SYNTAX_EPM, &SYNTAX_NDR}};
    struct play p;
    begin(&p);
    put_bind(fresh(), 11, 1, OFFER, 1);
    put_bind(&o, 14, 2, other, 1);
    play_octets(&p, FROM_CLIENT, &o);
    put_bind_ack(fresh(), 15, 2, "", ACCEPTED, 1);
    put_bind_ack(&o, 12, 77, "", ACCEPTED, 1);
    put_bind_ack(&o, 12, 78, "", ACCEPTED, 1);
    play_octets(&p, FROM_SERVER, &o);
    CU_ASSERT_TRUE(play_told(&p, "bind_answered alter call=2 group=4436 secondary= offered=1 [1 e1af8308:3.0"));
    CU_ASSERT_TRUE(play_told(&p, "bind_answered call=77 group=4436 secondary= offered=1 [0 a4f1db00:1.0"));
    CU_ASSERT_TRUE(play_told(&p, "bind_answered call=78 group=4436 secondary= unasked offered=1 [0 nil"));
    end(&p);
}

static void results_may_be_fewer_or_more_than_contexts(void) {
    static const struct offer two[] = {{3, &STORE, &SYNTAX_NDR}, {4, &STORE, &SYNTAX_NDR64}};
    static const struct verdict three[] = {{0, 0, &SYNTAX_NDR}, {0, 0, &SYNTAX_NDR64}, {0, 0, &SYNTAX_NDR}};
    for (unsigned count = 0; count <= 3; count++) {
        struct play p;
        begin(&p);
        put_bind(fresh(), 11, 1, two, 2);
        play_octets(&p, FROM_CLIENT, &o);
        put_bind_ack(fresh(), 12, 1, "", three, count);
        play_octets(&p, FROM_SERVER, &o);
        CU_ASSERT_EQUAL(play_count(&p, " (0,0)]"), count);
        CU_ASSERT_EQUAL(play_told(&p, "[4 a4f1db00:1.0 71710533:1.0 (0,0)]"), count >= 2);
        CU_ASSERT_FALSE(play_told(&p, "malformed"));
        end(&p);
    }
}

static void a_context_id_means_what_was_accepted_last(void) {
    static const struct offer other[] = {{0, &SYNTAX_EPM, &SYNTAX_NDR}};
    struct play p;
    begin(&p);
    bind(&p);
    request(&p, FROM_CLIENT, 1, 0, 9);
    put_bind(fresh(), 14, 2, OFFER, 1); /* the same again: an authentication that goes on */
    play_octets(&p, FROM_CLIENT, &o);
    put_bind_ack(fresh(), 15, 2, "", ACCEPTED, 1);
    play_octets(&p, FROM_SERVER, &o);
    request(&p, FROM_CLIENT, 3, 0, 9);
    CU_ASSERT_EQUAL(play_count(&p, "first_call"), 1);
    put_bind(fresh(), 14, 4, other, 1);
    play_octets(&p, FROM_CLIENT, &o);
    put_bind_ack(fresh(), 15, 4, "", ACCEPTED, 1);
    play_octets(&p, FROM_SERVER, &o);
    request(&p, FROM_CLIENT, 5, 0, 9);
    CU_ASSERT_TRUE(play_told(&p, "first_call call=5 context=0 e1af8308:3.0"));
    end(&p);
}

static void faults_are_told_once_each(void) {
    struct play p;
    begin(&p);
    bind(&p);
    for (uint32_t i = 0; i < 10; i++) {
        request(&p, FROM_CLIENT, i, 0, i % 2);
        fault(&p, i, 0, 5);
    }
    CU_ASSERT_EQUAL(play_count(&p, "fault"), 2);
    fault(&p, 99, 0, 5);
    CU_ASSERT_TRUE(play_told(&p, "fault call=99 context=0 a4f1db00:1.0 opnum=65535 status=5"));
    for (uint32_t i = 0; i < 100; i++)
        fault(&p, 100, 0, 1000 + i);
    CU_ASSERT_EQUAL(play_count(&p, "fault"), 32);
    CU_ASSERT_EQUAL(p.tally.limits[LIMIT_FIRSTS], 103 - 32);
    play_close(&p, CLOSE_FIN);
    CU_ASSERT_TRUE(play_told(&p, "faults=111"));
    play_stop(&p);
}

static void a_callback_is_not_the_clients_call(void) {
    struct play p;
    begin(&p);
    bind(&p);
    request(&p, FROM_CLIENT, 1, 0, 4);
    request(&p, FROM_SERVER, 1, 0, 30);
    response(&p, FROM_CLIENT, 1, 0);
    CU_ASSERT_EQUAL(p.facts, 1);
    response(&p, FROM_SERVER, 1, 0);
    CU_ASSERT_TRUE(play_told(&p, "first_answer call=1 context=0 a4f1db00:1.0 opnum=4"));
    CU_ASSERT_FALSE(play_told(&p, "swapped"));
    play_close(&p, CLOSE_FIN);
    CU_ASSERT_TRUE(play_told(&p, "calls=1 answers=1"));
    CU_ASSERT_EQUAL(p.tally.pdus[0], 2);
    play_stop(&p);
}

static void calls_pair_across_a_hole(void) {
    struct play p;
    begin(&p);
    bind(&p);
    request(&p, FROM_CLIENT, 1, 0, 4);
    play_gap(&p, FROM_SERVER, 1000);
    CU_ASSERT_TRUE(play_told(&p, "gap server bytes=1000"));
    fault(&p, 1, 0, 5);
    CU_ASSERT_TRUE(play_told(&p, "fault call=1 context=0 a4f1db00:1.0 opnum=4 status=5"));
    play_cut(&p, FROM_SERVER, 10);
    CU_ASSERT_TRUE(play_told(&p, "gap server bytes=10 cut\n"));
    play_gap(&p, FROM_CLIENT, 7);
    CU_ASSERT_TRUE(play_told(&p, "gap client bytes=7\n"));
    play_close(&p, CLOSE_FIN);
    CU_ASSERT_TRUE(play_told(&p, "calls=1 answers=0 faults=1 missing=7/1010\n"));
    play_stop(&p);
}

/* Where the snap length cuts each packet there are as many holes. */
static void a_few_holes_of_a_second_are_told(void) {
    struct play p;
    begin(&p);
    bind(&p);
    for (int i = 0; i < 1000; i++)
        play_gap(&p, FROM_SERVER, 10);
    CU_ASSERT_EQUAL(play_count(&p, "gap server bytes=10\n"), 8);
    play_wait(&p, 1000000000);
    play_gap(&p, FROM_SERVER, 10);
    CU_ASSERT_EQUAL(play_count(&p, "gap server bytes=10\n"), 9);
    for (int i = 0; i < 100; i++)
        play_gap(&p, FROM_SERVER, 10);
    play_forget(&p);
    bind(&p);
    play_gap(&p, FROM_SERVER, 10);
    CU_ASSERT_EQUAL(play_count(&p, "gap server bytes=10\n"), 1);
    play_close(&p, CLOSE_FIN);
    CU_ASSERT_TRUE(play_told(&p, "missing=0/11020\n"));
    play_stop(&p);
}

static void what_is_malformed_is_told_and_the_rest_is_read(void) {
    static const char *const pdus[] = {
        "05000b03100000001c00000001000000d016d0160000000001000000", /* bind: no context */
        "05000c03100000001a00000001000000d016d01600000000ff00",     /* bind_ack: secondary too long */
        "05000003100000001400000001000000"
        "00000000", /* request: no opnum */
        "05000003100000001800090001000000"
        "0000000000000000", /* request: verifier too long */
        "05000303100000001800000001000000"
        "0000000000000000", /* fault: no status */
        "47455420",
        "05000003100000000f00000001000000", /* request: shorter than its header */

    };
    static const unsigned why[] = {2, 3, 4, 1, 4, 0, 1};
    for (size_t i = 0; i < sizeof pdus / sizeof *pdus; i++) {
        struct play p;
        char expected[32];
        snprintf(expected, sizeof expected, "malformed why=%u", why[i]);
        begin(&p);
        bind(&p);
        enum direction direction = i == 1 || i == 4 ? FROM_SERVER : FROM_CLIENT;
        play_hex(&p, direction, pdus[i]);
        if (i == 5)
            play_hex(&p, direction, "202f20485454502f312e310d0a");
        CU_ASSERT_TRUE(play_told(&p, expected));
        CU_ASSERT_EQUAL(p.facts, 1);
        CU_ASSERT_EQUAL(p.tally.lost[LOSS_MALFORMED_PDUS], 1);
        CU_ASSERT_TRUE(p.interested);
        request(&p, FROM_CLIENT, 9, 0, 1);
        CU_ASSERT_TRUE(play_told(&p, "first_call call=9"));
        end(&p);
    }
}

static void a_server_that_speaks_something_else_is_malformed(void) {
    struct play p;
    begin(&p);
    put_bind(fresh(), 11, 1, OFFER, 1);
    play_octets(&p, FROM_CLIENT, &o);
    play_hex(&p, FROM_SERVER, "485454502f312e3120343030");
    CU_ASSERT_TRUE(play_told(&p, "#4 malformed why=0 server"));
    CU_ASSERT_TRUE(p.interested);
    play_close(&p, CLOSE_RESET);
    CU_ASSERT_TRUE(play_told(&p, "closed"));
    play_stop(&p);
}

static void authenticate(struct play *p, unsigned type, unsigned level) {
    pdu_begin(fresh(), 16, 3, 1);
    put_zeros(&o, 4);
    put_verifier(&o, type, level, 0, "token", 5);
    pdu_end(&o);
    play_octets(p, FROM_CLIENT, &o);
}

static void one_authentication_is_one_fact(void) {
    struct play p;
    begin(&p);
    bind(&p);
    for (unsigned i = 0; i < 30; i++)
        authenticate(&p, 10, i % 3 + 4);
    CU_ASSERT_EQUAL(p.facts, 3);
    CU_ASSERT_TRUE(play_told(&p, "authentication type=10 level=5"));
    CU_ASSERT_EQUAL(p.tally.limits[LIMIT_FIRSTS], 0);
    for (unsigned i = 0; i < 10; i++)
        authenticate(&p, 20 + i, 5);
    CU_ASSERT_EQUAL(p.facts, 8);
    CU_ASSERT_EQUAL(p.tally.limits[LIMIT_FIRSTS], 13 - 8);
    end(&p);
}

static void a_challenge_names_the_server_once(void) {
    struct play p;
    begin(&p);
    for (unsigned i = 0; i < 2; i++) {
        put_bind(fresh(), 11, i, OFFER, 1);
        play_octets(&p, FROM_CLIENT, &o);
        put_bind_ack(fresh(), 12, i, "", ACCEPTED, 1);
        struct octets token = {.order = ORDER_LITTLE};
        put_hex(&token, "60207478");               /* wrapped in something */
        put_hex(&token, "4e544c4d5353500002000000" /* signature, type */
                        "0200020038000000018281e2" /* target, flags */
                        "00000000000000000000000000000000"
                        "0a000a003a0000000000000000000000" /* target info, version */
                        "4400"
                        "01000200450000000000");
        put_verifier(&o, 9, 5, 0, token.at, token.len);
        pdu_end(&o);
        play_octets(&p, FROM_SERVER, &o);
    }
    CU_ASSERT_EQUAL(play_count(&p, "server_name 0=E\n"), 1);
    CU_ASSERT_EQUAL(play_count(&p, "server_name 1=D\n"), 1);
    CU_ASSERT_EQUAL(play_count(&p, "server_name"), 2);
    CU_ASSERT_EQUAL(play_count(&p, "authentication type=9 level=5"), 1);
    end(&p);
}

static void tables_are_bounded_and_say_so(void) {
    struct play p;
    begin(&p);
    bind(&p);
    for (uint32_t i = 0; i < 1000; i++)
        request(&p, FROM_CLIENT, i, i, 0);
    CU_ASSERT_EQUAL(play_count(&p, "first_call"), 256);
    CU_ASSERT_EQUAL(p.tally.limits[LIMIT_CONTEXTS], 1000 - 256);
    CU_ASSERT_EQUAL(p.tally.limits[LIMIT_CALLS], 1000 - 64);
    for (uint32_t i = 0; i < 20; i++) {
        put_bind(fresh(), 14, i, OFFER, 1);
        play_octets(&p, FROM_CLIENT, &o);
    }
    CU_ASSERT_EQUAL(p.tally.limits[LIMIT_CALLS], 1000 - 64 + 20 - 8);
    end(&p);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"a conversation becomes facts in both byte orders", a_conversation_becomes_facts_in_both_byte_orders},
        {"many calls are few facts", many_calls_are_few_facts},
        {"a bind is refused", a_bind_is_refused},
        {"an interface is rejected", an_interface_is_rejected},
        {"an answer finds its bind by call_id, or else the oldest",
         an_answer_finds_its_bind_by_call_id_or_else_the_oldest},
        {"results may be fewer or more than contexts", results_may_be_fewer_or_more_than_contexts},
        {"a context id means what was accepted last", a_context_id_means_what_was_accepted_last},
        {"faults are told once each", faults_are_told_once_each},
        {"a callback is not the client's call", a_callback_is_not_the_clients_call},
        {"calls pair across a hole", calls_pair_across_a_hole},
        {"what is malformed is told and the rest is read", what_is_malformed_is_told_and_the_rest_is_read},
        {"a server that speaks something else is malformed", a_server_that_speaks_something_else_is_malformed},
        {"a few holes of a second are told", a_few_holes_of_a_second_are_told},
        {"one authentication is one fact", one_authentication_is_one_fact},
        {"a challenge names the server once", a_challenge_names_the_server_once},
        {"tables are bounded and say so", tables_are_bounded_and_say_so},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect/conversation", tests);
}
