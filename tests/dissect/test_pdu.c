/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/rpc/call.h"
#include "dissect/rpc/pdu.h"
#include "tests/dissect/build.h"
#include "tests/unit.h"

static const enum byte_order ORDERS[] = {ORDER_LITTLE, ORDER_BIG};

static void headers_are_read_in_both_byte_orders(void) {
    for (size_t i = 0; i < 2; i++) {
        struct octets o = {.order = ORDERS[i]};
        put_request(&o, 0x01020304, 7, 3, "stub", 4);
        struct pdu pdu = pdu_read(octets_bytes(&o));
        CU_ASSERT_EQUAL(pdu_likeness(octets_bytes(&o)), PDU_LIKELY);
        CU_ASSERT_EQUAL(pdu.type, PDU_REQUEST);
        CU_ASSERT_EQUAL(pdu.flags, 3);
        CU_ASSERT_EQUAL(pdu.order, ORDERS[i]);
        CU_ASSERT_EQUAL(pdu.length, 28);
        CU_ASSERT_EQUAL(pdu.call_id, 0x01020304);
        CU_ASSERT_TRUE(pdu.whole);
        struct reader r = reader_over((struct bytes){o.at + 16, o.len - 16}, ORDERS[i]);
        struct request request;
        CU_ASSERT_TRUE(request_read(&r, &request));
        CU_ASSERT_EQUAL(request.context, 7);
        CU_ASSERT_EQUAL(request.opnum, 3);
    }
}

static void a_prefix_of_a_header_is_possible_until_a_byte_speaks_against_it(void) {
    struct octets o = {.order = ORDER_LITTLE};
    put_request(&o, 1, 0, 0, "", 0);
    for (size_t n = 0; n < PDU_HEADER_SIZE; n++)
        CU_ASSERT_EQUAL(pdu_likeness((struct bytes){o.at, n}), PDU_POSSIBLE);
    static const struct {
        size_t at;
        uint8_t octet;
    } bad[] = {{0, 4}, {1, 2}, {2, 1}, {2, 10}, {2, 21}, {4, 0x20}, {4, 0x02}, {5, 4}, {6, 1}, {7, 1}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct octets damaged = o;
        damaged.at[bad[i].at] = bad[i].octet;
        CU_ASSERT_EQUAL(pdu_likeness((struct bytes){damaged.at, bad[i].at}), PDU_POSSIBLE);
        CU_ASSERT_EQUAL(pdu_likeness((struct bytes){damaged.at, bad[i].at + 1}), PDU_IMPOSSIBLE);
        CU_ASSERT_EQUAL(pdu_likeness(octets_bytes(&damaged)), PDU_IMPOSSIBLE);
    }
}

static void the_verifier_and_its_padding_are_no_part_of_the_body(void) {
    for (size_t i = 0; i < 2; i++) {
        struct octets o = {.order = ORDERS[i]};
        put_request_head(&o, 1, 3, 0, 3);
        put_text(&o, "stub");
        put_verifier(&o, 10, 5, 12, "signature-of-16.", 16);
        pdu_end(&o);
        struct pdu pdu = pdu_read(octets_bytes(&o));
        struct bytes body;
        struct auth_verifier auth;
        CU_ASSERT_TRUE(pdu_part(&pdu, &body, &auth));
        CU_ASSERT_EQUAL(body.len, 12);
        CU_ASSERT_PTR_EQUAL(body.at, o.at + 16);
        CU_ASSERT_TRUE(auth.present);
        CU_ASSERT_EQUAL(auth.type, 10);
        CU_ASSERT_EQUAL(auth.level, 5);
        CU_ASSERT_EQUAL(auth.value.len, 16);
        CU_ASSERT_EQUAL(auth.value.at[0], 's');
    }
}

static void lengths_that_do_not_fit_are_refused(void) {
    struct octets o = {.order = ORDER_LITTLE};
    struct bytes body;
    struct auth_verifier auth;
    put_request_head(&o, 1, 3, 0, 3);
    put_verifier(&o, 10, 5, 0, "12345678", 8);
    pdu_end(&o);
    struct pdu pdu = pdu_read(octets_bytes(&o));
    CU_ASSERT_TRUE(pdu_lengths_agree(&pdu));
    pdu.auth_length = 17; /* 40 octets: 16 of header, 8 of trailer, so 16 at most */
    CU_ASSERT_FALSE(pdu_lengths_agree(&pdu));
    CU_ASSERT_FALSE(pdu_part(&pdu, &body, &auth));
    pdu.auth_length = 16;
    CU_ASSERT_TRUE(pdu_lengths_agree(&pdu));
    pdu.auth_length = 8;
    o.at[26] = 9; /* padding: the body has 8 octets */
    CU_ASSERT_FALSE(pdu_part(&pdu, &body, &auth));
    o.at[26] = 8;
    CU_ASSERT_TRUE(pdu_part(&pdu, &body, &auth));
    CU_ASSERT_EQUAL(body.len, 0);
}

static void every_prefix_of_a_call_is_refused_or_whole(void) {
    struct octets o = {.order = ORDER_BIG};
    struct request request;
    struct fault fault;
    uint16_t context;
    struct bytes stub;
    put_fault(&o, 1, 9, 0x1c010003);
    for (size_t n = 0; n <= o.len - 16; n++) {
        struct reader r = reader_over((struct bytes){o.at + 16, n}, ORDER_BIG);
        CU_ASSERT_EQUAL(request_read(&r, &request), n >= 8);
        CU_ASSERT_EQUAL(stub_read(&r, PFC_OBJECT_UUID, &stub), n >= 24);
        r = reader_over((struct bytes){o.at + 16, n}, ORDER_BIG);
        CU_ASSERT_EQUAL(response_read(&r, &context), n >= 8);
        r = reader_over((struct bytes){o.at + 16, n}, ORDER_BIG);
        CU_ASSERT_EQUAL(fault_read(&r, &fault), n >= 12);
    }
    CU_ASSERT_EQUAL(fault.context, 9);
    CU_ASSERT_EQUAL(fault.status, 0x1c010003);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"headers are read in both byte orders", headers_are_read_in_both_byte_orders},
        {"a prefix of a header is possible until a byte speaks against it",
         a_prefix_of_a_header_is_possible_until_a_byte_speaks_against_it},
        {"the verifier and its padding are no part of the body", the_verifier_and_its_padding_are_no_part_of_the_body},
        {"lengths that do not fit are refused", lengths_that_do_not_fit_are_refused},
        {"every prefix of a call is refused or whole", every_prefix_of_a_call_is_refused_or_whole},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect/pdu", tests);
}
