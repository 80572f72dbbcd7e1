/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The mapper over UDP. */
#include "tests/dissect/cl_talk.h"
#include "tests/dissect/vectors.h"
#include "tests/unit.h"

static struct octets o, stub;

static void the_mapper_is_asked_and_answers(void) {
    for (enum byte_order order = ORDER_LITTLE; order <= ORDER_BIG; order++) {
        struct play p;
        play_start(&p);
        cl_ask(&p, order, 0);
        cl_map(&p, order, 0);
        stop(&p);
        CU_ASSERT_STRING_EQUAL(
            p.text, "#1 first_call udp0 10.0.1.20:135 call=1 context=0 e1af8308:3.0 opnum=3 status=0\n"
                    "#1 map_asked udp0 10.0.1.20:135 call=1 a4f1db00:1.0 udp\n"
                    "#2 established udp0 10.0.1.20:135 attempt=1 ttl=64/64 mac=9 icmp=0/0\n"
                    "#2 first_answer udp0 10.0.1.20:135 call=1 context=0 e1af8308:3.0 opnum=3 status=0\n"
                    "#2 map_answered udp0 10.0.1.20:135 call=1 a4f1db00:1.0 udp status=0 offered=1"
                    " [ a4f1db00:1.0 udp 10.0.1.20:1112 ]\n"
                    "#2 closed udp0 10.0.1.20:135 reason=3 by=client bytes=196/208 calls=1 answers=1 faults=0\n");
        CU_ASSERT_EQUAL(p.tally.pdus[REQUEST], 1);
        CU_ASSERT_EQUAL(p.tally.pdus[RESPONSE], 1);
        CU_ASSERT(p.tally.calls == 1 && p.tally.maps == 1);
        stop_and_free(&p);
    }
}

static void the_vector_is_told(void) {
    struct play p;
    play_start(&p);
    put_hex(fresh(&o, ORDER_LITTLE), VECTOR_CL_EPT_MAP_REQ);
    play_datagram(&p, CLIENT, MAPPER, octets_bytes(&o));
    CU_ASSERT(play_told(&p, "map_asked udp0 10.0.1.20:135 call=1 a4f1db00:1.0 tcp"));
    stop_and_free(&p);
}

static void not_registered_is_told(void) {
    struct play p;
    play_start(&p);
    cl_ask(&p, ORDER_LITTLE, 0);
    cl_map(&p, ORDER_LITTLE, 0x16c9a0d6);
    CU_ASSERT(play_told(&p, "map_answered udp0 10.0.1.20:135 call=1 a4f1db00:1.0 udp status=16c9a0d6 offered=0"));
    stop_and_free(&p);
}

static void a_question_sent_again_is_one_question(void) {
    struct play p;
    play_start(&p);
    cl_ask(&p, ORDER_LITTLE, 0);
    play_wait(&p, A_SECOND);
    cl_ask(&p, ORDER_LITTLE, 1);
    cl_map(&p, ORDER_LITTLE, 0);
    cl_map(&p, ORDER_LITTLE, 0);
    stop(&p);
    CU_ASSERT_EQUAL(play_count(&p, "map_asked"), 1);
    CU_ASSERT_EQUAL(play_count(&p, "map_answered"), 1);
    CU_ASSERT(play_told(&p, "#2 attempted udp0 10.0.1.20:135 attempt=2"));
    CU_ASSERT(play_told(&p, "calls=1 answers=1"));
    CU_ASSERT(p.tally.maps == 1 && p.tally.calls == 1 && p.tally.pdus[REQUEST] == 2);
    stop_and_free(&p);
}

static void an_answer_without_its_question_is_read(void) {
    struct play p;
    play_start(&p);
    cl_map(&p, ORDER_LITTLE, 0);
    CU_ASSERT(play_told(&p, "map_answered udp0 10.0.1.20:135 call=1 a4f1db00:1.0 udp status=0 offered=1 unasked"));
    play_forget(&p);
    play_wait(&p, 1000 * A_SECOND);
    cl_map(&p, ORDER_LITTLE, 0x16c9a0d6); /* could be any call's */
    CU_ASSERT_FALSE(play_told(&p, "map_answered"));
    stop_and_free(&p);
}

/* In every order, cut at every place. */
static void fragments_of_an_answer_are_put_together(void) {
    static const unsigned orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    put_map_response(&stub, ORDER_LITTLE, 0);
    for (size_t cut = 0; cut + 40 <= stub.len; cut++) {
        struct play p;
        size_t from[4] = {0, cut, cut + 40, stub.len};
        play_start(&p);
        cl_ask(&p, ORDER_LITTLE, 0);
        put_map_response(&stub, ORDER_LITTLE, 0);
        for (size_t i = 0; i < 3; i++) {
            unsigned n = orders[cut % 6][i];
            cl_send(&p, MAPPER, CLIENT,
                    (struct cl){.type = RESPONSE,
                                .flags = FRAG | (n == 2 ? LAST : 0),
                                .interface = &SYNTAX_EPM,
                                .opnum = 3,
                                .fragment = n,
                                .body = stub.at + from[n],
                                .len = from[n + 1] - from[n]});
        }
        CU_ASSERT_EQUAL(play_count(&p, "offered=1 [ a4f1db00:1.0 udp 10.0.1.20:1112 ]"), 1);
        stop(&p);
        CU_ASSERT(play_told(&p, "calls=1 answers=1 faults=0"));
        stop_and_free(&p);
    }
}

static void a_verifier_hides_a_stub_or_not(void) {
    struct play p;
    play_start(&p);
    put_question(&stub, ORDER_LITTLE);
    cl_send(&p, CLIENT, MAPPER,
            (struct cl){.interface = &SYNTAX_EPM, .opnum = 3, .auth = 10, .body = stub.at, .len = stub.len});
    CU_ASSERT(play_told(&p, "map_asked"));
    cl_send(
        &p, CLIENT, MAPPER,
        (struct cl){.interface = &SYNTAX_EPM, .opnum = 3, .auth = 10, .sequence = 1, .body = stub.at + 1, .len = 90});
    CU_ASSERT_EQUAL(play_count(&p, "map_asked"), 1);
    CU_ASSERT_FALSE(play_told(&p, "malformed"));
    CU_ASSERT_EQUAL(p.tally.lost[LOSS_ENCRYPTED_CALLS], 1);
    cl_send(&p, CLIENT, MAPPER,
            (struct cl){.interface = &SYNTAX_EPM, .opnum = 3, .sequence = 2, .body = stub.at + 1, .len = 90});
    CU_ASSERT(play_told(&p, "malformed"));
    stop_and_free(&p);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"the mapper is asked and answers", the_mapper_is_asked_and_answers},
        {"the vector is told", the_vector_is_told},
        {"not registered is told", not_registered_is_told},
        {"a question sent again is one question", a_question_sent_again_is_one_question},
        {"an answer without its question is read", an_answer_without_its_question_is_read},
        {"fragments of an answer are put together", fragments_of_an_answer_are_put_together},
        {"a verifier hides a stub or not", a_verifier_hides_a_stub_or_not},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect/cl_mapper", tests);
}
