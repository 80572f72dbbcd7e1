/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/rpc/exchange.h"
#include "dissect/who/names.h"

static bool is_new(const struct exchange *x, const struct auth_verifier *auth) {
    for (uint8_t i = 0; i < x->authentication_count; i++)
        if (x->authentications[i].type == auth->type && x->authentications[i].level == auth->level)
            return false;
    bool room = x->authentication_count < EXCHANGE_MAX_AUTHENTICATIONS;
    x->teller.tally->limits[LIMIT_FIRSTS] += !room;
    return room;
}

void exchange_authentication(struct exchange *x, enum direction from, const struct pdu *pdu,
                             const struct auth_verifier *auth) {
    if (!auth->present)
        return;
    if (is_new(x, auth)) {
        struct fact fact;
        teller_begin(&x->teller, &fact, FACT_AUTHENTICATION, &pdu->seen);
        fact.authentication = (struct fact_authentication){auth->type, auth->level};
        x->authentications[x->authentication_count++] = fact.authentication;
        teller_tell(&x->teller, &fact);
    }
    bool negotiates = pdu->type == PDU_BIND || pdu->type == PDU_BIND_ACK || pdu->type == PDU_ALTER_CONTEXT ||
                      pdu->type == PDU_ALTER_CONTEXT_RESP;
    /* One server has one set of names: later tokens on the connection repeat it. */
    if (negotiates && !x->names_told[from])
        x->names_told[from] = names_tell(&x->teller, auth->value, from, &pdu->seen);
}
