/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Predictions from what the user declares of where services are bound. */
#include "tests/rules/plan.h"
#include "tests/unit.h"

#include <string.h>

enum { PORT = 1112, FROM_SYN = 2 }; /* story_asks tells the SYN, the SYN-ACK and the question */
static const struct syntax_id ANY;

static void nothing_is_bound_here(void) {
    struct story s = story_begin();
    struct plan plan;
    declare_at_b(&s, &plan, NULL);
    uint64_t question = story_asks(&s, CLIENT, A, &LSA);
    story_maps(&s, CLIENT, A, &LSA, NULL, PORT);
    struct line line = story_syn(&s, CLIENT, A, PORT);
    uint64_t rst = story_refuses(&s, &line);
    story_end(&s);
    const struct finding *f = story_only(&s);
    CU_ASSERT_STRING_EQUAL(f->rule->id, "unbound-address");
    CU_ASSERT_EQUAL(f->cause, CAUSE_UNBOUND);
    CU_ASSERT_EQUAL(f->flagged.frame, question - FROM_SYN);
    CU_ASSERT_EQUAL(f->failed.frame, rst);
    CU_ASSERT_EQUAL(f->lead, 5000000);
    CU_ASSERT_EQUAL(f->confidence, CONFIDENCE_HIGH);
    CU_ASSERT_STRING_EQUAL(f->reason, "corp.yaml:10 declares no service of cluster EXCH bound at 10.0.1.20.");
    CU_ASSERT_PTR_NOT_NULL(strstr(f->message, " As declared in corp.yaml:12, cluster EXCH has it at 10.0.0.20."));
    story_check_bound_at(f, B ":0");
    story_check_evidence(f, rst, "10.0.1.20:1112: refused (RST)");
    check_predictions(&s, 1, 0, 0);
    story_close(&s);
}

static void only_the_syn_is_captured(void) {
    struct story s = story_begin();
    struct plan plan;
    declare_at_b(&s, &plan, NULL);
    story_syn(&s, CLIENT, A, 135);
    uint64_t syn = s.now.frame;
    story_end(&s);
    const struct finding *f = finding_of(&s, CLIENT, A, &ANY);
    CU_ASSERT_EQUAL(f->state, FINDING_PREDICTED);
    CU_ASSERT_EQUAL(f->flagged.frame, syn);
    CU_ASSERT_PTR_NOT_NULL(strstr(f->message, "for whatever it will ask for, which by all signs is not bound"));
    CU_ASSERT_EQUAL(f->evidence_count, 2);
    check_predictions(&s, 0, 0, 1);
    story_close(&s);
}

/* The end of the capture tells that nobody answered yet: of the mapper nothing is declared. */
static void an_unanswered_syn_says_nothing_of_the_mapper(void) {
    struct story s = story_begin();
    struct plan plan;
    declare_at_b(&s, &plan, NULL);
    struct line line = story_syn(&s, CLIENT, A, 135);
    uint64_t syn = s.now.frame;
    story_silent(&s, &line, s.now);
    story_end(&s);
    const struct finding *f = finding_of(&s, CLIENT, A, &ANY);
    CU_ASSERT_STRING_EQUAL(f->rule->id, "unbound-address");
    CU_ASSERT_EQUAL(f->state, FINDING_PREDICTED);
    CU_ASSERT_EQUAL(f->evidence_count, 2); /* it has not asked */
    CU_ASSERT_EQUAL(story_session(&s, 0)->syn.frame, syn);
    check_predictions(&s, 0, 0, 1);
    story_close(&s);
    s = story_begin(); /* the twin: the silence lasts */
    declare_at_b(&s, &plan, NULL);
    line = story_syn(&s, CLIENT, A, 135);
    story_wait(&s, 1);
    story_syn_again(&s, &line);
    story_silent(&s, &line, s.now);
    story_end(&s);
    CU_ASSERT_STRING_EQUAL(story_only(&s)->rule->id, "mapper-unreachable");
    check_predictions(&s, 1, 0, 0);
    story_close(&s);
}

static void where_it_is_bound_nothing_is_foretold(void) {
    struct story s = story_begin();
    struct plan plan;
    declare_at_b(&s, &plan, NULL);
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_served(&s, CLIENT, STRANGER, &LSA, PORT);
    story_syn(&s, CLIENT, B, 135);
    story_end(&s);
    CU_ASSERT_EQUAL(story_findings(&s), 0);
    check_predictions(&s, 0, 0, 0);
    story_close(&s);
}

/* LSA is declared bound at B, and SAM at A. */
struct both {
    struct plan plan;
    struct declared_service services[2];
};

static void declare_both(struct story *s, struct both *both) {
    declare_at_b(s, &both->plan, &LSA);
    both->services[0] = both->plan.service;
    both->services[1] =
        (struct declared_service){.interface = SAM, .bound = both->plan.addresses, .bound_count = 1, .line = 14};
    both->plan.cluster.services = both->services;
    both->plan.cluster.service_count = 2;
}

static void one_interface(const struct syntax_id *before, bool at_syn) {
    struct story s = story_begin();
    struct both both;
    declare_both(&s, &both);
    if (before != NULL)
        story_served(&s, CLIENT, STRANGER, before, PORT);
    uint64_t question = story_asks(&s, CLIENT, A, &LSA);
    story_end(&s);
    const struct finding *f = finding_of(&s, CLIENT, A, &LSA);
    CU_ASSERT_EQUAL(f->flagged.frame, at_syn ? question - FROM_SYN : question);
    CU_ASSERT_EQUAL(f->confidence, CONFIDENCE_HIGH);
    CU_ASSERT_PTR_NOT_NULL(strstr(f->reason, "corp.yaml:12 declares"));
    check_predictions(&s, 0, 0, 1);
    story_close(&s);
}

static void a_single_interface_is_not_bound_here(void) {
    one_interface(NULL, false);
    one_interface(&LSA, true); /* this client has only ever asked for it */
    one_interface(&SAM, false);
}

static void who_lists_the_mapper_wants_nothing_in_particular(void) {
    struct story s = story_begin();
    struct both both;
    declare_both(&s, &both);
    story_asks(&s, CLIENT, STRANGER, &LSA);
    struct line line = story_line_to_mapper(&s, CLIENT, STRANGER);
    s.opnum = 2;
    story_calls(&s, &line, &SYNTAX_EPM);
    uint64_t question = story_asks(&s, CLIENT, A, &LSA);
    story_end(&s);
    CU_ASSERT_EQUAL(finding_of(&s, CLIENT, A, &LSA)->flagged.frame, question);
    story_close(&s);
}

static void what_is_seen_outdoes_what_is_declared(void) {
    struct story s = story_begin();
    struct plan plan;
    declare_at_b(&s, &plan, NULL);
    story_served(&s, CLIENT, A, &LSA, PORT);
    story_served(&s, CLIENT, A, &LSA, PORT);
    story_served(&s, OTHER_CLIENT, A, &LSA, PORT);
    story_end(&s);
    const struct finding *f = story_only(&s);
    CU_ASSERT_EQUAL(f->state, FINDING_AVERTED);
    CU_ASSERT_EQUAL(f->severity, SEVERITY_INFO);
    CU_ASSERT_EQUAL(f->count, 1);
    CU_ASSERT_EQUAL(f->flagged.frame, 1);
    check_predictions(&s, 0, 1, 0);
    story_close(&s);
}

static void the_mapper_itself_refuses(void) {
    struct story s = story_begin();
    struct plan plan;
    declare_at_b(&s, &plan, NULL);
    story_meets_shut(&s, CLIENT, A, 135);
    story_end(&s);
    const struct finding *f = story_only(&s);
    CU_ASSERT_STRING_EQUAL(f->rule->id, "mapper-unreachable");
    CU_ASSERT_EQUAL(f->flagged.frame, 1);
    CU_ASSERT_EQUAL(f->failed.frame, 2);
    CU_ASSERT_EQUAL(f->bound_count, 0); /* the mapper is no service of the cluster */
    story_close(&s);
}

/* What nobody foretold is judged by the declaration, where nothing was seen. */
static void a_declared_place_is_a_stand(bool seen, bool down) {
    struct story s = story_begin();
    struct plan plan;
    declare_at_b(&s, &plan, &LSA);
    if (seen)
        story_served(&s, OTHER_CLIENT, B, &LSA, PORT);
    if (down)
        story_refused(&s, OTHER_CLIENT, B, &LSA, PORT);
    uint64_t rst = story_refused(&s, CLIENT, A, &LSA, PORT);
    story_end(&s);
    const struct finding *f = finding_of(&s, CLIENT, A, &LSA);
    CU_ASSERT_STRING_EQUAL(f->rule->id, down ? "endpoint-refused" : "unbound-address");
    CU_ASSERT_EQUAL(f->signatures & 1U << 1, seen ? 1U << 1 : 0);
    CU_ASSERT_EQUAL(f->failed.frame, rst);
    if (!down)
        story_check_bound_at(f, seen ? B ":1112" : B ":0");
    CU_ASSERT_EQUAL(strstr(f->message, "As declared in corp.yaml:12") != NULL, !seen && !down);
    story_close(&s);
}

static void a_declared_place_counts_where_none_was_seen(void) {
    a_declared_place_is_a_stand(false, false);
    a_declared_place_is_a_stand(true, false);
    a_declared_place_is_a_stand(false, true);
}

/* The question was asked before the declaration could be held against it: the evidence names the declaration. */
static void a_failure_that_was_not_foretold(void) {
    struct story s = story_begin();
    struct plan plan;
    declare_at_b(&s, &plan, &LSA);
    story_served(&s, CLIENT, A, &LSA, PORT);        /* so nothing is foretold any more */
    story_refused(&s, OTHER_CLIENT, A, &LSA, PORT); /* it stopped, or moved to where it should be */
    uint64_t rst = s.now.frame;
    story_end(&s);
    const struct finding *f = finding_of(&s, OTHER_CLIENT, A, &LSA);
    CU_ASSERT_STRING_EQUAL(f->rule->id, "stale-endpoint");
    CU_ASSERT_EQUAL(f->flagged.frame, rst);
    CU_ASSERT_EQUAL(f->confidence, CONFIDENCE_NONE);
    bool told = false;
    for (size_t i = 0; i < f->evidence_count; i++)
        told = told || (f->evidence[i].seen.frame == rst && strstr(f->evidence[i].what, "corp.yaml:12") != NULL);
    CU_ASSERT_TRUE(told);
    story_close(&s);
}

static void over_udp_and_http(void) {
    for (int i = 0; i < 2; i++) {
        struct story s = story_begin();
        struct plan plan;
        declare_at_b(&s, &plan, NULL);
        s.asked_for = i == 0 ? TRANSPORT_UDP : TRANSPORT_HTTP;
        uint64_t question = story_asks(&s, CLIENT, A, &LSA);
        story_maps(&s, CLIENT, A, &LSA, NULL, PORT);
        struct line line = {++s.flows, CLIENT, A, PORT, 1, NULL};
        s.over = i == 0 ? TRANSPORT_UDP : TRANSPORT_TCP;
        if (i == 0)
            story_calls(&s, &line, &LSA);
        else
            line = story_syn(&s, CLIENT, A, PORT);
        uint64_t refusal = i == 0 ? story_icmp(&s, &line, 3, 3) : story_refuses(&s, &line);
        story_end(&s);
        const struct finding *f = story_only(&s);
        CU_ASSERT_STRING_EQUAL(f->rule->id, "unbound-address");
        CU_ASSERT_EQUAL(f->flagged.frame, question - FROM_SYN);
        CU_ASSERT_EQUAL(f->failed.frame, refusal);
        CU_ASSERT_EQUAL(story_sessions(&s), 1);
        check_predictions(&s, 1, 0, 0);
        story_close(&s);
    }
}

static void a_pipe_is_not_bound_to_an_address(void) {
    struct story s = story_begin();
    struct plan plan;
    declare_at_b(&s, &plan, NULL);
    struct line line = {++s.flows, CLIENT, A, 445, 1, "lsarpc"};
    story_opens(&s, &line);
    story_binds(&s, &line, &LSA);
    story_accepts_bind(&s, &line, &LSA);
    story_end(&s);
    CU_ASSERT_EQUAL(story_findings(&s), 0);
    check_predictions(&s, 0, 0, 0);
    story_close(&s);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"nothing is bound here", nothing_is_bound_here},
        {"only the SYN is captured", only_the_syn_is_captured},
        {"an unanswered SYN says nothing of the mapper", an_unanswered_syn_says_nothing_of_the_mapper},
        {"where it is bound nothing is foretold", where_it_is_bound_nothing_is_foretold},
        {"a single interface is not bound here", a_single_interface_is_not_bound_here},
        {"who lists the mapper", who_lists_the_mapper_wants_nothing_in_particular},
        {"what is seen outdoes what is declared", what_is_seen_outdoes_what_is_declared},
        {"the mapper itself refuses", the_mapper_itself_refuses},
        {"a declared place counts where none was seen", a_declared_place_counts_where_none_was_seen},
        {"a failure that was not foretold", a_failure_that_was_not_foretold},
        {"over UDP and HTTP", over_udp_and_http},
        {"a pipe is not bound to an address", a_pipe_is_not_bound_to_an_address},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/plan", tests);
}
