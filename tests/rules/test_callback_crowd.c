/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The second leg of backups among other connects and hosts: one that worked, clusters, scans, and limits. */
#include "tests/rules/story.h"
#include "tests/unit.h"

#include <string.h>

enum { RPC = 1112, DATA = 2345 };

static struct line backup(struct story *s) { return story_served(s, CLIENT, A, &JETBACK, RPC); }

/* The data comes: this one may be about something else. */
static void an_earlier_one_was_accepted(void) {
    struct story s = story_begin();
    backup(&s);
    struct line data = story_syn(&s, A, CLIENT, DATA + 1);
    uint64_t accepted = story_accepts(&s, &data);
    story_meets_shut(&s, A, CLIENT, DATA);
    story_end(&s);
    const struct finding *f = story_only(&s);
    story_check(f, "backup-callback", NULL, 0);
    CU_ASSERT_EQUAL(f->severity, SEVERITY_WARNING);
    CU_ASSERT_EQUAL(f->got_through, GOT_NOT_THROUGH);
    CU_ASSERT_EQUAL(f->evidence[1].seen.frame, accepted);
    CU_ASSERT_STRING_EQUAL(f->evidence[1].what, "10.0.0.50 accepts an earlier connection from 10.0.1.20");
    CU_ASSERT_PTR_NOT_NULL(strstr(f->message, " (RST). An earlier one was accepted."));
    story_close(&s);

    static const struct {
        const char *from;
        uint16_t port;
    } others[] = {{STRANGER, DATA}, {A, 445}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        s = story_begin();
        backup(&s);
        data = story_syn(&s, others[i].from, CLIENT, others[i].port);
        story_accepts(&s, &data);
        story_meets_shut(&s, A, CLIENT, DATA);
        story_end(&s);
        CU_ASSERT_EQUAL(story_only(&s)->severity, SEVERITY_CRITICAL);
        story_close(&s);
    }
}

static void tell_cluster(struct story *s, const char *teller, const char *address) {
    struct fact fact = {.kind = FACT_CLUSTER_ADDRESS, .seen = {1, s->now.time, 0}};
    address_parse(teller, &fact.server.address);
    address_parse(address, &fact.resource.address);
    judge_fact(s->judge, &fact);
}

/* From any node of the server's cluster; but not to another node of the client's. */
static void of_a_cluster(void) {
    struct story s = story_begin();
    backup(&s);
    tell_cluster(&s, A, STRANGER);
    story_meets_shut(&s, STRANGER, CLIENT, DATA);
    story_ends_with(&s, "backup-callback");

    s = story_begin();
    backup(&s);
    tell_cluster(&s, CLIENT, STRANGER);
    story_meets_shut(&s, A, STRANGER, DATA);
    story_ends_with(&s, NULL);
}

static void a_scan_is_none(void) {
    struct story s = story_begin();
    backup(&s);
    for (uint16_t i = 0; i < 12; i++)
        story_meets_shut(&s, A, CLIENT, (uint16_t)(DATA + i));
    story_ends_with(&s, NULL);

    s = story_begin();
    backup(&s);
    for (uint16_t i = 0; i < 12; i++)
        story_meets_shut(&s, A, CLIENT, DATA);
    story_end(&s);
    CU_ASSERT_EQUAL(story_only(&s)->count, 12);
    story_close(&s);

    s = story_begin();
    backup(&s);
    static const char *const hosts[] = {"10.0.3.1", "10.0.3.2", "10.0.3.3", "10.0.3.4", "10.0.3.5", "10.0.3.6"};
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++)
        story_meets_shut(&s, A, hosts[i], DATA);
    story_meets_shut(&s, A, CLIENT, DATA);
    story_ends_with(&s, NULL);
}

static void limits_are_counted(void) {
    struct story s = story_begin();
    for (int i = 0; i < 1024; i++)
        backup(&s);
    CU_ASSERT_EQUAL(s.tally.limits[LIMIT_SESSIONS], 0);
    backup(&s);
    CU_ASSERT_EQUAL(s.tally.limits[LIMIT_SESSIONS], 1);
    for (int i = 0; i < 4096; i++)
        story_syn(&s, A, CLIENT, DATA);
    CU_ASSERT_EQUAL(s.tally.limits[LIMIT_SESSIONS], 1);
    story_syn(&s, A, CLIENT, DATA);
    CU_ASSERT_EQUAL(s.tally.limits[LIMIT_SESSIONS], 2);
    for (int i = 0; i < 4096; i++)
        story_meets_shut(&s, A, CLIENT, DATA);
    uint64_t before = s.tally.limits[LIMIT_SESSIONS];
    story_meets_shut(&s, A, CLIENT, DATA);
    CU_ASSERT_EQUAL(s.tally.limits[LIMIT_SESSIONS], before + 1);
    story_end(&s);
    CU_ASSERT_EQUAL(story_only(&s)->count, 4096);
    story_close(&s);
}

/* The other way, and when no backup runs any more, nothing is kept. */
static void what_is_no_data_connection_takes_no_room(void) {
    struct story s = story_begin();
    struct line line = backup(&s);
    for (int i = 0; i < 5000; i++)
        story_syn(&s, CLIENT, A, DATA);
    CU_ASSERT_EQUAL(s.tally.limits[LIMIT_SESSIONS], 0);
    story_closes(&s, &line);
    for (int i = 0; i < 5000; i++)
        story_syn(&s, A, CLIENT, DATA);
    CU_ASSERT_EQUAL(s.tally.limits[LIMIT_SESSIONS], 0);
    story_ends_with(&s, NULL);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"an earlier one was accepted", an_earlier_one_was_accepted},
        {"of a cluster", of_a_cluster},
        {"a scan is none", a_scan_is_none},
        {"limits are counted", limits_are_counted},
        {"what is no data connection takes no room", what_is_no_data_connection_takes_no_room},
        CU_TEST_INFO_NULL,
    };
    return unit_run("rules/callback_crowd", tests);
}
