/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said on a connection, binds and calls, and what it means for the sessions on it. */
#include "rules/knowledge.h"

#include <assert.h>

enum { RESULT_ACCEPTANCE = 0, RESULT_NEGOTIATE_ACK = 3, REASON_ABSTRACT_SYNTAX = 1 }; /* C706 12.6.3.1 */

/* The binding table is about TCP: that a pipe serves an interface, or does not, says nothing about its endpoint. */
static void prove(struct knowledge *k, const struct fact *fact, const struct syntax_id *interface,
                  enum binding_proof kind) {
    if (fact->transport != TRANSPORT_PIPE)
        knowledge_prove(k, fact, interface, kind, fact->server);
}

/* One connection may carry several sessions of an interface; what is said concerns the one that it is the latest of. */
static struct tracked *on_connection(const struct connection *c, const struct syntax_id *interface) {
    struct tracked *other = NULL;
    for (size_t i = 0; i < c->session_count; i++) {
        struct tracked *t = c->sessions[i];
        if (!syntax_compatible(&t->session.interface, interface))
            continue;
        if (t->flow == c->flow)
            return t;
        other = t;
    }
    return other;
}

/* A session whose interface was only guessed by the endpoint, or by DCOM, and which no bind has confirmed. */
static struct tracked *guess_on_connection(const struct connection *c) {
    for (size_t i = 0; i < c->session_count; i++) {
        assert(c->sessions[i] != NULL);
        const struct session *session = &c->sessions[i]->session;
        if (c->sessions[i]->guessed || (session->exporter && session->stages[STAGE_BOUND].frame == 0))
            return c->sessions[i];
    }
    return NULL;
}

/* Over a pipe, or HTTP where that was not asked for, the client comes another way than by the endpoint that it was
 * given. */
static bool comes_as_mapped(const struct tracked *t, enum transport transport) {
    return transport != TRANSPORT_PIPE && (transport == TRANSPORT_HTTP) == (t->session.transport == TRANSPORT_HTTP);
}

static struct tracked *mapped_unconnected(const struct knowledge *k, const struct fact *fact,
                                          const struct syntax_id *interface) {
    struct tracked *t = track_newest_open(k->track, &fact->client.address, &fact->server.address);
    for (int i = 0; t != NULL && i < TRACK_LOOK_BACK; i++, t = t->open_older)
        if (t->flow == 0 && !t->session.to_mapper && t->session.outcome == OUTCOME_UNKNOWN &&
            comes_as_mapped(t, fact->transport) && syntax_compatible(&t->session.interface, interface))
            return t;
    return NULL;
}

static void comes_by_pipe(struct knowledge *k, const struct fact *fact, struct tracked *t) {
    const char *name = pipe_plain(fact->pipe_name);
    if (*name == '\0' || t->session.pipe != NULL)
        return;
    struct sighting opened = named_pipes_opened(k->pipes, fact->flow, name);
    session_name_pipe(&t->session, name);
    if (opened.frame != 0)
        session_reach(&t->session, STAGE_CONNECTED, opened);
}

/* The connection was taken for another session's, but carries this one. */
static struct tracked *adopt(struct knowledge *k, const struct fact *fact, const struct syntax_id *interface) {
    struct tracked *t = mapped_unconnected(k, fact, interface);
    if (t == NULL)
        t = foretold_asks(k, fact, interface, fact->transport);
    if (t == NULL)
        t = track_session(k->track, &fact->client, &fact->server, interface, fact->transport);
    if (t == NULL)
        return NULL;
    t->session.client.port = fact->client.port;
    track_goes_to(k->track, t, fact->server.port);
    t->session.transport = fact->transport;
    if (fact->transport == TRANSPORT_PIPE)
        comes_by_pipe(k, fact, t);
    return t;
}

static struct tracked *session_for(struct knowledge *k, const struct fact *fact, const struct syntax_id *interface) {
    struct connection *c = track_connection_or_new(k->track, fact->flow);
    struct tracked *t = on_connection(c, interface);
    if (t != NULL) {
        t->guessed = false;
        return t;
    }
    t = guess_on_connection(c);
    if (t != NULL) {
        forecast_withdraw(t, WITHDRAWN_OTHER_WISH);
        track_rename(k->track, t, interface);
        return t;
    }
    t = adopt(k, fact, interface);
    if (t != NULL)
        track_attach(k->track, c, t);
    return t;
}

/* One SMB connection carries many pipes: a bind to an interface that is bound already is on another one. */
static void begin_anew(struct knowledge *k, const struct fact *fact, const struct syntax_id *interface) {
    struct connection *c = track_connection_or_new(k->track, fact->flow);
    const struct tracked *t = on_connection(c, interface);
    if (fact->transport == TRANSPORT_PIPE && !fact->bind.alter && t != NULL &&
        t->session.stages[STAGE_BOUND].frame != 0)
        track_detach(c, t);
}

static void bind_asked(struct knowledge *k, const struct fact *fact) {
    struct client *client = places_client(k->places, &fact->client.address);
    if (client != NULL)
        client->speaks_rpc = true;
    track_connection_or_new(k->track, fact->flow)->association_wanted = fact->bind.assoc_group;
    for (size_t i = 0; i < fact->bind.count; i++) {
        if (is_mapper_interface(&fact->bind.contexts[i].interface)) {
            struct connection *c = track_connection_or_new(k->track, fact->flow);
            c->from_bind = true;
            c->mapper_bound = fact->bind.alter ? c->mapper_bound : fact->seen.time;
            c->has_gap = false;
        } else {
            if (client != NULL && fact->server.port == MAPPER_PORT) /* its host has interfaces of its own */
                client_wishes(client, &fact->bind.contexts[i].interface);
            begin_anew(k, fact, &fact->bind.contexts[i].interface);
            struct tracked *t = session_for(k, fact, &fact->bind.contexts[i].interface);
            if (t != NULL)
                t->bind_asked = true;
        }
    }
}

static void serve(struct tracked *t, enum stage stage, struct sighting seen) {
    session_reach(&t->session, stage, seen);
    forecast_withdraw(t, WITHDRAWN_SERVED);
    session_unfail(&t->session);
    t->session.outcome = OUTCOME_SERVED;
    track_served(t);
    if (t->served_time == 0)
        t->served_time = seen.time;
}

static void accepted(struct knowledge *k, const struct fact *fact, const struct syntax_id *interface) {
    if (fact->transport == TRANSPORT_HTTP)
        places_speaks_http(k->places, &fact->server);
    prove(k, fact, interface, PROOF_BIND_ACCEPTED);
    if (fact->transport == TRANSPORT_PIPE)
        named_pipes_served(k->pipes, &fact->server, fact->pipe_name, interface, fact->seen);
    if (is_mapper_interface(interface))
        return;
    if (fact->transport == TRANSPORT_TCP || fact->transport == TRANSPORT_HTTP) {
        places_learn(k->places, &fact->server, interface);
        if (fact->server.port != MAPPER_PORT)
            places_accepts(k->places, &fact->server);
    }
    struct tracked *t = session_for(k, fact, interface);
    if (t == NULL)
        return;
    serve(t, STAGE_BOUND, fact->seen);
}

static void rejected(struct knowledge *k, const struct fact *fact, const struct syntax_id *interface, uint32_t status,
                     bool nak) {
    if (!nak && status == REASON_ABSTRACT_SYNTAX)
        prove(k, fact, interface, PROOF_REJECTED);
    struct tracked *t = session_for(k, fact, interface);
    if (t == NULL || t->session.stages[STAGE_BOUND].frame != 0)
        return;
    t->session.status = status;
    t->session.nak = nak;
    session_fail(&t->session, OUTCOME_REJECTED, fact->seen, fact->seen);
}

/* An interface is offered in several transfer syntaxes, and with the pseudo syntax of feature negotiation (result
 * negotiate_ack); it is rejected only if not one of them was accepted. */
static bool accepted_in_any(const struct fact_bind *bind, const struct syntax_id *interface) {
    for (size_t i = 0; i < bind->count; i++)
        if (bind->contexts[i].result == RESULT_ACCEPTANCE && syntax_compatible(&bind->contexts[i].interface, interface))
            return true;
    return false;
}

/* Why it was rejected; the reason of a negotiate_ack is none. */
static uint16_t reason_of(const struct fact_bind *bind, const struct syntax_id *interface) {
    for (size_t i = 0; i < bind->count; i++)
        if (bind->contexts[i].result != RESULT_NEGOTIATE_ACK &&
            syntax_compatible(&bind->contexts[i].interface, interface))
            return bind->contexts[i].reason;
    return 0;
}

static bool told_before(const struct fact_bind *bind, size_t index) {
    for (size_t i = 0; i < index; i++)
        if (syntax_compatible(&bind->contexts[i].interface, &bind->contexts[index].interface))
            return true;
    return false;
}

static void bind_answered(struct knowledge *k, const struct fact *fact) {
    const struct fact_bind *bind = &fact->bind;
    struct connection *c = track_connection_or_new(k->track, fact->flow);
    identity_association(k->identity, &fact->client.address, &fact->server.address, bind->assoc_group,
                         c->association_wanted, fact->seen);
    for (size_t i = 0; i < bind->count; i++) {
        const struct fact_context *context = &bind->contexts[i];
        if (uuid_is_nil(&context->interface.uuid) || told_before(bind, i))
            continue;
        if (accepted_in_any(bind, &context->interface))
            accepted(k, fact, &context->interface);
        else
            rejected(k, fact, &context->interface, reason_of(bind, &context->interface), false);
    }
}

static void bind_refused(struct knowledge *k, const struct fact *fact) {
    for (size_t i = 0; i < fact->bind.count; i++)
        if (!uuid_is_nil(&fact->bind.contexts[i].interface.uuid) && !told_before(&fact->bind, i))
            rejected(k, fact, &fact->bind.contexts[i].interface, fact->bind.nak_reason, true);
}

/* The session that a call on this connection belongs to; for a call to the mapper, the one that asked by it. */
static struct tracked *caller(struct knowledge *k, const struct fact *fact) {
    if (is_mapper_interface(&fact->call.interface))
        return track_question(k->track, fact->flow, fact->call.call_id);
    struct connection *c = track_connection(k->track, fact->flow);
    if (c == NULL)
        return NULL;
    /* A context that was never bound can only mean the one interface that was. */
    if (uuid_is_nil(&fact->call.interface.uuid) && c->session_count == 1)
        return c->sessions[0];
    return on_connection(c, &fact->call.interface);
}

/* The bind is not in the capture. A session whose interface is known was served; one whose interface is guessed did at
 * least not end with a fault before. */
static void answered_unbound(struct knowledge *k, const struct fact *fact) {
    struct tracked *t = caller(k, fact);
    if (t == NULL || t->session.to_mapper)
        return;
    if (!t->guessed) {
        serve(t, STAGE_ANSWERED, fact->seen);
        return;
    }
    session_reach(&t->session, STAGE_ANSWERED, fact->seen);
    session_unfail(&t->session);
    t->session.outcome = OUTCOME_UNKNOWN;
}

static void answered(struct knowledge *k, const struct fact *fact) {
    if (uuid_is_nil(&fact->call.interface.uuid)) {
        answered_unbound(k, fact);
        return;
    }
    prove(k, fact, &fact->call.interface, PROOF_ANSWERED);
    struct tracked *t = is_mapper_interface(&fact->call.interface) ? NULL : caller(k, fact);
    if (t == NULL)
        return;
    serve(t, STAGE_ANSWERED, fact->seen);
}

/* A fault before any answer is how the session ended, until an answer comes; after one it is the application's. */
static void faulted(struct knowledge *k, const struct fact *fact) {
    struct tracked *t = caller(k, fact);
    if (t == NULL || t->session.stages[STAGE_ANSWERED].frame != 0)
        return;
    t->session.status = fact->call.status;
    t->session.opnum = fact->call.opnum;
    t->by_mapper = is_mapper_interface(&fact->call.interface);
    session_fail(&t->session, OUTCOME_FAULTED, fact->seen, fact->seen);
}

/* Who calls something else of a mapper looks for nothing in particular. */
static void lists(struct knowledge *k, const struct fact *fact) {
    struct client *client = places_client(k->places, &fact->client.address);
    if (client != NULL)
        client_wishes(client, NULL);
}

void knowledge_listen(struct knowledge *k, const struct fact *fact) {
    struct tracked *t;
    if (fact->kind == FACT_BIND_ASKED) {
        bind_asked(k, fact);
    } else if (fact->kind == FACT_BIND_ANSWERED) {
        bind_answered(k, fact);
    } else if (fact->kind == FACT_BIND_REFUSED) {
        bind_refused(k, fact);
    } else if (fact->kind == FACT_FIRST_CALL) {
        bool to_mapper = is_mapper_interface(&fact->call.interface);
        if (to_mapper && fact->call.opnum != EPT_MAP)
            lists(k, fact);
        t = to_mapper ? NULL : caller(k, fact);
        if (t != NULL)
            session_reach(&t->session, STAGE_CALLED, fact->seen);
    } else if (fact->kind == FACT_FIRST_ANSWER) {
        answered(k, fact);
    } else if (fact->kind == FACT_FAULT) {
        faulted(k, fact);
    }
    struct connection *c = track_connection(k->track, fact->flow);
    if (c != NULL)
        c->spoken = true;
}
