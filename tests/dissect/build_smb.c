/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/dissect/build_smb.h"

#include <string.h>

enum {
    HEADER_SIZE = 64,
    TREE_CONNECT = 3,
    CREATE = 5,
    SESSION_SETUP = 1,
    CLOSE = 6,
    READ = 8,
    WRITE = 9,
    IOCTL = 11,
    TRANSCEIVE = 0x0011c017,
    QUERY_INTERFACES = 0x001401fc
};

/* Where the frame and its last message begin, and whether the next message is related. */
static size_t frame, message;
static bool is_related, is_async;
static unsigned in_tree;

static void set(struct octets *o, size_t at, uint32_t value) {
    size_t len = o->len;
    o->len = at;
    put_u32(o, value);
    o->len = len;
}

void frame_begin(struct octets *o) {
    frame = o->len;
    is_related = false;
    put_zeros(o, 4);
}

void frame_end(struct octets *o) {
    size_t len = o->len - frame - 4;
    o->at[frame + 1] = (uint8_t)(len >> 16);
    o->at[frame + 2] = (uint8_t)(len >> 8);
    o->at[frame + 3] = (uint8_t)len;
}

size_t frame_len(const struct octets *o) { return o->len - frame - 4; }

void smb_in_tree(unsigned tree) { in_tree = tree; }
void smb_async(bool async) { is_async = async; }

void frame_chain(struct octets *o, bool related) {
    put_padding(o, message, 8);
    set(o, message + 20, (uint32_t)(o->len - message));
    is_related = related;
}

static void header(struct octets *o, unsigned command, bool response, int status, uint64_t id) {
    message = o->len;
    put_hex(o, "fe534d4240000000");
    put_u32(o, (uint32_t)status);
    put_u16(o, command);
    put_u16(o, 1);
    put_u32(o, (response ? 1u : 0u) | (is_async ? 2u : 0u) | (is_related ? 4u : 0u));
    put_u32(o, 0);
    put_u64(o, id);
    put_u32(o, 0);
    put_u32(o, is_async ? 0x1234567 : in_tree);
    put_zeros(o, 24);
}

static void put_file(struct octets *o, unsigned file) {
    for (int i = 0; i < 16; i++)
        put_u8(o, file);
}

void put_smb_other(struct octets *o, unsigned command, bool response, uint64_t id) {
    header(o, command, response, SMB_OK, id);
    put_u16(o, 4);
    put_u16(o, 0);
}

void put_wide(struct octets *o, const char *text) {
    for (; *text != '\0'; text++)
        put_bytes(o, (const char[]){*text, 0}, 2);
}

void put_smb_negotiate_answer(struct octets *o, uint64_t id, const char *guid) {
    put_smb_started_answer(o, id, guid, 0);
}

void put_smb_started_answer(struct octets *o, uint64_t id, const char *guid, uint64_t start) {
    header(o, 0, true, SMB_OK, id);
    put_u16(o, 65);
    put_zeros(o, 6);
    put_uuid(o, guid);
    put_zeros(o, 16);
    put_u64(o, 0x01db3c0000000000); /* the time, which is another one each time */
    put_u64(o, start);
    put_zeros(o, 8);
}

void put_smb_connect_answer(struct octets *o, uint64_t id, unsigned share_type) {
    header(o, TREE_CONNECT, true, SMB_OK, id);
    put_u16(o, 16);
    put_u8(o, share_type);
    put_zeros(o, 13);
}

void put_smb_create(struct octets *o, uint64_t id, const char *name) {
    header(o, CREATE, false, SMB_OK, id);
    put_u16(o, 57);
    put_zeros(o, 42);
    put_u16(o, HEADER_SIZE + 56);
    put_u16(o, 2 * (unsigned)strlen(name));
    put_zeros(o, 8);
    put_wide(o, name);
    put_zeros(o, 8);
}

void put_smb_create_answer(struct octets *o, uint64_t id, unsigned file, int status) {
    header(o, CREATE, true, status, id);
    put_u16(o, 89);
    put_zeros(o, 62);
    put_file(o, file);
    put_zeros(o, 8);
}

void put_session_request(struct octets *o, const char *called) {
    put_hex(o, "8100004420");
    for (size_t i = 0, len = strlen(called); i < 16; i++) {
        unsigned character = i < len ? (uint8_t)called[i] : i < 15 ? ' ' : 0x20u;
        put_u8(o, 'A' + (character >> 4));
        put_u8(o, 'A' + (character & 15));
    }
    put_hex(o, "0020");
    for (int i = 0; i < 16; i++)
        put_text(o, "CA");
    put_u8(o, 0);
}

void put_smb_setup_answer(struct octets *o, uint64_t id, int status, const void *token, size_t len) {
    header(o, SESSION_SETUP, true, status, id);
    put_u16(o, 9);
    put_u16(o, 0);
    put_u16(o, HEADER_SIZE + 8);
    put_u16(o, (unsigned)len);
    put_bytes(o, token, len);
}

void put_smb_write(struct octets *o, uint64_t id, unsigned file, const void *data, size_t len) {
    header(o, WRITE, false, SMB_OK, id);
    put_u16(o, 49);
    put_u16(o, HEADER_SIZE + 48);
    put_u32(o, (uint32_t)len);
    put_zeros(o, 8);
    put_file(o, file);
    put_zeros(o, 16);
    put_bytes(o, data, len);
}

void put_smb_read(struct octets *o, uint64_t id, unsigned file) {
    header(o, READ, false, SMB_OK, id);
    put_u16(o, 49);
    put_u16(o, 0x50);
    put_u32(o, 1024);
    put_zeros(o, 8);
    put_file(o, file);
    put_zeros(o, 17);
}

void put_smb_read_answer(struct octets *o, uint64_t id, int status, const void *data, size_t len) {
    header(o, READ, true, status, id);
    put_u16(o, 17);
    put_u16(o, HEADER_SIZE + 16);
    put_u32(o, (uint32_t)len);
    put_zeros(o, 8);
    put_bytes(o, data, len);
}

static void put_ioctl_answer(struct octets *o, uint32_t code, unsigned file, const void *data, size_t len) {
    put_u32(o, 49);
    put_u32(o, code);
    put_file(o, file);
    put_u32(o, HEADER_SIZE + 48);
    put_u32(o, 0);
    put_u32(o, HEADER_SIZE + 48);
    put_u32(o, (uint32_t)len);
    put_zeros(o, 8);
    put_bytes(o, data, len);
}

void put_smb_transceive_answer(struct octets *o, uint64_t id, unsigned file, int status, const void *data, size_t len) {
    header(o, IOCTL, true, status, id);
    put_ioctl_answer(o, TRANSCEIVE, file, data, len);
}

void put_smb_interfaces_answer(struct octets *o, uint64_t id, const void *data, size_t len) {
    header(o, IOCTL, true, SMB_OK, id);
    put_ioctl_answer(o, QUERY_INTERFACES, THE_SAME_FILE, data, len);
}

void put_smb_transceive(struct octets *o, uint64_t id, unsigned file, const void *data, size_t len) {
    header(o, IOCTL, false, SMB_OK, id);
    put_u32(o, 57);
    put_u32(o, TRANSCEIVE);
    put_file(o, file);
    put_u32(o, HEADER_SIZE + 56);
    put_u32(o, (uint32_t)len);
    put_zeros(o, 8 + 16);
    put_bytes(o, data, len);
}

void put_smb_close(struct octets *o, uint64_t id, unsigned file) {
    header(o, CLOSE, false, SMB_OK, id);
    put_u32(o, 24);
    put_u32(o, 0);
    put_file(o, file);
}

void put_smb_close_answer(struct octets *o, uint64_t id) {
    header(o, CLOSE, true, SMB_OK, id);
    put_u32(o, 60);
    put_zeros(o, 56);
}

void put_smb_error(struct octets *o, unsigned command, uint64_t id, int status) {
    header(o, command, true, status, id);
    put_u32(o, 9);
    put_zeros(o, 5);
}
