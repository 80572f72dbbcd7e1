/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/tables/recent.h"
#include "tests/unit.h"

enum { MORE_THAN_KEPT = 5000, PORT = 49152 };

static struct fact connect_at(int64_t time) {
    return (struct fact){.kind = FACT_CONNECT_ATTEMPTED, .seen = {1, time, 0}, .server = {.port = PORT}};
}

/* How many connects an answer in this frame, seen at this time, finds, of those seen at 1, 2, 3 … in such frames. */
static unsigned found_by(uint64_t frame, int64_t answered, struct tally *tally) {
    struct recent *recent = recent_open(tally);
    for (int64_t time = 1; time <= MORE_THAN_KEPT; time++) {
        struct fact fact = connect_at(time);
        fact.seen.frame = (uint64_t)time;
        recent_add(recent, &fact);
    }
    struct fact answer = {.kind = FACT_MAP_ANSWERED, .seen = {frame, answered, 0}};
    struct fact fact;
    uint64_t at = 0;
    unsigned count = 0;
    while (recent_take(recent, &answer, PORT, &at, recent_count(recent), &fact))
        count++;
    recent_close(recent);
    return count;
}

static unsigned found(int64_t answered, struct tally *tally) { return found_by((uint64_t)answered, answered, tally); }

static void what_is_not_kept_is_counted(void) {
    struct tally tally = {0};
    CU_ASSERT_EQUAL(found(10, &tally), 4096);
    CU_ASSERT_EQUAL(tally.limits[LIMIT_EVIDENCE], 1);
}

static void what_nobody_wants_is_not(void) {
    struct tally tally = {0};
    CU_ASSERT_EQUAL(found(4000, &tally), 1000);
    CU_ASSERT_EQUAL(found(MORE_THAN_KEPT + 1, &tally), 0);
    CU_ASSERT_EQUAL(tally.limits[LIMIT_EVIDENCE], 0);
}

static void a_clock_that_goes_back_makes_nothing_late(void) {
    struct tally tally = {0};
    CU_ASSERT_EQUAL(found_by(MORE_THAN_KEPT + 1, 10, &tally), 0);
    CU_ASSERT_EQUAL(tally.limits[LIMIT_EVIDENCE], 0);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"what is not kept is counted", what_is_not_kept_is_counted},
        {"what nobody wants is not", what_nobody_wants_is_not},
        {"a clock that goes back makes nothing late", a_clock_that_goes_back_makes_nothing_late},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/recent", tests);
}
