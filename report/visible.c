/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/visible.h"

#include "report/utf8.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool is_between(uint32_t code, uint32_t first, uint32_t last) { return code >= first && code <= last; }

/* C0 and C1 controls, and the format characters that reorder or hide text (Unicode category Cf, and U+2028/9). */
static bool is_hidden(uint32_t code) {
    return code < 0x20 || is_between(code, 0x7f, 0x9f) || code == 0xad || code == 0x61c ||
           is_between(code, 0x200b, 0x200f) || is_between(code, 0x2028, 0x202e) || is_between(code, 0x2060, 0x206f) ||
           code == 0xfeff || is_between(code, 0xfff9, 0xfffb) || is_between(code, 0xe0000, 0xe007f);
}

size_t visible_next(const char *text, char shown[static VISIBLE_SIZE]) {
    shown[0] = '\0';
    if (*text == '\0')
        return 0;
    uint32_t code;
    size_t length = utf8_read(text, &code);
    if (length == 0) {
        snprintf(shown, VISIBLE_SIZE, "\\x%02x", (unsigned)(unsigned char)*text);
        return 1;
    }
    if (is_hidden(code)) {
        snprintf(shown, VISIBLE_SIZE, "\\u{%x}", (unsigned)code);
        return length;
    }
    memcpy(shown, text, length);
    shown[length] = '\0';
    return length;
}

/* ASCII, which nearly all text is. */
static bool is_plain(char c) { return c >= ' ' && c <= '~'; }

size_t visible_plain(const char *text, size_t most) {
    size_t n = 0;
    while (n < most && is_plain(text[n]))
        n++;
    return n;
}

static size_t shown_width(const char *shown) { return shown[0] == '\\' ? strlen(shown) : 1; }

size_t visible_width(const char *text) {
    size_t width = 0;
    char shown[VISIBLE_SIZE];
    for (size_t taken; (taken = visible_next(text, shown)) != 0; text += taken)
        width += shown_width(shown);
    return width;
}

struct visible_part visible_fit(const char *text, size_t room, size_t line) {
    struct visible_part all = {0, 0};
    struct visible_part words = {0, 0};
    char shown[VISIBLE_SIZE];
    while (text[all.bytes] != '\0') {
        if (text[all.bytes] == ' ')
            words = all;
        bool plain = is_plain(text[all.bytes]);
        size_t taken = plain ? 1 : visible_next(text + all.bytes, shown);
        size_t width = plain ? 1 : shown_width(shown);
        if (all.width + width > room)
            break;
        all.bytes += taken;
        all.width += width;
    }
    if (text[all.bytes] == '\0')
        return all;
    if (words.bytes > 0)
        return words;
    if (room < line)
        return (struct visible_part){0, 0};
    if (all.bytes == 0) { /* not even one character: it is shown all the same, lest nothing ever moves */
        all.bytes = visible_next(text, shown);
        all.width = shown_width(shown);
    }
    return all;
}
