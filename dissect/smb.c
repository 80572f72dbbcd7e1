/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/smb.h"

#include <string.h>

/* MS-SMB2 2.2.1.2. */
enum { FLAG_RESPONSE = 0x1, FLAG_RELATED = 0x4 };
enum { AT_STATUS = 8, AT_COMMAND = 12, AT_FLAGS = 16, AT_NEXT = 20 };
/* MS-ERREF 2.3. */
#define STATUS_PENDING 0x00000103u
#define STATUS_BUFFER_OVERFLOW 0x80000005u /* a part of a pipe's message; the rest is read later */
#define STATUS_MORE_PROCESSING_REQUIRED 0xc0000016u
#define FSCTL_PIPE_TRANSCEIVE 0x0011c017u
enum { ONE_NEGOTIATE = 0x72 };

bool smb_file_equal(const struct smb_file *a, const struct smb_file *b) {
    return memcmp(a->octets, b->octets, sizeof a->octets) == 0;
}

enum smb_dialect smb_dialect(const uint8_t at[static 4]) {
    if (memcmp(at + 1, "SMB", 3) != 0)
        return SMB_NONE;
    switch (at[0]) {
    case 0xff:
        return SMB_ONE;
    case 0xfe:
        return SMB_TWO;
    case 0xfd:
        return SMB_ENCRYPTED;
    case 0xfc:
        return SMB_COMPRESSED;
    default:
        return SMB_NONE;
    }
}

bool smb_one_negotiates(const uint8_t at[static 5]) { return at[4] == ONE_NEGOTIATE; }

/* The first octets of a frame that carries SMB 2, its length left open: StructureSize is always 64. And of one that
 * carries an SMB 1 negotiation. */
static enum smb_likeness compare(struct bytes bytes, const uint8_t *pattern, size_t size) {
    for (size_t i = 0; i < size; i++) {
        if (i == bytes.len)
            return SMB_POSSIBLE;
        if (bytes.at[i] != pattern[i] && (i == 0 || i >= SMB_FRAME_SIZE))
            return SMB_IMPOSSIBLE;
    }
    return SMB_LIKELY;
}

enum smb_likeness smb_likeness(struct bytes bytes) {
    static const uint8_t two[] = {0, 0, 0, 0, 0xfe, 'S', 'M', 'B', SMB_HEADER_SIZE, 0};
    static const uint8_t one[] = {0, 0, 0, 0, 0xff, 'S', 'M', 'B', ONE_NEGOTIATE};
    enum smb_likeness likeness = compare(bytes, two, sizeof two);
    return likeness != SMB_IMPOSSIBLE ? likeness : compare(bytes, one, sizeof one);
}

static struct reader field(const uint8_t header[static SMB_HEADER_SIZE], size_t at) {
    return reader_over((struct bytes){header + at, SMB_HEADER_SIZE - at}, ORDER_LITTLE);
}

uint32_t smb_next(const uint8_t header[static SMB_HEADER_SIZE]) {
    struct reader r = field(header, AT_NEXT);
    return reader_u32(&r);
}

size_t smb_head_size(const uint8_t header[static SMB_HEADER_SIZE]) {
    struct reader r = field(header, AT_COMMAND);
    struct reader flags = field(header, AT_FLAGS);
    bool response = (reader_u32(&flags) & FLAG_RESPONSE) != 0;
    switch (reader_u16(&r)) {
    case SMB_SESSION_SETUP:
        return SMB_HEADER_SIZE + (response ? 8 : 0);
    case SMB_CLOSE:
        return SMB_HEADER_SIZE + (response ? 0 : 24);
    case SMB_READ:
        return SMB_HEADER_SIZE + (response ? 16 : 48);
    case SMB_WRITE:
        return SMB_HEADER_SIZE + (response ? 0 : 48);
    case SMB_IOCTL:
        return SMB_HEADER_SIZE + (response ? 48 : 56);
    default:
        return SMB_HEADER_SIZE;
    }
}

static void read_file(struct reader *r, struct smb_message *m) {
    struct bytes file = reader_take(r, sizeof m->file.octets);
    if (!r->failed)
        memcpy(m->file.octets, file.at, sizeof m->file.octets);
}

/* MS-SMB2 2.2.15, 2.2.19, 2.2.21, 2.2.31. */
static void read_request(struct reader *r, struct smb_message *m) {
    switch (m->command) {
    case SMB_CLOSE:
        reader_skip(r, 8); /* structure size, flags, reserved */
        read_file(r, m);
        break;
    case SMB_READ:
        reader_skip(r, 16); /* structure size, padding, flags, length, offset in the file */
        read_file(r, m);
        break;
    case SMB_WRITE:
        reader_skip(r, 2);
        m->offset = reader_u16(r);
        m->length = reader_u32(r);
        reader_skip(r, 8); /* offset in the file */
        read_file(r, m);
        break;
    case SMB_IOCTL:
        reader_skip(r, 4);
        if (reader_u32(r) != FSCTL_PIPE_TRANSCEIVE)
            break;
        read_file(r, m);
        m->offset = reader_u32(r);
        m->length = reader_u32(r);
        break;
    default:
        break;
    }
}

/* MS-SMB2 2.2.6, 2.2.20, 2.2.32. */
static void read_response(struct reader *r, struct smb_message *m) {
    switch (m->command) {
    case SMB_SESSION_SETUP:
        reader_skip(r, 4); /* structure size, session flags */
        m->offset = reader_u16(r);
        m->length = reader_u16(r);
        break;
    case SMB_READ:
        reader_skip(r, 2);
        m->offset = reader_u8(r);
        reader_skip(r, 1);
        m->length = reader_u32(r);
        break;
    case SMB_IOCTL:
        reader_skip(r, 4);
        if (reader_u32(r) != FSCTL_PIPE_TRANSCEIVE)
            break;
        read_file(r, m);
        reader_skip(r, 8); /* the input, which is not sent back */
        m->offset = reader_u32(r);
        m->length = reader_u32(r);
        break;
    default:
        break;
    }
}

static bool has_failed(uint32_t status) {
    return status != 0 && status != STATUS_BUFFER_OVERFLOW && status != STATUS_MORE_PROCESSING_REQUIRED;
}

struct smb_message smb_read(struct bytes head) {
    struct smb_message m = {0};
    struct reader r = reader_over(head, ORDER_LITTLE);
    reader_skip(&r, AT_STATUS);
    uint32_t status = reader_u32(&r);
    m.command = reader_u16(&r);
    reader_skip(&r, 2); /* credits */
    uint32_t flags = reader_u32(&r);
    m.next = reader_u32(&r);
    m.id = reader_u64(&r);
    reader_skip(&r, 32); /* process and tree, or the id of an asynchronous answer; session, signature */
    m.response = (flags & FLAG_RESPONSE) != 0;
    m.related = (flags & FLAG_RELATED) != 0;
    m.pending = m.response && status == STATUS_PENDING;
    m.failed = m.response && has_failed(status);
    if (m.response && !m.failed)
        read_response(&r, &m);
    else if (!m.response)
        read_request(&r, &m);
    if (r.failed)
        m.length = 0;
    return m;
}
