/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connections: which session one belongs to, and what becomes of it. */
#include "rules/knowledge.h"

static const int64_t RETRY_WITHIN = 10 * SECOND;   /* a new connect so soon after a failed one is the same try */
static const int64_t MAP_IS_FRESH = 30 * SECOND;   /* later it may be another process's connect */
static const int64_t WAITS_TOGETHER = 10 * SECOND; /* mapped so shortly before another session finds the port shut */
static const int64_t MAP_VALID_FOR = 300 * SECOND; /* how long after the answer a connect is taken as its consequence */

static bool maps_to_port(const struct session *session, uint16_t port) {
    for (size_t i = 0; i < session->tower_count; i++)
        if (session->towers[i].port == port)
            return true;
    return session->server.port == port;
}

static bool waits_to_connect(const struct tracked *t, const struct fact *fact) {
    const struct session *s = &t->session;
    bool free = t->flow == 0 || (t->late && s->stages[STAGE_BOUND].frame == 0);
    return free && !s->to_mapper && maps_to_port(s, fact->server.port) &&
           fact->seen.time - s->stages[STAGE_MAPPED].time < MAP_VALID_FOR;
}

/* Failed to connect, as opposed to rejected or faulted over a connection. */
static bool failed_to_connect(const struct session *s) {
    return s->failed.frame != 0 && s->stages[STAGE_CONNECTED].frame == 0 &&
           (s->outcome == OUTCOME_REFUSED || s->outcome == OUTCOME_UNANSWERED || s->outcome == OUTCOME_UNREACHABLE ||
            s->outcome == OUTCOME_UNKNOWN);
}

/* Asked for, and the answer is not in the capture: a port that is known for the interface may be what it was told. */
static bool waits_for_answer(const struct tracked *t, const struct fact *fact) {
    const struct sighting *stages = t->session.stages;
    return t->flow == 0 && !t->session.to_mapper && stages[STAGE_ASKED].frame != 0 && stages[STAGE_MAPPED].frame == 0 &&
           fact->seen.time - stages[STAGE_ASKED].time < RETRY_WITHIN;
}

/* The latest that is known of the endpoint, or one of several that it has. */
static bool is_known_for(const struct knowledge *k, const struct endpoint *endpoint, const struct syntax_id *latest,
                         const struct syntax_id *interface) {
    return latest != NULL && (syntax_compatible(latest, interface) || knowledge_is_at(k, endpoint, interface));
}

static bool is_for_port(const struct tracked *t, uint16_t port) {
    return !t->session.to_mapper && maps_to_port(&t->session, port);
}

/* The session that a new connection belongs to, the newest first: one mapped to this port that has no connection yet,
 * or one whose connect has just failed, which is tried again; else one whose answer is missing; else a new one, where
 * DCOM told the endpoint or it is known: from what this client used there before, or from what anybody was told of it.
 */
static struct tracked *find_wanted(struct knowledge *k, const struct fact *fact) {
    struct tracked *again = NULL;
    struct tracked *asked = NULL;
    const struct syntax_id *latest = places_interface_at(k->places, &fact->server);
    struct tracked *t = track_newest_open(k->track, &fact->client.address, &fact->server.address);
    for (int i = 0; t != NULL && i < TRACK_LOOK_BACK; i++, t = t->open_older) {
        if (waits_to_connect(t, fact) && again == NULL) {
            t->guessed = t->guessed || fact->seen.time - t->session.stages[STAGE_MAPPED].time > MAP_IS_FRESH;
            t->own = true;
            return t;
        }
        if (asked == NULL && waits_for_answer(t, fact) && is_known_for(k, &fact->server, latest, &t->session.interface))
            asked = t;
        if (again == NULL && is_for_port(t, fact->server.port) && failed_to_connect(&t->session) &&
            fact->seen.time - t->session.failed.time < RETRY_WITHIN)
            again = t;
    }
    if (again != NULL)
        return again;
    if (asked != NULL) {
        asked->guessed = true;
        return asked;
    }
    t = bindings_session(k, fact);
    if (t != NULL)
        return t;
    const struct tracked *used = track_user(k->track, &fact->client.address, &fact->server);
    const struct syntax_id *interface = used != NULL ? &used->session.interface : latest;
    if (interface == NULL)
        return NULL;
    enum transport transport = places_is_http(k->places, &fact->server) ? TRANSPORT_HTTP : TRANSPORT_TCP;
    t = track_session(k->track, &fact->client, &fact->server, interface, transport);
    if (t == NULL)
        return NULL;
    t->guessed = true;
    t->own = used != NULL;
    return t;
}

static void begin(struct knowledge *k, const struct fact *fact) {
    bool to_mapper = fact->server.port == MAPPER_PORT;
    struct tracked *t = to_mapper ? NULL : find_wanted(k, fact);
    if (t == NULL && !to_mapper)
        return;
    struct connection *c = track_connection_or_new(k->track, fact->flow);
    bool by_syn = fact->kind == FACT_CONNECT_ATTEMPTED; /* else by what answers one that is not in the capture */
    c->to_mapper = to_mapper;
    if (by_syn)
        c->first_syn = fact->seen;
    c->client_ttl = fact->connect.client_ttl;
    if (to_mapper && by_syn)
        predict_at_syn(k, fact, c);
    if (t == NULL)
        return;
    track_attach(k->track, c, t);
    t->late = t->condemned = false;
    t->session.client.port = fact->client.port;
    if (by_syn)
        session_reach(&t->session, STAGE_CONNECTING, fact->seen);
    if (t->session.failed.frame != 0)
        t->session.failed = fact->seen; /* another endpoint, or another try: the first failure is told */
    else
        track_goes_to(k->track, t, fact->server.port);
    predict_at_question(k, t, fact->seen);
}

/* How long its first SYN waited, beside what this server ever needed. */
static struct patience patience_with(const struct knowledge *k, const struct fact *fact, const struct connection *c,
                                     const struct sighting *again) {
    const struct standing *server = places_standing(k->places, &fact->server.address);
    struct patience patience = {.waited = 0};
    if (c->first_syn.frame != 0 && again->time > c->first_syn.time)
        patience.waited = again->time - c->first_syn.time;
    if (server != NULL) {
        patience.longest = server->longest_handshake;
        patience.handshakes = server->handshakes;
    }
    return patience;
}

/* One SYN gets lost now and then; with the second repetition the silence is evidence, for the next client too. Of a
 * server that is slow the first repetition tells nothing. */
static void overdue(struct knowledge *k, struct tracked *t, const struct fact *fact, const struct connection *c) {
    struct session *session = &t->session;
    if (session->outcome == OUTCOME_SERVED || t->flow != fact->flow)
        return; /* over another connection */
    if (session->failing.frame == 0)
        t->patience = patience_with(k, fact, c, &fact->seen);
    if (c->syns == 1 && patience_is_short(&t->patience))
        return;
    if (fact->connect.attempt == 3 && session->outcome != OUTCOME_REFUSED && !t->guessed)
        knowledge_prove(k, fact, &session->interface, PROOF_UNANSWERED, fact->server);
    if (session->failing.frame == 0)
        session->failing = fact->seen;
    session->failed = fact->seen;
    if (session->flagged.frame == 0)
        session->flagged = fact->seen;
}

static void keep_pace(struct tracked *t, const struct connection *c) {
    t->last_syn = c->last_syn;
    t->syn_interval = c->syn_interval;
    t->client_ttl = c->client_ttl;
    t->pace = (struct pace){c->first_syn.time, c->second_syn.time, c->syns};
}

static void attempted(struct knowledge *k, const struct fact *fact) {
    struct connection *c = track_connection(k->track, fact->flow);
    if (c == NULL) {
        places_tries(k->places, &fact->server, fact->seen.time);
        begin(k, fact);
        c = track_connection(k->track, fact->flow);
        if (c != NULL && fact->connect.attempt > 1) { /* what it belongs to was not known at its first SYN */
            c->second_syn = fact->seen;
            c->syns = fact->connect.attempt - 1;
        }
    } else if (!c->established && !c->spoken) {
        c->syn_interval = fact->seen.time - c->last_syn.time;
        for (size_t i = 0; i < c->session_count; i++)
            overdue(k, c->sessions[i], fact, c);
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
        keep_pace(t, c);
    }
}

/* The SYN is not in the capture, but a session waits for just this connection. */
static struct connection *begin_late(struct knowledge *k, const struct fact *fact) {
    struct tracked *t = track_newest_open(k->track, &fact->client.address, &fact->server.address);
    for (int i = 0; t != NULL && i < TRACK_LOOK_BACK; i++, t = t->open_older)
        if (t->session.tower_count != 0 && waits_to_connect(t, fact)) {
            struct connection *c = track_connection_or_new(k->track, fact->flow);
            track_attach(k->track, c, t);
            t->late = true;
            return c;
        }
    return NULL;
}

static void established(struct knowledge *k, const struct fact *fact) {
    bool to_mapper = fact->server.port == MAPPER_PORT;
    struct connection *c = track_connection(k->track, fact->flow);
    if (c == NULL && fact->connect.midstream && fact->connect.server_ttl == 0)
        return; /* a packet of the client alone: nobody may be there */

    /* Then it is told once more, for the server is seen now. */
    bool again = c != NULL && c->established;
    if (c != NULL && !again && !c->spoken && c->first_syn.frame != 0 && !fact->connect.midstream)
        places_shakes_hands(k->places, &fact->server.address, fact->seen.time - c->first_syn.time);
    places_connect(k->places, &fact->server, false, fact->seen.time);
    if (c != NULL || to_mapper)
        places_sees(k->places, &fact->server.address, fact->connect.server_ttl != 0);
    if (c == NULL && !to_mapper)
        c = begin_late(k, fact);
    identity_packet(k->identity, &fact->server.address, &fact->connect.server_mac, fact->connect.server_ttl, fact->seen,
                    c != NULL || to_mapper);
    if (again)
        return;
    if (to_mapper)
        knowledge_prove(k, fact, &SYNTAX_EPM, PROOF_CONNECTED, fact->server);
    if (c == NULL)
        return;
    c->established = true;
    foretold_connects(c, fact->seen);
    bool accepts = false;
    for (size_t i = 0; i < c->session_count; i++) {
        struct session *session = &c->sessions[i]->session;
        if (session->transport == TRANSPORT_PIPE)
            continue; /* what accepts is the server of the pipes */
        accepts = true;
        if (c->sessions[i]->flow != fact->flow)
            continue; /* over another connection */
        session_reach(session, STAGE_CONNECTED, fact->seen);
        if (session->outcome == OUTCOME_SERVED)
            continue; /* the facts are out of order */
        session_unfail(session);
        forecast_refuted(c->sessions[i]);
        session->outcome = OUTCOME_UNKNOWN;
        session->client.port = fact->client.port;
        track_goes_to(k->track, c->sessions[i], fact->server.port);
        /* Of a guessed interface, too, it is true that the endpoint which is known for it accepts. */
        knowledge_prove(k, fact, &session->interface, PROOF_CONNECTED, fact->server);
    }
    if (!c->to_mapper && accepts)
        places_accepts(k->places, &fact->server);
}

/* The mapper itself cannot be reached: only now there is a session to speak of. */
static void fail_at_mapper(struct knowledge *k, const struct fact *fact, struct connection *c) {
    static const struct syntax_id nothing_asked;
    if (!c->to_mapper || c->session_count != 0)
        return;
    struct tracked *t = foretold_fails(k, c);
    if (t == NULL)
        t = track_session(k->track, &fact->client, &fact->server, &nothing_asked, TRANSPORT_TCP);
    if (t == NULL)
        return;
    t->session.to_mapper = true;
    t->session.syns = c->syns;
    keep_pace(t, c);
    session_reach(&t->session, STAGE_ASKED, c->first_syn.frame != 0 ? c->first_syn : fact->seen);
    track_attach(k->track, c, t);
    struct client *client = places_client(k->places, &fact->client.address);
    if (client != NULL)
        client_misses_mapper(client, &fact->server.address);
}

/* A dead endpoint condemns every session that was mapped to it and waits to connect. */
static void condemn_waiting(struct knowledge *k, const struct fact *fact, struct connection *c) {
    struct tracked *t = track_newest_open(k->track, &fact->client.address, &fact->server.address);
    for (int i = 0; t != NULL && i < TRACK_LOOK_BACK; i++, t = t->open_older)
        if (t->session.tower_count != 0 && t->session.outcome == OUTCOME_UNKNOWN && waits_to_connect(t, fact) &&
            fact->seen.time - t->session.stages[STAGE_MAPPED].time < WAITS_TOGETHER) {
            t->condemned = true;
            session_reach(&t->session, STAGE_CONNECTING, c->first_syn);
            t->session.client.port = fact->client.port;
            track_goes_to(k->track, t, fact->server.port);
            t->session.syns = c->syns;
            keep_pace(t, c);
            track_attach(k->track, c, t);
        }
}

/* What this very client asked for before is guessed well, if nobody was told another endpoint of it since. */
static bool is_latest_known(const struct knowledge *k, const struct tracked *t, const struct fact *fact) {
    const struct session *session = &t->session;
    const struct binding *binding =
        binding_find_over(k->bindings, &fact->server.address, &session->interface, session->transport);
    return t->own && binding != NULL && binding->endpoint.port == fact->server.port;
}

static void fail_session(struct knowledge *k, const struct fact *fact, const struct connection *c, struct tracked *t,
                         enum outcome outcome, enum binding_proof kind) {
    struct session *session = &t->session;
    if (session->outcome == OUTCOME_SERVED || t->flow != fact->flow)
        return; /* over another connection */
    /* It said so before; that nothing is said to another try is no news. */
    bool told = session->outcome == OUTCOME_REFUSED || session->outcome == OUTCOME_UNREACHABLE;
    if (told && outcome == OUTCOME_UNANSWERED)
        return;
    struct sighting first = fact->seen;
    if (outcome == OUTCOME_UNANSWERED && c->second_syn.frame != 0) {
        first = c->second_syn;
        if (session->failing.frame == 0)
            t->patience = patience_with(k, fact, c, &first);
    }
    session_fail(session, outcome, first, fact->seen);
    session->icmp_type = fact->connect.icmp_type;
    session->icmp_code = fact->connect.icmp_code;
    session->reporter = fact->connect.reporter;
    /* One lost SYN proves nothing about the address, and a guess nothing about the interface. */
    if ((t->guessed && !is_latest_known(k, t, fact)) || (outcome == OUTCOME_UNANSWERED && c->syns <= 1))
        return;
    knowledge_prove(k, fact, c->to_mapper ? &SYNTAX_EPM : &session->interface, kind, fact->server);
    if (outcome == OUTCOME_REFUSED && !c->to_mapper && !session->exporter)
        places_refuses(k->places, &fact->server, &session->interface, fact->seen);
}

/* When its SYNs were told, nobody knew what they were for. How far apart they were was not kept. */
static void count_syns(struct connection *c, const struct fact *fact) {
    static const int64_t MAY_WAIT = 4 * SECOND;
    c->syns = fact->connect.attempt;
    c->last_syn = fact->seen;
    for (size_t i = 0; i < c->session_count; i++) {
        struct tracked *t = c->sessions[i];
        t->session.syns += c->syns;
        t->last_syn = fact->seen;
        t->syn_interval = MAY_WAIT;
    }
}

/* A connection that did not come about, whichever way. The RST of a server whose client's SYN was not captured has no
 * connection yet. */
static void not_connected(struct knowledge *k, const struct fact *fact, enum outcome outcome, enum binding_proof kind) {
    struct connection *c = track_connection(k->track, fact->flow);
    if (c == NULL) {
        begin(k, fact);
        c = track_connection(k->track, fact->flow);
        if (c != NULL && outcome == OUTCOME_UNANSWERED)
            count_syns(c, fact);
    }
    bool known = c != NULL;
    if (outcome == OUTCOME_REFUSED)
        identity_packet(k->identity, &fact->server.address, &fact->connect.server_mac, fact->connect.server_ttl,
                        fact->seen, known);
    if (!known) {
        struct client *client = places_client(k->places, &fact->client.address);
        if (client != NULL)
            client_strays(client, &fact->server);
        return;
    }
    fail_at_mapper(k, fact, c);
    if (outcome == OUTCOME_REFUSED)
        places_sees(k->places, &fact->server.address, true);
    if (outcome == OUTCOME_REFUSED && !c->to_mapper) {
        places_connect(k->places, &fact->server, true, fact->seen.time);
        condemn_waiting(k, fact, c);
    }
    for (size_t i = 0; i < c->session_count; i++)
        fail_session(k, fact, c, c->sessions[i], outcome, kind);
}

/* Of a connection in which nothing has an interest: how its server's packets look, by which routers are known. */
static void passed_by(struct knowledge *k, const struct fact *fact) {
    identity_packet(k->identity, &fact->server.address, &fact->connect.server_mac, fact->connect.server_ttl, fact->seen,
                    false);
}

void knowledge_connect(struct knowledge *k, const struct fact *fact) {
    bool of_interest = knowledge_of_port(k, fact->server.port);
    if (fact->kind == FACT_CONNECT_ATTEMPTED && of_interest)
        attempted(k, fact);
    else if (fact->kind == FACT_CONNECT_ESTABLISHED && of_interest)
        established(k, fact);
    else if (fact->kind == FACT_CONNECT_ESTABLISHED)
        passed_by(k, fact);
    else if (fact->kind == FACT_CONNECT_REFUSED)
        not_connected(k, fact, OUTCOME_REFUSED, PROOF_REFUSED);
    else if (fact->kind == FACT_CONNECT_UNREACHABLE)
        not_connected(k, fact, OUTCOME_UNREACHABLE, PROOF_UNREACHABLE);
    else if (fact->kind == FACT_CONNECT_UNANSWERED)
        not_connected(k, fact, OUTCOME_UNANSWERED, PROOF_UNANSWERED);
    if (!of_interest || track_connection(k->track, fact->flow) == NULL)
        recent_add(k->recent, fact);
}
