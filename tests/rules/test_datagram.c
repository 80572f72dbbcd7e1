/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls over UDP. */
#include "tests/rules/udp.h"
#include "tests/unit.h"

#include <string.h>

static void a_served_session_has_its_stages(void) {
    struct story s = udp_begin();
    udp_served(&s, A);
    story_end(&s);
    const struct session *it = story_session(&s, 0);
    CU_ASSERT_EQUAL(it->transport, TRANSPORT_UDP);
    CU_ASSERT_EQUAL(it->outcome, OUTCOME_SERVED);
    CU_ASSERT_EQUAL(it->server.port, P);
    static const enum stage reached[] = {STAGE_ASKED, STAGE_MAPPED, STAGE_CALLED, STAGE_ANSWERED};
    for (size_t i = 0; i < 4; i++)
        CU_ASSERT_NOT_EQUAL(it->stages[reached[i]].frame, 0);
    CU_ASSERT_PTR_NULL(judge_session(s.judge, 1));
    CU_ASSERT_EQUAL(story_findings(&s), 0);
    story_close(&s);
}

static void refused_here_and_served_there_is_unbound(void) {
    struct story s = udp_begin();
    udp_served(&s, B);
    story_wait(&s, 5);
    uint64_t frame = udp_refused(&s, A);
    story_end(&s);
    const struct finding *f = story_only(&s);
    story_check(f, "unbound-address", "S1", 1722);
    story_check_bound_at(f, "10.0.0.20:1112");
    CU_ASSERT_EQUAL(f->flagged.frame, frame);
    CU_ASSERT_PTR_NOT_NULL(strstr(f->message, "refuses (ICMP port unreachable)"));
    CU_ASSERT_PTR_NULL(strstr(f->message, "RST"));
    CU_ASSERT_PTR_NOT_NULL(strstr(f->display_filter, "(tcp.port == 135 || udp.port == 1112)"));
    story_close(&s);
}

static void refused_by_all_is_no_unbound_address(void) {
    struct story s = udp_begin();
    udp_refused(&s, B);
    story_wait(&s, 5);
    udp_refused(&s, A);
    story_end(&s);
    CU_ASSERT_EQUAL(story_findings(&s), 2);
    for (size_t i = 0; i < 2; i++)
        CU_ASSERT_STRING_EQUAL(judge_finding(s.judge, i)->rule->id, "endpoint-refused");
    story_close(&s);
}

/* The port of the same number over TCP is another one: neither does it show where UDP serves, nor is it refused. */
static void tcp_ports_are_other_ports(void) {
    struct story s = udp_begin();
    s.asked_for = TRANSPORT_TCP;
    story_served(&s, CLIENT, B, &LSA, P);
    s.asked_for = TRANSPORT_UDP;
    udp_refused(&s, A);
    story_end(&s);
    story_check(story_only(&s), "endpoint-refused", NULL, 1722);
    story_close(&s);

    s = udp_begin();
    udp_refused(&s, A);
    s.over = s.asked_for = TRANSPORT_TCP;
    story_wait(&s, 60);
    story_served(&s, OTHER_CLIENT, A, &LSA, P);
    story_end(&s);
    CU_ASSERT_EQUAL(story_findings(&s), 1); /* nothing was foretold of TCP */
    story_check(story_only(&s), "endpoint-refused", NULL, 1722);
    story_close(&s);
}

/* A session that waits for its call is not what a TCP connection to the same port is about. */
static void a_connection_is_no_call(void) {
    struct story s = udp_begin();
    udp_map(&s, A);
    struct line line = story_syn(&s, CLIENT, A, P);
    story_refuses(&s, &line);
    story_ends_with(&s, NULL);
}

static void the_two_transports_share_no_row(void) {
    struct story s = udp_begin();
    s.asked_for = TRANSPORT_TCP;
    story_served(&s, CLIENT, A, &LSA, P);
    s.asked_for = TRANSPORT_UDP;
    udp_refused(&s, A);
    story_end(&s);
    size_t tcp = 0, udp = 0;
    const struct binding *binding;
    for (size_t i = 0; (binding = judge_binding(s.judge, i)) != NULL; i++) {
        bool lsa = uuid_equal(&binding->interface.uuid, &LSA.uuid);
        if (lsa && binding->transport == TRANSPORT_UDP) {
            udp++;
            CU_ASSERT_EQUAL(binding->state, BOUND_NOT_HERE);
        } else if (lsa) {
            tcp++;
            CU_ASSERT_EQUAL(binding->state, BOUND_HERE);
        }
    }
    CU_ASSERT(tcp == 1 && udp == 1);
    story_close(&s);
}

static void a_router_speaks_of_the_way(void) {
    struct story s = udp_begin();
    udp_served(&s, B);
    struct line line = udp_map_and_call(&s, A);
    story_icmp_from(&s, &line, 3, 3, "10.0.1.1");
    story_end(&s);
    CU_ASSERT_EQUAL(story_session(&s, 1)->outcome, OUTCOME_UNREACHABLE);
    story_check(story_only(&s), "endpoint-refused", NULL, 1722);
    story_close(&s);
}

static void silence_is_a_finding_if_it_lasts(void) {
    struct story s = udp_begin();
    struct line line = udp_map_and_call(&s, A);
    for (int i = 0; i < 4; i++) {
        story_wait(&s, 1 << i);
        story_syn_again(&s, &line);
    }
    struct sighting last = s.now;
    story_wait(&s, 60);
    story_silent(&s, &line, last);
    story_end(&s);
    const struct finding *f = story_only(&s);
    story_check(f, "endpoint-filtered", "S5", 1722);
    CU_ASSERT_EQUAL(f->state, FINDING_FAILED);
    CU_ASSERT_PTR_NOT_NULL(strstr(f->message, "does not answer (5 datagrams)"));
    CU_ASSERT(f->failed.frame == last.frame && f->flagged.frame != last.frame);
    story_close(&s);
}

static void one_call_without_answer_cannot_be_told(void) {
    struct story s = udp_begin();
    struct line line = udp_map_and_call(&s, A);
    story_silent(&s, &line, s.now);
    story_end(&s);
    CU_ASSERT_EQUAL(story_session(&s, 0)->outcome, OUTCOME_UNKNOWN);
    CU_ASSERT_EQUAL(story_findings(&s), 0);
    story_close(&s);
}

static void an_answer_in_the_end_is_served(void) {
    struct story s = udp_begin();
    struct line line = udp_map_and_call(&s, A);
    story_wait(&s, 1);
    story_syn_again(&s, &line);
    story_accepts(&s, &line);
    story_answers(&s, &line, &LSA);
    story_ends_with(&s, NULL);

    s = udp_begin();
    line = udp_map_and_call(&s, A);
    story_icmp(&s, &line, 3, 3); /* it was just starting */
    story_wait(&s, 1);
    story_syn_again(&s, &line);
    story_accepts(&s, &line);
    story_answers(&s, &line, &LSA);
    story_ends_with(&s, NULL);
}

static void maybe_is_no_failure(void) {
    struct story s = udp_begin();
    udp_map(&s, A);
    struct line line = {++s.flows, CLIENT, A, P, 1, NULL};
    s.over = TRANSPORT_UDP;
    s.maybe = true;
    story_calls(&s, &line, &LSA);
    story_wait(&s, 600);
    story_end(&s);
    CU_ASSERT_EQUAL(story_findings(&s), 0);
    CU_ASSERT_STRING_EQUAL(story_session(&s, 0)->unclear, "no answer to the call was wanted");
    story_close(&s);
}

static void rejected_at(struct story *s, const char *server) {
    struct line line = udp_map_and_call(s, server);
    story_accepts(s, &line);
    story_faults(s, &line, &LSA, 0x1c010003);
}

static void a_call_that_another_process_rejects(void) {
    struct story s = udp_begin();
    rejected_at(&s, A);
    story_ends_with(&s, "call-fault"); /* nothing shows who has it */

    s = udp_begin();
    udp_served(&s, B);
    rejected_at(&s, A);
    story_end(&s);
    story_check(story_only(&s), "interface-rejected", "S6", 1717);
    story_check_bound_at(story_only(&s), B ":1112");
    story_close(&s);

    s = udp_begin();
    udp_served(&s, B);
    struct line line = udp_map_and_call(&s, A);
    story_accepts(&s, &line);
    story_faults(&s, &line, &LSA, 5);
    story_ends_with(&s, "call-fault"); /* denied, not unknown */
}

static void faults_and_rejections_are_told(void) {
    struct story s = udp_begin();
    struct line line = udp_map_and_call(&s, A);
    story_accepts(&s, &line);
    story_faults(&s, &line, &LSA, 5);
    story_ends_with(&s, "call-fault");

    s = udp_begin(); /* a call that the mapper is to forward, and that nobody has registered for */
    line = udp_call(&s, A, MAPPER);
    story_accepts(&s, &line);
    story_faults(&s, &line, &LSA, 0x1c010003);
    story_end(&s);
    story_check(story_only(&s), "not-registered", NULL, 1753);
    story_close(&s);

    s = udp_begin(); /* one that it forwards */
    line = udp_call(&s, A, MAPPER);
    line.port = P;
    story_accepts(&s, &line);
    story_answers(&s, &line, &LSA);
    story_end(&s);
    CU_ASSERT_EQUAL(story_session(&s, 0)->server.port, P);
    CU_ASSERT_EQUAL(story_session(&s, 0)->outcome, OUTCOME_SERVED);
    CU_ASSERT_EQUAL(story_findings(&s), 0);
    story_close(&s);
}

static void a_port_that_closes_is_another_session(void) {
    struct story s = udp_begin();
    struct line line = udp_map_and_call(&s, A);
    story_accepts(&s, &line);
    story_answers(&s, &line, &LSA);
    story_wait(&s, 60);
    story_icmp(&s, &line, 3, 3);
    story_end(&s);
    CU_ASSERT_EQUAL(story_session(&s, 0)->outcome, OUTCOME_SERVED);
    CU_ASSERT_EQUAL(story_session(&s, 1)->outcome, OUTCOME_REFUSED);
    story_check(story_only(&s), "stale-endpoint", NULL, 1722);
    story_close(&s);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"a served session has its stages", a_served_session_has_its_stages},
        {"refused here and served there is unbound", refused_here_and_served_there_is_unbound},
        {"refused by all is no unbound address", refused_by_all_is_no_unbound_address},
        {"TCP ports are other ports", tcp_ports_are_other_ports},
        {"a connection is no call", a_connection_is_no_call},
        {"the two transports share no row", the_two_transports_share_no_row},
        {"a router speaks of the way", a_router_speaks_of_the_way},
        {"silence is a finding if it lasts", silence_is_a_finding_if_it_lasts},
        {"one call without answer cannot be told", one_call_without_answer_cannot_be_told},
        {"an answer in the end is served", an_answer_in_the_end_is_served},
        {"maybe is no failure", maybe_is_no_failure},
        {"a call that another process rejects", a_call_that_another_process_rejects},
        {"faults and rejections are told", faults_and_rejections_are_told},
        {"a port that closes is another session", a_port_that_closes_is_another_session},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules: datagrams", tests);
}
