/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each caveat but those about silence: a story in which what is missing could change the verdict, and a twin in which
 * it could not. */
#include "tests/rules/story.h"
#include "tests/unit.h"

#include <string.h>

enum { PORT = 1112 };

static void loses_all_kinds(struct story *story) {
    for (unsigned i = 0; i < LOSS_KINDS; i++)
        story->captured.lost[i] = 1000;
    story->captured.files = 2;
}

/* --- what the packets prove -------------------------------------------------------------------------------------- */

static void what_is_proven_has_no_caveat(void) {
    struct story story = story_begin();
    loses_all_kinds(&story);
    struct line line = story_maps_and_connects(&story, CLIENT, A, &LSA, PORT);
    for (unsigned i = 0; i < 9; i++)
        story_loses(&story, &line, FROM_SERVER);
    story_refuses(&story, &line);
    story_ends_with_caveat(&story, "endpoint-refused", NULL);

    story = story_begin();
    loses_all_kinds(&story);
    line = story_maps_and_connects(&story, CLIENT, A, &LSA, PORT);
    story_icmp(&story, &line, 3, 13);
    story_ends_with_caveat(&story, "endpoint-filtered", NULL);

    story = story_begin();
    loses_all_kinds(&story);
    story_asks(&story, CLIENT, A, &LSA);
    story_does_not_know(&story, CLIENT, A, &LSA);
    story_ends_with_caveat(&story, "not-registered", NULL);

    story = story_begin();
    loses_all_kinds(&story);
    line = story_maps_and_connects(&story, CLIENT, A, &LSA, PORT);
    story_accepts(&story, &line);
    story_binds(&story, &line, &LSA);
    story_naks(&story, &line, &LSA, 4);
    story_closes_as(&story, &line, &(struct fact_closing){.midstream = true, .missing = {9, 9}});
    story_ends_with_caveat(&story, "interface-rejected", NULL);
}

/* --- what is not known to be otherwise --------------------------------------------------------------------------- */

static void another_address_that_a_limit_hides(void) {
    static const char *const caveats[LIMIT_KINDS] = {
        [LIMIT_BINDINGS] =
            "The limit of bindings was reached: another address of this server may have been passed over.",
        [LIMIT_SERVERS] = "The limit of servers was reached: another address of this server may have been passed over.",
        [LIMIT_SESSIONS] =
            "The limit of sessions was reached: another address of this server may have been passed over."};
    for (unsigned i = 0; i < LIMIT_KINDS; i++) {
        for (unsigned known = 0; known < 2; known++) { /* one that was not passed over */
            struct story story = story_begin();
            if (known != 0)
                story_served(&story, OTHER_CLIENT, B, &LSA, PORT);
            story_refused(&story, CLIENT, A, &LSA, PORT);
            story.tally.limits[i] = 1;
            story_ends_with_caveat(&story, known != 0 ? "unbound-address" : "endpoint-refused",
                                   known != 0 ? NULL : caveats[i]);
        }
    }
}

static void another_address_that_the_mapper_does_not_hide(void) {
    for (unsigned known = 0; known < 2; known++) {
        struct story story = story_begin();
        if (known != 0)
            story_served(&story, OTHER_CLIENT, B, &LSA, PORT);
        story_asks(&story, CLIENT, A, &LSA);
        story_does_not_know(&story, CLIENT, A, &LSA);
        story.tally.limits[LIMIT_SERVERS] = 1;
        story_ends_with_caveat(
            &story, "not-registered",
            known != 0 ? NULL
                       : "The limit of servers was reached: another address of this server may have been passed over.");
    }
}

/* The row of the binding table keeps 32 sightings: here 16 answers of the mapper and 16 refusals. */
static void service_that_a_limit_hides(void) {
    for (uint16_t more = 0; more <= 1; more++) {
        struct story story = story_begin();
        for (uint16_t i = 0; i < 16 + more; i++)
            story_refused(&story, CLIENT, A, &LSA, (uint16_t)(PORT + i));
        story_ends_with_caveat(&story, "endpoint-refused",
                               more == 0 ? NULL
                                         : "2 sightings of the interface at " A
                                           " were not kept (limit of evidence): it may have been served there.");
    }
}

static void a_place_that_is_known_from_a_connection_alone(void) {
    static const struct {
        struct fact_closing closing;
        bool bound, caveat;
    } cases[] = {
        {.closing = {.reason = CLOSE_FIN, .missing = {0, 9}}, .caveat = true},
        {.closing = {.reason = CLOSE_END}, .caveat = true},
        {.closing = {.reason = CLOSE_END, .bytes = {9, 9}}},
        {.closing = {.reason = CLOSE_FIN}},
        {.bound = true, .closing = {.reason = CLOSE_END, .missing = {0, 9}}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct story story = story_begin();
        struct line line = story_maps_and_connects(&story, OTHER_CLIENT, B, &LSA, PORT);
        story_accepts(&story, &line);
        if (cases[i].bound) {
            story_binds(&story, &line, &LSA);
            story_accepts_bind(&story, &line, &LSA);
        }
        story_closes_as(&story, &line, &cases[i].closing);
        story_refused(&story, CLIENT, A, &LSA, PORT);
        story_ends_with_caveat(
            &story, "unbound-address",
            cases[i].caveat ? "That " B ":1112 has it is concluded from an accepted connection; the bind on it is not "
                              "in the capture."
                            : NULL);
    }
}

static void a_place_whose_latest_connect_has_no_outcome(void) {
    enum { NO_OUTCOME, ACCEPTED, SERVED_SINCE, NO_OUTCOME_LATER, CASES };
    for (unsigned i = 0; i < CASES; i++) {
        struct story story = story_begin();
        story_served(&story, OTHER_CLIENT, B, &LSA, PORT);
        struct line line = story_syn(&story, OTHER_CLIENT, B, PORT);
        if (i == ACCEPTED)
            story_accepts(&story, &line);
        story_refused(&story, CLIENT, A, &LSA, PORT);
        if (i == SERVED_SINCE || i == NO_OUTCOME_LATER)
            story_served(&story, OTHER_CLIENT, B, &LSA, PORT);
        if (i == NO_OUTCOME_LATER)
            story_syn(&story, OTHER_CLIENT, B, PORT);
        story_ends_with_caveat(&story, "unbound-address",
                               i == NO_OUTCOME ? "How the latest connect to " B
                                                 ":1112 ended is not in the capture: it may be down since."
                                               : NULL);
    }
}

static void before_and_after_where_the_clock_goes_back(void) {
    static const double steps[] = {0, 3600, -0.4, -1};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        for (uint32_t file = 0; file <= 16; file += 16) { /* another file's clock is another one */
            struct story story = story_begin();
            story_served(&story, OTHER_CLIENT, A, &LSA, PORT);
            story_wait(&story, 10);
            story_refused(&story, OTHER_CLIENT, A, &SAM, PORT + 1);
            story_wait(&story, steps[i]);
            story.now.file = file;
            story_refused(&story, CLIENT, A, &LSA, PORT);
            story_end(&story);
            bool back = steps[i] <= -1 && file == 0;
            for (size_t n = 0; n < story_findings(&story); n++) {
                const struct finding *f = judge_finding(story.judge, n);
                CU_ASSERT_EQUAL(f->caveat_count, back ? 1 : 0);
                CU_ASSERT_TRUE(!back || strcmp(f->caveats[0], "The clock of the capture goes back: what came before "
                                                              "what is uncertain.") == 0);
            }
            CU_ASSERT_EQUAL(story_findings(&story), 2);
            story_close(&story);
        }
    }
}

/* --- what is said ------------------------------------------------------------------------------------------------ */

/* "Not registered" also ends a list of endpoints, but not if nothing was asked before. */
static void an_answer_that_may_only_end_a_list(void) {
    static const struct {
        bool midstream, before, bound, after, caveat; /* in the order of time */
    } cases[] = {
        {.midstream = true, .caveat = true}, {.before = true, .caveat = true}, {.after = true},
        {.midstream = true, .bound = true},  {.before = true, .bound = true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct story story = story_begin();
        story_asks(&story, CLIENT, A, &LSA);
        struct line line = story_line_to_mapper(&story, CLIENT, A);
        if (cases[i].before)
            story_loses(&story, &line, FROM_SERVER);
        if (cases[i].bound)
            story_binds(&story, &line, &SYNTAX_EPM);
        story_does_not_know(&story, CLIENT, A, &LSA);
        if (cases[i].after)
            story_loses(&story, &line, FROM_SERVER);
        story_closes_as(&story, &line,
                        &(struct fact_closing){.midstream = cases[i].midstream,
                                               .missing = {0, cases[i].before || cases[i].after ? 100 : 0}});
        story_ends_with_caveat(
            &story, "not-registered",
            !cases[i].caveat ? NULL
                             : "The answer may only end a list of endpoints: of the connection to the mapper, what "
                               "came before is missing.");
    }
}

#define NOT_WHOLE "Answers may be missing: not all of the connection is in the capture."

static void faults_where_answers_may_be_missing(void) {
    static const struct {
        struct fact_closing closing;
        bool bound;
        const char *caveat;
    } cases[] = {
        {{.calls = 1, .faults = 1}, true, NULL},
        {{.calls = 1, .faults = 1, .missing = {0, 9}}, true, NOT_WHOLE},
        {{.calls = 1, .faults = 1, .missing = {9, 0}}, true, NULL},
        {{.calls = 1, .faults = 1, .midstream = true}, true, NULL}, /* the bind is in the capture */
        {{.calls = 1, .faults = 1, .midstream = true}, false, NOT_WHOLE},
        {{.calls = 2, .faults = 1, .reason = CLOSE_END}, true, "The capture ends before all calls are answered."},
        {{.calls = 2, .faults = 1, .reason = CLOSE_FIN}, true, NULL}, /* the client does not wait */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct story story = story_begin();
        struct line line = story_maps_and_connects(&story, CLIENT, A, &LSA, PORT);
        story_accepts(&story, &line);
        if (cases[i].bound) {
            story_binds(&story, &line, &LSA);
            story_accepts_bind(&story, &line, &LSA);
        }
        story_calls(&story, &line, &LSA);
        story_faults(&story, &line, &LSA, 5);
        story_closes_as(&story, &line, &cases[i].closing);
        story_ends_with_caveat(&story, "call-fault", cases[i].caveat);
    }
}

static void an_interface_that_nobody_was_seen_to_ask_for(void) {
    enum { NOBODY, ENCRYPTED, ITSELF, WITHOUT_ANSWER, OF_SEVERAL, CASES };
    static const char *const caveats[CASES] = {
        "The question to the endpoint mapper is not in the capture: the interface is presumed, from the endpoint.",
        "The question to the endpoint mapper may be one of 4 encrypted ones: the interface is presumed, from the "
        "endpoint.",
        NULL,
        "The endpoint mapper's answer is not in the capture: that it named this endpoint is presumed.",
        "The question to the endpoint mapper is not in the capture: the interface is presumed, from the endpoint, "
        "which "
        "has others too.",
    };
    for (unsigned i = 0; i < CASES; i++) {
        struct story story = story_begin();
        if (i == OF_SEVERAL) {
            story_asks(&story, OTHER_CLIENT, A, &SAM);
            story_maps(&story, OTHER_CLIENT, A, &SAM, NULL, PORT);
        }
        story_asks(&story, OTHER_CLIENT, A, &LSA);
        story_maps(&story, OTHER_CLIENT, A, &LSA, NULL, PORT);
        if (i == ENCRYPTED)
            story.captured.lost[LOSS_ENCRYPTED_CALLS] = 4;
        if (i == ITSELF || i == WITHOUT_ANSWER)
            story_asks(&story, CLIENT, A, &LSA);
        if (i == ITSELF) {
            story_maps(&story, CLIENT, A, &LSA, NULL, PORT);
            story_wait(&story, 60); /* presumed, but from its own question */
        }
        struct line line = story_syn(&story, CLIENT, A, PORT);
        story_refuses(&story, &line);
        story_ends_with_caveat(&story, "endpoint-refused", caveats[i]);
    }
}

int main(void) {
    CU_TestInfo tests[] = {
        {"what is proven has no caveat", what_is_proven_has_no_caveat},
        {"another address that a limit hides", another_address_that_a_limit_hides},
        {"another address that the mapper does not hide", another_address_that_the_mapper_does_not_hide},
        {"service that a limit hides", service_that_a_limit_hides},
        {"a place known from a connection alone", a_place_that_is_known_from_a_connection_alone},
        {"a place whose latest connect has no outcome", a_place_whose_latest_connect_has_no_outcome},
        {"before and after where the clock goes back", before_and_after_where_the_clock_goes_back},
        {"an answer that may only end a list", an_answer_that_may_only_end_a_list},
        {"faults where answers may be missing", faults_where_answers_may_be_missing},
        {"an interface that nobody was seen to ask for", an_interface_that_nobody_was_seen_to_ask_for},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/caveat", tests);
}
