/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/dissect/play.h"
#include "tests/unit.h"

#include <string.h>

/* Many connections at once, each with a PDU that is not whole yet: what all hold of them is bounded. */

enum { MANY = 1000, FEW = 100, STUB = 60000 };

static struct flow flows[MANY];
static struct tally tally;
static struct dissect *dissect;
static uint32_t asked;

static void hear(void *context, const struct fact *fact) {
    (void)context;
    asked += fact->kind == FACT_MAP_ASKED;
}

static void say(struct flow *flow, enum segment_kind kind, enum direction direction, struct bytes bytes) {
    struct segment segment = {
        .kind = kind, .direction = direction, .flow = flow, .seen = {1, 1, 0}, .bytes = bytes, .reason = CLOSE_END};
    (void)dissect_segment(dissect, &segment);
}

/* A question to the mapper of which the last octets are missing. */
static void open_flow(uint32_t i) {
    static struct octets o;
    static const uint8_t nothing[STUB];
    struct offer offer = {0, &SYNTAX_EPM, &SYNTAX_NDR};
    struct verdict verdict = {0, 0, &SYNTAX_NDR};
    flows[i] = (struct flow){.id = i + 1};
    flows[i].sides[FROM_CLIENT].ttl = flows[i].sides[FROM_SERVER].ttl = 64;
    flows[i].sides[FROM_SERVER].endpoint.port = 135;
    o.order = ORDER_LITTLE;
    say(&flows[i], SEGMENT_OPENED, FROM_SERVER, (struct bytes){0});
    o.len = 0;
    put_bind(&o, 11, 1, &offer, 1);
    say(&flows[i], SEGMENT_BYTES, FROM_CLIENT, octets_bytes(&o));
    o.len = 0;
    put_bind_ack(&o, 12, 1, "135", &verdict, 1);
    say(&flows[i], SEGMENT_BYTES, FROM_SERVER, octets_bytes(&o));
    o.len = 0;
    put_request(&o, 2, 0, 3, nothing, sizeof nothing);
    say(&flows[i], SEGMENT_BYTES, FROM_CLIENT, (struct bytes){o.at, o.len - 8});
}

/* Who still has all of the question tells it. */
static void open_then_close(uint32_t count) {
    memset(&tally, 0, sizeof tally);
    asked = 0;
    dissect = dissect_open(hear, NULL, &tally);
    for (uint32_t i = 0; i < count; i++)
        open_flow(i);
    CU_ASSERT_EQUAL(asked, 0);
    for (uint32_t i = 0; i < count; i++) {
        static const uint8_t rest[8];
        say(&flows[i], SEGMENT_BYTES, FROM_CLIENT, (struct bytes){rest, sizeof rest});
        say(&flows[i], SEGMENT_CLOSED, FROM_CLIENT, (struct bytes){0});
    }
    dissect_close(dissect);
    CU_ASSERT_EQUAL(tally.calls, count); /* all the same */
}

static void few_are_held(void) {
    open_then_close(FEW);
    CU_ASSERT_EQUAL(tally.limits[LIMIT_FRAGMENTS], 0);
    CU_ASSERT_EQUAL(asked, FEW);
}

static void of_many_the_oldest_let_go(void) {
    open_then_close(MANY);
    CU_ASSERT_EQUAL(tally.limits[LIMIT_FRAGMENTS] + asked, MANY);
    CU_ASSERT_TRUE(asked > 400 && asked < 540); /* 32 MB of 64 KB each */
}

int main(void) {
    CU_TestInfo tests[] = {
        {"few are held", few_are_held},
        {"of many the oldest let go", of_many_the_oldest_let_go},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect/holders", tests);
}
