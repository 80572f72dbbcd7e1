/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/datagram/connectionless.h"

#include "dissect/datagram/cl_map.h"
#include "dissect/datagram/cl_tell.h"
#include "dissect/hints.h"

#include <stdlib.h>

/* The interface by which servers ask clients whether they are who called, 333a2276-0000-0000-0d00-00809c000000 (C706
 * appendix P). Each of its calls begins with the activity that it is about. */
static const struct uuid CONVERSATION_CALLBACK = {{0x33, 0x3a, 0x22, 0x76, 0, 0, 0, 0, 0x0d, 0, 0, 0x80, 0x9c}};

static const int64_t COPY_WITHIN = 50000000; /* ns: the same datagram twice is a mirror port's */

struct connectionless {
    struct tally *tally;
    struct hints hints; /* UDP endpoints */
    struct cl_table *table;
};

static void ended(void *context, struct cl_conversation *conversation, enum close_reason reason) {
    (void)context;
    cl_tell_end(conversation, reason);
}

struct connectionless *connectionless_open(fact_handler handler, void *context, struct tally *tally) {
    const struct teller teller = {
        .handler = handler, .context = context, .tally = tally, .origin = {.transport = TRANSPORT_UDP}};
    struct connectionless *c = calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    c->tally = tally;
    c->hints = (struct hints){.transport = TRANSPORT_UDP, .tally = tally};
    c->table = cl_table_open(&teller, ended, NULL);
    if (c->table != NULL)
        return c;
    free(c);
    return NULL;
}

void connectionless_close(struct connectionless *c) {
    cl_table_close(c->table);
    free(c);
}

void connectionless_learn(struct connectionless *c, const struct fact *fact) { hints_learn(&c->hints, fact); }

/* --- what is RPC -------------------------------------------------------------------------------------------------- */

/* A sound header is no proof. These are: that it goes to or comes from an endpoint which is known to be a mapper's or
 * which a mapper named; that it is about the mapper's interface; and that another PDU belongs to the same activity. */
static bool is_known(const struct connectionless *c, const struct endpoint *server, const struct cl_pdu *pdu) {
    return server->port == MAPPER_PORT || syntax_compatible(&pdu->interface, &SYNTAX_EPM) ||
           (server->port != HTTP_MAPPER_PORT && hints_know(&c->hints, server));
}

static void make_sure(struct connectionless *c, struct cl_conversation *conversation) {
    if (conversation->sure)
        return;
    cl_table_sure(c->table, conversation);
    for (unsigned type = 0; type < CL_TYPES; type++)
        c->tally->pdus[type] += conversation->unsure_pdus[type];
    c->tally->calls += conversation->calls;
    cl_tell_call(conversation);
}

static void count(struct connectionless *c, struct cl_conversation *conversation, const struct cl_pdu *pdu) {
    if (conversation->sure)
        c->tally->pdus[pdu->type]++;
    else
        conversation->unsure_pdus[pdu->type]++;
}

/* What belongs to no call that is known tells nothing more than that it was there. */
static void pass_by(struct connectionless *c, const struct endpoint *server, const struct cl_pdu *pdu) {
    if (is_known(c, server, pdu))
        c->tally->pdus[pdu->type]++;
}

static void take_in(struct connectionless *c, struct cl_conversation *conversation, struct cl_activity *activity,
                    const struct datagram *datagram, enum direction direction) {
    const struct endpoint *server = direction == FROM_CLIENT ? &datagram->destination : &datagram->source;
    conversation->last = datagram->seen;
    conversation->waits = direction == FROM_CLIENT;
    conversation->bytes[direction] += datagram->bytes.len + datagram->cut;
    conversation->teller.origin.server = *server;
    if (direction == FROM_CLIENT)
        conversation->client_ttl = datagram->ttl;
    cl_table_used(c->table, conversation, activity);
}

/* --- the client's side -------------------------------------------------------------------------------------------- */

/* It asks for the call, once more or for the first time: no copy, and no further part of it. */
static bool is_try(const struct cl_activity *a, const struct cl_pdu *pdu, int64_t time) {
    bool same = a->sent_type == pdu->type && a->serial == pdu->serial && a->fragment == pdu->fragment;
    if (a->sent == 0)
        return true;
    if (same && time - a->sent_time < COPY_WITHIN)
        return false;
    return pdu->type != CL_REQUEST || a->sent_type != CL_REQUEST || pdu->fragment <= a->fragment;
}

static void remember(struct cl_activity *a, const struct cl_pdu *pdu, int64_t time) {
    if (pdu->sequence != a->latest)
        return;
    a->sent_type = pdu->type;
    a->serial = pdu->serial;
    a->fragment = pdu->fragment;
    a->sent_time = time;
}

static void count_try(struct cl_activity *a, const struct cl_pdu *pdu, const struct datagram *datagram) {
    struct cl_conversation *conversation = a->conversation;
    bool maybe = (pdu->flags1 & (CL_MAYBE | CL_BROADCAST)) != 0 || conversation->to_many;
    if (pdu->sequence != a->latest || maybe)
        return;
    if (!is_try(a, pdu, datagram->seen.time))
        return;
    a->sent++;
    conversation->last_sent = datagram->seen;
    if (conversation->heard || a->sent <= conversation->attempts)
        return;
    conversation->attempts = a->sent;
    cl_tell_attempt(conversation, datagram);
}

static void begin_call(struct connectionless *c, struct cl_activity *a, const struct cl_pdu *pdu,
                       const struct datagram *datagram) {
    struct cl_conversation *conversation = a->conversation;
    conversation->calls++;
    c->tally->calls += conversation->sure;
    if (pdu->sequence == a->latest)
        a->call_id = ++conversation->numbers;
    if (conversation->first_call.frame == 0) {
        conversation->first_call = datagram->seen;
        conversation->first_opnum = pdu->opnum;
        conversation->first_maybe = (pdu->flags1 & (CL_MAYBE | CL_BROADCAST)) != 0 || conversation->to_many;
    }
}

/* The second PDU of an activity, but no copy of the first. */
static bool confirms(const struct cl_activity *a, const struct cl_pdu *pdu) {
    return (a->called || a->answered) && (pdu->type != a->sent_type || pdu->sequence != a->latest ||
                                          pdu->serial != a->serial || pdu->fragment != a->fragment);
}

static void request(struct connectionless *c, struct cl_activity *a, const struct cl_pdu *pdu,
                    const struct datagram *datagram) {
    struct cl_conversation *conversation = a->conversation;
    bool sure = is_known(c, &datagram->destination, pdu) || confirms(a, pdu);
    bool is_new = cl_activity_calls(a, pdu->sequence);
    conversation->to_many = conversation->to_many || (pdu->flags1 & CL_BROADCAST) != 0;
    if (is_new)
        begin_call(c, a, pdu, datagram);
    count(c, conversation, pdu);
    if (sure)
        make_sure(c, conversation);
    if (conversation->sure)
        cl_tell_call(conversation);
    count_try(a, pdu, datagram);
    if (!conversation->to_many)
        cl_map_question(c->table, a, pdu, is_new, &datagram->seen);
}

/* What a client sends of a call that it has begun. */
static void afterwards(struct connectionless *c, struct cl_activity *a, const struct cl_pdu *pdu,
                       const struct datagram *datagram) {
    struct cl_conversation *conversation = a->conversation;
    if (confirms(a, pdu))
        make_sure(c, conversation);
    count(c, conversation, pdu);
    if (pdu->type == CL_PING)
        count_try(a, pdu, datagram);
    conversation->acknowledged = conversation->acknowledged || pdu->type == CL_ACK || pdu->type == CL_FACK;
}

static struct cl_activity *begin(struct connectionless *c, const struct cl_pdu *pdu, const struct endpoint *client,
                                 const struct endpoint *server) {
    struct cl_conversation *conversation = cl_table_conversation(c->table, client, &server->address, &pdu->interface);
    if (conversation == NULL)
        conversation = cl_table_begin(c->table, client, server, &pdu->interface);
    if (conversation == NULL)
        return NULL;
    conversation->to_many = conversation->to_many || address_is_group(&server->address);
    return cl_table_activity_or_new(c->table, &pdu->activity, conversation);
}

static bool belongs_to(const struct cl_activity *a, const struct cl_pdu *pdu, const struct address *server) {
    return a != NULL && syntax_compatible(&a->conversation->interface, &pdu->interface) &&
           (server == NULL || address_equal(&a->conversation->asked, server));
}

static void from_client(struct connectionless *c, const struct datagram *datagram, const struct cl_pdu *pdu) {
    struct cl_activity *a = cl_table_activity(c->table, &pdu->activity, &datagram->source);
    if (!belongs_to(a, pdu, &datagram->destination.address)) {
        a = pdu->type == CL_REQUEST ? begin(c, pdu, &datagram->source, &datagram->destination) : NULL;
        if (a == NULL) {
            pass_by(c, &datagram->destination, pdu);
            return;
        }
    }
    take_in(c, a->conversation, a, datagram, FROM_CLIENT);
    if (pdu->type == CL_REQUEST)
        request(c, a, pdu, datagram);
    else
        afterwards(c, a, pdu, datagram);
    remember(a, pdu, datagram->seen.time);
}

/* --- the server's side -------------------------------------------------------------------------------------------- */

/* The answer to what was sent to many: with each that answers there is a conversation. */
static struct cl_conversation *one_of_many(struct connectionless *c, struct cl_activity *a,
                                           const struct datagram *datagram) {
    struct cl_conversation *many = a->conversation;
    struct cl_conversation *one =
        cl_table_conversation(c->table, &a->client, &datagram->source.address, &many->interface);
    cl_table_used(c->table, many, a); /* so that it is not the one that makes room */
    return one != NULL ? one : cl_table_begin(c->table, &a->client, &datagram->source, &many->interface);
}

static void fault(struct cl_conversation *conversation, const struct cl_pdu *pdu, uint32_t call_id, bool is_new,
                  const struct sighting *seen) {
    uint32_t status;
    conversation->faults += is_new;
    if (cl_status_read(pdu, &status))
        cl_tell_fault(conversation, pdu, call_id, status, seen);
    else if (pdu->whole)
        teller_malformed(&conversation->teller, MALFORMED_CALL, FROM_SERVER, seen);
}

static void answer(struct connectionless *c, struct cl_activity *a, struct cl_conversation *conversation,
                   const struct cl_pdu *pdu, const struct sighting *seen) {
    bool is_new = conversation != a->conversation || cl_activity_answers(a, pdu->sequence);
    uint32_t call_id = pdu->sequence == a->latest ? a->call_id : 0;
    if (pdu->type != CL_RESPONSE) {
        fault(conversation, pdu, call_id, is_new, seen);
        return;
    }
    conversation->answers += is_new;
    cl_tell_answer(conversation, pdu, call_id, seen);
    if (conversation == a->conversation)
        cl_map_answer(c->table, a, pdu, seen);
}

/* Of a mapper, what it says is of interest even where the question is not in the capture. */
static struct cl_activity *unasked(struct connectionless *c, const struct datagram *datagram,
                                   const struct cl_pdu *pdu) {
    bool by_mapper = datagram->source.port == MAPPER_PORT && syntax_compatible(&pdu->interface, &SYNTAX_EPM);
    if (pdu->type != CL_RESPONSE || !by_mapper)
        return NULL;
    return begin(c, pdu, &datagram->destination, &datagram->source);
}

/* Sent by who called, though only servers send it: that it is RPC is all that it shows. */
static bool is_by_caller(struct connectionless *c, const struct datagram *datagram, const struct cl_pdu *pdu) {
    struct cl_activity *a = cl_table_activity(c->table, &pdu->activity, &datagram->source);
    if (a == NULL)
        return false;
    make_sure(c, a->conversation);
    count(c, a->conversation, pdu);
    return true;
}

static void from_server(struct connectionless *c, const struct datagram *datagram, const struct cl_pdu *pdu) {
    struct cl_activity *a = cl_table_activity(c->table, &pdu->activity, &datagram->destination);
    if (a == NULL)
        a = unasked(c, datagram, pdu);
    if (!belongs_to(a, pdu, NULL)) {
        if (!is_by_caller(c, datagram, pdu))
            pass_by(c, &datagram->source, pdu);
        return;
    }
    make_sure(c, a->conversation);
    struct cl_conversation *conversation = a->conversation->to_many ? one_of_many(c, a, datagram) : a->conversation;
    if (conversation == NULL)
        return;
    make_sure(c, conversation);
    count(c, conversation, pdu);
    take_in(c, conversation, conversation == a->conversation ? a : NULL, datagram, FROM_SERVER);
    cl_tell_heard(conversation, datagram);
    if (pdu->type == CL_RESPONSE || pdu->type == CL_FAULT || pdu->type == CL_REJECT)
        answer(c, a, conversation, pdu, &datagram->seen);
}

/* A server asks back: no call of its client, but proof that its call has arrived. */
static void callback(struct connectionless *c, const struct datagram *datagram, const struct cl_pdu *pdu) {
    c->tally->pdus[pdu->type]++;
    struct reader r = reader_over(pdu->body, pdu->order);
    struct uuid about = reader_uuid(&r);
    struct cl_activity *a =
        pdu->type == CL_REQUEST ? cl_table_activity(c->table, &about, &datagram->destination) : NULL;
    if (r.failed || a == NULL || a->conversation->to_many)
        return;
    make_sure(c, a->conversation);
    take_in(c, a->conversation, a, datagram, FROM_SERVER);
    cl_tell_heard(a->conversation, datagram);
}

/* --- what comes ----------------------------------------------------------------------------------------------------
 */

static bool is_of_client(uint8_t type) {
    return type == CL_REQUEST || type == CL_PING || type == CL_ACK || type == CL_CANCEL;
}

static void pdu_came(struct connectionless *c, const struct datagram *datagram, const struct cl_pdu *pdu) {
    bool by_client = is_of_client(pdu->type);
    if (pdu->type == CL_FACK) /* either side sends it */
        by_client = cl_table_activity(c->table, &pdu->activity, &datagram->destination) == NULL;
    if (uuid_equal(&pdu->interface.uuid, &CONVERSATION_CALLBACK))
        callback(c, datagram, pdu);
    else if (by_client)
        from_client(c, datagram, pdu);
    else
        from_server(c, datagram, pdu);
}

/* It announces more than its datagram holds: told of conversations that are known, for nothing else proves it RPC. */
static void too_short(struct connectionless *c, const struct datagram *datagram, const struct cl_pdu *pdu) {
    const struct cl_activity *client = cl_table_activity(c->table, &pdu->activity, &datagram->source);
    const struct cl_activity *a =
        client != NULL ? client : cl_table_activity(c->table, &pdu->activity, &datagram->destination);
    if (a != NULL && a->conversation->sure)
        teller_malformed(&a->conversation->teller, MALFORMED_LENGTH, client != NULL ? FROM_CLIENT : FROM_SERVER,
                         &datagram->seen);
}

/* The error quotes a datagram of the client: which of its calls there it was about, eight octets do not tell. */
static void unreachable(struct connectionless *c, const struct datagram *error) {
    const struct address *server = &error->destination.address;
    struct cl_conversation *conversation = cl_table_pair(c->table, &error->source, server, NULL);
    for (; conversation != NULL; conversation = cl_table_pair(c->table, &error->source, server, conversation))
        if (conversation->sure && conversation->waits && conversation->attempts > 0 &&
            endpoint_equal(&conversation->teller.origin.server, &error->destination))
            cl_tell_unreachable(conversation, error);
}

void connectionless_datagram(struct connectionless *c, const struct datagram *datagram) {
    struct cl_pdu pdu;
    if (datagram->kind == DATAGRAM_ARP)
        return;
    cl_table_age(c->table, datagram->seen.time);
    if (datagram->kind == DATAGRAM_UNREACHABLE) {
        unreachable(c, datagram);
        return;
    }
    switch (cl_pdu_read(datagram->bytes, datagram->cut, &pdu)) {
    case CL_NO_PDU:
        break;
    case CL_TOO_SHORT:
        too_short(c, datagram, &pdu);
        break;
    case CL_POSSIBLE:
        pdu_came(c, datagram, &pdu);
        break;
    }
}
