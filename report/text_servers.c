/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/text.h"

#include <string.h>

/* Each pair is told once, from the address that comes first. */
static bool comes_first(const struct address *one, const struct address *other) {
    int families = (int)one->family - (int)other->family;
    return (families != 0 ? families : memcmp(one->octets, other->octets, sizeof one->octets)) < 0;
}

static void tell_link(struct page *page, const struct identity_link *link, const char *name) {
    char text[LINK_TEXT_SIZE], seen[SIGHTING_WORDS_SIZE];
    bool two = link->one_seen.frame != link->other_seen.frame || link->one_seen.file != link->other_seen.file;
    page_begin(page, 2);
    page_words(page, identity_link_text(link, text));
    char words[2 * SIGHTING_WORDS_SIZE + 8], other[SIGHTING_WORDS_SIZE];
    snprintf(words, sizeof words, "(%s%s%s)", page_frame(page, &link->one_seen, seen), two ? ", " : "",
             two ? page_frame(page, &link->other_seen, other) : "");
    page_words(page, words);
    if (name[0] != '\0')
        page_join(page, ":");
    page_words(page, name);
    page_end(page);
}

void text_servers(struct page *page, const struct results *results) {
    struct relative relatives[IDENTITY_MAX_RELATIVES];
    const struct address *address = NULL;
    bool begun = false;
    while ((address = judge_address(results->judge, address)) != NULL) {
        size_t count = judge_relatives(results->judge, address, relatives);
        for (size_t i = 0; i < count; i++) {
            if (relatives[i].parent >= 0 || !comes_first(address, &relatives[i].address))
                continue;
            if (!begun) {
                page_skip(page);
                page_words(page, "Which addresses are one server");
                page_end(page);
            }
            begun = true;
            tell_link(page, &relatives[i].link, judge_server_name(results->judge, address));
        }
    }
}
