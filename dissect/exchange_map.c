/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/exchange.h"
#include "dissect/text.h"
#include "dissect/tower.h"

bool exchange_is_mapper(const struct context *context) {
    return context != NULL && syntax_compatible(&context->interface, &SYNTAX_EPM);
}

bool exchange_may_be_mapper(const struct exchange *x, const struct context *context) {
    if (context == NULL || uuid_is_nil(&context->interface.uuid))
        return x->teller.origin.mapper;
    return exchange_is_mapper(context);
}

enum { LEVEL_PRIVACY = 6 };

/* How a stub is tried: in the encoding that the context was accepted with; where that is not known in each, and then
 * only what fits to the last byte is believed. */
struct trial {
    enum encoding first, last;
    bool strict;
};

static struct trial trial_on(const struct context *context) {
    if (!exchange_is_mapper(context))
        return (struct trial){NDR20, NDR64, true};
    enum encoding encoding = syntax_compatible(&context->transfer, &SYNTAX_NDR64) ? NDR64 : NDR20;
    return (struct trial){encoding, encoding, false};
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

static void tell_map_asked(const struct exchange *x, const struct call *call, const struct pdu *pdu) {
    struct fact fact;
    teller_begin(&x->teller, &fact, FACT_MAP_ASKED, &pdu->seen);
    fact.map.call_id = call->call_id;
    fact.map.interface = call->wanted;
    fact.map.transport = call->transport;
    fact.map.object = call->object;
    teller_tell(&x->teller, &fact);
}

/* Why a stub was not taken; MALFORMATIONS: it was. */
static enum malformation read_map_question(struct exchange *x, struct call *call, const struct pdu *pdu,
                                           struct bytes stub, enum encoding encoding, bool strict) {
    struct map_question question;
    struct fact_tower tower = {0};
    struct reader r = reader_over(stub, pdu->order);
    if (!map_question_read(&r, encoding, &question) || (strict && (reader_left(&r) > 0 || question.tower.len == 0)))
        return MALFORMED_MAP;
    if (question.tower.len > 0 && !tower_read(question.tower, &tower))
        return MALFORMED_TOWER;
    if (strict)
        x->teller.tally->maps++;
    call->kind = CALL_MAP;
    call->encoding = encoding;
    call->asked = true;
    call->wanted = tower.interface;
    call->transport = tower.transport;
    call->object = question.object;
    tell_map_asked(x, call, pdu);
    return MALFORMATIONS;
}

/* No fact of its own: what a lookup proves is in its answer. */
static enum malformation read_lookup_question(struct call *call, const struct pdu *pdu, struct bytes stub,
                                              enum encoding encoding, bool strict) {
    struct reader r = reader_over(stub, pdu->order);
    if (!lookup_question_read(&r, encoding) || (strict && reader_left(&r) > 0))
        return MALFORMED_MAP;
    call->kind = CALL_LOOKUP;
    call->encoding = encoding;
    return MALFORMATIONS;
}

static void read_question(struct exchange *x, struct call *call, const struct pdu *pdu, struct bytes stub,
                          struct trial trial) {
    enum malformation why = MALFORMED_MAP;
    for (enum encoding e = trial.first; e <= trial.last && why != MALFORMATIONS; e++)
        why = call->opnum == EPT_MAP ? read_map_question(x, call, pdu, stub, e, trial.strict)
                                     : read_lookup_question(call, pdu, stub, e, trial.strict);
    if (why != MALFORMATIONS && !trial.strict)
        teller_malformed(&x->teller, why, FROM_CLIENT, &pdu->seen);
}

void exchange_map_question(struct exchange *x, struct call *call, const struct pdu *pdu, uint8_t level,
                           struct bytes stub) {
    const struct context *context = association_context(&x->association, call->context);
    bool is_mapper = exchange_is_mapper(context);
    bool first = (pdu->flags & PFC_FIRST_FRAG) != 0;
    if ((call->opnum != EPT_MAP && call->opnum != EPT_LOOKUP) || !exchange_may_be_mapper(x, context))
        return;
    struct trial trial = trial_on(context);
    if (is_mapper && first) {
        call->kind = call->opnum == EPT_MAP ? CALL_MAP : CALL_LOOKUP;
        call->encoding = trial.first;
        x->teller.tally->maps += call->kind == CALL_MAP;
        x->teller.tally->lost[LOSS_ENCRYPTED_CALLS] += level == LEVEL_PRIVACY;
    }
    if (level == LEVEL_PRIVACY || !pdu->whole || !is_complete(x, call, pdu, JOINING_REQUEST, &stub))
        return;
    read_question(x, call, pdu, stub, trial);
    association_release(&x->association, call);
}

/* Empty towers are null ones. */
static void take_tower(struct exchange *x, struct fact *fact, struct bytes octets, const struct pdu *pdu) {
    struct fact_tower tower;
    if (octets.len == 0)
        return;
    if (!tower_read(octets, &tower))
        teller_malformed(&x->teller, MALFORMED_TOWER, FROM_SERVER, &pdu->seen);
    else if (fact->map.count < FACT_MAX_TOWERS)
        fact->map.towers[fact->map.count++] = tower;
    else
        x->teller.tally->limits[LIMIT_TOWERS]++;
}

static void tell_map_answer(struct exchange *x, const struct call *call, const struct pdu *pdu,
                            struct map_answer *answer) {
    struct fact fact;
    teller_begin(&x->teller, &fact, FACT_MAP_ANSWERED, &pdu->seen);
    fact.map.call_id = call->call_id;
    fact.map.status = answer->status;
    fact.map.offered = answer->count;
    fact.map.question_seen = call->requested;
    fact.map.transport = call->transport;
    fact.map.object = call->object;
    for (uint32_t i = 0; i < answer->count; i++)
        take_tower(x, &fact, map_answer_next(answer), pdu);
    fact.map.interface = call->asked ? call->wanted : fact.map.towers[0].interface;
    if (!call->asked)
        fact.map.transport = fact.map.towers[0].transport;
    teller_tell(&x->teller, &fact);
}

static void tell_lookup_answer(struct exchange *x, const struct pdu *pdu, struct lookup_answer *answer) {
    for (uint32_t i = 0; i < answer->count; i++) {
        struct fact fact;
        struct lookup_entry entry = lookup_answer_next(answer);
        teller_begin(&x->teller, &fact, FACT_LOOKUP_ENTRY, &pdu->seen);
        fact.lookup.object = entry.object;
        text_from_ascii(fact.lookup.annotation, entry.annotation);
        if (entry.tower.len > 0 && !tower_read(entry.tower, &fact.lookup.tower))
            teller_malformed(&x->teller, MALFORMED_TOWER, FROM_SERVER, &pdu->seen);
        else
            teller_tell(&x->teller, &fact);
    }
}

/* Without the question an answer without towers could be any call's. */
static bool fits_unseen_map(struct reader r, struct map_answer answer) {
    struct fact_tower tower;
    for (uint32_t i = 0; i < answer.count; i++)
        if (!tower_read(map_answer_next(&answer), &tower))
            return false;
    return answer.count > 0 && reader_left(&r) == 0;
}

static bool fits_unseen_lookup(struct reader r, struct lookup_answer answer) {
    struct fact_tower tower;
    for (uint32_t i = 0; i < answer.count; i++)
        if (!tower_read(lookup_answer_next(&answer).tower, &tower))
            return false;
    return answer.count > 0 && reader_left(&r) == 0;
}

static bool read_map_answer(struct exchange *x, const struct call *call, const struct pdu *pdu, struct bytes stub,
                            enum encoding encoding) {
    struct map_answer answer;
    struct reader r = reader_over(stub, pdu->order);
    if (!map_answer_read(&r, encoding, &answer) || (!call->requested && !fits_unseen_map(r, answer)))
        return false;
    tell_map_answer(x, call, pdu, &answer);
    return true;
}

static bool read_lookup_answer(struct exchange *x, const struct call *call, const struct pdu *pdu, struct bytes stub,
                               enum encoding encoding) {
    struct lookup_answer answer;
    struct reader r = reader_over(stub, pdu->order);
    if (!lookup_answer_read(&r, encoding, &answer) || (!call->requested && !fits_unseen_lookup(r, answer)))
        return false;
    tell_lookup_answer(x, pdu, &answer);
    return true;
}

static void read_unseen_answer(struct exchange *x, const struct call *call, const struct pdu *pdu, struct bytes stub) {
    for (enum encoding e = NDR20; e <= NDR64; e++)
        if (read_map_answer(x, call, pdu, stub, e) || read_lookup_answer(x, call, pdu, stub, e))
            return;
}

void exchange_map_answer(struct exchange *x, struct call *call, const struct pdu *pdu, uint8_t level,
                         struct bytes stub) {
    const struct context *context = association_context(&x->association, call->context);
    if (!pdu->whole || !exchange_may_be_mapper(x, context) || (call->requested && call->kind == CALL_OTHER))
        return;
    bool first = (pdu->flags & PFC_FIRST_FRAG) != 0;
    if (level == LEVEL_PRIVACY) {
        x->teller.tally->lost[LOSS_ENCRYPTED_CALLS] += exchange_is_mapper(context) && first && !call->requested;
        return;
    }
    if (!is_complete(x, call, pdu, JOINING_ANSWER, &stub))
        return;
    if (!call->requested)
        read_unseen_answer(x, call, pdu, stub);
    else if (call->kind == CALL_MAP ? !read_map_answer(x, call, pdu, stub, call->encoding)
                                    : !read_lookup_answer(x, call, pdu, stub, call->encoding))
        teller_malformed(&x->teller, MALFORMED_MAP, FROM_SERVER, &pdu->seen);
}
