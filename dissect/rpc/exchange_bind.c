/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/rpc/bind.h"
#include "dissect/rpc/exchange.h"

#include <string.h>

enum { ACCEPTANCE = 0 };

static void tell_bind(const struct exchange *x, enum fact_kind kind, const struct pdu *pdu,
                      const struct fact_bind *bind) {
    struct fact fact;
    teller_begin(&x->teller, &fact, kind, &pdu->seen);
    fact.bind = *bind;
    teller_tell(&x->teller, &fact);
}

static void asked(struct exchange *x, const struct pdu *pdu, struct fact_bind *bind) {
    bind->alter = pdu->type == PDU_ALTER_CONTEXT;
    if (bind->offered > bind->count)
        x->teller.tally->limits[LIMIT_CONTEXTS]++;
    association_ask(&x->association, bind);
    tell_bind(x, FACT_BIND_ASKED, pdu, bind);
}

/* Results come in the order of the contexts offered and may be fewer. */
static void answered(struct exchange *x, const struct pdu *pdu, struct fact_bind *bind) {
    struct question question;
    bind->alter = pdu->type == PDU_ALTER_CONTEXT_RESP;
    bind->question_seen = association_answered(&x->association, pdu->call_id, &question);
    for (uint8_t i = 0; bind->question_seen && i < bind->count && i < question.count; i++) {
        bind->contexts[i].id = question.contexts[i].id;
        bind->contexts[i].interface = question.contexts[i].interface;
        if (bind->contexts[i].result == ACCEPTANCE)
            association_accept(&x->association, &bind->contexts[i]);
    }
    tell_bind(x, FACT_BIND_ANSWERED, pdu, bind);
}

static void refused(struct exchange *x, const struct pdu *pdu, struct fact_bind *bind) {
    struct question question;
    bind->question_seen = association_answered(&x->association, pdu->call_id, &question);
    if (bind->question_seen) {
        bind->count = question.count;
        bind->offered = question.offered;
        bind->alter = question.alter;
        memcpy(bind->contexts, question.contexts, sizeof bind->contexts);
    }
    tell_bind(x, FACT_BIND_REFUSED, pdu, bind);
}

static bool is_question(const struct pdu *pdu) { return pdu->type == PDU_BIND || pdu->type == PDU_ALTER_CONTEXT; }

void exchange_bind_pdu(struct exchange *x, enum direction from, const struct pdu *pdu, struct bytes body) {
    struct fact_bind bind;
    struct reader r = reader_over(body, pdu->order);
    if (pdu->type == PDU_AUTH3)
        return;
    bool sound = is_question(pdu)            ? bind_read(&r, &bind)
                 : pdu->type == PDU_BIND_NAK ? bind_nak_read(&r, &bind)
                                             : bind_ack_read(&r, &bind);
    if (!sound) {
        teller_malformed(&x->teller, is_question(pdu) ? MALFORMED_BIND : MALFORMED_BIND_ACK, from, &pdu->seen);
        return;
    }
    bind.call_id = pdu->call_id;
    if (is_question(pdu))
        asked(x, pdu, &bind);
    else if (pdu->type == PDU_BIND_NAK)
        refused(x, pdu, &bind);
    else
        answered(x, pdu, &bind);
}
