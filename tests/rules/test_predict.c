/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Predictions: flagged before the first packet of the failure, and withdrawn when it does not come. */
#include "tests/rules/story.h"
#include "tests/unit.h"

enum { PORT = 1112 };

static void a_second_client_is_doomed_from_its_question(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    uint64_t question = story_asks(&s, OTHER_CLIENT, A, &LSA);
    story_maps(&s, OTHER_CLIENT, A, &LSA, NULL, PORT);
    struct line line = story_syn(&s, OTHER_CLIENT, A, PORT);
    uint64_t rst = story_refuses(&s, &line);
    story_end(&s);
    CU_ASSERT_EQUAL_FATAL(story_findings(&s), 2);
    const struct finding *f = judge_finding(s.judge, 1);
    CU_ASSERT_EQUAL(f->flagged.frame, question);
    CU_ASSERT_EQUAL(f->failed.frame, rst);
    CU_ASSERT_TRUE(f->lead > 0);
    story_close(&s);
}

static void another_interface_is_doomed_from_the_answer(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_asks(&s, CLIENT, A, &SAM);
    uint64_t answer = story_maps(&s, CLIENT, A, &SAM, NULL, PORT + 1);
    story_end(&s);
    CU_ASSERT_EQUAL_FATAL(story_findings(&s), 2);
    const struct finding *f = judge_finding(s.judge, 1);
    CU_ASSERT_EQUAL(f->flagged.frame, answer);
    CU_ASSERT_EQUAL(f->state, FINDING_PREDICTED);
    CU_ASSERT_EQUAL(f->failed.frame, 0);
    story_close(&s);
}

static void one_refusal_alone_foretells_nothing(void) {
    struct story s = story_begin();
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 60);
    story_served(&s, OTHER_CLIENT, A, &LSA, PORT);
    story_end(&s);
    CU_ASSERT_EQUAL(story_only(&s)->state, FINDING_FAILED);
    story_close(&s);
}

static void what_works_again_is_averted_once(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 60);
    story_served(&s, OTHER_CLIENT, A, &LSA, PORT);
    story_served(&s, OTHER_CLIENT, A, &LSA, PORT);
    story_end(&s);
    CU_ASSERT_EQUAL_FATAL(story_findings(&s), 2);
    const struct finding *f = judge_finding(s.judge, 1);
    CU_ASSERT_EQUAL(f->state, FINDING_AVERTED);
    CU_ASSERT_EQUAL(f->count, 1);
    story_close(&s);
}

static void a_new_port_that_accepts_averts_it(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_asks(&s, OTHER_CLIENT, A, &LSA);
    story_maps(&s, OTHER_CLIENT, A, &LSA, NULL, PORT + 7);
    struct line line = story_syn(&s, OTHER_CLIENT, A, PORT + 7);
    story_accepts(&s, &line);
    story_end(&s);
    CU_ASSERT_STRING_EQUAL(judge_finding(s.judge, 0)->rule->id, "unbound-address");
    CU_ASSERT_EQUAL(judge_finding(s.judge, 0)->count, 1);
    CU_ASSERT_EQUAL(judge_finding(s.judge, 1)->state, FINDING_AVERTED);
    story_close(&s);
}

/* As behind address translation; what is served then was not served before, though its time is an earlier one. */
static void towers_are_averted_whatever_the_clock_says(void) {
    for (int back = 0; back < 2; back++) {
        struct story s = story_begin();
        story_asks(&s, CLIENT, A, &LSA);
        uint64_t answer = story_maps(&s, CLIENT, A, &LSA, B, PORT);
        s.now.time -= back * INT64_C(100000000);
        struct line line = story_syn(&s, CLIENT, A, PORT);
        story_accepts(&s, &line);
        story_binds(&s, &line, &LSA);
        story_accepts_bind(&s, &line, &LSA);
        story_end(&s);
        const struct finding *f = story_only(&s);
        CU_ASSERT_STRING_EQUAL(f->rule->id, "tower-elsewhere");
        CU_ASSERT_EQUAL(f->state, FINDING_AVERTED);
        CU_ASSERT_EQUAL(f->flagged.frame, answer);
        story_close(&s);
    }
}

static void a_tower_of_loopback_is_here(void) {
    struct story s = story_begin();
    story_asks(&s, CLIENT, A, &LSA);
    story_maps(&s, CLIENT, A, &LSA, "127.0.0.1", PORT);
    story_end(&s);
    CU_ASSERT_EQUAL(story_findings(&s), 0);
    story_close(&s);
}

static void silence_foretells_from_the_third_syn_on(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_asks(&s, CLIENT, A, &LSA);
    story_maps(&s, CLIENT, A, &LSA, NULL, PORT);
    struct line line = story_syn(&s, CLIENT, A, PORT);
    for (int i = 1; i < 3; i++) {
        story_wait(&s, i);
        story_syn_again(&s, &line);
    }
    uint64_t question = story_asks(&s, OTHER_CLIENT, A, &LSA);
    story_end(&s);
    CU_ASSERT_EQUAL_FATAL(story_findings(&s), 2);
    CU_ASSERT_EQUAL(judge_finding(s.judge, 1)->flagged.frame, question);
    CU_ASSERT_STRING_EQUAL(judge_finding(s.judge, 1)->rule->id, "endpoint-filtered");
    story_close(&s);
}

static void an_address_that_accepts_others_is_not_doomed(void) {
    static const struct syntax_id third = {{{3}}, 1, 0};
    struct story s = story_begin();
    story_served(&s, CLIENT, A, &SAM, 2000);
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_asks(&s, CLIENT, A, &third);
    story_maps(&s, CLIENT, A, &third, NULL, 3000);
    story_end(&s);
    CU_ASSERT_EQUAL(story_findings(&s), 1);
    story_close(&s);
}

static void a_guess_that_was_wrong_is_averted(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    struct line line = story_syn(&s, OTHER_CLIENT, A, PORT); /* known for LSA */
    story_accepts(&s, &line);
    story_binds(&s, &line, &SAM);
    story_accepts_bind(&s, &line, &SAM);
    story_end(&s);
    CU_ASSERT_EQUAL(story_findings(&s), 2);
    CU_ASSERT_EQUAL(judge_finding(s.judge, 1)->state, FINDING_AVERTED); /* it was flagged, so it is told */
    CU_ASSERT_EQUAL(judge_finding(s.judge, 1)->severity, SEVERITY_INFO);
    story_close(&s);
}

static void towers_that_were_not_kept_may_name_this_address(void) {
    struct story s = story_begin();
    s.towers_cut = 1;
    story_asks(&s, CLIENT, A, &LSA);
    story_maps(&s, CLIENT, A, &LSA, B, PORT);
    story_ends_with(&s, NULL);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"from the question", a_second_client_is_doomed_from_its_question},
        {"from the answer", another_interface_is_doomed_from_the_answer},
        {"one refusal alone foretells nothing", one_refusal_alone_foretells_nothing},
        {"what works again is averted once", what_works_again_is_averted_once},
        {"a new port that accepts averts it", a_new_port_that_accepts_averts_it},
        {"towers are averted whatever the clock says", towers_are_averted_whatever_the_clock_says},
        {"a tower of loopback is here", a_tower_of_loopback_is_here},
        {"silence foretells from the third SYN on", silence_foretells_from_the_third_syn_on},
        {"an address that accepts others is not doomed", an_address_that_accepts_others_is_not_doomed},
        {"a guess that was wrong is averted", a_guess_that_was_wrong_is_averted},
        {"towers that were not kept may name this address", towers_that_were_not_kept_may_name_this_address},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/predict", tests);
}
