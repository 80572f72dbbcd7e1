/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stubs that are looked into: calls to the endpoint mapper, to DCOM's resolver and activators, and to a cluster. */
#include "dissect/rpc/exchange.h"
#include "dissect/stub/cluster.h"
#include "dissect/stub/oxid.h"
#include "dissect/stub/resources.h"

/* What calls on a context are about, judged by the bind or, without it, by the endpoint. */
enum subject {
    SUBJECT_OTHER,
    SUBJECT_MAPPER,
    SUBJECT_DCOM,
    SUBJECT_CLUSTER,
    SUBJECT_MAPPER_OR_DCOM, /* they share an endpoint, and the bind is not in the capture */
};

static enum subject subject_on(const struct exchange *x, const struct context *context) {
    if (context == NULL || uuid_is_nil(&context->interface.uuid))
        return x->teller.origin.mapper ? SUBJECT_MAPPER_OR_DCOM : SUBJECT_OTHER;
    if (syntax_compatible(&context->interface, &SYNTAX_EPM))
        return SUBJECT_MAPPER;
    if (oxid_is_spoken(&context->interface))
        return SUBJECT_DCOM;
    return uuid_equal(&context->interface.uuid, &SYNTAX_CLUSAPI.uuid) ? SUBJECT_CLUSTER : SUBJECT_OTHER;
}

static bool is_mapping(uint16_t opnum) { return opnum == EPT_MAP || opnum == EPT_LOOKUP; }

static bool reads_question(enum subject subject, uint16_t opnum) {
    bool mapper = subject == SUBJECT_MAPPER || subject == SUBJECT_MAPPER_OR_DCOM;
    return mapper ? is_mapping(opnum) : subject == SUBJECT_CLUSTER && resources_reads(opnum);
}

/* NULL: the request is not in the capture. */
static bool reads_answer(enum subject subject, const struct context *context, const struct call *call) {
    static const struct syntax_id any = {{{0}}, 0, 0};
    if (subject == SUBJECT_OTHER || call == NULL || !call->requested)
        return subject != SUBJECT_OTHER;
    if (subject == SUBJECT_DCOM)
        return oxid_tells(&context->interface, call->opnum);
    return call->kind != CALL_OTHER || (subject == SUBJECT_MAPPER_OR_DCOM && oxid_tells(&any, call->opnum));
}

bool exchange_reads_stub(const struct exchange *x, uint16_t context_id, uint32_t call_id, uint8_t type,
                         uint16_t opnum) {
    const struct context *context = association_context(&x->association, context_id);
    enum subject subject = subject_on(x, context);
    if (subject == SUBJECT_OTHER)
        return false;
    return type == PDU_REQUEST ? reads_question(subject, opnum)
                               : reads_answer(subject, context, association_find_call(&x->association, call_id));
}

enum { LEVEL_PRIVACY = 6 };

/* The encoding is the one that the context was accepted with. */
static struct map_trial trial_on(enum subject subject, const struct context *context) {
    if (subject == SUBJECT_MAPPER_OR_DCOM)
        return (struct map_trial){NDR20, NDR64, true};
    enum encoding encoding = syntax_compatible(&context->transfer, &SYNTAX_NDR64) ? NDR64 : NDR20;
    return (struct map_trial){encoding, encoding, false};
}

/* Puts the fragments of one side of a call together. True: *stub is all of it, valid until the call ends. */
static bool is_complete(struct exchange *x, struct call *call, const struct pdu *pdu, enum joining side,
                        struct bytes *stub) {
    bool first = (pdu->flags & PFC_FIRST_FRAG) != 0;
    bool last = (pdu->flags & PFC_LAST_FRAG) != 0;
    if (first && call->joining == side)
        teller_malformed(&x->teller, MALFORMED_CALL, side == JOINING_REQUEST ? FROM_CLIENT : FROM_SERVER, &pdu->seen);
    if (first)
        association_release(&x->association, call);
    if (first && last)
        return true;
    if (!first && call->joining != side)
        return false;
    call->joining = side;
    if (!association_join(&x->association, call, *stub) || !last)
        return false;
    call->joining = JOINING_NOTHING;
    *stub = (struct bytes){call->fragments.at, call->fragments.len};
    return true;
}

static void count_question(struct exchange *x, enum subject subject, struct call *call, uint8_t level,
                           enum encoding encoding) {
    uint64_t *lost = x->teller.tally->lost;
    bool encrypted = level == LEVEL_PRIVACY;
    if (subject == SUBJECT_CLUSTER)
        lost[LOSS_ENCRYPTED_ANSWERS] += encrypted && call->opnum == CLUSTER_RESOURCE_CONTROL;
    if (subject != SUBJECT_MAPPER)
        return;
    call->kind = call->opnum == EPT_MAP ? CALL_MAP : CALL_LOOKUP;
    call->encoding = encoding;
    x->teller.tally->maps += call->kind == CALL_MAP;
    lost[LOSS_ENCRYPTED_CALLS] += encrypted;
}

void exchange_question(struct exchange *x, struct call *call, const struct pdu *pdu, uint8_t level, struct bytes stub) {
    const struct context *context = association_context(&x->association, call->context);
    enum subject subject = subject_on(x, context);
    if (!reads_question(subject, call->opnum))
        return;
    struct map_trial trial = trial_on(subject, context);
    if ((pdu->flags & PFC_FIRST_FRAG) != 0)
        count_question(x, subject, call, level, trial.first);
    if (level == LEVEL_PRIVACY || !pdu->whole || !is_complete(x, call, pdu, JOINING_REQUEST, &stub))
        return;
    struct map_stub whole = {stub, pdu->order, pdu->seen};
    if (subject == SUBJECT_CLUSTER)
        resources_question(&x->resources, &x->teller, call, &whole, trial.first);
    else
        mapping_question(&x->teller, call, &whole, trial);
    association_release(&x->association, call);
}

static void count_encrypted_answer(struct exchange *x, enum subject subject, const struct call *call) {
    if (subject == SUBJECT_DCOM)
        x->teller.tally->lost[LOSS_ENCRYPTED_ANSWERS]++;
    else if (subject == SUBJECT_MAPPER && !call->requested)
        x->teller.tally->lost[LOSS_ENCRYPTED_CALLS]++;
}

void exchange_answer(struct exchange *x, struct call *call, const struct pdu *pdu, uint8_t level, struct bytes stub) {
    const struct context *context = association_context(&x->association, call->context);
    enum subject subject = subject_on(x, context);
    if (!pdu->whole || !reads_answer(subject, context, call))
        return;
    if (level == LEVEL_PRIVACY) {
        if ((pdu->flags & PFC_FIRST_FRAG) != 0)
            count_encrypted_answer(x, subject, call);
        return;
    }
    if (!is_complete(x, call, pdu, JOINING_ANSWER, &stub))
        return;
    struct map_trial trial = trial_on(subject, context);
    struct map_stub whole = {stub, pdu->order, pdu->seen};
    if (subject == SUBJECT_CLUSTER)
        resources_answer(x->resources, &x->teller, call, &whole, trial.first);
    if (subject == SUBJECT_MAPPER ||
        (subject == SUBJECT_MAPPER_OR_DCOM && (!call->requested || call->kind != CALL_OTHER)))
        mapping_answer(&x->teller, call, &whole);
    if (subject == SUBJECT_DCOM || (subject == SUBJECT_MAPPER_OR_DCOM && call->kind == CALL_OTHER))
        oxid_answer(&x->teller, call, &whole, trial);
}
