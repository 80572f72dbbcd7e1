/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/timestamp.h"
#include "tests/unit.h"
#include "wire/sighting.h"

static void known_times_have_known_texts(void) {
    static const struct {
        int64_t time;
        const char *text;
    } examples[] = {
        {0, "1970-01-01T00:00:00.000000000Z"},
        {951782400000000000, "2000-02-29T00:00:00.000000000Z"},
        {1795348800000000001, "2026-11-22T12:00:00.000000001Z"},
        {LATEST_TIME, "2099-12-03T16:53:20.000000000Z"},
    };
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        char text[TIMESTAMP_SIZE];
        int64_t back;
        CU_ASSERT_STRING_EQUAL(timestamp_text(examples[i].time, text), examples[i].text);
        CU_ASSERT_TRUE(timestamp_parse(text, &back));
        CU_ASSERT_EQUAL(back, examples[i].time);
    }
}

static void a_time_that_is_none_is_written_but_not_read(void) {
    static const struct {
        int64_t time;
        const char *text;
    } examples[] = {
        {-1, "1969-12-31T23:59:59.999999999Z"},
        {LATEST_TIME + 1, "2099-12-03T16:53:20.000000001Z"},
        {INT64_MAX, "2262-04-11T23:47:16.854775807Z"},
        {INT64_MIN, "1677-09-21T00:12:43.145224192Z"},
    };
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        char text[TIMESTAMP_SIZE];
        int64_t back;
        CU_ASSERT_STRING_EQUAL(timestamp_text(examples[i].time, text), examples[i].text);
        CU_ASSERT_FALSE(timestamp_parse(text, &back));
    }
}

static void every_time_survives_its_text(void) {
    for (int64_t time = 0; time < LATEST_TIME; time += 7777777777777777) {
        char text[TIMESTAMP_SIZE];
        int64_t back;
        CU_ASSERT_TRUE(timestamp_parse(timestamp_text(time, text), &back));
        CU_ASSERT_EQUAL(back, time);
    }
}

static void what_is_no_time_is_refused(void) {
    static const char *const bad[] = {"",
                                      "2026-11-22",
                                      "2026-11-22T12:00:00Z",
                                      "2026-11-22T12:00:00.000000000",
                                      "2026-11-22T12:00:00.000000000Z ",
                                      "2026-11-22 12:00:00.000000000Z",
                                      "2026-13-22T12:00:00.000000000Z",
                                      "2026-00-22T12:00:00.000000000Z",
                                      "2026-02-29T12:00:00.000000000Z",
                                      "2026-11-31T12:00:00.000000000Z",
                                      "2026-11-22T24:00:00.000000000Z",
                                      "2026-11-22T12:60:00.000000000Z",
                                      "2026-11-22T12:00:60.000000000Z",
                                      "2099-12-03T16:53:21.000000000Z",
                                      "2262-04-11T23:47:16.854775808Z",
                                      "2262-04-11T23:47:17.000000000Z",
                                      "1677-09-21T00:12:43.145224191Z",
                                      "9999-12-31T23:59:59.999999999Z",
                                      "0000-01-01T00:00:00.000000000Z"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t time = 1;
        CU_ASSERT_FALSE(timestamp_parse(bad[i], &time));
        CU_ASSERT_EQUAL(time, 0);
    }
}

static void people_see_microseconds(void) {
    char text[TIMESTAMP_SIZE];
    CU_ASSERT_STRING_EQUAL(timestamp_clock(1795348800123456789, false, text), "12:00:00.123456");
    CU_ASSERT_STRING_EQUAL(timestamp_clock(1795348800123456789, true, text), "2026-11-22 12:00:00.123456");
}

static void midnight_utc_parts_days(void) {
    CU_ASSERT_TRUE(timestamp_same_day(0, 86399999999999));
    CU_ASSERT_FALSE(timestamp_same_day(0, 86400000000000));
    CU_ASSERT_FALSE(timestamp_same_day(-1, 0));
}

int main(void) {
    CU_TestInfo tests[] = {
        {"known times have known texts", known_times_have_known_texts},
        {"a time that is none is written, but not read", a_time_that_is_none_is_written_but_not_read},
        {"every time survives its text", every_time_survives_its_text},
        {"what is no time is refused", what_is_no_time_is_refused},
        {"people see microseconds", people_see_microseconds},
        {"midnight UTC parts days", midnight_utc_parts_days},
        CU_TEST_INFO_NULL};
    return unit_run("report_timestamp", tests);
}
