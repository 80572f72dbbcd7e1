/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The signatures of a finding; S2, S3, S5 and S6 by themselves are in test_rules.c. */
#include "tests/rules/story.h"
#include "tests/unit.h"

#include <string.h>

enum { PORT = 1112 };

static const struct syntax_id MTA = {
    {{0x9e, 0x8e, 0xe8, 0x30, 0x44, 0x59, 0x11, 0xce, 0x97, 0x9b, 0, 0xaa, 0, 0x5f, 0xfe, 0xbe}}, 2, 0};

/* "S1 S9"; the first of them is the signature. */
static void has(const struct finding *f, const char *wanted) {
    char names[FINDING_SIGNATURES * 3 + 1] = "";
    for (unsigned i = 1; i <= FINDING_SIGNATURES; i++)
        if ((f->signatures & 1U << i) != 0)
            sprintf(names + strlen(names), "%sS%u", names[0] == '\0' ? "" : " ", i);
    CU_ASSERT_STRING_EQUAL(names, wanted);
    if (strcmp(names, wanted) != 0)
        printf("%s, not %s: %s\n", names, wanted, f->advice);
    CU_ASSERT_EQUAL(f->signature == NULL, *wanted == '\0');
    if (f->signature != NULL)
        CU_ASSERT_EQUAL(strncmp(f->signature, wanted, 2), 0);
}

static void ends(struct story *s, const char *wanted) {
    story_end(s);
    has(story_only(s), wanted);
    story_close(s);
}

static void several_may_hold(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_asks(&s, CLIENT, A, &LSA);
    story_maps(&s, CLIENT, A, &LSA, B, PORT);
    struct line line = story_syn(&s, CLIENT, A, PORT);
    story_refuses(&s, &line);
    ends(&s, "S1 S4");
}

static void a_prediction_has_what_was_seen_here(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 10);
    story_asks(&s, OTHER_CLIENT, A, &LSA); /* the same interface was refused here */
    story_maps(&s, OTHER_CLIENT, A, &LSA, NULL, PORT);
    story_end(&s);
    CU_ASSERT_EQUAL_FATAL(story_findings(&s), 2);
    has(judge_finding(s.judge, 1), "S1");
    story_close(&s);
    s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_served(&s, CLIENT, B, &SAM, PORT + 1);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_asks(&s, OTHER_CLIENT, A, &SAM); /* another one was */
    story_maps(&s, OTHER_CLIENT, A, &SAM, NULL, PORT + 1);
    story_end(&s);
    CU_ASSERT_EQUAL_FATAL(story_findings(&s), 2);
    has(judge_finding(s.judge, 1), "");
    story_close(&s);
}

/* --- S7 --------------------------------------------------------------------------------------------------------- */

/* The peer, A and B, binds the MTA of this server from one address; the server binds back, and is refused. */
static struct story binds_back(const char *from, const char *to) {
    struct story s = story_begin();
    story_served(&s, CLIENT, B, &LSA, PORT); /* who B is */
    story_served(&s, from, STRANGER, &MTA, 2000);
    story_refused(&s, STRANGER, to, &MTA, 2001);
    return s;
}

static void a_bind_back_to_another_address_is_refused(void) {
    struct story s = binds_back(B, A);
    story_end(&s);
    const struct finding *f = story_only(&s);
    has(f, "S7");
    bool told = false;
    for (size_t i = 0; i < f->evidence_count; i++)
        told = told || strstr(f->evidence[i].what, "what is refused is the bind-back") != NULL;
    CU_ASSERT_TRUE(told);
    story_close(&s);
}

static void other_refusals_are_no_bind_back(void) {
    struct story s = binds_back(A, A); /* to where it was bound from */
    ends(&s, "");
    s = binds_back(CLIENT, A); /* of another peer */
    ends(&s, "");
    s = story_begin(); /* of another interface */
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_served(&s, B, STRANGER, &SAM, 2000);
    story_refused(&s, STRANGER, A, &SAM, 2001);
    ends(&s, "");
    s = story_begin(); /* the peer binds only afterwards */
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_refused(&s, STRANGER, A, &MTA, 2001);
    story_served(&s, B, STRANGER, &MTA, 2000);
    ends(&s, "");
}

/* --- S8 --------------------------------------------------------------------------------------------------------- */

static void a_name_leads_to_the_wrong_address(void) {
    static const enum name_source sources[] = {NAME_DNS, NAME_NETBIOS};
    for (size_t i = 0; i < 2; i++) {
        struct story s = story_begin();
        story_served(&s, OTHER_CLIENT, B, &LSA, PORT);
        uint64_t named = story_names(&s, CLIENT, A, sources[i], i == 0 ? "exvs1.example" : "EXVS1<20>");
        story_refused(&s, CLIENT, A, &LSA, PORT);
        story_end(&s);
        const struct finding *f = story_only(&s);
        has(f, "S1 S8");
        CU_ASSERT_PTR_NOT_NULL(strstr(f->advice, "leads to " A ": point it at " B ":1112."));
        story_check_evidence(f, named,
                             i == 0 ? "a name service tells that exvs1.example is at " A
                                    : "a name service tells that EXVS1 is at " A);
        story_close(&s);
    }
}

static void a_name_that_misleads_nobody(void) {
    struct story s = story_begin(); /* nobody else is seen to use the other address */
    story_served(&s, CLIENT, B, &LSA, PORT);
    story_names(&s, CLIENT, A, NAME_DNS, "exvs1.example");
    story_refused(&s, CLIENT, A, &LSA, PORT);
    ends(&s, "S1");
    s = story_begin(); /* it was told only afterwards */
    story_served(&s, OTHER_CLIENT, B, &LSA, PORT);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_names(&s, CLIENT, A, NAME_DNS, "exvs1.example");
    ends(&s, "S1");
    s = story_begin(); /* it is the server's own word */
    story_served(&s, OTHER_CLIENT, B, &LSA, PORT);
    story_names(&s, CLIENT, A, NAME_KERBEROS_SERVICE, "cifs/exvs1.example");
    story_refused(&s, CLIENT, A, &LSA, PORT);
    ends(&s, "S1");
    s = story_begin(); /* the name is at the right address */
    story_served(&s, OTHER_CLIENT, B, &LSA, PORT);
    story_names(&s, CLIENT, B, NAME_DNS, "exvs1.example");
    story_refused(&s, CLIENT, A, &LSA, PORT);
    ends(&s, "S1");
}

/* --- S9 --------------------------------------------------------------------------------------------------------- */

static void the_client_goes_on_by_a_pipe(void) {
    struct story s = story_begin();
    story_refused(&s, CLIENT, A, &LSA, PORT);
    struct line smb = story_syn(&s, CLIENT, A, 445);
    story_accepts(&s, &smb);
    smb.pipe = "lsarpc";
    story_opens(&s, &smb);
    story_binds(&s, &smb, &LSA);
    story_accepts_bind(&s, &smb, &LSA);
    ends(&s, "S9");
    s = story_begin(); /* and in vain */
    story_refused(&s, CLIENT, A, &LSA, PORT);
    smb = story_syn(&s, CLIENT, A, 445);
    story_accepts(&s, &smb);
    smb.pipe = "lsarpc";
    story_does_not_open(&s, &smb, 0xc0000034);
    ends(&s, "S9");
}

static void the_client_goes_on_over_udp(void) {
    for (int late = 0; late < 2; late++) {
        struct story s = story_begin();
        story_refused(&s, CLIENT, A, &LSA, PORT);
        story_wait(&s, late ? 120 : 1);
        s.over = s.asked_for = TRANSPORT_UDP;
        story_asks(&s, CLIENT, A, &LSA);
        story_maps(&s, CLIENT, A, &LSA, NULL, 1025);
        struct line line = {.flow = ++s.flows, .client = CLIENT, .server = A, .port = 1025};
        story_calls(&s, &line, &LSA);
        ends(&s, late ? "" : "S9");
    }
}

static void another_try_is_not_another_way(void) {
    struct story s = story_begin();
    story_refused(&s, CLIENT, A, &LSA, PORT);
    story_wait(&s, 1);
    story_refused(&s, CLIENT, A, &LSA, PORT);
    ends(&s, "");
}

int main(void) {
    CU_TestInfo tests[] = {
        {"several may hold", several_may_hold},
        {"a prediction has what was seen here", a_prediction_has_what_was_seen_here},
        {"S7: a bind-back to another address", a_bind_back_to_another_address_is_refused},
        {"not S7: other refusals", other_refusals_are_no_bind_back},
        {"S8: a name leads to the wrong address", a_name_leads_to_the_wrong_address},
        {"not S8: a name that misleads nobody", a_name_that_misleads_nobody},
        {"S9: by a pipe", the_client_goes_on_by_a_pipe},
        {"S9: over UDP", the_client_goes_on_over_udp},
        {"not S9: another try", another_try_is_not_another_way},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/signatures", tests);
}
