/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_RPC_PDU_H
#define DISSECT_RPC_PDU_H

#include "wire/reader.h"
#include "wire/sighting.h"

/* What all connection-oriented PDUs share: the header in front and the authentication verifier at the end. */

enum pdu_type {
    PDU_REQUEST = 0,
    PDU_RESPONSE = 2,
    PDU_FAULT = 3,
    PDU_BIND = 11,
    PDU_BIND_ACK = 12,
    PDU_BIND_NAK = 13,
    PDU_ALTER_CONTEXT = 14,
    PDU_ALTER_CONTEXT_RESP = 15,
    PDU_AUTH3 = 16,
    PDU_SHUTDOWN = 17,
    PDU_CO_CANCEL = 18,
    PDU_ORPHANED = 19,
    PDU_RTS = 20
};

enum {
    PFC_FIRST_FRAG = 0x01,
    PFC_LAST_FRAG = 0x02,
    PFC_DID_NOT_EXECUTE = 0x20,
    PFC_OBJECT_UUID = 0x80,
};

enum {
    PDU_HEADER_SIZE = 16,
    PDU_HEAD_SIZE = 24,        /* the header and the fixed part of a request or response */
    PDU_MAX_SIZE = UINT16_MAX, /* by the width of frag_length */
};

struct pdu {
    uint8_t type; /* enum pdu_type */
    uint8_t flags;
    enum byte_order order;
    uint16_t length;      /* frag_length */
    uint16_t auth_length; /* of the auth value, without its trailer */
    uint32_t call_id;
    struct bytes bytes;   /* from the header on; all of the PDU, or only its head if !whole */
    bool whole;           /* false: what follows the head was not kept */
    struct sighting seen; /* the segment that completed it */
};

/* Whether bytes can be the beginning of a PDU on a stream. */
enum pdu_likeness {
    PDU_IMPOSSIBLE,
    PDU_POSSIBLE, /* fewer bytes than a header, none of them against it */
    PDU_LIKELY,   /* a header, but for its lengths */
};

enum pdu_likeness pdu_likeness(struct bytes bytes);
/* Reads the header of at least PDU_HEADER_SIZE bytes. */
struct pdu pdu_read(struct bytes bytes);
/* frag_length has room for the header and for the verifier that auth_length announces. */
bool pdu_lengths_agree(const struct pdu *pdu);

struct auth_verifier {
    bool present;
    uint8_t type;
    uint8_t level;
    struct bytes value;
};

/* Parts a whole PDU into what lies between header and verifier, padding stripped, and the verifier. False: it does not
 * fit. */
bool pdu_part(const struct pdu *pdu, struct bytes *body, struct auth_verifier *auth);

#endif
