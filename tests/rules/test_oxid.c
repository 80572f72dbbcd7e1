/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Endpoints that DCOM tells, and those over HTTP. */
#include "rules/tables/oxid.h"
#include "tests/rules/story.h"
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

/* 9556dc99-828c-11cf-a37e-00aa003240c7, an interface of an object. */
static const struct syntax_id WBEM = {
    {{0x95, 0x56, 0xdc, 0x99, 0x82, 0x8c, 0x11, 0xcf, 0xa3, 0x7e, 0x00, 0xaa, 0x00, 0x32, 0x40, 0xc7}}, 0, 0};

enum { PORT = 49718 };
static const char *const BOTH[] = {"EXNODE1", A, B, NULL};
static const char *const ONLY_A[] = {"EXNODE1", A, NULL};

static void serve(struct story *s, const struct line *line, const struct syntax_id *interface) {
    story_accepts(s, line);
    story_binds(s, line, interface);
    story_accepts_bind(s, line, interface);
    story_calls(s, line, interface);
    story_answers(s, line, interface);
}

static struct line served(struct story *s, const char *client, const char *server, uint16_t port,
                          const struct syntax_id *interface) {
    struct line line = story_syn(s, client, server, port);
    serve(s, &line, interface);
    return line;
}

static void refused(struct story *s, const char *client, const char *server, uint16_t port) {
    struct line line = story_syn(s, client, server, port);
    story_refuses(s, &line);
}

static size_t sessions_of(const struct story *s) {
    size_t count = 0;
    while (judge_session(s->judge, count) != NULL)
        count++;
    return count;
}

static void mere_telling_is_no_session(void) {
    struct story s = story_begin();
    story_tells_bindings(&s, CLIENT, A, PORT, BOTH);
    story_end(&s);
    CU_ASSERT_EQUAL(sessions_of(&s), 0);
    CU_ASSERT_EQUAL(story_findings(&s), 0);
    const struct binding *row = judge_binding(s.judge, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(row);
    if (row == NULL)
        return;
    CU_ASSERT_EQUAL(row->state, BOUND_HERE);
    CU_ASSERT_EQUAL(row->endpoint.port, PORT);
    CU_ASSERT_EQUAL(row->proofs[0].kind, PROOF_OXID_BINDING);
    CU_ASSERT_PTR_NOT_NULL(judge_binding(s.judge, 1));
    CU_ASSERT_PTR_NULL(judge_binding(s.judge, 2)); /* the name stands for the address that was asked */
    story_close(&s);
}

static void what_was_told_and_refuses_is_a_failure(void) {
    struct story s = story_begin();
    uint64_t told = story_tells_bindings(&s, CLIENT, A, PORT, ONLY_A);
    refused(&s, CLIENT, A, PORT);
    story_end(&s);
    const struct finding *f = story_only(&s);
    story_check(f, "endpoint-refused", NULL, 1722);
    CU_ASSERT_EQUAL(f->severity, SEVERITY_CRITICAL);
    CU_ASSERT_TRUE(syntax_compatible(&f->interface, &SYNTAX_REM_UNKNOWN));
    CU_ASSERT_EQUAL(f->evidence[0].seen.frame, told);
    CU_ASSERT_STRING_EQUAL(f->evidence[0].what, "DCOM tells " CLIENT " of an object at " A ":49718");
    const struct session *session = judge_session(s.judge, 0);
    CU_ASSERT_EQUAL(session->stages[STAGE_MAPPED].frame, told);
    CU_ASSERT_EQUAL(session->outcome, OUTCOME_REFUSED);
    story_close(&s);
}

static void what_was_told_and_stays_silent_is_a_failure(void) {
    struct story s = story_begin();
    story_tells_bindings(&s, CLIENT, A, PORT, ONLY_A);
    struct line line = story_syn(&s, CLIENT, A, PORT);
    for (int i = 0; i < 3; i++) {
        story_wait(&s, 3 << i);
        story_syn_again(&s, &line);
    }
    story_wait(&s, 60);
    story_end(&s);
    story_check(story_only(&s), "endpoint-filtered", NULL, 1722);
    CU_ASSERT_EQUAL(story_only(&s)->cause, CAUSE_UNKNOWN); /* nothing shows that the host is alive */
    story_close(&s);
}

/* Long after it was told it may be another process's. */
static void what_was_told_long_ago_is_presumed(void) {
    for (int i = 0; i < 2; i++) {
        struct story s = story_begin();
        story_tells_bindings(&s, CLIENT, A, PORT, ONLY_A);
        story_wait(&s, i == 0 ? 290 : 310);
        refused(&s, CLIENT, A, PORT);
        story_end(&s);
        CU_ASSERT_EQUAL(strstr(story_only(&s)->message, "IRemUnknown (presumably)") != NULL, i == 1);
        story_close(&s);
    }
}

/* Whom nothing was told, or another port, does not mean an object. */
static void what_was_not_told_is_none(void) {
    struct story s = story_begin();
    story_tells_bindings(&s, CLIENT, A, PORT, ONLY_A);
    refused(&s, OTHER_CLIENT, A, PORT);
    refused(&s, CLIENT, A, PORT + 1);
    refused(&s, CLIENT, STRANGER, PORT);
    story_ends_with(&s, NULL);
}

static void served_is_served(void) {
    static const struct syntax_id *const interfaces[] = {&SYNTAX_REM_UNKNOWN, &WBEM};
    for (size_t i = 0; i < 2; i++) {
        struct story s = story_begin();
        story_tells_bindings(&s, CLIENT, A, PORT, BOTH);
        served(&s, CLIENT, A, PORT, interfaces[i]);
        story_end(&s);
        CU_ASSERT_EQUAL(story_findings(&s), 0);
        CU_ASSERT_EQUAL_FATAL(sessions_of(&s), 1);
        const struct session *session = judge_session(s.judge, 0);
        CU_ASSERT_EQUAL(session->outcome, OUTCOME_SERVED);
        CU_ASSERT_TRUE(syntax_compatible(&session->interface, interfaces[i]));
        story_close(&s);
    }
}

/* A client goes through the addresses until one serves, whichever interface it then binds. */
static void the_next_address_of_the_answer_is_a_way_through(void) {
    static const char *const two_strangers[] = {A, STRANGER, NULL};
    for (size_t i = 0; i < 2; i++) {
        struct story s = story_begin();
        story_tells_bindings(&s, CLIENT, A, PORT, two_strangers);
        refused(&s, CLIENT, A, PORT);
        served(&s, CLIENT, STRANGER, PORT, i == 0 ? &WBEM : &SYNTAX_REM_UNKNOWN);
        story_end(&s);
        const struct finding *f = story_only(&s);
        CU_ASSERT_EQUAL(f->got_through, GOT_THROUGH_OTHER_ADDRESS);
        CU_ASSERT_EQUAL(f->severity, SEVERITY_WARNING);
        story_check(f, "endpoint-refused", NULL, 1722);
        story_close(&s);
    }
    /* Much later it is another try. */
    struct story s = story_begin();
    story_tells_bindings(&s, CLIENT, A, PORT, two_strangers);
    refused(&s, CLIENT, A, PORT);
    story_wait(&s, 700);
    served(&s, CLIENT, STRANGER, PORT, &WBEM);
    story_end(&s);
    CU_ASSERT_EQUAL(story_only(&s)->got_through, GOT_NOT_THROUGH);
    story_close(&s);
    /* Told in another answer it is not the same object. */
    s = story_begin();
    static const char *const only_stranger[] = {STRANGER, NULL};
    story_tells_bindings(&s, CLIENT, A, PORT, ONLY_A);
    refused(&s, CLIENT, A, PORT);
    story_wait(&s, 20);
    story_tells_bindings(&s, CLIENT, STRANGER, PORT, only_stranger);
    served(&s, CLIENT, STRANGER, PORT, &WBEM);
    story_end(&s);
    CU_ASSERT_EQUAL(story_only(&s)->got_through, GOT_NOT_THROUGH);
    CU_ASSERT_EQUAL(story_only(&s)->severity, SEVERITY_CRITICAL);
    story_close(&s);
}

static void silent_at_one_and_served_at_the_other_is_no_critical_finding(void) {
    struct story s = story_begin();
    story_tells_bindings(&s, CLIENT, A, PORT, BOTH);
    struct line line = story_syn(&s, CLIENT, A, PORT);
    for (int i = 0; i < 2; i++) {
        story_wait(&s, 3 << i);
        story_syn_again(&s, &line);
    }
    story_wait(&s, 12);
    served(&s, CLIENT, B, PORT, &WBEM);
    story_end(&s);
    CU_ASSERT_EQUAL(story_only(&s)->severity, SEVERITY_WARNING);
    CU_ASSERT_EQUAL(story_only(&s)->got_through, GOT_THROUGH_OTHER_ADDRESS);
    story_close(&s);
}

/* A and B are one server, and it has the object at B only: the KB case for DCOM. */
static void bound_at_another_address_is_seen(void) {
    struct story s = story_begin();
    story_tells_bindings(&s, OTHER_CLIENT, B, PORT, BOTH);
    served(&s, OTHER_CLIENT, B, PORT, &SYNTAX_REM_UNKNOWN);
    story_tells_bindings(&s, CLIENT, A, PORT, BOTH);
    refused(&s, CLIENT, A, PORT);
    story_end(&s);
    story_check(story_only(&s), "unbound-address", "S1", 1722);
    story_check_bound_at(story_only(&s), B ":49718");
    story_close(&s);
}

/* IRemUnknown is every exporter's: what another process has, at another port, says nothing. */
static void another_objects_exporter_is_another_matter(void) {
    struct story s = story_begin();
    story_tells_bindings(&s, OTHER_CLIENT, B, PORT + 1, BOTH);
    served(&s, OTHER_CLIENT, B, PORT + 1, &SYNTAX_REM_UNKNOWN);
    served(&s, OTHER_CLIENT, A, PORT + 1, &SYNTAX_REM_UNKNOWN);
    story_tells_bindings(&s, CLIENT, A, PORT, BOTH);
    refused(&s, CLIENT, A, PORT);
    story_wait(&s, 20);
    story_tells_bindings(&s, CLIENT, A, PORT + 1, BOTH);
    served(&s, CLIENT, A, PORT + 1, &SYNTAX_REM_UNKNOWN);
    story_end(&s);
    const struct finding *f = story_only(&s);
    story_check(f, "endpoint-refused", NULL, 1722);
    CU_ASSERT_EQUAL(f->bound_count, 0);
    CU_ASSERT_EQUAL(f->got_through, GOT_NOT_THROUGH);
    story_close(&s);
}

/* All addresses of a machine are named, from whichever it was asked. */
static void other_addresses_than_the_one_asked_are_normal(void) {
    static const char *const only_b[] = {B, NULL};
    struct story s = story_begin();
    story_tells_bindings(&s, CLIENT, A, PORT, only_b);
    story_end(&s);
    CU_ASSERT_EQUAL(story_findings(&s), 0);
    story_close(&s);
    s = story_begin();
    story_tells_bindings(&s, CLIENT, A, PORT, only_b);
    served(&s, CLIENT, B, PORT, &WBEM);
    story_ends_with(&s, NULL);
}

/* A connect that was told before the answer, which waited behind a hole. */
static void an_answer_told_late_finds_its_connects(void) {
    for (unsigned late = 0; late < 2; late++) {
        struct story s = story_begin();
        struct sighting now = s.now;
        if (late == 0)
            story_tells_bindings(&s, CLIENT, A, PORT, BOTH);
        story_wait(&s, 1);
        refused(&s, CLIENT, B, PORT);
        struct sighting after = s.now;
        s.now = now;
        if (late == 1)
            story_tells_bindings(&s, CLIENT, A, PORT, BOTH);
        s.now = after;
        story_wait(&s, 5);
        story_ends_with(&s, "endpoint-refused");
    }
}

static void a_second_try_is_judged_as_the_first(void) {
    struct story s = story_begin();
    story_tells_bindings(&s, CLIENT, A, PORT, BOTH);
    for (int i = 0; i < 3; i++) {
        refused(&s, CLIENT, A, PORT);
        served(&s, CLIENT, B, PORT, &WBEM);
        story_wait(&s, 60);
    }
    story_end(&s);
    CU_ASSERT_EQUAL(story_only(&s)->severity, SEVERITY_WARNING);
    CU_ASSERT_EQUAL(story_only(&s)->count, 3);
    CU_ASSERT_EQUAL(story_only(&s)->got_through, GOT_THROUGH_OTHER_ADDRESS);
    story_close(&s);
}

/* Time per fact does not grow with the number of facts. */
static void many_tries_are_bounded(void) {
    struct story s = story_begin();
    story_tells_bindings(&s, CLIENT, A, PORT, BOTH);
    for (int i = 0; i < 20000; i++) {
        refused(&s, CLIENT, A, PORT);
        story_wait(&s, 11);
    }
    story_end(&s);
    CU_ASSERT_EQUAL(story_only(&s)->count, 20000);
    story_close(&s);
}

static void the_oldest_that_was_told_gives_way(void) {
    struct tally tally = {0};
    struct oxids *oxids = oxids_open(&tally);
    struct fact fact = {.kind = FACT_BINDINGS_TOLD, .bindings.count = 1};
    address_parse(CLIENT, &fact.client.address);
    address_parse(A, &fact.server.address);
    fact.bindings.bindings[0] = (struct fact_binding){.transport = TRANSPORT_TCP, .endpoint = fact.server};
    for (uint32_t i = 0; i < 16385; i++) {
        fact.bindings.bindings[0].endpoint.port = (uint16_t)(i + 1);
        oxids_learn(oxids, &fact);
    }
    struct endpoint first = fact.server, second = fact.server;
    first.port = 1;
    second.port = 2;
    CU_ASSERT_PTR_NULL(oxids_find(oxids, &fact.client.address, &first));
    CU_ASSERT_PTR_NOT_NULL(oxids_find(oxids, &fact.client.address, &second));
    CU_ASSERT_EQUAL(tally.limits[LIMIT_EVIDENCE], 1);
    CU_ASSERT_PTR_NULL(oxids_newest(oxids, 1));
    CU_ASSERT_PTR_NOT_NULL(oxids_newest(oxids, 16385));
    oxids_close(oxids);
}

/* --- ncacn_http -------------------------------------------------------------------------------------------------- */

static struct story over_http(void) {
    struct story s = story_begin();
    s.over = s.asked_for = TRANSPORT_HTTP;
    return s;
}

static void an_endpoint_over_http_is_tried_by_tcp(void) {
    struct story s = over_http();
    story_refused(&s, CLIENT, A, &LSA, 6001);
    story_end(&s);
    story_check(story_only(&s), "endpoint-refused", NULL, 1722);
    CU_ASSERT_EQUAL(judge_session(s.judge, 0)->transport, TRANSPORT_HTTP);
    story_close(&s);
    s = over_http();
    story_served(&s, CLIENT, A, &LSA, 6001);
    story_end(&s);
    CU_ASSERT_EQUAL(story_findings(&s), 0);
    CU_ASSERT_EQUAL(sessions_of(&s), 1);
    CU_ASSERT_EQUAL(judge_session(s.judge, 0)->outcome, OUTCOME_SERVED);
    story_close(&s);
    s = over_http();
    story_served(&s, OTHER_CLIENT, B, &LSA, 6001);
    story_refused(&s, CLIENT, A, &LSA, 6001);
    story_ends_with(&s, "unbound-address");
}

/* Two ways to one interface: that one serves says nothing of where the other one is. */
static void http_and_tcp_are_two_ways(void) {
    struct story s = story_begin();
    story_refused(&s, CLIENT, A, &LSA, 1112);
    s.over = s.asked_for = TRANSPORT_HTTP;
    story_served(&s, OTHER_CLIENT, B, &LSA, 6001);
    story_served(&s, OTHER_CLIENT, A, &LSA, 6001);
    story_end(&s);
    const struct finding *f = story_only(&s);
    story_check(f, "endpoint-refused", NULL, 1722);
    CU_ASSERT_EQUAL(f->bound_count, 0);
    story_close(&s);
}

int main(void) {
    static CU_TestInfo tests[] = {
        {"mere telling is no session", mere_telling_is_no_session},
        {"what was told and refuses is a failure", what_was_told_and_refuses_is_a_failure},
        {"what was told and stays silent is a failure", what_was_told_and_stays_silent_is_a_failure},
        {"what was told long ago is presumed", what_was_told_long_ago_is_presumed},
        {"what was not told is none", what_was_not_told_is_none},
        {"served is served", served_is_served},
        {"the next address of the answer is a way through", the_next_address_of_the_answer_is_a_way_through},
        {"silent at one, served at the other: not critical",
         silent_at_one_and_served_at_the_other_is_no_critical_finding},
        {"bound at another address is seen", bound_at_another_address_is_seen},
        {"another object's exporter is another matter", another_objects_exporter_is_another_matter},
        {"other addresses than the one asked are normal", other_addresses_than_the_one_asked_are_normal},
        {"an answer told late finds its connects", an_answer_told_late_finds_its_connects},
        {"a second try is judged as the first", a_second_try_is_judged_as_the_first},
        {"many tries are bounded", many_tries_are_bounded},
        {"the oldest that was told gives way", the_oldest_that_was_told_gives_way},
        {"an endpoint over HTTP is tried by TCP", an_endpoint_over_http_is_tried_by_tcp},
        {"HTTP and TCP are two ways", http_and_tcp_are_two_ways},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules oxid", tests);
}
