/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_PIPES_H
#define DISSECT_PIPES_H

#include "dissect/teller.h"
#include "wire/bytes.h"

/* One SMB connection: the RPC on its named pipes, a conversation each, and the names that the server gives itself.
 * What is a pipe and what a file is told by the bytes: only a file whose data begins as a PDU is followed, the data of
 * the others passes by unread. PDUs, calls and maps on pipes are not counted in the tally. */
struct pipes;

/* As those of conversation.h. The teller is that of the connection; the facts of pipes have TRANSPORT_PIPE. */
struct pipes *pipes_open(const struct teller *teller);
bool pipes_bytes(struct pipes *pipes, enum direction direction, struct bytes bytes, const struct sighting *seen);
bool pipes_gap(struct pipes *pipes, enum direction direction, uint64_t missing, const struct sighting *seen);
/* Tells one end for all pipes; nothing if there is none (NULL). */
void pipes_close(struct pipes *pipes, const struct ending *ending);

/* There was RPC on a pipe. What had none can be closed without a word. */
bool pipes_have_rpc(const struct pipes *pipes);

#endif
