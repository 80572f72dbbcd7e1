/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_DATAGRAM_CL_TELL_H
#define DISSECT_DATAGRAM_CL_TELL_H

#include "dissect/datagram/cl_table.h"
#include "wire/datagram.h"

/* What a conversation over UDP proves, told as facts: firsts, then counts. */

/* Its first call, as it is remembered, if that has not been told. */
void cl_tell_call(struct cl_conversation *conversation);
/* The client asks again, and nothing was heard yet. */
void cl_tell_attempt(struct cl_conversation *conversation, const struct datagram *datagram);
/* The server's first datagram. */
void cl_tell_heard(struct cl_conversation *conversation, const struct datagram *datagram);
/* call_id 0: the call is not known. */
void cl_tell_answer(struct cl_conversation *conversation, const struct cl_pdu *pdu, uint32_t call_id,
                    const struct sighting *seen);
/* fault or reject. */
void cl_tell_fault(struct cl_conversation *conversation, const struct cl_pdu *pdu, uint32_t call_id, uint32_t status,
                   const struct sighting *seen);
/* The ICMP error is about a call of it. */
void cl_tell_unreachable(struct cl_conversation *conversation, const struct datagram *error);
/* Its end; nothing of one that is not sure. */
void cl_tell_end(struct cl_conversation *conversation, enum close_reason reason);

#endif
