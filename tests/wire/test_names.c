/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit.h"
#include "wire/endpoint.h"
#include "wire/syntax.h"
#include "wire/tally.h"

static void a_uuid_survives_its_text(void) {
    char text[UUID_TEXT_SIZE];
    struct uuid uuid;
    CU_ASSERT_TRUE(uuid_parse("E1AF8308-5d1f-11c9-91a4-08002b14a0fa", &uuid));
    CU_ASSERT_TRUE(uuid_equal(&uuid, &SYNTAX_EPM.uuid));
    CU_ASSERT_STRING_EQUAL(uuid_text(&uuid, text), "e1af8308-5d1f-11c9-91a4-08002b14a0fa");
}

static void what_is_no_uuid_is_refused(void) {
    static const char *const bad[] = {"",
                                      "e1af8308",
                                      "e1af8308-5d1f-11c9-91a4-08002b14a0f",
                                      "e1af8308x5d1f-11c9-91a4-08002b14a0fa",
                                      "e1af8308-5d1f-11c9-91a4-08002b14a0fg",
                                      "e1af8308-5d1f-11c9-91a4-08002b14a0fa0"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct uuid uuid = SYNTAX_EPM.uuid;
        CU_ASSERT_FALSE(uuid_parse(bad[i], &uuid));
        CU_ASSERT_TRUE(uuid_is_nil(&uuid));
    }
}

static void only_the_major_version_parts_interfaces(void) {
    struct syntax_id other = SYNTAX_EPM;
    other.minor = 9;
    CU_ASSERT_TRUE(syntax_compatible(&SYNTAX_EPM, &other));
    other.major = 2;
    CU_ASSERT_FALSE(syntax_compatible(&SYNTAX_EPM, &other));
    CU_ASSERT_FALSE(syntax_compatible(&SYNTAX_EPM, &SYNTAX_NDR));
}

static void an_address_survives_its_text(void) {
    static const char *const good[] = {"", "10.0.0.1", "fe80::1", "2001:db8::10:2"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct address address;
        char text[ADDRESS_TEXT_SIZE];
        CU_ASSERT_TRUE(address_parse(good[i], &address));
        CU_ASSERT_STRING_EQUAL(address_text(&address, text), good[i]);
    }
    struct address address;
    CU_ASSERT_FALSE(address_parse("10.0.0", &address));
    CU_ASSERT_EQUAL(address.family, ADDRESS_NONE);
}

static void an_endpoint_shows_its_port(void) {
    char text[ENDPOINT_TEXT_SIZE];
    struct endpoint endpoint = {.port = 135};
    address_parse("10.0.0.1", &endpoint.address);
    CU_ASSERT_STRING_EQUAL(endpoint_text(&endpoint, text), "10.0.0.1:135");
    address_parse("fe80::1", &endpoint.address);
    CU_ASSERT_STRING_EQUAL(endpoint_text(&endpoint, text), "[fe80::1]:135");
}

static void the_wildcards_are_unspecified(void) {
    static const char *const wildcards[] = {"", "0.0.0.0", "::"};
    struct address address;
    for (size_t i = 0; i < sizeof wildcards / sizeof *wildcards; i++) {
        CU_ASSERT_TRUE(address_parse(wildcards[i], &address));
        CU_ASSERT_TRUE(address_is_unspecified(&address));
    }
    CU_ASSERT_TRUE(address_parse("::1", &address));
    CU_ASSERT_FALSE(address_is_unspecified(&address));
}

static void tallies_add_up(void) {
    struct tally sum = {0};
    struct tally one = {.frames = 2, .first = 5, .last = 9, .lost = {[LOSS_GAPS] = 3}, .pdus = {[20] = 1}};
    struct tally two = {.frames = 1, .first = 3, .last = 4, .limits = {[LIMIT_FLOWS] = 2}};
    struct tally empty = {.files = 1};
    tally_add(&sum, &one);
    tally_add(&sum, &two);
    tally_add(&sum, &empty);
    CU_ASSERT_EQUAL(sum.frames, 3);
    CU_ASSERT_EQUAL(sum.first, 3);
    CU_ASSERT_EQUAL(sum.last, 9);
    CU_ASSERT_EQUAL(sum.files, 1);
    CU_ASSERT_EQUAL(sum.lost[LOSS_GAPS], 3);
    CU_ASSERT_EQUAL(sum.limits[LIMIT_FLOWS], 2);
    CU_ASSERT_EQUAL(sum.pdus[20], 1);
}

static void every_counter_has_a_name(void) {
    for (size_t i = 0; i < LOSS_KINDS; i++)
        CU_ASSERT_PTR_NOT_NULL(LOSS_NAMES[i]);
    for (size_t i = 0; i < LIMIT_KINDS; i++)
        CU_ASSERT_PTR_NOT_NULL(LIMIT_NAMES[i]);
    for (size_t i = 0; i < PDU_TYPES; i++)
        CU_ASSERT_PTR_NOT_NULL(PDU_NAMES[i]);
    CU_ASSERT_STRING_EQUAL(PDU_NAMES[11], "bind");
    CU_ASSERT_STRING_EQUAL(PDU_NAMES[20], "rts");
}

int main(void) {
    CU_TestInfo tests[] = {
        {"a uuid survives its text", a_uuid_survives_its_text},
        {"what is no uuid is refused", what_is_no_uuid_is_refused},
        {"only the major version parts interfaces", only_the_major_version_parts_interfaces},
        {"an address survives its text", an_address_survives_its_text},
        {"an endpoint shows its port", an_endpoint_shows_its_port},
        {"the wildcards are unspecified", the_wildcards_are_unspecified},
        {"tallies add up", tallies_add_up},
        {"every counter has a name", every_counter_has_a_name},
        CU_TEST_INFO_NULL,
    };
    return unit_run("wire/names", tests);
}
