/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clients that a declaration does not doom, or that turn out to want something else. */
#include "tests/rules/plan.h"
#include "tests/unit.h"

#include <string.h>

enum { PORT = 1112 };
static const struct syntax_id ANY;

/* The declaration is about LSA alone, and nothing is said of SAM. */
static void a_client_of_which_nothing_is_known(void) {
    struct story s = story_begin();
    struct plan plan;
    declare_at_b(&s, &plan, &LSA);
    story_served(&s, CLIENT, A, &SAM, PORT);
    story_end(&s);
    CU_ASSERT_EQUAL(story_findings(&s), 0);
    check_predictions(&s, 0, 0, 0);
    story_close(&s);
}

static void a_client_that_asks_for_something_else(void) {
    struct story s = story_begin();
    struct plan plan;
    declare_at_b(&s, &plan, &LSA);
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_served(&s, CLIENT, A, &SAM, PORT + 1);
    story_end(&s);
    const struct finding *f = story_only(&s);
    CU_ASSERT_EQUAL(f->state, FINDING_AVERTED);
    CU_ASSERT_EQUAL(f->severity, SEVERITY_INFO);
    CU_ASSERT_PTR_NOT_NULL(strstr(f->message, "instead."));
    CU_ASSERT_EQUAL(story_sessions(&s), 2);
    CU_ASSERT_EQUAL(story_session(&s, 1)->outcome, OUTCOME_SERVED);
    check_predictions(&s, 0, 1, 0);
    story_close(&s);
}

static void asks_for_nothing(const struct fact_closing *closing, enum finding_state state) {
    struct story s = story_begin();
    struct plan plan;
    declare_at_b(&s, &plan, NULL);
    struct line line = story_syn(&s, CLIENT, A, 135);
    story_accepts(&s, &line);
    story_closes_as(&s, &line, closing);
    story_end(&s);
    CU_ASSERT_EQUAL(finding_of(&s, CLIENT, A, &ANY)->state, state);
    story_close(&s);
}

static void a_client_that_asks_for_nothing(void) {
    asks_for_nothing(&(struct fact_closing){.reason = CLOSE_FIN}, FINDING_AVERTED);
    asks_for_nothing(&(struct fact_closing){.reason = CLOSE_END}, FINDING_PREDICTED);
    asks_for_nothing(&(struct fact_closing){.reason = CLOSE_FIN, .missing = {80, 0}}, FINDING_PREDICTED);
}

/* It looks whether port 135 is open, and leaves. */
static void comes_and_goes(bool scanner) {
    struct story s = story_begin();
    struct plan plan;
    declare_at_b(&s, &plan, NULL);
    for (uint16_t port = 1; scanner && port <= 20; port++)
        story_meets_shut(&s, CLIENT, STRANGER, port);
    struct line line = story_syn(&s, CLIENT, A, 135);
    story_accepts(&s, &line);
    story_closes(&s, &line);
    story_end(&s);
    CU_ASSERT_EQUAL(story_findings(&s), scanner ? 0 : 1);
    check_predictions(&s, 0, scanner ? 0 : 1, 0);
    story_close(&s);
}

static void a_scanner_is_no_client(void) {
    comes_and_goes(true);
    comes_and_goes(false);
}

static void uses_port_135(struct story *s, const struct syntax_id *interface) {
    struct line line = story_syn(s, CLIENT, A, 135);
    story_accepts(s, &line);
    story_binds(s, &line, interface);
    story_accepts_bind(s, &line, interface);
    story_closes(s, &line);
}

/* IObjectExporter is at every address, so its clients are warned no more, once that is known of them. */
static void a_client_of_dcom_alone(void) {
    static const struct syntax_id exporter = {
        {{0x99, 0xfc, 0xfe, 0xc4, 0x52, 0x60, 0x10, 0x1b, 0xbb, 0xcb, 0x00, 0xaa, 0x00, 0x21, 0x34, 0x7a}}, 0, 0};
    struct story s = story_begin();
    struct plan plan;
    declare_at_b(&s, &plan, NULL);
    for (int i = 0; i < 3; i++)
        uses_port_135(&s, &exporter);
    uint64_t question = story_asks(&s, CLIENT, A, &LSA); /* the twin */
    story_asks(&s, CLIENT, A, &SAM);
    story_end(&s);
    CU_ASSERT_EQUAL(finding_of(&s, CLIENT, A, &LSA)->flagged.frame, question);
    CU_ASSERT_EQUAL(finding_of(&s, CLIENT, A, &SAM)->flagged.frame, question + 1); /* its SYN */
    check_predictions(&s, 0, 1, 2);
    story_close(&s);
}

/* Behind a hole in the connection to the mapper, which is waited for, the question is told late: after what came of it,
 * or of the next one. */
static void question_told_late(const char *client, bool refused) {
    struct story s = story_begin();
    struct plan plan;
    declare_at_b(&s, &plan, &LSA);
    struct sighting before = s.now;
    story_wait(&s, 10);
    story_served(&s, CLIENT, A, &LSA, PORT);
    struct sighting after = s.now;
    s.now = (struct sighting){after.frame, before.time, 0};
    uint64_t question = story_asks(&s, client, A, &LSA);
    story_maps(&s, client, A, &LSA, NULL, PORT + 1);
    if (refused) {
        struct line line = story_syn(&s, client, A, PORT + 1);
        story_refuses(&s, &line);
    }
    s.now = (struct sighting){s.now.frame, after.time, 0};
    story_end(&s);
    const struct finding *f = finding_of(&s, client, A, &LSA);
    bool same = strcmp(client, CLIENT) == 0;
    if (!same)
        CU_ASSERT_EQUAL(f->flagged.frame, question);
    CU_ASSERT_EQUAL(f->state, refused ? FINDING_FAILED : same ? FINDING_AVERTED : FINDING_PREDICTED);
    CU_ASSERT_EQUAL(f->count, same ? 2 : 1);
    check_predictions(&s, refused, same ? 2 : 1, !refused && !same); /* the one that was served was foretold, too */
    story_close(&s);
}

static void a_question_that_is_told_late(void) {
    question_told_late(OTHER_CLIENT, true);
    question_told_late(CLIENT, false);       /* the one that was served was this one, or the next */
    question_told_late(OTHER_CLIENT, false); /* of this one nothing is known */
}

int main(void) {
    CU_TestInfo tests[] = {
        {"a client of which nothing is known", a_client_of_which_nothing_is_known},
        {"a client that asks for something else", a_client_that_asks_for_something_else},
        {"a client that asks for nothing", a_client_that_asks_for_nothing},
        {"a scanner is no client", a_scanner_is_no_client},
        {"a client of DCOM alone", a_client_of_dcom_alone},
        {"a question that is told late", a_question_that_is_told_late},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/plan_clients", tests);
}
