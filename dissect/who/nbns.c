/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/who/nbns.h"

#include "dissect/text.h"
#include "wire/reader.h"

#include <stdio.h>
#include <string.h>

/* RFC 1002 4.2.1.1; MULTIHOMED and the second REFRESH are Windows's (MS-NBTE 2.2.2). */
enum { QUERY = 0, REGISTRATION = 5, REFRESH = 8, REFRESH_TOO = 9, MULTIHOMED = 15 };
enum { FLAG_RESPONSE = 0x8000, RCODE = 0x000f };
enum { TYPE_NB = 0x20, TYPE_NBSTAT = 0x21, CLASS_IN = 1 };
enum { NB_GROUP = 0x8000 };                                                    /* 4.2.1.3 */
enum { NODE_GROUP = 0x8000, NODE_RELEASING = 0x1000, NODE_CONFLICT = 0x0800 }; /* 4.2.18 */
enum { NAME_SIZE = 16, ENCODED_SIZE = 32, POINTER = 0xc0 };

struct header {
    bool response;
    unsigned opcode, rcode;
    uint16_t questions, answers, authorities, additionals;
};

static struct header header_read(struct reader *r) {
    struct header h;
    reader_skip(r, 2);
    uint16_t flags = reader_u16(r);
    h.response = (flags & FLAG_RESPONSE) != 0;
    h.opcode = flags >> 11 & 0xf;
    h.rcode = flags & RCODE;
    h.questions = reader_u16(r);
    h.answers = reader_u16(r);
    h.authorities = reader_u16(r);
    h.additionals = reader_u16(r);
    return h;
}

bool nbns_is_answer(struct bytes message) {
    struct reader r = reader_over(message, ORDER_BIG);
    return header_read(&r).response;
}

/* The sixteen octets as text: fifteen characters, filled up with blanks, and what the name is for. */
static void name_text(const uint8_t name[static NAME_SIZE], char text[static FACT_TEXT_SIZE]) {
    char characters[FACT_TEXT_SIZE];
    size_t length = NAME_SIZE - 1;
    while (length > 0 && (name[length - 1] == ' ' || name[length - 1] == '\0'))
        length--;
    text_from_ascii(characters, (struct bytes){name, length});
    snprintf(text, FACT_TEXT_SIZE, "%.*s<%02X>", NAME_SIZE - 1, characters, name[NAME_SIZE - 1]);
}

/* Each octet as two letters, A to P. What follows is the scope, and of no interest. */
static bool first_label(struct reader *r, uint8_t name[static NAME_SIZE]) {
    if (reader_u8(r) != ENCODED_SIZE)
        return false;
    struct bytes letters = reader_take(r, ENCODED_SIZE);
    for (size_t i = 0; i < letters.len; i++) {
        unsigned nibble = (unsigned)(letters.at[i] - 'A');
        if (nibble > 0xf)
            return false;
        name[i / 2] = (uint8_t)((unsigned)name[i / 2] << 4 | nibble);
    }
    return !r->failed;
}

static bool skip_labels(struct reader *r) {
    while (!r->failed) {
        uint8_t length = reader_u8(r);
        if (length >= POINTER) {
            reader_skip(r, 1);
            return !r->failed;
        }
        if (length == 0)
            return !r->failed;
        if (length >= 0x40)
            return false;
        reader_skip(r, length);
    }
    return false;
}

/* One name may stand for another that came before it, and that one is written out. */
static bool name_read(struct reader *r, char text[static FACT_TEXT_SIZE]) {
    struct reader label = *r;
    uint8_t name[NAME_SIZE] = {0};
    uint8_t length = reader_u8(&label);
    if (length >= POINTER) {
        size_t target = (size_t)(length & 0x3f) << 8 | reader_u8(&label);
        if (label.failed || target >= r->at)
            return false;
        label.at = target;
    } else {
        label = *r;
    }
    if (!first_label(&label, name))
        return false;
    name_text(name, text);
    return skip_labels(r);
}

static void addresses_read(struct bytes data, const char *name, struct namings *namings) {
    struct reader r = reader_over(data, ORDER_BIG);
    while (reader_left(&r) >= 6) {
        bool group = (reader_u16(&r) & NB_GROUP) != 0;
        struct address address = address_ipv4(reader_take(&r, 4).at);
        if (!group)
            naming_add(namings, &address, name);
    }
}

static bool status_read(struct bytes data, const struct address *from, struct namings *namings) {
    struct reader r = reader_over(data, ORDER_BIG);
    uint8_t count = reader_u8(&r);
    for (uint8_t i = 0; i < count && !r.failed; i++) {
        char text[FACT_TEXT_SIZE];
        struct bytes name = reader_take(&r, NAME_SIZE);
        uint16_t flags = reader_u16(&r);
        if (r.failed)
            break;
        name_text(name.at, text);
        if ((flags & (NODE_GROUP | NODE_RELEASING | NODE_CONFLICT)) == 0)
            naming_add(namings, from, text);
    }
    return !r.failed;
}

static bool record_read(struct reader *r, const struct address *from, struct namings *namings) {
    char name[FACT_TEXT_SIZE];
    if (!name_read(r, name))
        return false;
    uint16_t type = reader_u16(r);
    uint16_t class = reader_u16(r);
    reader_skip(r, 4); /* time to live */
    struct bytes data = reader_take(r, reader_u16(r));
    if (r->failed)
        return false;
    if (class != CLASS_IN || (type != TYPE_NB && type != TYPE_NBSTAT))
        return true;
    if (type == TYPE_NBSTAT)
        return status_read(data, from, namings);
    addresses_read(data, name, namings);
    return data.len % 6 == 0;
}

static bool claims(const struct header *h) {
    bool registers =
        h->opcode == REGISTRATION || h->opcode == REFRESH || h->opcode == REFRESH_TOO || h->opcode == MULTIHOMED;
    return h->response ? h->rcode == 0 && (registers || h->opcode == QUERY) : registers;
}

/* A registration has its record behind the question, an answer has it first. */
enum reading nbns_read(struct bytes message, const struct address *from, struct namings *namings) {
    namings->count = namings->passed_over = 0;
    struct reader r = reader_over(message, ORDER_BIG);
    struct header h = header_read(&r);
    if (r.failed)
        return READING_MALFORMED;
    if (!claims(&h))
        return READING_NOTHING;
    for (unsigned i = 0; i < h.questions; i++) {
        if (!skip_labels(&r))
            return READING_MALFORMED;
        reader_skip(&r, 4);
    }
    unsigned records = h.response ? h.answers : (unsigned)h.answers + h.authorities + h.additionals;
    for (unsigned i = 0; i < records; i++)
        if (!record_read(&r, from, namings))
            return READING_MALFORMED;
    return namings->count != 0 ? READING_TOLD : READING_NOTHING;
}
