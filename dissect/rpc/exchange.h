/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_RPC_EXCHANGE_H
#define DISSECT_RPC_EXCHANGE_H

#include "dissect/rpc/association.h"
#include "dissect/rpc/pdu.h"
#include "dissect/stub/resources.h"
#include "dissect/teller.h"

/* What the PDUs of one connection say, told as facts: PDUs in, in the order in which they were captured. Remembers the
 * association and which firsts it has told. */

enum {
    EXCHANGE_MAX_FAULTS = 32, /* kinds of fault told one by one; more are counted only */
    EXCHANGE_MAX_AUTHENTICATIONS = 8,
};

struct told_fault {
    uint16_t context, opnum;
    uint32_t status;
};

struct exchange {
    struct association association;
    uint64_t calls, answers, faults;
    uint8_t authentication_count;
    uint8_t fault_count;
    bool names_told[2];          /* by enum direction */
    struct resources *resources; /* owned; NULL until one is opened */
    struct teller teller;
    struct fact_authentication authentications[EXCHANGE_MAX_AUTHENTICATIONS];
    struct told_fault *told_faults; /* NULL until there is one, then room for all */
};

/* A copy of *teller is kept; what it points to is borrowed. */
void exchange_start(struct exchange *x, const struct teller *teller);
void exchange_stop(struct exchange *x);

/* A PDU by its sender's RPC role. A request from the server is a callback, which proves nothing about the server. */
void exchange_pdu(struct exchange *x, enum direction from, const struct pdu *pdu);
/* Whether more than the head of a request or response will be read. */
bool exchange_wants(const struct exchange *x, const struct pdu *pdu);

/* The parts of exchange_pdu, one file each. */
void exchange_bind_pdu(struct exchange *x, enum direction from, const struct pdu *pdu, struct bytes body);
void exchange_call_pdu(struct exchange *x, enum direction from, const struct pdu *pdu);
void exchange_authentication(struct exchange *x, enum direction from, const struct pdu *pdu,
                             const struct auth_verifier *auth);

/* The stub, or a fragment of it, of a call that may be looked into. level is the authentication level. */
void exchange_question(struct exchange *x, struct call *call, const struct pdu *pdu, uint8_t level, struct bytes stub);
void exchange_answer(struct exchange *x, struct call *call, const struct pdu *pdu, uint8_t level, struct bytes stub);
/* Whether the stub of such a PDU will be. opnum is that of a request. */
bool exchange_reads_stub(const struct exchange *x, uint16_t context_id, uint32_t call_id, uint8_t type, uint16_t opnum);

#endif
