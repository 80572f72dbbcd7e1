/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the judge made of a story. */
#include "tests/rules/story.h"
#include "tests/unit.h"

#include <string.h>

size_t story_sessions(const struct story *story) {
    size_t count = 0;
    while (judge_session(story->judge, count) != NULL)
        count++;
    return count;
}

const struct session *story_session(const struct story *story, size_t index) {
    const struct session *session = judge_session(story->judge, index);
    CU_ASSERT_PTR_NOT_NULL_FATAL(session);
    return session;
}

size_t story_findings(const struct story *story) {
    size_t count = 0;
    while (judge_finding(story->judge, count) != NULL)
        count++;
    return count;
}

const struct finding *story_only(const struct story *story) {
    CU_ASSERT_EQUAL_FATAL(story_findings(story), 1);
    return judge_finding(story->judge, 0);
}

void story_ends_with(struct story *story, const char *rule) {
    story_end(story);
    if (rule == NULL) {
        CU_ASSERT_EQUAL(story_findings(story), 0);
    } else {
        CU_ASSERT_STRING_EQUAL(story_only(story)->rule->id, rule);
    }
    story_close(story);
}

void story_ends_with_caveat(struct story *story, const char *rule, const char *caveat) {
    story_end(story);
    const struct finding *finding = story_only(story);
    CU_ASSERT_STRING_EQUAL(finding->rule->id, rule);
    CU_ASSERT_EQUAL(finding->caveat_count, caveat == NULL ? 0 : 1);
    if (caveat == NULL && finding->caveat_count != 0)
        printf("unwanted: %s\n", finding->caveats[0]);
    if (caveat != NULL && finding->caveat_count != 0)
        CU_ASSERT_STRING_EQUAL(finding->caveats[0], caveat);
    story_close(story);
}

void story_check(const struct finding *finding, const char *rule, const char *signature, uint32_t win32) {
    CU_ASSERT_STRING_EQUAL(finding->rule->id, rule);
    CU_ASSERT_EQUAL(finding->win32, win32);
    CU_ASSERT_EQUAL(finding->signature == NULL, signature == NULL);
    if (signature != NULL && finding->signature != NULL)
        CU_ASSERT_STRING_EQUAL(finding->signature, signature);
}

void story_check_bound_at(const struct finding *finding, const char *endpoint) {
    char text[ENDPOINT_TEXT_SIZE];
    CU_ASSERT_EQUAL_FATAL(finding->bound_count, 1);
    CU_ASSERT_STRING_EQUAL(endpoint_text(&finding->bound_at[0], text), endpoint);
}

void story_check_evidence(const struct finding *finding, uint64_t frame, const char *what) {
    const char *found = "";
    for (size_t i = 0; i < finding->evidence_count; i++)
        if (finding->evidence[i].seen.frame == frame)
            found = finding->evidence[i].what;
    CU_ASSERT_STRING_EQUAL(found, what);
}
