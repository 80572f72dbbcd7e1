/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/community_id.h"

#include <assert.h>
#include <nettle/base64.h>
#include <nettle/sha1.h>
#include <string.h>

static_assert(COMMUNITY_ID_SIZE == 2 + BASE64_ENCODE_RAW_LENGTH(SHA1_DIGEST_SIZE) + 1, "\"1:\", the hash and a NUL");

static size_t address_size(const struct address *address) { return address->family == ADDRESS_IPV4 ? 4 : 16; }

static bool is_known(const struct endpoint *end) { return end->port != 0 && end->address.family != ADDRESS_NONE; }

/* Both directions of a connection have one ID: the smaller address comes first, at equal addresses the smaller port. */
static bool comes_first(const struct endpoint *a, const struct endpoint *b) {
    int order = memcmp(a->address.octets, b->address.octets, sizeof a->address.octets);
    return order < 0 || (order == 0 && a->port < b->port);
}

static void hash_u16(struct sha1_ctx *hash, uint16_t value) {
    uint8_t octets[] = {(uint8_t)(value >> 8), (uint8_t)(value & 0xff)};
    sha1_update(hash, sizeof octets, octets);
}

bool community_id(const struct endpoint *a, const struct endpoint *b, uint8_t protocol,
                  char text[static COMMUNITY_ID_SIZE]) {
    text[0] = '\0';
    if (!is_known(a) || !is_known(b) || a->address.family != b->address.family)
        return false;
    const struct endpoint *first = comes_first(a, b) ? a : b;
    const struct endpoint *second = first == a ? b : a;
    const uint8_t protocol_and_padding[] = {protocol, 0};

    struct sha1_ctx hash;
    uint8_t digest[SHA1_DIGEST_SIZE];
    sha1_init(&hash);
    hash_u16(&hash, 0); /* seed */
    sha1_update(&hash, address_size(&first->address), first->address.octets);
    sha1_update(&hash, address_size(&second->address), second->address.octets);
    sha1_update(&hash, sizeof protocol_and_padding, protocol_and_padding);
    hash_u16(&hash, first->port);
    hash_u16(&hash, second->port);
    sha1_digest(&hash, sizeof digest, digest);

    memcpy(text, "1:", 2);
    base64_encode_raw(text + 2, sizeof digest, digest);
    text[COMMUNITY_ID_SIZE - 1] = '\0';
    return true;
}
