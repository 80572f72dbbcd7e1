/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/who/ntlm.h"

#include "dissect/text.h"
#include "wire/reader.h"

#include <string.h>

static const uint8_t signature[] = {'N', 'T', 'L', 'M', 'S', 'S', 'P', 0, 2, 0, 0, 0};

/* MS-NLMP 2.2.2.5. */
enum {
    FLAG_UNICODE = 0x00000001,
    FLAG_TARGET_IS_DOMAIN = 0x00010000,
    FLAG_TARGET_IS_SERVER = 0x00020000,
    FLAG_TARGET_INFO = 0x00800000,
};

bool ntlm_find(struct bytes token, struct bytes *challenge) {
    for (size_t at = 0; token.len - at >= sizeof signature; at++) {
        const uint8_t *n = memchr(token.at + at, signature[0], token.len - at);
        if (n == NULL)
            return false;
        at = (size_t)(n - token.at);
        if (token.len - at >= sizeof signature && memcmp(n, signature, sizeof signature) == 0) {
            *challenge = (struct bytes){n, token.len - at};
            return true;
        }
    }
    return false;
}

/* len, max_len, offset from the signature. */
static struct bytes field_read(struct reader *r, bool *fits) {
    uint16_t length = reader_u16(r);
    reader_skip(r, 2);
    uint32_t offset = reader_u32(r);
    struct reader field = reader_over(r->bytes, ORDER_LITTLE);
    reader_skip(&field, offset);
    struct bytes bytes = reader_take(&field, length);
    *fits = !r->failed && (!field.failed || length == 0);
    return bytes;
}

/* AV_PAIR list, MS-NLMP 2.2.2.1: ids 1 to 4 are the names, in the order of enum name_source. */
static bool pairs_read(struct bytes info, struct ntlm_names *names) {
    struct reader r = reader_over(info, ORDER_LITTLE);
    while (!r.failed) {
        uint16_t id = reader_u16(&r);
        uint16_t length = reader_u16(&r);
        struct bytes value = reader_take(&r, length);
        if (id == 0)
            break;
        if (id <= NTLM_NAMES)
            text_from_utf16(names->names[id - 1], value);
    }
    return !r.failed;
}

/* Older servers name only themselves or their domain. */
static void target_read(struct bytes target, uint32_t flags, struct ntlm_names *names) {
    char *name = names->names[(flags & FLAG_TARGET_IS_SERVER) != 0 ? NAME_NTLM_COMPUTER : NAME_NTLM_DOMAIN];
    if ((flags & (FLAG_TARGET_IS_SERVER | FLAG_TARGET_IS_DOMAIN)) == 0)
        return;
    if ((flags & FLAG_UNICODE) != 0)
        text_from_utf16(name, target);
    else
        text_from_ascii(name, target);
}

/* MS-NLMP 2.2.1.2. */
bool ntlm_read(struct bytes challenge, struct ntlm_names *names) {
    *names = (struct ntlm_names){0};
    bool fits;
    struct reader r = reader_over(challenge, ORDER_LITTLE);
    reader_skip(&r, sizeof signature); /* and the message type */
    struct bytes target = field_read(&r, &fits);
    uint32_t flags = reader_u32(&r);
    if (r.failed || !fits)
        return false;
    target_read(target, flags, names);
    if ((flags & FLAG_TARGET_INFO) == 0)
        return true;
    reader_skip(&r, 16); /* challenge, reserved */
    struct bytes info = field_read(&r, &fits);
    return fits && (info.len == 0 || pairs_read(info, names));
}
