/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/table.h"
#include "report/text.h"
#include "rules/tables/table.h"

#include <string.h>

enum { WORDS_SIZE = LINK_TEXT_SIZE + 2 * SIGHTING_WORDS_SIZE + 256 };

/* Which addresses have been told with which, so that no group is told twice. */
struct told {
    struct address address;
    size_t group;
    UT_hash_handle hh;
};

static const struct told *find(const struct told *all, const struct address *address) {
    const struct told *told;
    HASH_FIND(hh, all, address, sizeof *address, told);
    return told;
}

static void put(struct told **all, const struct address *address, size_t group) {
    struct told *told;
    HASH_FIND(hh, *all, address, sizeof *address, told);
    if (told == NULL) {
        told = allocate(1, sizeof *told);
        told->address = *address;
        HASH_ADD(hh, *all, address, sizeof told->address, told);
    }
    told->group = group;
}

/* The address and all who are one with it were told in one group. */
static bool is_told(const struct told *all, const struct address *address, const struct relative *relatives,
                    size_t count) {
    const struct told *own = find(all, address);
    for (size_t i = 0; own != NULL && i < count; i++) {
        const struct told *other = find(all, &relatives[i].address);
        if (other == NULL || other->group != own->group)
            return false;
    }
    return own != NULL;
}

/* "(frame 7, frame 9)"; nothing of what is only declared. */
static char *seen_words(const struct page *page, const struct identity_link *link, char words[static WORDS_SIZE]) {
    char one[SIGHTING_WORDS_SIZE], other[SIGHTING_WORDS_SIZE];
    bool two = link->one_seen.frame != link->other_seen.frame || link->one_seen.file != link->other_seen.file;
    words[0] = '\0';
    if (link->one_seen.frame != 0)
        snprintf(words, WORDS_SIZE, "(%s%s%s)", page_frame(page, &link->one_seen, one), two ? ", " : "",
                 two ? page_frame(page, &link->other_seen, other) : "");
    return words;
}

static void tell_link(struct page *page, const struct results *results, const struct relative *relative) {
    static const char *const strengths[LINK_STRENGTHS] = {
        [LINK_STRONG] = "strong:", [LINK_WEAK] = "weak:", [LINK_DECLARED] = "declared:", [LINK_LOOSE] = "loose:"};
    const struct inventory *inventory = judge_inventory(results->judge);
    const struct identity_link *link = &relative->link;
    const struct declared_cluster *one = inventory_cluster(inventory, &link->one);
    const struct declared_cluster *other = inventory_cluster(inventory, &link->other);
    char words[WORDS_SIZE], text[LINK_TEXT_SIZE];
    page_begin(page, 4);
    page_words(page, strengths[relative->strength]);
    page_words(page, identity_link_words(link, text));
    page_words(page, seen_words(page, link, words));
    if (one != NULL && other != NULL && one != other)
        page_words(page, "- though declared to be of different clusters");
    else if (one != NULL && one == other && link->kind != LINK_INVENTORY)
        page_words(page, "- and declared to be of one cluster");
    page_end(page);
}

/* "10.0.0.1 (NODE1) is one server with 10.0.0.2; of one cluster with 10.0.0.3" */
static void tell_members(struct page *page, const struct results *results, const struct address *address,
                         const struct relative *relatives, size_t count) {
    static const char *const ways[] = {"is one server with", "may be one server with", "is of one cluster with"};
    char words[WORDS_SIZE], text[ADDRESS_TEXT_SIZE];
    const char *name = judge_server_name(results->judge, address);
    bool begun = false;
    page_begin(page, 2);
    snprintf(words, sizeof words, name[0] == '\0' ? "%s" : "%s (%.200s)", address_text(address, text), name);
    page_words(page, words);
    for (size_t way = 0; way < sizeof ways / sizeof *ways; way++) {
        bool first = true;
        for (size_t i = 0; i < count; i++) {
            if (way != (relatives[i].cluster ? 2u : relatives[i].weak ? 1u : 0u))
                continue;
            if (first && begun)
                page_join(page, ";");
            if (!first)
                page_join(page, ",");
            if (first)
                page_words(page, ways[way]);
            page_words(page, address_text(&relatives[i].address, text));
            first = false;
            begun = true;
        }
    }
    page_end(page);
}

void text_servers(struct page *page, const struct results *results) {
    struct relative relatives[IDENTITY_MAX_RELATIVES];
    const struct address *address = NULL;
    struct told *all = NULL;
    size_t group = 0;
    while ((address = judge_address(results->judge, address)) != NULL) {
        size_t count = judge_relatives(results->judge, address, relatives);
        if (count == 0 || is_told(all, address, relatives, count))
            continue;
        if (group++ == 0) {
            page_skip(page);
            page_words(page, "Which addresses are one server");
            page_end(page);
        }
        tell_members(page, results, address, relatives, count);
        put(&all, address, group);
        for (size_t i = 0; i < count; i++) {
            tell_link(page, results, &relatives[i]);
            put(&all, &relatives[i].address, group);
        }
    }
    TABLE_FREE(all, struct told);
    text_history(page, results);
}
