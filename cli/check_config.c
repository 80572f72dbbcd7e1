/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/check_config.h"

#include "cli/complaint.h"
#include "report/declared.h"
#include "report/text.h"

#include <stdio.h>
#include <time.h>

enum { WORDS_SIZE = 640 };

static void tell(struct page *page, size_t indent, const char *words) {
    page_begin(page, indent);
    page_words(page, words);
    page_end(page);
}

static void head(struct page *page, const char *title) {
    page_skip(page);
    tell(page, 0, title);
}

/* --- what it says ----------------------------------------------------------------------------------------------- */

/* What the table says in many rows, and what follows from it. */
static void tell_unbound(struct page *page, const struct declared_cluster *cluster, const struct inventory *inventory) {
    char words[WORDS_SIZE], address[ADDRESS_TEXT_SIZE];
    for (size_t i = 0; i < cluster->address_count; i++) {
        snprintf(words, sizeof words,
                 "At %s nothing is declared bound: who goes to its port 135 is flagged at the first packet.",
                 address_text(&cluster->addresses[i], address));
        if (inventory_serves_nothing(inventory, &cluster->addresses[i]) != NULL)
            tell(page, 2, words);
    }
}

static void tell_names(struct page *page, const struct inventory *inventory) {
    char words[WORDS_SIZE], address[ADDRESS_TEXT_SIZE];
    if (inventory->name_count > 0)
        head(page, "Names");
    for (size_t i = 0; i < inventory->name_count; i++) {
        address_text(&inventory->names[i].address, address);
        snprintf(words, sizeof words, "%s is %s", address, inventory->names[i].name);
        tell(page, 2, words);
    }
}

static void tell_ignored(struct page *page, const struct inventory *inventory) {
    char network[NETWORK_TEXT_SIZE];
    if (inventory->ignored_count > 0)
        head(page, "Networks whose sessions are not judged");
    for (size_t i = 0; i < inventory->ignored_count; i++)
        tell(page, 2, network_text(&inventory->ignored[i], network));
}

static void tell_routers(struct page *page, const struct inventory *inventory) {
    char words[WORDS_SIZE];
    if (inventory->router_count > 0)
        head(page, "Routers, whose link-layer addresses link nothing");
    for (size_t i = 0; i < inventory->router_count; i++) {
        const uint8_t *o = inventory->routers[i].octets;
        snprintf(words, sizeof words, "%02x:%02x:%02x:%02x:%02x:%02x", o[0], o[1], o[2], o[3], o[4], o[5]);
        tell(page, 2, words);
    }
}

static void tell_severities(struct page *page, const struct inventory *inventory) {
    char words[WORDS_SIZE];
    bool begun = false;
    for (size_t i = 0; i < RULE_COUNT; i++) {
        if (!inventory->severities[i].given)
            continue;
        if (!begun)
            head(page, "Severities");
        begun = true;
        snprintf(words, sizeof words, "%s: %s instead of %s", RULES[i]->id,
                 SEVERITY_NAMES[inventory->severities[i].severity], SEVERITY_NAMES[RULES[i]->severity]);
        tell(page, 2, words);
    }
}

static const char *side_text(const struct network *network, const char *anyone, char text[static NETWORK_TEXT_SIZE]) {
    return network->address.family == ADDRESS_NONE ? anyone : network_text(network, text);
}

/* By the clock, not by a capture's. */
static bool has_expired(const struct suppression *suppression) {
    return suppression->until <= (int64_t)time(NULL) * 1000000000;
}

static void tell_suppression(struct page *page, const struct suppression *s) {
    char client[NETWORK_TEXT_SIZE], server[NETWORK_TEXT_SIZE], interface[DECLARED_INTERFACE_SIZE];
    char words[WORDS_SIZE], until[UNTIL_TEXT_SIZE];
    snprintf(words, sizeof words, "line %u, %s%s: %s", s->line, until_text(s->until, until),
             has_expired(s) ? ", which has EXPIRED" : "", s->reason);
    tell(page, 2, words);
    snprintf(words, sizeof words, "%s, from %s to %s, %s", s->rule == NULL ? "every rule" : s->rule->id,
             side_text(&s->client, "every client", client), side_text(&s->server, "every server", server),
             declared_interface_text(&s->interface, s->any_version, "every interface", interface));
    tell(page, 4, words);
}

static void tell_interfaces(struct page *page, const struct interface_table *table) {
    char words[WORDS_SIZE];
    if (table->interface_count > 0)
        head(page, "Interfaces");
    for (size_t i = 0; i < table->interface_count; i++) {
        const struct interface *row = &table->interfaces[i];
        char version[16] = "every version";
        if (row->major != INTERFACE_ANY)
            snprintf(version, sizeof version, "%d.%d", row->major, row->minor);
        snprintf(words, sizeof words, "%s, %s: %s%s", row->uuid, version, row->name, row->backup ? " (backup)" : "");
        tell(page, 2, words);
    }
}

/* --- what looks like a mistake ---------------------------------------------------------------------------------- */

struct warnings {
    struct page *page;
    const char *file;
    size_t count;
};

static void warn(struct warnings *w, unsigned line, const char *what) {
    char words[WORDS_SIZE], place[16] = "";
    if (w->count++ == 0)
        page_skip(w->page);
    if (line != 0)
        snprintf(place, sizeof place, ":%u", line);
    snprintf(words, sizeof words, "Warning: %.256s%s: %s", w->file, place, what);
    tell(w->page, 0, words);
}

static bool is_everywhere(const struct declared_cluster *cluster, const struct declared_service *service) {
    return service->bound_count == cluster->address_count;
}

/* An exception from what is said of all others, or the other way round. */
static bool has_counterpart(const struct declared_cluster *cluster, const struct declared_service *service) {
    for (size_t i = 0; i < cluster->service_count; i++) {
        const struct declared_service *other = &cluster->services[i];
        if (uuid_is_nil(&other->interface.uuid) != uuid_is_nil(&service->interface.uuid) &&
            !is_everywhere(cluster, other))
            return true;
    }
    return false;
}

static bool is_ignored_somewhere(const struct inventory *inventory, const struct declared_cluster *cluster) {
    for (size_t i = 0; i < cluster->address_count; i++)
        if (inventory_ignores(inventory, &cluster->addresses[i]))
            return true;
    return false;
}

static void warn_of_cluster(struct warnings *w, const struct inventory *inventory,
                            const struct declared_cluster *cluster) {
    if (cluster->address_count == 1)
        warn(w, cluster->line, "a cluster of one address: nothing can be bound elsewhere");
    for (size_t i = 0; cluster->address_count > 1 && i < cluster->service_count; i++)
        if (is_everywhere(cluster, &cluster->services[i]) && !has_counterpart(cluster, &cluster->services[i]))
            warn(w, cluster->services[i].line,
                 "bound at every address of the cluster: so nothing is declared unbound by this");
    if (is_ignored_somewhere(inventory, cluster))
        warn(w, cluster->line, "an address of this cluster is in a network to ignore: it is not judged");
}

static void warn_of_suppression(struct warnings *w, const struct suppression *s) {
    if (has_expired(s))
        warn(w, s->line, "this suppression has expired: findings from then on are told; remove it, or renew it");
    if (s->until == INT64_MAX)
        warn(w, s->line, "this suppression never expires: give it an end (until)");
    if (s->rule == NULL && s->client.address.family == ADDRESS_NONE && s->server.address.family == ADDRESS_NONE &&
        uuid_is_nil(&s->interface.uuid))
        warn(w, s->line, "this suppresses every finding");
}

static void warn_of(struct warnings *w, const struct inventory *inventory) {
    for (size_t i = 0; i < inventory->cluster_count; i++)
        warn_of_cluster(w, inventory, &inventory->clusters[i]);
    for (size_t i = 0; i < inventory->suppression_count; i++)
        warn_of_suppression(w, &inventory->suppressions[i]);
    for (size_t i = 0; i < inventory->ignored_count; i++)
        if (inventory->ignored[i].prefix == 0)
            warn(w, 0, "every address of a family is to be ignored: none of it is judged");
}

bool check_config(const struct config *config, FILE *out) {
    char words[WORDS_SIZE];
    const struct inventory *inventory = &config->inventory;
    struct page page = {.out = out};
    struct warnings warnings = {.page = &page, .file = inventory->file};
    snprintf(words, sizeof words, "%.512s can be used.", inventory->file);
    tell(&page, 0, words);
    if (!text_declared(&page, inventory)) {
        complain(NULL, "no memory to tell what the configuration says");
        return false;
    }
    for (size_t i = 0; i < inventory->cluster_count; i++)
        tell_unbound(&page, &inventory->clusters[i], inventory);
    tell_names(&page, inventory);
    tell_ignored(&page, inventory);
    tell_routers(&page, inventory);
    tell_severities(&page, inventory);
    if (inventory->suppression_count > 0)
        head(&page, "Suppressions");
    for (size_t i = 0; i < inventory->suppression_count; i++)
        tell_suppression(&page, &inventory->suppressions[i]);
    tell_interfaces(&page, &config->interfaces);
    warn_of(&warnings, inventory);
    return true;
}
