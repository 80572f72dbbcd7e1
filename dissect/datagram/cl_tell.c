/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/datagram/cl_tell.h"

#include <stdlib.h>

enum {
    MAX_ATTEMPTS = 8, /* told one by one; the end tells how many there were */
    MAX_ERRORS = 8,
    MAX_FAULTS = 32,
};

static void begin_call(const struct cl_conversation *c, struct fact *fact, enum fact_kind kind, uint32_t call_id,
                       uint16_t opnum, const struct sighting *seen) {
    teller_begin(&c->teller, fact, kind, seen);
    fact->call.call_id = call_id;
    fact->call.interface = c->interface;
    fact->call.opnum = opnum;
}

void cl_tell_call(struct cl_conversation *c) {
    struct fact fact;
    if (c->call_told || c->first_call.frame == 0)
        return;
    c->call_told = true;
    begin_call(c, &fact, FACT_FIRST_CALL, 1, c->first_opnum, &c->first_call);
    fact.call.maybe = c->first_maybe;
    teller_tell(&c->teller, &fact);
}

static void tell_connect(const struct cl_conversation *c, enum fact_kind kind, const struct sighting *seen,
                         const struct datagram *by_server, const struct datagram *error) {
    struct fact fact;
    teller_begin(&c->teller, &fact, kind, seen);
    fact.connect.attempt = c->attempts;
    fact.connect.client_ttl = c->client_ttl;
    if (by_server != NULL) {
        fact.connect.server_mac = by_server->mac;
        fact.connect.server_ttl = by_server->ttl;
    }
    if (error != NULL) {
        fact.connect.icmp_type = error->icmp_type;
        fact.connect.icmp_code = error->icmp_code;
        fact.connect.reporter = error->reporter;
    }
    teller_tell(&c->teller, &fact);
}

void cl_tell_attempt(struct cl_conversation *c, const struct datagram *datagram) {
    if (!c->sure || c->attempts < 2 || c->attempts_told == MAX_ATTEMPTS)
        return;
    c->attempts_told++;
    tell_connect(c, FACT_CONNECT_ATTEMPTED, &datagram->seen, NULL, NULL);
}

void cl_tell_heard(struct cl_conversation *c, const struct datagram *datagram) {
    if (c->heard)
        return;
    c->heard = true;
    tell_connect(c, FACT_CONNECT_ESTABLISHED, &datagram->seen, datagram, NULL);
}

void cl_tell_answer(struct cl_conversation *c, const struct cl_pdu *pdu, uint32_t call_id,
                    const struct sighting *seen) {
    struct fact fact;
    if (c->answer_told)
        return;
    c->answer_told = true;
    begin_call(c, &fact, FACT_FIRST_ANSWER, call_id, pdu->opnum, seen);
    teller_tell(&c->teller, &fact);
}

static bool fault_is_new(struct cl_conversation *c, uint16_t opnum, uint32_t status) {
    for (uint8_t i = 0; i < c->fault_count; i++)
        if (c->told_faults[i].opnum == opnum && c->told_faults[i].status == status)
            return false;
    if (c->told_faults == NULL)
        c->told_faults = calloc(MAX_FAULTS, sizeof *c->told_faults);
    c->teller.tally->limits[LIMIT_FIRSTS] += c->fault_count == MAX_FAULTS;
    if (c->told_faults == NULL || c->fault_count == MAX_FAULTS)
        return false;
    c->told_faults[c->fault_count++] = (struct cl_told_fault){opnum, status};
    return true;
}

/* A reject says that the call was not executed (C706 12.5.3.8). */
void cl_tell_fault(struct cl_conversation *c, const struct cl_pdu *pdu, uint32_t call_id, uint32_t status,
                   const struct sighting *seen) {
    struct fact fact;
    if (!fault_is_new(c, pdu->opnum, status))
        return;
    begin_call(c, &fact, FACT_FAULT, call_id, pdu->opnum, seen);
    fact.call.status = status;
    fact.call.did_not_execute = pdu->type == CL_REJECT;
    teller_tell(&c->teller, &fact);
}

void cl_tell_unreachable(struct cl_conversation *c, const struct datagram *error) {
    if (c->unreachable_told == MAX_ERRORS)
        return;
    c->unreachable_told++;
    /* Only an error that the server itself sends shows where it is. */
    bool by_server = address_equal(&error->reporter, &c->teller.origin.server.address);
    tell_connect(c, FACT_CONNECT_UNREACHABLE, &error->seen, by_server ? error : NULL, error);
}

/* What was refused, or sent as "maybe" and to many, ends without a word. */
void cl_tell_end(struct cl_conversation *c, enum close_reason reason) {
    struct fact fact;
    if (!c->sure)
        return;
    if (!c->heard && !c->acknowledged) {
        if (c->attempts > 0 && c->unreachable_told == 0)
            tell_connect(c, FACT_CONNECT_UNANSWERED, &c->last_sent, NULL, NULL);
        return;
    }
    teller_begin(&c->teller, &fact, FACT_CLOSED, &c->last);
    fact.closing.reason = reason;
    fact.closing.bytes[FROM_CLIENT] = c->bytes[FROM_CLIENT];
    fact.closing.bytes[FROM_SERVER] = c->bytes[FROM_SERVER];
    fact.closing.calls = c->calls;
    fact.closing.answers = c->answers;
    fact.closing.faults = c->faults;
    fact.closing.unseen[FROM_SERVER] = !c->heard;
    teller_tell(&c->teller, &fact);
}
