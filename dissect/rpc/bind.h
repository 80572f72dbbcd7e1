/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_RPC_BIND_H
#define DISSECT_RPC_BIND_H

#include "dissect/fact.h"
#include "wire/reader.h"

/* The bodies (what follows the header) of the PDUs that negotiate contexts. Each sets the fields of *bind that the PDU
 * itself tells and clears the others. False: malformed. */

/* bind, alter_context: assoc_group, offered, contexts with id, interface and transfer. */
bool bind_read(struct reader *r, struct fact_bind *bind);
/* bind_ack, alter_context_resp: assoc_group, secondary, offered, contexts with result, reason and transfer. */
bool bind_ack_read(struct reader *r, struct fact_bind *bind);
/* bind_nak: nak_reason. */
bool bind_nak_read(struct reader *r, struct fact_bind *bind);

#endif
