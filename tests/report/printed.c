/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* open_memstream */
#include "tests/report/printed.h"

#include "report/text.h"
#include "report/visible.h"
#include "tests/unit.h"

#include <string.h>

char *printed_report(const struct results *results, enum detail detail, bool color) {
    static char *text; /* not on the stack: gcc 12 takes what the stream leaves here for a pointer to it */
    size_t size;
    FILE *out = open_memstream(&text, &size);
    struct page page = page_over(out, detail, color, results);
    CU_ASSERT_TRUE(text_report(&page, results));
    fclose(out);
    return text;
}

void printed_shows(const char *text, const char *wanted) {
    CU_ASSERT_PTR_NOT_NULL(strstr(text, wanted));
    if (strstr(text, wanted) == NULL)
        printf("not there: %s\n%s", wanted, text);
}

void printed_lacks(const char *text, const char *unwanted) { CU_ASSERT_PTR_NULL(strstr(text, unwanted)); }

void printed_is_well_set(const char *text) {
    for (const char *at = text; *at != '\0';) {
        size_t length = strcspn(at, "\n");
        char line[4096];
        CU_ASSERT_TRUE_FATAL(length < sizeof line);
        snprintf(line, sizeof line, "%.*s", (int)length, at);
        CU_ASSERT_TRUE(visible_width(line) <= PAGE_WIDTH);
        if (visible_width(line) > PAGE_WIDTH)
            printf("too wide: %s\n", line);
        CU_ASSERT_FALSE(length > 0 && line[length - 1] == ' ');
        CU_ASSERT_EQUAL(strcspn(line, "\x1b\x07\r\t\x7f"), length);
        at += length + (at[length] == '\n');
    }
}
