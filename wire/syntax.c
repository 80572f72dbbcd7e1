/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/syntax.h"

#include <string.h>

const struct syntax_id SYNTAX_EPM = {
    {{0xe1, 0xaf, 0x83, 0x08, 0x5d, 0x1f, 0x11, 0xc9, 0x91, 0xa4, 0x08, 0x00, 0x2b, 0x14, 0xa0, 0xfa}}, 3, 0};
const struct syntax_id SYNTAX_NDR = {
    {{0x8a, 0x88, 0x5d, 0x04, 0x1c, 0xeb, 0x11, 0xc9, 0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60}}, 2, 0};
const struct syntax_id SYNTAX_NDR64 = {
    {{0x71, 0x71, 0x05, 0x33, 0xbe, 0xba, 0x49, 0x37, 0x83, 0x19, 0xb5, 0xdb, 0xef, 0x9c, 0xcc, 0x36}}, 1, 0};

bool uuid_equal(const struct uuid *a, const struct uuid *b) {
    return memcmp(a->octets, b->octets, sizeof a->octets) == 0;
}

bool uuid_is_nil(const struct uuid *uuid) {
    static const struct uuid nil;
    return uuid_equal(uuid, &nil);
}

static bool dash_before(size_t octet) { return octet == 4 || octet == 6 || octet == 8 || octet == 10; }

char *uuid_text(const struct uuid *uuid, char text[static UUID_TEXT_SIZE]) {
    static const char digits[] = "0123456789abcdef";
    char *out = text;
    for (size_t i = 0; i < sizeof uuid->octets; i++) {
        if (dash_before(i))
            *out++ = '-';
        *out++ = digits[uuid->octets[i] >> 4];
        *out++ = digits[uuid->octets[i] & 0xf];
    }
    *out = '\0';
    return text;
}

static int hex_value(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool uuid_parse(const char *text, struct uuid *uuid) {
    *uuid = (struct uuid){{0}};
    if (strlen(text) != UUID_TEXT_SIZE - 1)
        return false;
    struct uuid read;
    for (size_t i = 0; i < sizeof read.octets; i++) {
        if (dash_before(i) && *text++ != '-')
            return false;
        int high = hex_value(text[0]);
        int low = hex_value(text[1]);
        if (high < 0 || low < 0)
            return false;
        read.octets[i] = (uint8_t)(high << 4 | low);
        text += 2;
    }
    *uuid = read;
    return true;
}

bool syntax_compatible(const struct syntax_id *a, const struct syntax_id *b) {
    return a->major == b->major && uuid_equal(&a->uuid, &b->uuid);
}
