/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/capture/savefiles.h"

#include <stdlib.h>
#include <string.h>

void made_start(struct made *made, enum byte_order order) {
    made->len = 0;
    made->order = order;
}

void made_free(struct made *made) {
    free(made->at);
    *made = (struct made){0};
}

void made_bytes(struct made *made, const void *at, size_t len) {
    if (made->room - made->len < len) {
        made->room = (made->len + len) * 2;
        made->at = realloc(made->at, made->room);
        if (made->at == NULL)
            abort();
    }
    if (len != 0)
        memcpy(made->at + made->len, at, len);
    made->len += len;
}

static void put(struct made *made, uint64_t value, unsigned octets) {
    for (unsigned i = 0; i < octets; i++) {
        uint8_t octet = (uint8_t)(value >> 8 * (made->order == ORDER_BIG ? octets - 1 - i : i));
        made_bytes(made, &octet, 1);
    }
}

void made_u16(struct made *made, unsigned value) { put(made, value, 2); }
void made_u32(struct made *made, uint32_t value) { put(made, value, 4); }
void made_u64(struct made *made, uint64_t value) { put(made, value, 8); }

uint8_t payload_octet(uint32_t seed, size_t at) {
    uint32_t mixed = (seed + 1) * 2654435761U ^ (uint32_t)at * 2246822519U;
    return (uint8_t)(mixed >> 13 & 0x3f); /* which packs to three quarters */
}

void made_payload(struct made *made, uint32_t seed, size_t len) {
    for (size_t i = 0; i < len; i++) {
        uint8_t octet = payload_octet(seed, i);
        made_bytes(made, &octet, 1);
    }
}

void made_pcap(struct made *made, int magic, uint32_t link) {
    made_u32(made, (uint32_t)magic);
    made_u16(made, 2);
    made_u16(made, 4);
    made_u64(made, 0);
    made_u32(made, 65535);
    made_u32(made, link);
}

void made_record(struct made *made, int magic, uint32_t second, uint32_t fraction, uint32_t captured, uint32_t wire) {
    made_u32(made, second);
    made_u32(made, fraction);
    made_u32(made, captured);
    made_u32(made, wire);
    if (magic == PCAP_KUZNETZOV)
        made_u64(made, 7);
}

size_t made_block(struct made *made, uint32_t type) {
    size_t block = made->len;
    made_u32(made, type);
    made_u32(made, 0);
    return block;
}

void made_block_end(struct made *made, size_t block) {
    static const uint8_t zeros[4];
    made_bytes(made, zeros, -made->len & 3);
    uint32_t size = (uint32_t)(made->len - block + 4);
    made_u32(made, size);
    size_t len = made->len;
    made->len = block + 4;
    made_u32(made, size);
    made->len = len;
}

void made_section(struct made *made) {
    size_t block = made_block(made, 0x0a0d0d0a);
    made_u32(made, 0x1a2b3c4d);
    made_u16(made, 1);
    made_u16(made, 0);
    made_u64(made, UINT64_MAX);
    made_block_end(made, block);
}

void made_interface(struct made *made, unsigned link, uint32_t snaplen, int resolution, int64_t offset) {
    static const char name[] = "eth0";
    size_t block = made_block(made, 1);
    made_u16(made, link);
    made_u16(made, 0);
    made_u32(made, snaplen);
    made_u16(made, 2); /* if_name, of an odd length */
    made_u16(made, 3);
    made_bytes(made, name, 4);
    if (resolution >= 0) {
        const uint8_t value[4] = {(uint8_t)resolution};
        made_u16(made, 9);
        made_u16(made, 1);
        made_bytes(made, value, 4);
    }
    if (offset != 0) {
        made_u16(made, 14);
        made_u16(made, 8);
        made_u64(made, (uint64_t)offset);
    }
    made_u32(made, 0);
    made_block_end(made, block);
}

void made_packet(struct made *made, uint32_t interface, uint64_t stamp, uint32_t seed, uint32_t len, uint64_t drops) {
    static const uint8_t zeros[4];
    size_t block = made_block(made, 6);
    made_u32(made, interface);
    made_u32(made, (uint32_t)(stamp >> 32));
    made_u32(made, (uint32_t)stamp);
    made_u32(made, len);
    made_u32(made, len + 5);
    made_payload(made, seed, len);
    made_bytes(made, zeros, -len & 3);
    if (drops != 0) {
        made_u16(made, 4);
        made_u16(made, 8);
        made_u64(made, drops);
        made_u32(made, 0);
    }
    made_block_end(made, block);
}

void made_simple(struct made *made, uint32_t wire, uint32_t seed, size_t len) {
    size_t block = made_block(made, 3);
    made_u32(made, wire);
    made_payload(made, seed, len);
    made_block_end(made, block);
}

void made_statistics(struct made *made, uint32_t interface, unsigned option, uint64_t value) {
    size_t block = made_block(made, 5);
    made_u32(made, interface);
    made_u64(made, 0);
    made_u16(made, option);
    made_u16(made, 8);
    made_u64(made, value);
    made_block_end(made, block);
}

void made_save(const struct made *made, const char *path, size_t len) {
    FILE *file = fopen(path, "wb");
    if (file == NULL || (len > 0 && fwrite(made->at, 1, len, file) != len) || fclose(file) != 0)
        abort();
}
