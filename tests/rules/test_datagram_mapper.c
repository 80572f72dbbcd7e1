/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A mapper that is asked over UDP, or for endpoints of UDP. */
#include "tests/rules/udp.h"
#include "tests/unit.h"

#include <string.h>

static void a_mapper_asked_over_udp_is_the_same(void) {
    struct story s = udp_begin();
    s.over = TRANSPORT_UDP;
    story_asks(&s, CLIENT, A, &LSA);
    story_maps(&s, CLIENT, A, &LSA, NULL, P);
    struct line line = udp_call(&s, A, P);
    story_accepts(&s, &line);
    story_answers(&s, &line, &LSA);
    story_end(&s);
    CU_ASSERT_EQUAL(story_session(&s, 0)->outcome, OUTCOME_SERVED);
    CU_ASSERT_PTR_NULL(judge_session(s.judge, 1));
    story_close(&s);
}

/* An answer for TCP that names an endpoint of UDP names none that a connection goes to. */
static void a_tower_of_another_transport_is_no_endpoint(void) {
    struct story s = udp_begin();
    s.asked_for = TRANSPORT_TCP;
    story_asks(&s, CLIENT, A, &LSA);
    struct fact fact = {.kind = FACT_MAP_ANSWERED, .flow = s.flows, .transport = TRANSPORT_TCP, .seen = s.now};
    address_parse(CLIENT, &fact.client.address);
    address_parse(A, &fact.server.address);
    fact.map = (struct fact_map){.call_id = 1, .interface = LSA, .transport = TRANSPORT_TCP, .offered = 1, .count = 1};
    fact.map.towers[0] = (struct fact_tower){.interface = LSA, .transport = TRANSPORT_UDP, .endpoint = {.port = P}};
    judge_fact(s.judge, &fact);
    struct line line = story_syn(&s, CLIENT, A, P);
    story_refuses(&s, &line);
    story_ends_with(&s, NULL);
}

static void not_registered_over_udp_is_told(void) {
    struct story s = udp_begin();
    s.over = TRANSPORT_UDP;
    story_asks(&s, CLIENT, A, &LSA);
    story_does_not_know(&s, CLIENT, A, &LSA);
    story_ends_with(&s, "not-registered");

    s = udp_begin(); /* the server has it over TCP: clients go through the protocols */
    s.asked_for = TRANSPORT_TCP;
    story_served(&s, CLIENT, A, &LSA, P);
    s.over = s.asked_for = TRANSPORT_UDP;
    story_asks(&s, CLIENT, A, &LSA);
    story_does_not_know(&s, CLIENT, A, &LSA);
    story_ends_with(&s, NULL);
}

static void a_mapper_that_refuses_udp_is_told(void) {
    struct story s = udp_begin();
    s.over = TRANSPORT_UDP;
    story_asks(&s, CLIENT, A, &LSA);
    struct line line = story_line_to_mapper(&s, CLIENT, A);
    story_calls(&s, &line, &SYNTAX_EPM);
    story_icmp(&s, &line, 3, 3);
    story_end(&s);
    const struct finding *f = story_only(&s);
    story_check(f, "mapper-unreachable", NULL, 1722);
    CU_ASSERT_PTR_NOT_NULL(strstr(f->message, "10.0.1.20:135 refuses (ICMP port unreachable)"));
    CU_ASSERT_PTR_NOT_NULL(strstr(f->display_filter, "(udp.port == 135)"));
    story_close(&s);

    s = udp_begin(); /* a repetition reaches it */
    s.over = TRANSPORT_UDP;
    story_asks(&s, CLIENT, A, &LSA);
    line = story_line_to_mapper(&s, CLIENT, A);
    story_calls(&s, &line, &SYNTAX_EPM);
    story_wait(&s, 1);
    story_syn_again(&s, &line);
    story_accepts(&s, &line);
    story_maps(&s, CLIENT, A, &LSA, NULL, P);
    story_ends_with(&s, NULL);
}

static void the_second_client_is_warned(void) {
    struct story s = udp_begin();
    udp_served(&s, B);
    udp_refused(&s, A);
    story_wait(&s, 60);
    s.over = TRANSPORT_TCP;
    uint64_t asked = story_asks(&s, OTHER_CLIENT, A, &LSA);
    story_maps(&s, OTHER_CLIENT, A, &LSA, NULL, P);
    story_end(&s);
    CU_ASSERT_EQUAL(story_findings(&s), 2);
    const struct finding *f = judge_finding(s.judge, 1);
    CU_ASSERT_EQUAL(f->state, FINDING_PREDICTED);
    CU_ASSERT_EQUAL(f->flagged.frame, asked);
    story_close(&s);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"a mapper asked over UDP is the same", a_mapper_asked_over_udp_is_the_same},
        {"a tower of another transport is no endpoint", a_tower_of_another_transport_is_no_endpoint},
        {"not registered over UDP is told", not_registered_over_udp_is_told},
        {"a mapper that refuses UDP is told", a_mapper_that_refuses_udp_is_told},
        {"the second client is warned", the_second_client_is_warned},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules: mappers and datagrams", tests);
}
