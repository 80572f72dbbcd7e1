/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the inventory declares, and what it keeps from being told. */
#define _POSIX_C_SOURCE 200809L /* open_memstream */
#include "report/declared.h"
#include "report/json.h"
#include "report/text.h"
#include "tests/report/printed.h"
#include "tests/unit.h"

#include <stdlib.h>
#include <string.h>

typedef bool printer(struct page *page, const struct results *results);

static char *printed(const struct results *results, enum detail detail, printer *print) {
    static char *text; /* not on the stack: gcc 12 takes what the stream leaves here for a pointer to it */
    size_t size;
    FILE *out = open_memstream(&text, &size);
    struct page page = page_over(out, detail, false, results);
    CU_ASSERT_TRUE(print(&page, results));
    fclose(out);
    printed_is_well_set(text);
    return text;
}

static void shows(const char *text, const char *wanted) { printed_shows(text, wanted); }

static void lacks(const char *text, const char *unwanted) { printed_lacks(text, unwanted); }

static void what_is_suppressed_stands_with_the_verdict(void) {
    struct made *made = made_case();
    struct results results = made_results(made);
    made_inventory(made);
    made->judge.left_out.suppressed[3] = 1;
    made->judge.left_out.suppressed[5] = 1;
    made->judge.by_suppression[0] = 2;
    made->judge.left_out.ignored = 3;
    char *text = printed(&results, DETAIL_QUIET, text_report);
    shows(text, "1 finding: 1 critical. 2 more are suppressed. 1 of 2");
    shows(text, "\n  Suppressed:  2 findings by inventory.yaml:9, through 2026-12-31: known, change 4711\n");
    shows(text, "\n  Ignored:     3 sessions from or to a network that inventory.yaml ignores: they are not judged.\n");
    free(text);
    made->judge.finding_count = 0;
    made->judge.left_out.suppressed[3] = 0;
    text = printed(&results, DETAIL_QUIET, text_report);
    shows(text, "No finding but 1 that is suppressed: 1 of 2");
    free(text);
    made_free(made);
}

static void nothing_is_said_where_nothing_is_left_out(void) {
    struct made *made = made_case();
    struct results results = made_results(made);
    made_inventory(made);
    char *text = printed(&results, DETAIL_VERBOSE, text_report);
    lacks(text, "uppressed");
    lacks(text, "gnore");
    free(text);
    made_free(made);
}

static void what_is_declared_stands_beside_what_was_seen(void) {
    struct made *made = made_case();
    struct results results = made_results(made);
    made_inventory(made);
    char *text = printed(&results, DETAIL_NORMAL, text_bindings_report);
    shows(text, " Evidence                    Declared\n");
    shows(text, "connection refused (RST)    yes, line 5\n");
    shows(text, "call answered (frame 5)     NO, line 5\n");
    shows(text, "10.0.1.20, MS Exchange Directory NSP Interface: declared bound (inventory.yaml:5), yet\n"
                "  connection refused (RST) (frame 5, 12:00:00.005000)\n");
    shows(text, "10.0.1.10, MS Exchange Directory NSP Interface: declared not bound (inventory.yaml:5), yet call");
    shows(text, "\nWhat inventory.yaml declares\n"
                "  Line  Cluster    Interface                            Bound at   Not bound at\n"
                "  7     EXCLUSTER  all others                           10.0.1.10  10.0.1.20\n"
                "  5     EXCLUSTER  MS Exchange Directory NSP Interface  10.0.1.20  10.0.1.10\n");
    free(text);
    made_free(made);
}

static void without_an_inventory_nothing_is_declared(void) {
    struct made *made = made_case();
    struct results results = made_results(made);
    char *text = printed(&results, DETAIL_NORMAL, text_bindings_report);
    lacks(text, "eclare");
    lacks(text, "contradict");
    free(text);
    made_free(made);
}

static void holds(json_t *object, const char *wanted) {
    char *text = json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    shows(text, wanted);
    free(text);
    json_decref(object);
}

static void json_tells_the_same(void) {
    struct made *made = made_case();
    struct results results = made_results(made);
    holds(binding_object(&made->judge.bindings[0], &results), "\"declared\":null");
    made_inventory(made);
    holds(binding_object(&made->judge.bindings[0], &results),
          "\"bound\":false,\"declared\":{\"bound\":true,\"line\":5,\"contradicted\":true}");
    made->judge.proofs[0].kind = PROOF_UNANSWERED;
    holds(binding_object(&made->judge.bindings[0], &results),
          "\"declared\":{\"bound\":true,\"line\":5,\"contradicted\":false}");
    made->judge.left_out.suppressed[5] = 2;
    made->judge.left_out.ignored = 3;
    holds(summary_object(&results), "\"suppressed\":{\"unbound-address\":2},\"ignored\":3,");
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    CU_ASSERT_TRUE(json_declared(out, &results));
    fclose(out);
    shows(text, "{\"type\":\"declared\",\"cluster\":\"EXCLUSTER\",\"server\":{\"ip\":\"10.0.1.20\",\"name\":\"EXVS1\"},"
                "\"interface\":null,\"bound\":false,\"file\":\"inventory.yaml\",\"line\":7}\n");
    shows(text,
          "\"interface\":{\"uuid\":\"f5cc5a18-4264-101a-8c59-08002b2f8426\",\"version\":\"56.0\","
          "\"name\":\"MS Exchange Directory NSP Interface\"},\"bound\":true,\"file\":\"inventory.yaml\",\"line\":5}\n");
    free(text);
    made_free(made);
}

static void ends_read_well(void) {
    char text[UNTIL_TEXT_SIZE];
    static const int64_t DAY = INT64_C(86400) * 1000000000;
    CU_ASSERT_STRING_EQUAL(until_text(INT64_MAX, text), "for ever");
    CU_ASSERT_STRING_EQUAL(until_text(20000 * DAY, text), "through 2024-10-03");
    CU_ASSERT_STRING_EQUAL(until_text(20000 * DAY + 1000, text), "until 2024-10-04 00:00:00.000001 UTC");
    CU_ASSERT_STRING_EQUAL(until_text(0, text), "through 1969-12-31");
}

static void networks_read_well(void) {
    char text[NETWORK_TEXT_SIZE];
    struct network network = {made_end("10.0.0.0", 0).address, 24};
    CU_ASSERT_STRING_EQUAL(network_text(&network, text), "10.0.0.0/24");
    network.prefix = 32;
    CU_ASSERT_STRING_EQUAL(network_text(&network, text), "10.0.0.0");
    network = (struct network){made_end("fe80::", 0).address, 10};
    CU_ASSERT_STRING_EQUAL(network_text(&network, text), "fe80::/10");
    network = (struct network){made_end("::", 0).address, 0};
    CU_ASSERT_STRING_EQUAL(network_text(&network, text), "::/0");
    network = (struct network){made_end("1111:2222:3333:4444:5555:6666:7777:8888", 0).address, 127};
    CU_ASSERT_STRING_EQUAL(network_text(&network, text), "1111:2222:3333:4444:5555:6666:7777:8888/127");
}

int main(void) {
    CU_TestInfo tests[] = {
        {"what is suppressed stands with the verdict", what_is_suppressed_stands_with_the_verdict},
        {"nothing is said where nothing is left out", nothing_is_said_where_nothing_is_left_out},
        {"what is declared stands beside what was seen", what_is_declared_stands_beside_what_was_seen},
        {"without an inventory nothing is declared", without_an_inventory_nothing_is_declared},
        {"JSON tells the same", json_tells_the_same},
        {"ends read well", ends_read_well},
        {"networks read well", networks_read_well},
        CU_TEST_INFO_NULL};
    return unit_run("report_declared", tests);
}
