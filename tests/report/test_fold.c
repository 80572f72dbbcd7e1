/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What folds, of findings that a judge has made. */
#include "report/fold.h"
#include "tests/rules/story.h"
#include "tests/unit.h"

#include <stdio.h>

enum { CROWD = 50, PORT = 1112 };

/* 50 clients come to the wrong address, one of them twice; the third gets through at the other address. */
static void fifty_clients_are_one_fold(void) {
    static char clients[CROWD][16];
    struct story s = story_begin();
    struct folds folds;
    story_served(&s, CLIENT, B, &LSA, PORT);
    for (unsigned i = 0; i < CROWD; i++) {
        snprintf(clients[i], sizeof clients[i], "10.0.3.%u", i + 1);
        story_wait(&s, 1);
        story_refused(&s, clients[i], A, &LSA, PORT);
    }
    story_wait(&s, 60);
    story_refused(&s, clients[1], A, &LSA, PORT);
    story_served(&s, clients[2], B, &LSA, PORT);
    story_end(&s);
    CU_ASSERT_EQUAL(story_findings(&s), CROWD);
    CU_ASSERT_TRUE_FATAL(fold_findings(s.judge, &folds));
    CU_ASSERT_EQUAL_FATAL(folds.count, 1);
    CU_ASSERT_EQUAL(folds.folds[0].kind, FOLD_CLIENTS);
    CU_ASSERT_EQUAL_FATAL(folds.folds[0].count, CROWD);
    CU_ASSERT_PTR_EQUAL(folds.folds[0].members[0], judge_finding(s.judge, 0)); /* the earliest is what is told */
    CU_ASSERT_EQUAL(folds.folds[0].members[0]->confidence, CONFIDENCE_NONE);
    CU_ASSERT_NOT_EQUAL(folds.folds[0].members[1]->confidence, CONFIDENCE_NONE);
    CU_ASSERT_EQUAL(folds.folds[0].members[1]->count, 2);
    folds_free(&folds);
    story_close(&s);
}

/* Two clients at one address, and two at another, are four paragraphs; so is nothing at all none. */
static void few_are_not_folded(void) {
    struct story s = story_begin();
    struct folds folds;
    for (int i = 0; i < 2; i++) {
        story_refused(&s, CLIENT, i == 0 ? A : STRANGER, &LSA, PORT);
        story_refused(&s, OTHER_CLIENT, i == 0 ? A : STRANGER, &LSA, PORT);
    }
    story_end(&s);
    CU_ASSERT_TRUE_FATAL(fold_findings(s.judge, &folds));
    CU_ASSERT_EQUAL_FATAL(folds.count, 4);
    for (size_t i = 0; i < 4; i++)
        CU_ASSERT_PTR_EQUAL(folds.folds[i].members[0], judge_finding(s.judge, i));
    folds_free(&folds);
    story_close(&s);
    s = story_begin();
    story_end(&s);
    CU_ASSERT_TRUE_FATAL(fold_findings(s.judge, &folds));
    CU_ASSERT_EQUAL(folds.count, 0);
    folds_free(&folds);
    story_close(&s);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"fifty clients are one fold", fifty_clients_are_one_fold},
        {"few are not folded", few_are_not_folded},
        CU_TEST_INFO_NULL,
    };
    return unit_run("report_fold", tests);
}
