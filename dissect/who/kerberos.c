/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/who/kerberos.h"

#include "dissect/text.h"
#include "wire/reader.h"

#include <string.h>

/* DER tags (X.690 8.1.2), in one octet as all that are met here. */
enum {
    DER_OCTET_STRING = 0x04,
    DER_OID = 0x06,
    DER_GENERAL_STRING = 0x1b,
    DER_SEQUENCE = 0x30,
    DER_GSS_TOKEN = 0x60, /* [APPLICATION 0] */
    DER_TICKET = 0x61,
    DER_AP_REQ = 0x6e,
    DER_CONTEXT = 0xa0, /* [0]; the others count up from it */
};

enum { TOKEN_ID_SIZE = 2 };  /* of an AP-REQ in GSS-API's framing: 01 00 */
enum { MAX_ELEMENTS = 16 };  /* of a sequence that are looked through */
enum { MAX_COMPONENTS = 4 }; /* of a service name */

struct element {
    uint8_t tag;
    bool whole; /* else the token is cut in it, and the content is what is left */
    struct bytes content;
};

static bool element_read(struct reader *r, struct element *element) {
    element->tag = reader_u8(r);
    uint32_t length = reader_u8(r);
    if (length > 0x84 || length == 0x80)
        return false; /* indefinite, or beyond 32 bits */
    if (length > 0x80) {
        size_t octets = length & 0x7f;
        for (length = 0; octets > 0; octets--)
            length = length << 8 | reader_u8(r);
    }
    size_t left = reader_left(r);
    element->whole = length <= left;
    element->content = reader_take(r, element->whole ? length : left);
    return !r->failed;
}

/* The first with this tag among the next elements. */
static bool find(struct bytes in, uint8_t tag, struct element *found) {
    struct reader r = reader_over(in, ORDER_BIG);
    for (int i = 0; i < MAX_ELEMENTS && element_read(&r, found); i++)
        if (found->tag == tag)
            return true;
    return false;
}

/* From level to level; 0 ends the path. */
static bool descend(struct bytes in, const uint8_t *path, struct element *found) {
    for (found->content = in; *path != 0; path++)
        if (!find(found->content, *path, found))
            return false;
    return true;
}

static bool service_read(struct bytes ap_req, char service[static FACT_TEXT_SIZE]) {
    /* AP-REQ.ticket, Ticket.sname, PrincipalName.name-string */
    static const uint8_t to_names[] = {DER_SEQUENCE,    DER_CONTEXT + 3, DER_TICKET,
                                       DER_SEQUENCE,    DER_CONTEXT + 2, DER_SEQUENCE,
                                       DER_CONTEXT + 1, DER_SEQUENCE,    0};
    struct element names, element;
    size_t at = 0;
    if (!descend(ap_req, to_names, &names) || !names.whole)
        return false;
    struct reader r = reader_over(names.content, ORDER_BIG);
    for (int i = 0; i < MAX_COMPONENTS && reader_left(&r) > 0 && element_read(&r, &element); i++) {
        char component[FACT_TEXT_SIZE];
        if (element.tag != DER_GENERAL_STRING || !element.whole)
            return false;
        text_from_ascii(component, element.content);
        size_t length = strlen(component);
        if (at + 1 + length >= FACT_TEXT_SIZE)
            break;
        if (i > 0)
            service[at++] = '/';
        memcpy(service + at, component, length);
        at += length;
    }
    service[at] = '\0';
    return at > 0;
}

/* Kerberos; the number that Windows has for it; and Kerberos by way of the server (IAKERB). */
static bool is_kerberos(struct bytes oid) {
    static const uint8_t kerberos[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02};
    static const uint8_t windows[] = {0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 0x01, 0x02, 0x02};
    static const uint8_t iakerb[] = {0x2b, 0x06, 0x01, 0x05, 0x02, 0x05};
    if (oid.len == sizeof iakerb)
        return memcmp(oid.at, iakerb, sizeof iakerb) == 0;
    return oid.len == sizeof kerberos &&
           (memcmp(oid.at, kerberos, sizeof kerberos) == 0 || memcmp(oid.at, windows, sizeof windows) == 0);
}

/* Behind the mechanism and the token's number. */
static bool find_ap_req(struct bytes gss, struct element *ap_req) {
    struct reader r = reader_over(gss, ORDER_BIG);
    struct element oid;
    if (!element_read(&r, &oid) || oid.tag != DER_OID || !is_kerberos(oid.content))
        return false;
    reader_skip(&r, TOKEN_ID_SIZE);
    return find(reader_take(&r, reader_left(&r)), DER_AP_REQ, ap_req);
}

/* The mechanism's token in a NegTokenInit, or in a NegTokenResp. */
static struct bytes unwrap_spnego(struct bytes token) {
    static const uint8_t init[] = {DER_GSS_TOKEN, DER_CONTEXT, DER_SEQUENCE, DER_CONTEXT + 2, DER_OCTET_STRING, 0};
    static const uint8_t response[] = {DER_CONTEXT + 1, DER_SEQUENCE, DER_CONTEXT + 2, DER_OCTET_STRING, 0};
    struct element inner;
    return descend(token, init, &inner) || descend(token, response, &inner) ? inner.content : token;
}

bool kerberos_service(struct bytes token, char service[static FACT_TEXT_SIZE]) {
    struct element gss, ap_req;
    struct bytes inner = unwrap_spnego(token);
    bool found =
        find(inner, DER_GSS_TOKEN, &gss) ? find_ap_req(gss.content, &ap_req) : find(inner, DER_AP_REQ, &ap_req);
    return found && service_read(ap_req.content, service);
}
