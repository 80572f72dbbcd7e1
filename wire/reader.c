/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/reader.h"

#include <string.h>

static const uint8_t nothing[1];

struct reader reader_over(struct bytes bytes, enum byte_order order) {
    if (bytes.at == NULL)
        bytes = (struct bytes){nothing, 0};
    return (struct reader){.bytes = bytes, .order = order};
}

size_t reader_left(const struct reader *r) { return r->failed ? 0 : r->bytes.len - r->at; }

struct bytes reader_take(struct reader *r, size_t n) {
    if (r->failed || n > r->bytes.len - r->at) {
        r->failed = true;
        return (struct bytes){nothing, 0};
    }
    struct bytes taken = {r->bytes.at + r->at, n};
    r->at += n;
    return taken;
}

static uint64_t read_number(struct reader *r, size_t size) {
    struct bytes raw = reader_take(r, size);
    uint64_t value = 0;
    for (size_t i = 0; i < raw.len; i++)
        value = value << 8 | raw.at[r->order == ORDER_BIG ? i : raw.len - 1 - i];
    return value;
}

uint8_t reader_u8(struct reader *r) { return (uint8_t)read_number(r, 1); }
uint16_t reader_u16(struct reader *r) { return (uint16_t)read_number(r, 2); }
uint32_t reader_u32(struct reader *r) { return (uint32_t)read_number(r, 4); }
uint64_t reader_u64(struct reader *r) { return read_number(r, 8); }

struct uuid reader_uuid(struct reader *r) {
    struct uuid uuid = {{0}};
    struct bytes raw = reader_take(r, sizeof uuid.octets);
    if (raw.len == 0)
        return uuid;
    static const uint8_t little[8] = {3, 2, 1, 0, 5, 4, 7, 6};
    memcpy(uuid.octets, raw.at, sizeof uuid.octets);
    if (r->order == ORDER_LITTLE)
        for (size_t i = 0; i < sizeof little; i++)
            uuid.octets[i] = raw.at[little[i]];
    return uuid;
}

void reader_skip(struct reader *r, size_t n) { (void)reader_take(r, n); }

void reader_align(struct reader *r, size_t n) { reader_skip(r, (0 - r->at) & (n - 1)); }
