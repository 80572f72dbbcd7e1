/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How findings are told: one, many folded, a line each. */
#include "tests/report/printed.h"
#include "tests/unit.h"

#include <stdlib.h>
#include <string.h>

static void a_finding_says_what_a_person_needs(void) {
    struct made *made = made_case();
    struct results results = made_results(made);
    char *text = printed_report(&results, DETAIL_NORMAL, false);
    printed_shows(text, "CRITICAL ");
    printed_shows(text, "at 10.0.1.20:1112 (EXVS1)\n");
    printed_shows(text, "\n  Bound at:    10.0.1.10:1112\n");
    printed_shows(text,
                  "\n  Application: 1722 RPC_S_SERVER_UNAVAILABLE (0x6ba) at about 12:00:21.0, 21.0 s after the flag:\n"
                  "               its SYNs come as those of Windows 2000 to 2012, which gives up after 21 s.\n");
    printed_shows(text, "5.003 s before the last packet of the failing attempt");
    printed_shows(text, "frame 5, 12:00:00.005000: SYN to 10.0.1.20:1112 refused (RST)\n");
    printed_shows(text, "ip.addr == 10.0.2.1 && ip.addr == 10.0.1.20");
    printed_lacks(text, "Because:");
    printed_lacks(text, "Client:"); /* the message names it */
    printed_is_well_set(text);
    free(text);
    made_free(made);
}

static void the_moment_is_told_as_it_is_known(void) {
    static const struct {
        enum shown shown;
        int64_t after;
        const char *schedule, *words;
    } cases[] = {{SHOWN_SEEN, 0, "", "(0x6ba) at 12:00:00.005000, as it is flagged."},
                 {SHOWN_SEEN, 780000, "", "(0x6ba) at 12:00:00.005780, 0.780 ms after the flag."},
                 {SHOWN_SEEN, 1500000000, "", "(0x6ba) at 12:00:01.505000, 1.5 s after the flag."},
                 {SHOWN_UNKNOWN, 0, "why", "(0x6ba); when is not known: why."},
                 {SHOWN_NEVER, 0, "it got through", "(0x6ba), but does not show it: it got through."}};
    struct made *made = made_case();
    struct results results = made_results(made);
    struct finding *finding = &made->judge.findings[0];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        finding->shown = cases[i].shown;
        finding->shown_time = finding->flagged.time + cases[i].after;
        snprintf(finding->schedule, sizeof finding->schedule, "%s", cases[i].schedule);
        char *text = printed_report(&results, DETAIL_NORMAL, false);
        printed_shows(text, cases[i].words);
        free(text);
    }
    finding->state = FINDING_AVERTED;
    char *text = printed_report(&results, DETAIL_NORMAL, false);
    printed_lacks(text, "does not show it");
    free(text);
    made_free(made);
}

static void a_prediction_says_why(void) {
    struct made *made = made_case();
    struct results results = made_results(made);
    struct finding *finding = &made->judge.findings[0];
    finding->confidence = CONFIDENCE_HIGH;
    strcpy(finding->reason, "This port was refused here before.");
    char *text = printed_report(&results, DETAIL_NORMAL, false);
    printed_shows(text, "\n  Because:     This port was refused here before. (high confidence)\n");
    free(text);
    made_free(made);
}

static void details_are_left_to_verbose(void) {
    struct made *made = made_case();
    struct results results = made_results(made);
    made->judge.findings[0].evidence[1].detail = true;
    char *text = printed_report(&results, DETAIL_NORMAL, false);
    printed_lacks(text, "call answered at");
    printed_shows(text, "\n               and 1 more packet: -v\n");
    free(text);
    text = printed_report(&results, DETAIL_VERBOSE, false);
    printed_shows(text, "call answered at 10.0.1.10:1112\n");
    printed_lacks(text, "more packet");
    free(text);
    made_free(made);
}

/* The packet at which a prediction was made is no detail. */
static void where_it_was_flagged_is_shown(void) {
    struct made *made = made_case();
    struct results results = made_results(made);
    struct finding *finding = &made->judge.findings[0];
    finding->confidence = CONFIDENCE_HIGH;
    finding->evidence[1].detail = true;
    finding->flagged = finding->evidence[1].seen;
    char *text = printed_report(&results, DETAIL_NORMAL, false);
    printed_shows(text, "call answered at 10.0.1.10:1112\n");
    printed_lacks(text, "more packet");
    free(text);
    finding->flagged.file++;
    text = printed_report(&results, DETAIL_NORMAL, false);
    printed_lacks(text, "call answered at");
    free(text);
    made_free(made);
}

/* --- folded ----------------------------------------------------------------------------------------------------- */

static size_t times(const char *text, const char *word) {
    size_t count = 0;
    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word))
        count++;
    return count;
}

/* So many more findings beside the one of the case, each of a client of its own. */
static struct made *made_clients(unsigned more) {
    struct made *made = made_case();
    for (unsigned i = 0; i < more; i++)
        made_finding(made)->client.octets[3] = (uint8_t)(i + 2);
    return made;
}

static void fifty_clients_are_one_paragraph(void) {
    struct made *made = made_clients(49);
    struct results results = made_results(made);
    made->judge.findings[3].count = 7;
    made->judge.findings[4].confidence = CONFIDENCE_HIGH;
    made->judge.findings[4].state = FINDING_PREDICTED;
    made->judge.findings[5].got_through = GOT_THROUGH_PIPE;
    char *text = printed_report(&results, DETAIL_NORMAL, false);
    CU_ASSERT_EQUAL(times(text, "CRITICAL"), 1);
    printed_shows(text, "at 10.0.1.20:1112 (EXVS1), 50\nclients\n");
    printed_shows(text, "\n  Clients:     10.0.2.1, 10.0.2.2, 10.0.2.3, 10.0.2.4 (7), 10.0.2.5,");
    printed_shows(text, "and 26 more: -v tells each");
    printed_shows(text,
                  "\n  In all:      50 findings, 56 sessions; the first is told; flagged before they failed: 1; got\n"
                  "               through all the same: 1.\n");
    printed_is_well_set(text);
    free(text);
    text = printed_report(&results, DETAIL_VERBOSE, false);
    CU_ASSERT_EQUAL(times(text, "CRITICAL"), 50);
    free(text);
    text = printed_report(&results, DETAIL_QUIET, false);
    CU_ASSERT_EQUAL(times(text, "CRITICAL"), 50);
    printed_is_well_set(text);
    free(text);
    made_free(made);
}

static void two_are_not_folded(void) {
    struct made *made = made_clients(1);
    struct results results = made_results(made);
    char *text = printed_report(&results, DETAIL_NORMAL, false);
    CU_ASSERT_EQUAL(times(text, "CRITICAL"), 2);
    printed_lacks(text, "In all:");
    free(text);
    made_finding(made)->client.octets[3] = 9;
    text = printed_report(&results, DETAIL_NORMAL, false);
    CU_ASSERT_EQUAL(times(text, "CRITICAL"), 1);
    free(text);
    made_free(made);
}

static void interfaces_fold_too(void) {
    struct made *made = made_case();
    struct results results = made_results(made);
    for (unsigned i = 0; i < 3; i++) {
        struct finding *finding = made_finding(made);
        finding->interface.uuid.octets[15] ^= (uint8_t)(i + 1);
        finding->server.port = (uint16_t)(2000 + i);
    }
    made->judge.findings[2].count = 2;
    char *text = printed_report(&results, DETAIL_NORMAL, false);
    CU_ASSERT_EQUAL(times(text, "CRITICAL"), 1);
    printed_shows(text, ": 4 interfaces at 10.0.1.20 (EXVS1)\n");
    printed_shows(text, "at port 2001 (2),");
    printed_is_well_set(text);
    free(text);
    made_free(made);
}

/* Whatever differs beside the one thing keeps them apart. */
static void what_differs_otherwise_is_not_folded(void) {
    for (int i = 0; i < 7; i++) {
        struct made *made = made_clients(2);
        struct results results = made_results(made);
        struct finding *other = &made->judge.findings[1];
        if (i == 0)
            other->rule = RULES[1];
        else if (i == 1)
            other->severity = SEVERITY_WARNING;
        else if (i == 2)
            other->cause = CAUSE_DOWN;
        else if (i == 3)
            other->state = FINDING_AVERTED;
        else if (i == 4)
            other->server.address.octets[3]++;
        else if (i == 5)
            other->server.port++;
        else
            other->interface.uuid.octets[0] ^= 1;
        char *text = printed_report(&results, DETAIL_NORMAL, false);
        printed_lacks(text, "In all:");
        free(text);
        made_free(made);
    }
}

/* A group of clients, one of interfaces, and one alone, in the order of their firsts. */
static void folds_come_in_order_and_tell_each_once(void) {
    struct made *made = made_case();
    struct results results = made_results(made);
    made->judge.findings[0].server.address.octets[3] = 99; /* alone */
    for (unsigned i = 0; i < 6; i++) {
        struct finding *finding = made_finding(made);
        if (i % 2 == 0)
            finding->client.octets[3] = (uint8_t)(100 + i);
        else
            finding->interface.uuid.octets[15] ^= (uint8_t)(i + 1);
    }
    char *text = printed_report(&results, DETAIL_NORMAL, false);
    CU_ASSERT_EQUAL(times(text, "CRITICAL"), 3);
    const char *alone = strstr(text, "10.0.1.99"), *clients = strstr(text, ", 3 clients");
    const char *interfaces = strstr(text, ": 3 interfaces");
    CU_ASSERT_TRUE(alone != NULL && clients > alone && interfaces > clients);
    free(text);
    made_free(made);
}

static void a_line_for_each_finding(void) {
    struct made *made = made_case();
    struct results results = made_results(made);
    struct finding *finding = &made->judge.findings[0];
    finding->count = 3;
    char *text = printed_report(&results, DETAIL_QUIET, false);
    printed_shows(text,
                  "\n\nCRITICAL backup-callback: 10.0.2.1 to 10.0.1.20:1112, 1722, failed, 3 sessions: MS Exchange");
    printed_lacks(text, "What:");
    printed_lacks(text, "Sessions");
    free(text);
    memset(finding->server_name, 'x', sizeof finding->server_name - 1);
    text = printed_report(&results, DETAIL_QUIET, false);
    CU_ASSERT_EQUAL(times(text, "\n"), 5); /* verdict, capture, what is not seen, an empty line, the finding */
    printed_shows(text, "…\n");
    printed_is_well_set(text);
    free(text);
    made_free(made);
}

/* The longest that there may be: IPv6 addresses, unnamed interfaces, names in scripts of several bytes, words of no
 * end. */
static void nothing_is_too_long_for_the_page(void) {
    struct made *made = made_clients(40);
    struct results results = made_results(made);
    results.several_files = true;
    for (size_t i = 0; i < made->judge.finding_count; i++) {
        struct finding *f = &made->judge.findings[i];
        f->client = made_end("2001:db8:1111:2222:3333:4444:5555:6666", 0).address;
        f->client.octets[15] = (uint8_t)i;
        f->server = made_end("2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff", 65535);
        f->bound_at[0] = f->bound_at[1] = f->bound_at[2] = f->server;
        f->bound_count = 3;
        f->interface.uuid.octets[0] = 0xee;
        f->confidence = CONFIDENCE_LOW;
        f->count = UINT64_MAX;
        f->got_through = GOT_THROUGH_OTHER_ADDRESS;
        f->failed.time = INT64_MAX / 2;
        f->lead = INT64_MAX / 2;
        memset(f->reason, 'r', sizeof f->reason - 1);
        memset(f->schedule, 's', sizeof f->schedule - 1);
        for (size_t at = 0; at + 3 < sizeof f->server_name; at += 3)
            memcpy(f->server_name + at, "語", 3);
        memset(f->caveats[0], 'c', sizeof f->caveats[0] - 1);
        f->caveat_count = 1;
        memset(f->evidence[0].what, 'e', sizeof f->evidence[0].what - 1);
    }
    for (unsigned detail = DETAIL_QUIET; detail <= DETAIL_VERBOSE; detail++) {
        char *text = printed_report(&results, (enum detail)detail, false);
        printed_is_well_set(text);
        free(text);
    }
    made_free(made);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"a finding says what a person needs", a_finding_says_what_a_person_needs},
        {"the moment is told as it is known", the_moment_is_told_as_it_is_known},
        {"a prediction says why", a_prediction_says_why},
        {"details are left to verbose", details_are_left_to_verbose},
        {"where it was flagged is shown", where_it_was_flagged_is_shown},
        {"fifty clients are one paragraph", fifty_clients_are_one_paragraph},
        {"two are not folded", two_are_not_folded},
        {"interfaces fold too", interfaces_fold_too},
        {"what differs otherwise is not folded", what_differs_otherwise_is_not_folded},
        {"folds come in order and tell each once", folds_come_in_order_and_tell_each_once},
        {"a line for each finding", a_line_for_each_finding},
        {"nothing is too long for the page", nothing_is_too_long_for_the_page},
        CU_TEST_INFO_NULL,
    };
    return unit_run("report_text_finding", tests);
}
