/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/dissect/build_smb1.h"

#include <string.h>

/* Where the words of the last command begin, and whether text is in UTF-16. */
static size_t words;
static bool is_wide;

static void set_u16(struct octets *o, size_t at, size_t value) {
    o->at[at] = (uint8_t)value;
    o->at[at + 1] = (uint8_t)(value >> 8);
}

void one_begin(struct octets *o, const struct one *one, unsigned code, bool response, uint32_t status) {
    is_wide = !one->ascii;
    put_hex(o, "ff534d42");
    put_u8(o, code);
    put_u32(o, status);
    put_u8(o, response ? 0x98 : 0x18);
    put_u16(o, 0x0801u | (one->ascii ? 0u : 0x8000u) | (one->dos_errors ? 0u : 0x4000u));
    put_zeros(o, 12);
    put_u16(o, one->tree);
    put_u16(o, one->process);
    put_u16(o, one->user);
    put_u16(o, one->multiplex);
}

void one_chain(struct octets *o, unsigned code) {
    o->at[words] = (uint8_t)code;
    set_u16(o, words + 2, frame_len(o));
}

static void begin_words(struct octets *o, unsigned count) {
    put_u8(o, count);
    words = o->len;
}

static void begin_andx(struct octets *o, unsigned count) {
    begin_words(o, count);
    put_hex(o, "ff00dede"); /* nothing follows, and where does not matter */
}

static void put_data(struct octets *o, const void *data, size_t len) {
    put_u16(o, (unsigned)len);
    put_bytes(o, data, len);
}

/* Text, aligned to the message; how long it is stands in front. */
static void put_name(struct octets *o, const char *name, bool terminated) {
    size_t count = o->len;
    put_u16(o, 0);
    if (is_wide && frame_len(o) % 2 != 0)
        put_u8(o, 0);
    if (is_wide)
        put_wide(o, name);
    else
        put_text(o, name);
    if (terminated)
        put_zeros(o, is_wide ? 2 : 1);
    set_u16(o, count, o->len - count - 2);
}

void one_empty(struct octets *o) {
    begin_words(o, 0);
    put_u16(o, 0);
}

void one_file(struct octets *o, unsigned file) {
    begin_words(o, 3);
    put_u16(o, file);
    put_zeros(o, 4);
    put_u16(o, 0);
}

static void begin_negotiated(struct octets *o, uint32_t capabilities, unsigned challenge) {
    begin_words(o, 17);
    put_zeros(o, 19);
    put_u32(o, capabilities);
    put_zeros(o, 10);
    put_u8(o, challenge);
}

void one_negotiated(struct octets *o, const char *guid) {
    begin_negotiated(o, 0x8000e3fd, 0);
    put_u16(o, 16 + 4);
    put_uuid(o, guid);
    put_text(o, "spne");
}

static void put_text_as(struct octets *o, bool wide, const char *text) {
    if (wide)
        put_wide(o, text);
    else
        put_text(o, text);
    put_zeros(o, wide ? 2 : 1);
}

void one_negotiated_names(struct octets *o, bool wide, const char *domain, const char *server) {
    begin_negotiated(o, 0x0000e3fd, 8);
    size_t count = o->len;
    put_u16(o, 0);
    put_text(o, "\1\2\3\4\5\6\7\10");
    put_text_as(o, wide, domain);
    put_text_as(o, wide, server);
    set_u16(o, count, o->len - count - 2);
}

void one_setup_token(struct octets *o, bool response, const void *token, size_t len) {
    begin_andx(o, response ? 4 : 12);
    put_zeros(o, response ? 2 : 10);
    put_u16(o, (unsigned)len);
    put_zeros(o, response ? 0 : 8);
    put_data(o, token, len);
}

void one_connected(struct octets *o, const char *service) {
    begin_andx(o, 3);
    put_zeros(o, 2);
    put_u16(o, (unsigned)strlen(service) + 1);
    put_text(o, service);
    put_zeros(o, 1);
}

void one_create(struct octets *o, const char *name) {
    begin_andx(o, 24);
    put_u8(o, 0);
    put_u16(o, (unsigned)strlen(name) * (is_wide ? 2 : 1));
    put_zeros(o, 41);
    put_name(o, name, true);
}

void one_created(struct octets *o, unsigned file, unsigned type) {
    begin_andx(o, 34);
    put_u8(o, 0);
    put_u16(o, file);
    put_zeros(o, 56);
    put_u16(o, type);
    put_zeros(o, 3);
    put_u16(o, 0);
}

void one_open(struct octets *o, const char *name) {
    begin_andx(o, 15);
    put_zeros(o, 26);
    put_name(o, name, true);
}

void one_opened(struct octets *o, unsigned file, unsigned type) {
    begin_andx(o, 15);
    put_u16(o, file);
    put_zeros(o, 12);
    put_u16(o, type);
    put_zeros(o, 10);
    put_u16(o, 0);
}

void one_write(struct octets *o, unsigned file, const void *data, size_t len) {
    begin_words(o, 5);
    put_u16(o, file);
    put_u16(o, (unsigned)len);
    put_zeros(o, 6);
    put_u16(o, (unsigned)len + 3);
    put_u8(o, 1);
    put_data(o, data, len);
}

void one_write_andx(struct octets *o, unsigned file, unsigned mode, const void *data, size_t len) {
    size_t size = len + (mode == 0 ? 0 : 2);
    begin_andx(o, 14);
    put_u16(o, file);
    put_zeros(o, 8);
    put_u16(o, mode);
    put_u16(o, 0);
    put_u16(o, (unsigned)(size >> 16));
    put_u16(o, (unsigned)size);
    put_u16(o, (unsigned)(frame_len(o) + 2 + 4 + 2 + 1));
    put_zeros(o, 4);
    put_u16(o, (unsigned)size + 1);
    put_u8(o, 0);
    if (mode != 0)
        put_u16(o, (unsigned)len);
    put_bytes(o, data, len);
}

void one_read_andx(struct octets *o, unsigned file) {
    begin_andx(o, 10);
    put_u16(o, file);
    put_zeros(o, 14);
    put_u16(o, 0);
}

void one_read_answer(struct octets *o, const void *data, size_t len) {
    begin_words(o, 5);
    put_u16(o, (unsigned)len);
    put_zeros(o, 8);
    put_u16(o, (unsigned)len + 3);
    put_u8(o, 1);
    put_data(o, data, len);
}

void one_read_andx_answer(struct octets *o, const void *data, size_t len) {
    begin_andx(o, 12);
    put_zeros(o, 6);
    put_u16(o, (unsigned)len);
    put_u16(o, (unsigned)(frame_len(o) + 2 + 10 + 2 + 1));
    put_u16(o, (unsigned)(len >> 16));
    put_zeros(o, 8);
    put_u16(o, (unsigned)len + 1);
    put_u8(o, 0);
    put_bytes(o, data, len);
}

void one_transact(struct octets *o, unsigned setup, unsigned file, const void *data, size_t len) {
    begin_words(o, 16);
    put_zeros(o, 22);
    put_u16(o, (unsigned)len);
    put_u16(o, (unsigned)(frame_len(o) + 2 + 2 + 4 + 2 + 1 + 14));
    put_u16(o, 2);
    put_u16(o, setup);
    put_u16(o, file);
    put_u16(o, (unsigned)len + 15);
    put_u8(o, 0);
    put_wide(o, "\\PIPE\\");
    put_zeros(o, 2);
    put_bytes(o, data, len);
}

void one_transact_more(struct octets *o, const void *data, size_t len) {
    begin_words(o, 8);
    put_zeros(o, 10);
    put_u16(o, (unsigned)len);
    put_u16(o, (unsigned)(frame_len(o) + 2 + 2 + 2 + 1));
    put_u16(o, 0);
    put_u16(o, (unsigned)len + 1);
    put_u8(o, 0);
    put_bytes(o, data, len);
}

void one_transact_answer(struct octets *o, size_t total, size_t displacement, const void *data, size_t len) {
    begin_words(o, 10);
    put_u16(o, 0);
    put_u16(o, (unsigned)total);
    put_zeros(o, 8);
    put_u16(o, (unsigned)len);
    put_u16(o, (unsigned)(frame_len(o) + 2 + 2 + 2 + 2 + 1));
    put_u16(o, (unsigned)displacement);
    put_u16(o, 0);
    put_u16(o, (unsigned)len + 1);
    put_u8(o, 0);
    put_bytes(o, data, len);
}
