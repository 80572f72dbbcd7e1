/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/datagram/cl_fragments.h"
#include "tests/dissect/build_cl.h"
#include "tests/unit.h"

#include <stdlib.h>
#include <string.h>

static struct octets o;

static const struct cl SAMPLE = {.type = 2,
                                 .flags = 0x28,
                                 .flags2 = 0x04,
                                 .serial = 0x1234,
                                 .opnum = 7,
                                 .fragment = 3,
                                 .interface = &STORE,
                                 .sequence = 0x01020304,
                                 .body = "\x01\x02\x03\x04\x05",
                                 .len = 5};

static struct octets *written(enum byte_order order, const struct cl *cl) {
    o.len = 0;
    o.order = order;
    put_cl(&o, cl);
    return &o;
}

static void all_fields_are_read(void) {
    for (enum byte_order order = ORDER_LITTLE; order <= ORDER_BIG; order++) {
        struct cl_pdu pdu;
        char text[UUID_TEXT_SIZE];
        CU_ASSERT_EQUAL(cl_pdu_read(octets_bytes(written(order, &SAMPLE)), 0, &pdu), CL_POSSIBLE);
        CU_ASSERT_EQUAL(pdu.type, CL_RESPONSE);
        CU_ASSERT_EQUAL(pdu.flags1, 0x28);
        CU_ASSERT_EQUAL(pdu.order, order);
        CU_ASSERT_EQUAL(pdu.serial, 0x1234);
        CU_ASSERT(uuid_equal(&pdu.interface.uuid, &STORE.uuid));
        CU_ASSERT_EQUAL(pdu.interface.major, STORE.major);
        CU_ASSERT_EQUAL(pdu.interface.minor, STORE.minor);
        CU_ASSERT_STRING_EQUAL(uuid_text(&pdu.activity, text), "11112222-3333-4444-5555-666677778888");
        CU_ASSERT_EQUAL(pdu.sequence, 0x01020304);
        CU_ASSERT_EQUAL(pdu.opnum, 7);
        CU_ASSERT_EQUAL(pdu.fragment, 3);
        CU_ASSERT_FALSE(pdu.authenticated);
        CU_ASSERT(pdu.whole);
        CU_ASSERT(pdu.body.len == 5 && memcmp(pdu.body.at, SAMPLE.body, 5) == 0);
    }
}

/* Each prefix in memory of its own, so that a read beyond it shows. */
static void no_prefix_is_read_beyond(void) {
    for (enum byte_order order = ORDER_LITTLE; order <= ORDER_BIG; order++) {
        written(order, &SAMPLE);
        for (size_t len = 0; len < o.len; len++) {
            struct cl_pdu pdu;
            uint8_t *prefix = malloc(len > 0 ? len : 1);
            memcpy(prefix, o.at, len);
            struct bytes bytes = {prefix, len};
            CU_ASSERT_EQUAL(cl_pdu_read(bytes, 0, &pdu), len < CL_HEADER_SIZE ? CL_NO_PDU : CL_TOO_SHORT);
            enum cl_likeness cut = cl_pdu_read(bytes, (uint32_t)(o.len - len), &pdu);
            CU_ASSERT_EQUAL(cut, len < CL_HEADER_SIZE ? CL_NO_PDU : CL_POSSIBLE);
            if (cut == CL_POSSIBLE)
                CU_ASSERT(!pdu.whole && pdu.body.len == len - CL_HEADER_SIZE);
            free(prefix);
        }
    }
}

static void what_follows_the_body_is_none_of_it(void) {
    struct cl_pdu pdu;
    written(ORDER_LITTLE, &SAMPLE);
    put_zeros(&o, 16);
    CU_ASSERT_EQUAL(cl_pdu_read(octets_bytes(&o), 0, &pdu), CL_POSSIBLE);
    CU_ASSERT_EQUAL(pdu.body.len, 5);
}

static void what_cannot_be_a_header_is_none(void) {
    static const struct {
        size_t at;
        uint8_t value;
    } wrong[] = {{0, 5}, {0, 0x84}, {1, 11}, {3, 0x08}, {4, 0x20}, {4, 0x12}, {5, 4}, {6, 1}};
    struct cl_pdu pdu;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        written(ORDER_LITTLE, &SAMPLE);
        o.at[wrong[i].at] = wrong[i].value;
        CU_ASSERT_EQUAL(cl_pdu_read(octets_bytes(&o), 0, &pdu), CL_NO_PDU);
    }
    struct cl nil = SAMPLE;
    nil.interface = &NONE;
    CU_ASSERT_EQUAL(cl_pdu_read(octets_bytes(written(ORDER_LITTLE, &nil)), 0, &pdu), CL_NO_PDU);
    nil = SAMPLE;
    nil.activity = "00000000-0000-0000-0000-000000000000";
    CU_ASSERT_EQUAL(cl_pdu_read(octets_bytes(written(ORDER_LITTLE, &nil)), 0, &pdu), CL_NO_PDU);
}

static void every_type_is_known(void) {
    struct cl cl = SAMPLE;
    struct cl_pdu pdu;
    for (cl.type = 0; cl.type < CL_TYPES; cl.type++) {
        CU_ASSERT_EQUAL(cl_pdu_read(octets_bytes(written(ORDER_BIG, &cl)), 0, &pdu), CL_POSSIBLE);
        CU_ASSERT_EQUAL(pdu.type, cl.type);
    }
}

static void a_status_is_in_the_order_of_its_pdu(void) {
    for (enum byte_order order = ORDER_LITTLE; order <= ORDER_BIG; order++) {
        struct cl_pdu pdu;
        uint32_t status;
        o.len = 0;
        o.order = order;
        put_cl_status(&o, &(struct cl){.type = 6, .interface = &STORE}, 0x1c010003);
        CU_ASSERT_EQUAL(cl_pdu_read(octets_bytes(&o), 0, &pdu), CL_POSSIBLE);
        CU_ASSERT(cl_status_read(&pdu, &status) && status == 0x1c010003);
        pdu.body.len = 3;
        CU_ASSERT_FALSE(cl_status_read(&pdu, &status));
    }
}

/* --- fragments ---------------------------------------------------------------------------------------------------- */

static enum cl_join add(struct cl_fragments *f, size_t *used, unsigned number, bool last, const char *body,
                        struct bytes *stub) {
    struct cl_pdu pdu = {.flags1 = CL_FRAG | (last ? CL_LAST_FRAG : 0),
                         .fragment = (uint16_t)number,
                         .body = {(const uint8_t *)body, strlen(body)},
                         .whole = true};
    return cl_fragments_add(f, &pdu, used, stub);
}

static void fragments_join_in_any_order(void) {
    static const unsigned orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    static const char *const bodies[3] = {"one ", "", "three"};
    for (size_t i = 0; i < 6; i++) {
        struct cl_fragments f = {0};
        struct bytes stub;
        size_t used = 0;
        for (size_t j = 0; j < 3; j++) {
            unsigned n = orders[i][j];
            CU_ASSERT_EQUAL(add(&f, &used, n, n == 2, bodies[n], &stub), j == 2 ? CL_WHOLE : CL_WAITS);
            CU_ASSERT(add(&f, &used, n, n == 2, "other", &stub) == CL_WAITS); /* once more */
        }
        CU_ASSERT(stub.len == 9 && memcmp(stub.at, "one three", 9) == 0);
        CU_ASSERT(used > 9);
        cl_fragments_release(&f, &used);
        CU_ASSERT_EQUAL(used, 0);
    }
}

static void a_hole_is_waited_for(void) {
    struct cl_fragments f = {0};
    struct bytes stub;
    size_t used = 0;
    CU_ASSERT_EQUAL(add(&f, &used, 0, false, "a", &stub), CL_WAITS);
    CU_ASSERT_EQUAL(add(&f, &used, 2, true, "c", &stub), CL_WAITS);
    CU_ASSERT_EQUAL(add(&f, &used, 4, false, "beyond the last", &stub), CL_WAITS);
    CU_ASSERT_EQUAL(add(&f, &used, 1, false, "b", &stub), CL_WAITS);
    cl_fragments_release(&f, &used);
    CU_ASSERT_EQUAL(used, 0);
}

static void what_is_no_fragment_is_whole(void) {
    struct cl_fragments f = {0};
    struct bytes stub;
    size_t used = 0;
    struct cl_pdu pdu = {.body = {(const uint8_t *)"stub", 4}, .whole = true};
    CU_ASSERT(cl_fragments_add(&f, &pdu, &used, &stub) == CL_WHOLE && stub.len == 4 && used == 0);
}

static void too_many_are_given_up(void) {
    struct cl_fragments f = {0};
    struct bytes stub;
    size_t used = 0;
    for (unsigned n = 0; n < CL_MAX_FRAGMENTS; n++)
        CU_ASSERT_EQUAL(add(&f, &used, n, false, "x", &stub), CL_WAITS);
    CU_ASSERT_EQUAL(add(&f, &used, CL_MAX_FRAGMENTS, false, "x", &stub), CL_FULL);
    CU_ASSERT(used == 0 && f.highest == NULL);
    used = CL_MAX_STUBS;
    CU_ASSERT_EQUAL(add(&f, &used, 0, false, "x", &stub), CL_FULL);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"all fields are read", all_fields_are_read},
        {"no prefix is read beyond", no_prefix_is_read_beyond},
        {"what follows the body is none of it", what_follows_the_body_is_none_of_it},
        {"what cannot be a header is none", what_cannot_be_a_header_is_none},
        {"every type is known", every_type_is_known},
        {"a status is in the order of its PDU", a_status_is_in_the_order_of_its_pdu},
        {"fragments join in any order", fragments_join_in_any_order},
        {"a hole is waited for", a_hole_is_waited_for},
        {"what is no fragment is whole", what_is_no_fragment_is_whole},
        {"too many are given up", too_many_are_given_up},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect: connectionless PDUs", tests);
}
