/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The case of the article, in variants and twins. */
#include "tests/rules/story.h"
#include "tests/unit.h"

enum { PORT = 1112 };

static void refused_here_served_there(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    uint64_t rst = story_refused(&s, CLIENT, A, &LSA, PORT);
    story_end(&s);
    const struct finding *f = story_only(&s);
    story_check(f, "unbound-address", "S1", 1722);
    story_check_bound_at(f, B ":1112");
    CU_ASSERT_EQUAL(f->flagged.frame, rst);
    CU_ASSERT_EQUAL(f->failed.frame, rst);
    CU_ASSERT_EQUAL(f->state, FINDING_FAILED);
    CU_ASSERT_EQUAL(f->severity, SEVERITY_CRITICAL);
    story_close(&s);
}

static void refused_before_it_was_ever_served(void) {
    struct story s = story_begin();
    uint64_t rst = story_refused(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 20);
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_end(&s);
    const struct finding *f = story_only(&s);
    story_check(f, "unbound-address", "S1", 1722);
    CU_ASSERT_EQUAL(f->flagged.frame, rst);
    CU_ASSERT_EQUAL(f->got_through, GOT_THROUGH_OTHER_ADDRESS);
    story_close(&s);
}

static void windows_tries_three_times(void) {
    struct story s = story_begin();
    s.client_ttl = 128;
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_asks(&s, CLIENT, A, &LSA);
    story_maps(&s, CLIENT, A, &LSA, NULL, PORT);
    struct line line = story_syn(&s, CLIENT, A, PORT);
    uint64_t first = story_refuses(&s, &line);
    uint64_t last = 0;
    for (int i = 0; i < 2; i++) {
        story_wait(&s, 0.5);
        story_syn_again(&s, &line);
        last = story_refuses(&s, &line);
    }
    story_end(&s);
    const struct finding *f = story_only(&s);
    CU_ASSERT_EQUAL(f->flagged.frame, first);
    CU_ASSERT_EQUAL(f->failed.frame, last);
    CU_ASSERT_EQUAL(f->state, FINDING_FAILED);
    CU_ASSERT_TRUE(f->lead > 1000000000 && f->lead < 1100000000);
    story_close(&s);
}

static void windows_may_try_again(void) {
    struct story s = story_begin();
    s.client_ttl = 128;
    story_served(&s, CLIENT, B, &LSA, PORT);
    uint64_t rst = story_refused(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 0.1);
    story_end(&s);
    CU_ASSERT_EQUAL(story_only(&s)->state, FINDING_FAILING);
    CU_ASSERT_EQUAL(story_only(&s)->failed.frame, rst);
    story_close(&s);
}

static void both_refuse(void) { /* N1 */
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_wait(&s, 100);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_refused(&s, CLIENT, B, &LSA, PORT);
    story_end(&s);
    CU_ASSERT_EQUAL_FATAL(story_findings(&s), 2);
    for (size_t i = 0; i < 2; i++) {
        const struct finding *f = judge_finding(s.judge, i);
        CU_ASSERT_STRING_NOT_EQUAL(f->rule->id, "unbound-address");
        CU_ASSERT_EQUAL(f->bound_count, 0);
    }
    story_close(&s);
}

static void both_refuse_and_one_recovers(void) { /* N1: down for a while */
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_wait(&s, 100);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_refused(&s, CLIENT, B, &LSA, PORT);
    story_wait(&s, 20);
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_end(&s);
    CU_ASSERT_EQUAL_FATAL(story_findings(&s), 2);
    for (size_t i = 0; i < 2; i++)
        CU_ASSERT_STRING_NOT_EQUAL(judge_finding(s.judge, i)->rule->id, "unbound-address");
    story_close(&s);
}

static void a_stranger_serves_it_on_the_same_port(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, STRANGER, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_end(&s);
    story_check(story_only(&s), "endpoint-refused", NULL, 1722);
    CU_ASSERT_EQUAL(story_only(&s)->bound_count, 0);
    story_close(&s);
}

static void the_next_address_of_the_name_serves(void) { /* N5 */
    struct story s = story_begin();
    story_served(&s, OTHER_CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    struct line line = story_syn(&s, CLIENT, B, PORT);
    story_accepts(&s, &line);
    story_binds(&s, &line, &LSA);
    story_accepts_bind(&s, &line, &LSA);
    story_end(&s);
    /* the connect to A alone was foretold by nothing */
    const struct finding *f = story_only(&s);
    story_check(f, "endpoint-refused", NULL, 1722);
    CU_ASSERT_EQUAL(f->severity, SEVERITY_WARNING);
    CU_ASSERT_EQUAL(f->got_through, GOT_THROUGH_OTHER_ADDRESS);
    story_close(&s);
}

static void several_tries_fold(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    uint64_t rst = story_refused(&s, CLIENT, A, &LSA, PORT);
    for (int i = 0; i < 3; i++) {
        story_wait(&s, 60);
        story_refused(&s, CLIENT, A, &LSA, PORT);
    }
    story_end(&s);
    const struct finding *f = story_only(&s);
    CU_ASSERT_EQUAL(f->count, 4);
    CU_ASSERT_EQUAL(f->flagged.frame, rst);
    story_close(&s);
}

static void healthy_sessions(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_served(&s, CLIENT, A, &LSA, PORT);
    story_served(&s, OTHER_CLIENT, STRANGER, &SAM, PORT);
    story_ends_with(&s, NULL);
}

static void a_connect_to_an_unmapped_port_is_nothing(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    struct line line = story_syn(&s, CLIENT, A, PORT);
    story_refuses(&s, &line);
    story_ends_with(&s, NULL);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"unbound: refused here, served there", refused_here_served_there},
        {"unbound: refused before it was ever served", refused_before_it_was_ever_served},
        {"unbound: Windows tries three times", windows_tries_three_times},
        {"unbound: Windows may try again", windows_may_try_again},
        {"not unbound: both refuse", both_refuse},
        {"not unbound: both refuse, one recovers", both_refuse_and_one_recovers},
        {"not unbound: a stranger serves it on the same port", a_stranger_serves_it_on_the_same_port},
        {"not unbound: the next address of the name serves", the_next_address_of_the_name_serves},
        {"several tries fold", several_tries_fold},
        {"nothing: healthy sessions", healthy_sessions},
        {"nothing: a connect to an unmapped port", a_connect_to_an_unmapped_port_is_nothing},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/unbound", tests);
}
