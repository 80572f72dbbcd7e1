/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/rpc/bind.h"
#include "tests/dissect/build.h"
#include "tests/unit.h"

static const enum byte_order ORDERS[] = {ORDER_LITTLE, ORDER_BIG};
static const struct offer OFFERS[] = {{0, &STORE, &SYNTAX_NDR}, {1, &STORE, &SYNTAX_NDR64}, {2, &STORE, &BTFN}};
static const struct verdict VERDICTS[] = {{2, 2, &NONE}, {0, 0, &SYNTAX_NDR64}, {3, 3, &NONE}};

static struct reader body_of(const struct octets *o, size_t len) {
    return reader_over((struct bytes){o->at + 16, len - 16}, o->order);
}

static bool same(const struct syntax_id *a, const struct syntax_id *b) {
    return syntax_compatible(a, b) && a->minor == b->minor;
}

static void a_bind_offers_contexts(void) {
    for (size_t i = 0; i < 2; i++) {
        struct octets o = {.order = ORDERS[i]};
        struct fact_bind bind;
        put_bind(&o, 11, 1, OFFERS, 3);
        struct reader r = body_of(&o, o.len);
        CU_ASSERT_TRUE(bind_read(&r, &bind));
        CU_ASSERT_EQUAL(reader_left(&r), 0);
        CU_ASSERT_EQUAL(bind.assoc_group, 0x4436);
        CU_ASSERT_EQUAL(bind.offered, 3);
        CU_ASSERT_EQUAL(bind.count, 3);
        CU_ASSERT_EQUAL(bind.contexts[2].id, 2);
        CU_ASSERT_TRUE(same(&bind.contexts[1].interface, &STORE));
        CU_ASSERT_TRUE(same(&bind.contexts[1].transfer, &SYNTAX_NDR64));
        CU_ASSERT_TRUE(same(&bind.contexts[2].transfer, &BTFN));
    }
}

static void an_answer_has_a_result_for_each(void) {
    static const char *const secondaries[] = {"", "1", "135", "1112", "\\PIPE\\svcctl"}; /* every alignment */
    for (size_t i = 0; i < 10; i++) {
        struct octets o = {.order = ORDERS[i % 2]};
        struct fact_bind bind;
        put_bind_ack(&o, 12, 1, secondaries[i / 2], VERDICTS, 3);
        struct reader r = body_of(&o, o.len);
        CU_ASSERT_TRUE(bind_ack_read(&r, &bind));
        CU_ASSERT_EQUAL(reader_left(&r), 0);
        CU_ASSERT_STRING_EQUAL(bind.secondary, secondaries[i / 2]);
        CU_ASSERT_EQUAL(bind.count, 3);
        CU_ASSERT_EQUAL(bind.contexts[0].result, 2);
        CU_ASSERT_EQUAL(bind.contexts[0].reason, 2);
        CU_ASSERT_EQUAL(bind.contexts[1].result, 0);
        CU_ASSERT_TRUE(same(&bind.contexts[1].transfer, &SYNTAX_NDR64));
        CU_ASSERT_EQUAL(bind.contexts[2].result, 3);
    }
}

static void every_prefix_is_malformed(void) {
    for (size_t i = 0; i < 2; i++) {
        struct octets bind = {.order = ORDERS[i]}, ack = {.order = ORDERS[i]}, nak = {.order = ORDERS[i]};
        struct fact_bind fact;
        put_bind(&bind, 11, 1, OFFERS, 3);
        put_bind_ack(&ack, 12, 1, "135", VERDICTS, 3);
        put_bind_nak(&nak, 1, 4);
        for (size_t n = 16; n < bind.len; n++) {
            struct reader r = body_of(&bind, n);
            CU_ASSERT_FALSE(bind_read(&r, &fact));
        }
        for (size_t n = 16; n < ack.len; n++) {
            struct reader r = body_of(&ack, n);
            CU_ASSERT_FALSE(bind_ack_read(&r, &fact));
        }
        struct reader r = body_of(&nak, 17);
        CU_ASSERT_FALSE(bind_nak_read(&r, &fact));
        r = body_of(&nak, 18);
        CU_ASSERT_TRUE(bind_nak_read(&r, &fact));
        CU_ASSERT_EQUAL(fact.nak_reason, 4);
    }
}

static void more_contexts_than_are_kept_are_counted(void) {
    struct octets o = {.order = ORDER_LITTLE};
    struct offer offers[FACT_MAX_CONTEXTS + 2];
    struct fact_bind bind;
    for (unsigned i = 0; i < FACT_MAX_CONTEXTS + 2; i++)
        offers[i] = (struct offer){i, &STORE, &SYNTAX_NDR};
    put_bind(&o, 11, 1, offers, FACT_MAX_CONTEXTS + 2);
    struct reader r = body_of(&o, o.len);
    CU_ASSERT_TRUE(bind_read(&r, &bind));
    CU_ASSERT_EQUAL(reader_left(&r), 0);
    CU_ASSERT_EQUAL(bind.offered, FACT_MAX_CONTEXTS + 2);
    CU_ASSERT_EQUAL(bind.count, FACT_MAX_CONTEXTS);
}

static void of_several_transfer_syntaxes_the_first_is_told(void) {
    struct octets o = {.order = ORDER_BIG};
    struct fact_bind bind;
    pdu_begin(&o, 11, 3, 1);
    put_zeros(&o, 8);
    put_u8(&o, 1);
    put_zeros(&o, 3);
    put_u16(&o, 5);
    put_u8(&o, 2);
    put_u8(&o, 0);
    put_syntax(&o, &STORE);
    put_syntax(&o, &SYNTAX_NDR);
    size_t first = o.len;
    put_syntax(&o, &SYNTAX_NDR64);
    pdu_end(&o);
    struct reader r = body_of(&o, o.len);
    CU_ASSERT_TRUE(bind_read(&r, &bind));
    CU_ASSERT_TRUE(same(&bind.contexts[0].transfer, &SYNTAX_NDR));
    r = body_of(&o, first);
    CU_ASSERT_FALSE(bind_read(&r, &bind));
    o.at[30] = 0; /* none at all */
    r = body_of(&o, o.len);
    CU_ASSERT_FALSE(bind_read(&r, &bind));
}

static void versions_in_halves_are_understood(void) {
    struct octets o = {.order = ORDER_BIG};
    struct fact_bind bind;
    put_bind(&o, 11, 1, OFFERS, 1);
    o.at[48] = 0; /* 00 00 00 01 becomes 00 01 00 00 */
    o.at[49] = 1;
    o.at[51] = 0;
    struct reader r = body_of(&o, o.len);
    CU_ASSERT_TRUE(bind_read(&r, &bind));
    CU_ASSERT_TRUE(same(&bind.contexts[0].interface, &STORE));
}

int main(void) {
    CU_TestInfo tests[] = {
        {"a bind offers contexts", a_bind_offers_contexts},
        {"an answer has a result for each", an_answer_has_a_result_for_each},
        {"every prefix is malformed", every_prefix_is_malformed},
        {"more contexts than are kept are counted", more_contexts_than_are_kept_are_counted},
        {"of several transfer syntaxes the first is told", of_several_transfer_syntaxes_the_first_is_told},
        {"versions in halves are understood", versions_in_halves_are_understood},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect/bind", tests);
}
