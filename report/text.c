/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/text.h"

#include "report/timestamp.h"

enum { PHRASE_SIZE = 160 };

struct phrase {
    char words[PHRASE_SIZE];
};

static struct phrase counted(uint64_t count, const char *one, const char *many) {
    struct phrase phrase;
    snprintf(phrase.words, sizeof phrase.words, "%llu %s", (unsigned long long)count, count == 1 ? one : many);
    return phrase;
}

struct counts {
    uint64_t findings, by_severity[SEVERITIES], averted, suppressed;
    uint64_t sessions, by_outcome[OUTCOMES];
};

static struct counts counts_of(const struct judge *judge) {
    struct counts counts = {0};
    const struct finding *finding;
    const struct session *session;
    for (; (finding = judge_finding(judge, counts.findings)) != NULL; counts.findings++) {
        counts.by_severity[finding->severity]++;
        counts.averted += finding->state == FINDING_AVERTED;
    }
    for (; (session = judge_session(judge, counts.sessions)) != NULL; counts.sessions++)
        counts.by_outcome[session->outcome]++;
    for (size_t i = 0; i < RULE_COUNT; i++)
        counts.suppressed += judge_left_out(judge)->suppressed[i];
    return counts;
}

/* "2 findings: 1 critical, 1 warning." */
static void verdict_findings(struct page *page, const struct counts *counts) {
    if (counts->findings == 0) {
        page_words(page, counts->suppressed == 0 ? "No finding:" : "No finding but");
        if (counts->suppressed > 0)
            page_words(page, counted(counts->suppressed, "that is suppressed:", "that are suppressed:").words);
        return;
    }
    page_words(page, counted(counts->findings, "finding:", "findings:").words);
    bool first = true;
    for (unsigned i = SEVERITIES; i-- > 0;) {
        if (counts->by_severity[i] == 0)
            continue;
        if (!first)
            page_join(page, ",");
        page_words(page, counted(counts->by_severity[i], SEVERITY_NAMES[i], SEVERITY_NAMES[i]).words);
        first = false;
    }
    page_join(page, ".");
    if (counts->averted > 0 && counts->averted == counts->findings)
        page_words(page, counts->findings == 1 ? "It was averted." : "All of them were averted.");
    else if (counts->averted > 0)
        page_words(page, counted(counts->averted, "of them was averted.", "of them were averted.").words);
    if (counts->suppressed > 0)
        page_words(page, counted(counts->suppressed, "more is suppressed.", "more are suppressed.").words);
}

/* "2 of 3 sessions were served, 1 failed." */
static void verdict_sessions(struct page *page, const struct counts *counts, const struct tally *tally) {
    uint64_t served = counts->by_outcome[OUTCOME_SERVED];
    uint64_t unclear = counts->by_outcome[OUTCOME_UNKNOWN];
    uint64_t failed = counts->sessions - served - unclear;
    if (counts->sessions == 0) {
        page_words(page, tally->frames == 0 ? "the input holds no frame." : "no DCE/RPC session was seen.");
        return;
    }
    char words[PHRASE_SIZE];
    snprintf(words, sizeof words, "%llu of %llu %s %s served", (unsigned long long)served,
             (unsigned long long)counts->sessions, counts->sessions == 1 ? "session" : "sessions",
             served == 1 || counts->sessions == 1 ? "was" : "were");
    page_words(page, words);
    if (failed > 0) {
        page_join(page, ",");
        page_words(page, counted(failed, "failed", "failed").words);
    }
    if (unclear > 0) {
        page_join(page, ",");
        page_words(page, counted(unclear, "cannot be told", "cannot be told").words);
    }
    page_join(page, ".");
}

/* "Predictions: 5 came true, 1 averted, 1 open." */
static void verdict_predictions(struct page *page, const struct predictions *predictions) {
    static const char *const words[] = {"came true", "averted", "open"};
    const uint64_t counts[] = {predictions->came_true, predictions->averted, predictions->open};
    bool first = true;
    if (predictions->made == 0)
        return;
    page_words(page, "Predictions:");
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        if (counts[i] == 0)
            continue;
        if (!first)
            page_join(page, ",");
        page_words(page, counted(counts[i], words[i], words[i]).words);
        first = false;
    }
    page_join(page, ".");
}

static void capture_line(struct page *page, const struct tally *tally) {
    if (tally->frames == 0)
        return;
    char first[TIMESTAMP_SIZE];
    char last[TIMESTAMP_SIZE];
    timestamp_clock(tally->first, true, first);
    timestamp_clock(tally->last, !timestamp_same_day(tally->first, tally->last), last);
    page_words(page, "Captured");
    page_words(page, first);
    page_words(page, "to");
    page_words(page, last);
    page_words(page, "UTC:");
    page_words(page, counted(tally->frames, "frame", "frames").words);
    page_words(page, "in");
    page_words(page, counted(tally->files, "file.", "files.").words);
    page_end(page);
}

void text_verdict(struct page *page, const struct results *results) {
    struct counts counts = counts_of(results->judge);
    verdict_findings(page, &counts);
    verdict_sessions(page, &counts, results->tally);
    verdict_predictions(page, judge_predictions(results->judge));
    page_end(page);
    capture_line(page, results->tally);
    text_left_out(page, results);
}

bool text_report(struct page *page, const struct results *results) {
    size_t rows = page->detail == DETAIL_VERBOSE ? SIZE_MAX : TEXT_MAX_ROWS;
    text_verdict(page, results);
    text_limits(page, results);
    if (!text_findings(page, results))
        return false;
    return page->detail == DETAIL_QUIET || (text_sessions(page, results, rows) && text_bindings(page, results, rows));
}

bool text_bindings_report(struct page *page, const struct results *results) {
    bool printed = text_bindings(page, results, SIZE_MAX);
    if (judge_binding(results->judge, 0) == NULL)
        page_words(page, "No binding: nothing in the input says where an interface is bound.");
    page_end(page);
    text_contradictions(page, results);
    printed = text_declared(page, judge_inventory(results->judge)) && printed;
    text_servers(page, results);
    text_limits(page, results);
    return printed;
}
