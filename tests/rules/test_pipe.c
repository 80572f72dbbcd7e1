/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes over named pipes: how a client gets through, and nothing about the endpoints of TCP. */
#include "tests/rules/story.h"
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

enum { PORT = 1112, SMB = 445 };

static struct line smb(struct story *story, const char *server) {
    struct line line = story_syn(story, CLIENT, server, SMB);
    story_accepts(story, &line);
    line.pipe = "";
    return line;
}

static void serve(struct story *story, const struct line *line, const struct syntax_id *interface) {
    story_binds(story, line, interface);
    story_accepts_bind(story, line, interface);
    story_calls(story, line, interface);
    story_answers(story, line, interface);
}

static const struct binding *binding_of(const struct story *story, const char *address) {
    struct address wanted;
    address_parse(address, &wanted);
    const struct binding *binding;
    for (size_t i = 0; (binding = judge_binding(story->judge, i)) != NULL; i++)
        if (address_equal(&binding->address, &wanted) && syntax_compatible(&binding->interface, &LSA))
            return binding;
    return NULL;
}

static void got_through_by_a_pipe(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    struct line line = smb(&s, A);
    serve(&s, &line, &LSA);
    story_closes(&s, &line);
    story_end(&s);
    const struct finding *f = story_only(&s);
    CU_ASSERT_STRING_EQUAL(f->rule->id, "unbound-address");
    CU_ASSERT_EQUAL(f->state, FINDING_FAILED);
    CU_ASSERT_EQUAL(f->got_through, GOT_THROUGH_PIPE);
    CU_ASSERT_EQUAL(binding_of(&s, A)->state, BOUND_NOT_HERE);
    CU_ASSERT_EQUAL_FATAL(story_sessions(&s), 3);
    const struct session *session = judge_session(s.judge, 2);
    CU_ASSERT_EQUAL(session->transport, TRANSPORT_PIPE);
    CU_ASSERT_EQUAL(session->outcome, OUTCOME_SERVED);
    CU_ASSERT_EQUAL(session->server.port, SMB);
    story_close(&s);
}

static void another_interface_by_a_pipe(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    struct line line = smb(&s, A);
    serve(&s, &line, &SAM);
    story_end(&s);
    CU_ASSERT_EQUAL(story_only(&s)->got_through, GOT_NOT_THROUGH);
    story_close(&s);
}

static void a_pipe_that_rejects_is_no_way(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    struct line line = smb(&s, A);
    story_binds(&s, &line, &LSA);
    story_rejects_bind(&s, &line, &LSA);
    story_end(&s);
    for (size_t i = 0; i < story_findings(&s); i++)
        CU_ASSERT_EQUAL(judge_finding(s.judge, i)->got_through, GOT_NOT_THROUGH);
    story_close(&s);
}

/* A pipe that serves at B does not make it bound at B, so A is refused and that is all. */
static void a_pipe_is_no_endpoint(void) {
    struct story s = story_begin();
    struct line line = smb(&s, B);
    serve(&s, &line, &LSA);
    CU_ASSERT_EQUAL(story_findings(&s), 0);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_end(&s);
    CU_ASSERT_STRING_EQUAL(story_only(&s)->rule->id, "endpoint-refused");
    CU_ASSERT_PTR_NULL(binding_of(&s, B));
    story_close(&s);
}

/* The session that was mapped is still open when the pipe is bound, and is not served by it. */
static void a_silent_endpoint_is_not_served_by_a_pipe(void) {
    struct story s = story_begin();
    story_asks(&s, CLIENT, A, &LSA);
    story_maps(&s, CLIENT, A, &LSA, NULL, PORT);
    struct line pipe = smb(&s, A);
    serve(&s, &pipe, &LSA);
    struct line line = story_syn(&s, CLIENT, A, PORT);
    story_refuses(&s, &line);
    story_end(&s);
    CU_ASSERT_EQUAL(story_only(&s)->got_through, GOT_NOT_THROUGH); /* the pipe came before it */
    story_close(&s);
}

static void each_bind_on_a_connection_is_a_session(void) {
    struct story s = story_begin();
    struct line line = smb(&s, A);
    serve(&s, &line, &LSA);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    serve(&s, &line, &LSA); /* on another pipe of the same connection */
    story_end(&s);
    CU_ASSERT_EQUAL(story_sessions(&s), 3);
    CU_ASSERT_EQUAL(story_only(&s)->got_through, GOT_THROUGH_PIPE);
    story_close(&s);
}

/* SMB's port serves anything: a connect to it is no try to reach what a pipe served before. */
static void the_port_of_pipes_is_nobodys(void) {
    struct story s = story_begin();
    struct line line = smb(&s, A);
    serve(&s, &line, &LSA);
    story_closes(&s, &line);
    line = story_syn(&s, CLIENT, A, SMB);
    story_refuses(&s, &line);
    story_end(&s);
    CU_ASSERT_EQUAL(story_findings(&s), 0);
    CU_ASSERT_EQUAL(story_sessions(&s), 1);
    story_close(&s);
}

/* --- the fallback as one story ---------------------------------------------------------------------------------- */

static const uint32_t NOT_FOUND = 0xc0000034, DENIED = 0xc0000022;

/* A line to a pipe that exists. */
static struct line open_pipe(struct story *story, const char *server, const char *name) {
    struct line line = smb(story, server);
    line.pipe = name;
    story_opens(story, &line);
    return line;
}

/* A line whose pipe cannot be opened. */
static struct line miss_pipe(struct story *story, const char *server, const char *name, uint32_t status) {
    struct line line = smb(story, server);
    line.pipe = name;
    story_does_not_open(story, &line, status);
    return line;
}

static void the_fallback_is_told(void) {
    struct story s = story_begin();
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 20);
    struct line line = open_pipe(&s, A, "lsarpc");
    uint64_t opened = s.now.frame;
    story_binds(&s, &line, &LSA);
    uint64_t bound = story_accepts_bind(&s, &line, &LSA);
    story_calls(&s, &line, &LSA);
    uint64_t answered = story_answers(&s, &line, &LSA);
    story_end(&s);
    const struct finding *f = story_only(&s);
    CU_ASSERT_STRING_EQUAL(f->rule->id, "endpoint-refused");
    CU_ASSERT_EQUAL(f->got_through, GOT_THROUGH_PIPE);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(f->message, " It then gets through by the pipe \\PIPE\\lsarpc, 20.006 s after its first SYN."));
    story_check_evidence(f, opened, "10.0.0.50 opens the pipe \\PIPE\\lsarpc at 10.0.1.20:445");
    story_check_evidence(f, bound,
                         "10.0.0.50 gets through all the same: bind to lsarpc accepted on the pipe \\PIPE\\lsarpc");
    story_check_evidence(f, answered, "the first answer to its calls on the pipe \\PIPE\\lsarpc");
    CU_ASSERT_PTR_NOT_NULL(strstr(f->display_filter, "|| tcp.port == 445)"));
    const struct session *session = judge_session(s.judge, 1);
    CU_ASSERT_TRUE(session->pipe != NULL && strcmp(session->pipe, "lsarpc") == 0);
    CU_ASSERT_EQUAL(session->stages[STAGE_CONNECTED].frame, opened);
    CU_ASSERT_PTR_NULL(judge_session(s.judge, 0)->pipe);
    story_close(&s);
}

static void a_pipe_without_a_name_is_told_as_that(void) {
    struct story s = story_begin();
    story_refused(&s, CLIENT, A, &LSA, PORT);
    struct line line = smb(&s, A);
    serve(&s, &line, &LSA);
    story_end(&s);
    const struct finding *f = story_only(&s);
    CU_ASSERT_PTR_NOT_NULL(strstr(f->message, " It then gets through by a named pipe, 0.005 s after its first SYN."));
    CU_ASSERT_PTR_NULL(judge_session(s.judge, 1)->pipe);
    story_close(&s);
}

static void the_fallback_fails_as_well(void) {
    struct story s = story_begin();
    story_refused(&s, CLIENT, A, &LSA, PORT);
    miss_pipe(&s, A, "LSARPC", NOT_FOUND);
    uint64_t missed = s.now.frame;
    story_end(&s);
    const struct finding *f = story_only(&s);
    CU_ASSERT_STRING_EQUAL(f->rule->id, "endpoint-refused");
    CU_ASSERT_EQUAL(f->got_through, GOT_NOT_THROUGH);
    CU_ASSERT_PTR_NOT_NULL(strstr(
        f->message, " It then tries the pipe \\PIPE\\LSARPC, and that fails as well: STATUS_OBJECT_NAME_NOT_FOUND."));
    story_check_evidence(f, missed,
                         "the pipe \\PIPE\\LSARPC at 10.0.1.20:445 cannot be opened: STATUS_OBJECT_NAME_NOT_FOUND");
    CU_ASSERT_EQUAL(story_sessions(&s), 1);
    story_close(&s);
}

/* What an earlier bind has shown, at another server. */
static void a_pipe_is_known_by_earlier_binds(void) {
    struct story s = story_begin();
    struct line line = open_pipe(&s, STRANGER, "lsass");
    serve(&s, &line, &LSA);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    miss_pipe(&s, A, "lsass", DENIED);
    story_end(&s);
    CU_ASSERT_PTR_NOT_NULL(strstr(story_only(&s)->message, "lsass, and that fails as well: STATUS_ACCESS_DENIED."));
    story_close(&s);
}

/* Each differs from a fallback by one thing. */
static void no_part_of_the_story(void) {
    struct story s = story_begin(); /* another pipe */
    story_refused(&s, CLIENT, A, &LSA, PORT);
    miss_pipe(&s, A, "samr", NOT_FOUND);
    story_end(&s);
    CU_ASSERT_PTR_NULL(strstr(story_only(&s)->message, "PIPE"));
    story_close(&s);

    s = story_begin(); /* another server */
    story_refused(&s, CLIENT, A, &LSA, PORT);
    miss_pipe(&s, STRANGER, "lsarpc", NOT_FOUND);
    story_end(&s);
    CU_ASSERT_PTR_NULL(strstr(story_only(&s)->message, "PIPE"));
    story_close(&s);

    s = story_begin(); /* before it */
    miss_pipe(&s, A, "lsarpc", NOT_FOUND);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_end(&s);
    CU_ASSERT_PTR_NULL(strstr(story_only(&s)->message, "PIPE"));
    story_close(&s);

    s = story_begin(); /* much later */
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 61);
    miss_pipe(&s, A, "lsarpc", NOT_FOUND);
    story_end(&s);
    CU_ASSERT_PTR_NULL(strstr(story_only(&s)->message, "PIPE"));
    story_close(&s);

    s = story_begin(); /* another client */
    story_refused(&s, OTHER_CLIENT, A, &LSA, PORT);
    miss_pipe(&s, A, "lsarpc", NOT_FOUND);
    story_end(&s);
    CU_ASSERT_PTR_NULL(strstr(story_only(&s)->message, "PIPE"));
    story_close(&s);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"got through by a pipe", got_through_by_a_pipe},
        {"another interface by a pipe", another_interface_by_a_pipe},
        {"a pipe that rejects is no way", a_pipe_that_rejects_is_no_way},
        {"a pipe is no endpoint", a_pipe_is_no_endpoint},
        {"a silent endpoint is not served by a pipe", a_silent_endpoint_is_not_served_by_a_pipe},
        {"each bind on a connection is a session", each_bind_on_a_connection_is_a_session},
        {"the port of pipes is nobody's", the_port_of_pipes_is_nobodys},
        {"the fallback is told", the_fallback_is_told},
        {"a pipe without a name is told as that", a_pipe_without_a_name_is_told_as_that},
        {"the fallback fails as well", the_fallback_fails_as_well},
        {"a pipe is known by earlier binds", a_pipe_is_known_by_earlier_binds},
        {"no part of the story", no_part_of_the_story},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/pipe", tests);
}
