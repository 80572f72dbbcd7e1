/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/utf8.h"

/* Bytes of a character by its first byte (RFC 3629 section 4); 0 where none begins so. */
static size_t length_by_first(uint8_t first) {
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first <= 0xdf)
        return 2;
    if (first >= 0xe0 && first <= 0xef)
        return 3;
    return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

static bool is_scalar(uint32_t code, size_t length) {
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    return code >= smallest[length] && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
}

size_t utf8_read(const char *text, uint32_t *code) {
    uint8_t first = (uint8_t)text[0];
    size_t length = first == 0 ? 0 : length_by_first(first);
    *code = 0;
    if (length == 0)
        return 0;
    uint32_t read = length == 1 ? first : first & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        uint8_t next = (uint8_t)text[i]; /* the NUL at the end is no continuation: nothing is read past it */
        if ((next & 0xc0) != 0x80)
            return 0;
        read = read << 6 | (next & 0x3f);
    }
    if (!is_scalar(read, length))
        return 0;
    *code = read;
    return length;
}

bool utf8_valid(const char *text) {
    while (*text != '\0') {
        uint32_t code;
        size_t length = utf8_read(text, &code);
        if (length == 0)
            return false;
        text += length;
    }
    return true;
}
