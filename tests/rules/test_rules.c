/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each of the other rules in a story that fires it, and in twins that must not. */
#include "tests/rules/story.h"
#include "tests/unit.h"

#include <string.h>

enum { PORT = 1112 };

static void tower_names_another_address(void) {
    struct story s = story_begin();
    story_asks(&s, CLIENT, A, &LSA);
    uint64_t answer = story_maps(&s, CLIENT, A, &LSA, B, PORT);
    struct line line = story_syn(&s, CLIENT, A, PORT);
    uint64_t rst = story_refuses(&s, &line);
    story_end(&s);
    const struct finding *f = story_only(&s);
    story_check(f, "tower-elsewhere", "S4", 1722);
    CU_ASSERT_EQUAL(f->flagged.frame, answer);
    CU_ASSERT_EQUAL(f->failed.frame, rst);
    CU_ASSERT_TRUE(f->lead > 0);
    story_close(&s);
}

static void tower_names_where_it_is_served(void) {
    struct story s = story_begin();
    story_asks(&s, CLIENT, A, &LSA);
    uint64_t answer = story_maps(&s, CLIENT, A, &LSA, B, PORT);
    struct line line = story_syn(&s, CLIENT, A, PORT);
    story_refuses(&s, &line);
    story_served(&s, OTHER_CLIENT, B, &LSA, PORT);
    story_end(&s);
    story_check(story_only(&s), "unbound-address", "S1", 1722);
    CU_ASSERT_EQUAL(story_only(&s)->flagged.frame, answer);
    story_close(&s);
}

static void translated_addresses_are_no_elsewhere(void) {
    struct story s = story_begin();
    for (int i = 0; i < 2; i++) {
        story_asks(&s, CLIENT, A, &LSA);
        story_maps(&s, CLIENT, A, &LSA, "192.168.7.7", PORT);
        struct line line = story_syn(&s, CLIENT, A, PORT);
        story_accepts(&s, &line);
        story_binds(&s, &line, &LSA);
        story_accepts_bind(&s, &line, &LSA);
    }
    story_end(&s);
    /* foretold once, and not again once it had been served */
    CU_ASSERT_EQUAL(story_only(&s)->state, FINDING_AVERTED);
    CU_ASSERT_EQUAL(story_only(&s)->severity, SEVERITY_INFO);
    CU_ASSERT_EQUAL(story_only(&s)->count, 1);
    story_close(&s);
}

static void an_ipv6_client_is_told_an_ipv4_tower(void) {
    struct story s = story_begin();
    story_asks(&s, "fd00::50", "fd00::20", &LSA);
    story_maps(&s, "fd00::50", "fd00::20", &LSA, B, PORT);
    story_ends_with(&s, NULL);
}

static void not_registered_here(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_asks(&s, CLIENT, A, &LSA);
    uint64_t answer = story_does_not_know(&s, CLIENT, A, &LSA);
    story_end(&s);
    const struct finding *f = story_only(&s);
    story_check(f, "not-registered", "S2", 1753);
    story_check_bound_at(f, B ":1112");
    CU_ASSERT_EQUAL(f->flagged.frame, answer);
    story_close(&s);
}

static void not_registered_after_more_towers(void) {
    struct story s = story_begin();
    story_asks(&s, CLIENT, A, &LSA);
    story_maps(&s, CLIENT, A, &LSA, NULL, PORT);
    story_does_not_know(&s, CLIENT, A, &LSA); /* the end of the enumeration */
    story_ends_with(&s, NULL);
}

static void mapper_refuses(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    struct line line = story_syn(&s, CLIENT, A, 135);
    uint64_t rst = story_refuses(&s, &line);
    story_end(&s);
    const struct finding *f = story_only(&s);
    story_check(f, "mapper-unreachable", "S3", 1722);
    story_check_bound_at(f, B ":135");
    CU_ASSERT_EQUAL(f->flagged.frame, rst);
    CU_ASSERT_TRUE(uuid_is_nil(&f->interface.uuid));
    story_close(&s);
}

static struct finding silent(uint16_t port, int syns, double after, bool mapped, size_t *count) {
    struct story s = story_begin();
    if (mapped) {
        story_asks(&s, CLIENT, A, &LSA);
        story_maps(&s, CLIENT, A, &LSA, NULL, port);
    }
    struct line line = story_syn(&s, CLIENT, A, port);
    struct sighting last = s.now;
    for (int i = 1; i < syns; i++) {
        story_wait(&s, 1 << (i - 1));
        story_syn_again(&s, &line);
        last = s.now;
    }
    story_wait(&s, after);
    story_silent(&s, &line, last);
    story_end(&s);
    struct finding f = {0};
    *count = story_findings(&s);
    if (*count != 0)
        f = *judge_finding(s.judge, 0);
    story_close(&s);
    return f;
}

static void mapped_endpoint_is_silent(void) {
    size_t count;
    struct finding f = silent(PORT, 5, 60, true, &count);
    CU_ASSERT_EQUAL_FATAL(count, 1);
    story_check(&f, "endpoint-filtered", "S5", 1722);
    CU_ASSERT_EQUAL(f.state, FINDING_FAILED);
    CU_ASSERT_EQUAL(f.failed.frame - f.flagged.frame, 3); /* from the second SYN to the fifth */
    f = silent(PORT, 3, 1, true, &count);
    CU_ASSERT_EQUAL(count, 1);
    CU_ASSERT_EQUAL(f.state, FINDING_FAILING);
    silent(PORT, 1, 10, true, &count); /* its own stack would have repeated it */
    CU_ASSERT_EQUAL(count, 0);
    silent(PORT, 1, 1, true, &count);
    CU_ASSERT_EQUAL(count, 0);
}

static void mapper_is_silent(void) {
    size_t count;
    struct finding f = silent(135, 5, 60, false, &count);
    CU_ASSERT_EQUAL_FATAL(count, 1);
    story_check(&f, "mapper-unreachable", NULL, 1722);
    silent(135, 1, 60, false, &count);
    CU_ASSERT_EQUAL(count, 0);
}

static void a_lost_syn_is_not_a_failure(void) {
    struct story s = story_begin();
    story_asks(&s, CLIENT, A, &LSA);
    story_maps(&s, CLIENT, A, &LSA, NULL, PORT);
    struct line line = story_syn(&s, CLIENT, A, PORT);
    story_wait(&s, 1);
    story_syn_again(&s, &line);
    story_accepts(&s, &line);
    story_binds(&s, &line, &LSA);
    story_accepts_bind(&s, &line, &LSA);
    story_ends_with(&s, NULL);
}

static struct finding with_icmp(uint8_t type, uint8_t code) {
    struct story s = story_begin();
    story_asks(&s, CLIENT, A, &LSA);
    story_maps(&s, CLIENT, A, &LSA, NULL, PORT);
    struct line line = story_syn(&s, CLIENT, A, PORT);
    story_icmp(&s, &line, type, code);
    story_end(&s);
    struct finding f = *story_only(&s);
    story_close(&s);
    return f;
}

static void icmp_says_why(void) {
    struct finding f = with_icmp(3, 13);
    story_check(&f, "endpoint-filtered", "S5", 1722);
    f = with_icmp(3, 1);
    story_check(&f, "endpoint-refused", NULL, 1722);
}

static void served_before_refuses_now(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 60);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 5);
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_end(&s);
    story_check(story_only(&s), "stale-endpoint", NULL, 1722);
    story_check_bound_at(story_only(&s), B ":1112");
    story_close(&s);
}

static void bind_rejected_here_accepted_there(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    struct line line = story_syn(&s, CLIENT, A, PORT);
    story_accepts(&s, &line);
    story_binds(&s, &line, &LSA);
    uint64_t ack = story_rejects_bind(&s, &line, &LSA);
    story_end(&s);
    story_check(story_only(&s), "interface-rejected", "S6", 1717);
    CU_ASSERT_EQUAL(story_only(&s)->flagged.frame, ack);
    story_close(&s);
}

static void bind_rejected_where_nobody_has_it(void) {
    struct story s = story_begin();
    struct line line = story_syn(&s, CLIENT, A, PORT);
    story_accepts(&s, &line);
    story_binds(&s, &line, &LSA);
    story_rejects_bind(&s, &line, &LSA);
    story_ends_with(&s, NULL);
}

static void bind_nak(void) {
    struct story s = story_begin();
    struct line line = story_syn(&s, CLIENT, A, PORT);
    story_accepts(&s, &line);
    story_binds(&s, &line, &LSA);
    story_naks(&s, &line, &LSA, 4);
    story_end(&s);
    CU_ASSERT_STRING_EQUAL(story_only(&s)->rule->id, "interface-rejected");
    CU_ASSERT_EQUAL(story_only(&s)->win32, 1728);
    story_close(&s);
}

static struct line bound(struct story *s) {
    struct line line = story_syn(s, CLIENT, A, PORT);
    story_accepts(s, &line);
    story_binds(s, &line, &LSA);
    story_accepts_bind(s, &line, &LSA);
    story_calls(s, &line, &LSA);
    return line;
}

static void nothing_but_a_fault(void) {
    struct story s = story_begin();
    struct line line = bound(&s);
    story_faults(&s, &line, &LSA, 5);
    story_end(&s);
    story_check(story_only(&s), "call-fault", NULL, 5);
    CU_ASSERT_EQUAL(story_only(&s)->severity, SEVERITY_INFO);
    story_close(&s);
}

static void fault_names(uint16_t opnum, const struct syntax_id *interface, const char *words) {
    struct story s = story_begin();
    struct line line = story_syn(&s, CLIENT, A, PORT);
    story_accepts(&s, &line);
    story_binds(&s, &line, interface);
    story_accepts_bind(&s, &line, interface);
    s.opnum = opnum;
    story_calls(&s, &line, interface);
    story_faults(&s, &line, interface, 5);
    story_end(&s);
    CU_ASSERT_PTR_NOT_NULL(strstr(story_only(&s)->message, words));
    story_close(&s);
}

static void a_fault_names_the_call(void) {
    static const struct syntax_id emsmdb = {
        {{0xa4, 0xf1, 0xdb, 0, 0xca, 0x47, 0x10, 0x67, 0xb3, 0x1f, 0, 0xdd, 1, 6, 0x62, 0xda}}, 0, 81};
    fault_names(10, &emsmdb, "and the server answers EcDoConnectEx (opnum 10) with status 0x00000005 (");
    fault_names(13, &emsmdb, "and the server answers opnum 13 with status");
    fault_names(44, &LSA, "and the server answers opnum 44 with status");
    fault_names(UINT16_MAX, &emsmdb, "and the server answers with status");
}

static void a_mapper_that_fails_is_named_by_its_call(void) {
    struct story s = story_begin();
    story_asks(&s, CLIENT, A, &LSA);
    story_fails_to_map(&s, CLIENT, A, &LSA, 5);
    story_end(&s);
    story_check(story_only(&s), "call-fault", NULL, 5);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(story_only(&s)->message, "its endpoint mapper answers ept_map (opnum 3) with status 0x00000005"));
    story_close(&s);
}

static void a_fault_among_answers(void) {
    struct story s = story_begin();
    struct line line = bound(&s);
    story_answers(&s, &line, &LSA);
    story_faults(&s, &line, &LSA, 0x6ba);
    story_ends_with(&s, NULL);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"tower names another address", tower_names_another_address},
        {"tower names where it is served", tower_names_where_it_is_served},
        {"translated addresses are no elsewhere", translated_addresses_are_no_elsewhere},
        {"nothing: an IPv6 client is told an IPv4 tower", an_ipv6_client_is_told_an_ipv4_tower},
        {"not registered here", not_registered_here},
        {"nothing: the end of an enumeration", not_registered_after_more_towers},
        {"mapper refuses", mapper_refuses},
        {"mapper is silent", mapper_is_silent},
        {"mapped endpoint is silent", mapped_endpoint_is_silent},
        {"nothing: a lost SYN", a_lost_syn_is_not_a_failure},
        {"ICMP says why", icmp_says_why},
        {"served before, refuses now", served_before_refuses_now},
        {"bind rejected here, accepted there", bind_rejected_here_accepted_there},
        {"nothing: bind rejected where nobody has it", bind_rejected_where_nobody_has_it},
        {"bind_nak", bind_nak},
        {"nothing but a fault", nothing_but_a_fault},
        {"a fault names the call", a_fault_names_the_call},
        {"a mapper that fails is named by its call", a_mapper_that_fails_is_named_by_its_call},
        {"nothing: a fault among answers", a_fault_among_answers},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/rules", tests);
}
