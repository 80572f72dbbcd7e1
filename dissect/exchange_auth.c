/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/exchange.h"
#include "dissect/ntlm.h"

#include <string.h>

static bool is_known(const struct exchange *x, const struct auth_verifier *auth) {
    for (uint8_t i = 0; i < x->authentication_count; i++)
        if (x->authentications[i].type == auth->type && x->authentications[i].level == auth->level)
            return true;
    return x->authentication_count == EXCHANGE_MAX_AUTHENTICATIONS;
}

static void tell_names(struct exchange *x, const struct pdu *pdu, const struct ntlm_names *names) {
    for (enum name_source source = 0; source < NAME_SOURCES; source++) {
        if (names->names[source][0] == '\0')
            continue;
        struct fact fact;
        teller_begin(&x->teller, &fact, FACT_SERVER_NAME, &pdu->seen);
        fact.name.source = source;
        memcpy(fact.name.name, names->names[source], sizeof fact.name.name);
        teller_tell(&x->teller, &fact);
    }
}

/* One server has one set of names: later challenges on the connection repeat it. */
static void look_for_names(struct exchange *x, const struct pdu *pdu, struct bytes token) {
    struct bytes challenge;
    struct ntlm_names names;
    if (x->names_told || !ntlm_find(token, &challenge))
        return;
    x->names_told = true;
    if (ntlm_read(challenge, &names))
        tell_names(x, pdu, &names);
    else
        teller_malformed(&x->teller, MALFORMED_NTLM, FROM_SERVER, &pdu->seen);
}

void exchange_authentication(struct exchange *x, enum direction from, const struct pdu *pdu,
                             const struct auth_verifier *auth) {
    if (!auth->present)
        return;
    if (!is_known(x, auth)) {
        struct fact fact;
        teller_begin(&x->teller, &fact, FACT_AUTHENTICATION, &pdu->seen);
        fact.authentication = (struct fact_authentication){auth->type, auth->level};
        x->authentications[x->authentication_count++] = fact.authentication;
        teller_tell(&x->teller, &fact);
    }
    if (from == FROM_SERVER && (pdu->type == PDU_BIND_ACK || pdu->type == PDU_ALTER_CONTEXT_RESP))
        look_for_names(x, pdu, auth->value);
}
