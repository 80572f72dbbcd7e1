/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/text.h"

void text_from_ascii(char text[static FACT_TEXT_SIZE], struct bytes from) {
    size_t n = 0;
    for (; n < FACT_TEXT_SIZE - 1 && n < from.len && from.at[n] != 0; n++) {
        bool shows = from.at[n] >= ' ' && from.at[n] < 0x7f;
        text[n] = '?';
        if (shows)
            text[n] = (char)from.at[n];
    }
    text[n] = '\0';
}

static bool is_high_surrogate(uint32_t unit) { return unit >= 0xd800 && unit < 0xdc00; }
static bool is_low_surrogate(uint32_t unit) { return unit >= 0xdc00 && unit < 0xe000; }

static uint32_t next_character(struct reader *r) {
    uint32_t unit = reader_u16(r);
    if (!is_high_surrogate(unit))
        return is_low_surrogate(unit) || (unit != 0 && unit < ' ') || unit == 0x7f ? '?' : unit;
    struct reader ahead = *r;
    uint32_t low = reader_u16(&ahead);
    if (!is_low_surrogate(low))
        return '?';
    *r = ahead;
    return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
}

/* RFC 3629. Returns the number of octets. */
static size_t encode(uint32_t character, char out[static 4]) {
    if (character < 0x80) {
        out[0] = (char)character;
        return 1;
    }
    size_t tail = character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
    static const uint8_t lead[] = {0, 0xc0, 0xe0, 0xf0};
    out[0] = (char)(lead[tail] | character >> 6 * tail);
    for (size_t i = 1; i <= tail; i++)
        out[i] = (char)(0x80 | (character >> 6 * (tail - i) & 0x3f));
    return tail + 1;
}

void text_from_utf16(char text[static FACT_TEXT_SIZE], struct bytes from) {
    text_from_utf16_in(text, from, ORDER_LITTLE);
}

void text_from_utf16_in(char text[static FACT_TEXT_SIZE], struct bytes from, enum byte_order order) {
    struct reader r = reader_over(from, order);
    size_t n = 0;
    while (reader_left(&r) >= 2) {
        char octets[4];
        uint32_t character = next_character(&r);
        if (character == 0)
            break;
        size_t size = encode(character, octets);
        if (n + size > FACT_TEXT_SIZE - 1)
            break;
        for (size_t i = 0; i < size; i++)
            text[n++] = octets[i];
    }
    text[n] = '\0';
}
