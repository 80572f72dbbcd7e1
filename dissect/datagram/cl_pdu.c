/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/datagram/cl_pdu.h"

enum {
    VERSION = 4,
    RESERVED_FLAGS2 = 0xf8, /* of the others one is the sender's own, one asks for a cancel, and one is Microsoft's */
    BIG_OR_LITTLE = 0x10,   /* drep[0]: integers little endian */
    EBCDIC = 0x01,
    LAST_FLOAT = 3,
};

/* What most datagrams of other protocols fail at, before anything is read. */
static bool can_begin(const uint8_t *at) {
    return at[0] == VERSION && at[1] < CL_TYPES && (at[3] & RESERVED_FLAGS2) == 0 &&
           (at[4] & ~(BIG_OR_LITTLE | EBCDIC)) == 0 && at[5] <= LAST_FLOAT && at[6] == 0;
}

enum cl_likeness cl_pdu_read(struct bytes datagram, uint32_t cut, struct cl_pdu *pdu) {
    if (datagram.len < CL_HEADER_SIZE || !can_begin(datagram.at))
        return CL_NO_PDU;
    enum byte_order order = (datagram.at[4] & BIG_OR_LITTLE) != 0 ? ORDER_LITTLE : ORDER_BIG;
    struct reader r = reader_over(datagram, order);
    reader_skip(&r, 1);
    pdu->type = reader_u8(&r);
    pdu->flags1 = reader_u8(&r);
    pdu->order = order;
    reader_skip(&r, 4); /* flags2, drep */
    uint8_t serial_high = reader_u8(&r);
    reader_skip(&r, 16); /* object */
    pdu->interface.uuid = reader_uuid(&r);
    pdu->activity = reader_uuid(&r);
    reader_skip(&r, 4); /* server_boot */
    uint32_t version = reader_u32(&r);
    pdu->interface.major = (uint16_t)version;
    pdu->interface.minor = (uint16_t)(version >> 16);
    pdu->sequence = reader_u32(&r);
    pdu->opnum = reader_u16(&r);
    reader_skip(&r, 4); /* ihint, ahint */
    size_t length = reader_u16(&r);
    pdu->fragment = reader_u16(&r);
    pdu->authenticated = reader_u8(&r) != 0;
    pdu->serial = (uint16_t)(serial_high << 8 | reader_u8(&r));
    size_t captured = reader_left(&r);
    pdu->whole = length <= captured;
    pdu->body = reader_take(&r, pdu->whole ? length : captured);
    if (uuid_is_nil(&pdu->interface.uuid) || uuid_is_nil(&pdu->activity))
        return CL_NO_PDU;
    return length <= captured + cut ? CL_POSSIBLE : CL_TOO_SHORT;
}

bool cl_pdu_is_last(const struct cl_pdu *pdu) {
    return (pdu->flags1 & CL_FRAG) == 0 || (pdu->flags1 & CL_LAST_FRAG) != 0;
}

bool cl_status_read(const struct cl_pdu *pdu, uint32_t *status) {
    struct reader r = reader_over(pdu->body, pdu->order);
    *status = reader_u32(&r);
    return !r.failed;
}
