/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The second leg of a backup: the server's data connection back to its client. */
#include "tests/rules/story.h"
#include "tests/unit.h"

#include <string.h>

static const struct syntax_id STORE_ADMIN = {
    {{0xa4, 0xf1, 0xdb, 0, 0xca, 0x47, 0x10, 0x67, 0xb3, 0x1e, 0, 0xdd, 0x01, 0x06, 0x62, 0xda}}, 1, 0};
static const struct syntax_id EMSMDB = {
    {{0xa4, 0xf1, 0xdb, 0, 0xca, 0x47, 0x10, 0x67, 0xb3, 0x1f, 0, 0xdd, 0x01, 0x06, 0x62, 0xda}}, 0, 81};
static const struct syntax_id NAMELESS = {{{0xee, 1, 2, 3, 4, 5, 0x46, 7, 0x88, 9, 10, 11, 12, 13, 14, 15}}, 1, 0};

enum { RPC = 1112, DATA = 2345 };

static struct line backup(struct story *s) { return story_served(s, CLIENT, A, &JETBACK, RPC); }

/* Silence, as Windows meets it: SYNs at 0, 3 and 9 s; told when the connection is given up. */
static void leave_unanswered(struct story *s, const char *from, const char *to, uint16_t port) {
    struct line line = story_syn(s, from, to, port);
    story_wait(s, 3);
    story_syn_again(s, &line);
    story_wait(s, 6);
    story_syn_again(s, &line);
    struct sighting last = s->now;
    story_wait(s, 30);
    story_silent(s, &line, last);
}

static bool address_is(const struct address *address, const char *text) {
    struct address wanted;
    address_parse(text, &wanted);
    return address_equal(address, &wanted);
}

static void it_is_refused(void) {
    struct story s = story_begin();
    struct line line = backup(&s);
    uint64_t called = s.now.frame - 1;
    story_meets_shut(&s, A, CLIENT, DATA);
    uint64_t rst = s.now.frame;
    story_closes(&s, &line);
    story_end(&s);
    const struct finding *f = story_only(&s);
    story_check(f, "backup-callback", NULL, 0);
    CU_ASSERT_EQUAL(f->severity, SEVERITY_CRITICAL);
    CU_ASSERT_EQUAL(f->cause, CAUSE_UNKNOWN);
    CU_ASSERT_EQUAL(f->state, FINDING_FAILED);
    CU_ASSERT_EQUAL(f->got_through, GOT_NOT_THROUGH);
    CU_ASSERT_TRUE(address_is(&f->client, A));
    CU_ASSERT_TRUE(address_is(&f->server.address, CLIENT));
    CU_ASSERT_EQUAL(f->server.port, DATA);
    CU_ASSERT_TRUE(syntax_compatible(&f->interface, &JETBACK));
    CU_ASSERT_EQUAL(f->bound_count, 0);
    CU_ASSERT_EQUAL(f->flagged.frame, rst);
    CU_ASSERT_EQUAL(f->failed.frame, rst);
    CU_ASSERT_EQUAL_FATAL(f->evidence_count, 3);
    CU_ASSERT_EQUAL(f->evidence[0].seen.frame, called);
    CU_ASSERT_STRING_EQUAL(f->evidence[0].what, "10.0.0.50 calls JetBack BackupInterface at 10.0.1.20:1112");
    CU_ASSERT_STRING_EQUAL(f->message,
                           "10.0.0.50 runs a backup over JetBack BackupInterface at 10.0.1.20:1112. The server, "
                           "10.0.1.20, sends the data over a connection of its own, back to the client, and that "
                           "fails: 10.0.0.50:2345 refuses the connection (RST). Whether a filter refuses it, or nobody "
                           "listens, cannot be told.");
    CU_ASSERT_STRING_EQUAL(f->display_filter,
                           "ip.addr == 10.0.1.20 && ip.addr == 10.0.0.50 && (tcp.port == 1112 || tcp.port == 2345)");
    CU_ASSERT_EQUAL(story_sessions(&s), 2);
    CU_ASSERT_EQUAL(judge_session(s.judge, 1)->outcome, OUTCOME_REFUSED);
    story_close(&s);
}

static void it_is_accepted(void) {
    struct story s = story_begin();
    backup(&s);
    struct line data = story_syn(&s, A, CLIENT, DATA);
    story_accepts(&s, &data);
    story_end(&s);
    CU_ASSERT_EQUAL(story_findings(&s), 0);
    CU_ASSERT_EQUAL(story_sessions(&s), 1);
    story_close(&s);
}

static void it_is_accepted_at_last(void) {
    struct story s = story_begin();
    backup(&s);
    struct line data = story_syn(&s, A, CLIENT, DATA);
    story_wait(&s, 3);
    story_syn_again(&s, &data);
    story_accepts(&s, &data);
    data = story_syn(&s, A, CLIENT, DATA + 1);
    story_refuses(&s, &data);
    story_syn_again(&s, &data); /* the same connection, half a second later */
    story_accepts(&s, &data);
    story_ends_with(&s, NULL);
}

static void it_is_not_answered(void) {
    struct story s = story_begin();
    backup(&s);
    leave_unanswered(&s, A, CLIENT, DATA);
    story_end(&s);
    const struct finding *f = story_only(&s);
    story_check(f, "backup-callback", NULL, 0);
    CU_ASSERT_EQUAL(f->cause, CAUSE_FILTERED);
    CU_ASSERT_EQUAL(f->state, FINDING_FAILED);
    CU_ASSERT_EQUAL(f->lead, 6001000000);
    CU_ASSERT_EQUAL(f->caveat_count, 0);
    story_close(&s);
}

/* The client gives up before the connection is known to have failed. */
static void the_backup_ends_before_it_is_given_up(void) {
    struct story s = story_begin();
    struct line line = backup(&s);
    struct line data = story_syn(&s, A, CLIENT, DATA);
    story_wait(&s, 1);
    story_syn_again(&s, &data);
    struct sighting last = s.now;
    story_closes(&s, &line);
    story_wait(&s, 60);
    story_silent(&s, &data, last);
    story_ends_with(&s, "backup-callback");
}

static void one_syn_tells_nothing(void) {
    struct story s = story_begin();
    backup(&s);
    struct line data = story_syn(&s, A, CLIENT, DATA);
    story_silent(&s, &data, s.now);
    story_end(&s);
    CU_ASSERT_EQUAL(story_findings(&s), 0);
    CU_ASSERT_EQUAL(story_sessions(&s), 1);
    story_close(&s);
}

static void a_filter_says_so(void) {
    struct story s = story_begin();
    backup(&s);
    struct line data = story_syn(&s, A, CLIENT, DATA);
    story_icmp(&s, &data, 3, 13);
    story_end(&s);
    const struct finding *f = story_only(&s);
    story_check(f, "backup-callback", NULL, 0);
    CU_ASSERT_EQUAL(f->cause, CAUSE_FILTERED);
    story_close(&s);
}

static void known_services_are_none(void) {
    static const uint16_t ports[] = {445, 139, 135, 53, 88, 389, 1023, 3389, 3268};
    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++) {
        struct story s = story_begin();
        backup(&s);
        story_meets_shut(&s, A, CLIENT, ports[i]);
        story_end(&s);
        for (size_t j = 0; j < story_findings(&s); j++)
            CU_ASSERT_STRING_NOT_EQUAL(judge_finding(s.judge, j)->rule->id, "backup-callback");
        story_close(&s);
    }
}

static void an_rpc_endpoint_of_the_client_is_none(void) {
    struct story s = story_begin();
    story_served(&s, OTHER_CLIENT, CLIENT, &LSA, DATA);
    backup(&s);
    story_meets_shut(&s, A, CLIENT, DATA);
    story_end(&s);
    for (size_t i = 0; i < story_findings(&s); i++)
        CU_ASSERT_STRING_NOT_EQUAL(judge_finding(s.judge, i)->rule->id, "backup-callback");
    story_close(&s);
}

/* What the mapper of the client said is not in the capture: the port may be what it gave. */
static void what_the_mapper_may_have_named_is_none(void) {
    struct story s = story_begin();
    backup(&s);
    story_asks(&s, A, CLIENT, &LSA);
    story_meets_shut(&s, A, CLIENT, DATA);
    story_ends_with(&s, NULL);
}

static void only_while_the_backup_runs(void) {
    struct story s = story_begin();
    story_meets_shut(&s, A, CLIENT, DATA);
    struct line line = backup(&s);
    story_closes(&s, &line);
    story_meets_shut(&s, A, CLIENT, DATA);
    story_ends_with(&s, NULL);

    s = story_begin(); /* the same while somebody else's runs */
    story_served(&s, OTHER_CLIENT, A, &JETBACK, RPC);
    story_meets_shut(&s, A, CLIENT, DATA);
    line = backup(&s);
    story_closes(&s, &line);
    story_meets_shut(&s, A, CLIENT, DATA);
    story_ends_with(&s, NULL);

    s = story_begin();
    backup(&s);
    story_wait(&s, 599);
    story_meets_shut(&s, A, CLIENT, DATA);
    story_ends_with(&s, "backup-callback");

    s = story_begin();
    backup(&s);
    story_wait(&s, 601);
    story_meets_shut(&s, A, CLIENT, DATA);
    story_ends_with(&s, NULL);
}

static void only_from_the_server_to_the_client(void) {
    static const char *const ends[][2] = {{CLIENT, A}, {STRANGER, CLIENT}, {A, STRANGER}, {A, OTHER_CLIENT}};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct story s = story_begin();
        backup(&s);
        story_meets_shut(&s, ends[i][0], ends[i][1], DATA);
        story_ends_with(&s, NULL);
    }
}

static void other_calls_are_no_backup(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, A, &LSA, RPC);
    story_meets_shut(&s, A, CLIENT, DATA);
    story_ends_with(&s, NULL);
}

/* A cluster node connects from its own address. A and B are one server. */
static void from_another_address_of_the_server(void) {
    struct story s = story_begin();
    story_served(&s, OTHER_CLIENT, B, &LSA, RPC + 1);
    backup(&s);
    story_meets_shut(&s, B, CLIENT, DATA);
    story_end(&s);
    const struct finding *f = story_only(&s);
    story_check(f, "backup-callback", NULL, 0);
    CU_ASSERT_TRUE(address_is(&f->client, B));
    story_close(&s);

    s = story_begin();
    story_served(&s, OTHER_CLIENT, STRANGER, &LSA, RPC + 1);
    backup(&s);
    story_meets_shut(&s, STRANGER, CLIENT, DATA);
    story_ends_with(&s, NULL);
}

/* The client told the address of its other card. */
static void to_another_address_of_the_client(void) {
    struct story s = story_begin();
    story_served(&s, OTHER_CLIENT, A, &LSA, RPC);
    story_served(&s, OTHER_CLIENT, B, &LSA, RPC);
    story_served(&s, A, STRANGER, &JETBACK, RPC);
    leave_unanswered(&s, STRANGER, B, DATA);
    story_end(&s);
    const struct finding *f = story_only(&s);
    story_check(f, "backup-callback", NULL, 0);
    CU_ASSERT_EQUAL(f->cause, CAUSE_UNKNOWN); /* nothing shows that this address can be reached by anybody */
    CU_ASSERT_PTR_NOT_NULL(strstr(f->advice, "make the client tell the other one"));
    story_close(&s);

    s = story_begin();
    story_served(&s, OTHER_CLIENT, A, &LSA, RPC);
    story_served(&s, A, STRANGER, &JETBACK, RPC);
    leave_unanswered(&s, STRANGER, "10.0.0.77", DATA);
    story_ends_with(&s, NULL);
}

static void the_next_one_is_accepted(void) {
    struct story s = story_begin();
    backup(&s);
    story_meets_shut(&s, A, CLIENT, DATA);
    story_wait(&s, 5);
    struct line data = story_syn(&s, A, CLIENT, DATA + 1);
    uint64_t accepted = story_accepts(&s, &data);
    story_end(&s);
    const struct finding *f = story_only(&s);
    story_check(f, "backup-callback", NULL, 0);
    CU_ASSERT_EQUAL(f->severity, SEVERITY_WARNING);
    CU_ASSERT_EQUAL(f->got_through, GOT_THROUGH_RETRY);
    CU_ASSERT_EQUAL(f->evidence[f->evidence_count - 1].seen.frame, accepted);
    CU_ASSERT_PTR_NOT_NULL(strstr(f->message, " Another one was accepted 5.002 s later."));
    story_close(&s);

    s = story_begin();
    backup(&s);
    story_meets_shut(&s, A, CLIENT, DATA);
    data = story_syn(&s, STRANGER, CLIENT, DATA + 1);
    story_accepts(&s, &data);
    story_end(&s);
    CU_ASSERT_EQUAL(story_only(&s)->severity, SEVERITY_CRITICAL);
    story_close(&s);
}

/* That a connect is given up is told behind the one that is accepted after it; and one that is accepted beside it, or
 * long after, does not make it good. */
static void silence_is_made_good_after_it(void) {
    static const struct {
        double at; /* seconds after the last SYN */
        enum got_through got_through;
    } cases[] = {{-1, GOT_NOT_THROUGH}, {2, GOT_THROUGH_RETRY}, {61, GOT_NOT_THROUGH}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct story s = story_begin();
        backup(&s);
        struct line silent = story_syn(&s, A, CLIENT, DATA);
        story_wait(&s, 3);
        struct line data = story_syn(&s, A, CLIENT, DATA + 1);
        if (cases[i].at < 0)
            story_accepts(&s, &data);
        story_syn_again(&s, &silent);
        struct sighting last = s.now;
        if (cases[i].at > 0) {
            story_wait(&s, cases[i].at);
            story_accepts(&s, &data);
        }
        story_silent(&s, &silent, last);
        story_end(&s);
        const struct finding *f = story_only(&s);
        CU_ASSERT_EQUAL(f->got_through, cases[i].got_through);
        CU_ASSERT_EQUAL(f->severity, cases[i].got_through == GOT_NOT_THROUGH ? SEVERITY_CRITICAL : SEVERITY_WARNING);
        story_close(&s);
    }
}

/* Others than backup programs call it, too. */
static void the_stores_administration_is_presumed(void) {
    struct story s = story_begin();
    story_served(&s, CLIENT, A, &STORE_ADMIN, RPC);
    story_meets_shut(&s, A, CLIENT, DATA);
    story_end(&s);
    const struct finding *f = story_only(&s);
    story_check(f, "backup-callback", NULL, 0xc7ff1004);
    CU_ASSERT_EQUAL(f->severity, SEVERITY_WARNING);
    CU_ASSERT_PTR_NOT_NULL(strstr(f->message, "presumably runs a backup"));
    story_close(&s);
}

static void a_nameless_interface_of_the_store_is_presumed(void) {
    struct story s = story_begin();
    story_served(&s, OTHER_CLIENT, A, &EMSMDB, RPC);
    story_served(&s, CLIENT, A, &NAMELESS, RPC);
    story_meets_shut(&s, A, CLIENT, DATA);
    story_end(&s);
    const struct finding *f = story_only(&s);
    story_check(f, "backup-callback", NULL, 0xc7ff1004);
    CU_ASSERT_EQUAL(f->severity, SEVERITY_WARNING);
    story_close(&s);

    s = story_begin();
    story_served(&s, OTHER_CLIENT, A, &EMSMDB, RPC);
    story_served(&s, CLIENT, A, &NAMELESS, RPC + 1);
    story_meets_shut(&s, A, CLIENT, DATA);
    story_ends_with(&s, NULL);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"it is refused", it_is_refused},
        {"it is accepted", it_is_accepted},
        {"it is accepted at last", it_is_accepted_at_last},
        {"it is not answered", it_is_not_answered},
        {"the backup ends before it is given up", the_backup_ends_before_it_is_given_up},
        {"one SYN tells nothing", one_syn_tells_nothing},
        {"a filter says so", a_filter_says_so},
        {"known services are none", known_services_are_none},
        {"an RPC endpoint of the client is none", an_rpc_endpoint_of_the_client_is_none},
        {"what the mapper may have named is none", what_the_mapper_may_have_named_is_none},
        {"only while the backup runs", only_while_the_backup_runs},
        {"only from the server to the client", only_from_the_server_to_the_client},
        {"other calls are no backup", other_calls_are_no_backup},
        {"from another address of the server", from_another_address_of_the_server},
        {"to another address of the client", to_another_address_of_the_client},
        {"the next one is accepted", the_next_one_is_accepted},
        {"silence is made good after it", silence_is_made_good_after_it},
        {"the store's administration is presumed", the_stores_administration_is_presumed},
        {"a nameless interface of the store is presumed", a_nameless_interface_of_the_store_is_presumed},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/callback", tests);
}
