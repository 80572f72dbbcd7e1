/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/manual.h"

#include "report/json.h"
#include "report/page.h"

#include <string.h>

void manual_list(FILE *out) {
    enum { SEVERITY_AT = 21, TITLE_AT = 31 };
    struct page page = {.out = out};
    for (size_t i = 0; i < RULE_COUNT; i++) {
        page_words(&page, RULES[i]->id);
        page.indent = SEVERITY_AT;
        page_words(&page, SEVERITY_NAMES[RULES[i]->severity]);
        page.indent = TITLE_AT;
        page_words(&page, RULES[i]->title);
        page_end(&page);
    }
}

/* As wide as the pages are written. */
enum { MANUAL_WIDTH = 80 };

void manual_page(FILE *out, const struct rule *rule) {
    size_t length = strlen(rule->page);
    bool ended = length > 0 && rule->page[length - 1] == '\n';
    char heading[256];
    struct page page = {.out = out};
    snprintf(heading, sizeof heading, "%s (%s): %s", rule->id, SEVERITY_NAMES[rule->severity], rule->title);
    for (const char *rest = heading; *rest != '\0'; page_end(&page))
        rest = page_part(&page, rest, MANUAL_WIDTH);
    fprintf(out, "\n%s%s", rule->page, ended ? "" : "\n");
}

bool manual_json(FILE *out, const struct rule *rule) {
    return json_line(out, json_pack("{s:s, s:s, s:s, s:s, s:s}", "type", "rule", "id", rule->id, "severity",
                                    SEVERITY_NAMES[rule->severity], "title", rule->title, "page", rule->page));
}
