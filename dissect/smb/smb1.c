/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/smb/smb1.h"

/* MS-CIFS 2.2.2.1. */
enum {
    CLOSE = 0x04,
    READ = 0x0a,
    WRITE = 0x0b,
    LOCKING_ANDX = 0x24,
    TRANSACTION = 0x25,
    TRANSACTION_SECONDARY = 0x26,
    READ_RAW = 0x1a,
    WRITE_RAW = 0x1d,
    OPEN_ANDX = 0x2d,
    READ_ANDX = 0x2e,
    WRITE_ANDX = 0x2f,
    TREE_DISCONNECT = 0x71,
    NEGOTIATE = 0x72,
    SESSION_SETUP_ANDX = 0x73,
    LOGOFF_ANDX = 0x74,
    TREE_CONNECT_ANDX = 0x75,
    NT_CREATE_ANDX = 0xa2,
    NO_ANDX = 0xff
};
enum { AT_CODE = 4, AT_FLAGS = 9, AT_WORD_COUNT = SMB1_HEADER_SIZE };
enum { FLAG_REPLY = 0x80, FLAG2_NT_STATUS = 0x4000, FLAG2_UNICODE = 0x8000 };
#define CAPABILITY_EXTENDED_SECURITY 0x80000000u
enum { TRANSACT_PIPE = 0x0026 };  /* TRANS_TRANSACT_NMPIPE, MS-CIFS 2.2.5.6 */
enum { MODE_RAW_START = 0x000c }; /* of a WRITE_ANDX: the first of a pipe's message, its length in front */
enum { TYPE_DISK = 0, TYPE_BYTE_PIPE = 1, TYPE_MESSAGE_PIPE = 2 };
enum { SERVICE_SIZE = 3, BUFFER_HEADER_SIZE = 3, GUID_SIZE = 16 };
/* One command. */
struct part {
    struct reader words;
    struct reader bytes;
    uint32_t bytes_at; /* where they begin in the message */
    uint16_t byte_count;
    uint8_t code;
    uint8_t word_count;
    bool of_opened; /* it is about the file that the command before it opens */
};

static bool is_chained(uint8_t code) {
    return code == LOCKING_ANDX || (code >= OPEN_ANDX && code <= WRITE_ANDX) ||
           (code >= SESSION_SETUP_ANDX && code <= TREE_CONNECT_ANDX) || code == NT_CREATE_ANDX;
}

static uint8_t code_of(const uint8_t *header, const struct smb_message *previous) {
    return previous == NULL ? header[AT_CODE] : previous->next_code;
}

size_t smb1_head_size(const uint8_t head[static SMB1_LEAST_HEAD], const struct smb_message *previous) {
    size_t size = SMB1_LEAST_HEAD + 2 * (size_t)head[AT_WORD_COUNT] + 2;
    if (code_of(head, previous) == TREE_CONNECT_ANDX && (head[AT_FLAGS] & FLAG_REPLY) != 0)
        size += SERVICE_SIZE;
    return size < SMB1_MAX_HEAD ? size : SMB1_MAX_HEAD;
}

static void carry(struct smb_message *m, enum smb_content content, uint32_t offset, uint32_t length) {
    m->content = content;
    m->offset = offset;
    m->length = length;
}

/* FIDs are the connection's, and used again as soon as they are closed. */
static void read_file(struct part *p, struct smb_message *m) {
    uint16_t file = reader_u16(&p->words);
    if (p->words.failed)
        return;
    if (p->of_opened || (m->related && file == UINT16_MAX))
        m->file = SMB_FILE_PREVIOUS;
    else
        m->file = (struct smb_file){
            {1, (uint8_t)file, (uint8_t)(file >> 8), (uint8_t)m->tree.id, (uint8_t)(m->tree.id >> 8)}};
}

/* Text in UTF-16 begins at an even place of the message. */
static uint32_t padding(const struct part *p, const struct smb_message *m) { return m->wide ? p->bytes_at % 2 : 0; }

static void read_write_request(struct part *p, struct smb_message *m) {
    struct reader *w = &p->words;
    reader_skip(w, 4);
    read_file(p, m);
    reader_skip(w, 8); /* offset in the file, timeout */
    uint16_t mode = reader_u16(w);
    reader_skip(w, 2);
    uint32_t length = (uint32_t)reader_u16(w) << 16;
    length |= reader_u16(w);
    uint32_t offset = reader_u16(w);
    uint32_t in_front = (mode & MODE_RAW_START) == MODE_RAW_START && length >= 2 ? 2 : 0;
    carry(m, CONTENT_DATA, offset + in_front, length - in_front);
}

static void read_transaction_request(struct part *p, struct smb_message *m) {
    struct reader *w = &p->words;
    reader_skip(w, 22); /* totals … parameter offset */
    uint32_t length = reader_u16(w);
    uint32_t offset = reader_u16(w);
    reader_skip(w, 2); /* how many words of setup, reserved */
    if (reader_u16(w) != TRANSACT_PIPE) {
        m->command = SMB_OTHER;
        return;
    }
    read_file(p, m);
    carry(m, CONTENT_DATA, offset, length);
}

/* MS-CIFS 2.2.4.2.1, 2.2.4.5.1, 2.2.4.11.1, 2.2.4.12.1, 2.2.4.33.1, 2.2.4.34.1, 2.2.4.41.1, 2.2.4.42.1, 2.2.4.43.1,
 * 2.2.4.64.1, MS-SMB 2.2.4.6.1. */
static void read_request(struct part *p, struct smb_message *m) {
    struct reader *w = &p->words;
    uint32_t length;
    switch (p->code) {
    case CLOSE:
    case READ:
        read_file(p, m);
        break;
    case WRITE:
        read_file(p, m);
        carry(m, CONTENT_DATA, p->bytes_at + BUFFER_HEADER_SIZE, reader_u16(w));
        break;
    case READ_ANDX:
        reader_skip(w, 4);
        read_file(p, m);
        break;
    case WRITE_ANDX:
        read_write_request(p, m);
        break;
    case TRANSACTION:
        read_transaction_request(p, m);
        break;
    case TRANSACTION_SECONDARY:
        reader_skip(w, 10); /* totals, parameters */
        length = reader_u16(w);
        carry(m, CONTENT_DATA, reader_u16(w), length);
        break;
    case OPEN_ANDX:
        reader_skip(w, 4);
        if (p->byte_count > 0)
            carry(m, CONTENT_NAME, p->bytes_at + padding(p, m), p->byte_count - padding(p, m));
        break;
    case NT_CREATE_ANDX:
        reader_skip(w, 5);
        carry(m, CONTENT_NAME, p->bytes_at + padding(p, m), reader_u16(w));
        break;
    case SESSION_SETUP_ANDX:
        reader_skip(w, 14); /* chain … session key */
        length = reader_u16(w);
        if (p->word_count == 12) /* else without extended security */
            carry(m, CONTENT_TOKEN, p->bytes_at, length);
        break;
    default:
        break;
    }
}

/* With extended security the server tells its GUID, without it a challenge and names. */
static void read_negotiation(struct part *p, struct smb_message *m) {
    struct reader *w = &p->words;
    if (p->word_count != 17)
        return;
    reader_skip(w, 19); /* dialect … session key */
    bool extended = (reader_u32(w) & CAPABILITY_EXTENDED_SECURITY) != 0;
    reader_skip(w, 10); /* time and time zone */
    uint8_t challenge = reader_u8(w);
    if (extended && p->byte_count >= GUID_SIZE)
        carry(m, CONTENT_GUID, p->bytes_at, GUID_SIZE);
    else if (!extended && p->byte_count > challenge)
        carry(m, CONTENT_NAMES, p->bytes_at + challenge, p->byte_count - (uint32_t)challenge);
}

static enum smb_share share_of(uint16_t type) {
    if (type == TYPE_BYTE_PIPE || type == TYPE_MESSAGE_PIPE)
        return SHARE_OF_PIPES;
    return type == TYPE_DISK ? SHARE_OF_FILES : SHARE_UNKNOWN;
}

/* The server answers in several messages, each with its displacement. */
static void read_transaction_response(struct part *p, struct smb_message *m) {
    struct reader *w = &p->words;
    m->pending = p->word_count == 0; /* the rest of the request is to come */
    reader_skip(w, 2);
    uint32_t total = reader_u16(w);
    reader_skip(w, 8); /* parameters */
    uint32_t length = reader_u16(w);
    carry(m, CONTENT_DATA, reader_u16(w), length);
    m->continued = reader_u16(w) + length < total && length > 0;
}

static void read_connected(struct part *p, struct smb_message *m) {
    struct bytes service = reader_take(&p->bytes, SERVICE_SIZE);
    bool is_pipes = !p->bytes.failed && service.at[0] == 'I' && service.at[1] == 'P' && service.at[2] == 'C';
    m->share = is_pipes ? SHARE_OF_PIPES : SHARE_OF_FILES;
}

/* MS-CIFS 2.2.4.11.2, 2.2.4.33.2, 2.2.4.41.2, 2.2.4.42.2, 2.2.4.52.2, 2.2.4.55.2, 2.2.4.64.2, MS-SMB 2.2.4.5.2,
 * 2.2.4.6.2. */
static void read_response(struct part *p, struct smb_message *m) {
    struct reader *w = &p->words;
    uint32_t length;
    switch (p->code) {
    case NEGOTIATE:
        read_negotiation(p, m);
        break;
    case SESSION_SETUP_ANDX:
        reader_skip(w, 6);
        length = reader_u16(w);
        if (p->word_count == 4)
            carry(m, CONTENT_TOKEN, p->bytes_at, length);
        break;
    case TREE_CONNECT_ANDX:
        read_connected(p, m);
        break;
    case OPEN_ANDX:
        reader_skip(w, 4);
        read_file(p, m);
        reader_skip(w, 12); /* attributes … access */
        m->share = share_of(reader_u16(w));
        break;
    case NT_CREATE_ANDX:
        reader_skip(w, 5);
        read_file(p, m);
        reader_skip(w, 56); /* what was done … size */
        m->share = share_of(reader_u16(w));
        break;
    case READ:
        carry(m, CONTENT_DATA, p->bytes_at + BUFFER_HEADER_SIZE, reader_u16(w));
        break;
    case READ_ANDX:
        reader_skip(w, 10); /* chain, available, mode, reserved */
        length = reader_u16(w);
        carry(m, CONTENT_DATA, reader_u16(w), 0);
        m->length = length | (uint32_t)reader_u16(w) << 16;
        break;
    case TRANSACTION:
        read_transaction_response(p, m);
        break;
    default:
        break;
    }
}

static enum smb_command meaning(uint8_t code) {
    switch (code) {
    case CLOSE:
        return SMB_CLOSE;
    case READ:
    case READ_ANDX:
        return SMB_READ;
    case WRITE:
    case WRITE_ANDX:
        return SMB_WRITE;
    case TRANSACTION:
        return SMB_TRANSCEIVE;
    case TRANSACTION_SECONDARY:
        return SMB_TRANSCEIVE_FURTHER;
    case READ_RAW:
        return SMB_READ_RAW;
    case WRITE_RAW:
        return SMB_WRITE_RAW;
    case OPEN_ANDX:
    case NT_CREATE_ANDX:
        return SMB_OPEN;
    case TREE_CONNECT_ANDX:
        return SMB_CONNECT;
    case TREE_DISCONNECT:
        return SMB_DISCONNECT;
    case NEGOTIATE:
        return SMB_NEGOTIATE;
    case SESSION_SETUP_ANDX:
        return SMB_LOG_ON;
    case LOGOFF_ANDX:
        return SMB_LOG_OFF;
    default:
        return SMB_OTHER;
    }
}

/* SMBSTATUS class and code (MS-CIFS 2.2.2.4), those that opening a pipe may end with. */
static uint32_t nt_status(uint32_t status) {
    enum { CLASS_DOS = 1, ERR_BAD_FILE = 2, ERR_NO_ACCESS = 5, ERR_PIPE_BUSY = 231 };
    uint8_t class = (uint8_t)status;
    if (status == 0)
        return 0;
    switch (class == CLASS_DOS ? status >> 16 : 0) {
    case ERR_BAD_FILE:
        return 0xc0000034; /* STATUS_OBJECT_NAME_NOT_FOUND */
    case ERR_NO_ACCESS:
        return 0xc0000022; /* STATUS_ACCESS_DENIED */
    case ERR_PIPE_BUSY:
        return 0xc00000ae; /* STATUS_PIPE_BUSY */
    default:
        return 0xc0000001; /* STATUS_UNSUCCESSFUL */
    }
}

static void read_header(struct reader *r, struct smb_message *m) {
    reader_skip(r, AT_CODE + 1);
    uint32_t status = reader_u32(r);
    m->response = (reader_u8(r) & FLAG_REPLY) != 0;
    uint16_t flags = reader_u16(r);
    m->status = (flags & FLAG2_NT_STATUS) != 0 ? status : nt_status(status);
    m->wide = (flags & FLAG2_UNICODE) != 0;
    reader_skip(r, 12); /* process, its upper half; signature; reserved */
    m->tree = (struct smb_tree){.id = reader_u16(r), .known = true};
    uint16_t process = reader_u16(r);
    m->session = reader_u16(r);
    m->id = reader_u16(r) | (uint64_t)process << 16 | (uint64_t)m->tree.id << 32 | m->session << 48;
}

/* Of a command that may be followed: by which, and where. */
static void read_chain(struct reader words, struct smb_message *m) {
    m->next_code = reader_u8(&words);
    reader_skip(&words, 1);
    m->next = reader_u16(&words);
    if (words.failed || m->next_code == NO_ANDX)
        m->next = 0;
}

struct smb_message smb1_read(struct bytes head, uint32_t shift, const struct smb_message *previous) {
    struct smb_message m = {.related = previous != NULL};
    struct reader r = reader_over(head, ORDER_LITTLE);
    struct part p = {.code = code_of(head.at, previous)};
    read_header(&r, &m);
    p.word_count = reader_u8(&r);
    p.words = reader_over(reader_take(&r, 2 * (size_t)p.word_count), ORDER_LITTLE);
    p.byte_count = reader_u16(&r);
    p.bytes = reader_over(reader_take(&r, reader_left(&r)), ORDER_LITTLE);
    p.bytes_at = shift + SMB1_LEAST_HEAD + 2 * (uint32_t)p.word_count + 2;
    m.command = meaning(p.code);
    if (is_chained(p.code))
        read_chain(p.words, &m);
    /* The status is that of the chain's last command; those before it worked, and have words, as have warnings. */
    m.failed = m.response && m.status != 0 && p.word_count == 0;
    p.of_opened = !m.response && previous != NULL && previous->command == SMB_OPEN;
    if (m.response && !m.failed)
        read_response(&p, &m);
    else if (!m.response)
        read_request(&p, &m);
    if (r.failed || p.words.failed)
        m.length = 0;
    return m;
}
