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

static void a_new_port_withdraws_the_prediction(void) {
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
    story_close(&s);
}

static void a_tower_of_loopback_is_here(void) {
    struct story s = story_begin();
    story_asks(&s, CLIENT, A, &LSA);
    story_maps(&s, CLIENT, A, &LSA, "127.0.0.1", PORT);
    story_end(&s);
    CU_ASSERT_EQUAL(story_findings(&s), 0);
    story_close(&s);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"from the question", a_second_client_is_doomed_from_its_question},
        {"from the answer", another_interface_is_doomed_from_the_answer},
        {"one refusal alone foretells nothing", one_refusal_alone_foretells_nothing},
        {"what works again is averted once", what_works_again_is_averted_once},
        {"a new port withdraws the prediction", a_new_port_withdraws_the_prediction},
        {"a tower of loopback is here", a_tower_of_loopback_is_here},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/predict", tests);
}
