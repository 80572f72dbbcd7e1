/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Named pipes that are not there, by themselves. */
#include "tests/rules/story.h"
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

enum { PORT = 1112, SMB = 445 };

static const uint32_t NOT_FOUND = 0xc0000034, DENIED = 0xc0000022;

static struct line smb(struct story *story, const char *client, const char *server, const char *name) {
    struct line line = story_syn(story, client, server, SMB);
    story_accepts(story, &line);
    line.pipe = name;
    return line;
}

static void serve_pipe_for(struct story *story, const char *client, const char *server, const char *name) {
    struct line line = smb(story, client, server, name);
    story_opens(story, &line);
    story_binds(story, &line, &LSA);
    story_accepts_bind(story, &line, &LSA);
    story_closes(story, &line);
}

static void serve_pipe(struct story *story, const char *server, const char *name) {
    serve_pipe_for(story, CLIENT, server, name);
}

/* A and B give the same NTLM name, as their binds may show. */
static void tell_name(struct story *story, const char *server) {
    struct fact fact = {
        .kind = FACT_SERVER_NAME, .seen = {1, story->now.time, 0}, .name = {NAME_NTLM_COMPUTER, "EXNODE1"}};
    CU_ASSERT_TRUE_FATAL(address_parse(server, &fact.server.address));
    judge_fact(story->judge, &fact);
}

static void miss_pipe(struct story *story, const char *server, const char *name, uint32_t status) {
    struct line line = smb(story, CLIENT, server, name);
    story_does_not_open(story, &line, status);
}

static void a_pipe_that_the_mapper_names_is_not_there(void) {
    struct story s = story_begin();
    s.asked_for = TRANSPORT_PIPE;
    story_asks(&s, OTHER_CLIENT, A, &LSA);
    uint64_t mapped = story_maps_to_pipe(&s, OTHER_CLIENT, A, &LSA, "\\PIPE\\LSASS");
    miss_pipe(&s, A, "lsass", NOT_FOUND);
    uint64_t missed = s.now.frame;
    story_end(&s);
    const struct finding *f = story_only(&s);
    story_check(f, "pipe-refused", NULL, 1722);
    CU_ASSERT_EQUAL(f->severity, SEVERITY_CRITICAL);
    CU_ASSERT_EQUAL(f->cause, CAUSE_UNKNOWN);
    CU_ASSERT_EQUAL(f->state, FINDING_FAILED);
    CU_ASSERT_EQUAL(f->server.port, SMB);
    CU_ASSERT_EQUAL(f->bound_count, 0);
    CU_ASSERT_EQUAL(f->flagged.frame, missed);
    CU_ASSERT_STRING_EQUAL(
        f->message, "10.0.0.50 goes to 10.0.1.20 for lsarpc by the pipe \\PIPE\\lsass, which its endpoint "
                    "mapper names and which is not there (STATUS_OBJECT_NAME_NOT_FOUND). The capture does not show "
                    "it at another address, so whether it is elsewhere or down cannot be told.");
    story_check_evidence(f, mapped, "the endpoint mapper there names \\PIPE\\lsass for lsarpc");
    story_check_evidence(f, missed,
                         "the pipe \\PIPE\\lsass at 10.0.1.20:445 cannot be opened: STATUS_OBJECT_NAME_NOT_FOUND");
    CU_ASSERT_EQUAL(f->evidence_count, 2);
    story_close(&s);
}

static void a_pipe_is_served_at_another_address(void) {
    struct story s = story_begin();
    serve_pipe(&s, B, "lsass");
    tell_name(&s, A);
    tell_name(&s, B);
    miss_pipe(&s, A, "lsass", NOT_FOUND);
    story_end(&s);
    const struct finding *f = story_only(&s);
    story_check(f, "pipe-refused", NULL, 1722);
    CU_ASSERT_EQUAL(f->cause, CAUSE_UNBOUND);
    story_check_bound_at(f, "10.0.0.20:445");
    CU_ASSERT_EQUAL(f->evidence_count, 3);
    CU_ASSERT_PTR_NOT_NULL(strstr(
        f->message, "lsass, which is not there (STATUS_OBJECT_NAME_NOT_FOUND); the same server has it at 10.0.0.20."));
    story_close(&s);
}

static void begin_with_a_mapped_pipe(struct story *s) {
    *s = story_begin();
    s->asked_for = TRANSPORT_PIPE;
    story_asks(s, OTHER_CLIENT, A, &LSA);
    story_maps_to_pipe(s, OTHER_CLIENT, A, &LSA, "\\pipe\\LSASS");
}

/* Each differs from the two above by one thing. */
static void a_probe_is_no_finding(void) {
    struct story s = story_begin(); /* nobody said that it is there */
    miss_pipe(&s, A, "lsarpc", NOT_FOUND);
    story_ends_with(&s, NULL);

    begin_with_a_mapped_pipe(&s); /* another pipe */
    miss_pipe(&s, A, "lsarpc", NOT_FOUND);
    story_ends_with(&s, NULL);

    begin_with_a_mapped_pipe(&s); /* another server */
    miss_pipe(&s, B, "lsass", NOT_FOUND);
    story_ends_with(&s, NULL);

    begin_with_a_mapped_pipe(&s); /* it is there */
    miss_pipe(&s, A, "lsass", DENIED);
    story_ends_with(&s, NULL);

    begin_with_a_mapped_pipe(&s); /* the client gets what it wants all the same */
    miss_pipe(&s, A, "lsass", NOT_FOUND);
    story_served(&s, CLIENT, A, &LSA, PORT);
    story_ends_with(&s, NULL);

    begin_with_a_mapped_pipe(&s); /* it is told with the endpoint */
    s.asked_for = TRANSPORT_TCP;
    story_refused(&s, CLIENT, A, &LSA, PORT);
    miss_pipe(&s, A, "lsass", NOT_FOUND);
    story_ends_with(&s, "endpoint-refused");

    s = story_begin(); /* it was named only later */
    miss_pipe(&s, A, "lsass", NOT_FOUND);
    s.asked_for = TRANSPORT_PIPE;
    story_asks(&s, OTHER_CLIENT, A, &LSA);
    story_maps_to_pipe(&s, OTHER_CLIENT, A, &LSA, "\\PIPE\\lsass");
    story_ends_with(&s, NULL);

    s = story_begin(); /* another server has it */
    serve_pipe(&s, STRANGER, "lsass");
    miss_pipe(&s, A, "lsass", NOT_FOUND);
    story_ends_with(&s, NULL);

    s = story_begin(); /* only the link-layer address says that they are one server */
    serve_pipe(&s, B, "lsass");
    story_served(&s, OTHER_CLIENT, A, &SAM, PORT);
    miss_pipe(&s, A, "lsass", NOT_FOUND);
    story_ends_with(&s, NULL);

    s = story_begin(); /* the service came up later */
    miss_pipe(&s, A, "lsass", NOT_FOUND);
    serve_pipe_for(&s, OTHER_CLIENT, B, "lsass");
    tell_name(&s, A);
    tell_name(&s, B);
    story_ends_with(&s, NULL);

    s = story_begin(); /* it was there before: the service went down */
    serve_pipe(&s, B, "lsass");
    serve_pipe(&s, A, "lsass");
    tell_name(&s, A);
    tell_name(&s, B);
    miss_pipe(&s, A, "lsass", NOT_FOUND);
    story_ends_with(&s, NULL);
}

static void limits_of_pipes_are_counted(void) {
    static char names[4100][16];
    struct story s = story_begin();
    struct line line = smb(&s, CLIENT, A, "");
    for (size_t i = 0; i < 4097; i++) {
        snprintf(names[i], sizeof names[i], "p%zu", i);
        line.pipe = names[i];
        story_does_not_open(&s, &line, NOT_FOUND);
        CU_ASSERT_EQUAL(s.tally.limits[LIMIT_EVIDENCE], i == 4096);
    }
    for (size_t i = 0; i < 4097; i++) {
        line.pipe = names[i];
        story_opens(&s, &line);
        CU_ASSERT_EQUAL(s.tally.limits[LIMIT_EVIDENCE], 1 + (i == 4096));
    }
    story_wait(&s, 61);
    line.pipe = "another";
    story_opens(&s, &line); /* the old ones are of no use any more */
    CU_ASSERT_EQUAL(s.tally.limits[LIMIT_EVIDENCE], 2);
    story_ends_with(&s, NULL);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"a pipe that the mapper names is not there", a_pipe_that_the_mapper_names_is_not_there},
        {"a pipe is served at another address", a_pipe_is_served_at_another_address},
        {"a probe is no finding", a_probe_is_no_finding},
        {"limits of pipes are counted", limits_of_pipes_are_counted},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/pipe_refused", tests);
}
