/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/datagram/cl_map.h"

#include "dissect/stub/mapping.h"

static bool is_mapping(const struct cl_activity *a, const struct cl_pdu *pdu) {
    return syntax_compatible(&a->conversation->interface, &SYNTAX_EPM) &&
           (pdu->opnum == EPT_MAP || pdu->opnum == EPT_LOOKUP);
}

static struct cl_map_call *begin(struct cl_table *table, struct cl_activity *a, const struct cl_pdu *pdu,
                                 bool requested) {
    struct cl_map_call *m = cl_table_map_call(table, a);
    if (m == NULL)
        return NULL;
    if (!requested)
        a->call_id = ++a->conversation->numbers;
    m->sequence = pdu->sequence;
    m->call = (struct call){.call_id = a->call_id,
                            .opnum = pdu->opnum,
                            .requested = requested,
                            .interface = a->conversation->interface,
                            .encoding = NDR20}; /* there is no other without a bind */
    return m;
}

static bool has_call(const struct cl_activity *a, uint32_t sequence) {
    return a->map != NULL && a->map->sequence == sequence;
}

/* True: *stub is all of it. */
static bool join(struct cl_table *table, const struct cl_activity *a, struct cl_fragments *fragments,
                 const struct cl_pdu *pdu, struct bytes *stub) {
    if (!pdu->whole)
        return false;
    enum cl_join joined = cl_fragments_add(fragments, pdu, cl_table_fragment_bytes(table), stub);
    a->conversation->teller.tally->limits[LIMIT_FRAGMENTS] += joined == CL_FULL;
    return joined == CL_WHOLE;
}

/* No header says whether a stub with a verifier is encrypted: what can be read is not. */
static void read_question(struct cl_activity *a, const struct cl_pdu *pdu, struct bytes stub,
                          const struct sighting *seen) {
    struct teller *teller = &a->conversation->teller;
    struct call *call = &a->map->call;
    struct map_stub whole = {stub, pdu->order, *seen};
    a->map->question_read = true;
    if (!pdu->authenticated) {
        call->kind = call->opnum == EPT_MAP ? CALL_MAP : CALL_LOOKUP;
        teller->tally->maps += call->kind == CALL_MAP;
    }
    mapping_question(teller, call, &whole, (struct map_trial){NDR20, NDR20, pdu->authenticated});
    if (call->kind == CALL_OTHER)
        teller->tally->lost[LOSS_ENCRYPTED_CALLS]++;
}

void cl_map_question(struct cl_table *table, struct cl_activity *a, const struct cl_pdu *pdu, bool is_new,
                     const struct sighting *seen) {
    struct bytes stub;
    if (!is_mapping(a, pdu) || pdu->sequence != a->latest)
        return;
    if (is_new && begin(table, a, pdu, true) == NULL)
        return;
    if (has_call(a, pdu->sequence) && !a->map->question_read && join(table, a, &a->map->asked, pdu, &stub)) {
        read_question(a, pdu, stub, seen);
        cl_fragments_release(&a->map->asked, cl_table_fragment_bytes(table));
    }
}

void cl_map_answer(struct cl_table *table, struct cl_activity *a, const struct cl_pdu *pdu,
                   const struct sighting *seen) {
    struct bytes stub;
    if (!is_mapping(a, pdu) || pdu->sequence != a->latest)
        return;
    if (!has_call(a, pdu->sequence) && begin(table, a, pdu, false) == NULL)
        return;
    struct cl_map_call *m = a->map;
    m->call.requested = m->question_read; /* one of which a part is missing is as good as none */
    if (m->answer_read || (m->question_read && m->call.kind == CALL_OTHER) || !join(table, a, &m->answered, pdu, &stub))
        return;
    struct map_stub whole = {stub, pdu->order, *seen};
    m->answer_read = true;
    mapping_answer(&a->conversation->teller, &m->call, &whole);
    cl_fragments_release(&m->answered, cl_table_fragment_bytes(table));
}
