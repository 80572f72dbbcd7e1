/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/page.h"

#include "report/timestamp.h"
#include "report/visible.h"

#include <string.h>

struct page page_over(FILE *out, enum detail detail, bool color, const struct results *results) {
    const struct tally *tally = results->tally;
    return (struct page){
        .out = out,
        .color = color,
        .detail = detail,
        .dates = results->cut_off > 0 || !timestamp_same_day(tally->first, tally->last),
        .files = results->several_files,
        .first = tally->frames > 0 ? tally->first : 0,
        .names = results->files,
    };
}

/* Writes so many bytes of text as they may be shown. */
static void show(struct page *page, const char *text, struct visible_part part) {
    char shown[VISIBLE_SIZE];
    for (size_t at = 0; at < part.bytes;) {
        size_t plain = visible_plain(text + at, part.bytes - at);
        fwrite(text + at, 1, plain, page->out);
        at += plain;
        if (at == part.bytes)
            break;
        at += visible_next(text + at, shown);
        fputs(shown, page->out);
    }
    page->column += part.width;
}

void page_column(struct page *page, size_t column) {
    for (; page->column < column; page->column++)
        fputc(' ', page->out);
}

static void indent(struct page *page) { page_column(page, page->indent); }

static const char *past_spaces(const char *text) { return text + strspn(text, " "); }

const char *page_part(struct page *page, const char *text, size_t width) {
    struct visible_part part = visible_fit(text, width, width);
    show(page, text, part);
    return past_spaces(text + part.bytes);
}

static void wrap(struct page *page) {
    fputc('\n', page->out);
    page->column = 0;
    indent(page);
}

/* Words stop short of the page's edge by what punctuation may be joined to them. */
enum { WORDS_END = PAGE_WIDTH - PAGE_MAX_JOIN };

static size_t room_left(const struct page *page) { return page->column < WORDS_END ? WORDS_END - page->column : 0; }

/* A space before words that follow others; a new line where not even the first of them fits. */
static void part_from_before(struct page *page, const char *text) {
    size_t room = room_left(page);
    if (room <= 1 || visible_fit(text, room - 1, WORDS_END).bytes == 0)
        wrap(page);
    else
        page_column(page, page->column + 1);
}

void page_words(struct page *page, const char *text) {
    if (*text == '\0')
        return;
    if (page->column < page->indent)
        indent(page);
    else if (page->column > page->indent)
        part_from_before(page, text);
    while (*text != '\0') {
        struct visible_part part = visible_fit(text, room_left(page), WORDS_END - page->indent);
        show(page, text, part);
        text = past_spaces(text + part.bytes);
        if (*text != '\0')
            wrap(page);
    }
}

void page_join(struct page *page, const char *mark) {
    fputs(mark, page->out);
    page->column += strlen(mark);
}

void page_end(struct page *page) {
    if (page->column > 0) {
        fputc('\n', page->out);
        page->begun = true;
    }
    page->column = 0;
    page->indent = 0;
}

void page_skip(struct page *page) {
    page_end(page);
    if (page->begun)
        fputc('\n', page->out);
}

void page_begin(struct page *page, size_t indent_to) {
    page_end(page);
    page->indent = indent_to;
}

void page_label(struct page *page, const char *label) {
    page_begin(page, 2);
    page_words(page, label);
    page_join(page, ":");
    page->indent = PAGE_LABEL;
}

void page_severity(struct page *page, enum severity severity) {
    static const char *const words[SEVERITIES] = {"INFO", "WARNING", "CRITICAL"};
    static const char *const colors[SEVERITIES] = {"\x1b[36m", "\x1b[33m", "\x1b[1;31m"};
    if (page->color)
        fputs(colors[severity], page->out);
    page_words(page, words[severity]);
    if (page->color)
        fputs("\x1b[0m", page->out);
}

void page_more(struct page *page, size_t rows, size_t shown) {
    char words[80];
    if (rows <= shown)
        return;
    snprintf(words, sizeof words, "… and %zu more: -v shows all of them", rows - shown);
    page_begin(page, 2);
    page_words(page, words);
    page_end(page);
}

enum { AGE_WORDS_SIZE = 40 };

/* How long before the capture: ", 6 days before". Returns words. */
static char *age_words(const struct page *page, const struct sighting *seen, char words[static AGE_WORDS_SIZE]) {
    static const struct {
        int64_t seconds;
        const char *one, *many;
    } units[] = {{86400, "day", "days"}, {3600, "hour", "hours"}, {60, "minute", "minutes"}, {1, "second", "seconds"}};
    int64_t age = (page->first - seen->time) / 1000000000;
    words[0] = '\0';
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        int64_t count = age / units[i].seconds;
        if (count <= 0)
            continue;
        snprintf(words, AGE_WORDS_SIZE, ", %lld %s before", (long long)count,
                 count == 1 ? units[i].one : units[i].many);
        break;
    }
    return words;
}

/* The frame, and the file where it is needed. */
static void put_frame(const struct page *page, const struct sighting *seen, char words[static SIGHTING_WORDS_SIZE]) {
    bool earlier = sighting_is_earlier(seen);
    const char *name = page->files || earlier ? file_names_at(page->names, seen->file) : "";
    if (earlier && name[0] == '\0')
        name = "an earlier capture";
    snprintf(words, SIGHTING_WORDS_SIZE, "frame %llu%s%.256s", (unsigned long long)seen->frame,
             page->files || earlier ? " of " : "", name);
}

static void add(char words[static SIGHTING_WORDS_SIZE], const char *before, const char *text) {
    size_t length = strlen(words);
    snprintf(words + length, SIGHTING_WORDS_SIZE - length, "%s%s", before, text);
}

char *page_frame(const struct page *page, const struct sighting *seen, char words[static SIGHTING_WORDS_SIZE]) {
    char age[AGE_WORDS_SIZE], time[TIMESTAMP_SIZE];
    put_frame(page, seen, words);
    if (sighting_is_earlier(seen) && page->first != 0)
        add(words, "", age_words(page, seen, age));
    else if (sighting_is_earlier(seen))
        add(words, ", ", timestamp_clock(seen->time, true, time));
    return words;
}

char *page_sighting(const struct page *page, const struct sighting *seen, char words[static SIGHTING_WORDS_SIZE]) {
    char age[AGE_WORDS_SIZE], time[TIMESTAMP_SIZE];
    bool earlier = sighting_is_earlier(seen);
    put_frame(page, seen, words);
    add(words, ", ", timestamp_clock(seen->time, page->dates || earlier, time));
    if (earlier && page->first != 0)
        add(words, "", age_words(page, seen, age));
    return words;
}
