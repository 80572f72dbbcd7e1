/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/dissect/build.h"

#include "wire/endpoint.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

const struct syntax_id STORE = {
    {{0xa4, 0xf1, 0xdb, 0x00, 0xca, 0x47, 0x10, 0x67, 0xb3, 0x1e, 0x00, 0xdd, 0x01, 0x06, 0x62, 0xda}}, 1, 0};
const struct syntax_id BTFN = {{{0x6c, 0xb7, 0x1c, 0x2c, 0x98, 0x12, 0x45, 0x40, 0x03}}, 1, 0};
const struct syntax_id NONE = {0};

void put_bytes(struct octets *o, const void *at, size_t len) {
    assert(o->len + len <= sizeof o->at);
    if (len > 0)
        memcpy(o->at + o->len, at, len);
    o->len += len;
}

static void put_number(struct octets *o, uint64_t value, size_t size) {
    for (size_t i = 0; i < size; i++) {
        size_t shift = 8 * (o->order == ORDER_BIG ? size - 1 - i : i);
        uint8_t octet = (uint8_t)(value >> shift);
        put_bytes(o, &octet, 1);
    }
}

void put_u8(struct octets *o, unsigned value) { put_number(o, value, 1); }
void put_u16(struct octets *o, unsigned value) { put_number(o, value, 2); }
void put_u32(struct octets *o, uint32_t value) { put_number(o, value, 4); }
void put_u64(struct octets *o, uint64_t value) { put_number(o, value, 8); }
void put_text(struct octets *o, const char *text) { put_bytes(o, text, strlen(text)); }

void put_zeros(struct octets *o, size_t n) {
    for (size_t i = 0; i < n; i++)
        put_u8(o, 0);
}

static void put_uuid_octets(struct octets *o, const struct uuid *uuid) {
    const uint8_t *u = uuid->octets;
    put_u32(o, (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3]);
    put_u16(o, (unsigned)u[4] << 8 | u[5]);
    put_u16(o, (unsigned)u[6] << 8 | u[7]);
    put_bytes(o, u + 8, 8);
}

void put_uuid(struct octets *o, const char *text) {
    struct uuid uuid;
    bool sound = uuid_parse(text, &uuid);
    assert(sound);
    (void)sound;
    put_uuid_octets(o, &uuid);
}

void put_syntax(struct octets *o, const struct syntax_id *syntax) {
    put_uuid_octets(o, &syntax->uuid);
    put_u32(o, (uint32_t)syntax->minor << 16 | syntax->major);
}

void put_hex(struct octets *o, const char *hex) {
    for (; hex[0] != '\0'; hex += 2) {
        char digits[3] = {hex[0], hex[1], '\0'};
        char *end;
        unsigned long octet = strtoul(digits, &end, 16);
        assert(end == digits + 2);
        put_u8(o, (unsigned)octet);
    }
}

void put_padding(struct octets *o, size_t from, size_t n) {
    while ((o->len - from) % n != 0)
        put_u8(o, 0xbb);
}

static void set_u16(struct octets *o, size_t at, size_t value) {
    size_t len = o->len;
    o->len = at;
    put_u16(o, (unsigned)value);
    o->len = len;
}

void pdu_begin(struct octets *o, unsigned type, unsigned flags, uint32_t call_id) {
    o->pdu = o->len;
    put_u8(o, 5);
    put_u8(o, 0);
    put_u8(o, type);
    put_u8(o, flags);
    put_u8(o, o->order == ORDER_LITTLE ? 0x10 : 0);
    put_zeros(o, 7);
    put_u32(o, call_id);
}

void pdu_end(struct octets *o) { set_u16(o, o->pdu + 8, o->len - o->pdu); }

void put_verifier(struct octets *o, unsigned type, unsigned level, unsigned padding, const void *value, size_t len) {
    for (unsigned i = 0; i < padding; i++)
        put_u8(o, 0xcc);
    put_u8(o, type);
    put_u8(o, level);
    put_u8(o, padding);
    put_u8(o, 0);
    put_u32(o, 0x12345678);
    put_bytes(o, value, len);
    set_u16(o, o->pdu + 10, len);
}

struct bytes octets_bytes(const struct octets *o) {
    return (struct bytes){o->at, o->len};
}

void put_bind(struct octets *o, unsigned type, uint32_t call_id, const struct offer *offers, unsigned count) {
    pdu_begin(o, type, 3, call_id);
    put_u16(o, 5840);
    put_u16(o, 5840);
    put_u32(o, 0x4436);
    put_u8(o, count);
    put_zeros(o, 3);
    for (unsigned i = 0; i < count; i++) {
        put_u16(o, offers[i].id);
        put_u8(o, 1);
        put_u8(o, 0);
        put_syntax(o, offers[i].interface);
        put_syntax(o, offers[i].transfer);
    }
    pdu_end(o);
}

void put_bind_ack(struct octets *o, unsigned type, uint32_t call_id, const char *secondary,
                  const struct verdict *verdicts, unsigned count) {
    pdu_begin(o, type, 3, call_id);
    put_u16(o, 5840);
    put_u16(o, 5840);
    put_u32(o, 0x4436);
    size_t length = secondary[0] == '\0' ? 0 : strlen(secondary) + 1;
    put_u16(o, (unsigned)length);
    put_bytes(o, secondary, length);
    put_padding(o, o->pdu, 4);
    put_u8(o, count);
    put_zeros(o, 3);
    for (unsigned i = 0; i < count; i++) {
        put_u16(o, verdicts[i].result);
        put_u16(o, verdicts[i].reason);
        put_syntax(o, verdicts[i].transfer);
    }
    pdu_end(o);
}

void put_bind_nak(struct octets *o, uint32_t call_id, unsigned reason) {
    pdu_begin(o, 13, 3, call_id);
    put_u16(o, reason);
    pdu_end(o);
}

void put_request_head(struct octets *o, uint32_t call_id, unsigned flags, unsigned context, unsigned opnum) {
    pdu_begin(o, 0, flags, call_id);
    put_u32(o, 0);
    put_u16(o, context);
    put_u16(o, opnum);
}

void put_response_head(struct octets *o, uint32_t call_id, unsigned flags, unsigned context) {
    pdu_begin(o, 2, flags, call_id);
    put_u32(o, 0);
    put_u16(o, context);
    put_u16(o, 0);
}

void put_request(struct octets *o, uint32_t call_id, unsigned context, unsigned opnum, const void *stub, size_t len) {
    put_request_head(o, call_id, 3, context, opnum);
    put_bytes(o, stub, len);
    pdu_end(o);
}

void put_response(struct octets *o, uint32_t call_id, unsigned context, const void *stub, size_t len) {
    put_response_head(o, call_id, 3, context);
    put_bytes(o, stub, len);
    pdu_end(o);
}

void put_fault(struct octets *o, uint32_t call_id, unsigned context, uint32_t status) {
    pdu_begin(o, 3, 0x23, call_id);
    put_u32(o, 32);
    put_u16(o, context);
    put_u16(o, 0);
    put_u32(o, status);
    put_u32(o, 0);
    pdu_end(o);
}

static void put_syntax_floor(struct octets *o, const struct syntax_id *syntax) {
    put_u16(o, 19);
    put_u8(o, 0x0d);
    put_uuid_octets(o, &syntax->uuid);
    put_u16(o, syntax->major);
    put_u16(o, 2);
    put_u16(o, syntax->minor);
}

static void put_floor(struct octets *o, unsigned protocol, const void *right, unsigned len) {
    put_u16(o, 1);
    put_u8(o, protocol);
    put_u16(o, len);
    put_bytes(o, right, len);
}

void put_tower(struct octets *o, const struct syntax_id *interface, unsigned port, const char *address) {
    struct address parsed;
    address_parse(address, &parsed);
    uint8_t port_octets[2] = {(uint8_t)(port >> 8), (uint8_t)port};
    o->order = ORDER_LITTLE;
    put_u16(o, 5);
    put_syntax_floor(o, interface);
    put_syntax_floor(o, &SYNTAX_NDR);
    put_floor(o, 0x0b, "\0", 2);
    put_floor(o, 0x07, port_octets, 2);
    put_floor(o, 0x09, parsed.octets, 4);
}

static void put_size(struct octets *o, size_t stub, bool ndr64, uint64_t value) {
    put_padding(o, stub, ndr64 ? 8 : 4);
    if (ndr64)
        put_u64(o, value);
    else
        put_u32(o, (uint32_t)value);
}

static void put_twr(struct octets *o, size_t stub, bool ndr64, const struct octets *tower) {
    put_size(o, stub, ndr64, tower->len);
    put_u32(o, (uint32_t)tower->len);
    put_bytes(o, tower->at, tower->len);
}

static void put_handle(struct octets *o, size_t stub) {
    put_padding(o, stub, 4);
    put_zeros(o, 20);
}

void put_map_question(struct octets *o, bool ndr64, const struct octets *tower, const char *object) {
    size_t stub = o->len;
    put_size(o, stub, ndr64, object != NULL);
    if (object != NULL)
        put_uuid(o, object);
    put_size(o, stub, ndr64, tower == NULL ? 0 : 2);
    if (tower != NULL)
        put_twr(o, stub, ndr64, tower);
    put_handle(o, stub);
    put_u32(o, 4);
}

static void put_array(struct octets *o, size_t stub, bool ndr64, unsigned count) {
    put_handle(o, stub);
    put_u32(o, count);
    put_size(o, stub, ndr64, 500);
    put_size(o, stub, ndr64, 0);
    put_size(o, stub, ndr64, count);
}

static void put_status(struct octets *o, size_t stub, uint32_t status) {
    put_padding(o, stub, 4);
    put_u32(o, status);
}

void put_map_answer(struct octets *o, bool ndr64, const struct octets *towers, unsigned count, uint32_t status) {
    size_t stub = o->len;
    put_array(o, stub, ndr64, count);
    for (unsigned i = 0; i < count; i++)
        put_size(o, stub, ndr64, 3 + i);
    for (unsigned i = 0; i < count; i++)
        put_twr(o, stub, ndr64, &towers[i]);
    put_status(o, stub, status);
}

void put_lookup_question(struct octets *o, bool ndr64) {
    size_t stub = o->len;
    put_u32(o, 0);
    put_size(o, stub, ndr64, 0);
    put_size(o, stub, ndr64, 0);
    put_u32(o, 1);
    put_handle(o, stub);
    put_u32(o, 500);
}

void put_lookup_answer(struct octets *o, bool ndr64, const struct octets *towers, const char *const *annotations,
                       unsigned count, uint32_t status) {
    size_t stub = o->len;
    put_array(o, stub, ndr64, count);
    for (unsigned i = 0; i < count; i++) {
        put_padding(o, stub, ndr64 ? 8 : 4);
        put_zeros(o, 16);
        put_size(o, stub, ndr64, 3 + i);
        put_size(o, stub, ndr64, 0);
        put_size(o, stub, ndr64, strlen(annotations[i]) + 1);
        put_bytes(o, annotations[i], strlen(annotations[i]) + 1);
    }
    for (unsigned i = 0; i < count; i++)
        put_twr(o, stub, ndr64, &towers[i]);
    put_status(o, stub, status);
}
