/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* open_memstream */
#include "report/text.h"
#include "report/visible.h"
#include "tests/report/printed.h"
#include "tests/unit.h"

#include <stdlib.h>
#include <string.h>

static void the_verdict_comes_first(void) {
    struct made *made = made_case();
    struct results results = made_results(made);
    char *text = printed_report(&results, DETAIL_NORMAL, false);
    static const char start[] = "1 finding: 1 critical. 1 of 2 sessions was served, 1 failed.\n"
                                "Captured 2026-11-22 12:00:00.001000 to 12:00:06.000000 UTC: 60 frames in 1 file.\n"
                                "  Not seen:    1 hole in a stream.\n\n";
    CU_ASSERT_EQUAL(strncmp(text, start, strlen(start)), 0);
    printed_is_well_set(text);
    free(text);
    made_free(made);
}

static void no_finding_says_so(void) {
    struct made *made = made_case();
    made->judge.finding_count = 0;
    made->judge.session_count = 0;
    struct results results = made_results(made);
    char *text = printed_report(&results, DETAIL_NORMAL, false);
    CU_ASSERT_EQUAL(strncmp(text, "No finding: no DCE/RPC session was seen.\n", 41), 0);
    free(text);
    made_session(made, OUTCOME_SERVED);
    made_session(made, OUTCOME_UNKNOWN);
    text = printed_report(&results, DETAIL_NORMAL, false);
    CU_ASSERT_EQUAL(strncmp(text, "No finding: 1 of 2 sessions was served, 1 cannot be told.\n", 58), 0);
    printed_shows(text, "cannot tell: the");
    free(text);
    made_free(made);
}

static void what_was_averted_is_counted(void) {
    struct made *made = made_case();
    made->judge.findings[0].state = FINDING_AVERTED;
    struct results results = made_results(made);
    char *text = printed_report(&results, DETAIL_QUIET, false);
    printed_shows(text, "1 finding: 1 critical. It was averted. 1 of 2 sessions");
    free(text);
    made_finding(made)->state = FINDING_AVERTED;
    text = printed_report(&results, DETAIL_QUIET, false);
    printed_shows(text, "2 findings: 2 critical. All of them were averted. 1 of 2 sessions");
    free(text);
    made_finding(made);
    text = printed_report(&results, DETAIL_QUIET, false);
    printed_shows(text, "3 findings: 3 critical. 2 of them were averted. 1 of 2 sessions");
    free(text);
    made_free(made);
}

static void every_state_and_rule_is_well_set(void) {
    struct made *made = made_case();
    struct results results = made_results(made);
    results.several_files = true;
    struct finding *finding = &made->judge.findings[0];
    for (size_t rule = 0; rule < RULE_COUNT; rule++) {
        for (unsigned state = 0; state < FINDING_STATES; state++) {
            finding->rule = RULES[rule];
            finding->state = (enum finding_state)state;
            finding->failed.frame = state == FINDING_FAILED ? 5008 : 0;
            finding->got_through = (enum got_through)(state % GOT_THROUGH_KINDS);
            finding->count = state + 1;
            char *text = printed_report(&results, DETAIL_VERBOSE, false);
            printed_shows(text, RULES[rule]->id);
            printed_shows(text, "of a.pcap");
            if (state != FINDING_FAILED)
                printed_shows(text, state == FINDING_AVERTED ? "averted" : FINDING_STATE_NAMES[state]);
            printed_is_well_set(text);
            free(text);
        }
    }
    made_free(made);
}

static void hostile_names_do_not_reach_the_terminal(void) {
    struct made *made = made_case();
    made->judge.name = "EX\x1b]0;owned\x07\r\n\x9b"
                       "2J";
    struct finding *finding = &made->judge.findings[0];
    strcpy(finding->server_name, "EX\x1b[2J");
    strcpy(finding->evidence[0].what, "bind to \x1b[31m\t");
    memset(finding->message, 'x', sizeof finding->message - 1);
    memset(finding->display_filter, '\x01', sizeof finding->display_filter - 1);
    struct results results = made_results(made);
    for (unsigned detail = DETAIL_QUIET; detail <= DETAIL_VERBOSE; detail++) {
        char *text = printed_report(&results, (enum detail)detail, false);
        if (detail != DETAIL_QUIET) /* where there may be no room for it */
            printed_shows(text, "(EX\\u{1b}[2J)");
        printed_is_well_set(text);
        free(text);
    }
    made_free(made);
}

static void only_severities_are_coloured(void) {
    struct made *made = made_case();
    struct results results = made_results(made);
    char *text = printed_report(&results, DETAIL_NORMAL, true);
    printed_shows(text, "\x1b[1;31mCRITICAL\x1b[0m ");
    size_t escapes = 0;
    for (const char *at = text; *at != '\0'; at++)
        escapes += *at == '\x1b';
    CU_ASSERT_EQUAL(escapes, 2);
    free(text);
    made_free(made);
}

static void sessions_alike_share_a_row(void) {
    struct made *made = made_case();
    for (unsigned i = 0; i < 781; i++)
        made_session(made, OUTCOME_SERVED);
    struct results results = made_results(made);
    char *text = printed_report(&results, DETAIL_NORMAL, false);
    printed_shows(text, "\n  781    10.0.2.1  10.0.1.20:1112");
    size_t lines = 0;
    for (const char *at = text; *at != '\0'; at++)
        lines += *at == '\n';
    CU_ASSERT_TRUE(lines < 40);
    printed_is_well_set(text);
    free(text);
    text = printed_report(&results, DETAIL_VERBOSE, false);
    printed_shows(text, "10.0.2.1:40783 to 10.0.1.20:1112");
    printed_is_well_set(text);
    free(text);
    made_free(made);
}

static void sessions_on_several_pipes_are_not_alike(void) {
    static char pipes[3][8] = {"samr", "lsarpc", "samr"};
    struct made *made = made_case();
    for (size_t i = 0; i < 3; i++) {
        struct session *session = made_session(made, OUTCOME_SERVED);
        session->server.port = 445;
        session->pipe = pipes[i];
    }
    struct results results = made_results(made);
    char *text = printed_report(&results, DETAIL_NORMAL, false);
    printed_shows(text, "\n  2      10.0.2.1  10.0.1.20:445 \\PIPE\\samr ");
    printed_shows(text, "\n  1      10.0.2.1  10.0.1.20:445 \\PIPE\\lsarpc ");
    printed_is_well_set(text);
    free(text);
    text = printed_report(&results, DETAIL_VERBOSE, false);
    printed_shows(text, "to 10.0.1.20:445 \\PIPE\\lsarpc, ");
    free(text);
    made_free(made);
}

static void a_long_table_is_cut_and_says_so(void) {
    struct made *made = made_case();
    for (unsigned i = 0; i < 100; i++)
        made_session(made, OUTCOME_SERVED)->server.port = (uint16_t)(2000 + i);
    for (unsigned i = 0; i < 100; i++)
        made_binding(made, BOUND_UNKNOWN);
    struct results results = made_results(made);
    char *text = printed_report(&results, DETAIL_NORMAL, false);
    printed_shows(text, "and 62 more: -v shows all of them");
    CU_ASSERT_PTR_NULL(strstr(text, "10.0.1.20:2099"));
    printed_is_well_set(text);
    free(text);
    text = printed_report(&results, DETAIL_VERBOSE, false);
    printed_shows(text, "10.0.1.20:2099");
    CU_ASSERT_PTR_NULL(strstr(text, "more: -v"));
    free(text);
    made_free(made);
}

static void failures_come_before_what_was_served(void) {
    struct made *made = made_case();
    made->judge.session_count = 0;
    made_session(made, OUTCOME_SERVED);
    made_session(made, OUTCOME_UNKNOWN);
    made_session(made, OUTCOME_UNANSWERED);
    struct results results = made_results(made);
    char *text = printed_report(&results, DETAIL_NORMAL, false);
    const char *table = strstr(text, "Count");
    CU_ASSERT_PTR_NOT_NULL(table);
    if (table != NULL) {
        CU_ASSERT_TRUE(strstr(table, "unanswered") < strstr(table, "cannot tell"));
        CU_ASSERT_TRUE(strstr(table, "cannot tell") < strstr(table, "served"));
    }
    free(text);
    made_free(made);
}

static void the_day_is_told_where_it_is_not_obvious(void) {
    struct made *made = made_case();
    made->tally.last += 86400000000000;
    struct results results = made_results(made);
    char *text = printed_report(&results, DETAIL_NORMAL, false);
    printed_shows(text, "frame 5, 2026-11-22 12:00:00.005000");
    printed_shows(text, "to 2026-11-23 12:00:06");
    printed_is_well_set(text);
    free(text);
    made_free(made);
}

static void what_was_not_read_is_told(void) {
    struct made *made = made_case();
    made->tally.limits[LIMIT_ENGINE_FLOWS] = 3;
    struct results results = made_results(made);
    results.incomplete = true;
    results.cut_off = 2;
    char *text = printed_report(&results, DETAIL_QUIET, false);
    printed_shows(text, "INCOMPLETE: not all of the input was read.\n"
                        "  Not seen:    2 files of facts cut off before the end of their capture, 1 hole in a stream.\n"
                        "  Limits:      flows in reassembly, reached 3 times: holes in streams were given up early.\n");
    printed_is_well_set(text);
    free(text);
    made_free(made);
}

/* Each by a number that only it has. */
static void every_loss_and_limit_is_told(void) {
    enum { FIRST = 1000000000, COUNT = (int)LOSS_KINDS + (int)LIMIT_KINDS };
    struct made *made = made_case();
    for (unsigned i = 0; i < COUNT; i++)
        *(i < LOSS_KINDS ? &made->tally.lost[i] : &made->tally.limits[i - LOSS_KINDS]) = FIRST + i;
    struct results results = made_results(made);
    char *text = printed_report(&results, DETAIL_QUIET, false);
    for (unsigned i = 0; i < COUNT; i++) {
        char number[16];
        snprintf(number, sizeof number, "%u", FIRST + i);
        printed_shows(text, number);
    }
    CU_ASSERT_PTR_NULL(strstr(text, "(null)"));
    printed_is_well_set(text);
    free(text);
    memset(made->tally.lost, 0, sizeof made->tally.lost);
    memset(made->tally.limits, 0, sizeof made->tally.limits);
    text = printed_report(&results, DETAIL_QUIET, false);
    CU_ASSERT_PTR_NULL(strstr(text, "Not seen"));
    CU_ASSERT_PTR_NULL(strstr(text, "Not read"));
    CU_ASSERT_PTR_NULL(strstr(text, "Limits"));
    free(text);
    made_free(made);
}

static char *contents(const char *path) {
    enum { ROOM = 1 << 20 };
    char *text = calloc(1, ROOM);
    FILE *file = fopen(path, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_TRUE(fread(text, 1, ROOM - 1, file) < ROOM - 1);
    fclose(file);
    return text;
}

static void names_are_listed(const char *manual, const char *schema, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        char item[80], quoted[80];
        snprintf(item, sizeof item, "\n.It Cm %s\n", names[i]);
        snprintf(quoted, sizeof quoted, "\"%s\"", names[i]);
        printed_shows(manual, item);
        printed_shows(schema, quoted);
    }
}

static void the_documents_know_every_loss_and_limit(void) {
    char *manual = contents("docs/bindsight.1");
    char *schema = contents("docs/bindsight.schema.json");
    const char *summary = strstr(manual, ".Sh SUMMARY");
    const char *limits = strstr(manual, ".Sh LIMITS");
    CU_ASSERT_PTR_NOT_NULL(summary);
    CU_ASSERT_PTR_NOT_NULL(limits);
    if (summary != NULL && limits != NULL) {
        names_are_listed(summary, schema, LOSS_NAMES, LOSS_KINDS);
        names_are_listed(limits, schema, LIMIT_NAMES, LIMIT_KINDS);
    }
    free(manual);
    free(schema);
}

static void a_caveat_follows_what_it_is_about(void) {
    struct made *made = made_case();
    struct finding *finding = &made->judge.findings[0];
    struct results results = made_results(made);
    char *text = printed_report(&results, DETAIL_NORMAL, false);
    CU_ASSERT_PTR_NULL(strstr(text, "But:"));
    free(text);
    strcpy(finding->caveats[0], "The capture ends while the client may still be retrying.");
    memset(finding->caveats[1], 'x', sizeof finding->caveats[1] - 1);
    finding->caveat_count = 2;
    text = printed_report(&results, DETAIL_NORMAL, false);
    printed_shows(text, "\n               bound at 10.0.1.10.\n"
                        "  But:         The capture ends while the client may still be retrying.\n"
                        "  But:         xxx");
    printed_is_well_set(text);
    free(text);
    made_free(made);
}

int main(void) {
    CU_TestInfo tests[] = {{"the verdict comes first", the_verdict_comes_first},
                           {"no finding says so", no_finding_says_so},
                           {"what was averted is counted", what_was_averted_is_counted},
                           {"every state and rule is well set", every_state_and_rule_is_well_set},
                           {"hostile names do not reach the terminal", hostile_names_do_not_reach_the_terminal},
                           {"only severities are coloured", only_severities_are_coloured},
                           {"sessions alike share a row", sessions_alike_share_a_row},
                           {"sessions on several pipes are not alike", sessions_on_several_pipes_are_not_alike},
                           {"a long table is cut and says so", a_long_table_is_cut_and_says_so},
                           {"failures come before what was served", failures_come_before_what_was_served},
                           {"the day is told where it is not obvious", the_day_is_told_where_it_is_not_obvious},
                           {"what was not read is told", what_was_not_read_is_told},
                           {"every loss and limit is told", every_loss_and_limit_is_told},
                           {"the documents know every loss and limit", the_documents_know_every_loss_and_limit},
                           {"a caveat follows what it is about", a_caveat_follows_what_it_is_about},
                           CU_TEST_INFO_NULL};
    return unit_run("report_text", tests);
}
