/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/fact_json.h"
#include "report/interface_list.h"
#include "report/json.h"
#include "report/manual.h"
#include "tests/report/made_results.h"

/* Prints lines of every type and with every value of every enum, for the schema to judge. */

static void vary(struct made *made) {
    for (unsigned i = 0; i < OUTCOMES; i++)
        made_session(made, (enum outcome)i);
    for (unsigned i = 0; i < FINDING_STATES; i++)
        made_finding(made)->state = (enum finding_state)i;
    for (unsigned i = 0; i < CAUSES; i++)
        made_finding(made)->cause = (enum cause)i;
    for (unsigned i = 0; i < SHOWNS; i++)
        made_finding(made)->shown = (enum shown)i;
    for (unsigned i = 0; i < CONFIDENCES; i++)
        made_finding(made)->confidence = (enum confidence)i;
    made_session(made, OUTCOME_REFUSED)->win32 = 1722;
    made_binding(made, BOUND_UNKNOWN);
    struct session *bare = made_session(made, OUTCOME_UNANSWERED);
    *bare = (struct session){.id = 99, .client = made_end("fe80::1", 0), .server = made_end("fe80::2", 0)};
    snprintf(made_finding(made)->caveats[0], CAVEAT_TEXT_SIZE, "Something is missing.");
    made->judge.findings[made->judge.finding_count - 1].caveat_count = 1;
    for (unsigned i = 0; i < LOSS_KINDS; i++)
        made->tally.lost[i] = 1;
    for (unsigned i = 0; i < LIMIT_KINDS; i++)
        made->tally.limits[i] = 1;
    struct finding *least = made_finding(made);
    *least = (struct finding){.id = 98, .rule = RULES[RULE_COUNT - 1], .flagged = made_sighting(1), .count = 1};
    least->client = least->server.address = made_end("fe80::1", 0).address;
}

static bool print_facts(const struct made *made) {
    bool written = true;
    for (unsigned i = 0; i < FACT_KINDS; i++) {
        struct fact fact = {.kind = (enum fact_kind)i, .seen = made_sighting(i), .client = made_end("10.0.2.1", 1)};
        written = written && fact_write(stdout, &fact, &made->files);
    }
    return written;
}

static bool print_servers(struct made *made, const struct results *results) {
    bool written = true;
    struct judge *judge = &made->judge;
    for (unsigned i = 0; written && i < LINK_KINDS; i++) {
        struct sighting seen = i == LINK_INVENTORY ? (struct sighting){0} : made_sighting(i + 1);
        judge->link = (struct identity_link){(enum link_kind)i,
                                             made_end("10.0.0.1", 0).address,
                                             made_end("fe80::1", 0).address,
                                             seen,
                                             seen,
                                             "a.yaml",
                                             7};
        judge->known_count = 0;
        written = json_servers(stdout, results);
    }
    for (unsigned i = 0; written && i < KNOWN_SOURCES; i++) {
        struct sighting until = i % 2 == 0 ? (struct sighting){0} : made_sighting(i + 2);
        judge->known[0] = (struct name_record){
            made_end("10.0.0.1", 0).address, i, "EXVS1", made_sighting(i), made_sighting(i + 1), until};
        judge->known_count = 1;
        judge->link.one.family = ADDRESS_NONE;
        written = json_servers(stdout, results);
    }
    return written;
}

static bool print_interfaces(void) {
    const struct interface *interface;
    bool written = true;
    for (size_t at = 0; written && (interface = interface_next(&at)) != NULL;)
        written = interface_json(stdout, interface);
    return written;
}

int main(void) {
    struct made *made = made_case();
    vary(made);
    made_inventory(made);
    struct results results = made_results(made);
    bool written = json_report(stdout, &results);
    results.several_files = true;
    written = written && json_report(stdout, &results) && print_facts(made);
    for (size_t i = 0; i < RULE_COUNT; i++)
        written = written && manual_json(stdout, RULES[i]);
    written = written && print_interfaces() && print_servers(made, &results);
    written = written && json_declared(stdout, &results);
    made_free(made);
    return written ? 0 : 1;
}
