/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/report/fact_lines.h"
#include "tests/unit.h"

#include <stdlib.h>
#include <string.h>

/* Each is a sound fact in which one thing is replaced by another. */
static void hostile_lines_are_refused_with_a_reason(void) {
    static const struct {
        const char *from, *to, *why;
    } cases[] = {
        {"{\"type\"", "\"type\"", "not JSON"},
        {"}}", "}", "not JSON"},
        {"\"fact\"", "\"finding\"", "not a fact"},
        {"\"type\":\"fact\",", "", "not a fact"},
        {"\"capture_ended\"", "\"map_unheard_of\"", "kind"},
        {"\"frame\":12,", "", "\"frame\" is missing"},
        {"\"frame\":12", "\"frame\":12,\"frame\":12", "not JSON"},
        {"\"frame\":12", "\"frame\":-1", "\"frame\""},
        {"\"frame\":12", "\"frame\":1.0", "\"frame\""},
        {"\"frame\":12", "\"frame\":99999999999999999999", "not JSON"},
        {"2026-11-22T12", "2026-11-32T12", "\"time\""},
        {"2026-11-22T12", "1969-12-31T23", "\"time\" is no time from 1970-01-01T"},
        {"2026-11-22T12", "2099-12-04T12", "to 2099-12-03T16:53:20.000000000Z"},
        {"\"first\":\"2026", "\"first\":\"2262", "\"first\" is no time from 1970-01-01T"},
        {"\"last\":\"2026", "\"last\":\"1677", "\"last\" is no time from 1970-01-01T"},
        {"\"port\":1025", "\"port\":65536", "\"client\""},
        {"10.0.2.1", "10.0.2.256", "\"client\""},
        {"\"ncacn_ip_tcp\"", "\"smoke signals\"", "\"transport\""},
        {"\"ncacn_ip_tcp\"", "1", "\"transport\""},
        {"\"pdus\":{", "\"pdus\":{\"unheard_of\":1,", "\"pdus\""},
        {"\"pdus\":{", "\"pdus\":{\"bind\":-1,", "\"pdus\""},
        {"\"lost\":{}", "\"lost\":[]", "\"lost\""},
        {"a.pcap", "a\\u0000.pcap", "not JSON"},
        {"\"a.pcap\"", "{\"hex\":\"0g\"}", "\"file\""},
        {"\"a.pcap\"", "{\"hex\":\"00\"}", "\"file\""},
        {"\"a.pcap\"", "{\"hex\":\"616\"}", "\"file\""},
        {"\"a.pcap\"", "null", "\"file\""},
    };
    struct file_names files = {0};
    file_names_add(&files, "a.pcap");
    struct fact fact = fact_of(FACT_CAPTURE_ENDED);
    fact.tally.pdus[0] = 1;
    fact.tally.first = fact.tally.last = fact.seen.time;
    char *line = written(&fact, &files);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char hostile[2048];
        char error[FACT_ERROR_SIZE] = "";
        const char *at = strstr(line, cases[i].from);
        CU_ASSERT_PTR_NOT_NULL_FATAL(at);
        snprintf(hostile, sizeof hostile, "%.*s%s%s", (int)(at - line), line, cases[i].to, at + strlen(cases[i].from));
        struct fact back;
        CU_ASSERT_FALSE(fact_read(hostile, strlen(hostile), &files, &back, error));
        CU_ASSERT_PTR_NOT_NULL(strstr(error, cases[i].why));
        if (strstr(error, cases[i].why) == NULL)
            printf("%zu: %s\n", i, error);
    }
    free(line);
    file_names_free(&files);
}

static void no_prefix_of_a_line_is_a_fact(void) {
    struct file_names files = {0};
    file_names_add(&files, "a.pcap");
    struct fact fact = fact_of(FACT_MAP_ANSWERED);
    fact.map.count = 1;
    fact.map.towers[0] = tower_of(2);
    char *line = written(&fact, &files);
    for (size_t length = 0; length + 1 < strlen(line); length++) {
        char error[FACT_ERROR_SIZE];
        struct fact back;
        CU_ASSERT_FALSE(fact_read(line, length, &files, &back, error));
    }
    free(line);
    file_names_free(&files);
}

/* Replaces the one occurrence, and asks whether the fact is still one. */
static bool reads_with(const struct fact *fact, const char *from, const char *to) {
    static char changed[65536];
    char error[FACT_ERROR_SIZE];
    struct file_names files = {0};
    struct fact back;
    file_names_add(&files, "a.pcap");
    char *line = written(fact, &files);
    const char *at = strstr(line, from);
    CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - line), line, to, at + strlen(from));
    bool read = fact_read(changed, strlen(changed), &files, &back, error);
    free(line);
    file_names_free(&files);
    return read;
}

static void lists_and_texts_stay_in_their_bounds(void) {
    struct fact fact = fact_of(FACT_MAP_ANSWERED);
    fact.map.count = FACT_MAX_TOWERS;
    CU_ASSERT_TRUE(reads_with(&fact, "\"towers\":[", "\"towers\":["));
    CU_ASSERT_FALSE(reads_with(&fact, "\"towers\":[", "\"towers\":[{},"));
    fact.map.count = 1;
    CU_ASSERT_FALSE(reads_with(&fact, "\"towers\":[{", "\"towers\":[{},{")); /* a tower without its fields */
    fact = fact_of(FACT_SERVER_NAME);
    memset(fact.name.name, 'x', sizeof fact.name.name - 1);
    CU_ASSERT_TRUE(reads_with(&fact, "xx", "xx"));
    CU_ASSERT_FALSE(reads_with(&fact, "xx", "xxx"));
}

static void keys_of_later_versions_are_left_alone(void) {
    struct fact fact = fact_of(FACT_GAP);
    CU_ASSERT_TRUE(reads_with(&fact, "\"frame\"", "\"news\":[1,{}],\"frame\""));
}

static void file_names_are_kept_once_and_bounded(void) {
    struct file_names files = {0};
    uint32_t number;
    for (uint32_t i = 0; i < FILE_NAMES_MAX; i++) {
        char name[16];
        snprintf(name, sizeof name, "%u", (unsigned)i);
        CU_ASSERT_TRUE(file_names_intern(&files, name, &number));
        CU_ASSERT_EQUAL(number, i);
        CU_ASSERT_TRUE(file_names_intern(&files, "0", &number));
        CU_ASSERT_EQUAL(number, 0);
    }
    CU_ASSERT_FALSE(file_names_intern(&files, "one more", &number));
    CU_ASSERT_TRUE(file_names_intern(&files, "77", &number));
    CU_ASSERT_EQUAL(number, 77);
    CU_ASSERT_STRING_EQUAL(file_names_at(&files, FILE_NAMES_MAX), "");
    file_names_free(&files);
}

int main(void) {
    CU_TestInfo tests[] = {{"hostile lines are refused with a reason", hostile_lines_are_refused_with_a_reason},
                           {"no prefix of a line is a fact", no_prefix_of_a_line_is_a_fact},
                           {"lists and texts stay in their bounds", lists_and_texts_stay_in_their_bounds},
                           {"keys of later versions are left alone", keys_of_later_versions_are_left_alone},
                           {"file names are kept once and bounded", file_names_are_kept_once_and_bounded},
                           CU_TEST_INFO_NULL};
    return unit_run("report_fact_hostile", tests);
}
