/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stories that are not what they look like at first. */
#include "tests/rules/story.h"
#include "tests/unit.h"

enum { PORT = 1112 };

static void silence_that_is_told_late(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    struct line silent = story_maps_and_connects(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 1);
    story_syn_again(&s, &silent);
    struct sighting last = s.now;
    struct line line = story_syn(&s, CLIENT, A, PORT);
    story_refuses(&s, &line);
    story_wait(&s, 300);
    story_silent(&s, &silent, last); /* known only when the connection is given up */
    story_ends_with(&s, "unbound-address");
}

static void a_fault_is_no_failed_connect(void) {
    struct story s = story_begin();
    struct line line = story_maps_and_connects(&s, CLIENT, A, &LSA, PORT);
    story_accepts(&s, &line);
    story_binds(&s, &line, &LSA);
    story_accepts_bind(&s, &line, &LSA);
    story_faults(&s, &line, &LSA, 5);
    struct line again = story_syn(&s, CLIENT, A, PORT);
    story_accepts(&s, &again);
    story_ends_with(&s, "call-fault");
}

/* A tower of this address or another, in a second answer to the same question. */
static void towers_one_by_one(const char *first, const char *second) {
    struct story s = story_begin();
    story_asks(&s, CLIENT, A, &LSA);
    story_maps(&s, CLIENT, A, &LSA, first, PORT);
    story_maps(&s, CLIENT, A, &LSA, second, PORT);
    story_ends_with(&s, NULL);
}

static void towers_that_come_one_by_one(void) {
    towers_one_by_one(A, B);
    towers_one_by_one(B, A);
}

static void who_follows_the_tower_does_well(void) {
    struct story s = story_begin();
    story_asks(&s, CLIENT, A, &LSA);
    story_maps(&s, CLIENT, A, &LSA, B, PORT);
    struct line line = story_syn(&s, CLIENT, B, PORT);
    story_accepts(&s, &line);
    story_binds(&s, &line, &LSA);
    story_accepts_bind(&s, &line, &LSA);
    story_ends_with(&s, NULL);
}

static void accepted_and_then_rejected_is_not_bound(void) {
    struct story s = story_begin();
    struct line line = story_maps_and_connects(&s, CLIENT, B, &LSA, PORT);
    story_accepts(&s, &line);
    story_binds(&s, &line, &LSA);
    story_rejects_bind(&s, &line, &LSA);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_end(&s);
    CU_ASSERT_STRING_EQUAL(story_only(&s)->rule->id, "endpoint-refused");
    CU_ASSERT_EQUAL(story_only(&s)->bound_count, 0);
    story_close(&s);
}

static void a_dead_endpoint_condemns_all_that_wait_for_it(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_served(&s, CLIENT, B, &SAM, PORT);
    story_asks(&s, CLIENT, A, &LSA);
    story_maps(&s, CLIENT, A, &LSA, NULL, PORT);
    story_asks(&s, CLIENT, A, &SAM);
    story_maps(&s, CLIENT, A, &SAM, NULL, PORT);
    struct line line = story_syn(&s, CLIENT, A, PORT);
    uint64_t rst = story_refuses(&s, &line);
    story_end(&s);
    CU_ASSERT_EQUAL_FATAL(story_findings(&s), 2);
    for (size_t i = 0; i < 2; i++) {
        CU_ASSERT_STRING_EQUAL(judge_finding(s.judge, i)->rule->id, "unbound-address");
        CU_ASSERT_EQUAL(judge_finding(s.judge, i)->flagged.frame, rst);
    }
    story_close(&s);
}

static void many_questions_at_once_all_find_their_answers(void) {
    enum { QUESTIONS = 500 };
    struct story s = story_begin();
    for (int i = 0; i < QUESTIONS; i++)
        story_asks(&s, CLIENT, A, &LSA);
    uint64_t last = s.flows;
    for (s.flows = 1; s.flows <= last; s.flows++) /* an answer is to the connection of this number */
        story_maps(&s, CLIENT, A, &LSA, NULL, PORT);
    story_end(&s);
    CU_ASSERT_PTR_NULL(judge_session(s.judge, QUESTIONS));
    for (size_t i = 0; i < QUESTIONS; i++)
        CU_ASSERT_NOT_EQUAL(judge_session(s.judge, i)->stages[STAGE_MAPPED].frame, 0);
    story_close(&s);
}

static void scan(const char *client, int mappers, int strays, bool asks, size_t findings) {
    struct story s = story_begin();
    char server[] = "10.9.0.10";
    for (int i = 0; i < mappers + strays; i++) {
        server[sizeof server - 3] = (char)('1' + i / 10);
        server[sizeof server - 2] = (char)('0' + i % 10);
        struct line line = story_syn(&s, client, server, i < mappers ? 135 : 4000);
        story_refuses(&s, &line);
    }
    if (asks)
        story_served(&s, client, B, &LSA, PORT);
    story_end(&s);
    CU_ASSERT_EQUAL(story_findings(&s), findings);
    story_close(&s);
}

static void a_scanner_is_no_client(void) {
    scan(CLIENT, 1, 0, false, 1);
    scan(CLIENT, 1, 12, false, 0);
    scan(CLIENT, 20, 0, false, 0);
    scan(CLIENT, 1, 12, true, 1);   /* who speaks RPC is a client */
    struct story s = story_begin(); /* and so is who tries again and again */
    for (int i = 0; i < 12; i++) {
        struct line line = story_syn(&s, CLIENT, i % 2 == 0 ? A : STRANGER, 135);
        story_refuses(&s, &line);
        struct line stray = story_syn(&s, CLIENT, B, 8080);
        story_refuses(&s, &stray);
    }
    story_end(&s);
    CU_ASSERT_EQUAL(story_findings(&s), 2);
    story_close(&s);
}

static void a_mapper_that_answers_the_next_time(void) {
    struct story s = story_begin();
    struct line line = story_syn(&s, CLIENT, A, 135);
    story_refuses(&s, &line);
    story_wait(&s, 1);
    story_served(&s, CLIENT, A, &LSA, PORT);
    story_end(&s);
    CU_ASSERT_STRING_EQUAL(story_only(&s)->rule->id, "mapper-unreachable");
    CU_ASSERT_EQUAL(story_only(&s)->got_through, GOT_THROUGH_RETRY);
    story_close(&s);
}

static void a_foretold_failure_that_came_outweighs_one_that_did_not(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_refused(&s, OTHER_CLIENT, A, &LSA, PORT);
    story_asks(&s, CLIENT, A, &LSA);
    story_maps(&s, CLIENT, A, &LSA, NULL, PORT); /* and never connects */
    story_wait(&s, 7200);
    uint64_t question = story_asks(&s, CLIENT, A, &LSA);
    story_maps(&s, CLIENT, A, &LSA, NULL, PORT);
    struct line line = story_syn(&s, CLIENT, A, PORT);
    story_refuses(&s, &line);
    story_end(&s);
    CU_ASSERT_EQUAL_FATAL(story_findings(&s), 2);
    const struct finding *f = judge_finding(s.judge, 1);
    CU_ASSERT_EQUAL(f->count, 2);
    CU_ASSERT_EQUAL(f->state, FINDING_FAILED);
    CU_ASSERT_EQUAL(f->flagged.frame, question - 2); /* at the SYN: it has never asked for anything else */
    CU_ASSERT_TRUE(f->lead < 1000000000);
    story_close(&s);
}

enum naming { NAMED_BY_NOBODY, NAMED_BY_TOWER, NAMED_IN_LIST, NAMED_BY_BIND, NAMINGS };

static void name_endpoint(struct story *s, enum naming naming) {
    if (naming == NAMED_BY_TOWER) {
        story_asks(s, CLIENT, A, &LSA);
        story_maps(s, CLIENT, A, &LSA, NULL, PORT);
    } else if (naming == NAMED_IN_LIST) {
        struct fact fact = {.kind = FACT_LOOKUP_ENTRY, .seen = s->now, .flow = 1000, .transport = TRANSPORT_TCP};
        address_parse(CLIENT, &fact.client.address);
        address_parse(A, &fact.server.address);
        fact.server.port = 135;
        fact.lookup.tower = (struct fact_tower){LSA, TRANSPORT_TCP, {fact.server.address, PORT}, ""};
        judge_fact(s->judge, &fact);
    } else if (naming == NAMED_BY_BIND) {
        struct line line = story_syn(s, CLIENT, A, PORT);
        story_accepts(s, &line);
        story_binds(s, &line, &LSA);
        story_accepts_bind(s, &line, &LSA);
    }
}

static void an_endpoint_is_known_whatever_named_it(void) {
    for (enum naming naming = NAMED_BY_NOBODY; naming < NAMINGS; naming++) {
        struct story s = story_begin();
        story_asks(&s, CLIENT, A, &SAM); /* and never hears */
        name_endpoint(&s, naming);
        size_t before = 0;
        while (judge_session(s.judge, before) != NULL)
            before++;
        struct line line = story_syn(&s, OTHER_CLIENT, A, PORT);
        story_accepts(&s, &line);
        story_end(&s);
        const struct session *session = judge_session(s.judge, before);
        bool connected = session != NULL && session->stages[STAGE_CONNECTED].frame != 0;
        CU_ASSERT_EQUAL(connected, naming != NAMED_BY_NOBODY);
        story_close(&s);
    }
}

int main(void) {
    CU_TestInfo tests[] = {
        {"silence that is told late", silence_that_is_told_late},
        {"a fault is no failed connect", a_fault_is_no_failed_connect},
        {"towers that come one by one", towers_that_come_one_by_one},
        {"who follows the tower does well", who_follows_the_tower_does_well},
        {"accepted and then rejected is not bound", accepted_and_then_rejected_is_not_bound},
        {"a dead endpoint condemns all that wait for it", a_dead_endpoint_condemns_all_that_wait_for_it},
        {"many questions at once all find their answers", many_questions_at_once_all_find_their_answers},
        {"a scanner is no client", a_scanner_is_no_client},
        {"a mapper that answers the next time", a_mapper_that_answers_the_next_time},
        {"a failure that came outweighs one that did not", a_foretold_failure_that_came_outweighs_one_that_did_not},
        {"an endpoint is known, whatever named it", an_endpoint_is_known_whatever_named_it},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/subtle", tests);
}
