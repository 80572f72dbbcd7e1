/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an endpoint mapper is asked, and what it says. */
#include "rules/knowledge.h"

enum { EPT_S_NOT_REGISTERED = 0x16c9a0d6, WIN32_NOT_REGISTERED = 1753 };

static bool is_udp(enum transport transport) { return transport == TRANSPORT_UDP; }

/* Asked for on the same connection, for the same transport, and mapped to endpoints. */
static bool is_mapped(const struct tracked *t, const struct fact *fact) {
    return t->session.tower_count != 0 && is_udp(t->session.transport) == is_udp(fact->map.transport) &&
           syntax_compatible(&t->session.interface, &fact->map.interface);
}

/* A session that asked on this connection since it was bound to the mapper: an SMB connection stays, and carries one
 * pipe to the mapper after the other. NULL: so did t not, nor any before it. */
static struct tracked *since_bind(const struct knowledge *k, const struct fact *fact, struct tracked *t) {
    const struct connection *c = track_connection(k->track, fact->flow);
    if (c == NULL || t == NULL)
        return NULL;
    const struct sighting *stages = t->session.stages;
    const struct sighting *first = &stages[stages[STAGE_ASKED].frame != 0 ? STAGE_ASKED : STAGE_MAPPED];
    return first->time < c->mapper_bound ? NULL : t;
}

/* Asking on for more towers of the same interface, without having tried the first ones, is the same session. */
static struct tracked *find_unused(const struct knowledge *k, const struct fact *fact) {
    struct tracked *t = since_bind(k, fact, track_asked(k->track, fact->flow));
    for (int i = 0; t != NULL && i < TRACK_LOOK_BACK_ASKED; i++, t = since_bind(k, fact, t->asked_before))
        if (t->flow == 0 && is_mapped(t, fact))
            return t;
    return NULL;
}

/* Whatever way the mapper is asked, what its client wants is known with the connections. */
static void wishes(struct knowledge *k, const struct fact *fact, const struct syntax_id *interface) {
    struct knowledge *connections = k->connections != NULL ? k->connections : k;
    struct client *client = places_client(connections->places, &fact->client.address);
    if (client != NULL)
        client_wishes(client, interface);
}

static struct tracked *begin(struct knowledge *k, const struct fact *fact) {
    struct endpoint server = {fact->server.address, 0};
    enum transport carrier = is_udp(fact->map.transport) ? TRANSPORT_UDP : TRANSPORT_TCP;
    wishes(k, fact, &fact->map.interface);
    struct tracked *t = foretold_asks(k, fact, &fact->map.interface, carrier);
    if (t == NULL)
        t = track_session(k->track, &fact->client, &server, &fact->map.interface, carrier);
    if (t == NULL)
        return NULL;
    t->session.transport = fact->map.transport;
    struct connection *c = track_connection_or_new(k->track, fact->flow);
    t->asked_before = c->asked;
    c->asked = t;
    t->map_flow = fact->flow;
    track_ask(k->track, fact->flow, fact->map.call_id, t);
    return t;
}

/* It waited behind a hole, and its answer was told before it. */
static bool is_question_of(const struct fact *fact, const struct session *s) {
    return s->stages[STAGE_ASKED].frame == 0 && s->stages[STAGE_MAPPED].frame != 0 &&
           s->stages[STAGE_MAPPED].time >= fact->seen.time && syntax_compatible(&s->interface, &fact->map.interface);
}

static void asked(struct knowledge *k, const struct fact *fact) {
    struct client *client = places_client(k->places, &fact->client.address);
    if (client != NULL && !is_udp(fact->transport)) /* a datagram may have reached nobody */
        client->speaks_rpc = true;
    struct tracked *t = track_question(k->track, fact->flow, fact->map.call_id);
    if (t != NULL && is_question_of(fact, &t->session)) {
        session_reach(&t->session, STAGE_ASKED, fact->seen);
        return;
    }
    t = find_unused(k, fact);
    if (t != NULL) {
        track_ask(k->track, fact->flow, fact->map.call_id, t);
        return;
    }
    t = begin(k, fact);
    if (t == NULL)
        return;
    session_reach(&t->session, STAGE_ASKED, fact->seen);
    predict_at_question(k, t, fact->seen);
}

/* The endpoint that a tower names, as the client of this address understands it; true if that is at the address
 * asked. A tower has no room for an IPv6 address: what it says in answer to one is no other place. Nor is loopback,
 * which the server means for itself. */
static bool named_here(const struct address *asked_at, const struct fact_tower *tower, struct endpoint *named) {
    *named = tower->endpoint;
    bool loopback = named->address.family == ADDRESS_IPV4 && named->address.octets[0] == 127;
    if (!address_is_unspecified(&named->address) && !loopback && asked_at->family != ADDRESS_IPV6 &&
        !address_equal(&named->address, asked_at))
        return false;
    named->address = *asked_at;
    return true;
}

/* ncacn_http, too, is PDUs over a TCP connection to the port. */
static bool has_port(const struct fact_tower *tower) {
    return (tower->transport == TRANSPORT_TCP || tower->transport == TRANSPORT_HTTP || is_udp(tower->transport)) &&
           tower->endpoint.port != 0;
}

static void learn(struct knowledge *k, const struct fact *fact, const struct syntax_id *interface,
                  enum transport transport, const struct endpoint *named, enum binding_proof kind) {
    const struct address *asked_at = &fact->server.address;
    if (transport == TRANSPORT_HTTP) {
        places_speaks_http(k->places, named);
        places_speaks_http(k->places, &(struct endpoint){*asked_at, named->port});
    }
    knowledge_prove(k, fact, interface, kind, *named);
    places_learn(k->places, named, interface);
    if (kind != PROOF_MAPPED)
        identity_link(k->identity, &(struct identity_link){.kind = LINK_TOWER,
                                                           .one = *asked_at,
                                                           .other = named->address,
                                                           .one_seen = fact->seen,
                                                           .other_seen = fact->seen});
}

static void take_tower(struct knowledge *k, const struct fact *fact, struct tracked *t,
                       const struct fact_tower *tower) {
    struct session *session = &t->session;
    struct endpoint named;
    if (tower->transport == TRANSPORT_PIPE)
        named_pipes_mapped(k->pipes, &fact->server, tower->name, &session->interface, fact->seen);
    if (!has_port(tower) || is_udp(tower->transport) != is_udp(session->transport))
        return;
    bool here = named_here(&fact->server.address, tower, &named);
    if (session->tower_count < SESSION_MAX_TOWERS) {
        session->towers[session->tower_count++] = named;
        track_may_use(k->track, t, named.port);
    }
    t->named_here = t->named_here || here;
    learn(k, fact, &session->interface, tower->transport, &named, here ? PROOF_MAPPED : PROOF_TOWER_FROM_ELSEWHERE);
}

static void take_towers(struct knowledge *k, const struct fact *fact, struct tracked *t) {
    struct session *session = &t->session;
    for (size_t i = 0; i < fact->map.count; i++)
        take_tower(k, fact, t, &fact->map.towers[i]);
    /* A tower that was not kept may name this address. */
    session->elsewhere = session->tower_count != 0 && !t->named_here && fact->map.offered == fact->map.count;
    if (session->tower_count != 0 && session->server.port == 0)
        session->server.port = session->towers[0].port;
    if (session->elsewhere && session->transport != TRANSPORT_HTTP)
        knowledge_prove(k, fact, &session->interface, PROOF_NAMED_ELSEWHERE,
                        (struct endpoint){fact->server.address, 0});
}

static void not_known(struct knowledge *k, const struct fact *fact, struct tracked *t) {
    struct session *session = &t->session;
    struct client *client = places_client(k->places, &fact->client.address);
    if (client != NULL && t->earlier == NULL)
        client->unregistered++; /* asked for the first time */
    const struct connection *c = track_connection(k->track, fact->flow);
    t->from_bind = c != NULL && c->from_bind;
    t->after_gap = c != NULL && c->has_gap;
    session_fail(session, OUTCOME_NOT_REGISTERED, fact->seen, fact->seen);
    if (session->transport == TRANSPORT_TCP || session->transport == TRANSPORT_UNKNOWN || is_udp(session->transport))
        knowledge_prove(k, fact, &session->interface, PROOF_NOT_REGISTERED, (struct endpoint){fact->server.address, 0});
}

/* It was mapped on this connection before: a later "not registered" says that there is no more of it. */
static bool is_end_of_list(const struct knowledge *k, const struct fact *fact) {
    struct tracked *t = since_bind(k, fact, track_asked(k->track, fact->flow));
    for (int i = 0; t != NULL && i < TRACK_LOOK_BACK_ASKED; i++, t = since_bind(k, fact, t->asked_before))
        if (is_mapped(t, fact))
            return true;
    return false;
}

static bool has_session(const struct knowledge *k, const struct fact *fact) {
    const struct tracked *t = track_newest(k->track, &fact->client.address, &fact->server.address);
    for (int i = 0; t != NULL && i < TRACK_LOOK_BACK; i++, t = t->older)
        if (t->flow == fact->flow)
            return true;
    return false;
}

/* One that has found its session since, by what was said on it, needs no other. */
void knowledge_catch_up(struct knowledge *k, const struct fact *answer, uint16_t port) {
    struct fact fact;
    uint64_t flow = 0, at = 0, end = recent_count(k->recent);
    while (recent_take(k->recent, answer, port, &at, end, &fact)) {
        if (fact.flow != flow && has_session(k, &fact))
            continue;
        flow = fact.flow;
        knowledge_connect(k, &fact);
        if (fact.kind == FACT_CONNECT_UNANSWERED)
            track_forget(k->track, flow);
    }
}

static bool names_port(const struct session *session, uint16_t port) {
    for (size_t i = 0; i < session->tower_count; i++)
        if (session->towers[i].port == port)
            return true;
    return false;
}

static void answered(struct knowledge *k, const struct fact *fact) {
    struct tracked *t = track_question(k->track, fact->flow, fact->map.call_id);
    /* A call_id used again, and the question is not in the capture. */
    if (t != NULL && !uuid_is_nil(&fact->map.interface.uuid) &&
        !syntax_compatible(&t->session.interface, &fact->map.interface))
        t = NULL;
    if (t == NULL && !uuid_is_nil(&fact->map.interface.uuid))
        t = begin(k, fact);
    if (t == NULL)
        return;
    struct session *session = &t->session;
    bool first = session->stages[STAGE_MAPPED].frame == 0;
    session_reach(session, STAGE_MAPPED, fact->seen);
    if (fact->map.count != 0) {
        take_towers(k, fact, t);
        if (first && t->guessed && names_port(session, session->server.port))
            t->guessed = false; /* the answer was told behind the connect that followed on it */
        predict_at_answer(k, t, fact->seen);
        for (size_t i = 0; i < session->tower_count && !is_udp(session->transport); i++)
            knowledge_catch_up(k, fact, session->towers[i].port);
        return;
    }
    if (!first || fact->map.status == 0 || is_end_of_list(k, fact))
        return; /* the end of an enumeration, or nothing to say */
    session->status = fact->map.status;
    session->opnum = EPT_MAP;
    t->by_mapper = true;
    if (fact->map.status == EPT_S_NOT_REGISTERED || fact->map.status == WIN32_NOT_REGISTERED)
        not_known(k, fact, t);
    else
        session_fail(session, OUTCOME_FAULTED, fact->seen, fact->seen);
}

static void listed(struct knowledge *k, const struct fact *fact) {
    const struct fact_tower *tower = &fact->lookup.tower;
    struct endpoint named;
    wishes(k, fact, NULL);
    if (tower->transport == TRANSPORT_PIPE)
        named_pipes_mapped(k->pipes, &fact->server, tower->name, &tower->interface, fact->seen);
    if (!has_port(tower))
        return;
    bool here = named_here(&fact->server.address, tower, &named);
    learn(k, fact, &tower->interface, tower->transport, &named, here ? PROOF_MAPPED : PROOF_LOOKUP_ENTRY);
}

void knowledge_map(struct knowledge *k, const struct fact *fact) {
    if (fact->kind == FACT_MAP_ASKED)
        asked(knowledge_of(k, fact->map.transport), fact);
    else if (fact->kind == FACT_MAP_ANSWERED)
        answered(knowledge_of(k, fact->map.transport), fact);
    else
        listed(knowledge_of(k, fact->lookup.tower.transport), fact);
}
