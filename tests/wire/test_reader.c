/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit.h"
#include "wire/reader.h"

static const uint8_t octets[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
static const struct bytes all = {octets, sizeof octets};

static void numbers_follow_the_byte_order(void) {
    struct reader little = reader_over(all, ORDER_LITTLE);
    CU_ASSERT_EQUAL(reader_u8(&little), 1);
    CU_ASSERT_EQUAL(reader_u16(&little), 0x0302);
    CU_ASSERT_EQUAL(reader_u32(&little), 0x07060504);
    CU_ASSERT_EQUAL(reader_u64(&little), 0x0f0e0d0c0b0a0908);
    struct reader big = reader_over(all, ORDER_BIG);
    CU_ASSERT_EQUAL(reader_u8(&big), 1);
    CU_ASSERT_EQUAL(reader_u16(&big), 0x0203);
    CU_ASSERT_EQUAL(reader_u32(&big), 0x04050607);
    CU_ASSERT_EQUAL(reader_u64(&big), 0x08090a0b0c0d0e0f);
}

static void uuid_groups_follow_the_byte_order(void) {
    char text[UUID_TEXT_SIZE];
    struct reader little = reader_over(all, ORDER_LITTLE);
    struct uuid uuid = reader_uuid(&little);
    CU_ASSERT_STRING_EQUAL(uuid_text(&uuid, text), "04030201-0605-0807-090a-0b0c0d0e0f10");
    struct reader big = reader_over(all, ORDER_BIG);
    uuid = reader_uuid(&big);
    CU_ASSERT_STRING_EQUAL(uuid_text(&uuid, text), "01020304-0506-0708-090a-0b0c0d0e0f10");
}

static void a_failed_read_stays_failed_and_does_not_move(void) {
    struct reader r = reader_over((struct bytes){octets, 5}, ORDER_LITTLE);
    reader_skip(&r, 2);
    CU_ASSERT_EQUAL(reader_u32(&r), 0);
    CU_ASSERT_TRUE(r.failed);
    CU_ASSERT_EQUAL(r.at, 2);
    CU_ASSERT_EQUAL(reader_u8(&r), 0);
    CU_ASSERT_EQUAL(reader_left(&r), 0);
    CU_ASSERT_EQUAL(reader_take(&r, 1).len, 0);
    CU_ASSERT_PTR_NOT_NULL(reader_take(&r, 1).at);
    struct uuid uuid = reader_uuid(&r);
    CU_ASSERT_TRUE(uuid_is_nil(&uuid));
}

static void the_last_byte_can_be_read_and_none_after_it(void) {
    struct reader r = reader_over(all, ORDER_LITTLE);
    reader_skip(&r, sizeof octets - 1);
    CU_ASSERT_EQUAL(reader_u8(&r), 16);
    CU_ASSERT_FALSE(r.failed);
    CU_ASSERT_EQUAL(reader_take(&r, 0).len, 0);
    CU_ASSERT_FALSE(r.failed);
    reader_u8(&r);
    CU_ASSERT_TRUE(r.failed);
}

static void an_absurd_length_fails(void) {
    struct reader r = reader_over(all, ORDER_LITTLE);
    reader_skip(&r, 1);
    CU_ASSERT_EQUAL(reader_take(&r, SIZE_MAX).len, 0);
    CU_ASSERT_TRUE(r.failed);
}

static void alignment_counts_from_the_start(void) {
    struct reader r = reader_over(all, ORDER_LITTLE);
    reader_align(&r, 4);
    CU_ASSERT_EQUAL(r.at, 0);
    reader_u8(&r);
    reader_align(&r, 4);
    CU_ASSERT_EQUAL(r.at, 4);
    reader_u8(&r);
    reader_align(&r, 8);
    CU_ASSERT_EQUAL(r.at, 8);
}

static void nothing_at_all_can_be_read_over(void) {
    struct reader r = reader_over((struct bytes){NULL, 0}, ORDER_BIG);
    CU_ASSERT_EQUAL(reader_take(&r, 0).len, 0);
    CU_ASSERT_FALSE(r.failed);
    reader_u8(&r);
    CU_ASSERT_TRUE(r.failed);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"numbers follow the byte order", numbers_follow_the_byte_order},
        {"uuid groups follow the byte order", uuid_groups_follow_the_byte_order},
        {"a failed read stays failed and does not move", a_failed_read_stays_failed_and_does_not_move},
        {"the last byte can be read and none after it", the_last_byte_can_be_read_and_none_after_it},
        {"an absurd length fails", an_absurd_length_fails},
        {"alignment counts from the start", alignment_counts_from_the_start},
        {"nothing at all can be read over", nothing_at_all_can_be_read_over},
        CU_TEST_INFO_NULL,
    };
    return unit_run("wire/reader", tests);
}
