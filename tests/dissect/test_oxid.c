/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DCOM's answers and the cluster API's as they come over connections. */
#include "dissect/stub/cluster.h"
#include "tests/dissect/build_dcom.h"
#include "tests/dissect/play.h"
#include "tests/dissect/vectors.h"
#include "tests/unit.h"

static struct octets o, stub;

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

static void bind(struct play *p, const struct syntax_id *interface, bool ndr64) {
    const struct syntax_id *transfer = ndr64 ? &SYNTAX_NDR64 : &SYNTAX_NDR;
    put_bind(fresh(&o, ORDER_LITTLE), 11, 1, &(struct offer){0, interface, transfer}, 1);
    play_octets(p, FROM_CLIENT, &o);
    put_bind_ack(fresh(&o, ORDER_LITTLE), 12, 1, "135", &(struct verdict){0, 0, transfer}, 1);
    play_octets(p, FROM_SERVER, &o);
    play_forget(p);
}

static void ask(struct play *p, uint32_t call, unsigned opnum) {
    put_request(fresh(&o, ORDER_LITTLE), call, 0, opnum, "\0\0\0\0", 4);
    play_octets(p, FROM_CLIENT, &o);
}

static const struct string_binding BINDINGS[] = {{7, "EXNODE1[1112]"}, {7, "10.0.0.20[1112]"}, {0, ""}};
#define TOLD "offered=2 [tcp :1112 EXNODE1] [tcp 10.0.0.20:1112 ]\n"

static void answer(struct play *p, uint32_t call, bool ndr64, enum byte_order order, enum dcom_call kind) {
    put_dcom_answer(fresh(&stub, order), ndr64, kind, BINDINGS);
    put_response(fresh(&o, order), call, 0, stub.at, stub.len);
    play_octets(p, FROM_SERVER, &o);
}

static const struct {
    const struct syntax_id *interface;
    unsigned opnum;
    enum dcom_call kind;
    const char *words;
} CALLS[] = {
    {&SYNTAX_OBJECT_EXPORTER, 5, DCOM_SERVER_ALIVE2, "source=0 call=7 " TOLD},
    {&SYNTAX_OBJECT_EXPORTER, 4, DCOM_RESOLVE_OXID2, "source=1 call=7 " TOLD},
    {&SYNTAX_OBJECT_EXPORTER, 0, DCOM_RESOLVE_OXID, "source=1 call=7 " TOLD},
    {&SYNTAX_ACTIVATION, 0, DCOM_ACTIVATION, "source=2 call=7 " TOLD},
    {&SYNTAX_SCM_ACTIVATOR, 4, DCOM_PROPERTIES, "source=3 call=7 " TOLD},
    {&SYNTAX_SCM_ACTIVATOR, 3, DCOM_PROPERTIES, "source=3 call=7 " TOLD},
};
enum { CALL_COUNT = sizeof CALLS / sizeof CALLS[0] };

static void the_vector_is_told(void) {
    struct play p;
    begin(&p, 135, false);
    bind(&p, &SYNTAX_OBJECT_EXPORTER, false);
    ask(&p, 2, 5);
    play_hex(&p, FROM_SERVER, VECTOR_SERVERALIVE2_RESP);
    CU_ASSERT_TRUE(play_told(&p, "#6 bindings_told source=0 call=2 offered=3 [tcp :0 EXNODE1] [tcp 10.0.0.20:0 ] "
                                 "[tcp 10.0.1.20:0 ]\n"));
    CU_ASSERT_EQUAL(play_count(&p, "bindings_told"), 1);
    CU_ASSERT_EQUAL(p.tally.lost[LOSS_MALFORMED_PDUS], 0);
    end(&p);
}

/* On any port: it is the bind that tells. */
static void every_call_order_and_encoding_tells_the_same(void) {
    for (size_t i = 0; i < CALL_COUNT; i++)
        for (unsigned way = 0; way < 8; way++) {
            struct play p;
            begin(&p, (way & 4) != 0 ? 135 : 1041, false);
            bind(&p, CALLS[i].interface, (way & 2) != 0);
            ask(&p, 7, CALLS[i].opnum);
            answer(&p, 7, (way & 2) != 0, (way & 1) != 0 ? ORDER_BIG : ORDER_LITTLE, CALLS[i].kind);
            CU_ASSERT_TRUE(play_told(&p, CALLS[i].words));
            CU_ASSERT_EQUAL(play_count(&p, "bindings_told"), 1);
            CU_ASSERT_FALSE(play_told(&p, "malformed"));
            end(&p);
        }
}

static void other_calls_are_not_looked_into(void) {
    struct play p;
    begin(&p, 135, false);
    bind(&p, &SYNTAX_OBJECT_EXPORTER, false);
    ask(&p, 7, 3); /* ServerAlive */
    answer(&p, 7, false, ORDER_LITTLE, DCOM_SERVER_ALIVE2);
    CU_ASSERT_EQUAL(play_count(&p, "bindings_told"), 0);
    CU_ASSERT_FALSE(play_told(&p, "malformed"));
    end(&p);
}

/* However the stream is cut, also where the bytes of an answer are not wanted at first. */
static void fragments_are_put_together(void) {
    for (size_t split = 1; split < 96; split += 5) {
        struct play p;
        begin(&p, 135, false);
        bind(&p, &SYNTAX_SCM_ACTIVATOR, false);
        ask(&p, 7, 4);
        put_dcom_answer(fresh(&stub, ORDER_LITTLE), false, DCOM_PROPERTIES, BINDINGS);
        fresh(&o, ORDER_LITTLE);
        put_response_head(&o, 7, 1, 0);
        put_bytes(&o, stub.at, split);
        pdu_end(&o);
        put_response_head(&o, 7, 0, 0);
        put_bytes(&o, stub.at + split, 1);
        pdu_end(&o);
        put_response_head(&o, 7, 2, 0);
        put_bytes(&o, stub.at + split + 1, stub.len - split - 1);
        pdu_end(&o);
        play_pieces(&p, FROM_SERVER, octets_bytes(&o), split);
        CU_ASSERT_TRUE(play_told(&p, "source=3 call=7 " TOLD));
        end(&p);
    }
}

static void answer_at_level(struct play *p, const struct syntax_id *interface, unsigned opnum, unsigned level) {
    bind(p, interface, false);
    ask(p, 7, opnum);
    put_dcom_answer(fresh(&stub, ORDER_LITTLE), false, DCOM_SERVER_ALIVE2, BINDINGS);
    fresh(&o, ORDER_LITTLE);
    put_response_head(&o, 7, 3, 0);
    put_bytes(&o, stub.at, stub.len);
    put_verifier(&o, 10, level, 4, "0123456789abcdef", 16);
    pdu_end(&o);
    play_octets(p, FROM_SERVER, &o);
}

static void only_privacy_hides_an_answer(void) {
    for (unsigned level = 1; level <= 6; level++) {
        struct play p;
        begin(&p, 135, false);
        answer_at_level(&p, &SYNTAX_OBJECT_EXPORTER, 5, level);
        CU_ASSERT_EQUAL(play_count(&p, "bindings_told"), level < 6);
        CU_ASSERT_EQUAL(p.tally.lost[LOSS_ENCRYPTED_ANSWERS], level == 6);
        CU_ASSERT_EQUAL(p.tally.lost[LOSS_ENCRYPTED_CALLS], 0);
        CU_ASSERT_FALSE(play_told(&p, "malformed"));
        end(&p);
    }
    struct play p; /* ServerAlive tells nothing, encrypted or not */
    begin(&p, 135, false);
    answer_at_level(&p, &SYNTAX_OBJECT_EXPORTER, 3, 6);
    CU_ASSERT_EQUAL(p.tally.lost[LOSS_ENCRYPTED_ANSWERS], 0);
    end(&p);
}

static void a_malformed_answer_is_told_as_such(void) {
    struct play p;
    begin(&p, 135, false);
    bind(&p, &SYNTAX_OBJECT_EXPORTER, false);
    ask(&p, 7, 4);
    put_dcom_answer(fresh(&stub, ORDER_LITTLE), false, DCOM_RESOLVE_OXID2, BINDINGS);
    put_response(fresh(&o, ORDER_LITTLE), 7, 0, stub.at, stub.len - 1);
    play_octets(&p, FROM_SERVER, &o);
    CU_ASSERT_EQUAL(play_count(&p, "malformed"), 1);
    CU_ASSERT_EQUAL(play_count(&p, "bindings_told"), 0);
    end(&p);
}

/* Without the bind only what fits to the last byte is believed, and only where DCOM is at home. */
static void without_the_bind_it_must_fit(void) {
    for (size_t i = 0; i < CALL_COUNT; i++)
        for (unsigned way = 0; way < 8; way++) {
            struct play p;
            begin(&p, 135, true);
            if ((way & 1) != 0)
                ask(&p, 7, CALLS[i].opnum);
            answer(&p, 7, (way & 2) != 0, (way & 4) != 0 ? ORDER_BIG : ORDER_LITTLE, CALLS[i].kind);
            CU_ASSERT_TRUE(play_told(&p, CALLS[i].words));
            CU_ASSERT_EQUAL(play_count(&p, "bindings_told"), 1);
            end(&p);
            begin(&p, 1112, true);
            ask(&p, 7, CALLS[i].opnum);
            answer(&p, 7, (way & 2) != 0, ORDER_LITTLE, CALLS[i].kind);
            CU_ASSERT_EQUAL(play_count(&p, "bindings_told"), 0);
            end(&p);
        }
    for (unsigned more = 0; more <= 2; more++) { /* an octet less, none, one more */
        struct play p;
        begin(&p, 135, true);
        ask(&p, 7, 5);
        put_dcom_answer(fresh(&stub, ORDER_LITTLE), false, DCOM_SERVER_ALIVE2, BINDINGS);
        put_u8(&stub, 0);
        put_response(fresh(&o, ORDER_LITTLE), 7, 0, stub.at, stub.len - 2 + more);
        play_octets(&p, FROM_SERVER, &o);
        CU_ASSERT_EQUAL(play_count(&p, "bindings_told"), more == 1);
        CU_ASSERT_FALSE(play_told(&p, "malformed"));
        end(&p);
    }
}

static void more_bindings_than_are_kept_are_counted(void) {
    static struct string_binding many[FACT_MAX_BINDINGS + 4];
    for (size_t i = 0; i < FACT_MAX_BINDINGS + 3; i++)
        many[i] = (struct string_binding){7, "10.0.0.20[1112]"};
    struct play p;
    begin(&p, 135, false);
    bind(&p, &SYNTAX_OBJECT_EXPORTER, false);
    ask(&p, 7, 0);
    put_dcom_answer(fresh(&stub, ORDER_LITTLE), false, DCOM_RESOLVE_OXID, many);
    put_response(fresh(&o, ORDER_LITTLE), 7, 0, stub.at, stub.len);
    play_octets(&p, FROM_SERVER, &o);
    CU_ASSERT_TRUE(play_told(&p, "offered=19 [tcp"));
    CU_ASSERT_EQUAL(p.tally.limits[LIMIT_TOWERS], 3);
    end(&p);
}

/* Where it was told, one PDU at the end of the bytes is enough. */
static void what_is_told_is_likely_to_be_rpc(void) {
    static const struct string_binding here[] = {{7, "HOST[1112]"},    {7, "10.0.1.20[1113]"}, {7, "10.0.9.9[1114]"},
                                                 {0x1f, "HOST[1115]"}, {8, "HOST[1116]"},      {0, ""}};
    static const bool likely[] = {true, true, false, true, false, false};
    for (uint16_t i = 0; i < 6; i++) {
        struct play p;
        begin(&p, 135, false);
        bind(&p, &SYNTAX_OBJECT_EXPORTER, false);
        ask(&p, 7, 4);
        put_dcom_answer(fresh(&stub, ORDER_LITTLE), false, DCOM_RESOLVE_OXID2, here);
        put_response(fresh(&o, ORDER_LITTLE), 7, 0, stub.at, stub.len);
        play_octets(&p, FROM_SERVER, &o);
        play_close(&p, CLOSE_END);
        play_again(&p, (uint16_t)(1112 + i), true);
        play_open(&p);
        play_forget(&p);
        ask(&p, 8, 3);
        CU_ASSERT_EQUAL(play_count(&p, "first_call"), likely[i]);
        end(&p);
    }
}

static const char HANDLE[] = "12345678-1234-5678-9abc-def012345678";
static const char *const ADDRESS[] = {"Address", "10.0.1.20", "Network", "Public", "SubnetMask", "255.0.0.0", NULL};

static void put_list(struct octets *list) {
    *list = (struct octets){.len = 0};
    put_property_list(list, ADDRESS);
}

static void control(struct play *p, uint32_t call, uint32_t code, enum byte_order order, bool ndr64, bool version3) {
    static struct octets list;
    put_list(&list);
    put_resource_control(fresh(&stub, order), HANDLE, code);
    put_request(fresh(&o, order), call, 0, CLUSTER_RESOURCE_CONTROL, stub.at, stub.len);
    play_octets(p, FROM_CLIENT, &o);
    put_resource_control_answer(fresh(&stub, order), ndr64, version3, &list);
    put_response(fresh(&o, order), call, 0, stub.at, stub.len);
    play_octets(p, FROM_SERVER, &o);
}

static void open_resource(struct play *p, uint32_t call, enum byte_order order, bool ndr64, bool version3) {
    put_open_resource(fresh(&stub, order), ndr64, "Exchange IP");
    put_request(fresh(&o, order), call, 0, CLUSTER_OPEN_RESOURCE, stub.at, stub.len);
    play_octets(p, FROM_CLIENT, &o);
    put_open_resource_answer(fresh(&stub, order), version3, HANDLE);
    put_response(fresh(&o, order), call, 0, stub.at, stub.len);
    play_octets(p, FROM_SERVER, &o);
}

static void a_cluster_address_is_told(void) {
    for (unsigned way = 0; way < 8; way++) {
        struct syntax_id clusapi = SYNTAX_CLUSAPI;
        enum byte_order order = (way & 1) != 0 ? ORDER_BIG : ORDER_LITTLE;
        bool ndr64 = (way & 2) != 0, version3 = (way & 4) != 0;
        struct play p;
        clusapi.major = version3 ? 3 : 2;
        begin(&p, 3344, false);
        bind(&p, &clusapi, ndr64);
        control(&p, 6, CLUSTER_GET_PRIVATE_PROPERTIES, order, ndr64, version3);
        CU_ASSERT_TRUE(play_told(&p, "cluster_address 10.0.1.20:0 \"\" \"Public\"\n"));
        open_resource(&p, 7, order, ndr64, version3);
        control(&p, 8, CLUSTER_GET_PRIVATE_PROPERTIES, order, ndr64, version3);
        CU_ASSERT_TRUE(play_told(&p, "cluster_address 10.0.1.20:0 \"Exchange IP\" \"Public\"\n"));
        control(&p, 9, 0x01000029, order, ndr64, version3); /* another control code */
        CU_ASSERT_EQUAL(play_count(&p, "cluster_address"), 2);
        CU_ASSERT_FALSE(play_told(&p, "malformed"));
        end(&p);
    }
}

/* Handles are forgotten, the oldest first, and one that is given again means what it was given for last. */
static void many_handles_are_remembered_for_a_while(void) {
    struct play p;
    begin(&p, 3344, false);
    bind(&p, &SYNTAX_CLUSAPI, false);
    open_resource(&p, 7, ORDER_LITTLE, false, true);
    for (uint32_t i = 0; i < 16; i++) {
        put_open_resource(fresh(&stub, ORDER_LITTLE), false, "other");
        put_request(fresh(&o, ORDER_LITTLE), 100 + i, 0, CLUSTER_OPEN_RESOURCE, stub.at, stub.len);
        play_octets(&p, FROM_CLIENT, &o);
    }
    control(&p, 8, CLUSTER_GET_PRIVATE_PROPERTIES, ORDER_LITTLE, false, true);
    CU_ASSERT_TRUE(play_told(&p, "cluster_address 10.0.1.20:0 \"\" \"Public\"\n"));
    CU_ASSERT_EQUAL(p.tally.limits[LIMIT_HINTS], 1);
    put_open_resource_answer(fresh(&stub, ORDER_LITTLE), true, HANDLE);
    put_response(fresh(&o, ORDER_LITTLE), 115, 0, stub.at, stub.len);
    play_octets(&p, FROM_SERVER, &o);
    control(&p, 9, CLUSTER_GET_PRIVATE_PROPERTIES, ORDER_LITTLE, false, true);
    CU_ASSERT_TRUE(play_told(&p, "cluster_address 10.0.1.20:0 \"other\" \"Public\"\n"));
    CU_ASSERT_EQUAL(p.tally.limits[LIMIT_HINTS], 1);
    end(&p);
}

/* The number of a call that never had an answer is used again. */
static void an_answer_opens_what_was_asked_for_last(void) {
    struct play p;
    begin(&p, 3344, false);
    bind(&p, &SYNTAX_CLUSAPI, false);
    put_open_resource(fresh(&stub, ORDER_LITTLE), false, "other");
    put_request(fresh(&o, ORDER_LITTLE), 7, 0, CLUSTER_OPEN_RESOURCE, stub.at, stub.len);
    play_octets(&p, FROM_CLIENT, &o);
    open_resource(&p, 7, ORDER_LITTLE, false, true);
    control(&p, 8, CLUSTER_GET_PRIVATE_PROPERTIES, ORDER_LITTLE, false, true);
    CU_ASSERT_TRUE(play_told(&p, "cluster_address 10.0.1.20:0 \"Exchange IP\" \"Public\"\n"));
    end(&p);
}

static void an_encrypted_cluster_call_is_counted(void) {
    struct play p;
    begin(&p, 3344, false);
    bind(&p, &SYNTAX_CLUSAPI, false);
    fresh(&o, ORDER_LITTLE);
    put_request_head(&o, 7, 3, 0, CLUSTER_RESOURCE_CONTROL);
    put_zeros(&o, 40);
    put_verifier(&o, 10, 6, 0, "0123456789abcdef", 16);
    pdu_end(&o);
    play_octets(&p, FROM_CLIENT, &o);
    CU_ASSERT_EQUAL(p.tally.lost[LOSS_ENCRYPTED_ANSWERS], 1);
    CU_ASSERT_FALSE(play_told(&p, "malformed"));
    end(&p);
}

static void a_damaged_cluster_call_is_malformed(void) {
    struct play p;
    begin(&p, 3344, false);
    bind(&p, &SYNTAX_CLUSAPI, false);
    put_request(fresh(&o, ORDER_LITTLE), 7, 0, CLUSTER_OPEN_RESOURCE, "\xff\xff\xff\xff\0\0\0\0\xff\xff\xff\xff", 12);
    play_octets(&p, FROM_CLIENT, &o);
    CU_ASSERT_EQUAL(play_count(&p, "malformed"), 1);
    control(&p, 8, CLUSTER_GET_PRIVATE_PROPERTIES, ORDER_LITTLE, false, true);
    CU_ASSERT_EQUAL(play_count(&p, "cluster_address"), 1);
    end(&p);
}

int main(void) {
    static CU_TestInfo tests[] = {
        {"the vector is told", the_vector_is_told},
        {"every call, order and encoding tells the same", every_call_order_and_encoding_tells_the_same},
        {"other calls are not looked into", other_calls_are_not_looked_into},
        {"fragments are put together", fragments_are_put_together},
        {"only privacy hides an answer", only_privacy_hides_an_answer},
        {"a malformed answer is told as such", a_malformed_answer_is_told_as_such},
        {"without the bind it must fit", without_the_bind_it_must_fit},
        {"more bindings than are kept are counted", more_bindings_than_are_kept_are_counted},
        {"what is told is likely to be RPC", what_is_told_is_likely_to_be_rpc},
        {"a cluster address is told", a_cluster_address_is_told},
        {"many handles are remembered for a while", many_handles_are_remembered_for_a_while},
        {"an answer opens what was asked for last", an_answer_opens_what_was_asked_for_last},
        {"an encrypted cluster call is counted", an_encrypted_cluster_call_is_counted},
        {"a damaged cluster call is malformed", a_damaged_cluster_call_is_malformed},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect oxid", tests);
}
