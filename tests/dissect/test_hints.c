/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/hints.h"
#include "tests/unit.h"

static struct tally tally;
static struct hints hints;

static struct fact answer_of(uint16_t port, enum transport transport) {
    static const uint8_t server[] = {10, 0, 1, 20};
    struct fact fact = {.kind = FACT_MAP_ANSWERED, .server = {address_ipv4(server), MAPPER_PORT}, .map.count = 1};
    fact.map.towers[0] = (struct fact_tower){.transport = transport, .endpoint = {address_ipv4(server), port}};
    return fact;
}

static void learn(uint16_t port, enum transport transport) {
    struct fact fact = answer_of(port, transport);
    hints_learn(&hints, &fact);
}

static bool know(uint16_t port) {
    struct fact fact = answer_of(port, TRANSPORT_TCP);
    return hints_know(&hints, &fact.map.towers[0].endpoint);
}

static void start(void) {
    tally = (struct tally){0};
    hints = (struct hints){.transport = TRANSPORT_TCP, .tally = &tally};
}

static void what_was_named_is_known(void) {
    start();
    CU_ASSERT_TRUE(know(MAPPER_PORT));
    CU_ASSERT_TRUE(know(HTTP_MAPPER_PORT));
    CU_ASSERT_FALSE(know(1112));
    learn(1112, TRANSPORT_TCP);
    CU_ASSERT_TRUE(know(1112));
    learn(6001, TRANSPORT_HTTP);
    CU_ASSERT_TRUE(know(6001));
    learn(1113, TRANSPORT_UDP);
    CU_ASSERT_FALSE(know(1113));
    CU_ASSERT_EQUAL(hints.count, 2);
}

static void the_oldest_gives_way_and_is_counted(void) {
    start();
    for (unsigned i = 0; i < HINTS_MAX; i++) {
        learn((uint16_t)(2000 + i), TRANSPORT_TCP);
        learn((uint16_t)(2000 + i), TRANSPORT_TCP); /* again */
    }
    CU_ASSERT_EQUAL(tally.limits[LIMIT_HINTS], 0);
    CU_ASSERT_TRUE(know(2000));
    learn(2000 + HINTS_MAX, TRANSPORT_TCP);
    CU_ASSERT_EQUAL(tally.limits[LIMIT_HINTS], 1);
    CU_ASSERT_FALSE(know(2000));
    CU_ASSERT_TRUE(know(2001));
    CU_ASSERT_TRUE(know(2000 + HINTS_MAX));
}

int main(void) {
    CU_TestInfo tests[] = {
        {"what was named is known", what_was_named_is_known},
        {"the oldest gives way and is counted", the_oldest_gives_way_and_is_counted},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect/hints", tests);
}
