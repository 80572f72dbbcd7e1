/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/fold.h"
#include "report/text.h"
#include "report/timestamp.h"
#include "report/visible.h"
#include "rules/words/name.h"

#include <stdlib.h>
#include <string.h>

enum { LINE_SIZE = 240, MAX_LISTED = 24 };

/* --- one paragraph ---------------------------------------------------------------------------------------------- */

static const char *server_words(const struct endpoint *server, char words[static ENDPOINT_TEXT_SIZE]) {
    return server->port == 0 ? address_text(&server->address, words) : endpoint_text(server, words);
}

/* "CRITICAL unbound-address: MS Exchange Directory NSP Interface at 10.0.1.20:1112 (EXVS1), 50 clients" */
static void headline(struct page *page, const struct finding *finding, const struct fold *fold) {
    char words[LINE_SIZE];
    char name[NAME_SIZE + 2];
    page_severity(page, finding->severity);
    page_words(page, finding->rule->id);
    page_join(page, ":");
    if (fold->kind == FOLD_INTERFACES) {
        snprintf(words, sizeof words, "%zu interfaces at", fold->count);
        page_words(page, words);
        page_words(page, address_text(&finding->server.address, words));
    } else {
        if (!uuid_is_nil(&finding->interface.uuid)) {
            page_words(page, interface_text(&finding->interface, words));
            page_words(page, "at");
        }
        page_words(page, server_words(&finding->server, words));
    }
    if (finding->server_name[0] != '\0') {
        snprintf(name, sizeof name, "(%s)", finding->server_name);
        page_words(page, name);
    }
    if (fold->kind == FOLD_CLIENTS) {
        snprintf(words, sizeof words, "%zu clients", fold->count);
        page_join(page, ",");
        page_words(page, words);
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

static void because(struct page *page, const struct finding *finding) {
    char words[sizeof finding->reason + 32];
    if (finding->confidence == CONFIDENCE_NONE || finding->reason[0] == '\0')
        return;
    snprintf(words, sizeof words, "%s (%s confidence)", finding->reason, CONFIDENCE_NAMES[finding->confidence]);
    line(page, "Because", words);
}

static void bound_elsewhere(struct page *page, const struct finding *finding) {
    char endpoint[ENDPOINT_TEXT_SIZE];
    if (finding->bound_count == 0)
        return;
    page_label(page, "Bound at");
    for (size_t i = 0; i < finding->bound_count; i++) {
        if (i > 0)
            page_join(page, ",");
        page_words(page, server_words(&finding->bound_at[i], endpoint));
    }
    page_end(page);
}

/* "18.0 s after the flag" */
static void put_distance(const struct finding *finding, char *words, size_t size) {
    int64_t lead = finding->shown_time - finding->flagged.time;
    if (lead <= 0)
        snprintf(words, size, "as it is flagged");
    else if (lead < 1000000000)
        snprintf(words, size, "%.3f ms after the flag", (double)lead / 1e6);
    else
        snprintf(words, size, "%.1f s after the flag", (double)lead / 1e9);
}

/* When the application shows it, behind the error. */
static void put_moment(const struct page *page, const struct finding *finding, char *words, size_t size) {
    char time[TIMESTAMP_SIZE], distance[64];
    timestamp_clock(finding->shown_time, page->dates, time);
    put_distance(finding, distance, sizeof distance);
    switch (finding->shown) {
    case SHOWN_NEVER:
        snprintf(words, size, ", but does not show it: %s.", finding->schedule);
        break;
    case SHOWN_UNKNOWN:
        snprintf(words, size, "; when is not known: %s.", finding->schedule);
        break;
    case SHOWN_SEEN:
        snprintf(words, size, " at %s, %s.", time, distance);
        break;
    case SHOWN_COMPUTED:
        time[strlen(time) - 5] = '\0'; /* to the tenth of a second */
        snprintf(words, size, " at about %s, %s: %s.", time, distance, finding->schedule);
        break;
    case SHOWNS:
        break;
    }
}

/* "1722 RPC_S_SERVER_UNAVAILABLE (0x6ba) at about 12:00:21.3, 18.0 s after the flag: …" */
static void application_shows(struct page *page, const struct finding *finding) {
    char words[2 * sizeof finding->schedule + LINE_SIZE], moment[sizeof finding->schedule + LINE_SIZE] = "";
    if (finding->win32 == 0)
        return;
    const char *name = win32_name(finding->win32);
    if (finding->state != FINDING_AVERTED)
        put_moment(page, finding, moment, sizeof moment);
    snprintf(words, sizeof words, "%u %s%s(0x%x)%s", (unsigned)finding->win32, name == NULL ? "" : name,
             name == NULL ? "" : " ", (unsigned)finding->win32, moment);
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
        page_words(page, "predicted, and averted: it did not come to that.");
    else
        lead(page, finding);
    page_end(page);
}

/* Who it is about, unless that is one session of one client, of which the message speaks. */
static void extent(struct page *page, const struct finding *finding) {
    char words[LINE_SIZE];
    char client[ADDRESS_TEXT_SIZE];
    const char *through = GOT_THROUGH_NAMES[finding->got_through];
    if (finding->count == 1 && through == NULL)
        return;
    snprintf(words, sizeof words, "%s, %llu %s%s%s.", address_text(&finding->client, client),
             (unsigned long long)finding->count, finding->count == 1 ? "session" : "sessions alike; the first is told",
             through == NULL ? "" : "; got through all the same: ", through == NULL ? "" : through);
    line(page, "Client", words);
}

/* Not needed to believe it, unless it is the packet at which a prediction was made. */
static bool is_left_to_verbose(const struct finding *finding, const struct evidence *evidence) {
    bool foretold = finding->confidence != CONFIDENCE_NONE && evidence->seen.frame == finding->flagged.frame &&
                    evidence->seen.file == finding->flagged.file;
    return evidence->detail && !foretold;
}

static void proof(struct page *page, const struct finding *finding) {
    size_t left = 0;
    bool first = true;
    for (size_t i = 0; i < finding->evidence_count; i++) {
        char seen[SIGHTING_WORDS_SIZE];
        if (page->detail != DETAIL_VERBOSE && is_left_to_verbose(finding, &finding->evidence[i])) {
            left++;
            continue;
        }
        if (first)
            page_label(page, "Proof");
        else
            page_begin(page, PAGE_LABEL);
        first = false;
        page_words(page, page_sighting(page, &finding->evidence[i].seen, seen));
        page_join(page, ":");
        page_words(page, finding->evidence[i].what);
        page_end(page);
    }
    if (left == 0)
        return;
    char words[LINE_SIZE];
    snprintf(words, sizeof words, "and %zu more %s: -v", left, left == 1 ? "packet" : "packets");
    page_begin(page, PAGE_LABEL);
    page_words(page, words);
    page_end(page);
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

/* --- what is folded --------------------------------------------------------------------------------------------- */

/* "10.0.0.50 (3)", "netlogon at port 49152 (2)" */
static void member(struct page *page, const struct finding *finding, enum fold_kind kind) {
    char words[LINE_SIZE], name[INTERFACE_TEXT_SIZE], port[24] = "", count[24] = "";
    if (finding->count > 1)
        snprintf(count, sizeof count, " (%llu)", (unsigned long long)finding->count);
    if (finding->server.port != 0)
        snprintf(port, sizeof port, " at port %u", (unsigned)finding->server.port);
    if (kind == FOLD_CLIENTS)
        snprintf(words, sizeof words, "%s%s", address_text(&finding->client, name), count);
    else
        snprintf(words, sizeof words, "%s%s%s", interface_text(&finding->interface, name), port, count);
    page_words(page, words);
}

static void members(struct page *page, const struct fold *fold) {
    char words[LINE_SIZE];
    page_label(page, fold->kind == FOLD_CLIENTS ? "Clients" : "Interfaces");
    for (size_t i = 0; i < fold->count && i < MAX_LISTED; i++) {
        if (i > 0)
            page_join(page, ",");
        member(page, fold->members[i], fold->kind);
    }
    if (fold->count > MAX_LISTED) {
        snprintf(words, sizeof words, "and %zu more: -v tells each", fold->count - MAX_LISTED);
        page_words(page, words);
    }
    page_end(page);
}

/* "50 findings, 52 sessions; the first is told; flagged before they failed: 49; got through all the same: 3." */
static void together(struct page *page, const struct fold *fold) {
    uint64_t sessions = 0;
    size_t foretold = 0, through = 0;
    char words[LINE_SIZE];
    for (size_t i = 0; i < fold->count; i++) {
        sessions += fold->members[i]->count;
        foretold += fold->members[i]->confidence != CONFIDENCE_NONE;
        through += fold->members[i]->got_through != GOT_NOT_THROUGH;
    }
    int length = snprintf(words, sizeof words, "%zu findings, %llu sessions; the first is told", fold->count,
                          (unsigned long long)sessions);
    if (foretold != 0)
        length +=
            snprintf(words + length, sizeof words - (size_t)length, "; flagged before they failed: %zu", foretold);
    if (through != 0)
        snprintf(words + length, sizeof words - (size_t)length, "; got through all the same: %zu", through);
    page_label(page, "In all");
    page_words(page, words);
    page_join(page, ".");
    page_end(page);
}

/* What counts most comes first: what happened, what to do, what the user sees; then how it is known. */
static void tell(struct page *page, const struct fold *fold) {
    const struct finding *finding = fold->members[0];
    headline(page, finding, fold);
    line(page, "What", finding->message);
    if (fold->kind != FOLD_NONE) {
        members(page, fold);
        together(page, fold);
    }
    for (size_t i = 0; i < finding->caveat_count; i++)
        line(page, "But", finding->caveats[i]);
    line(page, "Do", finding->advice);
    bound_elsewhere(page, finding);
    application_shows(page, finding);
    flagged(page, finding);
    because(page, finding);
    if (fold->kind == FOLD_NONE)
        extent(page, finding);
    proof(page, finding);
    display_filter(page, finding->display_filter);
}

/* --- all of them ------------------------------------------------------------------------------------------------ */

/* One line: "CRITICAL unbound-address: 10.0.0.50 to 10.0.1.20:1112, 1722, failed, in doubt, 3 sessions: samr (EXVS1)";
 * what is too long for it is cut at the end. */
static void tell_shortly(struct page *page, const struct finding *finding) {
    char words[2 * LINE_SIZE + NAME_SIZE], client[ADDRESS_TEXT_SIZE], server[ENDPOINT_TEXT_SIZE];
    char interface[INTERFACE_TEXT_SIZE] = "whatever it will ask for", error[32] = "", count[48] = "";
    const char *name = finding->server_name;
    if (!uuid_is_nil(&finding->interface.uuid))
        interface_text(&finding->interface, interface);
    else if (finding->rule == &RULE_MAPPER_UNREACHABLE)
        snprintf(interface, sizeof interface, "endpoint mapper");
    if (finding->win32 != 0)
        snprintf(error, sizeof error, finding->win32 > UINT16_MAX ? ", 0x%x" : ", %u", (unsigned)finding->win32);
    if (finding->count > 1)
        snprintf(count, sizeof count, ", %llu sessions", (unsigned long long)finding->count);
    snprintf(words, sizeof words, "%s to %s%s, %s%s%s: %s%s%s%s", address_text(&finding->client, client),
             server_words(&finding->server, server), error, FINDING_STATE_NAMES[finding->state],
             finding->caveat_count > 0 ? ", in doubt" : "", count, interface, name[0] == '\0' ? "" : " (", name,
             name[0] == '\0' ? "" : ")");
    page_severity(page, finding->severity);
    page_words(page, finding->rule->id);
    page_join(page, ":");
    page_column(page, page->column + 1);
    size_t room = PAGE_WIDTH - PAGE_MAX_JOIN - page->column;
    if (*page_part(page, words, room) != '\0')
        page_join(page, "…");
    page_end(page);
}

static bool tell_folded(struct page *page, const struct results *results) {
    struct folds folds;
    bool room = fold_findings(results->judge, &folds);
    for (size_t i = 0; room && i < folds.count; i++) {
        page_skip(page);
        tell(page, &folds.folds[i]);
    }
    folds_free(&folds);
    return room;
}

bool text_findings(struct page *page, const struct results *results) {
    const struct finding *finding;
    if (page->detail == DETAIL_NORMAL)
        return tell_folded(page, results);
    if (page->detail == DETAIL_QUIET && judge_finding(results->judge, 0) != NULL)
        page_skip(page);
    for (size_t i = 0; (finding = judge_finding(results->judge, i)) != NULL; i++) {
        if (page->detail == DETAIL_QUIET) {
            tell_shortly(page, finding);
            continue;
        }
        page_skip(page);
        tell(page, &(struct fold){FOLD_NONE, &finding, 1});
    }
    return true;
}
