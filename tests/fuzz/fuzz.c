/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fuzz/fuzz.h"

#include <string.h>

enum { MARK_SIZE = 4 };
static const uint8_t MARK[MARK_SIZE] = {1, 'P', 'K', 'T'};

/* How many octets there are before the next mark. */
static size_t to_mark(struct bytes bytes) {
    for (size_t at = 0; at + MARK_SIZE < bytes.len; at++) {
        const uint8_t *found = memchr(bytes.at + at, MARK[0], bytes.len - at - MARK_SIZE);
        if (found == NULL)
            return bytes.len;
        at = (size_t)(found - bytes.at);
        if (memcmp(found, MARK, MARK_SIZE) == 0)
            return at;
    }
    return bytes.len;
}

static struct bytes take(struct bytes *from, size_t n) {
    struct bytes taken = {from->at, n};
    from->at += n;
    from->len -= n;
    return taken;
}

struct bytes script_settings(struct bytes *script) {
    return take(script, to_mark(*script));
}

bool script_next(struct bytes *script, struct message *message) {
    if (script->len <= MARK_SIZE)
        return false;
    take(script, MARK_SIZE);
    message->kind = take_u8(script);
    message->bytes = take(script, to_mark(*script));
    return true;
}

uint8_t take_u8(struct bytes *from) { return from->len == 0 ? 0 : take(from, 1).at[0]; }

uint16_t take_u16(struct bytes *from) {
    uint8_t low = take_u8(from);
    return (uint16_t)(take_u8(from) << 8 | low);
}

uint32_t take_u32(struct bytes *from) {
    uint16_t low = take_u16(from);
    return (uint32_t)take_u16(from) << 16 | low;
}

uint8_t *apart(struct bytes bytes) {
    uint8_t *copy = malloc(bytes.len > 0 ? bytes.len : 1);
    REQUIRE(copy != NULL);
    if (bytes.len > 0)
        memcpy(copy, bytes.at, bytes.len);
    return copy;
}

/* How many octets the character has that begins so; 0: none begins so. */
static size_t length_of(uint8_t first) {
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first < 0xe0)
        return 2;
    if (first >= 0xe0 && first < 0xf0)
        return 3;
    return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

bool is_sound_text(const char *text, size_t size) {
    const uint8_t *at = (const uint8_t *)text, *end = memchr(text, 0, size);
    if (end == NULL)
        return false;
    while (at < end) {
        size_t length = length_of(*at);
        if (length == 0 || length > (size_t)(end - at))
            return false;
        for (size_t i = 1; i < length; i++)
            if ((at[i] & 0xc0) != 0x80)
                return false;
        at += length;
    }
    return true;
}
