/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/dissect/play.h"
#include "tests/dissect/vectors.h"
#include "tests/unit.h"

#include <stdio.h>

static const struct offer NDR_OFFER[] = {{0, &SYNTAX_EPM, &SYNTAX_NDR}};
static const struct offer NDR64_OFFER[] = {{0, &SYNTAX_EPM, &SYNTAX_NDR64}};
static const struct verdict NDR_ACCEPTED[] = {{0, 0, &SYNTAX_NDR}};
static const struct verdict NDR64_ACCEPTED[] = {{0, 0, &SYNTAX_NDR64}};
static struct octets o, stub, towers[FACT_MAX_TOWERS + 2];

static void begin(struct play *p, uint16_t port, bool midstream) {
    play_start(p);
    play_again(p, port, midstream);
    play_open(p);
    play_forget(p);
}

static void end(struct play *p) {
    play_close(p, CLOSE_END);
    play_stop(p);
}

static struct octets *fresh(struct octets *octets, enum byte_order order) {
    octets->len = 0;
    octets->order = order;
    return octets;
}

static void bind(struct play *p, bool ndr64) {
    put_bind(fresh(&o, ORDER_LITTLE), 11, 1, ndr64 ? NDR64_OFFER : NDR_OFFER, 1);
    play_octets(p, FROM_CLIENT, &o);
    put_bind_ack(fresh(&o, ORDER_LITTLE), 12, 1, "135", ndr64 ? NDR64_ACCEPTED : NDR_ACCEPTED, 1);
    play_octets(p, FROM_SERVER, &o);
    play_forget(p);
}

static void make_towers(unsigned count) {
    for (unsigned i = 0; i < count; i++)
        put_tower(fresh(&towers[i], ORDER_LITTLE), &STORE, 1112 + i, "10.0.0.20");
}

static void ask(struct play *p, uint32_t call, bool ndr64, enum byte_order order) {
    make_towers(1);
    put_map_question(fresh(&stub, order), ndr64, &towers[0], "12345678-1234-5678-9abc-def012345678");
    put_request(fresh(&o, order), call, 0, 3, stub.at, stub.len);
    play_octets(p, FROM_CLIENT, &o);
}

static void answer(struct play *p, uint32_t call, bool ndr64, enum byte_order order, unsigned count, uint32_t status) {
    make_towers(count);
    put_map_answer(fresh(&stub, order), ndr64, towers, count, status);
    put_response(fresh(&o, order), call, 0, stub.at, stub.len);
    play_octets(p, FROM_SERVER, &o);
}

static void the_vectors_are_told(void) {
    struct play p;
    begin(&p, 135, false);
    play_hex(&p, FROM_CLIENT, VECTOR_BIND_EPM);
    play_hex(&p, FROM_SERVER, VECTOR_BIND_ACK_EPM);
    play_hex(&p, FROM_CLIENT, VECTOR_EPT_MAP_REQ);
    play_hex(&p, FROM_SERVER, VECTOR_EPT_MAP_RESP_1TOWER);
    play_hex(&p, FROM_CLIENT, VECTOR_EPT_MAP_REQ);
    play_hex(&p, FROM_SERVER, VECTOR_EPT_MAP_RESP_NONE);
    play_hex(&p, FROM_CLIENT, VECTOR_EPT_LOOKUP_REQ);
    play_hex(&p, FROM_SERVER, VECTOR_EPT_LOOKUP_RESP_2);
    play_hex(&p, FROM_CLIENT, VECTOR_EPT_MAP_REQ);
    play_hex(&p, FROM_SERVER, VECTOR_FAULT_UNK_IF);
    CU_ASSERT_STRING_EQUAL(
        p.text,
        "#3 bind_asked call=5505102 group=0 offered=1 [0 e1af8308:3.0 8a885d04:2.0]\n"
        "#4 bind_answered call=5505102 group=33cfa secondary=135 offered=1 [0 e1af8308:3.0 8a885d04:2.0 (0,0)]\n"
        "#5 first_call call=1 context=0 e1af8308:3.0 opnum=3 status=0\n"
        "#5 map_asked call=1 a4f1db00:1.0 tcp\n"
        "#6 first_answer call=1 context=0 e1af8308:3.0 opnum=3 status=0\n"
        "#6 map_answered call=1 a4f1db00:1.0 tcp status=0 offered=1 [ a4f1db00:1.0 tcp 10.0.0.20:1112 ]\n"
        "#7 map_asked call=1 a4f1db00:1.0 tcp\n"
        "#8 map_answered call=1 a4f1db00:1.0 tcp status=16c9a0d6 offered=0\n"
        "#10 lookup_entry \"Exchange Server STORE ADMIN Interface\" [ a4f1db00:1.0 tcp 10.0.0.20:1112 ]\n"
        "#10 lookup_entry \"MS Exchange MTA\" [ 9e8ee830:2.0 tcp 10.0.0.20:1113 ]\n"
        "#11 map_asked call=1 a4f1db00:1.0 tcp\n"
        "#12 fault call=1 context=0 e1af8308:3.0 opnum=3 status=1c010003 unexecuted\n");
    CU_ASSERT_EQUAL(p.tally.maps, 3);
    end(&p);
}

static void ndr64_is_read_where_it_was_accepted(void) {
    struct play p;
    begin(&p, 135, false);
    play_hex(&p, FROM_CLIENT, VECTOR_BIND_EPM_NDR_NDR64_BTFN);
    play_hex(&p, FROM_SERVER, VECTOR_BIND_ACK_EPM_NDR64);
    play_forget(&p);
    play_hex(&p, FROM_CLIENT, VECTOR_EPT_MAP_REQ_NDR64);
    play_hex(&p, FROM_SERVER, VECTOR_EPT_MAP_RESP_NDR64_1TOWER);
    play_hex(&p, FROM_CLIENT, VECTOR_EPT_MAP_REQ_NDR64);
    play_hex(&p, FROM_SERVER, VECTOR_EPT_MAP_RESP_NDR64_NONE);
    CU_ASSERT_EQUAL(play_count(&p, "map_asked call=2 a4f1db00:1.0 tcp\n"), 2);
    CU_ASSERT_TRUE(play_told(&p, "offered=1 [ a4f1db00:1.0 tcp 10.0.0.20:1112 ]"));
    CU_ASSERT_TRUE(play_told(&p, "status=16c9a0d6 offered=0"));
    CU_ASSERT_FALSE(play_told(&p, "malformed"));
    end(&p);
}

static void every_order_and_encoding_tells_the_same(void) {
    for (size_t i = 0; i < 8; i++) {
        struct play p;
        begin(&p, (i & 4) != 0 ? 135 : 1041, false);
        bind(&p, (i & 2) != 0);
        enum byte_order order = (i & 1) != 0 ? ORDER_BIG : ORDER_LITTLE;
        ask(&p, 7, (i & 2) != 0, order);
        answer(&p, 7, (i & 2) != 0, order, 3, 0);
        CU_ASSERT_TRUE(play_told(&p, "#5 map_asked call=7 a4f1db00:1.0 tcp object=12345678\n"));
        CU_ASSERT_TRUE(play_told(&p, "#6 map_answered call=7 a4f1db00:1.0 tcp object=12345678 status=0 offered=3 "
                                     "[ a4f1db00:1.0 tcp 10.0.0.20:1112 ] [ a4f1db00:1.0 tcp 10.0.0.20:1113 ] "
                                     "[ a4f1db00:1.0 tcp 10.0.0.20:1114 ]\n"));
        end(&p);
    }
}

static void an_unseen_bind_is_made_up_for_by_strictness(void) {
    for (size_t i = 0; i < 4; i++) {
        struct play p;
        begin(&p, 135, true);
        ask(&p, 7, (i & 2) != 0, (i & 1) != 0 ? ORDER_BIG : ORDER_LITTLE);
        answer(&p, 7, (i & 2) != 0, (i & 1) != 0 ? ORDER_BIG : ORDER_LITTLE, 1, 0);
        CU_ASSERT_TRUE(play_told(&p, "map_asked call=7 a4f1db00:1.0 tcp object=12345678\n"));
        CU_ASSERT_TRUE(play_told(&p, "map_answered call=7 a4f1db00:1.0 tcp object=12345678 status=0 offered=1 ["));
        CU_ASSERT_EQUAL(p.tally.maps, 1);
        end(&p);
    }
}

static void other_calls_on_the_mapper_s_port_are_not_taken_for_maps(void) {
    struct play p;
    begin(&p, 135, true);
    put_request(fresh(&o, ORDER_LITTLE), 1, 0, 3, "some other call with opnum 3", 28);
    play_octets(&p, FROM_CLIENT, &o);
    play_hex(&p, FROM_SERVER, VECTOR_SERVERALIVE2_RESP);
    play_hex(&p, FROM_SERVER, VECTOR_SERVERALIVE2_RESP);
    make_towers(1);
    put_map_question(fresh(&stub, ORDER_LITTLE), false, &towers[0], NULL);
    put_zeros(&stub, 4); /* does not close */
    put_request(fresh(&o, ORDER_LITTLE), 2, 0, 3, stub.at, stub.len);
    play_octets(&p, FROM_CLIENT, &o);
    CU_ASSERT_FALSE(play_told(&p, "map_"));
    CU_ASSERT_FALSE(play_told(&p, "lookup_"));
    CU_ASSERT_FALSE(play_told(&p, "malformed"));
    CU_ASSERT_EQUAL(p.tally.maps, 0);
    end(&p);
}

static void another_interface_is_not_the_mapper(void) {
    static const struct offer offer[] = {{0, &STORE, &SYNTAX_NDR}};
    struct play p;
    begin(&p, 135, false);
    put_bind(fresh(&o, ORDER_LITTLE), 11, 1, offer, 1);
    play_octets(&p, FROM_CLIENT, &o);
    put_bind_ack(fresh(&o, ORDER_LITTLE), 12, 1, "", NDR_ACCEPTED, 1);
    play_octets(&p, FROM_SERVER, &o);
    ask(&p, 7, false, ORDER_LITTLE);
    answer(&p, 7, false, ORDER_LITTLE, 1, 0);
    CU_ASSERT_FALSE(play_told(&p, "map_"));
    end(&p);
}

static void an_answer_without_its_question(void) {
    struct play p;
    begin(&p, 135, false);
    bind(&p, false);
    answer(&p, 7, false, ORDER_LITTLE, 1, 0);
    CU_ASSERT_TRUE(play_told(&p, "map_answered call=7 a4f1db00:1.0 tcp status=0 offered=1 unasked ["));
    answer(&p, 8, false, ORDER_LITTLE, 0, 0x16c9a0d6); /* may end a lookup just as well */
    CU_ASSERT_EQUAL(play_count(&p, "map_answered"), 1);
    play_hex(&p, FROM_SERVER, VECTOR_EPT_LOOKUP_RESP_2);
    CU_ASSERT_EQUAL(play_count(&p, "lookup_entry"), 2);
    CU_ASSERT_FALSE(play_told(&p, "malformed"));
    end(&p);
}

static void protect(struct play *p, enum direction direction, unsigned level) {
    make_towers(1);
    if (direction == FROM_CLIENT) {
        put_map_question(fresh(&stub, ORDER_LITTLE), false, &towers[0], NULL);
        put_request_head(fresh(&o, ORDER_LITTLE), 7, 3, 0, 3);
    } else {
        put_map_answer(fresh(&stub, ORDER_LITTLE), false, towers, 1, 0);
        put_response_head(fresh(&o, ORDER_LITTLE), 7, 3, 0);
    }
    put_bytes(&o, stub.at, stub.len);
    put_verifier(&o, 10, level, 12, "0123456789abcdef", 16);
    pdu_end(&o);
    play_octets(p, direction, &o);
}

static void signed_maps_are_read_and_sealed_ones_counted(void) {
    for (unsigned level = 5; level <= 6; level++) {
        struct play p;
        begin(&p, 135, false);
        bind(&p, false);
        protect(&p, FROM_CLIENT, level);
        protect(&p, FROM_SERVER, level);
        CU_ASSERT_EQUAL(play_count(&p, "map_"), level == 5 ? 2 : 0);
        CU_ASSERT_EQUAL(p.tally.lost[LOSS_ENCRYPTED_CALLS], level == 5 ? 0 : 1);
        CU_ASSERT_EQUAL(p.tally.maps, 1);
        CU_ASSERT_FALSE(play_told(&p, "malformed"));
        end(&p);
    }
}

static void respond_in_fragments(struct play *p, uint32_t call, size_t size) {
    for (size_t at = 0; at < stub.len; at += size) {
        size_t len = stub.len - at < size ? stub.len - at : size;
        unsigned flags = (at == 0 ? 1U : 0U) | (at + len == stub.len ? 2U : 0U);
        put_response_head(fresh(&o, stub.order), call, flags, 0);
        put_bytes(&o, stub.at + at, len);
        pdu_end(&o);
        play_octets(p, FROM_SERVER, &o);
    }
}

static void fragments_are_joined_and_seen_where_the_last_one_is(void) {
    for (size_t size = 1; size < 128; size = size * 2 + 1) {
        struct play p;
        begin(&p, 135, false);
        bind(&p, false);
        ask(&p, 7, false, ORDER_LITTLE);
        make_towers(1);
        put_map_answer(fresh(&stub, ORDER_BIG), false, towers, 1, 0);
        respond_in_fragments(&p, 7, size);
        char expected[64];
        snprintf(expected, sizeof expected, "#%zu map_answered", 5 + (stub.len + size - 1) / size);
        CU_ASSERT_TRUE(play_told(&p, expected));
        CU_ASSERT_TRUE(play_told(&p, "#6 first_answer"));
        end(&p);
    }
}

static void fragments_after_a_hole_are_not_joined(void) {
    struct play p;
    begin(&p, 135, false);
    bind(&p, false);
    ask(&p, 7, false, ORDER_LITTLE);
    make_towers(1);
    put_map_answer(fresh(&stub, ORDER_LITTLE), false, towers, 1, 0);
    stub.len -= 4;
    put_response_head(fresh(&o, ORDER_LITTLE), 7, 1, 0);
    put_bytes(&o, stub.at, 64);
    pdu_end(&o);
    play_octets(&p, FROM_SERVER, &o);
    play_gap(&p, FROM_SERVER, 40);
    put_response_head(fresh(&o, ORDER_LITTLE), 7, 2, 0);
    put_bytes(&o, stub.at + 64, 64);
    pdu_end(&o);
    play_octets(&p, FROM_SERVER, &o);
    CU_ASSERT_FALSE(play_told(&p, "map_answered"));
    CU_ASSERT_FALSE(play_told(&p, "malformed"));
    ask(&p, 8, false, ORDER_LITTLE);
    answer(&p, 8, false, ORDER_LITTLE, 1, 0);
    CU_ASSERT_TRUE(play_told(&p, "map_answered call=8"));
    end(&p);
}

static void a_stub_without_end_is_given_up(void) {
    struct play p;
    begin(&p, 135, false);
    bind(&p, false);
    ask(&p, 7, false, ORDER_LITTLE);
    static const uint8_t zeros[60000];
    for (unsigned i = 0; i < 20; i++) {
        put_response_head(fresh(&o, ORDER_LITTLE), 7, i == 0, 0);
        put_bytes(&o, zeros, sizeof zeros);
        pdu_end(&o);
        play_octets(&p, FROM_SERVER, &o);
    }
    CU_ASSERT_EQUAL(p.tally.limits[LIMIT_FRAGMENTS], 1);
    ask(&p, 8, false, ORDER_LITTLE);
    answer(&p, 8, false, ORDER_LITTLE, 1, 0);
    CU_ASSERT_TRUE(play_told(&p, "map_answered call=8"));
    end(&p);
}

static void more_towers_than_are_kept_are_counted(void) {
    struct play p;
    begin(&p, 135, false);
    bind(&p, false);
    ask(&p, 7, false, ORDER_LITTLE);
    answer(&p, 7, false, ORDER_LITTLE, FACT_MAX_TOWERS + 2, 0);
    CU_ASSERT_TRUE(play_told(&p, "offered=10"));
    CU_ASSERT_EQUAL(play_count(&p, "10.0.0.20:11"), FACT_MAX_TOWERS);
    CU_ASSERT_EQUAL(p.tally.limits[LIMIT_TOWERS], 2);
    end(&p);
}

static void a_malformed_tower_does_not_hide_the_others(void) {
    struct play p;
    begin(&p, 135, false);
    bind(&p, false);
    ask(&p, 7, false, ORDER_LITTLE);
    make_towers(2);
    towers[0].at[0] = 9;
    put_map_answer(fresh(&stub, ORDER_LITTLE), false, towers, 2, 0);
    put_response(fresh(&o, ORDER_LITTLE), 7, 0, stub.at, stub.len);
    play_octets(&p, FROM_SERVER, &o);
    CU_ASSERT_TRUE(play_told(&p, "malformed why=6 server"));
    CU_ASSERT_TRUE(play_told(&p, "offered=2 [ a4f1db00:1.0 tcp 10.0.0.20:1113 ]\n"));
    put_map_question(fresh(&stub, ORDER_LITTLE), false, &towers[0], NULL);
    put_request(fresh(&o, ORDER_LITTLE), 8, 0, 3, stub.at, stub.len);
    play_octets(&p, FROM_CLIENT, &o);
    CU_ASSERT_TRUE(play_told(&p, "malformed why=6 client"));
    end(&p);
}

static void a_malformed_stub_is_told(void) {
    struct play p;
    begin(&p, 135, false);
    bind(&p, false);
    ask(&p, 7, false, ORDER_LITTLE);
    put_response(fresh(&o, ORDER_LITTLE), 7, 0, "short", 5);
    play_octets(&p, FROM_SERVER, &o);
    CU_ASSERT_TRUE(play_told(&p, "malformed why=5 server"));
    put_request(fresh(&o, ORDER_LITTLE), 8, 0, 3, "short", 5);
    play_octets(&p, FROM_CLIENT, &o);
    CU_ASSERT_TRUE(play_told(&p, "malformed why=5 client"));
    CU_ASSERT_EQUAL(p.tally.lost[LOSS_MALFORMED_PDUS], 2);
    end(&p);
}

static void a_lookup_in_ndr64(void) {
    static const char *const annotations[] = {"a", "longer"};
    struct play p;
    begin(&p, 135, false);
    bind(&p, true);
    put_lookup_question(fresh(&stub, ORDER_BIG), true);
    put_request(fresh(&o, ORDER_BIG), 7, 0, 2, stub.at, stub.len);
    play_octets(&p, FROM_CLIENT, &o);
    make_towers(2);
    put_lookup_answer(fresh(&stub, ORDER_BIG), true, towers, annotations, 2, 0);
    put_response(fresh(&o, ORDER_BIG), 7, 0, stub.at, stub.len);
    play_octets(&p, FROM_SERVER, &o);
    CU_ASSERT_TRUE(play_told(&p, "lookup_entry \"a\" [ a4f1db00:1.0 tcp 10.0.0.20:1112 ]"));
    CU_ASSERT_TRUE(play_told(&p, "lookup_entry \"longer\" [ a4f1db00:1.0 tcp 10.0.0.20:1113 ]"));
    end(&p);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"the vectors are told", the_vectors_are_told},
        {"NDR64 is read where it was accepted", ndr64_is_read_where_it_was_accepted},
        {"every order and encoding tells the same", every_order_and_encoding_tells_the_same},
        {"an unseen bind is made up for by strictness", an_unseen_bind_is_made_up_for_by_strictness},
        {"other calls on the mapper's port are not taken for maps",
         other_calls_on_the_mapper_s_port_are_not_taken_for_maps},
        {"another interface is not the mapper", another_interface_is_not_the_mapper},
        {"an answer without its question", an_answer_without_its_question},
        {"signed maps are read and sealed ones counted", signed_maps_are_read_and_sealed_ones_counted},
        {"fragments are joined and seen where the last one is", fragments_are_joined_and_seen_where_the_last_one_is},
        {"fragments after a hole are not joined", fragments_after_a_hole_are_not_joined},
        {"a stub without end is given up", a_stub_without_end_is_given_up},
        {"more towers than are kept are counted", more_towers_than_are_kept_are_counted},
        {"a malformed tower does not hide the others", a_malformed_tower_does_not_hide_the_others},
        {"a malformed stub is told", a_malformed_stub_is_told},
        {"a lookup in NDR64", a_lookup_in_ndr64},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect/mapping", tests);
}
