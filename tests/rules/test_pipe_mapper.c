/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The endpoint mapper, asked over its named pipe: what it answers is as good as over TCP. */
#include "tests/rules/story.h"
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

enum { PORT = 1112, SMB = 445 };
#define NOT_REGISTERED 0x16c9a0d6u

static void tell(struct story *story, const struct line *line, struct fact *fact) {
    fact->flow = line->flow;
    fact->transport = TRANSPORT_PIPE;
    address_parse(line->client, &fact->client.address);
    address_parse(line->server, &fact->server.address);
    fact->client.port = (uint16_t)(40000 + line->flow);
    fact->server.port = line->port;
    snprintf(fact->pipe_name, sizeof fact->pipe_name, "epmapper");
    story->now.frame++;
    story->now.time += 1000000;
    fact->seen = story->now;
    judge_fact(story->judge, fact);
}

static struct line smb(struct story *story, const char *server) {
    struct line line = story_syn(story, CLIENT, server, SMB);
    story_accepts(story, &line);
    return line;
}

static void binds_to_mapper(struct story *story, const struct line *line) {
    struct fact fact = {.kind = FACT_BIND_ASKED, .bind = {.call_id = 1, .offered = 1, .count = 1}};
    fact.bind.contexts[0].interface = SYNTAX_EPM;
    tell(story, line, &fact);
}

static uint64_t asks(struct story *story, const struct line *line) {
    struct fact fact = {.kind = FACT_MAP_ASKED, .map = {.call_id = 2, .interface = LSA, .transport = TRANSPORT_TCP}};
    tell(story, line, &fact);
    return story->now.frame;
}

static void answers(struct story *story, const struct line *line, uint32_t status) {
    struct fact fact = {
        .kind = FACT_MAP_ANSWERED,
        .map = {.call_id = 2, .interface = LSA, .transport = TRANSPORT_TCP, .status = status, .question_seen = true}};
    if (status == 0) {
        fact.map.offered = fact.map.count = 1;
        fact.map.towers[0].interface = LSA;
        fact.map.towers[0].transport = TRANSPORT_TCP;
        fact.map.towers[0].endpoint.port = PORT;
        address_parse(line->server, &fact.map.towers[0].endpoint.address);
    }
    tell(story, line, &fact);
}

static void the_endpoint_that_it_names_is_refused(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    struct line pipe = smb(&s, A);
    binds_to_mapper(&s, &pipe);
    uint64_t asked = asks(&s, &pipe);
    answers(&s, &pipe, 0);
    struct line line = story_syn(&s, CLIENT, A, PORT);
    uint64_t refused = story_refuses(&s, &line);
    story_closes(&s, &pipe);
    story_end(&s);
    const struct finding *f = story_only(&s);
    CU_ASSERT_STRING_EQUAL(f->rule->id, "unbound-address");
    CU_ASSERT_EQUAL(f->failed.frame, refused);
    CU_ASSERT_EQUAL_FATAL(story_sessions(&s), 2);
    const struct session *session = judge_session(s.judge, 1);
    CU_ASSERT_EQUAL(session->transport, TRANSPORT_TCP);
    CU_ASSERT_EQUAL(session->stages[STAGE_ASKED].frame, asked);
    CU_ASSERT_EQUAL(session->stages[STAGE_CONNECTING].frame, asked + 2);
    story_close(&s);
}

static void the_endpoint_that_it_names_serves(void) {
    struct story s = story_begin();
    struct line pipe = smb(&s, A);
    binds_to_mapper(&s, &pipe);
    asks(&s, &pipe);
    answers(&s, &pipe, 0);
    struct line line = story_syn(&s, CLIENT, A, PORT);
    story_accepts(&s, &line);
    story_binds(&s, &line, &LSA);
    story_accepts_bind(&s, &line, &LSA);
    story_end(&s);
    CU_ASSERT_EQUAL(story_findings(&s), 0);
    CU_ASSERT_EQUAL_FATAL(story_sessions(&s), 1);
    CU_ASSERT_EQUAL(judge_session(s.judge, 0)->outcome, OUTCOME_SERVED);
    story_close(&s);
}

/* Mapped, and later asked again over the same SMB connection: over another pipe, it is no longer registered; over the
 * same one that is where the list ends. */
static void each_pipe_is_asked_anew(void) {
    for (int anew = 0; anew < 2; anew++) {
        struct story s = story_begin();
        struct line pipe = smb(&s, A);
        binds_to_mapper(&s, &pipe);
        asks(&s, &pipe);
        answers(&s, &pipe, 0);
        struct line line = story_syn(&s, CLIENT, A, PORT);
        story_accepts(&s, &line);
        story_binds(&s, &line, &LSA);
        story_accepts_bind(&s, &line, &LSA);
        story_wait(&s, 600);
        if (anew == 1)
            binds_to_mapper(&s, &pipe);
        asks(&s, &pipe);
        answers(&s, &pipe, NOT_REGISTERED);
        story_end(&s);
        CU_ASSERT_EQUAL(story_findings(&s), anew);
        if (anew == 1)
            CU_ASSERT_STRING_EQUAL(story_only(&s)->rule->id, "not-registered");
        story_close(&s);
    }
}

int main(void) {
    CU_TestInfo tests[] = {
        {"the endpoint that it names is refused", the_endpoint_that_it_names_is_refused},
        {"the endpoint that it names serves", the_endpoint_that_it_names_serves},
        {"each pipe is asked anew", each_pipe_is_asked_anew},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/pipe_mapper", tests);
}
