/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include "report/results.h"

#include <stdio.h>

/* A page of text for people: words wrapped to the page's width, everything made visible (report/visible.h), and
 * colours that are put in by nobody else. Remembers the column where it stands. */

enum { PAGE_WIDTH = 100, PAGE_LABEL = 15, PAGE_MAX_JOIN = 2 };

enum detail { DETAIL_QUIET, DETAIL_NORMAL, DETAIL_VERBOSE };

struct page {
    FILE *out;
    bool color;
    enum detail detail;
    bool dates;    /* the day is not the same all over the capture */
    bool files;    /* several files: a frame number needs its file's name */
    int64_t first; /* when the capture begins, to reckon from how old is what an earlier one showed; 0: there is none */
    const struct file_names *names;
    bool begun;            /* a line was printed */
    size_t column, indent; /* indent: where a wrapped line goes on */
};

struct page page_over(FILE *out, enum detail detail, bool color, const struct results *results);
/* Adds words, after a space where words stand before them on the line. */
void page_words(struct page *page, const char *text);
/* Adds a mark of punctuation, at most PAGE_MAX_JOIN characters, right behind the last word. */
void page_join(struct page *page, const char *mark);
/* Ends the line if it has begun; the next begins at the left. */
void page_end(struct page *page);
/* An empty line, unless nothing stands before it. */
void page_skip(struct page *page);
/* Begins a line "  label:      " whose words stand in one column, also where they wrap. */
void page_label(struct page *page, const char *label);
/* Begins a line at an indent. */
void page_begin(struct page *page, size_t indent);
/* Moves right to a column. */
void page_column(struct page *page, size_t column);
/* Shows what fits into so many columns; returns what is left, to go on below. */
const char *page_part(struct page *page, const char *text, size_t width);
/* The severity in capitals, in its colour. */
void page_severity(struct page *page, enum severity severity);

/* After a table: how many rows it has that were not shown, if any. */
void page_more(struct page *page, size_t rows, size_t shown);

/* "frame 12, 12:00:00.123456", with the date and the file where they are needed; "frame 12". Of an earlier capture:
 * "frame 12 of a.pcap, 2026-11-16 12:00:00.123456, 6 days before"; "frame 12 of a.pcap, 6 days before". Both return
 * words. */
enum { SIGHTING_WORDS_SIZE = 384 };
char *page_sighting(const struct page *page, const struct sighting *seen, char words[static SIGHTING_WORDS_SIZE]);
char *page_frame(const struct page *page, const struct sighting *seen, char words[static SIGHTING_WORDS_SIZE]);

#endif
