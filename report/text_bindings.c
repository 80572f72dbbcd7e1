/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/proof.h"
#include "report/table.h"
#include "report/text.h"
#include "rules/words/name.h"

#include <string.h>

static const char *bound_words(enum binding_state state) {
    switch (state) {
    case BOUND_HERE:
        return "yes";
    case BOUND_NOT_HERE:
        return "NO";
    case BOUND_UNKNOWN:
        break;
    }
    return "unknown";
}

static bool is_any(enum binding_proof kind) { return kind < PROOF_KINDS; }

/* The latest proof of a wanted kind; NULL if there is none. */
static const struct proof *latest(const struct binding *binding, bool (*wanted)(enum binding_proof)) {
    const struct proof *found = NULL;
    for (size_t i = 0; i < binding->count; i++)
        if (wanted(binding->proofs[i].kind))
            found = &binding->proofs[i];
    return found;
}

enum { COLUMNS = 6 }; /* the last only where something is declared */
enum { CELL_SIZE = 2 * (SIGHTING_WORDS_SIZE + 64) + NAME_SIZE };

/* Adds "bind accepted (frame 12)" to a cell. */
static void add_proof(const struct page *page, const struct proof *proof, char *cell) {
    char seen[SIGHTING_WORDS_SIZE];
    size_t length = strlen(cell);
    if (proof != NULL)
        snprintf(cell + length, CELL_SIZE - length, "%s%s (%s)", length > 0 ? "; " : "",
                 proof_text(proof->kind, proof->transport),
                 page_frame(page, proof->last.frame == 0 ? &proof->seen : &proof->last, seen));
}

/* The latest proof for and the latest against; only where there is neither, what else there is. */
static void evidence_cell(const struct page *page, const struct binding *binding, char cell[static CELL_SIZE]) {
    cell[0] = '\0';
    add_proof(page, latest(binding, proof_is_for), cell);
    add_proof(page, latest(binding, proof_is_against), cell);
    if (cell[0] == '\0')
        add_proof(page, latest(binding, is_any), cell);
}

static void address_cell(const struct results *results, const struct binding *binding, char cell[static CELL_SIZE]) {
    char address[ADDRESS_TEXT_SIZE];
    const char *name = judge_server_name(results->judge, &binding->address);
    snprintf(cell, CELL_SIZE, "%s%s%s%s", address_text(&binding->address, address), name[0] == '\0' ? "" : " (", name,
             name[0] == '\0' ? "" : ")");
}

/* "NO, line 12" of the inventory */
enum { DECLARED_SIZE = 48 };
static const char *declared_cell(const struct results *results, const struct binding *binding,
                                 char cell[static DECLARED_SIZE]) {
    struct declaration declaration =
        inventory_says(judge_inventory(results->judge), &binding->address, &binding->interface);
    if (declaration.declared == DECLARED_NOT)
        return "";
    snprintf(cell, DECLARED_SIZE, "%s, line %u", declaration.declared == DECLARED_BOUND ? "yes" : "NO",
             declaration.service->line);
    return cell;
}

static void add_row(struct table *table, const struct page *page, const struct results *results,
                    const struct binding *binding) {
    char address[CELL_SIZE];
    char interface[INTERFACE_TEXT_SIZE];
    char port[16] = "";
    char evidence[CELL_SIZE];
    address_cell(results, binding, address);
    evidence_cell(page, binding, evidence);
    if (binding->endpoint.port != 0)
        snprintf(port, sizeof port, "%u%s", (unsigned)binding->endpoint.port,
                 binding->transport == TRANSPORT_UDP    ? "/udp"
                 : binding->transport == TRANSPORT_HTTP ? "/http"
                                                        : "");
    char declared[DECLARED_SIZE];
    table_row(table, (const char *const[]){address, interface_text(&binding->interface, interface), port,
                                           bound_words(binding->state), evidence,
                                           table->columns == COLUMNS ? declared_cell(results, binding, declared) : ""});
}

/* All that is kept of each row, oldest first. */
static void all_proofs(struct page *page, const struct results *results) {
    const struct binding *binding;
    for (size_t i = 0; (binding = judge_binding(results->judge, i)) != NULL; i++) {
        char interface[INTERFACE_TEXT_SIZE];
        char address[CELL_SIZE];
        char omitted[64];
        address_cell(results, binding, address);
        page_begin(page, 2);
        page_words(page, address);
        page_join(page, ",");
        page_words(page, interface_text(&binding->interface, interface));
        page_join(page, ":");
        page_words(page, bound_words(binding->state));
        for (size_t j = 0; j < binding->count; j++) {
            char seen[SIGHTING_WORDS_SIZE];
            char words[PROOF_WORDS_SIZE];
            page_begin(page, 4);
            page_words(page, page_sighting(page, &binding->proofs[j].seen, seen));
            page_join(page, ":");
            page_words(page, proof_words(&binding->proofs[j], words));
        }
        snprintf(omitted, sizeof omitted, "and %llu more that were not kept", (unsigned long long)binding->omitted);
        page_begin(page, 4);
        if (binding->omitted > 0)
            page_words(page, omitted);
        page_end(page);
    }
}

bool text_bindings(struct page *page, const struct results *results, size_t rows) {
    static const char *const headings[COLUMNS] = {"Address", "Interface", "Port", "Bound", "Evidence", "Declared"};
    bool declared = judge_inventory(results->judge)->cluster_count > 0;
    if (judge_binding(results->judge, 0) == NULL)
        return true;
    page_skip(page);
    page_words(page, "Where interfaces are bound");
    page_end(page);
    struct table table = table_open(headings, declared ? COLUMNS : COLUMNS - 1);
    const struct binding *binding;
    size_t count = 0;
    for (; (binding = judge_binding(results->judge, count)) != NULL; count++)
        if (count < rows)
            add_row(&table, page, results, binding);
    bool printed = table_close(&table, page);
    page_more(page, count, rows);
    if (page->detail == DETAIL_VERBOSE) {
        page_skip(page);
        page_words(page, "Evidence for each, oldest first");
        all_proofs(page, results);
    }
    return printed;
}
