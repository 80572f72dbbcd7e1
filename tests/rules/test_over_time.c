/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is bound where changes: failover, failback, restart, recovery; and captures that begin or end in the middle. */
#include "tests/rules/plan.h"
#include "tests/unit.h"

#include <string.h>

enum { PORT = 1112, NEW_PORT = 2048, FROM_SYN = 2 };
#define THIRD "10.0.0.52"
#define FOURTH "10.0.0.53"

/* Served at A; then A refuses and B serves. */
static struct story fail_over(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 600);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 10);
    story_served(&s, OTHER_CLIENT, B, &LSA, PORT);
    story_wait(&s, 10);
    return s;
}

static void after_a_failover_who_goes_to_the_old_address_is_warned(void) {
    struct story s = fail_over();
    uint64_t question = story_asks(&s, THIRD, A, &LSA);
    story_maps(&s, THIRD, A, &LSA, NULL, PORT);
    struct line line = story_syn(&s, THIRD, A, PORT);
    story_refuses(&s, &line);
    story_served(&s, FOURTH, B, &LSA, PORT);
    story_end(&s);
    const struct finding *first = finding_of(&s, CLIENT, A, &LSA);
    const struct finding *warned = finding_of(&s, THIRD, A, &LSA);
    CU_ASSERT_STRING_EQUAL(first->rule->id,
                           "stale-endpoint"); /* it had been served there: no address differs by nature */
    CU_ASSERT_STRING_EQUAL(warned->rule->id, "stale-endpoint");
    CU_ASSERT_EQUAL(warned->flagged.frame, question);
    CU_ASSERT_EQUAL(warned->state, FINDING_FAILED);
    CU_ASSERT_EQUAL(warned->confidence, CONFIDENCE_HIGH);
    CU_ASSERT_EQUAL(story_findings(&s), 2); /* whoever goes to B is not */
    check_predictions(&s, 1, 0, 0);
    story_close(&s);
}

/* It comes back to the port that it used before, and asks no mapper. */
static void a_failover_is_known_from_a_connect_alone(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 600);
    story_meets_shut(&s, CLIENT, A, PORT);
    story_wait(&s, 10);
    story_served(&s, OTHER_CLIENT, B, &LSA, PORT);
    uint64_t question = story_asks(&s, THIRD, A, &LSA);
    story_end(&s);
    CU_ASSERT_EQUAL(finding_of(&s, THIRD, A, &LSA)->flagged.frame, question);
    check_predictions(&s, 0, 0, 1);
    story_close(&s);
}

static void after_a_failback_nobody_is_warned(void) {
    struct story s = fail_over();
    story_wait(&s, 600);
    story_refused(&s, OTHER_CLIENT, B, &LSA, PORT);
    story_wait(&s, 10);
    story_served(&s, CLIENT, A, &LSA, PORT);
    size_t made = story_sessions(&s);
    story_served(&s, THIRD, A, &LSA, PORT);
    story_served(&s, FOURTH, A, &LSA, PORT);
    story_served(&s, CLIENT, A, &LSA, PORT);
    story_end(&s);
    for (size_t i = made; i < story_sessions(&s); i++)
        CU_ASSERT_FALSE(story_session(&s, i)->predicted || story_session(&s, i)->withdrawn);
    CU_ASSERT_EQUAL(judge_predictions(s.judge)->came_true, 0);
    CU_ASSERT_EQUAL(judge_predictions(s.judge)->averted,
                    0); /* B had refused since: that A fails was no longer likely */
    story_close(&s);
}

/* Restarted on another port: who goes to the old one without asking fails, and nobody else does. */
static void a_restart_on_a_new_port(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, A, &LSA, PORT);
    story_served(&s, CLIENT, B, &LSA, PORT); /* it listens everywhere */
    story_wait(&s, 600);
    for (int i = 0; i < 3; i++) {
        story_wait(&s, 10);
        story_meets_shut(&s, CLIENT, A, PORT);
    }
    story_served(&s, OTHER_CLIENT, A, &LSA, NEW_PORT);
    story_served(&s, THIRD, B, &LSA, NEW_PORT);
    story_served(&s, CLIENT, A, &LSA, NEW_PORT);
    story_end(&s);
    const struct finding *f = story_only(&s);
    CU_ASSERT_STRING_EQUAL(f->rule->id, "stale-endpoint");
    CU_ASSERT_EQUAL(f->cause, CAUSE_STALE);
    check_predictions(&s, 2, 0, 0); /* its own second and third try at that port */
    story_close(&s);
}

/* The same, and the next client is told the old port: the mapper does not know better either. */
static void the_old_port_is_still_told(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 600);
    for (int i = 0; i < 3; i++) {
        story_wait(&s, 10);
        story_meets_shut(&s, CLIENT, A, PORT);
    }
    story_asks(&s, OTHER_CLIENT, A, &LSA);
    uint64_t answer = story_maps(&s, OTHER_CLIENT, A, &LSA, NULL, PORT);
    struct line line = story_syn(&s, OTHER_CLIENT, A, PORT);
    story_refuses(&s, &line);
    story_end(&s);
    const struct finding *f = finding_of(&s, OTHER_CLIENT, A, &LSA);
    CU_ASSERT_EQUAL(f->flagged.frame, answer);
    CU_ASSERT_STRING_EQUAL(f->rule->id, "stale-endpoint");
    check_predictions(&s, 2, 0, 0); /* and that of the third try at the port */
    story_close(&s);
}

/* A differs from B by nature: it refuses the port that B serves, and never served. A restart does not change that. */
static void what_differs_by_nature(bool by_nature) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    if (!by_nature)
        story_served(&s, CLIENT, A, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_wait(&s, 600);
    uint64_t question = story_asks(&s, OTHER_CLIENT, A, &LSA);
    story_maps(&s, OTHER_CLIENT, A, &LSA, NULL, NEW_PORT);
    struct line line = story_syn(&s, OTHER_CLIENT, A, NEW_PORT);
    uint64_t rst = story_refuses(&s, &line);
    story_end(&s);
    const struct finding *f = finding_of(&s, OTHER_CLIENT, A, &LSA);
    CU_ASSERT_EQUAL(f->flagged.frame, by_nature ? question : rst);
    CU_ASSERT_STRING_EQUAL(f->rule->id, by_nature ? "unbound-address" : "stale-endpoint");
    check_predictions(&s, 1, 0, 0); /* also what was withdrawn, and refused at the new port all the same */
    story_close(&s);
}

static void what_differs_by_nature_differs_after_a_restart(void) {
    what_differs_by_nature(true);
    what_differs_by_nature(false);
}

static void predictions_follow_the_new_port(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 600);
    story_served(&s, CLIENT, B, &LSA, NEW_PORT); /* restarted */
    story_refused(&s, CLIENT, A, &LSA, NEW_PORT);
    uint64_t question = story_asks(&s, THIRD, A, &LSA);
    story_maps(&s, THIRD, A, &LSA, NULL, NEW_PORT);
    struct line line = story_syn(&s, THIRD, A, NEW_PORT);
    story_refuses(&s, &line);
    story_end(&s);
    const struct finding *f = finding_of(&s, THIRD, A, &LSA);
    CU_ASSERT_EQUAL(f->flagged.frame, question);
    CU_ASSERT_PTR_NOT_NULL(strstr(f->reason, A ":2048"));
    CU_ASSERT_EQUAL(story_findings(&s), 2);
    check_predictions(&s, 2, 0, 0);
    story_close(&s);
}

static void an_address_that_recovers(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 600);
    story_served(&s, OTHER_CLIENT, A, &LSA, PORT); /* foretold, and averted */
    story_served(&s, CLIENT, A, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT); /* and lost again */
    story_end(&s);
    CU_ASSERT_EQUAL(finding_of(&s, OTHER_CLIENT, A, &LSA)->state, FINDING_AVERTED);
    check_predictions(&s, 0, 1, 0);
    story_close(&s);
}

/* --- what the capture does not show ------------------------------------------------------------------------------- */

static void it_ends_in_the_middle(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    uint64_t question = story_asks(&s, OTHER_CLIENT, A, &LSA);
    story_end(&s);
    const struct finding *f = finding_of(&s, OTHER_CLIENT, A, &LSA);
    CU_ASSERT_EQUAL(f->state, FINDING_PREDICTED);
    CU_ASSERT_EQUAL(f->flagged.frame, question);
    CU_ASSERT_EQUAL(f->failed.frame, 0);
    CU_ASSERT_EQUAL(f->lead, 0);
    check_predictions(&s, 0, 0, 1);
    story_close(&s);
    /* Without an omen nothing is claimed of a connect that has not ended. */
    s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_maps_and_connects(&s, CLIENT, A, &LSA, PORT);
    story_ends_with(&s, NULL);
}

static void it_ends_while_the_client_still_tries(void) {
    struct story s = story_begin();
    s.client_ttl = 128;
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_served(&s, OTHER_CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    uint64_t syn = s.now.frame + 1;
    uint64_t rst = story_refused(&s, OTHER_CLIENT, A, &LSA, PORT);
    story_end(&s);
    const struct finding *f = finding_of(&s, OTHER_CLIENT, A, &LSA);
    CU_ASSERT_EQUAL(f->state, FINDING_FAILING);
    CU_ASSERT_EQUAL(f->flagged.frame, syn);
    CU_ASSERT_EQUAL(f->failed.frame, rst);
    story_close(&s);
}

/* The connection at B is joined midway: that it serves is known from its bind, and so is that A differs. */
static void it_begins_in_the_middle(bool bound) {
    struct story s = story_begin();
    struct line line = {++s.flows, CLIENT, B, PORT, 0, NULL};
    if (bound) {
        story_binds(&s, &line, &LSA);
        story_accepts_bind(&s, &line, &LSA);
    } else {
        story_calls(&s, &line, &(struct syntax_id){.major = 0});
    }
    story_served(&s, CLIENT, B, &SAM, PORT + 1);
    story_served(&s, CLIENT, A, &SAM, PORT + 1); /* so that A and B are known for one server */
    story_refused(&s, CLIENT, A, &LSA, PORT);
    uint64_t question = story_asks(&s, OTHER_CLIENT, A, &LSA);
    story_end(&s);
    CU_ASSERT_STRING_EQUAL(finding_of(&s, CLIENT, A, &LSA)->rule->id, bound ? "unbound-address" : "endpoint-refused");
    CU_ASSERT_EQUAL(story_findings(&s), 2);
    const struct finding *f = finding_of(&s, OTHER_CLIENT, A, &LSA);
    CU_ASSERT_STRING_EQUAL(f->rule->id, bound ? "unbound-address" : "endpoint-refused");
    CU_ASSERT_EQUAL(f->flagged.frame, question);
    CU_ASSERT_EQUAL(f->confidence, bound ? CONFIDENCE_HIGH : CONFIDENCE_MEDIUM);
    story_close(&s);
}

static void a_capture_that_begins_in_the_middle(void) {
    it_begins_in_the_middle(true);
    it_begins_in_the_middle(false);
}

/* --- what must not be called by the KB's name (protocol.md section 10) -------------------------------------------- */

static void n1_both_refuse(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, STRANGER, &SAM, PORT);
    story_served(&s, CLIENT, A, &SAM, PORT + 1);
    story_served(&s, CLIENT, B, &SAM, PORT + 1);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_refused(&s, CLIENT, B, &LSA, PORT);
    story_asks(&s, OTHER_CLIENT, A, &LSA);
    story_end(&s);
    const struct finding *f;
    for (size_t i = 0; (f = judge_finding(s.judge, i)) != NULL; i++)
        CU_ASSERT_STRING_NOT_EQUAL(f->rule->id, "unbound-address");
    check_predictions(&s, 0, 0, 1); /* that it refuses, which it did just before */
    story_close(&s);
}

static void n3_only_one_address_was_seen(void) {
    struct story s = story_begin();
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_ends_with(&s, "endpoint-refused");
}

static void n4_routing(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    struct line line = story_maps_and_connects(&s, CLIENT, A, &LSA, PORT);
    story_icmp_from(&s, &line, 3, 1, "10.0.0.1");
    uint64_t question = story_asks(&s, OTHER_CLIENT, A, &LSA);
    story_end(&s);
    const struct finding *f;
    for (size_t i = 0; (f = judge_finding(s.judge, i)) != NULL; i++) {
        CU_ASSERT_STRING_EQUAL(f->rule->id, "endpoint-refused");
        CU_ASSERT_NOT_EQUAL(f->cause, CAUSE_UNBOUND);
    }
    CU_ASSERT_EQUAL(finding_of(&s, OTHER_CLIENT, A, &LSA)->flagged.frame, question);
    story_close(&s);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"failover: the old address", after_a_failover_who_goes_to_the_old_address_is_warned},
        {"failover: from a connect alone", a_failover_is_known_from_a_connect_alone},
        {"failback", after_a_failback_nobody_is_warned},
        {"a restart on a new port", a_restart_on_a_new_port},
        {"the old port is still told", the_old_port_is_still_told},
        {"what differs by nature", what_differs_by_nature_differs_after_a_restart},
        {"predictions follow the new port", predictions_follow_the_new_port},
        {"an address that recovers", an_address_that_recovers},
        {"the capture ends in the middle", it_ends_in_the_middle},
        {"the capture ends while the client still tries", it_ends_while_the_client_still_tries},
        {"the capture begins in the middle", a_capture_that_begins_in_the_middle},
        {"N1: both refuse", n1_both_refuse},
        {"N3: only one address was seen", n3_only_one_address_was_seen},
        {"N4: routing", n4_routing},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/over_time", tests);
}
