/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What addresses went by before, and what contradicts itself: it links nothing, and is told so that people can see what
 * happened. */
#include "report/text.h"

#include <string.h>

enum { WORDS_SIZE = 2 * SIGHTING_WORDS_SIZE + 2 * FACT_TEXT_SIZE + 256 };

struct telling {
    struct page *page;
    const struct results *results;
    size_t rows;
    struct name_record before; /* history that is not told yet; name NULL: none */
    char name[FACT_TEXT_SIZE]; /* its name */
};

/* NULL: it is only told as JSON. */
static const char *noun_of(unsigned source) {
    switch (source) {
    case NAME_NTLM_COMPUTER:
        return "NTLM computer name";
    case NAME_SMB_SERVER:
        return "SMB server name";
    case NAME_SMB_GUID:
        return "SMB server GUID";
    case KNOWN_BY_ARP:
        return "link-layer address, by ARP,";
    case KNOWN_BY_PACKETS:
        return "link-layer address of its packets";
    default:
        return NULL;
    }
}

/* False: there are rows enough. */
static bool begin_row(struct telling *t) {
    if (t->rows++ == 0) {
        page_skip(t->page);
        page_words(t->page, "What was before, or contradicts itself; it links nothing");
        page_end(t->page);
    }
    if (t->page->detail != DETAIL_VERBOSE && t->rows > TEXT_MAX_ROWS)
        return false;
    page_begin(t->page, 2);
    return true;
}

/* Where a name went: the first address that took it over. */
struct heir {
    const struct name_record *name;
    struct address address;
    struct sighting first; /* frame 0: there is none */
};

static void find_heir(void *context, const struct name_record *record) {
    struct heir *heir = context;
    bool takes_over = record->source == heir->name->source && record->first.frame != 0 &&
                      record->first.time >= heir->name->last.time && strcmp(record->name, heir->name->name) == 0 &&
                      !address_equal(&record->address, &heir->name->address);
    if (!takes_over || (heir->first.frame != 0 && heir->first.time <= record->first.time))
        return;
    heir->address = record->address;
    heir->first = record->first;
}

static void tell_heir(struct telling *t, const struct name_record *was) {
    char words[WORDS_SIZE], address[ADDRESS_TEXT_SIZE], seen[SIGHTING_WORDS_SIZE];
    struct heir heir = {.name = was};
    if (was->source != NAME_NTLM_COMPUTER && was->source != NAME_SMB_SERVER)
        return;
    judge_each_name(t->results->judge, find_heir, &heir);
    if (heir.first.frame == 0)
        return;
    page_join(t->page, ";");
    snprintf(words, sizeof words, "%s is at %s since %s", was->name, address_text(&heir.address, address),
             page_sighting(t->page, &heir.first, seen));
    page_words(t->page, words);
}

/* "10.0.0.20: NTLM computer name EXVS1 until frame 40, 12:00:00; NODE2 since frame 55, 12:01:00; EXVS1 is at 10.0.0.21
 * since frame 56, 12:01:01" */
static void tell_before(struct telling *t, const struct name_record *next) {
    char words[WORDS_SIZE], address[ADDRESS_TEXT_SIZE], seen[SIGHTING_WORDS_SIZE];
    struct name_record was = t->before;
    t->before.name = NULL;
    if (was.name == NULL || !begin_row(t))
        return;
    snprintf(words, sizeof words, "%s: %s %s until %s", address_text(&was.address, address), noun_of(was.source),
             was.name, page_sighting(t->page, &was.last, seen));
    page_words(t->page, words);
    page_join(t->page, ";");
    if (next != NULL)
        snprintf(words, sizeof words, "%s since %s", next->name, page_sighting(t->page, &next->first, seen));
    else
        snprintf(words, sizeof words, "no more since %s", page_sighting(t->page, &was.until, seen));
    page_words(t->page, words);
    tell_heir(t, &was);
    page_end(t->page);
}

static void tell_name(void *context, const struct name_record *record) {
    struct telling *t = context;
    bool follows = t->before.name != NULL && t->before.source == record->source &&
                   address_equal(&t->before.address, &record->address);
    tell_before(t, follows ? record : NULL);
    if (record->until.frame == 0 || noun_of(record->source) == NULL)
        return;
    snprintf(t->name, sizeof t->name, "%s", record->name);
    t->before = *record;
    t->before.name = t->name;
}

static void tell_link(void *context, const struct link_record *record) {
    struct telling *t = context;
    char words[WORDS_SIZE], text[LINK_TEXT_SIZE], seen[SIGHTING_WORDS_SIZE];
    if (record->against == NULL || !begin_row(t))
        return;
    snprintf(words, sizeof words, "%s (%s), but %s", identity_link_words(&record->link, text),
             page_sighting(t->page, &record->last, seen), record->against);
    page_words(t->page, words);
    page_end(t->page);
}

void text_history(struct page *page, const struct results *results) {
    struct telling t = {.page = page, .results = results};
    judge_each_name(results->judge, tell_name, &t);
    tell_before(&t, NULL);
    judge_each_link(results->judge, tell_link, &t);
    if (page->detail != DETAIL_VERBOSE)
        page_more(page, t.rows, TEXT_MAX_ROWS);
}
