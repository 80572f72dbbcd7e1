/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/text.h"
#include "report/visible.h"
#include "rules/words/name.h"

#include <string.h>

enum { LINE_SIZE = 240 };

/* "CRITICAL unbound-address: MS Exchange Directory NSP Interface at 10.0.1.20:1112 (EXVS1)" */
static void headline(struct page *page, const struct finding *finding) {
    char interface[INTERFACE_TEXT_SIZE];
    char server[ENDPOINT_TEXT_SIZE];
    char name[NAME_SIZE + 2];
    page_severity(page, finding->severity);
    page_words(page, finding->rule->id);
    page_join(page, ":");
    if (!uuid_is_nil(&finding->interface.uuid)) {
        page_words(page, interface_text(&finding->interface, interface));
        page_words(page, "at");
    }
    if (finding->server.port == 0)
        page_words(page, address_text(&finding->server.address, server));
    else
        page_words(page, endpoint_text(&finding->server, server));
    if (finding->server_name[0] != '\0') {
        snprintf(name, sizeof name, "(%s)", finding->server_name);
        page_words(page, name);
    }
    page_end(page);
}

static void line(struct page *page, const char *label, const char *words) {
    if (words[0] == '\0')
        return;
    page_label(page, label);
    page_words(page, words);
    page_end(page);
}

static void bound_elsewhere(struct page *page, const struct finding *finding) {
    char endpoint[ENDPOINT_TEXT_SIZE];
    if (finding->bound_count == 0)
        return;
    page_label(page, "Bound at");
    for (size_t i = 0; i < finding->bound_count; i++) {
        if (i > 0)
            page_join(page, ",");
        const struct endpoint *bound = &finding->bound_at[i];
        page_words(page, bound->port == 0 ? address_text(&bound->address, endpoint) : endpoint_text(bound, endpoint));
    }
    page_end(page);
}

static void application_shows(struct page *page, const struct finding *finding) {
    char words[LINE_SIZE];
    if (finding->win32 == 0)
        return;
    const char *name = win32_name(finding->win32);
    snprintf(words, sizeof words, "%u %s%s(0x%x)", (unsigned)finding->win32, name == NULL ? "" : name,
             name == NULL ? "" : " ", (unsigned)finding->win32);
    line(page, "Application", words);
}

/* How long the alert came before the attempt was over. */
static void lead(struct page *page, const struct finding *finding) {
    char seen[SIGHTING_WORDS_SIZE];
    char words[SIGHTING_WORDS_SIZE + LINE_SIZE];
    if (finding->lead <= 0) {
        page_words(page, "as it fails.");
        return;
    }
    bool long_lead = finding->lead >= 1000000000;
    snprintf(words, sizeof words, "%.3f %s before the last packet of the failing attempt (%s).",
             (double)finding->lead / (long_lead ? 1e9 : 1e6), long_lead ? "s" : "ms",
             page_sighting(page, &finding->failed, seen));
    page_words(page, words);
}

static void flagged(struct page *page, const struct finding *finding) {
    char seen[SIGHTING_WORDS_SIZE];
    page_label(page, "Flagged");
    page_words(page, page_sighting(page, &finding->flagged, seen));
    page_join(page, ",");
    if (finding->state == FINDING_PREDICTED)
        page_words(page, "predicted: no packet of the failure is in the capture.");
    else if (finding->state == FINDING_AVERTED)
        page_words(page, "predicted, yet the session was served (averted).");
    else
        lead(page, finding);
    page_end(page);
}

static void extent(struct page *page, const struct finding *finding) {
    char words[LINE_SIZE];
    char client[ADDRESS_TEXT_SIZE];
    const char *through = GOT_THROUGH_NAMES[finding->got_through];
    snprintf(words, sizeof words, "%s, %llu %s%s%s.", address_text(&finding->client, client),
             (unsigned long long)finding->count, finding->count == 1 ? "session" : "sessions alike; the first is told",
             through == NULL ? "" : "; got through all the same: ", through == NULL ? "" : through);
    line(page, "Client", words);
}

static void proof(struct page *page, const struct finding *finding) {
    for (size_t i = 0; i < finding->evidence_count; i++) {
        char seen[SIGHTING_WORDS_SIZE];
        if (i == 0)
            page_label(page, "Proof");
        else
            page_begin(page, PAGE_LABEL);
        page_words(page, page_sighting(page, &finding->evidence[i].seen, seen));
        page_join(page, ":");
        page_words(page, finding->evidence[i].what);
        page_end(page);
    }
}

/* A filter is copied: it goes on one line if it can. */
static void display_filter(struct page *page, const char *filter) {
    if (filter[0] == '\0')
        return;
    page_label(page, "Wireshark");
    if (visible_width(filter) > PAGE_WIDTH - PAGE_MAX_JOIN - PAGE_LABEL)
        page_begin(page, 4);
    page_words(page, filter);
    page_end(page);
}

void text_finding(struct page *page, const struct finding *finding) {
    headline(page, finding);
    line(page, "What", finding->message);
    for (size_t i = 0; i < finding->caveat_count; i++)
        line(page, "But", finding->caveats[i]);
    bound_elsewhere(page, finding);
    application_shows(page, finding);
    line(page, "Do", finding->advice);
    flagged(page, finding);
    extent(page, finding);
    proof(page, finding);
    display_filter(page, finding->display_filter);
}
