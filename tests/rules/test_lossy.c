/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a lossy capture does to the facts: some are missing, some are told behind later ones, for what they were seen in
 * waited behind a hole. Each story has a twin without that. */
#include "tests/rules/story.h"
#include "tests/unit.h"

#include <string.h>

enum { PORT = 1112, MAPPER = 135, FAULT = 0x1c010002 };

static const struct syntax_id NOT_KNOWN;

/* A connection whose first packets are not in the capture, or come later. */
static struct line line_without_syn(struct story *story, const char *client, const char *server, uint16_t port) {
    return (struct line){++story->flows, client, server, port, 0, NULL};
}

/* The bind is missing, so of calls and answers it is not known to which interface they are. */
static void an_answer_after_a_fault_where_the_bind_is_missing(void) {
    for (unsigned answered = 0; answered < 2; answered++) {
        struct story story = story_begin();
        struct line line = story_maps_and_connects(&story, CLIENT, A, &LSA, PORT);
        story_accepts(&story, &line);
        story_faults(&story, &line, &NOT_KNOWN, FAULT);
        if (answered != 0)
            story_answers(&story, &line, &NOT_KNOWN);
        story_faults(&story, &line, &NOT_KNOWN, FAULT);
        story_end(&story);
        CU_ASSERT_EQUAL(story_findings(&story), answered != 0 ? 0 : 1);
        CU_ASSERT_EQUAL(judge_session(story.judge, 0)->outcome, answered != 0 ? OUTCOME_SERVED : OUTCOME_FAULTED);
        story_close(&story);
    }
}

static void an_answer_serves_no_interface_that_is_only_guessed(void) {
    struct story story = story_begin();
    story_asks(&story, OTHER_CLIENT, A, &LSA);
    story_maps(&story, OTHER_CLIENT, A, &LSA, NULL, PORT);
    struct line line = story_syn(&story, CLIENT, A, PORT);
    story_accepts(&story, &line);
    story_faults(&story, &line, &NOT_KNOWN, FAULT);
    story_answers(&story, &line, &NOT_KNOWN);
    story_end(&story);
    CU_ASSERT_EQUAL(story_findings(&story), 0);
    CU_ASSERT_EQUAL(judge_session(story.judge, 1)->outcome, OUTCOME_UNKNOWN);
    story_close(&story);
}

static void all_evidence_says_what_it_shows(void) {
    struct story story = story_begin();
    struct line line = story_maps_and_connects(&story, CLIENT, A, &LSA, PORT);
    story_accepts(&story, &line);
    story_binds(&story, &line, &LSA);
    story_accepts_bind(&story, &line, &LSA);
    story_faults(&story, &line, &LSA, FAULT);
    story_faults(&story, &line, &LSA, 5);
    story_end(&story);
    const struct finding *f = story_only(&story);
    for (size_t i = 0; f != NULL && i < f->evidence_count; i++)
        CU_ASSERT_NOT_EQUAL(f->evidence[i].what[0], '\0');
    story_close(&story);
}

/* Two SYNs, captured behind the bind that followed on them. */
static void a_syn_that_comes_after_what_was_said(void) {
    for (unsigned said = 0; said < 2; said++) {
        struct story story = story_begin();
        story_asks(&story, CLIENT, A, &LSA);
        story_maps(&story, CLIENT, A, &LSA, NULL, PORT);
        struct line line = line_without_syn(&story, CLIENT, A, PORT);
        if (said != 0)
            story_binds(&story, &line, &LSA);
        story_syn_again(&story, &line);
        story_wait(&story, 1);
        story_syn_again(&story, &line);
        story_wait(&story, 60);
        story_ends_with(&story, said != 0 ? NULL : "endpoint-filtered");
    }
}

/* Seen at the time of `seen`, told now. */
static void asks_late(struct story *story, const struct line *line, struct sighting seen) {
    struct fact fact = {.kind = FACT_MAP_ASKED, .seen = seen, .flow = line->flow, .transport = TRANSPORT_TCP};
    address_parse(line->client, &fact.client.address);
    address_parse(line->server, &fact.server.address);
    fact.client.port = (uint16_t)(40000 + line->flow);
    fact.server.port = MAPPER;
    fact.map.call_id = 1;
    fact.map.interface = LSA;
    fact.map.transport = TRANSPORT_TCP;
    judge_fact(story->judge, &fact);
}

static void what_fails_later_foretells_nothing_to_a_question(void) {
    for (unsigned late = 0; late < 2; late++) {
        struct story story = story_begin();
        story_served(&story, OTHER_CLIENT, B, &LSA, PORT);
        struct sighting before = story.now;
        story_refused(&story, OTHER_CLIENT, A, &LSA, PORT);
        struct line line = line_without_syn(&story, CLIENT, A, MAPPER);
        asks_late(&story, &line, late != 0 ? before : story.now);
        story_end(&story);
        CU_ASSERT_EQUAL(story_findings(&story), late != 0 ? 1 : 2); /* the other client's */
        story_close(&story);
    }
}

static void what_fails_later_foretells_nothing_to_an_answer(void) {
    for (unsigned late = 0; late < 2; late++) {
        struct story story = story_begin();
        story_served(&story, OTHER_CLIENT, B, &SAM, PORT + 1);
        struct sighting before = story.now;
        story_refused(&story, OTHER_CLIENT, A, &SAM, PORT + 1);
        line_without_syn(&story, CLIENT, A, MAPPER);
        struct sighting now = story.now;
        if (late != 0)
            story.now = before;
        story_maps(&story, CLIENT, A, &LSA, NULL, PORT);
        story.now = now;
        story_end(&story);
        CU_ASSERT_EQUAL(story_findings(&story), late != 0 ? 1 : 2);
        story_close(&story);
    }
}

static void a_question_told_behind_its_answer(void) {
    for (unsigned late = 0; late < 2; late++) {
        struct story story = story_begin();
        struct line line = line_without_syn(&story, CLIENT, A, MAPPER);
        story_accepts(&story, &line);
        struct sighting before = story.now;
        story_maps(&story, CLIENT, A, &LSA, NULL, PORT);
        struct line service = story_syn(&story, CLIENT, A, PORT);
        story_refuses(&story, &service);
        asks_late(&story, &line, late != 0 ? before : story.now); /* else it is another one */
        story_end(&story);
        CU_ASSERT_EQUAL(story_sessions(&story), late != 0 ? 1 : 2);
        CU_ASSERT_EQUAL(story_findings(&story), 1);
        CU_ASSERT_EQUAL(judge_session(story.judge, 0)->stages[STAGE_ASKED].frame, late != 0 ? before.frame : 0);
        story_close(&story);
    }
}

/* The mapper's answer waited behind a hole while its client connected; or the client connected before. */
static void an_answer_told_behind_the_connect_that_followed_on_it(void) {
    enum { REFUSED, SILENT, SERVED, REJECTED, BEFORE, OTHER_PORT, OTHER_SERVER, CLOCK_BACK, CASES };
    static const char *const rules[CASES] = {
        [REFUSED] = "endpoint-refused", [SILENT] = "endpoint-filtered", [REJECTED] = "interface-rejected"};
    for (unsigned i = 0; i < CASES; i++) {
        struct story story = story_begin();
        story_asks(&story, CLIENT, A, &LSA);
        struct sighting answered = {story.now.frame + 1, story.now.time + 1, 0};
        story.now.frame += 10;
        struct line line =
            story_syn(&story, CLIENT, i == OTHER_SERVER ? STRANGER : A, i == OTHER_PORT ? PORT + 1 : PORT);
        if (i == SILENT) {
            story_syn_again(&story, &line);
            story_syn_again(&story, &line);
            story_silent(&story, &line, story.now);
            story_wait(&story, 60);
        } else if (i == SERVED || i == REJECTED) {
            story_accepts(&story, &line);
        } else {
            story_refuses(&story, &line);
        }
        if (i == REJECTED) {
            story_binds(&story, &line, &LSA);
            story_naks(&story, &line, &LSA, 4);
            story_closes(&story, &line);
        }
        struct sighting now = story.now;
        if (i == BEFORE) {
            story_wait(&story, 1);
            story_syn(&story, OTHER_CLIENT, A, PORT);
        }
        uint64_t flows = story.flows;
        if (i == CLOCK_BACK)
            answered.frame = now.frame + 1;
        if (i == BEFORE) /* by time alone: frames of two files do not compare */
            story.now = (struct sighting){answered.frame - 1, now.time, 1};
        else
            story.now = (struct sighting){answered.frame - 1, answered.time - 1000000, 0};
        story.flows = 1; /* the connection to the mapper */
        story_maps(&story, CLIENT, A, &LSA, NULL, PORT);
        story.flows = flows;
        story.now = now;
        if (i == SERVED) {
            story_binds(&story, &line, &LSA);
            story_accepts_bind(&story, &line, &LSA);
        }
        CU_ASSERT_EQUAL(story_sessions(&story), 1);
        story_ends_with(&story, rules[i]);
    }
}

/* And no answer: the port is known from another client, when the silence has ended. */
static void syns_before_the_port_was_known(void) {
    for (unsigned i = 0; i < 3; i++) {
        struct story story = story_begin();
        story_asks(&story, CLIENT, A, &LSA);
        struct line line = story_syn(&story, CLIENT, A, PORT);
        if (i != 0)
            story_syn_again(&story, &line);
        struct sighting last = story.now;
        story_served(&story, OTHER_CLIENT, A, &LSA, PORT);
        story_silent(&story, &line, last);
        story_wait(&story, i == 2 ? 5 : 20);
        story_end(&story);
        if (i != 0) {
            const struct finding *f = story_only(&story);
            story_check(f, "endpoint-filtered", "S5", 1722);
            CU_ASSERT_PTR_NOT_NULL(strstr(f->message, "does not answer (2 SYNs)"));
            CU_ASSERT_EQUAL(f->state, i == 2 ? FINDING_FAILING : FINDING_FAILED);
        } else { /* one proves nothing */
            CU_ASSERT_EQUAL(story_findings(&story), 0);
        }
        story_close(&story);
    }
}

static bool shows(const struct finding *f, const char *words) {
    for (size_t i = 0; f != NULL && i < f->evidence_count; i++)
        if (strstr(f->evidence[i].what, words) != NULL)
            return true;
    return false;
}

static void no_syn_is_shown_that_was_not_captured(void) {
    for (unsigned seen = 0; seen < 2; seen++) {
        for (unsigned to_mapper = 0; to_mapper < 2; to_mapper++) {
            struct story story = story_begin();
            uint16_t port = to_mapper != 0 ? MAPPER : PORT;
            if (to_mapper == 0) {
                story_asks(&story, CLIENT, A, &LSA);
                story_maps(&story, CLIENT, A, &LSA, NULL, PORT);
            }
            struct line line =
                seen != 0 ? story_syn(&story, CLIENT, A, port) : line_without_syn(&story, CLIENT, A, port);
            story_refuses(&story, &line);
            story_end(&story);
            const struct finding *f = story_only(&story);
            CU_ASSERT_EQUAL(shows(f, "SYN from"), seen != 0);
            CU_ASSERT_TRUE(shows(f, "refused (RST)"));
            story_close(&story);
        }
    }
}

/* The client tries once more, over another connection, and what becomes of that is not in the capture. */
static void a_refusal_is_not_outdone_by_silence(void) {
    for (unsigned refused = 0; refused < 2; refused++) {
        struct story story = story_begin();
        struct line line = story_maps_and_connects(&story, CLIENT, A, &LSA, PORT);
        if (refused != 0)
            story_refuses(&story, &line);
        line = story_syn(&story, CLIENT, A, PORT);
        struct sighting last = story.now;
        story_wait(&story, 60);
        story_silent(&story, &line, last);
        story_end(&story);
        if (refused != 0) {
            const struct finding *f = story_only(&story);
            story_check(f, "endpoint-refused", NULL, 1722);
            CU_ASSERT_TRUE(shows(f, "refused (RST)"));
            CU_ASSERT_FALSE(shows(f, "no answer"));
        } else {
            CU_ASSERT_EQUAL(story_findings(&story), 0);
        }
        story_close(&story);
    }
}

/* The endpoint was mapped for two interfaces before. Of the answer to this client nothing is seen, or only later. */
static void an_endpoint_of_several_interfaces(void) {
    enum { NO_ANSWER, LATE_ANSWER, ANOTHER_ASKED, CASES };
    for (unsigned i = 0; i < CASES; i++) {
        struct story story = story_begin();
        story_asks(&story, OTHER_CLIENT, A, &LSA);
        story_maps(&story, OTHER_CLIENT, A, &LSA, NULL, PORT);
        story_asks(&story, OTHER_CLIENT, A, &SAM);
        story_maps(&story, OTHER_CLIENT, A, &SAM, NULL, PORT);
        story_asks(&story, CLIENT, A, i == ANOTHER_ASKED ? &JETBACK : &LSA);
        uint64_t to_mapper = story.flows;
        struct sighting asked = story.now;
        story.now.frame += 10;
        story_meets_shut(&story, CLIENT, A, PORT);
        if (i == LATE_ANSWER) {
            struct sighting now = story.now;
            uint64_t flows = story.flows;
            story.now = asked;
            story.flows = to_mapper;
            story_maps(&story, CLIENT, A, &LSA, NULL, PORT);
            story.now = now;
            story.flows = flows;
        }
        story_end(&story);
        const struct finding *f = story_only(&story);
        CU_ASSERT_TRUE(syntax_compatible(&f->interface, i == ANOTHER_ASKED ? &SAM : &LSA));
        CU_ASSERT_EQUAL(f->caveat_count, i == LATE_ANSWER ? 0 : 1);
        CU_ASSERT_EQUAL(strstr(f->message, "(presumably)") == NULL, i == LATE_ANSWER);
        story_close(&story);
    }
}

/* Port 445 serves pipes; that it accepts does not make it an endpoint of what is bound on one. */
static void an_smb_connection_that_is_known_late(void) {
    for (unsigned piped = 0; piped < 2; piped++) {
        struct story story = story_begin();
        story_refused(&story, CLIENT, A, &LSA, PORT);
        struct line line = line_without_syn(&story, CLIENT, A, piped != 0 ? 445 : PORT + 1);
        line.pipe = piped != 0 ? "lsarpc" : NULL;
        story_binds(&story, &line, &LSA);
        story_accepts(&story, &line);
        story_end(&story);
        const struct finding *f = story_only(&story);
        CU_ASSERT_STRING_EQUAL(f->rule->id, piped != 0 ? "endpoint-refused" : "stale-endpoint");
        CU_ASSERT_EQUAL(f->bound_count, piped != 0 ? 0 : 1);
        story_close(&story);
    }
}

/* B's connections are established by what the client sent; its first packet is that with its first bytes. */
static void a_server_that_is_seen_later(void) {
    for (unsigned seen = 0; seen < 2; seen++) {
        struct story story = story_begin();
        story.server_ttl = 0;
        struct line line = story_maps_and_connects(&story, OTHER_CLIENT, B, &LSA, PORT);
        story_accepts(&story, &line);
        story.server_ttl = 64;
        if (seen != 0)
            story_accepts(&story, &line);
        story_binds(&story, &line, &LSA);
        story_accepts_bind(&story, &line, &LSA);
        story_refused(&story, CLIENT, A, &LSA, PORT);
        story_end(&story);
        story_check(story_only(&story), seen != 0 ? "unbound-address" : "endpoint-refused", seen != 0 ? "S1" : NULL,
                    1722);
        const struct binding *mapped = judge_binding(story.judge, 1);
        CU_ASSERT_EQUAL(mapped->count, 3);
        for (size_t i = 0; i < mapped->count; i++)
            CU_ASSERT_EQUAL(mapped->proofs[i].count, 1); /* one connection, told twice */
        story_close(&story);
    }
}

int main(void) {
    CU_TestInfo tests[] = {
        {"an answer after a fault where the bind is missing", an_answer_after_a_fault_where_the_bind_is_missing},
        {"an answer serves no guessed interface", an_answer_serves_no_interface_that_is_only_guessed},
        {"all evidence says what it shows", all_evidence_says_what_it_shows},
        {"a SYN that comes after what was said", a_syn_that_comes_after_what_was_said},
        {"what fails later foretells nothing to a question", what_fails_later_foretells_nothing_to_a_question},
        {"what fails later foretells nothing to an answer", what_fails_later_foretells_nothing_to_an_answer},
        {"a question told behind its answer", a_question_told_behind_its_answer},
        {"an answer told behind the connect that followed on it",
         an_answer_told_behind_the_connect_that_followed_on_it},
        {"SYNs before the port was known", syns_before_the_port_was_known},
        {"no SYN is shown that was not captured", no_syn_is_shown_that_was_not_captured},
        {"a refusal is not outdone by silence", a_refusal_is_not_outdone_by_silence},
        {"an endpoint of several interfaces", an_endpoint_of_several_interfaces},
        {"an SMB connection that is known late", an_smb_connection_that_is_known_late},
        {"a server that is seen later", a_server_that_is_seen_later},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/lossy", tests);
}
