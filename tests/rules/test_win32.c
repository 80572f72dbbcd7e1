/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Win32 error of each session, and what broke it off. */
#include "tests/rules/story.h"
#include "tests/unit.h"

#include <string.h>

enum { PORT = 1112 };

static void ends(struct story *s, enum outcome outcome, uint32_t win32, const char *reason) {
    story_wait(s, 2);
    story_end(s);
    const struct session *session = story_session(s, 0);
    CU_ASSERT_EQUAL(session->outcome, outcome);
    CU_ASSERT_EQUAL(session->win32, win32);
    CU_ASSERT_EQUAL(session->unclear == NULL, reason == NULL);
    if (reason != NULL && session->unclear != NULL)
        CU_ASSERT_PTR_NOT_NULL(strstr(session->unclear, reason));
    story_close(s);
}

static struct line bound(struct story *s) {
    struct line line = story_maps_and_connects(s, CLIENT, A, &LSA, PORT);
    story_accepts(s, &line);
    story_binds(s, &line, &LSA);
    story_accepts_bind(s, &line, &LSA);
    return line;
}

static void resets(struct story *s, const struct line *line, enum direction by) {
    story_closes_as(s, line, &(struct fact_closing){.reason = CLOSE_RESET, .by = by});
}

static void a_server_that_breaks_off_after_a_call(void) {
    struct story s = story_begin();
    struct line line = bound(&s);
    story_calls(&s, &line, &LSA);
    resets(&s, &line, FROM_SERVER);
    ends(&s, OUTCOME_SERVED, 1726, "before it answered a call");
}

static void a_server_that_breaks_off_before_a_call(void) {
    struct story s = story_begin();
    struct line line = bound(&s);
    resets(&s, &line, FROM_SERVER);
    ends(&s, OUTCOME_SERVED, 1727, "after the bind, before a call");
}

static void a_server_that_breaks_off_before_the_bind_is_answered(void) {
    struct story s = story_begin();
    struct line line = story_maps_and_connects(&s, CLIENT, A, &LSA, PORT);
    story_accepts(&s, &line);
    story_binds(&s, &line, &LSA);
    resets(&s, &line, FROM_SERVER);
    ends(&s, OUTCOME_UNKNOWN, 1722, "before it answered the bind");
}

static void other_ends_are_none_of_these(void) {
    struct story s = story_begin(); /* the client does */
    struct line line = bound(&s);
    story_calls(&s, &line, &LSA);
    resets(&s, &line, FROM_CLIENT);
    ends(&s, OUTCOME_SERVED, 0, NULL);
    s = story_begin(); /* who closed first is not known */
    line = bound(&s);
    story_calls(&s, &line, &LSA);
    story_closes(&s, &line);
    ends(&s, OUTCOME_SERVED, 0, NULL);
    s = story_begin(); /* it was answered */
    line = story_served(&s, CLIENT, A, &LSA, PORT);
    resets(&s, &line, FROM_SERVER);
    ends(&s, OUTCOME_SERVED, 0, NULL);
    s = story_begin(); /* it was idle */
    line = bound(&s);
    story_wait(&s, 60);
    resets(&s, &line, FROM_SERVER);
    ends(&s, OUTCOME_SERVED, 0, NULL);
    s = story_begin(); /* the answer may be missing */
    line = bound(&s);
    story_calls(&s, &line, &LSA);
    story_closes_as(&s, &line,
                    &(struct fact_closing){.reason = CLOSE_RESET, .by = FROM_SERVER, .missing = {[FROM_SERVER] = 100}});
    ends(&s, OUTCOME_SERVED, 0, NULL);
    s = story_begin(); /* without a bind nothing is known to be wanted */
    line = story_maps_and_connects(&s, CLIENT, A, &LSA, PORT);
    story_accepts(&s, &line);
    resets(&s, &line, FROM_SERVER);
    ends(&s, OUTCOME_UNKNOWN, 0, "no answered bind");
}

static void each_outcome_has_its_error(void) {
    static const struct {
        uint16_t reason;
        uint32_t win32;
    } naks[] = {{0, 1727}, {1, 1723}, {2, 1723}, {4, 1728}, {8, 1747}, {9, 5}};
    static const struct {
        uint32_t status, win32;
    } faults[] = {{5, 5},       {0x1c010003, 1717}, {0x1c010014, 1723}, {0x1c00001c, 1728}, {0x1c010002, 1745},
                  {0x6f7, 1783}};
    for (size_t i = 0; i < sizeof naks / sizeof *naks; i++) {
        struct story s = story_begin();
        struct line line = story_maps_and_connects(&s, CLIENT, A, &LSA, PORT);
        story_accepts(&s, &line);
        story_binds(&s, &line, &LSA);
        story_naks(&s, &line, &LSA, naks[i].reason);
        ends(&s, OUTCOME_REJECTED, naks[i].win32, NULL);
    }
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct story s = story_begin();
        struct line line = bound(&s);
        story_calls(&s, &line, &LSA);
        story_faults(&s, &line, &LSA, faults[i].status);
        ends(&s, OUTCOME_FAULTED, faults[i].win32, NULL);
    }
    struct story s = story_begin();
    story_refused(&s, CLIENT, A, &LSA, PORT);
    ends(&s, OUTCOME_REFUSED, 1722, NULL);
    s = story_begin();
    story_asks(&s, CLIENT, A, &LSA);
    story_does_not_know(&s, CLIENT, A, &LSA);
    ends(&s, OUTCOME_NOT_REGISTERED, 1753, NULL);
    s = story_begin();
    struct line line = story_maps_and_connects(&s, CLIENT, A, &LSA, PORT);
    story_accepts(&s, &line);
    story_binds(&s, &line, &LSA);
    story_rejects_bind(&s, &line, &LSA);
    ends(&s, OUTCOME_REJECTED, 1717, NULL);
    s = story_begin();
    story_served(&s, CLIENT, A, &LSA, PORT);
    ends(&s, OUTCOME_SERVED, 0, NULL);
}

static void what_cannot_be_told_says_what_is_missing(void) {
    struct story s = story_begin();
    story_asks(&s, CLIENT, A, &LSA);
    ends(&s, OUTCOME_UNKNOWN, 0, "the mapper's answer is not in the capture");
    s = story_begin();
    story_asks(&s, CLIENT, A, &LSA);
    story_end(&s);
    CU_ASSERT_STRING_EQUAL(story_session(&s, 0)->unclear, "asked just before the capture ends");
    story_close(&s);
    s = story_begin();
    story_asks(&s, CLIENT, A, &LSA);
    struct line mapper = story_line_to_mapper(&s, CLIENT, A);
    story_closes_as(&s, &mapper, &(struct fact_closing){.reason = CLOSE_FIN, .unseen = {[FROM_SERVER] = true}});
    ends(&s, OUTCOME_UNKNOWN, 0, "packets of the mapper are missing");
    s = story_begin();
    story_asks(&s, CLIENT, A, &LSA);
    story_maps(&s, CLIENT, A, &LSA, NULL, PORT);
    ends(&s, OUTCOME_UNKNOWN, 0, "no connect to the mapped endpoint follows");
    s = story_begin();
    struct line line = story_maps_and_connects(&s, CLIENT, A, &LSA, PORT);
    story_accepts(&s, &line);
    story_closes_as(&s, &line, &(struct fact_closing){.reason = CLOSE_FIN, .midstream = true});
    ends(&s, OUTCOME_UNKNOWN, 0, "begins in the middle of the connection");
    s = story_begin();
    line = story_maps_and_connects(&s, CLIENT, A, &LSA, PORT);
    story_accepts(&s, &line);
    story_binds(&s, &line, &LSA);
    ends(&s, OUTCOME_UNKNOWN, 0, "the answer to the bind is not in the capture");
}

int main(void) {
    CU_TestInfo tests[] = {
        {"1726: broken off after a call", a_server_that_breaks_off_after_a_call},
        {"1727: broken off before a call", a_server_that_breaks_off_before_a_call},
        {"1722: broken off before the bind is answered", a_server_that_breaks_off_before_the_bind_is_answered},
        {"none: other ends", other_ends_are_none_of_these},
        {"each outcome has its error", each_outcome_has_its_error},
        {"what cannot be told says what is missing", what_cannot_be_told_says_what_is_missing},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/win32", tests);
}
