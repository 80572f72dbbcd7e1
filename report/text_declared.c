/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/declared.h"
#include "report/table.h"
#include "report/text.h"
#include "rules/words/name.h"

#include <stdlib.h>
#include <string.h>

enum { CELL_SIZE = 256, WORDS_SIZE = 768 };

/* Addresses with commas; what does not fit is counted. */
struct list {
    char *text;
    size_t count, omitted;
};

static void add(struct list *list, const struct address *address) {
    enum { ROOM = CELL_SIZE - sizeof ", … and 16384 more" };
    char text[ADDRESS_TEXT_SIZE];
    size_t length = strlen(list->text);
    address_text(address, text);
    if (length + strlen(text) + 2 >= ROOM)
        list->omitted++;
    else
        snprintf(list->text + length, CELL_SIZE - length, "%s%s", list->count++ > 0 ? ", " : "", text);
}

static void end(struct list *list) {
    size_t length = strlen(list->text);
    if (list->omitted > 0)
        snprintf(list->text + length, CELL_SIZE - length, ", … and %zu more", list->omitted);
}

/* One service of a cluster: where it is bound, and where it is not. */
static void add_service(struct table *table, const struct declared_cluster *cluster,
                        const struct declared_service *service) {
    char line[16], interface[DECLARED_INTERFACE_SIZE], bound[CELL_SIZE] = "", unbound[CELL_SIZE] = "";
    struct list at = {.text = bound}, not_at = {.text = unbound};
    snprintf(line, sizeof line, "%u", service->line);
    for (size_t i = 0; i < cluster->address_count; i++) {
        bool is_bound = declared_service_is_at(service, &cluster->addresses[i]);
        add(is_bound ? &at : &not_at, &cluster->addresses[i]);
    }
    end(&at);
    end(&not_at);
    table_row(table, (const char *const[]){
                         line, cluster->name,
                         declared_interface_text(&service->interface, service->any_version, "all others", interface),
                         bound, not_at.count == 0 ? "none" : unbound});
}

static void add_cluster(struct table *table, const struct declared_cluster *cluster) {
    char line[16], addresses[CELL_SIZE] = "";
    struct list at = {.text = addresses};
    for (size_t i = 0; i < cluster->service_count; i++)
        add_service(table, cluster, &cluster->services[i]);
    if (cluster->service_count > 0)
        return;
    snprintf(line, sizeof line, "%u", cluster->line);
    for (size_t i = 0; i < cluster->address_count; i++)
        add(&at, &cluster->addresses[i]);
    end(&at);
    table_row(table, (const char *const[]){line, cluster->name, "nothing declared", addresses, ""});
}

bool text_declared(struct page *page, const struct inventory *inventory) {
    static const char *const headings[] = {"Line", "Cluster", "Interface", "Bound at", "Not bound at"};
    char words[WORDS_SIZE];
    if (inventory->cluster_count == 0)
        return true;
    page_skip(page);
    snprintf(words, sizeof words, "What %.512s declares", inventory->file);
    page_words(page, words);
    page_end(page);
    struct table table = table_open(headings, sizeof headings / sizeof *headings);
    for (size_t i = 0; i < inventory->cluster_count; i++)
        add_cluster(&table, &inventory->clusters[i]);
    return table_close(&table, page);
}

void text_contradictions(struct page *page, const struct results *results) {
    const struct inventory *inventory = judge_inventory(results->judge);
    const struct binding *binding;
    bool begun = false;
    for (size_t i = 0; (binding = judge_binding(results->judge, i)) != NULL; i++) {
        const struct proof *proof = inventory_contradicted(inventory, binding);
        if (proof == NULL)
            continue;
        struct declaration declaration = inventory_says(inventory, &binding->address, &binding->interface);
        char words[WORDS_SIZE], seen[SIGHTING_WORDS_SIZE], address[ADDRESS_TEXT_SIZE], interface[INTERFACE_TEXT_SIZE];
        if (!begun) {
            page_skip(page);
            page_words(page, "Where packets contradict the inventory: one of the two is out of date");
        }
        begun = true;
        snprintf(words, sizeof words, "%s, %s: declared %s (%.160s:%u), yet %s (%s)",
                 address_text(&binding->address, address), interface_text(&binding->interface, interface),
                 declaration.declared == DECLARED_BOUND ? "bound" : "not bound", inventory->file,
                 declaration.service->line, proof_text(proof->kind, proof->transport),
                 page_sighting(page, proof->last.frame == 0 ? &proof->seen : &proof->last, seen));
        page_begin(page, 2);
        page_words(page, words);
        page_end(page);
    }
}
