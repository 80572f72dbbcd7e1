/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_VISIBLE_H
#define REPORT_VISIBLE_H

#include <stddef.h>

/* Names and annotations come from packets, so they may hold anything, also what a terminal would obey. Shown is only
 * what is visible: control, bidirectional and zero-width characters become \u{202e}, stray bytes \x9b. */

enum { VISIBLE_SIZE = 12 };

/* The next character of text as it may be shown; returns how many bytes of text it stands for, 0 at the end. */
size_t visible_next(const char *text, char shown[static VISIBLE_SIZE]);
/* How many bytes of text, at most `most` of them, are shown as they are, each in a column. */
size_t visible_plain(const char *text, size_t most);
/* Columns that all of it takes, one for each code point. */
size_t visible_width(const char *text);

/* The longest beginning of text that fits into room columns and ends where a word ends. A first word that is wider
 * than a whole line is cut; one that is only wider than the room left gives 0 bytes: it wants a new line. */
struct visible_part {
    size_t bytes, width;
};
struct visible_part visible_fit(const char *text, size_t room, size_t line);

#endif
