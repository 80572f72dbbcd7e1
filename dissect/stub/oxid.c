/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/stub/oxid.h"

#include "dissect/stub/dcom.h"

static const struct answer {
    const struct syntax_id *interface;
    uint16_t opnum;
    enum dcom_call call;
    enum bindings_source source;
} ANSWERS[] = {
    {&SYNTAX_OBJECT_EXPORTER, 5, DCOM_SERVER_ALIVE2, BINDINGS_SERVER_ALIVE},
    {&SYNTAX_OBJECT_EXPORTER, 4, DCOM_RESOLVE_OXID2, BINDINGS_OXID},
    {&SYNTAX_OBJECT_EXPORTER, 0, DCOM_RESOLVE_OXID, BINDINGS_OXID},
    {&SYNTAX_ACTIVATION, 0, DCOM_ACTIVATION, BINDINGS_ACTIVATION},
    {&SYNTAX_SCM_ACTIVATOR, 4, DCOM_PROPERTIES, BINDINGS_CREATE_INSTANCE},
    {&SYNTAX_SCM_ACTIVATOR, 3, DCOM_PROPERTIES, BINDINGS_CREATE_INSTANCE},
};

enum { ANSWERS_COUNT = sizeof ANSWERS / sizeof ANSWERS[0] };

static bool is_known(const struct call *call) { return call->requested && !uuid_is_nil(&call->interface.uuid); }

/* The versions of these interfaces are all 0.0, and nobody minds them. */
static bool may_be(const struct answer *answer, const struct syntax_id *interface, uint16_t opnum) {
    return (uuid_is_nil(&interface->uuid) || uuid_equal(&interface->uuid, &answer->interface->uuid)) &&
           (opnum == UINT16_MAX || opnum == answer->opnum);
}

bool oxid_tells(const struct syntax_id *interface, uint16_t opnum) {
    for (size_t i = 0; i < ANSWERS_COUNT; i++)
        if (may_be(&ANSWERS[i], interface, opnum))
            return true;
    return false;
}

bool oxid_is_spoken(const struct syntax_id *interface) {
    return !uuid_is_nil(&interface->uuid) && oxid_tells(interface, UINT16_MAX);
}

static void tell(struct teller *teller, const struct call *call, const struct map_stub *stub,
                 enum bindings_source source, struct dualstrings *strings) {
    struct fact fact;
    teller_begin(teller, &fact, FACT_BINDINGS_TOLD, &stub->seen);
    fact.bindings.source = source;
    fact.bindings.call_id = call->call_id;
    fact.bindings.offered = strings->count;
    while (fact.bindings.count < FACT_MAX_BINDINGS && fact.bindings.count < strings->count)
        fact.bindings.bindings[fact.bindings.count++] = dualstrings_next(strings);
    teller->tally->limits[LIMIT_TOWERS] += strings->count - fact.bindings.count;
    teller_tell(teller, &fact);
}

/* True: it is this answer. */
static bool read_answer(struct teller *teller, const struct call *call, const struct map_stub *stub,
                        const struct answer *answer, enum encoding encoding, bool strict) {
    struct dualstrings strings;
    struct reader r = reader_over(stub->bytes, stub->order);
    if (!dcom_answer_read(&r, encoding, answer->call, &strings))
        return false;
    if (strict && (strings.count == 0 || reader_left(&r) > 0))
        return false;
    if (strings.count > 0)
        tell(teller, call, stub, answer->source, &strings);
    return true;
}

void oxid_answer(struct teller *teller, const struct call *call, const struct map_stub *stub, struct map_trial trial) {
    bool strict = trial.strict || !is_known(call);
    for (size_t i = 0; i < ANSWERS_COUNT; i++)
        for (enum encoding e = trial.first; e <= trial.last; e++)
            if (may_be(&ANSWERS[i], &call->interface, call->opnum) &&
                read_answer(teller, call, stub, &ANSWERS[i], e, strict))
                return;
    if (!strict)
        teller_malformed(teller, MALFORMED_BINDINGS, FROM_SERVER, &stub->seen);
}
