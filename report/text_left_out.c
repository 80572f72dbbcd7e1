/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/declared.h"
#include "report/text.h"

enum { WORDS_SIZE = 320 };

/* "2 findings by inventory.yaml:31, through 2026-12-31: known, change 4711" */
static void tell_suppression(struct page *page, const struct inventory *inventory, size_t index, uint64_t count) {
    const struct suppression *suppression = &inventory->suppressions[index];
    char words[WORDS_SIZE], until[UNTIL_TEXT_SIZE];
    snprintf(words, sizeof words, "%llu %s by %.160s:%u, %s:", (unsigned long long)count,
             count == 1 ? "finding" : "findings", inventory->file, suppression->line,
             until_text(suppression->until, until));
    page_label(page, "Suppressed");
    page_words(page, words);
    page_words(page, suppression->reason);
    page_end(page);
}

static void tell_ignored(struct page *page, const struct inventory *inventory, uint64_t count) {
    char words[WORDS_SIZE];
    if (count == 0)
        return;
    snprintf(words, sizeof words, "%llu %s a network that %.160s ignores: %s not judged.", (unsigned long long)count,
             count == 1 ? "session from or to" : "sessions from or to", inventory->file,
             count == 1 ? "it is" : "they are");
    page_label(page, "Ignored");
    page_words(page, words);
    page_end(page);
}

void text_left_out(struct page *page, const struct results *results) {
    const struct inventory *inventory = judge_inventory(results->judge);
    const struct left_out *left_out = judge_left_out(results->judge);
    size_t rows = 0;
    for (size_t i = 0; i < inventory->suppression_count; i++) {
        if (left_out->by_suppression[i] == 0)
            continue;
        if (rows < TEXT_MAX_ROWS || page->detail == DETAIL_VERBOSE)
            tell_suppression(page, inventory, i, left_out->by_suppression[i]);
        rows++;
    }
    if (page->detail != DETAIL_VERBOSE)
        page_more(page, rows, TEXT_MAX_ROWS);
    tell_ignored(page, inventory, left_out->ignored);
}
