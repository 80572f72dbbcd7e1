/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/rpc/pdu.h"

enum { TRAILER_SIZE = 8 };

/* ping, working … cancel_ack (1, 4 … 10) exist in datagrams only. */
static bool type_goes_on_streams(uint8_t type) {
    return type == PDU_REQUEST || type == PDU_RESPONSE || type == PDU_FAULT || (type >= PDU_BIND && type <= PDU_RTS);
}

/* The first eight octets, C706 12.6.3: rpc_vers, rpc_vers_minor, ptype, pfc_flags, packed_drep[4]. */
static bool octet_fits(size_t offset, uint8_t octet) {
    switch (offset) {
    case 0:
        return octet == 5;
    case 1:
        return octet <= 1;
    case 2:
        return type_goes_on_streams(octet);
    case 3:
        return true;
    case 4: /* big or little endian, ASCII or EBCDIC */
        return (octet & 0xee) == 0;
    case 5: /* IEEE, VAX, Cray, IBM */
        return octet <= 3;
    default:
        return octet == 0;
    }
}

enum pdu_likeness pdu_likeness(struct bytes bytes) {
    for (size_t i = 0; i < 8 && i < bytes.len; i++)
        if (!octet_fits(i, bytes.at[i]))
            return PDU_IMPOSSIBLE;
    return bytes.len < PDU_HEADER_SIZE ? PDU_POSSIBLE : PDU_LIKELY;
}

/* C706 12.6.3, MS-RPCE 2.2.2.1. */
struct pdu pdu_read(struct bytes bytes) {
    struct pdu pdu = {0};
    struct reader r = reader_over(bytes, ORDER_LITTLE);
    reader_skip(&r, 2); /* rpc_vers, rpc_vers_minor */
    pdu.type = reader_u8(&r);
    pdu.flags = reader_u8(&r);
    pdu.order = (reader_u8(&r) & 0xf0) != 0 ? ORDER_LITTLE : ORDER_BIG;
    reader_skip(&r, 3); /* floating point format, reserved */
    r.order = pdu.order;
    pdu.length = reader_u16(&r);
    pdu.auth_length = reader_u16(&r);
    pdu.call_id = reader_u32(&r);
    pdu.whole = bytes.len >= pdu.length;
    pdu.bytes = (struct bytes){bytes.at, pdu.whole ? pdu.length : bytes.len};
    return pdu;
}

bool pdu_lengths_agree(const struct pdu *pdu) {
    size_t verifier = pdu->auth_length == 0 ? 0 : (size_t)TRAILER_SIZE + pdu->auth_length;
    return pdu->length >= PDU_HEADER_SIZE + verifier;
}

/* sec_trailer, C706 13.2.6.1, MS-RPCE 2.2.2.11: it is found from the end. The padding in front of it is no part of
 * the body; how much there is differs between implementations, so it is taken as told. */
bool pdu_part(const struct pdu *pdu, struct bytes *body, struct auth_verifier *auth) {
    *auth = (struct auth_verifier){0};
    struct reader r = reader_over(pdu->bytes, pdu->order);
    reader_skip(&r, PDU_HEADER_SIZE);
    if (pdu->auth_length == 0) {
        *body = reader_take(&r, reader_left(&r));
        return !r.failed;
    }
    if (!pdu->whole || !pdu_lengths_agree(pdu))
        return false;
    *body = reader_take(&r, reader_left(&r) - TRAILER_SIZE - pdu->auth_length);
    auth->present = true;
    auth->type = reader_u8(&r);
    auth->level = reader_u8(&r);
    uint8_t padding = reader_u8(&r);
    reader_skip(&r, 5); /* auth_reserved, auth_context_id */
    auth->value = reader_take(&r, pdu->auth_length);
    if (padding > body->len)
        return false;
    body->len -= padding;
    return !r.failed;
}
