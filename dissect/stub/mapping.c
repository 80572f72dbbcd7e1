/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/stub/mapping.h"

#include "dissect/stub/tower.h"
#include "dissect/text.h"

static void tell_map_asked(const struct teller *t, const struct call *call, const struct map_stub *stub) {
    struct fact fact;
    teller_begin(t, &fact, FACT_MAP_ASKED, &stub->seen);
    fact.map.call_id = call->call_id;
    fact.map.interface = call->wanted;
    fact.map.transport = call->transport;
    fact.map.object = call->object;
    teller_tell(t, &fact);
}

/* Why a stub was not taken; MALFORMATIONS: it was. */
static enum malformation read_map_question(struct teller *t, struct call *call, const struct map_stub *stub,
                                           enum encoding encoding, bool strict) {
    struct map_question question;
    struct fact_tower tower = {0};
    struct reader r = reader_over(stub->bytes, stub->order);
    if (!map_question_read(&r, encoding, &question) || (strict && (reader_left(&r) > 0 || question.tower.len == 0)))
        return MALFORMED_MAP;
    if (question.tower.len > 0 && !tower_read(question.tower, &tower))
        return MALFORMED_TOWER;
    if (strict)
        t->tally->maps++;
    call->kind = CALL_MAP;
    call->encoding = encoding;
    call->asked = true;
    call->wanted = tower.interface;
    call->transport = tower.transport;
    call->object = question.object;
    tell_map_asked(t, call, stub);
    return MALFORMATIONS;
}

/* No fact of its own: what a lookup proves is in its answer. */
static enum malformation read_lookup_question(struct call *call, const struct map_stub *stub, enum encoding encoding,
                                              bool strict) {
    struct reader r = reader_over(stub->bytes, stub->order);
    if (!lookup_question_read(&r, encoding) || (strict && reader_left(&r) > 0))
        return MALFORMED_MAP;
    call->kind = CALL_LOOKUP;
    call->encoding = encoding;
    return MALFORMATIONS;
}

void mapping_question(struct teller *t, struct call *call, const struct map_stub *stub, struct map_trial trial) {
    enum malformation why = MALFORMED_MAP;
    for (enum encoding e = trial.first; e <= trial.last && why != MALFORMATIONS; e++)
        why = call->opnum == EPT_MAP ? read_map_question(t, call, stub, e, trial.strict)
                                     : read_lookup_question(call, stub, e, trial.strict);
    if (why != MALFORMATIONS && !trial.strict)
        teller_malformed(t, why, FROM_CLIENT, &stub->seen);
}

/* Empty towers are null ones. */
static void take_tower(struct teller *t, struct fact *fact, struct bytes octets, const struct map_stub *stub) {
    struct fact_tower tower;
    if (octets.len == 0)
        return;
    if (!tower_read(octets, &tower))
        teller_malformed(t, MALFORMED_TOWER, FROM_SERVER, &stub->seen);
    else if (fact->map.count < FACT_MAX_TOWERS)
        fact->map.towers[fact->map.count++] = tower;
    else
        t->tally->limits[LIMIT_TOWERS]++;
}

static void tell_map_answer(struct teller *t, const struct call *call, const struct map_stub *stub,
                            struct map_answer *answer) {
    struct fact fact;
    teller_begin(t, &fact, FACT_MAP_ANSWERED, &stub->seen);
    fact.map.call_id = call->call_id;
    fact.map.status = answer->status;
    fact.map.offered = answer->count;
    fact.map.question_seen = call->requested;
    fact.map.transport = call->transport;
    fact.map.object = call->object;
    for (uint32_t i = 0; i < answer->count; i++)
        take_tower(t, &fact, map_answer_next(answer), stub);
    fact.map.interface = call->asked ? call->wanted : fact.map.towers[0].interface;
    if (!call->asked)
        fact.map.transport = fact.map.towers[0].transport;
    teller_tell(t, &fact);
}

static void tell_lookup_answer(struct teller *t, const struct map_stub *stub, struct lookup_answer *answer) {
    for (uint32_t i = 0; i < answer->count; i++) {
        struct fact fact;
        struct lookup_entry entry = lookup_answer_next(answer);
        teller_begin(t, &fact, FACT_LOOKUP_ENTRY, &stub->seen);
        fact.lookup.object = entry.object;
        text_from_ascii(fact.lookup.annotation, entry.annotation);
        if (entry.tower.len > 0 && !tower_read(entry.tower, &fact.lookup.tower))
            teller_malformed(t, MALFORMED_TOWER, FROM_SERVER, &stub->seen);
        else
            teller_tell(t, &fact);
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

static bool read_map_answer(struct teller *t, const struct call *call, const struct map_stub *stub,
                            enum encoding encoding) {
    struct map_answer answer;
    struct reader r = reader_over(stub->bytes, stub->order);
    if (!map_answer_read(&r, encoding, &answer) || (!call->requested && !fits_unseen_map(r, answer)))
        return false;
    tell_map_answer(t, call, stub, &answer);
    return true;
}

static bool read_lookup_answer(struct teller *t, const struct call *call, const struct map_stub *stub,
                               enum encoding encoding) {
    struct lookup_answer answer;
    struct reader r = reader_over(stub->bytes, stub->order);
    if (!lookup_answer_read(&r, encoding, &answer) || (!call->requested && !fits_unseen_lookup(r, answer)))
        return false;
    tell_lookup_answer(t, stub, &answer);
    return true;
}

void mapping_answer(struct teller *t, const struct call *call, const struct map_stub *stub) {
    if (call->requested) {
        bool sound = call->kind == CALL_MAP ? read_map_answer(t, call, stub, call->encoding)
                                            : read_lookup_answer(t, call, stub, call->encoding);
        if (!sound)
            teller_malformed(t, MALFORMED_MAP, FROM_SERVER, &stub->seen);
        return;
    }
    for (enum encoding e = NDR20; e <= NDR64; e++)
        if (read_map_answer(t, call, stub, e) || read_lookup_answer(t, call, stub, e))
            return;
}
