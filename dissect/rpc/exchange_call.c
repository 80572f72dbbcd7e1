/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/rpc/call.h"
#include "dissect/rpc/exchange.h"

#include <stdlib.h>

static struct reader after_header(const struct pdu *pdu) {
    struct reader r = reader_over(pdu->bytes, pdu->order);
    reader_skip(&r, PDU_HEADER_SIZE);
    return r;
}

/* The context stands at the same place in request and response, the opnum only in a request. A verifier is worth
 * reading while none has been: every fragment repeats it. */
bool exchange_wants(const struct exchange *x, const struct pdu *pdu) {
    struct request head;
    struct reader r = after_header(pdu);
    if (!request_read(&r, &head))
        return false;
    if (pdu->auth_length != 0 && x->authentication_count == 0)
        return true;
    return exchange_reads_stub(x, head.context, pdu->call_id, pdu->type, head.opnum);
}

/* The body, without the verifier where that is read. */
static bool body_read(struct exchange *x, enum direction from, const struct pdu *pdu, struct reader *body,
                      uint8_t *level) {
    *level = 0;
    *body = after_header(pdu);
    if (!pdu->whole || (pdu->type != PDU_FAULT && !exchange_wants(x, pdu)))
        return pdu->bytes.len >= PDU_HEAD_SIZE || pdu->whole;
    struct bytes bytes;
    struct auth_verifier auth;
    if (!pdu_part(pdu, &bytes, &auth)) {
        teller_malformed(&x->teller, MALFORMED_LENGTH, from, &pdu->seen);
        return false;
    }
    *body = reader_over(bytes, pdu->order);
    *level = auth.level;
    exchange_authentication(x, from, pdu, &auth);
    return true;
}

static void tell_call(const struct exchange *x, enum fact_kind kind, const struct pdu *pdu, const struct call *call,
                      uint32_t status) {
    struct fact fact;
    teller_begin(&x->teller, &fact, kind, &pdu->seen);
    fact.call.call_id = pdu->call_id;
    fact.call.context = call->context;
    fact.call.interface = call->interface;
    fact.call.opnum = call->opnum;
    fact.call.status = status;
    fact.call.did_not_execute = kind == FACT_FAULT && (pdu->flags & PFC_DID_NOT_EXECUTE) != 0;
    teller_tell(&x->teller, &fact);
}

static struct call *begin_call(struct exchange *x, const struct pdu *pdu, const struct request *request) {
    struct context *context = association_context_or_new(&x->association, request->context);
    struct call *call = association_call(&x->association, pdu->call_id);
    x->calls++;
    if (call == NULL)
        return NULL;
    call->requested = true;
    call->context = request->context;
    call->opnum = request->opnum;
    if (context == NULL)
        return call;
    call->interface = context->interface;
    if (!context->called)
        tell_call(x, FACT_FIRST_CALL, pdu, call, 0);
    context->called = true;
    return call;
}

static void request(struct exchange *x, const struct pdu *pdu, struct reader *body, uint8_t level) {
    struct request request;
    if (!request_read(body, &request)) {
        teller_malformed(&x->teller, MALFORMED_CALL, FROM_CLIENT, &pdu->seen);
        return;
    }
    bool first = (pdu->flags & PFC_FIRST_FRAG) != 0;
    struct call *call = first ? begin_call(x, pdu, &request) : association_find_call(&x->association, pdu->call_id);
    if (call == NULL || !call->requested)
        return;
    struct bytes stub;
    if (!stub_read(body, pdu->flags, &stub) && pdu->whole) {
        teller_malformed(&x->teller, MALFORMED_CALL, FROM_CLIENT, &pdu->seen);
        return;
    }
    exchange_question(x, call, pdu, level, stub);
}

static void tell_first_answer(struct exchange *x, const struct pdu *pdu, const struct call *call) {
    struct context *context = association_context_or_new(&x->association, call->context);
    if (context == NULL || context->answered)
        return;
    context->answered = true;
    tell_call(x, FACT_FIRST_ANSWER, pdu, call, 0);
}

/* The call of an answer. Where the request is not in the capture one that is looked into is entered now, for its
 * fragments to come; any other is told from *unseen and forgotten. What its context means does not change from here. */
static struct call *answered_call(struct exchange *x, const struct pdu *pdu, uint16_t id, struct call *unseen) {
    struct call *call = association_find_call(&x->association, pdu->call_id);
    if (call != NULL)
        return call;
    const struct context *context = association_context_or_new(&x->association, id);
    if ((pdu->flags & PFC_FIRST_FRAG) != 0 && exchange_reads_stub(x, id, pdu->call_id, pdu->type, UINT16_MAX))
        call = association_call(&x->association, pdu->call_id);
    if (call == NULL)
        call = unseen;
    *call = (struct call){.call_id = pdu->call_id, .context = id, .opnum = UINT16_MAX};
    if (context != NULL)
        call->interface = context->interface;
    return call;
}

static void end_call(struct exchange *x, struct call *call, const struct call *unseen) {
    if (call != unseen)
        association_end_call(&x->association, call);
}

static void response(struct exchange *x, const struct pdu *pdu, struct reader *body, uint8_t level) {
    uint16_t id;
    struct bytes stub;
    if (!response_read(body, &id) || !stub_read(body, 0, &stub)) {
        teller_malformed(&x->teller, MALFORMED_CALL, FROM_SERVER, &pdu->seen);
        return;
    }
    if ((pdu->flags & PFC_FIRST_FRAG) != 0)
        x->answers++;
    struct call unseen;
    struct call *call = answered_call(x, pdu, id, &unseen);
    tell_first_answer(x, pdu, call);
    exchange_answer(x, call, pdu, level, stub);
    if ((pdu->flags & PFC_LAST_FRAG) != 0)
        end_call(x, call, &unseen);
}

static bool fault_is_new(struct exchange *x, const struct call *call, uint32_t status) {
    for (uint8_t i = 0; i < x->fault_count; i++) {
        const struct told_fault *told = &x->told_faults[i];
        if (told->context == call->context && told->opnum == call->opnum && told->status == status)
            return false;
    }
    if (x->told_faults == NULL)
        x->told_faults = calloc(EXCHANGE_MAX_FAULTS, sizeof *x->told_faults);
    x->teller.tally->limits[LIMIT_FIRSTS] += x->fault_count == EXCHANGE_MAX_FAULTS;
    if (x->told_faults == NULL || x->fault_count == EXCHANGE_MAX_FAULTS)
        return false;
    x->told_faults[x->fault_count++] = (struct told_fault){call->context, call->opnum, status};
    return true;
}

static void fault(struct exchange *x, const struct pdu *pdu, struct reader *body) {
    struct fault fault;
    if (!fault_read(body, &fault)) {
        if (pdu->whole)
            teller_malformed(&x->teller, MALFORMED_CALL, FROM_SERVER, &pdu->seen);
        return;
    }
    x->faults++;
    struct call unseen;
    struct call *call = answered_call(x, pdu, fault.context, &unseen);
    if (fault_is_new(x, call, fault.status))
        tell_call(x, FACT_FAULT, pdu, call, fault.status);
    end_call(x, call, &unseen);
}

void exchange_call_pdu(struct exchange *x, enum direction from, const struct pdu *pdu) {
    bool callback = (pdu->type == PDU_REQUEST) == (from == FROM_SERVER);
    if (pdu->type == PDU_REQUEST && (pdu->flags & PFC_FIRST_FRAG) != 0)
        x->teller.tally->calls++;
    struct reader body;
    uint8_t level;
    if (callback || !body_read(x, from, pdu, &body, &level))
        return;
    if (pdu->type == PDU_REQUEST)
        request(x, pdu, &body, level);
    else if (pdu->type == PDU_RESPONSE)
        response(x, pdu, &body, level);
    else
        fault(x, pdu, &body);
}
