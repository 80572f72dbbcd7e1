/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Predictions at the earliest packet, from what was seen: each with a twin in which nothing is foretold, or later. */
#include "tests/rules/plan.h"
#include "tests/unit.h"

#include <string.h>

enum { PORT = 1112, FROM_SYN = 2 }; /* story_asks tells the SYN, the SYN-ACK and the question */

static void who_has_only_ever_asked_for_it(bool only) {
    struct story s = story_begin();
    story_served(&s, OTHER_CLIENT, STRANGER, &LSA, PORT);
    if (!only)
        story_served(&s, OTHER_CLIENT, STRANGER, &SAM, PORT + 1);
    story_served(&s, CLIENT, B, &LSA, PORT);
    uint64_t first = story_refused(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 38);
    uint64_t question = story_asks(&s, OTHER_CLIENT, A, &LSA);
    story_maps(&s, OTHER_CLIENT, A, &LSA, NULL, PORT);
    struct line line = story_syn(&s, OTHER_CLIENT, A, PORT);
    story_refuses(&s, &line);
    story_end(&s);
    const struct finding *f = finding_of(&s, OTHER_CLIENT, A, &LSA);
    story_check(f, "unbound-address", "S1", 1722);
    CU_ASSERT_EQUAL(f->flagged.frame, only ? question - FROM_SYN : question);
    CU_ASSERT_EQUAL(f->confidence, CONFIDENCE_HIGH); /* by now it has asked */
    CU_ASSERT_PTR_NOT_NULL(strstr(f->reason, "failed at 10.0.1.20:1112 38.0 s before (connection refused (RST)) and "
                                             "was not seen to work there since."));
    story_check_evidence(f, first, "earlier, for lsarpc: 10.0.1.20:1112 connection refused (RST)");
    check_predictions(&s, 1, 0, 0);
    story_close(&s);
}

static void from_the_first_syn_of_who_has_only_ever_asked_for_it(void) {
    who_has_only_ever_asked_for_it(true);
    who_has_only_ever_asked_for_it(false);
}

static void before_it_has_asked_it_is_less_sure(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_syn(&s, CLIENT, A, 135);
    story_end(&s);
    CU_ASSERT_EQUAL_FATAL(story_findings(&s), 1); /* the second folds into the first */
    CU_ASSERT_EQUAL(judge_finding(s.judge, 0)->count, 2);
    check_predictions(&s, 0, 0, 1);
    story_close(&s);
    s = story_begin();
    story_served(&s, OTHER_CLIENT, B, &LSA, PORT);
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_syn(&s, OTHER_CLIENT, A, 135);
    uint64_t syn = s.now.frame;
    story_end(&s);
    const struct finding *f = finding_of(&s, OTHER_CLIENT, A, &LSA);
    CU_ASSERT_EQUAL(f->flagged.frame, syn);
    CU_ASSERT_EQUAL(f->state, FINDING_PREDICTED);
    CU_ASSERT_EQUAL(f->confidence, CONFIDENCE_MEDIUM);
    CU_ASSERT_PTR_NOT_NULL(strstr(f->reason, ", and this client has only ever asked for that."));
    story_close(&s);
}

static void it_asks_for_something_else_this_time(void) {
    struct story s = story_begin();
    story_served(&s, OTHER_CLIENT, B, &LSA, PORT);
    story_served(&s, CLIENT, A, &SAM, PORT + 1);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_served(&s, OTHER_CLIENT, A, &SAM, PORT + 1);
    story_end(&s);
    const struct finding *f = finding_of(&s, OTHER_CLIENT, A, &LSA);
    CU_ASSERT_EQUAL(f->state, FINDING_AVERTED);
    CU_ASSERT_EQUAL(f->severity, SEVERITY_INFO);
    CU_ASSERT_EQUAL(finding_of(&s, CLIENT, A, &LSA)->state, FINDING_FAILED);
    check_predictions(&s, 0, 1, 0);
    story_close(&s);
}

static void a_positive_clears_a_negative(void) {
    for (int i = 0; i < 3; i++) {
        struct story s = story_begin();
        story_served(&s, CLIENT, B, &LSA, PORT);
        story_refused(&s, CLIENT, A, &LSA, PORT);
        story_wait(&s, i == 2 ? 86400 : 1); /* any later time */
        story_served(&s, i == 0 ? CLIENT : OTHER_CLIENT, A, &LSA, PORT);
        story_served(&s, CLIENT, A, &LSA, PORT);
        story_served(&s, OTHER_CLIENT, A, &LSA, PORT);
        story_asks(&s, "10.0.0.52", A, &LSA);
        story_end(&s);
        check_predictions(&s, 0, 1, 0); /* the one that cleared it */
        CU_ASSERT_EQUAL(story_findings(&s), 2);
        story_close(&s);
    }
}

static void what_is_registered_by_now(bool registered) {
    struct story s = story_begin();
    story_served(&s, OTHER_CLIENT, B, &LSA, PORT);
    story_asks(&s, CLIENT, A, &LSA);
    story_does_not_know(&s, CLIENT, A, &LSA);
    if (registered) {
        story_wait(&s, 60);
        story_asks(&s, CLIENT, A, &LSA);
        story_maps(&s, CLIENT, A, &LSA, NULL, PORT);
    }
    story_wait(&s, 60);
    uint64_t question = story_asks(&s, "10.0.0.52", A, &LSA);
    story_end(&s);
    CU_ASSERT_EQUAL(judge_predictions(s.judge)->made, 1); /* that of the second question */
    if (!registered)
        CU_ASSERT_EQUAL(finding_of(&s, "10.0.0.52", A, &LSA)->flagged.frame, question);
    story_close(&s);
}

static void a_later_registration_clears_it(void) {
    what_is_registered_by_now(false);
    what_is_registered_by_now(true);
}

static void who_was_rejected(bool elsewhere) {
    struct story s = story_begin();
    if (elsewhere)
        story_served(&s, CLIENT, B, &LSA, PORT);
    for (int i = 0; i < 2; i++) {
        const char *client = i == 0 ? CLIENT : OTHER_CLIENT;
        struct line line = story_maps_and_connects(&s, client, A, &LSA, PORT);
        story_accepts(&s, &line);
        story_binds(&s, &line, &LSA);
        story_rejects_bind(&s, &line, &LSA);
    }
    story_end(&s);
    check_predictions(&s, elsewhere ? 1 : 0, 0, 0);
    if (elsewhere) {
        const struct finding *f = finding_of(&s, OTHER_CLIENT, A, &LSA);
        CU_ASSERT_STRING_EQUAL(f->rule->id, "interface-rejected");
        CU_ASSERT_TRUE(f->lead > 0);
    }
    story_close(&s);
}

static void a_rejection_foretells_the_next(void) {
    who_was_rejected(true);
    who_was_rejected(false);
}

/* --- the mapper itself -------------------------------------------------------------------------------------------- */

static void the_mapper_does_not_listen_here(bool works_elsewhere) {
    struct story s = story_begin();
    if (works_elsewhere)
        story_served(&s, CLIENT, B, &LSA, PORT);
    struct line shut = story_syn(&s, CLIENT, A, 135);
    story_refuses(&s, &shut);
    if (!works_elsewhere)
        story_served(&s, CLIENT, STRANGER, &LSA, PORT);
    story_wait(&s, 60);
    struct line line = story_syn(&s, OTHER_CLIENT, A, 135);
    uint64_t syn = s.now.frame;
    story_refuses(&s, &line);
    story_end(&s);
    const struct finding *f = finding_of(&s, OTHER_CLIENT, A, &(struct syntax_id){.major = 0});
    CU_ASSERT_STRING_EQUAL(f->rule->id, "mapper-unreachable");
    CU_ASSERT_EQUAL(f->flagged.frame, works_elsewhere ? syn : syn + 1);
    check_predictions(&s, works_elsewhere ? 1 : 0, 0, 0);
    story_close(&s);
}

static void the_mapper_is_known_not_to_listen_here(void) {
    the_mapper_does_not_listen_here(true);
    the_mapper_does_not_listen_here(false); /* it may only be down */
}

static void a_mapper_that_listens_after_all(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_meets_shut(&s, CLIENT, A, 135);
    story_wait(&s, 60);
    story_served(&s, OTHER_CLIENT, A, &LSA, PORT);
    story_served(&s, "10.0.0.52", A, &LSA, PORT);
    story_end(&s);
    const struct finding *f = finding_of(&s, OTHER_CLIENT, A, &(struct syntax_id){.major = 0});
    CU_ASSERT_STRING_EQUAL(f->rule->id, "mapper-unreachable");
    CU_ASSERT_EQUAL(f->state, FINDING_AVERTED);
    check_predictions(&s, 0, 1, 0);
    story_close(&s);
}

/* --- silence ------------------------------------------------------------------------------------------------------ */

/* The handshakes of the story take a millisecond, or so many seconds. */
static void silent(double handshake, double again, bool flagged) {
    struct story s = story_begin();
    struct line sound = story_syn(&s, OTHER_CLIENT, A, 135);
    story_wait(&s, handshake);
    story_accepts(&s, &sound);
    struct line line = story_maps_and_connects(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, again - 0.001);
    uint64_t frame = story_syn_again(&s, &line);
    story_end(&s);
    CU_ASSERT_EQUAL(story_findings(&s), flagged ? 1 : 0);
    if (flagged) {
        const struct finding *f = story_only(&s);
        CU_ASSERT_STRING_EQUAL(f->rule->id, "endpoint-filtered");
        CU_ASSERT_EQUAL(f->flagged.frame, frame);
        CU_ASSERT_EQUAL(f->state, FINDING_FAILING);
        CU_ASSERT_EQUAL(f->confidence, CONFIDENCE_NONE); /* it is no prediction */
        CU_ASSERT_STRING_EQUAL(f->reason, "");
        story_check_evidence(f, frame,
                             "10.0.1.20:1112: SYN repeated after 1.0 s, no answer; this server took 1.0 ms at most in "
                             "2 handshakes");
    }
    check_predictions(&s, 0, 0, 0);
    story_close(&s);
}

static void silence_for_far_longer_than_this_server_needs(void) {
    silent(0, 1, true);
    silent(0.5, 1, false); /* it is as slow as that */
}

static void a_slow_server_is_silent_at_the_second_repetition(void) {
    struct story s = story_begin();
    struct line sound = story_syn(&s, OTHER_CLIENT, A, 135);
    story_wait(&s, 0.5);
    story_accepts(&s, &sound);
    struct line line = story_maps_and_connects(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 1);
    story_syn_again(&s, &line);
    story_wait(&s, 2);
    uint64_t frame = story_syn_again(&s, &line);
    story_end(&s);
    CU_ASSERT_EQUAL(story_only(&s)->flagged.frame, frame);
    story_close(&s);
}

static void one_syn_that_is_lost_is_nothing(void) {
    struct story s = story_begin();
    story_served(&s, OTHER_CLIENT, A, &LSA, PORT);
    struct line line = story_maps_and_connects(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 1);
    story_syn_again(&s, &line);
    story_accepts(&s, &line);
    story_binds(&s, &line, &LSA);
    story_accepts_bind(&s, &line, &LSA);
    story_ends_with(&s, NULL);
}

/* The SYN-ACK is not in the capture: who asks has reached the mapper. */
static void a_question_shows_that_the_mapper_is_reached(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_meets_shut(&s, CLIENT, A, 135);
    struct line line = story_syn(&s, OTHER_CLIENT, A, 135);
    struct fact asks = {.kind = FACT_MAP_ASKED, .flow = line.flow, .transport = TRANSPORT_TCP};
    address_parse(OTHER_CLIENT, &asks.client.address);
    address_parse(A, &asks.server.address);
    asks.server.port = 135;
    asks.map.interface = LSA;
    asks.map.transport = TRANSPORT_TCP;
    asks.seen = s.now;
    asks.seen.frame = ++s.now.frame;
    judge_fact(s.judge, &asks);
    story_end(&s);
    CU_ASSERT_EQUAL_FATAL(story_sessions(&s), 4);
    CU_ASSERT_EQUAL(story_session(&s, 2)->outcome, OUTCOME_SERVED); /* the mapper itself */
    CU_ASSERT_FALSE(story_session(&s, 3)->to_mapper);
    CU_ASSERT_EQUAL(story_session(&s, 3)->server.port, 0);
    CU_ASSERT_TRUE(syntax_compatible(&story_session(&s, 3)->interface, &LSA));
    check_predictions(&s, 0, 1, 0);
    story_close(&s);
}

/* The address is given to another computer, which serves; false: to the same one. */
static void is_renamed(bool renamed) {
    struct story s = story_begin();
    story_names(&s, CLIENT, A, NAME_NTLM_COMPUTER, "NODE1");
    story_names(&s, CLIENT, B, NAME_NTLM_COMPUTER, "NODE1");
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 10);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 86400);
    story_names(&s, CLIENT, A, NAME_NTLM_COMPUTER, renamed ? "NODE2" : "NODE1");
    story_asks(&s, OTHER_CLIENT, A, &LSA);
    story_end(&s);
    check_predictions(&s, 1, 0, renamed ? 0 : 1);
    story_close(&s);
}

static void what_another_computer_did_at_the_address_is_no_omen(void) {
    is_renamed(true);
    is_renamed(false);
}

/* --- other ways --------------------------------------------------------------------------------------------------- */

static void over_ipv6(void) {
    static const char here[] = "fd00:1::20", there[] = "fd00:2::20"; /* of one link-layer address in the stories */
    struct story s = story_begin();
    story_served(&s, "fd00:1::50", there, &LSA, PORT);
    story_refused(&s, "fd00:1::50", here, &LSA, PORT);
    story_wait(&s, 1);
    uint64_t again = story_asks(&s, "fd00:1::50", here, &LSA);
    story_maps(&s, "fd00:1::50", here, &LSA, NULL, PORT);
    struct line line = story_syn(&s, "fd00:1::50", here, PORT);
    story_refuses(&s, &line);
    uint64_t question = story_asks(&s, "fd00:1::51", here, &LSA);
    story_end(&s);
    CU_ASSERT_EQUAL(story_session(&s, 2)->flagged.frame, again - FROM_SYN);
    CU_ASSERT_EQUAL(finding_of(&s, "fd00:1::51", here, &LSA)->flagged.frame, question);
    check_predictions(&s, 1, 0, 1);
    story_close(&s);
}

static void three_clients_at_once(void) {
    static const char *const clients[] = {"10.0.0.61", "10.0.0.62", "10.0.0.63"};
    struct story s = story_begin();
    struct line lines[3];
    uint64_t syns[3];
    for (int i = 0; i < 3; i++)
        story_served(&s, clients[i], B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    for (int i = 0; i < 3; i++) {
        syns[i] = s.now.frame + 1;
        lines[i] = story_maps_and_connects(&s, clients[i], i == 1 ? B : A, &LSA, PORT);
    }
    for (int i = 2; i >= 0; i--) {
        if (i == 1)
            story_accepts(&s, &lines[i]);
        else
            story_refuses(&s, &lines[i]);
    }
    story_end(&s);
    CU_ASSERT_EQUAL(finding_of(&s, clients[0], A, &LSA)->flagged.frame, syns[0]);
    CU_ASSERT_EQUAL(finding_of(&s, clients[2], A, &LSA)->flagged.frame, syns[2]);
    CU_ASSERT_EQUAL(story_findings(&s), 3);
    check_predictions(&s, 2, 0, 0);
    story_close(&s);
}

static void two_servers_are_told_apart(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_served(&s, CLIENT, STRANGER, &LSA, PORT);
    story_syn(&s, CLIENT, STRANGER, 135);
    story_served(&s, OTHER_CLIENT, "10.0.0.97", &LSA, PORT);
    story_end(&s);
    check_predictions(&s, 0, 0, 0);
    CU_ASSERT_EQUAL(story_findings(&s), 1);
    story_close(&s);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"from the first SYN of who has only ever asked", from_the_first_syn_of_who_has_only_ever_asked_for_it},
        {"before it has asked it is less sure", before_it_has_asked_it_is_less_sure},
        {"it asks for something else this time", it_asks_for_something_else_this_time},
        {"a positive clears a negative", a_positive_clears_a_negative},
        {"a later registration clears it", a_later_registration_clears_it},
        {"a rejection foretells the next", a_rejection_foretells_the_next},
        {"the mapper is known not to listen here", the_mapper_is_known_not_to_listen_here},
        {"a mapper that listens after all", a_mapper_that_listens_after_all},
        {"silence for far longer", silence_for_far_longer_than_this_server_needs},
        {"a slow server", a_slow_server_is_silent_at_the_second_repetition},
        {"one SYN that is lost is nothing", one_syn_that_is_lost_is_nothing},
        {"a question shows that the mapper is reached", a_question_shows_that_the_mapper_is_reached},
        {"what another computer did at the address", what_another_computer_did_at_the_address_is_no_omen},
        {"over IPv6", over_ipv6},
        {"three clients at once", three_clients_at_once},
        {"two servers are told apart", two_servers_are_told_apart},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/foretold", tests);
}
