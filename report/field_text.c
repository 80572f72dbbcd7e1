/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/field_text.h"

#include "report/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAC_TEXT_SIZE = 18, VERSION_TEXT_SIZE = 12 };

static json_t *hex_value(const char *text) {
    static const char digits[] = "0123456789abcdef";
    size_t length = strlen(text);
    char *hex = malloc(2 * length + 1);
    if (hex == NULL)
        return NULL;
    for (size_t i = 0; i < length; i++) {
        hex[2 * i] = digits[(uint8_t)text[i] >> 4];
        hex[2 * i + 1] = digits[(uint8_t)text[i] & 0xf];
    }
    json_t *value = json_pack("{s:s%}", "hex", hex, 2 * length);
    free(hex);
    return value;
}

json_t *exact_text_value(const char *text) { return utf8_valid(text) ? json_string(text) : hex_value(text); }

static int digit(char c) {
    static const char digits[] = "0123456789abcdef";
    const char *at = c == '\0' ? NULL : strchr(digits, c);
    return at == NULL ? -1 : (int)(at - digits);
}

/* Exactly count octets; a NUL octet cannot be part of a text. */
static bool octets_read(const char *hex, uint8_t *octets, size_t count) {
    for (size_t i = 0; i < count; i++) {
        int high = digit(hex[2 * i]);
        int low = high < 0 ? -1 : digit(hex[2 * i + 1]);
        if (low < 0)
            return false;
        octets[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static bool hex_read(const char *hex, char *text, size_t size) {
    size_t count = strlen(hex) / 2;
    if (strlen(hex) % 2 != 0 || count >= size || !octets_read(hex, (uint8_t *)text, count))
        return false;
    text[count] = '\0';
    return strlen(text) == count;
}

bool exact_text_read(const json_t *value, char *text, size_t size) {
    if (json_is_object(value)) {
        const char *hex = json_string_value(json_object_get(value, "hex"));
        return hex != NULL && hex_read(hex, text, size);
    }
    if (!json_is_string(value) || json_string_length(value) >= size)
        return false;
    memcpy(text, json_string_value(value), json_string_length(value) + 1);
    return true;
}

json_t *address_value(const struct address *address) {
    char text[ADDRESS_TEXT_SIZE];
    return address->family == ADDRESS_NONE ? json_null() : json_string(address_text(address, text));
}

bool address_read(const json_t *value, struct address *address) {
    if (json_is_null(value))
        return true;
    return json_is_string(value) && json_string_length(value) > 0 && address_parse(json_string_value(value), address);
}

json_t *mac_value(const struct mac *mac) {
    if (!mac->known)
        return json_null();
    char text[MAC_TEXT_SIZE];
    const uint8_t *o = mac->octets;
    snprintf(text, sizeof text, "%02x:%02x:%02x:%02x:%02x:%02x", (unsigned)o[0], (unsigned)o[1], (unsigned)o[2],
             (unsigned)o[3], (unsigned)o[4], (unsigned)o[5]);
    return json_string(text);
}

bool mac_read(const json_t *value, struct mac *mac) {
    if (json_is_null(value))
        return true;
    if (!json_is_string(value) || json_string_length(value) != MAC_TEXT_SIZE - 1)
        return false;
    const char *text = json_string_value(value);
    struct mac read = {.known = true};
    for (size_t i = 0; i < sizeof read.octets; i++, text += 3)
        if (!octets_read(text, &read.octets[i], 1) || (text[2] != ':' && text[2] != '\0'))
            return false;
    *mac = read;
    return true;
}

json_t *uuid_value(const struct uuid *uuid) {
    char text[UUID_TEXT_SIZE];
    return uuid_is_nil(uuid) ? json_null() : json_string(uuid_text(uuid, text));
}

bool uuid_read(const json_t *value, struct uuid *uuid) {
    if (json_is_null(value))
        return true;
    return json_is_string(value) && uuid_parse(json_string_value(value), uuid);
}

json_t *syntax_value(const struct syntax_id *syntax) {
    if (uuid_is_nil(&syntax->uuid) && syntax->major == 0 && syntax->minor == 0)
        return json_null();
    char uuid[UUID_TEXT_SIZE];
    char version[VERSION_TEXT_SIZE];
    snprintf(version, sizeof version, "%u.%u", (unsigned)syntax->major, (unsigned)syntax->minor);
    return json_pack("{s:s, s:s}", "uuid", uuid_text(&syntax->uuid, uuid), "version", version);
}

/* One half of a version, 0 … 65535; what stands behind it in rest. */
static bool half_read(const char *text, uint16_t *half, const char **rest) {
    uint32_t number = 0;
    *rest = text;
    for (; **rest >= '0' && **rest <= '9' && number <= UINT16_MAX; (*rest)++)
        number = number * 10 + (uint32_t)(**rest - '0');
    *half = (uint16_t)number;
    return *rest != text && number <= UINT16_MAX;
}

bool syntax_read(const json_t *value, struct syntax_id *syntax) {
    if (json_is_null(value))
        return true;
    const char *uuid = json_string_value(json_object_get(value, "uuid"));
    const char *version = json_string_value(json_object_get(value, "version"));
    struct syntax_id read;
    if (uuid == NULL || version == NULL || !uuid_parse(uuid, &read.uuid))
        return false;
    if (!half_read(version, &read.major, &version) || *version != '.')
        return false;
    if (!half_read(version + 1, &read.minor, &version) || *version != '\0')
        return false;
    *syntax = read;
    return true;
}
