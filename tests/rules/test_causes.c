/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cause of a failure, told apart; and what is missing where it cannot be told. */
#include "tests/rules/story.h"
#include "tests/unit.h"

#include <string.h>

enum { PORT = 1112 };

static void is(const struct finding *f, const char *rule, enum cause cause, const char *words) {
    CU_ASSERT_STRING_EQUAL(f->rule->id, rule);
    CU_ASSERT_EQUAL(f->cause, cause);
    CU_ASSERT_PTR_NOT_NULL(strstr(f->message, words));
    if (strcmp(f->rule->id, rule) != 0 || f->cause != cause || strstr(f->message, words) == NULL)
        printf("%s, %s: %s\n", f->rule->id, CAUSE_NAMES[f->cause], f->message);
    CU_ASSERT_EQUAL(strstr(f->message, "cannot be told") != NULL, f->cause == CAUSE_UNKNOWN);
}

static void ends(struct story *s, const char *rule, enum cause cause, const char *words) {
    story_wait(s, 5);
    story_end(s);
    is(story_only(s), rule, cause, words);
    story_close(s);
}

/* A and B are known as one server; nothing is known of LSA. */
static struct story two_addresses(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, A, &SAM, 2000);
    story_served(&s, CLIENT, B, &SAM, 2000);
    return s;
}

static struct line silent(struct story *s, const char *server, uint16_t port) {
    struct line line = story_syn(s, CLIENT, server, port);
    for (int i = 0; i < 2; i++) {
        story_wait(s, i == 0 ? 3 : 6);
        story_syn_again(s, &line);
    }
    struct sighting last = s->now;
    story_wait(s, 30);
    story_silent(s, &line, last);
    return line;
}

/* --- unbound, down, or neither ---------------------------------------------------------------------------------- */

static void one_address_tells_nothing(void) { /* N3 */
    struct story s = story_begin();
    story_refused(&s, CLIENT, A, &LSA, PORT);
    ends(&s, "endpoint-refused", CAUSE_UNKNOWN, "1722 pattern, single-homed view");
}

static void another_address_that_nobody_tried_tells_nothing(void) {
    struct story s = two_addresses();
    story_refused(&s, CLIENT, A, &LSA, PORT);
    ends(&s, "endpoint-refused", CAUSE_UNKNOWN, "does not show it at " B);
}

static void refused_everywhere_is_down(void) { /* N1 */
    struct story s = two_addresses();
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_refused(&s, CLIENT, B, &LSA, PORT);
    story_end(&s);
    CU_ASSERT_EQUAL_FATAL(story_findings(&s), 2);
    for (size_t i = 0; i < 2; i++)
        is(judge_finding(s.judge, i), "endpoint-refused", CAUSE_DOWN, "every other address of this server");
    story_close(&s);
    s = two_addresses(); /* long after, it says nothing about now */
    story_refused(&s, CLIENT, B, &LSA, PORT);
    story_wait(&s, 600);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_end(&s);
    for (size_t i = 0; i < 2; i++)
        is(judge_finding(s.judge, i), "endpoint-refused", CAUSE_UNKNOWN, "does not show it");
    story_close(&s);
}

static void served_before_and_refused_everywhere_is_down(void) {
    struct story s = two_addresses();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_wait(&s, 100);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_refused(&s, CLIENT, B, &LSA, PORT);
    story_end(&s);
    CU_ASSERT_EQUAL_FATAL(story_findings(&s), 2);
    is(judge_finding(s.judge, 0), "endpoint-refused", CAUSE_DOWN, "every other address");
    is(judge_finding(s.judge, 1), "stale-endpoint", CAUSE_DOWN, "every other address");
    story_close(&s);
}

static void served_elsewhere_is_unbound(void) {
    struct story s = two_addresses();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    ends(&s, "unbound-address", CAUSE_UNBOUND, "has it at " B);
}

/* --- stale ------------------------------------------------------------------------------------------------------ */

static void a_restart_on_another_port_is_stale(void) { /* N2 */
    struct story s = story_begin();
    story_served(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 60);
    struct line line = story_syn(&s, CLIENT, A, PORT);
    story_refuses(&s, &line);
    story_served(&s, CLIENT, A, &LSA, PORT + 1);
    ends(&s, "stale-endpoint", CAUSE_STALE, "It is at " A ":1113 now");
}

static void a_failover_is_stale(void) {
    struct story s = two_addresses();
    story_served(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 60);
    story_refused(&s, OTHER_CLIENT, A, &LSA, PORT);
    story_served(&s, CLIENT, B, &LSA, PORT);
    ends(&s, "stale-endpoint", CAUSE_STALE, "has it at " B ":1112 now");
}

static void stopped_or_moved_cannot_be_told(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 60);
    story_refused(&s, OTHER_CLIENT, A, &LSA, PORT);
    ends(&s, "stale-endpoint", CAUSE_UNKNOWN, "Only this address of the server");
}

/* --- filtered, routing ------------------------------------------------------------------------------------------ */

static void silence_of_a_live_host_is_a_filter(void) {
    struct story s = story_begin();
    story_asks(&s, CLIENT, A, &LSA);
    story_maps(&s, CLIENT, A, &LSA, NULL, PORT);
    silent(&s, A, PORT);
    ends(&s, "endpoint-filtered", CAUSE_FILTERED, "though the host is alive");
}

static void icmp_tells_filters_from_routes(void) { /* N4 */
    static const struct {
        const char *rule;
        enum cause cause;
        uint8_t type, code;
    } cases[] = {{"endpoint-refused", CAUSE_UNKNOWN, 3, 0},    {"endpoint-refused", CAUSE_UNKNOWN, 3, 1},
                 {"endpoint-filtered", CAUSE_FILTERED, 3, 13}, {"endpoint-filtered", CAUSE_FILTERED, 3, 9},
                 {"endpoint-filtered", CAUSE_FILTERED, 3, 10}, {"endpoint-refused", CAUSE_UNKNOWN, 11, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct story s = two_addresses();
        story_served(&s, CLIENT, B, &LSA, PORT); /* it is none of the KB's, wherever it is served */
        struct line line = story_maps_and_connects(&s, CLIENT, A, &LSA, PORT);
        story_icmp(&s, &line, cases[i].type, cases[i].code);
        ends(&s, cases[i].rule, cases[i].cause, "has it at " B);
    }
}

static void the_next_address_of_the_name_is_a_delay(void) { /* N5 */
    struct story s = two_addresses();
    story_served(&s, OTHER_CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    struct line line = story_syn(&s, CLIENT, B, PORT);
    story_accepts(&s, &line);
    story_binds(&s, &line, &LSA);
    story_accepts_bind(&s, &line, &LSA);
    ends(&s, "endpoint-refused", CAUSE_UNKNOWN, "went on to the next address, " B ":1112, and was served");
}

/* --- the mapper ------------------------------------------------------------------------------------------------- */

static void a_mapper_that_refuses(void) {
    struct story s = story_begin();
    story_meets_shut(&s, CLIENT, A, 135);
    ends(&s, "mapper-unreachable", CAUSE_UNKNOWN, "single-homed view");
    s = two_addresses();
    story_meets_shut(&s, CLIENT, A, 135);
    ends(&s, "mapper-unreachable", CAUSE_UNBOUND, "mapper works at " B ":135");
    s = two_addresses();
    story_meets_shut(&s, CLIENT, A, 135);
    story_meets_shut(&s, CLIENT, B, 135);
    story_end(&s);
    CU_ASSERT_EQUAL_FATAL(story_findings(&s), 2);
    for (size_t i = 0; i < 2; i++)
        is(judge_finding(s.judge, i), "mapper-unreachable", CAUSE_DOWN, "every other address");
    story_close(&s);
}

static void a_mapper_that_is_silent(void) {
    struct story s = story_begin();
    silent(&s, A, 135);
    ends(&s, "mapper-unreachable", CAUSE_UNKNOWN, "No packet of this address");
    s = story_begin();
    story_served(&s, CLIENT, A, &SAM, 2000);
    story_wait(&s, 60);
    silent(&s, A, 135);
    ends(&s, "mapper-unreachable", CAUSE_FILTERED, "does not answer (3 SYNs)");
}

static void an_icmp_error_about_a_mapper(void) {
    struct story s = story_begin();
    struct line line = story_syn(&s, CLIENT, A, 135);
    story_icmp(&s, &line, 3, 1);
    ends(&s, "mapper-unreachable", CAUSE_UNKNOWN, "is about the way there");
    s = story_begin();
    line = story_syn(&s, CLIENT, A, 135);
    story_icmp(&s, &line, 3, 13);
    ends(&s, "mapper-unreachable", CAUSE_FILTERED, "ICMP type 3 code 13");
}

/* --- the rest --------------------------------------------------------------------------------------------------- */

static void what_is_answered_has_its_own_cause(void) {
    struct story s = two_addresses();
    story_asks(&s, CLIENT, A, &LSA);
    story_does_not_know(&s, CLIENT, A, &LSA);
    ends(&s, "not-registered", CAUSE_NOT_REGISTERED, "not registered there");
    s = story_begin();
    struct line line = story_maps_and_connects(&s, CLIENT, A, &LSA, PORT);
    story_accepts(&s, &line);
    story_binds(&s, &line, &LSA);
    story_naks(&s, &line, &LSA, 1);
    ends(&s, "interface-rejected", CAUSE_REJECTED, "bind_nak");
    s = story_begin();
    line = story_maps_and_connects(&s, CLIENT, A, &LSA, PORT);
    story_accepts(&s, &line);
    story_binds(&s, &line, &LSA);
    story_accepts_bind(&s, &line, &LSA);
    story_calls(&s, &line, &LSA);
    story_faults(&s, &line, &LSA, 5);
    ends(&s, "call-fault", CAUSE_FAULT, "0x00000005");
}

static void a_tower_that_names_another_address(void) {
    static const char wanted[] = "an address that it did not ask for";
    for (int i = 0; i < 3; i++) {
        struct story s = story_begin();
        story_asks(&s, CLIENT, A, &LSA);
        story_maps(&s, CLIENT, A, &LSA, B, PORT);
        if (i == 0) {
            story_meets_shut(&s, CLIENT, A, PORT);
        } else if (i == 1) {
            silent(&s, A, PORT);
        } else {
            struct line line = story_syn(&s, CLIENT, A, PORT);
            story_icmp(&s, &line, 3, 1);
        }
        ends(&s, "tower-elsewhere", i == 0 ? CAUSE_UNBOUND : i == 1 ? CAUSE_FILTERED : CAUSE_UNKNOWN, wanted);
    }
    struct story s = story_begin(); /* and refuses there too: down */
    story_asks(&s, CLIENT, A, &LSA);
    story_maps(&s, CLIENT, A, &LSA, B, PORT);
    story_meets_shut(&s, CLIENT, A, PORT);
    story_refused(&s, OTHER_CLIENT, B, &LSA, PORT);
    story_end(&s);
    CU_ASSERT_EQUAL_FATAL(story_findings(&s), 2);
    for (size_t i = 0; i < 2; i++)
        is(judge_finding(s.judge, i), "endpoint-refused", CAUSE_DOWN, "every other address");
    story_close(&s);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"cannot tell: one address", one_address_tells_nothing},
        {"cannot tell: another address that nobody tried", another_address_that_nobody_tried_tells_nothing},
        {"down: refused everywhere", refused_everywhere_is_down},
        {"down: served before", served_before_and_refused_everywhere_is_down},
        {"unbound: served elsewhere", served_elsewhere_is_unbound},
        {"stale: a restart on another port", a_restart_on_another_port_is_stale},
        {"stale: a failover", a_failover_is_stale},
        {"cannot tell: stopped or moved", stopped_or_moved_cannot_be_told},
        {"filtered: silence of a live host", silence_of_a_live_host_is_a_filter},
        {"ICMP: filter or route", icmp_tells_filters_from_routes},
        {"a delay: the next address of the name", the_next_address_of_the_name_is_a_delay},
        {"a mapper that refuses", a_mapper_that_refuses},
        {"a mapper that is silent", a_mapper_that_is_silent},
        {"a mapper and ICMP", an_icmp_error_about_a_mapper},
        {"what is answered has its own cause", what_is_answered_has_its_own_cause},
        {"a tower that names another address", a_tower_that_names_another_address},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/causes", tests);
}
