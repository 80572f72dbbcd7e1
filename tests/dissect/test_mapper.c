/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/stub/mapper.h"
#include "tests/dissect/build.h"
#include "tests/dissect/vectors.h"
#include "tests/unit.h"

#include <string.h>

static const char OBJECT[] = "12345678-1234-5678-9abc-def012345678";

/* Every byte order and encoding. */
static struct octets stub_in(size_t i) { return (struct octets){.order = i % 2 == 0 ? ORDER_LITTLE : ORDER_BIG}; }
static enum encoding encoding_in(size_t i) { return i < 2 ? NDR20 : NDR64; }
enum { WAYS = 4 };

static struct reader over(const struct octets *o, size_t n) { return reader_over((struct bytes){o->at, n}, o->order); }

static void a_map_is_asked_for(void) {
    struct octets tower = {.len = 0};
    put_tower(&tower, &STORE, 135, "0.0.0.0");
    for (size_t i = 0; i < WAYS; i++) {
        struct octets o = stub_in(i);
        struct map_question question;
        put_map_question(&o, encoding_in(i) == NDR64, &tower, OBJECT);
        struct reader r = over(&o, o.len);
        CU_ASSERT_TRUE(map_question_read(&r, encoding_in(i), &question));
        CU_ASSERT_EQUAL(reader_left(&r), 0);
        CU_ASSERT_EQUAL(question.tower.len, tower.len);
        CU_ASSERT_EQUAL(memcmp(question.tower.at, tower.at, tower.len), 0);
        char text[UUID_TEXT_SIZE];
        CU_ASSERT_STRING_EQUAL(uuid_text(&question.object, text), OBJECT);
        for (size_t n = 0; n < o.len; n++) {
            r = over(&o, n);
            CU_ASSERT_FALSE(map_question_read(&r, encoding_in(i), &question));
        }
    }
}

static void object_and_tower_may_be_absent(void) {
    for (size_t i = 0; i < WAYS; i++) {
        struct octets o = stub_in(i);
        struct map_question question;
        put_map_question(&o, encoding_in(i) == NDR64, NULL, NULL);
        struct reader r = over(&o, o.len);
        CU_ASSERT_TRUE(map_question_read(&r, encoding_in(i), &question));
        CU_ASSERT_EQUAL(reader_left(&r), 0);
        CU_ASSERT_EQUAL(question.tower.len, 0);
        CU_ASSERT_TRUE(uuid_is_nil(&question.object));
    }
}

static void towers_are_answered(void) {
    static struct octets towers[3];
    for (unsigned i = 0; i < 3; i++) {
        towers[i].len = 0;
        put_tower(&towers[i], &STORE, 1112 + i, "10.0.0.20");
    }
    for (size_t i = 0; i < (size_t)WAYS * 4; i++) {
        struct octets o = stub_in(i / 4);
        enum encoding encoding = encoding_in(i / 4);
        unsigned count = (unsigned)(i % 4);
        struct map_answer answer;
        put_map_answer(&o, encoding == NDR64, towers, count, 0x16c9a0d6);
        struct reader r = over(&o, o.len);
        CU_ASSERT_TRUE(map_answer_read(&r, encoding, &answer));
        CU_ASSERT_EQUAL(reader_left(&r), 0);
        CU_ASSERT_EQUAL(answer.count, count);
        CU_ASSERT_EQUAL(answer.status, 0x16c9a0d6);
        for (unsigned t = 0; t < count; t++) {
            struct bytes tower = map_answer_next(&answer);
            CU_ASSERT_EQUAL(tower.len, towers[t].len);
            CU_ASSERT_EQUAL(memcmp(tower.at, towers[t].at, tower.len), 0);
        }
        for (size_t n = 0; n < o.len; n++) {
            r = over(&o, n);
            CU_ASSERT_FALSE(map_answer_read(&r, encoding, &answer));
        }
    }
}

static void entries_are_answered(void) {
    static struct octets towers[2];
    static const char *const annotations[] = {"", "Exchange MTA"};
    for (unsigned i = 0; i < 2; i++) {
        towers[i].len = 0;
        put_tower(&towers[i], &STORE, 1112 + i, "10.0.0.20");
    }
    for (size_t i = 0; i < WAYS; i++) {
        struct octets o = stub_in(i);
        struct lookup_answer answer;
        put_lookup_answer(&o, encoding_in(i) == NDR64, towers, annotations, 2, 0);
        struct reader r = over(&o, o.len);
        CU_ASSERT_TRUE(lookup_answer_read(&r, encoding_in(i), &answer));
        CU_ASSERT_EQUAL(reader_left(&r), 0);
        CU_ASSERT_EQUAL(answer.count, 2);
        for (unsigned t = 0; t < 2; t++) {
            struct lookup_entry entry = lookup_answer_next(&answer);
            CU_ASSERT_EQUAL(entry.annotation.len, strlen(annotations[t]) + 1);
            CU_ASSERT_EQUAL(memcmp(entry.tower.at, towers[t].at, towers[t].len), 0);
        }
        for (size_t n = 0; n < o.len; n++) {
            r = over(&o, n);
            CU_ASSERT_FALSE(lookup_answer_read(&r, encoding_in(i), &answer));
        }
        o = stub_in(i);
        put_lookup_question(&o, encoding_in(i) == NDR64);
        for (size_t n = 0; n <= o.len; n++) {
            r = over(&o, n);
            CU_ASSERT_EQUAL(lookup_question_read(&r, encoding_in(i)), n == o.len);
        }
    }
}

static void a_lookup_may_name_object_and_interface(void) {
    for (size_t i = 0; i < 2; i++) {
        struct octets o = stub_in(i);
        put_u32(&o, 3);
        put_u32(&o, 1);
        put_uuid(&o, OBJECT);
        put_u32(&o, 2);
        put_syntax(&o, &STORE);
        put_u32(&o, 1);
        put_zeros(&o, 20);
        put_u32(&o, 500);
        for (size_t n = 0; n <= o.len; n++) {
            struct reader r = over(&o, n);
            CU_ASSERT_EQUAL(lookup_question_read(&r, NDR20), n == o.len);
        }
    }
}

static void null_towers_are_counted_but_empty(void) {
    struct octets o = {.order = ORDER_LITTLE};
    struct map_answer answer;
    put_zeros(&o, 20);
    put_u32(&o, 2);
    put_u32(&o, 4);
    put_u32(&o, 0);
    put_u32(&o, 2);
    put_zeros(&o, 8);
    put_u32(&o, 7);
    struct reader r = over(&o, o.len);
    CU_ASSERT_TRUE(map_answer_read(&r, NDR20, &answer));
    CU_ASSERT_EQUAL(answer.count, 2);
    CU_ASSERT_EQUAL(answer.status, 7);
    CU_ASSERT_EQUAL(map_answer_next(&answer).len, 0);
}

static void counts_beyond_what_is_there_are_refused(void) {
    static const uint32_t counts[][3] = {/* max, offset, actual */
                                         {4, 0, 5},          {4, 1, 4}, {UINT32_MAX, 0, UINT32_MAX},
                                         {4, UINT32_MAX, 1}, {0, 0, 1}, {2, 2, 1}};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct octets o = {.order = ORDER_LITTLE};
        struct map_answer map;
        struct lookup_answer lookup;
        put_zeros(&o, 24);
        for (size_t k = 0; k < 3; k++)
            put_u32(&o, counts[i][k]);
        put_zeros(&o, 300);
        struct reader r = over(&o, o.len);
        CU_ASSERT_FALSE(map_answer_read(&r, NDR20, &map));
        r = over(&o, o.len);
        CU_ASSERT_FALSE(lookup_answer_read(&r, NDR20, &lookup));
    }
}

static void the_stubs_of_the_vectors_close_to_the_last_byte(void) {
    static const struct {
        const char *hex;
        enum encoding encoding;
        uint32_t count, status;
    } vectors[] = {{VECTOR_EPT_MAP_RESP_1TOWER, NDR20, 1, 0},
                   {VECTOR_EPT_MAP_RESP_NONE, NDR20, 0, 0x16c9a0d6},
                   {VECTOR_EPT_MAP_RESP_NDR64_1TOWER, NDR64, 1, 0},
                   {VECTOR_EPT_MAP_RESP_NDR64_NONE, NDR64, 0, 0x16c9a0d6}};
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct octets o = {.order = ORDER_LITTLE};
        struct map_answer answer;
        put_hex(&o, vectors[i].hex);
        struct reader r = reader_over((struct bytes){o.at + 24, o.len - 24}, ORDER_LITTLE);
        CU_ASSERT_TRUE(map_answer_read(&r, vectors[i].encoding, &answer));
        CU_ASSERT_EQUAL(reader_left(&r), 0);
        CU_ASSERT_EQUAL(answer.count, vectors[i].count);
        CU_ASSERT_EQUAL(answer.status, vectors[i].status);
    }
}

int main(void) {
    CU_TestInfo tests[] = {
        {"a map is asked for", a_map_is_asked_for},
        {"object and tower may be absent", object_and_tower_may_be_absent},
        {"towers are answered", towers_are_answered},
        {"entries are answered", entries_are_answered},
        {"a lookup may name object and interface", a_lookup_may_name_object_and_interface},
        {"null towers are counted but empty", null_towers_are_counted_but_empty},
        {"counts beyond what is there are refused", counts_beyond_what_is_there_are_refused},
        {"the stubs of the vectors close to the last byte", the_stubs_of_the_vectors_close_to_the_last_byte},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect/mapper", tests);
}
