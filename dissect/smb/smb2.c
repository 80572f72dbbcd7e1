/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/smb/smb2.h"

#include <string.h>

/* MS-SMB2 2.2.1.2. */
enum { FLAG_RESPONSE = 0x1, FLAG_ASYNC = 0x2, FLAG_RELATED = 0x4 };
enum { AT_STATUS = 8, AT_COMMAND = 12, AT_FLAGS = 16, AT_NEXT = 20 };
enum {
    NEGOTIATE = 0,
    SESSION_SETUP = 1,
    LOGOFF = 2,
    TREE_CONNECT = 3,
    TREE_DISCONNECT = 4,
    CREATE = 5,
    CLOSE = 6,
    READ = 8,
    WRITE = 9,
    IOCTL = 11,
    COMMANDS
};
/* MS-ERREF 2.3. */
#define STATUS_PENDING 0x00000103u
#define STATUS_BUFFER_OVERFLOW 0x80000005u /* a part of a pipe's message; the rest is read later */
#define STATUS_MORE_PROCESSING_REQUIRED 0xc0000016u
#define FSCTL_PIPE_TRANSCEIVE 0x0011c017u
#define FSCTL_QUERY_NETWORK_INTERFACE_INFO 0x001401fcu
enum { SHARE_TYPE_PIPE = 2 };

static struct reader field(const uint8_t header[static SMB2_HEADER_SIZE], size_t at) {
    return reader_over((struct bytes){header + at, SMB2_HEADER_SIZE - at}, ORDER_LITTLE);
}

uint32_t smb2_next(const uint8_t header[static SMB2_HEADER_SIZE]) {
    struct reader r = field(header, AT_NEXT);
    return reader_u32(&r);
}

/* The fixed part of a body, as far as it is read. */
size_t smb2_head_size(const uint8_t header[static SMB2_HEADER_SIZE]) {
    static const uint8_t requests[COMMANDS] = {
        [SESSION_SETUP] = 16, [CREATE] = 48, [CLOSE] = 24, [READ] = 48, [WRITE] = 48, [IOCTL] = 56};
    static const uint8_t responses[COMMANDS] = {
        [SESSION_SETUP] = 8, [TREE_CONNECT] = 4, [CREATE] = 80, [READ] = 16, [IOCTL] = 48};
    struct reader r = field(header, AT_COMMAND), flags = field(header, AT_FLAGS);
    uint16_t command = reader_u16(&r);
    if (command >= COMMANDS)
        return SMB2_HEADER_SIZE;
    bool response = (reader_u32(&flags) & FLAG_RESPONSE) != 0;
    return SMB2_HEADER_SIZE + (size_t)(response ? responses[command] : requests[command]);
}

static void read_file(struct reader *r, struct smb_message *m) {
    struct bytes file = reader_take(r, sizeof m->file.octets);
    if (!r->failed)
        memcpy(m->file.octets, file.at, sizeof m->file.octets);
}

static void carry(struct smb_message *m, enum smb_content content, uint32_t offset, uint32_t length) {
    m->content = content;
    m->offset = offset;
    m->length = length;
}

static void read_ioctl(struct reader *r, struct smb_message *m) {
    reader_skip(r, 4);
    uint32_t what = reader_u32(r);
    bool interfaces = what == FSCTL_QUERY_NETWORK_INTERFACE_INFO && m->response;
    if (what != FSCTL_PIPE_TRANSCEIVE && !interfaces)
        return;
    if (!interfaces)
        m->command = SMB_TRANSCEIVE;
    read_file(r, m);
    if (m->response)
        reader_skip(r, 8); /* the input, which is not sent back */
    uint32_t offset = reader_u32(r);
    carry(m, interfaces ? CONTENT_INTERFACES : CONTENT_DATA, offset, reader_u32(r));
}

/* MS-SMB2 2.2.5, 2.2.13, 2.2.15, 2.2.19, 2.2.21, 2.2.31. */
static void read_request(struct reader *r, struct smb_message *m, uint16_t command) {
    uint32_t offset;
    switch (command) {
    case SESSION_SETUP:
        reader_skip(r, 12); /* structure size … channel */
        offset = reader_u16(r);
        carry(m, CONTENT_TOKEN, offset, reader_u16(r));
        break;
    case CREATE:
        reader_skip(r, 44); /* structure size … create options */
        offset = reader_u16(r);
        carry(m, CONTENT_NAME, offset, reader_u16(r));
        m->wide = true;
        break;
    case CLOSE:
        reader_skip(r, 8); /* structure size, flags, reserved */
        read_file(r, m);
        break;
    case READ:
        reader_skip(r, 16); /* structure size, padding, flags, length, offset in the file */
        read_file(r, m);
        break;
    case WRITE:
        reader_skip(r, 2);
        offset = reader_u16(r);
        carry(m, CONTENT_DATA, offset, reader_u32(r));
        reader_skip(r, 8); /* offset in the file */
        read_file(r, m);
        break;
    case IOCTL:
        read_ioctl(r, m);
        break;
    default:
        break;
    }
}

/* MS-SMB2 2.2.4, 2.2.6, 2.2.10, 2.2.14, 2.2.20, 2.2.32. */
static void read_response(struct reader *r, struct smb_message *m, uint16_t command) {
    uint32_t offset;
    switch (command) {
    case NEGOTIATE:
        carry(m, CONTENT_GUID, SMB2_HEADER_SIZE + 8, SMB2_NEGOTIATED_SIZE);
        break;
    case SESSION_SETUP:
        reader_skip(r, 4); /* structure size, session flags */
        offset = reader_u16(r);
        carry(m, CONTENT_TOKEN, offset, reader_u16(r));
        break;
    case TREE_CONNECT:
        reader_skip(r, 2);
        m->share = reader_u8(r) == SHARE_TYPE_PIPE ? SHARE_OF_PIPES : SHARE_OF_FILES;
        break;
    case CREATE:
        reader_skip(r, 64); /* structure size … reserved */
        read_file(r, m);
        break;
    case READ:
        reader_skip(r, 2);
        offset = reader_u8(r);
        reader_skip(r, 1);
        carry(m, CONTENT_DATA, offset, reader_u32(r));
        break;
    case IOCTL:
        read_ioctl(r, m);
        break;
    default:
        break;
    }
}

static bool has_failed(uint32_t status) {
    return status != 0 && status != STATUS_BUFFER_OVERFLOW && status != STATUS_MORE_PROCESSING_REQUIRED;
}

static enum smb_command meaning(uint16_t command) {
    static const enum smb_command meanings[COMMANDS] = {[NEGOTIATE] = SMB_NEGOTIATE,
                                                        [SESSION_SETUP] = SMB_LOG_ON,
                                                        [LOGOFF] = SMB_LOG_OFF,
                                                        [TREE_CONNECT] = SMB_CONNECT,
                                                        [TREE_DISCONNECT] = SMB_DISCONNECT,
                                                        [CREATE] = SMB_OPEN,
                                                        [CLOSE] = SMB_CLOSE,
                                                        [READ] = SMB_READ,
                                                        [WRITE] = SMB_WRITE};
    return command < COMMANDS ? meanings[command] : SMB_OTHER;
}

struct smb_message smb2_read(struct bytes head) {
    struct smb_message m = {.next = 0};
    struct reader r = reader_over(head, ORDER_LITTLE);
    reader_skip(&r, AT_STATUS);
    m.status = reader_u32(&r);
    uint16_t command = reader_u16(&r);
    reader_skip(&r, 2); /* credits */
    uint32_t flags = reader_u32(&r);
    m.next = reader_u32(&r);
    m.id = reader_u64(&r);
    reader_skip(&r, 4); /* process; of an asynchronous answer its id, which has the place of the tree, too */
    m.tree.id = reader_u32(&r);
    m.session = m.tree.session = reader_u64(&r);
    reader_skip(&r, 16); /* signature */
    m.tree.known = (flags & FLAG_ASYNC) == 0;
    m.command = meaning(command);
    m.response = (flags & FLAG_RESPONSE) != 0;
    m.related = (flags & FLAG_RELATED) != 0;
    m.pending = m.response && m.status == STATUS_PENDING;
    m.failed = m.response && has_failed(m.status);
    if (m.response && !m.failed)
        read_response(&r, &m, command);
    else if (!m.response)
        read_request(&r, &m, command);
    else if (command == IOCTL)
        m.command = SMB_TRANSCEIVE; /* which one is known by its request */
    if (r.failed)
        m.length = 0;
    return m;
}
