/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/stub/cluster.h"

#include "dissect/text.h"

#include <string.h>

const struct syntax_id SYNTAX_CLUSAPI = {
    {{0xb9, 0x7d, 0xb8, 0xb2, 0x4c, 0x63, 0x11, 0xcf, 0xbf, 0xf6, 0x08, 0x00, 0x2b, 0xe2, 0x3f, 0x2f}}, 3, 0};

/* Syntaxes of a property list, MS-CMRP 2.2.3.10 and 3.1.4.3.1. */
enum { SYNTAX_NAME = 0x00040003, SYNTAX_STRING = 0x00010003, SYNTAX_END = 0 };

enum { HANDLE_SIZE = 20 };

/* A context handle: attributes, uuid. */
static struct uuid handle_read(struct reader *r) {
    (void)ndr_number(r);
    return reader_uuid(r);
}

bool cluster_open_question_read(struct reader *r, enum encoding encoding, char name[static FACT_TEXT_SIZE]) {
    uint32_t units = ndr_array(r, encoding);
    struct bytes text = reader_take(r, (size_t)units * 2);
    text_from_utf16_in(name, text, r->order);
    return !r->failed;
}

/* One status in version 2, two in version 3, and the handle. */
bool cluster_open_answer_read(struct reader *r, struct uuid *handle) {
    size_t left = reader_left(r);
    if (left != HANDLE_SIZE + 4 && left != HANDLE_SIZE + 8)
        return false;
    reader_skip(r, left - HANDLE_SIZE);
    *handle = handle_read(r);
    return !r->failed;
}

/* hResource, dwControlCode, lpInBuffer … */
bool cluster_control_question_read(struct reader *r, struct uuid *handle, uint32_t *code) {
    *handle = handle_read(r);
    *code = ndr_number(r);
    return !r->failed;
}

/* lpOutBuffer, lpBytesReturned, lpcbRequired, rpc_status (version 3 only), the status. */
bool cluster_control_answer_read(struct reader *r, enum encoding encoding, struct bytes *properties) {
    uint32_t length = ndr_array(r, encoding);
    *properties = reader_take(r, length);
    uint32_t returned = ndr_number(r);
    (void)ndr_number(r);
    (void)ndr_number(r);
    if (reader_left(r) == 4)
        (void)ndr_number(r);
    return !r->failed && returned == length;
}

/* One of a list's names or values: syntax, length, content, padding. */
struct item {
    uint32_t syntax;
    struct bytes content;
};

static struct item item_read(struct reader *r) {
    struct item item = {.syntax = reader_u32(r)};
    if (item.syntax == SYNTAX_END)
        return item;
    uint32_t length = reader_u32(r);
    item.content = reader_take(r, length);
    size_t padding = (0 - r->at) & 3;
    reader_skip(r, padding < reader_left(r) ? padding : reader_left(r));
    return item;
}

/* What of an IP Address resource has been met. */
struct found {
    char address[FACT_TEXT_SIZE];
    bool network, size; /* there is a Network; a SubnetMask or PrefixLength */
};

static void take(struct found *found, struct fact_resource *resource, const char *name, const struct item *value) {
    bool text = value->syntax == SYNTAX_STRING;
    if (strcmp(name, "Address") == 0 && text)
        text_from_utf16(found->address, value->content);
    if (strcmp(name, "Network") == 0 && text) {
        text_from_utf16(resource->network, value->content);
        found->network = true;
    }
    if (strcmp(name, "SubnetMask") == 0 || strcmp(name, "PrefixLength") == 0)
        found->size = true;
}

/* Little endian, whatever the byte order of the call: to it the list is octets. The first value of a property is the
 * one that counts. */
bool cluster_address_read(struct bytes properties, struct fact_resource *resource) {
    struct reader r = reader_over(properties, ORDER_LITTLE);
    struct found found = {0};
    resource->address = (struct address){0};
    uint32_t count = reader_u32(&r);
    for (uint32_t i = 0; i < count && !r.failed; i++) {
        char name[FACT_TEXT_SIZE];
        struct item item = item_read(&r);
        if (item.syntax != SYNTAX_NAME)
            return false;
        text_from_utf16(name, item.content);
        bool first = true;
        while ((item = item_read(&r)).syntax != SYNTAX_END && !r.failed) {
            if (first)
                take(&found, resource, name, &item);
            first = false;
        }
    }
    if (r.failed)
        return false;
    struct address address;
    if (found.network && found.size && address_parse(found.address, &address) && !address_is_unspecified(&address))
        resource->address = address;
    return true;
}
