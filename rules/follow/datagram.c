/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Conversations over UDP: which session one belongs to, and what becomes of it. There is no connect and no bind; a call
 * names its interface, so nothing is guessed. What a mapper says over UDP is in map.c, like all that mappers say. */
#include "rules/knowledge.h"

static const int64_t RETRY_WITHIN = 10 * SECOND;   /* a call so soon after a failed one is the same try */
static const int64_t MAP_VALID_FOR = 300 * SECOND; /* how long after the answer a call is taken as its consequence */
enum { EVIDENT_ATTEMPTS = 3 };                     /* by then silence is no accident */
enum { NCA_UNK_IF = 0x1c010003 };

static bool waits_to_call(const struct tracked *t, const struct fact *fact) {
    const struct session *s = &t->session;
    const struct sighting *since = &s->stages[s->stages[STAGE_MAPPED].frame != 0 ? STAGE_MAPPED : STAGE_ASKED];
    return t->flow == 0 && !s->to_mapper && s->outcome == OUTCOME_UNKNOWN &&
           fact->seen.time - since->time < MAP_VALID_FOR;
}

static bool has_just_failed(const struct tracked *t, const struct fact *fact) {
    return t->flow != 0 && t->session.failed.frame != 0 && fact->seen.time - t->session.failed.time < RETRY_WITHIN;
}

/* The session that a call begins, or goes on with, the newest first; NULL when the limit is reached. */
static struct tracked *find_wanted(struct knowledge *k, const struct fact *fact) {
    struct tracked *again = NULL;
    struct tracked *t = track_newest_datagrams(k->track, &fact->client.address, &fact->server.address);
    for (int i = 0; t != NULL && i < TRACK_LOOK_BACK; i++, t = t->open_older) {
        if (!syntax_compatible(&t->session.interface, &fact->call.interface))
            continue;
        if (waits_to_call(t, fact))
            return t;
        if (again == NULL && has_just_failed(t, fact))
            again = t;
    }
    if (again != NULL)
        return again;
    return track_session(k->track, &fact->client, &fact->server, &fact->call.interface, TRANSPORT_UDP);
}

static struct tracked *newest_on(const struct connection *c) {
    return c->session_count == 0 ? NULL : c->sessions[c->session_count - 1];
}

/* The session of a conversation about a service. One whose call is not in the capture begins with what is. */
static struct tracked *session_on(struct knowledge *k, const struct fact *fact) {
    struct connection *c = track_connection_or_new(k->track, fact->flow);
    struct tracked *t = newest_on(c);
    if (t == NULL) {
        t = find_wanted(k, fact);
        if (t == NULL)
            return NULL;
        track_attach(k->track, c, t);
        t->session.client.port = fact->client.port;
    }
    return t;
}

static void called(struct knowledge *k, const struct fact *fact) {
    struct connection *c = track_connection_or_new(k->track, fact->flow);
    c->to_mapper = is_mapper_interface(&fact->call.interface);
    c->first_syn = c->last_syn = fact->seen;
    if (c->to_mapper)
        return;
    struct tracked *t = session_on(k, fact);
    if (t == NULL)
        return;
    track_goes_to(k->track, t, fact->server.port);
    t->maybe = fact->call.maybe;
    session_reach(&t->session, STAGE_CALLED, fact->seen);
    predict_at_question(k, t, fact->seen);
}

/* --- every session that a fact about a whole conversation concerns -------------------------------------------------
 */

typedef void (*effect_on)(struct knowledge *k, const struct fact *fact, struct connection *c, struct tracked *t);

static bool waits_for_mapper(const struct tracked *t) {
    const struct session *s = &t->session;
    return s->stages[STAGE_MAPPED].frame == 0 && s->stages[STAGE_ASKED].frame != 0 && t->flow == 0;
}

static void for_each(struct knowledge *k, const struct fact *fact, struct connection *c, effect_on effect) {
    if (!c->to_mapper) {
        struct tracked *t = newest_on(c);
        if (t != NULL)
            effect(k, fact, c, t);
        return;
    }
    struct tracked *t = c->asked;
    for (int i = 0; t != NULL && i < TRACK_LOOK_BACK_ASKED; i++, t = t->asked_before)
        if (waits_for_mapper(t))
            effect(k, fact, c, t);
}

/* Sent to the mapper's port, for itself or to be forwarded. */
static bool goes_to_mapper(const struct fact *fact) { return fact->server.port == MAPPER_PORT; }

static const struct syntax_id *proven(const struct fact *fact, const struct tracked *t) {
    return goes_to_mapper(fact) ? &SYNTAX_EPM : &t->session.interface;
}

static void fails_at_mapper(struct knowledge *k, const struct fact *fact, struct tracked *t) {
    struct client *client = places_client(k->places, &fact->client.address);
    if (client != NULL && !t->session.to_mapper)
        client_misses_mapper(client, &fact->server.address);
    t->session.to_mapper = true;
    t->session.server = fact->server;
    t->session.transport = TRANSPORT_UDP; /* what it would have gone on by does not matter any more */
}

static void overdue(struct knowledge *k, const struct fact *fact, struct connection *c, struct tracked *t) {
    struct session *s = &t->session;
    if (s->outcome == OUTCOME_SERVED)
        return;
    t->syn_interval = fact->seen.time - c->last_syn.time;
    t->last_syn = fact->seen;
    t->client_ttl = fact->connect.client_ttl;
    s->syns = fact->connect.attempt;
    if (fact->connect.attempt == EVIDENT_ATTEMPTS && s->outcome != OUTCOME_REFUSED)
        knowledge_prove(k, fact, proven(fact, t), PROOF_UNANSWERED, fact->server);
    if (s->failing.frame == 0)
        s->failing = fact->seen;
    s->failed = fact->seen;
    if (s->flagged.frame == 0)
        s->flagged = fact->seen;
}

static void hears(struct knowledge *k, const struct fact *fact, struct connection *c, struct tracked *t) {
    struct session *s = &t->session;
    (void)c;
    if (s->outcome == OUTCOME_SERVED)
        return;
    session_unfail(s);
    s->outcome = OUTCOME_UNKNOWN;
    if (s->to_mapper) {
        s->to_mapper = false;
        s->server.port = 0;
        return;
    }
    if (s->stages[STAGE_CALLED].frame == 0)
        return;
    t->heard = true;
    forecast_refuted(t);
    if (goes_to_mapper(fact))
        return;
    track_goes_to(k->track, t, fact->server.port);
    knowledge_prove(k, fact, &s->interface, PROOF_CONNECTED, fact->server);
    places_accepts(k->places, &fact->server);
}

static void established(struct knowledge *k, const struct fact *fact) {
    struct connection *c = track_connection_or_new(k->track, fact->flow);
    struct client *client = places_client(k->places, &fact->client.address);
    if (client != NULL)
        client->speaks_rpc = true;
    places_connect(k->places, &fact->server, false, fact->seen.time);
    places_sees(k->places, &fact->server.address, true);
    identity_packet(k->identity, &fact->server.address, &fact->connect.server_mac, fact->connect.server_ttl, fact->seen,
                    true);
    c->established = true;
    if (goes_to_mapper(fact))
        knowledge_prove(k, fact, &SYNTAX_EPM, PROOF_CONNECTED, fact->server);
    for_each(k, fact, c, hears);
}

/* "Port unreachable", RFC 792 and RFC 4443 3.1. It is to UDP what an RST is to TCP if the host itself says so; a router
 * that says so speaks of the way there. */
static bool is_refusal(const struct fact *fact) {
    bool ipv6 = fact->server.address.family == ADDRESS_IPV6;
    bool closed = ipv6 ? fact->connect.icmp_type == 1 && fact->connect.icmp_code == 4
                       : fact->connect.icmp_type == 3 && fact->connect.icmp_code == 3;
    return closed && address_equal(&fact->connect.reporter, &fact->server.address);
}

/* It was served, and now its port is closed: that is another session. */
static struct tracked *begin_anew(struct knowledge *k, const struct fact *fact, struct connection *c,
                                  struct tracked *t) {
    struct syntax_id interface = t->session.interface;
    track_detach(c, t);
    struct tracked *fresh = track_session(k->track, &fact->client, &fact->server, &interface, TRANSPORT_UDP);
    if (fresh != NULL)
        track_attach(k->track, c, fresh);
    return fresh;
}

static void refused(struct knowledge *k, const struct fact *fact, struct connection *c, struct tracked *t) {
    bool refusal = is_refusal(fact);
    if (t->session.outcome == OUTCOME_SERVED)
        t = begin_anew(k, fact, c, t);
    if (t == NULL)
        return;
    if (goes_to_mapper(fact))
        fails_at_mapper(k, fact, t);
    struct session *s = &t->session;
    session_fail(s, refusal ? OUTCOME_REFUSED : OUTCOME_UNREACHABLE, fact->seen, fact->seen);
    s->syns = fact->connect.attempt;
    s->icmp_type = fact->connect.icmp_type;
    s->icmp_code = fact->connect.icmp_code;
    s->reporter = fact->connect.reporter;
    t->last_syn = fact->seen;
    knowledge_prove(k, fact, proven(fact, t), refusal ? PROOF_REFUSED : PROOF_UNREACHABLE, fact->server);
    if (refusal && !goes_to_mapper(fact))
        places_refuses(k->places, &fact->server, &s->interface, fact->seen);
}

static void unreachable(struct knowledge *k, const struct fact *fact) {
    struct connection *c = track_connection(k->track, fact->flow);
    if (c == NULL)
        return;
    if (is_refusal(fact)) {
        places_connect(k->places, &fact->server, true, fact->seen.time);
        places_sees(k->places, &fact->server.address, true);
        identity_packet(k->identity, &fact->server.address, &fact->connect.server_mac, fact->connect.server_ttl,
                        fact->seen, true);
    }
    for_each(k, fact, c, refused);
}

static void silent(struct knowledge *k, const struct fact *fact, struct connection *c, struct tracked *t) {
    struct session *s = &t->session;
    (void)c;
    if (s->outcome == OUTCOME_SERVED)
        return;
    s->syns = fact->connect.attempt;
    if (goes_to_mapper(fact))
        fails_at_mapper(k, fact, t);
    session_fail(s, OUTCOME_UNANSWERED, fact->seen, fact->seen);
    if (fact->connect.attempt > 1)
        knowledge_prove(k, fact, proven(fact, t), PROOF_UNANSWERED, fact->server);
}

static void unanswered(struct knowledge *k, const struct fact *fact) {
    struct connection *c = track_connection(k->track, fact->flow);
    if (c == NULL)
        return;
    for_each(k, fact, c, silent);
    track_forget(k->track, fact->flow);
}

static void attempted(struct knowledge *k, const struct fact *fact) {
    struct connection *c = track_connection(k->track, fact->flow);
    if (c == NULL)
        return;
    for_each(k, fact, c, overdue);
    c->last_syn = fact->seen;
}

/* --- calls -------------------------------------------------------------------------------------------------------- */

static void answered(struct knowledge *k, const struct fact *fact) {
    knowledge_prove(k, fact, &fact->call.interface, PROOF_ANSWERED, fact->server);
    if (is_mapper_interface(&fact->call.interface))
        return;
    places_learn(k->places, &fact->server, &fact->call.interface);
    struct tracked *t = session_on(k, fact);
    if (t == NULL)
        return;
    if (address_equal(&t->session.server.address, &fact->server.address))
        track_goes_to(k->track, t, fact->server.port);
    session_reach(&t->session, STAGE_ANSWERED, fact->seen);
    forecast_withdraw(t, WITHDRAWN_SERVED);
    session_unfail(&t->session);
    t->session.outcome = OUTCOME_SERVED;
    track_served(t);
    if (t->served_time == 0)
        t->served_time = fact->seen.time;
}

/* Who forwards a call that nobody has registered for rejects it. */
static void not_forwarded(struct knowledge *k, const struct fact *fact, struct tracked *t) {
    session_fail(&t->session, OUTCOME_NOT_REGISTERED, fact->seen, fact->seen);
    knowledge_prove(k, fact, &t->session.interface, PROOF_NOT_REGISTERED, (struct endpoint){fact->server.address, 0});
}

/* As over TCP: how it ended, until an answer comes. */
static void faulted(struct knowledge *k, const struct fact *fact) {
    bool by_mapper = is_mapper_interface(&fact->call.interface);
    struct tracked *t = by_mapper ? track_question(k->track, fact->flow, fact->call.call_id) : session_on(k, fact);
    if (t == NULL || t->session.stages[STAGE_ANSWERED].frame != 0)
        return;
    t->session.status = fact->call.status;
    t->session.opnum = fact->call.opnum;
    t->by_mapper = by_mapper;
    if (!by_mapper && goes_to_mapper(fact) && fact->call.status == NCA_UNK_IF) {
        not_forwarded(k, fact, t);
        return;
    }
    if (!by_mapper && fact->call.status == NCA_UNK_IF)
        knowledge_prove(k, fact, &t->session.interface, PROOF_REJECTED, fact->server);
    session_fail(&t->session, OUTCOME_FAULTED, fact->seen, fact->seen);
}

void knowledge_datagram(struct knowledge *k, const struct fact *fact) {
    if (fact->kind == FACT_CONNECT_ATTEMPTED)
        attempted(k, fact);
    else if (fact->kind == FACT_CONNECT_ESTABLISHED)
        established(k, fact);
    else if (fact->kind == FACT_CONNECT_UNREACHABLE)
        unreachable(k, fact);
    else if (fact->kind == FACT_CONNECT_UNANSWERED)
        unanswered(k, fact);
    else if (fact->kind == FACT_FIRST_CALL)
        called(k, fact);
    else if (fact->kind == FACT_FIRST_ANSWER)
        answered(k, fact);
    else if (fact->kind == FACT_FAULT)
        faulted(k, fact);
}
