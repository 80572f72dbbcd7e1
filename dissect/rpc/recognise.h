/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_RPC_RECOGNISE_H
#define DISSECT_RPC_RECOGNISE_H

#include "wire/bytes.h"

#include <stdbool.h>

/* Finds PDUs by their bytes. A header alone is weak evidence. A bind or bind_ack that reads well at the start of a
 * segment proves itself; for any other PDU more is asked for. */
enum proof {
    PROOF_NEXT, /* another header must follow on it */
    PROOF_END,  /* on a stream that is known to be RPC, or likely: it may also end with the bytes at hand */
};

enum recognition { RECOGNISED_NOTHING, RECOGNISED_LATER, RECOGNISED_PDU, RECOGNISED_TUNNEL };

/* What an ncacn_http server says before its first PDU, "ncacn_http/1.0" (MS-RPCH 2.1.1). */
enum { BANNER_SIZE = 14 };
/* How many of its first bytes these are, if all of them are, else 0; `before`: so many came before. */
size_t recognise_banner(struct bytes bytes, size_t before);

/* Whether a stream that begins so can be RPC: a PDU, the banner and then a PDU, or a request to an RPC proxy. */
bool recognise_beginning(struct bytes bytes);
/* A PDU at the beginning of a stream. *at: how many bytes precede it. TUNNEL: a request to an RPC proxy over HTTP, in
 * which RPC is not looked for. */
enum recognition recognise_first(struct bytes bytes, enum proof proof, size_t *at);
/* The first PDU anywhere; aligned: the bytes begin where a segment does. *at: where it is or might be (LATER: bytes
 * from there on are needed again); the end of the bytes if there is none. */
enum recognition recognise_any(struct bytes bytes, enum proof proof, bool aligned, size_t *at);
/* The start of an SMB message. It may carry RPC, but is not RPC itself. */
bool recognise_smb(struct bytes bytes);

#endif
