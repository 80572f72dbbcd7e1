/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* open_memstream */
#include "report/json.h"
#include "tests/report/made_results.h"
#include "tests/unit.h"

#include <stdlib.h>
#include <string.h>

/* The line of this object, which it lets go of. The caller frees it. */
static char *line_of(json_t *object) {
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    CU_ASSERT_TRUE(json_line(out, object));
    fclose(out);
    return text;
}

/* Looks for what must stand in a line, and lets go of the object. */
static void holds(json_t *object, const char *wanted) {
    char *line = line_of(object);
    CU_ASSERT_PTR_NOT_NULL(strstr(line, wanted));
    if (strstr(line, wanted) == NULL)
        printf("%s\nnot in %s", wanted, line);
    free(line);
}

static void a_session_reads_as_it_should(void) {
    struct made *made = made_case();
    struct results results = made_results(made);
    char *line = line_of(session_object(&made->judge.sessions[0], &results));
    static const char start[] =
        "{\"type\":\"session\",\"id\":1,\"client\":{\"ip\":\"10.0.2.1\",\"port\":40001},"
        "\"server\":{\"ip\":\"10.0.1.20\",\"port\":1112,\"name\":\"EXVS1\"},\"transport\":\"ncacn_ip_tcp\","
        "\"pipe\":null,\"interface\":{\"uuid\":\"f5cc5a18-4264-101a-8c59-08002b2f8426\",\"version\":\"56.0\",\"name\":"
        "\"MS";
    CU_ASSERT_EQUAL(strncmp(line, start, strlen(start)), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(
        line, "\"outcome\":\"refused\",\"reason\":null,\"win32\":null,\"stages\":[{\"stage\":\"asked\",\"frame\":1,"
              "\"time\":\"2026-11-22T12:00:00.001000000Z\"},"));
    CU_ASSERT_PTR_NOT_NULL(strstr(line, "],\"community_id\":\"1:"));
    free(line);
    made_free(made);
}

static void what_is_not_known_is_null(void) {
    struct made *made = made_case();
    made->judge.name = "";
    struct results results = made_results(made);
    struct session *session = &made->judge.sessions[0];
    *session = (struct session){.id = 1, .client = made_end("10.0.2.1", 0), .server = made_end("fe80::1", 0)};
    char *line = line_of(session_object(session, &results));
    CU_ASSERT_STRING_EQUAL(
        line, "{\"type\":\"session\",\"id\":1,\"client\":{\"ip\":\"10.0.2.1\",\"port\":null},"
              "\"server\":{\"ip\":\"fe80::1\",\"port\":null,\"name\":null},\"transport\":null,\"pipe\":null,"
              "\"interface\":null,\"outcome\":\"cannot tell\",\"reason\":null,\"win32\":null,\"stages\":[],"
              "\"community_id\":null,\"ignored\":false}\n");
    free(line);
    struct finding *finding = &made->judge.findings[0];
    finding->failed.frame = 0;
    finding->lead = 0;
    finding->win32 = 0;
    finding->signature = NULL;
    finding->signatures = 0;
    finding->shown = SHOWN_NEVER;
    finding->schedule[0] = '\0';
    holds(finding_object(finding, &results),
          "\"failed\":null,\"lead_seconds\":0.0,\"prediction\":null,\"win32\":null,\"application\":{\"shows_at\":null,"
          "\"how\":\"never\",\"schedule\":null},\"count\":1,"
          "\"got_through\":null,");
    holds(finding_object(finding, &results), "\"signature\":null,\"signatures\":[],");
    made_free(made);
}

static void a_pipe_is_told_by_its_name(void) {
    struct made *made = made_case();
    struct results results = made_results(made);
    char name[] = "svcctl";
    made->judge.sessions[0].pipe = name;
    holds(session_object(&made->judge.sessions[0], &results), "\"pipe\":\"svcctl\"");
    made_free(made);
}

/* The keys of an object in their order, separated by spaces. */
static void has_keys(json_t *object, const char *wanted) {
    char keys[512] = "";
    size_t length = 0;
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value) {
        length += (size_t)snprintf(keys + length, sizeof keys - length, "%s%s", length == 0 ? "" : " ", key);
    }
    CU_ASSERT_STRING_EQUAL(keys, wanted);
    json_decref(object);
}

static void keys_stand_in_their_order(void) {
    struct made *made = made_case();
    struct results results = made_results(made);
    has_keys(session_object(&made->judge.sessions[0], &results),
             "type id client server transport pipe interface outcome reason win32 stages community_id ignored");
    has_keys(binding_object(&made->judge.bindings[0], &results),
             "type server interface transport endpoint bound declared evidence");
    has_keys(
        finding_object(&made->judge.findings[0], &results),
        "type id rule signature signatures severity cause state client server interface bound_at flagged failed "
        "lead_seconds prediction win32 application count got_through message advice display_filter evidence caveats");
    has_keys(summary_object(&results), "type files frames bytes first last flows pdus calls maps sessions findings "
                                       "predictions suppressed ignored lost limits_reached elapsed_seconds");
    made_free(made);
}

static void a_finding_tells_the_windows_error_and_the_lead(void) {
    struct made *made = made_case();
    struct results results = made_results(made);
    const struct finding *finding = &made->judge.findings[0];
    holds(finding_object(finding, &results),
          "\"bound_at\":[{\"ip\":\"10.0.1.10\",\"port\":1112}],\"flagged\":"
          "{\"frame\":5,\"time\":\"2026-11-22T12:00:00.005000000Z\"},\"failed\":"
          "{\"frame\":5008,\"time\":\"2026-11-22T12:00:05.008000000Z\"},"
          "\"lead_seconds\":5.003,\"prediction\":null,\"win32\":{\"code\":1722,\"hex\":\"0x6ba\","
          "\"name\":\"RPC_S_SERVER_UNAVAILABLE\"}");
    holds(finding_object(finding, &results), "\"evidence\":[{\"frame\":5,\"time\":\"2026-11-22T12:00:00.005000000Z\","
                                             "\"what\":\"SYN to 10.0.1.20:1112 refused (RST)\"}");
    made_free(made);
}

static void a_finding_tells_signatures_prediction_and_moment(void) {
    struct made *made = made_case();
    struct results results = made_results(made);
    struct finding *finding = &made->judge.findings[0];
    holds(finding_object(finding, &results), "\"signature\":\"S1\",\"signatures\":[\"S1\",\"S9\"],\"severity\"");
    holds(finding_object(finding, &results), "\"application\":{\"shows_at\":\"2026-11-22T12:00:21.005000000Z\",\"how\":"
                                             "\"computed\",\"schedule\":\"its SYNs come as those of Windows 2000");
    finding->shown = SHOWN_UNKNOWN;
    strcpy(finding->schedule, "it is not known");
    holds(finding_object(finding, &results),
          "\"application\":{\"shows_at\":null,\"how\":\"unknown\",\"schedule\":\"it is not known\"}");
    finding->confidence = CONFIDENCE_MEDIUM;
    strcpy(finding->reason, "It was refused before.");
    holds(finding_object(finding, &results),
          "\"prediction\":{\"confidence\":\"medium\",\"reason\":\"It was refused before.\"},\"win32\"");
    made_free(made);
}

static void bindings_are_bound_or_not_or_unknown(void) {
    struct made *made = made_case();
    struct results results = made_results(made);
    holds(binding_object(&made->judge.bindings[0], &results), "\"bound\":false");
    holds(binding_object(&made->judge.bindings[1], &results), "\"bound\":true");
    struct binding *unknown = made_binding(made, BOUND_UNKNOWN);
    unknown->endpoint.port = 0;
    unknown->count = 0;
    holds(binding_object(unknown, &results), "\"endpoint\":null,\"bound\":null,\"declared\":null,\"evidence\":[]");
    made_free(made);
}

static void what_cannot_be_told_has_a_reason(void) {
    struct made *made = made_case();
    struct results results = made_results(made);
    struct session *session = made_session(made, OUTCOME_UNKNOWN);
    holds(session_object(session, &results),
          "\"outcome\":\"cannot tell\",\"reason\":\"the capture ends before the answer\",\"win32\":null,\"stages\"");
    session->outcome = OUTCOME_SERVED;
    session->unclear = NULL;
    holds(session_object(session, &results), "\"outcome\":\"served\",\"reason\":null,\"win32\":null,\"stages\"");
    session->outcome = OUTCOME_REFUSED;
    session->win32 = 1722;
    holds(session_object(session, &results), "\"outcome\":\"refused\",\"reason\":null,\"win32\":{\"code\":1722,");
    made_free(made);
}

static void caveats_are_an_array(void) {
    struct made *made = made_case();
    struct results results = made_results(made);
    struct finding *finding = &made->judge.findings[0];
    holds(finding_object(finding, &results), "],\"caveats\":[]}");
    strcpy(finding->caveats[0], "One thing is missing.");
    strcpy(finding->caveats[1], "Another, too.");
    finding->caveat_count = 2;
    holds(finding_object(finding, &results), "],\"caveats\":[\"One thing is missing.\",\"Another, too.\"]}");
    made_free(made);
}

static void the_file_is_told_where_there_are_several(void) {
    struct made *made = made_case();
    struct results results = made_results(made);
    results.several_files = true;
    holds(finding_object(&made->judge.findings[0], &results),
          "\"flagged\":{\"frame\":5,\"time\":\"2026-11-22T12:00:00.005000000Z\",\"file\":\"a.pcap\"}");
    made_free(made);
}

static void the_summary_counts_what_there_is(void) {
    struct made *made = made_case();
    struct results results = made_results(made);
    char *line = line_of(summary_object(&results));
    char wanted[1024];
    snprintf(wanted, sizeof wanted,
             "{\"type\":\"summary\",\"files\":1,\"frames\":60,\"bytes\":6000,"
             "\"first\":\"2026-11-22T12:00:00.001000000Z\",\"last\":\"2026-11-22T12:00:06.000000000Z\",\"flows\":4,"
             "\"pdus\":{\"request\":4,\"bind\":2},\"calls\":4,\"maps\":2,\"sessions\":{\"served\":1,\"refused\":1},"
             "\"findings\":{\"%s\":1},\"predictions\":{\"made\":0,\"came_true\":0,\"averted\":0,\"open\":0},"
             "\"suppressed\":{},\"ignored\":0,\"lost\":{\"gaps\":1},\"limits_reached\":{},"
             "\"elapsed_seconds\":0.25}\n",
             RULES[0]->id);
    CU_ASSERT_STRING_EQUAL(line, wanted);
    free(line);
    made->tally = (struct tally){0};
    holds(summary_object(&results), "\"first\":null,\"last\":null");
    made_free(made);
}

static void stray_bytes_are_replaced(void) {
    struct made *made = made_case();
    struct results results = made_results(made);
    struct finding *finding = &made->judge.findings[0];
    strcpy(finding->server_name, "EX\xff\xc3S\x1b\"");
    holds(finding_object(finding, &results), "\"name\":\"EX\xef\xbf\xbd\xef\xbf\xbdS\\u001B\\\"\"");
    made_free(made);
}

static void lines_come_by_type_and_the_summary_last(void) {
    struct made *made = made_case();
    struct results results = made_results(made);
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    CU_ASSERT_TRUE(json_report(out, &results));
    fclose(out);
    static const char *const types[] = {"session", "session", "binding", "binding", "finding", "summary"};
    const char *at = text;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        char head[32];
        snprintf(head, sizeof head, "{\"type\":\"%s\"", types[i]);
        CU_ASSERT_EQUAL(strncmp(at, head, strlen(head)), 0);
        at = strchr(at, '\n') + 1;
    }
    CU_ASSERT_EQUAL(*at, '\0');
    free(text);
    made_free(made);
}

static void a_full_disk_is_told(void) {
    FILE *full = fopen("/dev/full", "w");
    if (full == NULL)
        return;
    setvbuf(full, NULL, _IONBF, 0);
    struct made *made = made_case();
    struct results results = made_results(made);
    CU_ASSERT_FALSE(json_report(full, &results));
    CU_ASSERT_TRUE(ferror(full));
    fclose(full);
    made_free(made);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"a session reads as it should", a_session_reads_as_it_should},
        {"what is not known is null", what_is_not_known_is_null},
        {"a pipe is told by its name", a_pipe_is_told_by_its_name},
        {"keys stand in their order", keys_stand_in_their_order},
        {"a finding tells the Windows error", a_finding_tells_the_windows_error_and_the_lead},
        {"a finding tells signatures, prediction and moment", a_finding_tells_signatures_prediction_and_moment},
        {"bindings are bound, not, or unknown", bindings_are_bound_or_not_or_unknown},
        {"what cannot be told has a reason", what_cannot_be_told_has_a_reason},
        {"caveats are an array", caveats_are_an_array},
        {"the file is told where there are several", the_file_is_told_where_there_are_several},
        {"the summary counts what there is", the_summary_counts_what_there_is},
        {"stray bytes are replaced", stray_bytes_are_replaced},
        {"lines come by type, the summary last", lines_come_by_type_and_the_summary_last},
        {"a full disk is told", a_full_disk_is_told},
        CU_TEST_INFO_NULL};
    return unit_run("report_json", tests);
}
