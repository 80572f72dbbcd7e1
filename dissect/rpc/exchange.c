/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/rpc/exchange.h"

#include <stdlib.h>

void exchange_start(struct exchange *x, const struct teller *teller) {
    *x = (struct exchange){.teller = *teller};
    association_start(&x->association, teller->tally);
}

void exchange_stop(struct exchange *x) {
    association_stop(&x->association);
    free(x->told_faults);
    x->told_faults = NULL;
    resources_close(x->resources);
    x->resources = NULL;
}

static void parted_pdu(struct exchange *x, enum direction from, const struct pdu *pdu) {
    struct bytes body;
    struct auth_verifier auth;
    if (!pdu->whole)
        return;
    if (!pdu_part(pdu, &body, &auth)) {
        teller_malformed(&x->teller, MALFORMED_LENGTH, from, &pdu->seen);
        return;
    }
    exchange_bind_pdu(x, from, pdu, body);
    exchange_authentication(x, from, pdu, &auth);
}

void exchange_pdu(struct exchange *x, enum direction from, const struct pdu *pdu) {
    if (!pdu_lengths_agree(pdu)) {
        teller_malformed(&x->teller, MALFORMED_LENGTH, from, &pdu->seen);
        return;
    }
    switch (pdu->type) {
    case PDU_REQUEST:
    case PDU_RESPONSE:
    case PDU_FAULT:
        exchange_call_pdu(x, from, pdu);
        break;
    case PDU_BIND:
    case PDU_BIND_ACK:
    case PDU_BIND_NAK:
    case PDU_ALTER_CONTEXT:
    case PDU_ALTER_CONTEXT_RESP:
    case PDU_AUTH3:
        parted_pdu(x, from, pdu);
        break;
    default: /* shutdown, co_cancel, orphaned and rts prove nothing */
        break;
    }
}
