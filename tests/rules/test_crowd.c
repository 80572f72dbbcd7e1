/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Other processes, other clients, other times: what must not be taken for this session's own. */
#include "tests/rules/story.h"
#include "tests/unit.h"

#include <string.h>

enum { PORT = 1112 };

static void it_was_down_already(void) { /* N1 */
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_wait(&s, 100);
    story_refused(&s, OTHER_CLIENT, B, &LSA, PORT);
    story_wait(&s, 200);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_end(&s);
    CU_ASSERT_EQUAL_FATAL(story_findings(&s), 2);
    for (size_t i = 0; i < 2; i++)
        CU_ASSERT_STRING_NOT_EQUAL(judge_finding(s.judge, i)->rule->id, "unbound-address");
    story_close(&s);
}

static void one_mapper_gives_one_port(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, 49683); /* all that links A to B is a link-layer address */
    story_ends_with(&s, "endpoint-refused");
}

static void two_ports_of_one_answer(void) {
    struct story s = story_begin();
    for (int i = 0; i < 2; i++) {
        story_asks(&s, CLIENT, A, &LSA);
        story_maps(&s, CLIENT, A, &LSA, NULL, PORT);
        story_maps(&s, CLIENT, A, &LSA, NULL, PORT + 1);
        struct line line = story_syn(&s, CLIENT, A, PORT);
        story_refuses(&s, &line);
        story_wait(&s, 60);
    }
    story_ends_with(&s, "endpoint-refused");
}

static void a_later_success_does_not_undo_a_failure(void) {
    struct story s = story_begin();
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 60);
    struct line line = story_syn(&s, CLIENT, A, PORT);
    story_accepts(&s, &line);
    story_binds(&s, &line, &LSA);
    story_accepts_bind(&s, &line, &LSA);
    story_end(&s);
    CU_ASSERT_EQUAL(story_only(&s)->state, FINDING_FAILED);
    CU_ASSERT_EQUAL(story_only(&s)->got_through, GOT_THROUGH_RETRY);
    story_close(&s);
}

/* Three SYNs and an early end: whether the client has given up is seen by what else it does. */
static enum finding_state silence_and(bool closes_mapper, bool asks_again) {
    struct story s = story_begin();
    story_asks(&s, CLIENT, A, &LSA);
    struct line mapper = {s.flows, CLIENT, A, 135, 1, NULL};
    story_maps(&s, CLIENT, A, &LSA, NULL, PORT);
    struct line line = story_syn(&s, CLIENT, A, PORT);
    for (int i = 1; i < 3; i++) {
        story_wait(&s, i);
        story_syn_again(&s, &line);
    }
    struct sighting last = s.now;
    story_wait(&s, 0.1);
    if (closes_mapper)
        story_closes(&s, &mapper);
    if (asks_again)
        story_asks(&s, CLIENT, A, &SAM);
    story_silent(&s, &line, last);
    story_end(&s);
    enum finding_state state = story_only(&s)->state;
    story_close(&s);
    return state;
}

static void who_does_something_else_has_given_up(void) {
    CU_ASSERT_EQUAL(silence_and(false, false), FINDING_FAILING);
    CU_ASSERT_EQUAL(silence_and(true, false), FINDING_FAILED);
    CU_ASSERT_EQUAL(silence_and(false, true), FINDING_FAILED);
}

/* A client that knows the port already, and meets silence there. */
static void silence_is_a_filter_only_where_the_host_is_alive(void) {
    for (int alive = 0; alive < 2; alive++) {
        struct story s = story_begin();
        story_asks(&s, OTHER_CLIENT, A, &LSA);
        story_maps(&s, OTHER_CLIENT, A, &LSA, NULL, PORT);
        if (!alive) {
            story_wait(&s, 3600);
            struct line mapper = story_syn(&s, OTHER_CLIENT, A, 135);
            story_refuses(&s, &mapper);
        }
        struct line line = story_syn(&s, CLIENT, A, PORT);
        story_wait(&s, 1);
        story_syn_again(&s, &line);
        struct sighting last = s.now;
        story_wait(&s, 60);
        story_silent(&s, &line, last);
        story_end(&s);
        for (size_t i = 0; i < story_findings(&s); i++) {
            const struct finding *f = judge_finding(s.judge, i);
            if (strcmp(f->rule->id, "endpoint-filtered") == 0)
                CU_ASSERT_EQUAL(f->cause, alive ? CAUSE_FILTERED : CAUSE_UNKNOWN);
        }
        CU_ASSERT_EQUAL(story_findings(&s), alive ? 1 : 2);
        story_close(&s);
    }
}

static void another_protocol_is_not_registered(void) {
    struct story s = story_begin();
    s.asked_for = TRANSPORT_HTTP;
    story_asks(&s, CLIENT, A, &LSA);
    story_does_not_know(&s, CLIENT, A, &LSA);
    s.asked_for = TRANSPORT_TCP;
    story_served(&s, CLIENT, A, &LSA, PORT);
    story_ends_with(&s, NULL);
    s = story_begin();
    s.asked_for = TRANSPORT_HTTP;
    story_asks(&s, CLIENT, A, &LSA);
    story_does_not_know(&s, CLIENT, A, &LSA);
    story_ends_with(&s, "not-registered");
}

static void who_asks_for_everything_misses_nothing(void) {
    struct story s = story_begin();
    story_served(&s, OTHER_CLIENT, B, &LSA, PORT);
    for (uint8_t i = 0; i < 12; i++) {
        struct syntax_id interface = {{{0xee, i}}, 1, 0};
        story_asks(&s, CLIENT, A, &interface);
        story_does_not_know(&s, CLIENT, A, &interface);
    }
    story_asks(&s, CLIENT, A, &LSA);
    story_does_not_know(&s, CLIENT, A, &LSA);
    story_end(&s);
    CU_ASSERT_STRING_EQUAL(story_only(&s)->rule->id, "not-registered"); /* the one that B has */
    CU_ASSERT_TRUE(syntax_compatible(&story_only(&s)->interface, &LSA));
    story_close(&s);
}

static void another_process_at_the_good_address_is_no_walk(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 20);
    struct line line = story_syn(&s, CLIENT, B, PORT);
    story_accepts(&s, &line);
    story_binds(&s, &line, &LSA);
    story_accepts_bind(&s, &line, &LSA);
    story_ends_with(&s, "unbound-address");
}

static void the_endpoint_itself_refuses_for_another_interface(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_refused(&s, OTHER_CLIENT, B, &SAM, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_end(&s);
    for (size_t i = 0; i < story_findings(&s); i++)
        CU_ASSERT_STRING_NOT_EQUAL(judge_finding(s.judge, i)->rule->id, "unbound-address");
    story_close(&s);
}

static void who_only_waited_is_not_condemned_for_long(void) {
    struct story s = story_begin();
    story_asks(&s, CLIENT, A, &LSA);
    story_maps(&s, CLIENT, A, &LSA, NULL, PORT); /* and never connects */
    story_wait(&s, 5);
    story_asks(&s, CLIENT, A, &SAM);
    story_maps(&s, CLIENT, A, &SAM, NULL, PORT);
    struct line line = story_syn(&s, CLIENT, A, PORT);
    story_refuses(&s, &line);
    story_wait(&s, 0.5);
    struct line again = story_syn(&s, CLIENT, A, PORT);
    story_accepts(&s, &again);
    story_binds(&s, &again, &SAM);
    story_accepts_bind(&s, &again, &SAM);
    story_ends_with(&s, NULL);
}

static void the_first_syn_is_not_in_the_capture(void) {
    struct story s = story_begin();
    struct line line = {1000, CLIENT, A, PORT, 1, NULL};
    story_asks(&s, CLIENT, A, &LSA);
    story_maps(&s, CLIENT, A, &LSA, NULL, PORT);
    for (int i = 1; i < 5; i++) {
        story_wait(&s, i);
        story_syn_again(&s, &line);
    }
    struct sighting last = s.now;
    story_wait(&s, 60);
    story_silent(&s, &line, last);
    story_ends_with(&s, "endpoint-filtered");
}

static void the_end_of_a_list_that_is_used_meanwhile(void) {
    struct story s = story_begin();
    story_asks(&s, CLIENT, A, &LSA);
    story_maps(&s, CLIENT, A, &LSA, NULL, PORT);
    uint64_t mapper = s.flows;
    struct line line = story_syn(&s, CLIENT, A, PORT);
    story_accepts(&s, &line);
    s.flows = mapper;
    story_does_not_know(&s, CLIENT, A, &LSA);
    story_ends_with(&s, NULL);
}

static void who_was_condemned_and_then_served_was_served(void) {
    struct story s = story_begin();
    story_asks(&s, CLIENT, A, &SAM);
    story_maps(&s, CLIENT, A, &SAM, NULL, PORT);
    struct line line = story_maps_and_connects(&s, CLIENT, A, &LSA, PORT);
    story_refuses(&s, &line);
    struct line again = story_syn(&s, CLIENT, A, PORT);
    story_accepts(&s, &again);
    story_binds(&s, &again, &SAM); /* one connection for both */
    story_accepts_bind(&s, &again, &SAM);
    story_binds(&s, &line, &SAM); /* and SAM over the one that condemned it, as facts out of order have it */
    story_accepts_bind(&s, &line, &SAM);
    story_end(&s);
    size_t served = 0;
    const struct session *session;
    for (size_t i = 0; (session = judge_session(s.judge, i)) != NULL; i++)
        served += session->outcome == OUTCOME_SERVED;
    CU_ASSERT_EQUAL(served, 2);
    story_close(&s);
}

static void it_refuses_later_but_served_in_between(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 11);
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_wait(&s, 11);
    story_refused(&s, CLIENT, B, &LSA, PORT);
    story_end(&s);
    CU_ASSERT_EQUAL_FATAL(story_findings(&s), 2);
    CU_ASSERT_STRING_EQUAL(judge_finding(s.judge, 0)->rule->id, "unbound-address");
    CU_ASSERT_STRING_EQUAL(judge_finding(s.judge, 1)->rule->id, "stale-endpoint");
    story_close(&s);
}

static void a_retry_is_not_another_sessions_connect(void) {
    struct story s = story_begin();
    story_asks(&s, CLIENT, A, &SAM);
    story_maps(&s, CLIENT, A, &SAM, NULL, PORT); /* and never connects */
    story_wait(&s, 250);
    story_asks(&s, CLIENT, A, &LSA);
    story_maps(&s, CLIENT, A, &LSA, NULL, PORT);
    struct line line = story_syn(&s, CLIENT, A, PORT);
    story_refuses(&s, &line);
    struct line again = story_syn(&s, CLIENT, A, PORT);
    story_accepts(&s, &again);
    story_binds(&s, &again, &LSA);
    story_accepts_bind(&s, &again, &LSA);
    story_ends_with(&s, NULL);
}

static void another_service_refuses_while_the_mapper_is_asked(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_asks(&s, CLIENT, A, &LSA);
    uint64_t mapper = s.flows;
    struct line web = story_syn(&s, CLIENT, A, 443);
    story_refuses(&s, &web);
    uint64_t last = s.flows;
    s.flows = mapper;
    story_maps(&s, CLIENT, A, &LSA, NULL, PORT);
    s.flows = last;
    struct line line = story_syn(&s, CLIENT, A, PORT);
    story_accepts(&s, &line);
    story_binds(&s, &line, &LSA);
    story_accepts_bind(&s, &line, &LSA);
    story_ends_with(&s, NULL);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"it was down already", it_was_down_already},
        {"one mapper gives one port", one_mapper_gives_one_port},
        {"two ports of one answer", two_ports_of_one_answer},
        {"a later success does not undo a failure", a_later_success_does_not_undo_a_failure},
        {"who does something else has given up", who_does_something_else_has_given_up},
        {"silence is a filter only where the host is alive", silence_is_a_filter_only_where_the_host_is_alive},
        {"another protocol is not registered", another_protocol_is_not_registered},
        {"who asks for everything misses nothing", who_asks_for_everything_misses_nothing},
        {"another process at the good address is no walk", another_process_at_the_good_address_is_no_walk},
        {"the endpoint itself refuses for another interface", the_endpoint_itself_refuses_for_another_interface},
        {"who only waited is not condemned for long", who_only_waited_is_not_condemned_for_long},
        {"the first SYN is not in the capture", the_first_syn_is_not_in_the_capture},
        {"the end of a list that is used meanwhile", the_end_of_a_list_that_is_used_meanwhile},
        {"who was condemned and then served was served", who_was_condemned_and_then_served_was_served},
        {"it refuses later, but served in between", it_refuses_later_but_served_in_between},
        {"a retry is not another session's connect", a_retry_is_not_another_sessions_connect},
        {"another service refuses while the mapper is asked", another_service_refuses_while_the_mapper_is_asked},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/crowd", tests);
}
