/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/community_id.h"
#include "tests/unit.h"

struct example {
    const char *a;
    uint16_t a_port;
    const char *b;
    uint16_t b_port;
    uint8_t protocol;
    const char *id;
};

static struct endpoint end_of(const char *ip, uint16_t port) {
    struct endpoint end = {.port = port};
    CU_ASSERT_TRUE_FATAL(address_parse(ip, &end.address));
    return end;
}

/* The baseline of the specification's own test set, seed 0. */
static void published_values_come_out(void) {
    static const struct example examples[] = {
        {"128.232.110.120", 34855, "66.35.250.204", 80, PROTOCOL_TCP, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
        {"192.168.1.52", 54585, "8.8.8.8", 53, PROTOCOL_UDP, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="},
        {"2001:470:e5bf:dead:4957:2174:e82c:4887", 63943, "2607:f8b0:400c:c03::1a", 25, PROTOCOL_TCP,
         "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4="},
    };
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        const struct example *e = &examples[i];
        struct endpoint a = end_of(e->a, e->a_port);
        struct endpoint b = end_of(e->b, e->b_port);
        char text[COMMUNITY_ID_SIZE];
        CU_ASSERT_TRUE(community_id(&a, &b, e->protocol, text));
        CU_ASSERT_STRING_EQUAL(text, e->id);
        CU_ASSERT_TRUE(community_id(&b, &a, e->protocol, text));
        CU_ASSERT_STRING_EQUAL(text, e->id);
    }
}

static void ports_decide_between_equal_addresses(void) {
    struct endpoint a = end_of("fe80::1", 40000);
    struct endpoint b = end_of("fe80::1", 135);
    char one[COMMUNITY_ID_SIZE];
    char other[COMMUNITY_ID_SIZE];
    CU_ASSERT_TRUE(community_id(&a, &b, PROTOCOL_TCP, one));
    CU_ASSERT_TRUE(community_id(&b, &a, PROTOCOL_TCP, other));
    CU_ASSERT_STRING_EQUAL(one, other);
}

static void an_unknown_end_has_none(void) {
    struct endpoint known = end_of("10.0.0.1", 40000);
    struct endpoint no_port = end_of("10.0.0.2", 0);
    struct endpoint no_address = end_of("", 135);
    struct endpoint other_family = end_of("fe80::1", 135);
    char text[COMMUNITY_ID_SIZE];
    CU_ASSERT_FALSE(community_id(&known, &no_port, PROTOCOL_TCP, text));
    CU_ASSERT_FALSE(community_id(&no_address, &known, PROTOCOL_TCP, text));
    CU_ASSERT_FALSE(community_id(&known, &other_family, PROTOCOL_TCP, text));
    CU_ASSERT_STRING_EQUAL(text, "");
}

int main(void) {
    CU_TestInfo tests[] = {{"published values come out", published_values_come_out},
                           {"ports decide between equal addresses", ports_decide_between_equal_addresses},
                           {"an unknown end has none", an_unknown_end_has_none},
                           CU_TEST_INFO_NULL};
    return unit_run("report_community_id", tests);
}
