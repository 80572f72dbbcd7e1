/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each rule in a story that fires it, and in twins that must not. */
#include "tests/rules/story.h"
#include "tests/unit.h"

#include <string.h>

enum { PORT = 1112 };

static const struct finding *only(const struct story *story) {
    CU_ASSERT_EQUAL_FATAL(story_findings(story), 1);
    return judge_finding(story->judge, 0);
}

static void check_rule(const struct finding *f, const char *rule, const char *signature, uint32_t win32) {
    CU_ASSERT_STRING_EQUAL(f->rule->id, rule);
    CU_ASSERT_EQUAL(f->win32, win32);
    CU_ASSERT_EQUAL(f->signature == NULL, signature == NULL);
    if (signature != NULL && f->signature != NULL)
        CU_ASSERT_STRING_EQUAL(f->signature, signature);
}

static void check_bound_at(const struct finding *f, const char *text) {
    char endpoint[ENDPOINT_TEXT_SIZE];
    CU_ASSERT_EQUAL_FATAL(f->bound_count, 1);
    CU_ASSERT_STRING_EQUAL(endpoint_text(&f->bound_at[0], endpoint), text);
}

static void none(struct story *story) {
    story_end(story);
    CU_ASSERT_EQUAL(story_findings(story), 0);
    story_close(story);
}

/* --- unbound-address --- */

static void refused_here_served_there(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    uint64_t rst = story_refused(&s, CLIENT, A, &LSA, PORT);
    story_end(&s);
    const struct finding *f = only(&s);
    check_rule(f, "unbound-address", "S1", 1722);
    check_bound_at(f, B ":1112");
    CU_ASSERT_EQUAL(f->flagged.frame, rst);
    CU_ASSERT_EQUAL(f->failed.frame, rst);
    CU_ASSERT_EQUAL(f->state, FINDING_FAILED);
    CU_ASSERT_EQUAL(f->severity, SEVERITY_CRITICAL);
    story_close(&s);
}

static void refused_before_it_was_ever_served(void) {
    struct story s = story_begin();
    uint64_t rst = story_refused(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 20);
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_end(&s);
    const struct finding *f = only(&s);
    check_rule(f, "unbound-address", "S1", 1722);
    CU_ASSERT_EQUAL(f->flagged.frame, rst);
    CU_ASSERT_EQUAL(f->got_through, GOT_THROUGH_OTHER_ADDRESS);
    story_close(&s);
}

static void windows_tries_three_times(void) {
    struct story s = story_begin();
    s.client_ttl = 128;
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_asks(&s, CLIENT, A, &LSA);
    story_maps(&s, CLIENT, A, &LSA, NULL, PORT);
    struct line line = story_syn(&s, CLIENT, A, PORT);
    uint64_t first = story_refuses(&s, &line);
    uint64_t last = 0;
    for (int i = 0; i < 2; i++) {
        story_wait(&s, 0.5);
        story_syn_again(&s, &line);
        last = story_refuses(&s, &line);
    }
    story_end(&s);
    const struct finding *f = only(&s);
    CU_ASSERT_EQUAL(f->flagged.frame, first);
    CU_ASSERT_EQUAL(f->failed.frame, last);
    CU_ASSERT_EQUAL(f->state, FINDING_FAILED);
    CU_ASSERT_TRUE(f->lead > 1000000000 && f->lead < 1100000000);
    story_close(&s);
}

static void windows_may_try_again(void) {
    struct story s = story_begin();
    s.client_ttl = 128;
    story_served(&s, CLIENT, B, &LSA, PORT);
    uint64_t rst = story_refused(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 0.1);
    story_end(&s);
    CU_ASSERT_EQUAL(only(&s)->state, FINDING_FAILING);
    CU_ASSERT_EQUAL(only(&s)->failed.frame, rst);
    story_close(&s);
}

static void both_refuse(void) { /* N1 */
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_wait(&s, 100);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_refused(&s, CLIENT, B, &LSA, PORT);
    story_end(&s);
    CU_ASSERT_EQUAL_FATAL(story_findings(&s), 2);
    for (size_t i = 0; i < 2; i++) {
        const struct finding *f = judge_finding(s.judge, i);
        CU_ASSERT_STRING_NOT_EQUAL(f->rule->id, "unbound-address");
        CU_ASSERT_EQUAL(f->bound_count, 0);
    }
    story_close(&s);
}

static void both_refuse_and_one_recovers(void) { /* N1: down for a while */
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_wait(&s, 100);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_refused(&s, CLIENT, B, &LSA, PORT);
    story_wait(&s, 20);
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_end(&s);
    CU_ASSERT_EQUAL_FATAL(story_findings(&s), 2);
    for (size_t i = 0; i < 2; i++)
        CU_ASSERT_STRING_NOT_EQUAL(judge_finding(s.judge, i)->rule->id, "unbound-address");
    story_close(&s);
}

static void a_stranger_serves_it_on_the_same_port(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, STRANGER, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_end(&s);
    check_rule(only(&s), "endpoint-refused", NULL, 1722);
    CU_ASSERT_EQUAL(only(&s)->bound_count, 0);
    story_close(&s);
}

static void the_next_address_of_the_name_serves(void) { /* N5 */
    struct story s = story_begin();
    story_served(&s, OTHER_CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    struct line line = story_syn(&s, CLIENT, B, PORT);
    story_accepts(&s, &line);
    story_binds(&s, &line, &LSA);
    story_accepts_bind(&s, &line, &LSA);
    story_end(&s);
    /* the connect to A alone was foretold by nothing */
    const struct finding *f = only(&s);
    check_rule(f, "endpoint-refused", NULL, 1722);
    CU_ASSERT_EQUAL(f->severity, SEVERITY_WARNING);
    CU_ASSERT_EQUAL(f->got_through, GOT_THROUGH_OTHER_ADDRESS);
    story_close(&s);
}

static void several_tries_fold(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    uint64_t rst = story_refused(&s, CLIENT, A, &LSA, PORT);
    for (int i = 0; i < 3; i++) {
        story_wait(&s, 60);
        story_refused(&s, CLIENT, A, &LSA, PORT);
    }
    story_end(&s);
    const struct finding *f = only(&s);
    CU_ASSERT_EQUAL(f->count, 4);
    CU_ASSERT_EQUAL(f->flagged.frame, rst);
    story_close(&s);
}

static void healthy_sessions(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_served(&s, CLIENT, A, &LSA, PORT);
    story_served(&s, OTHER_CLIENT, STRANGER, &SAM, PORT);
    none(&s);
}

static void a_connect_to_an_unmapped_port_is_nothing(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    struct line line = story_syn(&s, CLIENT, A, PORT);
    story_refuses(&s, &line);
    none(&s);
}

/* --- the other rules --- */

static void tower_names_another_address(void) {
    struct story s = story_begin();
    story_asks(&s, CLIENT, A, &LSA);
    uint64_t answer = story_maps(&s, CLIENT, A, &LSA, B, PORT);
    struct line line = story_syn(&s, CLIENT, A, PORT);
    uint64_t rst = story_refuses(&s, &line);
    story_end(&s);
    const struct finding *f = only(&s);
    check_rule(f, "tower-elsewhere", "S4", 1722);
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
    check_rule(only(&s), "unbound-address", "S4", 1722);
    CU_ASSERT_EQUAL(only(&s)->flagged.frame, answer);
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
    CU_ASSERT_EQUAL(only(&s)->state, FINDING_AVERTED);
    CU_ASSERT_EQUAL(only(&s)->severity, SEVERITY_INFO);
    CU_ASSERT_EQUAL(only(&s)->count, 1);
    story_close(&s);
}

static void an_ipv6_client_is_told_an_ipv4_tower(void) {
    struct story s = story_begin();
    story_asks(&s, "fd00::50", "fd00::20", &LSA);
    story_maps(&s, "fd00::50", "fd00::20", &LSA, B, PORT);
    none(&s);
}

static void not_registered_here(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_asks(&s, CLIENT, A, &LSA);
    uint64_t answer = story_does_not_know(&s, CLIENT, A, &LSA);
    story_end(&s);
    const struct finding *f = only(&s);
    check_rule(f, "not-registered", "S2", 1753);
    check_bound_at(f, B ":1112");
    CU_ASSERT_EQUAL(f->flagged.frame, answer);
    story_close(&s);
}

static void not_registered_after_more_towers(void) {
    struct story s = story_begin();
    story_asks(&s, CLIENT, A, &LSA);
    story_maps(&s, CLIENT, A, &LSA, NULL, PORT);
    story_does_not_know(&s, CLIENT, A, &LSA); /* the end of the enumeration */
    none(&s);
}

static void mapper_refuses(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    struct line line = story_syn(&s, CLIENT, A, 135);
    uint64_t rst = story_refuses(&s, &line);
    story_end(&s);
    const struct finding *f = only(&s);
    check_rule(f, "mapper-unreachable", "S3", 1722);
    check_bound_at(f, B ":135");
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
    check_rule(&f, "endpoint-filtered", "S5", 1722);
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
    check_rule(&f, "mapper-unreachable", NULL, 1722);
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
    none(&s);
}

static struct finding with_icmp(uint8_t type, uint8_t code) {
    struct story s = story_begin();
    story_asks(&s, CLIENT, A, &LSA);
    story_maps(&s, CLIENT, A, &LSA, NULL, PORT);
    struct line line = story_syn(&s, CLIENT, A, PORT);
    story_icmp(&s, &line, type, code);
    story_end(&s);
    struct finding f = *only(&s);
    story_close(&s);
    return f;
}

static void icmp_says_why(void) {
    struct finding f = with_icmp(3, 13);
    check_rule(&f, "endpoint-filtered", "S5", 1722);
    f = with_icmp(3, 1);
    check_rule(&f, "endpoint-refused", NULL, 1722);
}

static void served_before_refuses_now(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 60);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 5);
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_end(&s);
    check_rule(only(&s), "stale-endpoint", NULL, 1722);
    check_bound_at(only(&s), B ":1112");
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
    check_rule(only(&s), "interface-rejected", "S6", 1717);
    CU_ASSERT_EQUAL(only(&s)->flagged.frame, ack);
    story_close(&s);
}

static void bind_rejected_where_nobody_has_it(void) {
    struct story s = story_begin();
    struct line line = story_syn(&s, CLIENT, A, PORT);
    story_accepts(&s, &line);
    story_binds(&s, &line, &LSA);
    story_rejects_bind(&s, &line, &LSA);
    none(&s);
}

static void bind_nak(void) {
    struct story s = story_begin();
    struct line line = story_syn(&s, CLIENT, A, PORT);
    story_accepts(&s, &line);
    story_binds(&s, &line, &LSA);
    story_naks(&s, &line, &LSA, 4);
    story_end(&s);
    CU_ASSERT_STRING_EQUAL(only(&s)->rule->id, "interface-rejected");
    CU_ASSERT_EQUAL(only(&s)->win32, 1728);
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
    check_rule(only(&s), "call-fault", NULL, 5);
    CU_ASSERT_EQUAL(only(&s)->severity, SEVERITY_INFO);
    story_close(&s);
}

static void a_fault_among_answers(void) {
    struct story s = story_begin();
    struct line line = bound(&s);
    story_answers(&s, &line, &LSA);
    story_faults(&s, &line, &LSA, 0x6ba);
    none(&s);
}

/* --- predictions --- */

static void a_second_client_is_doomed_from_its_question(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    uint64_t question = story_asks(&s, OTHER_CLIENT, A, &LSA);
    story_maps(&s, OTHER_CLIENT, A, &LSA, NULL, PORT);
    struct line line = story_syn(&s, OTHER_CLIENT, A, PORT);
    uint64_t rst = story_refuses(&s, &line);
    story_end(&s);
    CU_ASSERT_EQUAL_FATAL(story_findings(&s), 2);
    const struct finding *f = judge_finding(s.judge, 1);
    CU_ASSERT_EQUAL(f->flagged.frame, question);
    CU_ASSERT_EQUAL(f->failed.frame, rst);
    CU_ASSERT_TRUE(f->lead > 0);
    story_close(&s);
}

static void another_interface_is_doomed_from_the_answer(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_asks(&s, CLIENT, A, &SAM);
    uint64_t answer = story_maps(&s, CLIENT, A, &SAM, NULL, PORT + 1);
    story_end(&s);
    CU_ASSERT_EQUAL_FATAL(story_findings(&s), 2);
    const struct finding *f = judge_finding(s.judge, 1);
    CU_ASSERT_EQUAL(f->flagged.frame, answer);
    CU_ASSERT_EQUAL(f->state, FINDING_PREDICTED);
    CU_ASSERT_EQUAL(f->failed.frame, 0);
    story_close(&s);
}

static void one_refusal_alone_foretells_nothing(void) {
    struct story s = story_begin();
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 60);
    story_served(&s, OTHER_CLIENT, A, &LSA, PORT);
    story_end(&s);
    CU_ASSERT_EQUAL(only(&s)->state, FINDING_FAILED);
    story_close(&s);
}

static void what_works_again_is_averted_once(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 60);
    story_served(&s, OTHER_CLIENT, A, &LSA, PORT);
    story_served(&s, OTHER_CLIENT, A, &LSA, PORT);
    story_end(&s);
    CU_ASSERT_EQUAL_FATAL(story_findings(&s), 2);
    const struct finding *f = judge_finding(s.judge, 1);
    CU_ASSERT_EQUAL(f->state, FINDING_AVERTED);
    CU_ASSERT_EQUAL(f->count, 1);
    story_close(&s);
}

static void a_new_port_withdraws_the_prediction(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_asks(&s, OTHER_CLIENT, A, &LSA);
    story_maps(&s, OTHER_CLIENT, A, &LSA, NULL, PORT + 7);
    struct line line = story_syn(&s, OTHER_CLIENT, A, PORT + 7);
    story_accepts(&s, &line);
    story_end(&s);
    CU_ASSERT_STRING_EQUAL(judge_finding(s.judge, 0)->rule->id, "unbound-address");
    CU_ASSERT_EQUAL(judge_finding(s.judge, 0)->count, 1);
    story_close(&s);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"unbound: refused here, served there", refused_here_served_there},
        {"unbound: refused before it was ever served", refused_before_it_was_ever_served},
        {"unbound: Windows tries three times", windows_tries_three_times},
        {"unbound: Windows may try again", windows_may_try_again},
        {"not unbound: both refuse", both_refuse},
        {"not unbound: both refuse, one recovers", both_refuse_and_one_recovers},
        {"not unbound: a stranger serves it on the same port", a_stranger_serves_it_on_the_same_port},
        {"not unbound: the next address of the name serves", the_next_address_of_the_name_serves},
        {"several tries fold", several_tries_fold},
        {"nothing: healthy sessions", healthy_sessions},
        {"nothing: a connect to an unmapped port", a_connect_to_an_unmapped_port_is_nothing},
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
        {"nothing: a fault among answers", a_fault_among_answers},
        {"predicted from the question", a_second_client_is_doomed_from_its_question},
        {"predicted from the answer", another_interface_is_doomed_from_the_answer},
        {"one refusal alone foretells nothing", one_refusal_alone_foretells_nothing},
        {"what works again is averted once", what_works_again_is_averted_once},
        {"a new port withdraws the prediction", a_new_port_withdraws_the_prediction},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules", tests);
}
