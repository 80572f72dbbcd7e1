/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts to sessions: each handler says what one kind of fact means for the session it belongs to. */
#include "rules/knowledge.h"

enum { MAX_LOOK_BACK = 64 }; /* sessions of one pair of addresses that a connect may mean */
enum { EPT_S_NOT_REGISTERED = 0x16c9a0d6, WIN32_NOT_REGISTERED = 1753 };
static const int64_t RETRY_WITHIN = 10 * SECOND;   /* a new connect so soon after a failed one is the same try */
static const int64_t MAP_VALID_FOR = 300 * SECOND; /* how long after the answer a connect is taken as its consequence */

void knowledge_prove(struct knowledge *k, const struct fact *fact, const struct syntax_id *interface,
                     enum binding_proof kind, struct endpoint where) {
    struct proof proof = {.kind = kind, .seen = fact->seen, .endpoint = where, .client = fact->client.address};
    binding_prove(k->bindings, interface, &where.address, &proof);
}

static void flag(struct session *session, struct sighting seen) {
    if (session->flagged.frame == 0)
        session->flagged = seen;
}

void session_fail(struct session *session, enum outcome outcome, struct sighting first, struct sighting last) {
    session->outcome = outcome;
    if (session->failing.frame == 0)
        session->failing = first;
    session->failed = last;
    flag(session, first);
}

void session_reach(struct session *session, enum stage stage, struct sighting seen) {
    if (session->stages[stage].frame == 0)
        session->stages[stage] = seen;
}

void session_unfail(struct session *session) {
    session->failing = session->failed = (struct sighting){0};
    session->syns = 0;
    if (!session->predicted)
        session->flagged = (struct sighting){0};
}

/* --- the mapper ------------------------------------------------------------------------------------------------- */

static struct tracked *find_question(const struct knowledge *k, const struct fact *fact) {
    struct tracked *t = track_newest(k->track, &fact->client.address, &fact->server.address);
    for (int i = 0; t != NULL && i < MAX_LOOK_BACK; i++, t = t->older)
        if (t->map_flow == fact->flow && t->map_call == fact->map.call_id)
            return t;
    return NULL;
}

/* Asking on for more towers of the same interface, without having tried the first ones, is the same session. */
static struct tracked *find_unused_map(const struct knowledge *k, const struct fact *fact) {
    struct tracked *t = track_newest(k->track, &fact->client.address, &fact->server.address);
    for (int i = 0; t != NULL && i < MAX_LOOK_BACK; i++, t = t->older)
        if (t->map_flow == fact->flow && t->flow == 0 && t->session.tower_count != 0 &&
            syntax_compatible(&t->session.interface, &fact->map.interface))
            return t;
    return NULL;
}

static struct tracked *begin_map(struct knowledge *k, const struct fact *fact) {
    struct endpoint server = {fact->server.address, 0};
    struct tracked *t = track_session(k->track, &fact->client, &server, &fact->map.interface);
    if (t == NULL)
        return NULL;
    t->map_flow = fact->flow;
    t->map_call = fact->map.call_id;
    t->session.transport = fact->map.transport;
    return t;
}

static void map_asked(struct knowledge *k, const struct fact *fact) {
    struct tracked *t = find_unused_map(k, fact);
    if (t != NULL) {
        t->map_call = fact->map.call_id;
        return;
    }
    t = begin_map(k, fact);
    if (t == NULL)
        return;
    session_reach(&t->session, STAGE_ASKED, fact->seen);
    predict_at_question(k, t, fact->seen);
}

/* The endpoint that a tower names, as the client of this address understands it; true if that is at the address
 * asked. A tower has no room for an IPv6 address: what it says in answer to one is no other place. */
static bool named_here(const struct address *asked, const struct fact_tower *tower, struct endpoint *named) {
    *named = tower->endpoint;
    if (!address_is_unspecified(&named->address) && asked->family != ADDRESS_IPV6 &&
        !address_equal(&named->address, asked))
        return false;
    named->address = *asked;
    return true;
}

static void take_tower(struct knowledge *k, const struct fact *fact, struct session *session,
                       const struct fact_tower *tower) {
    if (tower->transport != TRANSPORT_TCP || tower->endpoint.port == 0)
        return;
    const struct address *asked = &fact->server.address;
    struct endpoint named;
    bool here = named_here(asked, tower, &named);
    if (session->tower_count < SESSION_MAX_TOWERS)
        session->towers[session->tower_count++] = named;
    session->elsewhere = session->elsewhere && !here;
    knowledge_prove(k, fact, &session->interface, here ? PROOF_MAPPED : PROOF_TOWER_FROM_ELSEWHERE, named);
    track_learn_endpoint(k->track, &named, &session->interface);
    if (!here)
        identity_link(k->identity, &(struct identity_link){LINK_TOWER, *asked, named.address, fact->seen, fact->seen});
}

static void take_towers(struct knowledge *k, const struct fact *fact, struct session *session) {
    session->elsewhere = true;
    for (size_t i = 0; i < fact->map.count; i++)
        take_tower(k, fact, session, &fact->map.towers[i]);
    session->elsewhere = session->elsewhere && session->tower_count != 0;
    if (session->tower_count != 0)
        session->server.port = session->towers[0].port;
    if (session->elsewhere)
        knowledge_prove(k, fact, &session->interface, PROOF_NAMED_ELSEWHERE,
                        (struct endpoint){fact->server.address, 0});
}

static void map_answered(struct knowledge *k, const struct fact *fact) {
    struct tracked *t = find_question(k, fact);
    if (t == NULL && !uuid_is_nil(&fact->map.interface.uuid))
        t = begin_map(k, fact);
    if (t == NULL)
        return;
    struct session *session = &t->session;
    bool first = session->stages[STAGE_MAPPED].frame == 0;
    session_reach(session, STAGE_MAPPED, fact->seen);
    if (fact->map.count != 0) {
        take_towers(k, fact, session);
        predict_at_answer(k, t, fact->seen);
    } else if (first && (fact->map.status == EPT_S_NOT_REGISTERED || fact->map.status == WIN32_NOT_REGISTERED)) {
        session->status = fact->map.status;
        session_fail(session, OUTCOME_NOT_REGISTERED, fact->seen, fact->seen);
        if (session->transport == TRANSPORT_TCP || session->transport == TRANSPORT_UNKNOWN)
            knowledge_prove(k, fact, &session->interface, PROOF_NOT_REGISTERED,
                            (struct endpoint){fact->server.address, 0});
    } else if (first && fact->map.status != 0) {
        session->status = fact->map.status;
        session_fail(session, OUTCOME_FAULTED, fact->seen, fact->seen);
    }
}

static void lookup_entry(struct knowledge *k, const struct fact *fact) {
    const struct fact_tower *tower = &fact->lookup.tower;
    if (tower->transport != TRANSPORT_TCP || tower->endpoint.port == 0)
        return;
    const struct address *asked = &fact->server.address;
    struct endpoint named;
    bool here = named_here(asked, tower, &named);
    if (!here)
        identity_link(k->identity, &(struct identity_link){LINK_TOWER, *asked, named.address, fact->seen, fact->seen});
    knowledge_prove(k, fact, &tower->interface, here ? PROOF_MAPPED : PROOF_LOOKUP_ENTRY, named);
    track_learn_endpoint(k->track, &named, &tower->interface);
}

/* --- connections ------------------------------------------------------------------------------------------------ */

static bool maps_to_port(const struct session *session, uint16_t port) {
    for (size_t i = 0; i < session->tower_count; i++)
        if (session->towers[i].port == port)
            return true;
    return session->server.port == port;
}

/* The session that a new connection belongs to: the newest one mapped to this port that has no connection yet; else
 * the newest one whose connection failed, which is tried again; else a new one, where the endpoint is known. */
static struct tracked *find_wanted(struct knowledge *k, const struct fact *fact) {
    struct tracked *again = NULL;
    struct tracked *used = NULL;
    struct tracked *t = track_newest(k->track, &fact->client.address, &fact->server.address);
    for (int i = 0; t != NULL && i < MAX_LOOK_BACK; i++, t = t->older) {
        struct session *s = &t->session;
        bool by_pipe = s->transport == TRANSPORT_PIPE; /* the port is SMB's, which serves anything */
        if (s->to_mapper || by_pipe || !maps_to_port(s, fact->server.port))
            continue;
        if (t->flow == 0 && fact->seen.time - s->stages[STAGE_MAPPED].time < MAP_VALID_FOR)
            return t;
        if (again == NULL && s->failed.frame != 0 && fact->seen.time - s->failed.time < RETRY_WITHIN)
            again = t;
        if (used == NULL)
            used = t;
    }
    if (again != NULL)
        return again;
    const struct syntax_id *interface =
        used != NULL ? &used->session.interface : track_interface_at(k->track, &fact->server);
    if (interface == NULL)
        return NULL;
    t = track_session(k->track, &fact->client, &fact->server, interface);
    if (t != NULL)
        t->guessed = true;
    return t;
}

static void first_syn(struct knowledge *k, const struct fact *fact) {
    bool to_mapper = fact->server.port == MAPPER_PORT;
    struct tracked *t = to_mapper ? NULL : find_wanted(k, fact);
    if (t == NULL && !to_mapper)
        return;
    struct connection *c = track_connect(k->track, fact->flow);
    c->to_mapper = to_mapper;
    c->first_syn = fact->seen;
    c->client_ttl = fact->connect.client_ttl;
    if (t == NULL)
        return;
    track_attach(k->track, c, t);
    t->session.client.port = fact->client.port;
    t->session.server.port = fact->server.port;
    session_reach(&t->session, STAGE_CONNECTING, fact->seen);
    if (t->session.failed.frame != 0)
        t->session.failed = fact->seen;
    predict_at_question(k, t, fact->seen);
}

/* One SYN gets lost now and then; with the second repetition the silence is evidence, for the next client too. */
static void overdue(struct knowledge *k, struct tracked *t, const struct fact *fact) {
    if (t->session.outcome == OUTCOME_SERVED)
        return; /* over another connection */
    if (fact->connect.attempt == 3 && t->session.outcome != OUTCOME_REFUSED)
        knowledge_prove(k, fact, &t->session.interface, PROOF_UNANSWERED, fact->server);
    if (t->session.failing.frame == 0)
        t->session.failing = fact->seen;
    t->session.failed = fact->seen;
    flag(&t->session, fact->seen);
}

static void attempted(struct knowledge *k, const struct fact *fact) {
    struct connection *c = track_connection(k->track, fact->flow);
    if (c == NULL && fact->connect.attempt <= 1) {
        first_syn(k, fact);
        c = track_connection(k->track, fact->flow);
    } else if (c != NULL && !c->established) {
        c->syn_interval = fact->seen.time - c->last_syn.time;
        for (size_t i = 0; i < c->session_count; i++)
            overdue(k, c->sessions[i], fact);
        if (c->syns == 1)
            c->second_syn = fact->seen;
    }
    if (c == NULL)
        return;
    c->last_syn = fact->seen;
    c->syns++;
    for (size_t i = 0; i < c->session_count; i++) {
        struct tracked *t = c->sessions[i];
        t->session.syns++;
        t->last_syn = fact->seen;
        t->syn_interval = c->syn_interval;
        t->client_ttl = c->client_ttl;
    }
}

static void established(struct knowledge *k, const struct fact *fact) {
    identity_packet(k->identity, &fact->server.address, &fact->connect.server_mac, fact->connect.server_ttl,
                    fact->seen);
    if (fact->server.port == MAPPER_PORT)
        knowledge_prove(k, fact, &SYNTAX_EPM, PROOF_CONNECTED, fact->server);
    struct connection *c = track_connection(k->track, fact->flow);
    if (c == NULL)
        return;
    c->established = true;
    for (size_t i = 0; i < c->session_count; i++) {
        struct session *session = &c->sessions[i]->session;
        session_unfail(session);
        session->outcome = OUTCOME_UNKNOWN;
        session_reach(session, STAGE_CONNECTED, fact->seen);
        if (!c->sessions[i]->guessed)
            knowledge_prove(k, fact, &session->interface, PROOF_CONNECTED, fact->server);
    }
    if (!c->to_mapper && c->session_count != 0)
        track_accepts(k->track, &fact->server);
}

/* The mapper itself cannot be reached: only now there is a session to speak of. */
static void fail_at_mapper(struct knowledge *k, const struct fact *fact, struct connection *c) {
    static const struct syntax_id nothing_asked;
    if (!c->to_mapper || c->session_count != 0)
        return;
    struct tracked *t = track_session(k->track, &fact->client, &fact->server, &nothing_asked);
    if (t == NULL)
        return;
    t->session.to_mapper = true;
    t->session.syns = c->syns;
    t->last_syn = c->last_syn;
    t->syn_interval = c->syn_interval;
    t->client_ttl = c->client_ttl;
    session_reach(&t->session, STAGE_ASKED, c->first_syn.frame != 0 ? c->first_syn : fact->seen);
    track_attach(k->track, c, t);
}

/* A connection that did not come about, whichever way. The RST of a server whose SYN was not captured has no
 * connection yet. */
static void not_connected(struct knowledge *k, const struct fact *fact, enum outcome outcome, enum binding_proof kind) {
    struct connection *c = track_connection(k->track, fact->flow);
    if (c == NULL) {
        first_syn(k, fact);
        c = track_connection(k->track, fact->flow);
        if (c == NULL)
            return;
    }
    struct sighting first = fact->seen;
    if (outcome == OUTCOME_UNANSWERED && c->second_syn.frame != 0)
        first = c->second_syn;
    fail_at_mapper(k, fact, c);
    for (size_t i = 0; i < c->session_count; i++) {
        struct session *session = &c->sessions[i]->session;
        if (session->outcome == OUTCOME_SERVED)
            continue;
        session_fail(session, outcome, first, fact->seen);
        session->icmp_type = fact->connect.icmp_type;
        session->icmp_code = fact->connect.icmp_code;
        session->reporter = fact->connect.reporter;
        /* One lost SYN proves nothing about the address. */
        if (outcome != OUTCOME_UNANSWERED || c->syns > 1)
            knowledge_prove(k, fact, c->to_mapper ? &SYNTAX_EPM : &session->interface, kind, fact->server);
        if (outcome == OUTCOME_REFUSED && !c->to_mapper)
            track_refuses(k->track, &fact->server, &session->interface, fact->seen);
    }
}

static void refused(struct knowledge *k, const struct fact *fact) {
    identity_packet(k->identity, &fact->server.address, &fact->connect.server_mac, fact->connect.server_ttl,
                    fact->seen);
    not_connected(k, fact, OUTCOME_REFUSED, PROOF_REFUSED);
}

/* Who closes the connection to the mapper is done with what it asked there: it does not try any more. */
static void closed(struct knowledge *k, const struct fact *fact) {
    bool by_somebody = fact->closing.reason == CLOSE_FIN || fact->closing.reason == CLOSE_RESET;
    struct tracked *t = track_newest(k->track, &fact->client.address, &fact->server.address);
    for (int i = 0; t != NULL && i < MAX_LOOK_BACK; i++, t = t->older)
        if (t->map_flow == fact->flow && by_somebody)
            t->done = fact->seen.time;
    track_forget(k->track, fact->flow);
}

static void capture_ended(struct knowledge *k, const struct fact *fact) {
    k->ended = true;
    k->end = fact->seen.time;
}

void knowledge_follow(struct knowledge *k, const struct fact *fact) {
    if (fact->seen.time > k->end)
        k->end = fact->seen.time;
    switch (fact->kind) {
    case FACT_CONNECT_ATTEMPTED:
        attempted(k, fact);
        break;
    case FACT_CONNECT_ESTABLISHED:
        established(k, fact);
        break;
    case FACT_CONNECT_REFUSED:
        refused(k, fact);
        break;
    case FACT_CONNECT_UNREACHABLE:
        not_connected(k, fact, OUTCOME_UNREACHABLE, PROOF_UNREACHABLE);
        break;
    case FACT_CONNECT_UNANSWERED:
        not_connected(k, fact, OUTCOME_UNANSWERED, PROOF_UNANSWERED);
        track_forget(k->track, fact->flow);
        break;
    case FACT_MAP_ASKED:
        map_asked(k, fact);
        break;
    case FACT_MAP_ANSWERED:
        map_answered(k, fact);
        break;
    case FACT_LOOKUP_ENTRY:
        lookup_entry(k, fact);
        break;
    case FACT_BIND_ASKED:
    case FACT_BIND_ANSWERED:
    case FACT_BIND_REFUSED:
    case FACT_FIRST_CALL:
    case FACT_FIRST_ANSWER:
    case FACT_FAULT:
        knowledge_listen(k, fact);
        break;
    case FACT_SERVER_NAME:
        identity_name(k->identity, &fact->server.address, fact->name.source, fact->name.name, fact->seen);
        break;
    case FACT_CLOSED:
        closed(k, fact);
        break;
    case FACT_CAPTURE_ENDED:
        capture_ended(k, fact);
        break;
    case FACT_AUTHENTICATION:
    case FACT_MALFORMED:
    case FACT_GAP:
    case FACT_KINDS:
        break;
    }
}
