/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_DATAGRAM_CL_PDU_H
#define DISSECT_DATAGRAM_CL_PDU_H

#include "wire/reader.h"

/* Connectionless PDUs (C706 12.5, MS-RPCE 2.2.3): one datagram each, a header of 80 octets and a body. */

enum cl_type {
    CL_REQUEST,
    CL_PING,
    CL_RESPONSE,
    CL_FAULT,
    CL_WORKING,
    CL_NOCALL,
    CL_REJECT,
    CL_ACK,
    CL_CANCEL,
    CL_FACK,
    CL_CANCEL_ACK,
    CL_TYPES
};

enum { CL_LAST_FRAG = 0x02, CL_FRAG = 0x04, CL_MAYBE = 0x10, CL_BROADCAST = 0x40 }; /* flags1 */
enum { CL_HEADER_SIZE = 80 };

struct cl_pdu {
    uint8_t type; /* enum cl_type */
    uint8_t flags1;
    enum byte_order order;
    uint16_t serial; /* another one for each time that it is sent */
    struct syntax_id interface;
    struct uuid activity;
    uint32_t sequence; /* of the call in its activity */
    uint16_t opnum;
    uint16_t fragment;  /* fragnum */
    bool authenticated; /* a verifier follows the body, which may be encrypted */
    struct bytes body;  /* as much of it as was captured */
    bool whole;         /* all of it was */
};

enum cl_likeness {
    CL_NO_PDU,
    CL_TOO_SHORT, /* a header, but its datagram has no room for the body that it announces */
    CL_POSSIBLE,  /* nothing speaks against it: that is no proof */
};

/* Reads the header and borrows the body. cut: octets of the datagram behind those given. *pdu is filled in unless there
 * is none. */
enum cl_likeness cl_pdu_read(struct bytes datagram, uint32_t cut, struct cl_pdu *pdu);
/* All fragments of one side of a call, or a PDU that is no fragment. */
bool cl_pdu_is_last(const struct cl_pdu *pdu);
/* A fault's or reject's status. False: the body is shorter. */
bool cl_status_read(const struct cl_pdu *pdu, uint32_t *status);

#endif
