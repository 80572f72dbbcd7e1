/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_SMB_PIPES_H
#define DISSECT_SMB_PIPES_H

#include "dissect/teller.h"
#include "wire/bytes.h"

/* One SMB connection, of any dialect and over either port: the RPC on its named pipes, a conversation each, which pipes
 * were opened or refused, and the names that the server gives itself. A file is a pipe if its share is IPC$, or if the
 * answer that opens it says so, or else if its bytes prove to be RPC. The data of all others pass by unread. */
struct pipes;

/* As those of conversation.h. The teller is that of the connection; the facts of pipes have TRANSPORT_PIPE. */
struct pipes *pipes_open(const struct teller *teller);
bool pipes_bytes(struct pipes *pipes, enum direction direction, struct bytes bytes, const struct sighting *seen);
bool pipes_gap(struct pipes *pipes, enum direction direction, struct hole hole, const struct sighting *seen);
/* Tells one end for all pipes; nothing if there is none (NULL). */
void pipes_close(struct pipes *pipes, const struct ending *ending);

/* There was RPC on a pipe. What had none can be closed without a word. */
bool pipes_have_rpc(const struct pipes *pipes);

#endif
