/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_RECOGNISE_H
#define DISSECT_RECOGNISE_H

#include "wire/bytes.h"

#include <stdbool.h>

/* Finds PDUs by their bytes. A header alone is weak evidence. A bind or bind_ack that reads well at the start of a
 * segment proves itself; for any other PDU more is asked for. */
enum proof {
    PROOF_NEXT, /* another header must follow on it */
    PROOF_END,  /* on a stream that is known to be RPC, or likely: it may also end with the bytes at hand */
};

enum recognition { RECOGNISED_NOTHING, RECOGNISED_LATER, RECOGNISED_PDU };

/* Whether a stream that begins so can be RPC: a PDU, or the banner of an ncacn_http server and then a PDU. */
bool recognise_beginning(struct bytes bytes);
/* A PDU at the beginning of a stream. *at: how many bytes precede it. */
enum recognition recognise_first(struct bytes bytes, enum proof proof, size_t *at);
/* The first PDU anywhere; aligned: the bytes begin where a segment does. *at: where it is or might be (LATER: bytes
 * from there on are needed again); the end of the bytes if there is none. */
enum recognition recognise_any(struct bytes bytes, enum proof proof, bool aligned, size_t *at);
/* The start of an SMB message. It may carry RPC, but is not RPC itself. */
bool recognise_smb(struct bytes bytes);

#endif
