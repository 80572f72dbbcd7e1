/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/rules/story.h"
#include "tests/unit.h"

#include <string.h>

enum { P = 1112, MAPPER = 135 };

/* The mapper is asked over TCP for an endpoint of UDP, as old clients do. */
static struct story begin(void) {
    struct story s = story_begin();
    s.asked_for = TRANSPORT_UDP;
    return s;
}

static struct line call_at(struct story *s, const char *server, uint16_t port) {
    s->over = TRANSPORT_UDP;
    struct line line = {++s->flows, CLIENT, server, port, 1, NULL};
    story_calls(s, &line, &LSA);
    return line;
}

static void map_at(struct story *s, const char *server) {
    s->over = TRANSPORT_TCP;
    story_asks(s, CLIENT, server, &LSA);
    story_maps(s, CLIENT, server, &LSA, NULL, P);
}

static struct line map_and_call(struct story *s, const char *server) {
    map_at(s, server);
    return call_at(s, server, P);
}

static void served_at(struct story *s, const char *server) {
    struct line line = map_and_call(s, server);
    story_accepts(s, &line);
    story_answers(s, &line, &LSA);
}

static uint64_t refused_at(struct story *s, const char *server) {
    struct line line = map_and_call(s, server);
    return story_icmp(s, &line, 3, 3);
}

static const struct session *session(const struct story *s, size_t index) {
    const struct session *session = judge_session(s->judge, index);
    CU_ASSERT_PTR_NOT_NULL_FATAL(session);
    return session;
}

static void a_served_session_has_its_stages(void) {
    struct story s = begin();
    served_at(&s, A);
    story_end(&s);
    const struct session *it = session(&s, 0);
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

static void a_mapper_asked_over_udp_is_the_same(void) {
    struct story s = begin();
    s.over = TRANSPORT_UDP;
    story_asks(&s, CLIENT, A, &LSA);
    story_maps(&s, CLIENT, A, &LSA, NULL, P);
    struct line line = call_at(&s, A, P);
    story_accepts(&s, &line);
    story_answers(&s, &line, &LSA);
    story_end(&s);
    CU_ASSERT_EQUAL(session(&s, 0)->outcome, OUTCOME_SERVED);
    CU_ASSERT_PTR_NULL(judge_session(s.judge, 1));
    story_close(&s);
}

static void refused_here_and_served_there_is_unbound(void) {
    struct story s = begin();
    served_at(&s, B);
    story_wait(&s, 5);
    uint64_t frame = refused_at(&s, A);
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
    struct story s = begin();
    refused_at(&s, B);
    story_wait(&s, 5);
    refused_at(&s, A);
    story_end(&s);
    CU_ASSERT_EQUAL(story_findings(&s), 2);
    for (size_t i = 0; i < 2; i++)
        CU_ASSERT_STRING_EQUAL(judge_finding(s.judge, i)->rule->id, "endpoint-refused");
    story_close(&s);
}

/* The port of the same number over TCP is another one: neither does it show where UDP serves, nor is it refused. */
static void tcp_ports_are_other_ports(void) {
    struct story s = begin();
    s.asked_for = TRANSPORT_TCP;
    story_served(&s, CLIENT, B, &LSA, P);
    s.asked_for = TRANSPORT_UDP;
    refused_at(&s, A);
    story_end(&s);
    story_check(story_only(&s), "endpoint-refused", NULL, 1722);
    story_close(&s);

    s = begin();
    refused_at(&s, A);
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
    struct story s = begin();
    map_at(&s, A);
    struct line line = story_syn(&s, CLIENT, A, P);
    story_refuses(&s, &line);
    story_ends_with(&s, NULL);
}

/* An answer for TCP that names an endpoint of UDP names none that a connection goes to. */
static void a_tower_of_another_transport_is_no_endpoint(void) {
    struct story s = begin();
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

static void the_two_transports_share_no_row(void) {
    struct story s = begin();
    s.asked_for = TRANSPORT_TCP;
    story_served(&s, CLIENT, A, &LSA, P);
    s.asked_for = TRANSPORT_UDP;
    refused_at(&s, A);
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
    struct story s = begin();
    served_at(&s, B);
    struct line line = map_and_call(&s, A);
    story_icmp_from(&s, &line, 3, 3, "10.0.1.1");
    story_end(&s);
    CU_ASSERT_EQUAL(session(&s, 1)->outcome, OUTCOME_UNREACHABLE);
    story_check(story_only(&s), "endpoint-refused", NULL, 1722);
    story_close(&s);
}

static void silence_is_a_finding_if_it_lasts(void) {
    struct story s = begin();
    struct line line = map_and_call(&s, A);
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
    struct story s = begin();
    struct line line = map_and_call(&s, A);
    story_silent(&s, &line, s.now);
    story_end(&s);
    CU_ASSERT_EQUAL(session(&s, 0)->outcome, OUTCOME_UNKNOWN);
    CU_ASSERT_EQUAL(story_findings(&s), 0);
    story_close(&s);
}

static void an_answer_in_the_end_is_served(void) {
    struct story s = begin();
    struct line line = map_and_call(&s, A);
    story_wait(&s, 1);
    story_syn_again(&s, &line);
    story_accepts(&s, &line);
    story_answers(&s, &line, &LSA);
    story_ends_with(&s, NULL);

    s = begin();
    line = map_and_call(&s, A);
    story_icmp(&s, &line, 3, 3); /* it was just starting */
    story_wait(&s, 1);
    story_syn_again(&s, &line);
    story_accepts(&s, &line);
    story_answers(&s, &line, &LSA);
    story_ends_with(&s, NULL);
}

static void maybe_is_no_failure(void) {
    struct story s = begin();
    map_at(&s, A);
    struct line line = {++s.flows, CLIENT, A, P, 1, NULL};
    s.over = TRANSPORT_UDP;
    s.maybe = true;
    story_calls(&s, &line, &LSA);
    story_wait(&s, 600);
    story_end(&s);
    CU_ASSERT_EQUAL(story_findings(&s), 0);
    CU_ASSERT_STRING_EQUAL(session(&s, 0)->unclear, "no answer to the call was wanted");
    story_close(&s);
}

static void rejected_at(struct story *s, const char *server) {
    struct line line = map_and_call(s, server);
    story_accepts(s, &line);
    story_faults(s, &line, &LSA, 0x1c010003);
}

static void a_call_that_another_process_rejects(void) {
    struct story s = begin();
    rejected_at(&s, A);
    story_ends_with(&s, "call-fault"); /* nothing shows who has it */

    s = begin();
    served_at(&s, B);
    rejected_at(&s, A);
    story_end(&s);
    story_check(story_only(&s), "interface-rejected", "S6", 1717);
    story_check_bound_at(story_only(&s), B ":1112");
    story_close(&s);

    s = begin();
    served_at(&s, B);
    struct line line = map_and_call(&s, A);
    story_accepts(&s, &line);
    story_faults(&s, &line, &LSA, 5);
    story_ends_with(&s, "call-fault"); /* denied, not unknown */
}

static void faults_and_rejections_are_told(void) {
    struct story s = begin();
    struct line line = map_and_call(&s, A);
    story_accepts(&s, &line);
    story_faults(&s, &line, &LSA, 5);
    story_ends_with(&s, "call-fault");

    s = begin(); /* a call that the mapper is to forward, and that nobody has registered for */
    line = call_at(&s, A, MAPPER);
    story_accepts(&s, &line);
    story_faults(&s, &line, &LSA, 0x1c010003);
    story_end(&s);
    story_check(story_only(&s), "not-registered", NULL, 1753);
    story_close(&s);

    s = begin(); /* one that it forwards */
    line = call_at(&s, A, MAPPER);
    line.port = P;
    story_accepts(&s, &line);
    story_answers(&s, &line, &LSA);
    story_end(&s);
    CU_ASSERT_EQUAL(session(&s, 0)->server.port, P);
    CU_ASSERT_EQUAL(session(&s, 0)->outcome, OUTCOME_SERVED);
    CU_ASSERT_EQUAL(story_findings(&s), 0);
    story_close(&s);
}

static void not_registered_over_udp_is_told(void) {
    struct story s = begin();
    s.over = TRANSPORT_UDP;
    story_asks(&s, CLIENT, A, &LSA);
    story_does_not_know(&s, CLIENT, A, &LSA);
    story_ends_with(&s, "not-registered");

    s = begin(); /* the server has it over TCP: clients go through the protocols */
    s.asked_for = TRANSPORT_TCP;
    story_served(&s, CLIENT, A, &LSA, P);
    s.over = s.asked_for = TRANSPORT_UDP;
    story_asks(&s, CLIENT, A, &LSA);
    story_does_not_know(&s, CLIENT, A, &LSA);
    story_ends_with(&s, NULL);
}

static void a_mapper_that_refuses_udp_is_told(void) {
    struct story s = begin();
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

    s = begin(); /* a repetition reaches it */
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

static void a_port_that_closes_is_another_session(void) {
    struct story s = begin();
    struct line line = map_and_call(&s, A);
    story_accepts(&s, &line);
    story_answers(&s, &line, &LSA);
    story_wait(&s, 60);
    story_icmp(&s, &line, 3, 3);
    story_end(&s);
    CU_ASSERT_EQUAL(session(&s, 0)->outcome, OUTCOME_SERVED);
    CU_ASSERT_EQUAL(session(&s, 1)->outcome, OUTCOME_REFUSED);
    story_check(story_only(&s), "stale-endpoint", NULL, 1722);
    story_close(&s);
}

static void the_second_client_is_warned(void) {
    struct story s = begin();
    served_at(&s, B);
    refused_at(&s, A);
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
        {"a served session has its stages", a_served_session_has_its_stages},
        {"a mapper asked over UDP is the same", a_mapper_asked_over_udp_is_the_same},
        {"refused here and served there is unbound", refused_here_and_served_there_is_unbound},
        {"refused by all is no unbound address", refused_by_all_is_no_unbound_address},
        {"TCP ports are other ports", tcp_ports_are_other_ports},
        {"a connection is no call", a_connection_is_no_call},
        {"a tower of another transport is no endpoint", a_tower_of_another_transport_is_no_endpoint},
        {"the two transports share no row", the_two_transports_share_no_row},
        {"a router speaks of the way", a_router_speaks_of_the_way},
        {"silence is a finding if it lasts", silence_is_a_finding_if_it_lasts},
        {"one call without answer cannot be told", one_call_without_answer_cannot_be_told},
        {"an answer in the end is served", an_answer_in_the_end_is_served},
        {"maybe is no failure", maybe_is_no_failure},
        {"a call that another process rejects", a_call_that_another_process_rejects},
        {"faults and rejections are told", faults_and_rejections_are_told},
        {"not registered over UDP is told", not_registered_over_udp_is_told},
        {"a mapper that refuses UDP is told", a_mapper_that_refuses_udp_is_told},
        {"a port that closes is another session", a_port_that_closes_is_another_session},
        {"the second client is warned", the_second_client_is_warned},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules: datagrams", tests);
}
