/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the user does not want to be told, or not so loud: each beside a twin to which it does not apply. */
#include "tests/rules/story.h"
#include "tests/unit.h"

enum { PORT = 1112 };

static struct network net(const char *address, unsigned prefix) {
    struct network network = {.prefix = prefix};
    CU_ASSERT_TRUE_FATAL(address_parse(address, &network.address));
    return network;
}

/* The case of the article, twice by one client and once by another: two findings. */
static void case_of_two_clients(struct story *s) {
    story_served(s, CLIENT, B, &LSA, PORT);
    story_refused(s, CLIENT, A, &LSA, PORT);
    story_wait(s, 60);
    story_refused(s, CLIENT, A, &LSA, PORT);
    story_refused(s, OTHER_CLIENT, A, &LSA, PORT);
    story_end(s);
}

static size_t number(const struct rule *rule) {
    size_t i = 0;
    while (RULES[i] != rule)
        i++;
    return i;
}

static void check(const struct story *s, size_t told, uint64_t suppressed, uint64_t ignored) {
    const struct left_out *out = judge_left_out(s->judge);
    CU_ASSERT_EQUAL(story_findings(s), told);
    CU_ASSERT_EQUAL(out->suppressed[number(&RULE_UNBOUND_ADDRESS)], suppressed);
    CU_ASSERT_EQUAL(out->ignored, ignored);
    for (size_t i = 0; i < RULE_COUNT; i++)
        CU_ASSERT_TRUE(out->suppressed[i] == 0 || RULES[i] == &RULE_UNBOUND_ADDRESS);
}

static void nothing_declared_leaves_nothing_out(void) {
    struct story s = story_begin();
    case_of_two_clients(&s);
    check(&s, 2, 0, 0);
    story_close(&s);
}

static void suppress(struct story *s, const struct suppression *suppressions, size_t count) {
    s->inventory.suppressions = suppressions;
    s->inventory.suppression_count = count;
}

static void a_suppressed_client_is_counted_and_not_told(void) {
    struct story s = story_begin();
    struct suppression ours = {.any_version = true, .until = INT64_MAX, .client = net(CLIENT, 32)};
    suppress(&s, &ours, 1);
    case_of_two_clients(&s);
    check(&s, 1, 1, 0); /* its two sessions are one finding */
    CU_ASSERT_EQUAL(judge_left_out(s.judge)->by_suppression[0], 1);
    CU_ASSERT_EQUAL(story_only(&s)->count, 1);
    CU_ASSERT_EQUAL(story_only(&s)->id, 1);
    story_close(&s);
}

static void a_suppression_of_another_rule_suppresses_nothing(void) {
    struct story s = story_begin();
    struct suppression ours = {.rule = &RULE_STALE_ENDPOINT, .any_version = true, .until = INT64_MAX};
    suppress(&s, &ours, 1);
    case_of_two_clients(&s);
    check(&s, 2, 0, 0);
    story_close(&s);
}

static void what_is_flagged_after_the_end_is_told(void) {
    struct story s = story_begin();
    struct suppression ours = {.any_version = true, .until = s.now.time + INT64_C(30000000000)};
    suppress(&s, &ours, 1);
    case_of_two_clients(&s);
    check(&s, 2, 1, 0);
    for (size_t i = 0; i < 2; i++) {
        CU_ASSERT_TRUE(judge_finding(s.judge, i)->flagged.time >= ours.until);
        CU_ASSERT_EQUAL(judge_finding(s.judge, i)->count, 1);
    }
    story_close(&s);
}

static void each_suppression_counts_for_itself(void) {
    struct story s = story_begin();
    struct suppression ours[] = {{.any_version = true, .until = INT64_MAX, .client = net(OTHER_CLIENT, 32)},
                                 {.any_version = true, .until = INT64_MAX},
                                 {.any_version = true, .until = INT64_MAX}};
    suppress(&s, ours, 3);
    case_of_two_clients(&s);
    check(&s, 0, 2, 0);
    CU_ASSERT_EQUAL(judge_left_out(s.judge)->by_suppression[0], 1);
    CU_ASSERT_EQUAL(judge_left_out(s.judge)->by_suppression[1], 1);
    CU_ASSERT_EQUAL(judge_left_out(s.judge)->by_suppression[2], 0);
    story_close(&s);
}

static void a_client_in_an_ignored_network_is_not_judged(void) {
    struct story s = story_begin();
    struct network network = net(CLIENT, 32);
    s.inventory.ignored = &network;
    s.inventory.ignored_count = 1;
    case_of_two_clients(&s);
    check(&s, 1, 0, 3); /* the one that was served, too */
    CU_ASSERT_TRUE(address_equal(&story_only(&s)->server.address, &story_session(&s, 1)->server.address));
    CU_ASSERT_TRUE(story_session(&s, 0)->ignored);
    CU_ASSERT_FALSE(story_session(&s, 3)->ignored);
    story_close(&s);
}

static void a_server_in_an_ignored_network_is_not_judged(void) {
    struct story s = story_begin();
    struct network network = net("10.0.1.0", 24);
    s.inventory.ignored = &network;
    s.inventory.ignored_count = 1;
    case_of_two_clients(&s);
    check(&s, 0, 0, 3);
    story_close(&s);
}

static void another_network_is_ignored_without_effect(void) {
    struct story s = story_begin();
    struct network network = net("10.0.2.0", 24);
    s.inventory.ignored = &network;
    s.inventory.ignored_count = 1;
    case_of_two_clients(&s);
    check(&s, 2, 0, 0);
    story_close(&s);
}

static void declare(struct story *s, const struct rule *rule, enum severity severity) {
    s->inventory.severities[number(rule)].given = true;
    s->inventory.severities[number(rule)].severity = severity;
}

static void a_rule_gets_the_severity_that_is_declared(void) {
    struct story s = story_begin();
    declare(&s, &RULE_UNBOUND_ADDRESS, SEVERITY_INFO);
    declare(&s, &RULE_STALE_ENDPOINT, SEVERITY_CRITICAL);
    case_of_two_clients(&s);
    CU_ASSERT_EQUAL(judge_finding(s.judge, 0)->severity, SEVERITY_INFO);
    CU_ASSERT_EQUAL(judge_finding(s.judge, 1)->severity, SEVERITY_INFO);
    story_close(&s);
}

/* Predicted at A, and served there all the same. */
static void averted_is_info_whatever_is_declared(void) {
    struct story s = story_begin();
    declare(&s, &RULE_UNBOUND_ADDRESS, SEVERITY_CRITICAL);
    declare(&s, &RULE_STALE_ENDPOINT, SEVERITY_CRITICAL);
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 60);
    story_served(&s, OTHER_CLIENT, A, &LSA, PORT);
    story_end(&s);
    CU_ASSERT_EQUAL_FATAL(story_findings(&s), 2);
    CU_ASSERT_EQUAL(judge_finding(s.judge, 0)->severity, SEVERITY_CRITICAL);
    CU_ASSERT_EQUAL(judge_finding(s.judge, 1)->state, FINDING_AVERTED);
    CU_ASSERT_EQUAL(judge_finding(s.judge, 1)->severity, SEVERITY_INFO);
    story_close(&s);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"nothing declared leaves nothing out", nothing_declared_leaves_nothing_out},
        {"a suppressed client is counted and not told", a_suppressed_client_is_counted_and_not_told},
        {"a suppression of another rule suppresses nothing", a_suppression_of_another_rule_suppresses_nothing},
        {"what is flagged after the end is told", what_is_flagged_after_the_end_is_told},
        {"each suppression counts for itself", each_suppression_counts_for_itself},
        {"a client in an ignored network is not judged", a_client_in_an_ignored_network_is_not_judged},
        {"a server in an ignored network is not judged", a_server_in_an_ignored_network_is_not_judged},
        {"another network is ignored without effect", another_network_is_ignored_without_effect},
        {"a rule gets the severity that is declared", a_rule_gets_the_severity_that_is_declared},
        {"averted is info whatever is declared", averted_is_info_whatever_is_declared},
        CU_TEST_INFO_NULL};
    return unit_run("rules_left_out", tests);
}
