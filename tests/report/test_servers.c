/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which addresses are one server, and what they went by before, as text and as JSON. */
#define _POSIX_C_SOURCE 200809L /* open_memstream */
#include "report/json.h"
#include "report/text.h"
#include "tests/report/printed.h"
#include "tests/unit.h"

#include <stdlib.h>
#include <string.h>

static struct made *made;

static void link(enum link_kind kind) {
    made->judge.link = (struct identity_link){.kind = kind,
                                              .one = made_end("10.0.1.20", 0).address,
                                              .other = made_end("10.0.0.20", 0).address,
                                              .one_seen = made_sighting(7),
                                              .other_seen = made_sighting(9)};
}

/* The caller frees it. */
static char *text_of(enum detail detail) {
    struct results results = made_results(made);
    static char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    struct page page = page_over(out, detail, false, &results);
    CU_ASSERT_TRUE(text_bindings_report(&page, &results));
    fclose(out);
    printed_is_well_set(text);
    return text;
}

static char *json_of(void) {
    struct results results = made_results(made);
    static char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    CU_ASSERT_TRUE(json_servers(out, &results));
    fclose(out);
    return text;
}

static void a_group_is_told_once_with_its_links(void) {
    made = made_case();
    link(LINK_NTLM_NAME);
    char *text = text_of(DETAIL_NORMAL);
    printed_shows(text,
                  "\n\nWhich addresses are one server\n"
                  "  10.0.1.20 (EXVS1) is one server with 10.0.0.20\n"
                  "    strong: 10.0.1.20 has the same NTLM computer and domain name as 10.0.0.20 (frame 7, frame 9)\n");
    const char *once = strstr(text, "is one server with");
    CU_ASSERT_PTR_NULL(once == NULL ? "" : strstr(once + 1, "is one server with"));
    free(text);
    made_free(made);
}

static void each_strength_has_its_words(void) {
    static const struct {
        enum link_kind kind;
        const char *words, *strength;
    } cases[] = {{LINK_TOWER, " is one server with 10.0.0.20\n", "    strong: "},
                 {LINK_MAC, " may be one server with 10.0.0.20\n", "    weak: "},
                 {LINK_INVENTORY, " is of one cluster with 10.0.0.20\n", "    declared: "},
                 {LINK_MOVED, " is of one cluster with 10.0.0.20\n", "    loose: "}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        made = made_case();
        link(cases[i].kind);
        if (cases[i].kind == LINK_INVENTORY) {
            made->judge.link.one_seen = made->judge.link.other_seen = (struct sighting){0};
            made->judge.link.file = "site.yaml";
            made->judge.link.line = 7;
        }
        char *text = text_of(DETAIL_NORMAL);
        printed_shows(text, cases[i].words);
        printed_shows(text, cases[i].strength);
        CU_ASSERT_EQUAL(strstr(text, "(site.yaml:7)\n") != NULL, cases[i].kind == LINK_INVENTORY);
        CU_ASSERT_PTR_NULL(strstr(text, "frame 0"));
        free(text);
        made_free(made);
    }
}

static void what_contradicts_itself_is_told_last(void) {
    made = made_case();
    link(LINK_TOWER);
    char *text = text_of(DETAIL_NORMAL);
    printed_shows(text,
                  "\n\nWhat was before, or contradicts itself; it links nothing\n"
                  "  10.0.1.20 has an endpoint mapper that names 10.0.0.20 (frame 9, 12:00:00.009000), but they are\n"
                  "  made up\n");
    free(text);
    made_free(made);
}

static void know(const char *address, unsigned source, const char *name, uint64_t first, uint64_t last,
                 uint64_t until) {
    struct name_record *known = &made->judge.known[made->judge.known_count++];
    *known = (struct name_record){.address = made_end(address, 0).address,
                                  .source = source,
                                  .name = name,
                                  .first = made_sighting(first),
                                  .last = made_sighting(last),
                                  .until = made_sighting(until)};
    known->until.frame = until;
}

static void what_addresses_went_by_is_told(void) {
    made = made_case();
    know("10.0.0.20", NAME_NTLM_COMPUTER, "EXVS1", 3, 40, 55);
    know("10.0.0.20", NAME_NTLM_COMPUTER, "NODE1", 55, 55, 0);
    know("10.0.0.20", NAME_NTLM_DOMAIN, "OLD", 3, 40, 55); /* only in JSON */
    know("10.0.0.22", NAME_NTLM_COMPUTER, "EXVS1", 58, 60, 0);
    know("10.0.0.21", NAME_NTLM_COMPUTER, "EXVS1", 50, 60, 0);
    know("10.0.0.22", KNOWN_BY_PACKETS, "02:00:00:00:00:01", 5, 5, 6);
    char *text = text_of(DETAIL_NORMAL);
    printed_shows(text,
                  "\n\nWhat was before, or contradicts itself; it links nothing\n"
                  "  10.0.0.20: NTLM computer name EXVS1 until frame 40, 12:00:00.040000; NODE1 since frame 55,\n"
                  "  12:00:00.055000; EXVS1 is at 10.0.0.21 since frame 50, 12:00:00.050000\n"
                  "  10.0.0.22: link-layer address of its packets 02:00:00:00:00:01 until frame 5, 12:00:00.005000;\n"
                  "  no more since frame 6, 12:00:00.006000\n");
    CU_ASSERT_PTR_NULL(strstr(text, "OLD"));
    free(text);
    text = json_of();
    printed_shows(text, "\"source\":\"ntlm_domain\",\"name\":\"OLD\"");
    printed_shows(text, "\"name\":\"EXVS1\",\"first\":{\"frame\":3,");
    printed_shows(text, "\"until\":null,\"current\":true}\n");
    free(text);
    made_free(made);
}

static void a_long_history_is_cut_and_says_so(void) {
    for (unsigned detail = DETAIL_NORMAL; detail <= DETAIL_VERBOSE; detail++) {
        made = made_case();
        for (int i = 0; i < MADE_MAX_NAMES; i++)
            know("10.0.0.20", NAME_NTLM_COMPUTER, "EXVS1", 1, 2, 3);
        char *text = text_of((enum detail)detail);
        size_t lines = 0;
        for (const char *at = text; (at = strstr(at, "NTLM computer name")) != NULL; at++)
            lines++;
        CU_ASSERT_EQUAL(lines, detail == DETAIL_VERBOSE ? MADE_MAX_NAMES : TEXT_MAX_ROWS);
        CU_ASSERT_EQUAL(strstr(text, "more") != NULL && strstr(text, " -v") != NULL, detail == DETAIL_NORMAL);
        free(text);
        made_free(made);
    }
}

static void json_tells_what_counts_and_what_does_not(void) {
    made = made_case();
    link(LINK_TOWER);
    char *text = json_of();
    printed_shows(text, "{\"type\":\"link\",\"kind\":\"tower\",\"strength\":\"strong\","
                        "\"addresses\":[\"10.0.1.20\",\"10.0.0.20\"],\"sightings\":[{\"frame\":7,");
    printed_shows(text, "\"current\":true,\"against\":null,\"declared\":null,"
                        "\"what\":\"10.0.1.20 has an endpoint mapper that names 10.0.0.20\"}\n");
    printed_shows(text, "\"current\":false,\"against\":\"they are made up\"");
    free(text);
    made_free(made);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"a group is told once, with its links", a_group_is_told_once_with_its_links},
        {"each strength has its words", each_strength_has_its_words},
        {"what contradicts itself is told last", what_contradicts_itself_is_told_last},
        {"what addresses went by is told", what_addresses_went_by_is_told},
        {"a long history is cut and says so", a_long_history_is_cut_and_says_so},
        {"JSON tells what counts and what does not", json_tells_what_counts_and_what_does_not},
        CU_TEST_INFO_NULL,
    };
    return unit_run("report/servers", tests);
}
