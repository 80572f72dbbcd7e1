/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Predictions. Each rests on evidence about the very address that the client goes to; that another address works
 * predicts nothing, for most services listen everywhere. */
#include "rules/knowledge.h"
#include "rules/tables/table.h"

enum { STANDS_LOOKED_AT = 8 };

/* A failure that lasted so long is no hiccup, such as of a service that is just starting; and one that did not lasts so
 * long, mostly. */
static const int64_t LASTING = 5 * SECOND;

static void predict(struct tracked *t, struct sighting seen, const struct forecast *forecast) {
    if (t->forecast == NULL)
        t->forecast = allocate(1, sizeof *t->forecast);
    *t->forecast = *forecast;
    t->forecast->seen = seen;
    t->forecast->interface = t->session.interface;
    t->session.flagged = seen;
    t->session.predicted = true;
    t->session.withdrawn = false;
}

static bool is_mapped(enum binding_proof kind) { return kind == PROOF_MAPPED; }

/* --- an earlier failure at this address --------------------------------------------------------------------------- */

/* The latest word about the interface here is one against it. That a mapper does not know it is outdone when it does,
 * later, whether or not that was tried. */
static const struct proof *latest_failure(const struct binding *binding) {
    const struct proof *proof = binding_verdict(binding);
    if (proof == NULL)
        return NULL;
    if (proof->kind == PROOF_NOT_REGISTERED)
        return binding_after(binding, is_mapped, proof->last.time + 1) == NULL ? proof : NULL;
    return proof_is_of_silence_or_refusal(proof->kind) || proof->kind == PROOF_REJECTED ? proof : NULL;
}

/* When it was last served here at this port. */
static int64_t last_served(const struct binding *binding, uint16_t port) {
    int64_t last = INT64_MIN;
    for (size_t i = 0; i < binding->count; i++) {
        const struct proof *proof = &binding->proofs[i];
        if (proof_is_of_serving(proof->kind) && proof->endpoint.port == port && proof->last.time > last)
            last = proof->last.time;
    }
    return last;
}

/* What served at this port refuses now, and nobody has asked the mapper since: it may have been restarted, and be at
 * another port. */
static bool may_have_moved(const struct binding *binding, const struct proof *failure) {
    int64_t served = last_served(binding, failure->endpoint.port);
    if (served == INT64_MIN || failure->endpoint.port == MAPPER_PORT)
        return false;
    for (size_t i = 0; i < binding->count; i++) {
        const struct proof *proof = &binding->proofs[i];
        if (proof->kind == PROOF_MAPPED && proof->endpoint.port == failure->endpoint.port && proof->last.time > served)
            return false;
    }
    return true;
}

/* What speaks for it that a failure here goes on: the server has the interface elsewhere, */
struct elsewhere {
    bool somewhere;
    bool same_port; /* at the port that failed here, */
    bool since;     /* and that was seen after the failure */
};

static struct elsewhere look_elsewhere(const struct knowledge *k, const struct session *session,
                                       const struct proof *failure, int64_t time) {
    struct stand stands[STANDS_LOOKED_AT];
    struct place here = place_of_session(session, time);
    struct elsewhere elsewhere = {false, false, false};
    if (failure->endpoint.port != 0)
        here.ports[here.port_count++] = failure->endpoint.port;
    size_t count = knowledge_bound_elsewhere(k, &here, SPAN_BEFORE, stands, STANDS_LOOKED_AT);
    bool mapper = is_mapper_interface(&session->interface);
    for (size_t i = 0; i < count; i++) {
        if (mapper && stands[i].cluster)
            continue; /* each node has one */
        bool same_port = stands[i].proof != NULL && stands[i].endpoint.port == failure->endpoint.port;
        elsewhere.somewhere = true;
        elsewhere.same_port = elsewhere.same_port || same_port;
        elsewhere.since = elsewhere.since || (same_port && stands[i].proof->last.time > failure->seen.time);
    }
    return elsewhere;
}

static bool by_earlier(const struct knowledge *k, const struct session *session, struct sighting seen,
                       struct forecast *forecast) {
    const struct binding *binding =
        binding_find_over(k->bindings, &session->server.address, &session->interface, session->transport);
    const struct proof *failure = latest_failure(binding);
    if (failure == NULL || failure->last.time > seen.time)
        return false; /* what was captured later, and told earlier, is no omen */
    if (session->server.port != 0 && failure->endpoint.port != session->server.port)
        return false; /* it has moved to another port since */
    struct elsewhere elsewhere = look_elsewhere(k, session, failure, seen.time);
    if (session->server.port == 0 && may_have_moved(binding, failure) && !elsewhere.since)
        return false; /* the mapper's answer will show */
    bool mapper = is_mapper_interface(&session->interface);
    bool lasts = failure->last.time - failure->seen.time >= LASTING;
    /* Of one failure alone: a refusal of a moment ago, and silence, which was a long one when it became a proof. */
    bool probable = failure->kind == PROOF_UNANSWERED ||
                    (failure->kind == PROOF_REFUSED && seen.time - failure->last.time < LASTING);
    /* A mapper that is down will soon be up again, unless it is one that does not listen here; and what another
     * computer did at this address tells nothing of this one, unless its server, too, has it elsewhere. */
    bool another = identity_renamed_since(k->identity, &session->server.address, failure->last.time);
    if (!elsewhere.somewhere && (mapper || another || (!lasts && (!probable || forecast->at_syn))))
        return false;
    forecast->kind = PREDICTED_BY_EARLIER;
    forecast->omen = (struct omen){.kind = failure->kind,
                                   .interface = session->interface,
                                   .endpoint = failure->endpoint,
                                   .seen = failure->last,
                                   .doubtful = !elsewhere.somewhere && !lasts,
                                   .structural = elsewhere.same_port && failure->kind == PROOF_REFUSED &&
                                                 !binding_served(binding, seen.time)};
    return true;
}

/* --- what is declared --------------------------------------------------------------------------------------------- */

static bool by_declaration(const struct knowledge *k, const struct session *session, int64_t time,
                           struct forecast *forecast) {
    const struct declaration declaration = inventory_says(k->inventory, &session->server.address, &session->interface);
    if (declaration.declared != DECLARED_UNBOUND || is_mapper_interface(&session->interface))
        return false;
    if (binding_served(
            binding_find_over(k->bindings, &session->server.address, &session->interface, session->transport), time))
        return false; /* what packets show outdoes it; what was captured later, and told earlier, is none of it */
    forecast->kind = PREDICTED_BY_DECLARATION;
    forecast->cluster = declaration.cluster;
    forecast->service = declaration.service;
    return true;
}

static bool accepts(const struct knowledge *k, const struct address *address) {
    const struct standing *standing = places_standing(k->places, address);
    return standing != NULL && standing->accepts;
}

/* All that this client has ever asked for is not declared unbound there, or works. DCOM's is at every address. */
static bool wishes_what_works(const struct knowledge *k, const struct fact *fact) {
    const struct client *client = places_find_client(k->places, &fact->client.address);
    struct forecast forecast;
    struct session wish = {.server = {.address = fact->server.address}, .transport = TRANSPORT_TCP};
    if (client == NULL || client->wishes != WISHES_ONE)
        return false;
    wish.interface = client->wish;
    return !by_declaration(k, &wish, fact->seen.time, &forecast);
}

static bool serves_nothing(const struct knowledge *k, const struct fact *fact, struct forecast *forecast) {
    const struct address *address = &fact->server.address;
    const struct declared_cluster *cluster = inventory_serves_nothing(k->inventory, address);
    if (cluster == NULL || accepts(k, address) || accepts(k->datagrams, address) || wishes_what_works(k, fact))
        return false; /* what packets show outdoes it */
    forecast->kind = PREDICTED_BY_DECLARATION;
    forecast->cluster = cluster;
    return true;
}

/* --- at the question, or at the first connect where there is none ----------------------------------------------- */

void predict_at_question(const struct knowledge *k, struct tracked *t, struct sighting seen) {
    struct forecast forecast = {.kind = PREDICTED_NOT};
    if (t->session.flagged.frame != 0)
        return;
    if (by_earlier(k, &t->session, seen, &forecast) || by_declaration(k, &t->session, seen.time, &forecast))
        predict(t, seen, &forecast);
}

/* --- at the first SYN to a mapper --------------------------------------------------------------------------------- */

static bool by_sole_wish(const struct knowledge *k, const struct fact *fact, struct session *session,
                         struct forecast *forecast) {
    const struct client *client = places_find_client(k->places, &fact->client.address);
    if (client == NULL || client->wishes != WISHES_ONE)
        return false;
    session->interface = client->wish;
    return by_earlier(k, session, fact->seen, forecast) || by_declaration(k, session, fact->seen.time, forecast);
}

/* What is declared of an address as a whole is about whatever is asked for, unless nothing is declared of that. */
bool forecast_covers(const struct knowledge *k, const struct tracked *t, const struct syntax_id *interface) {
    struct forecast forecast;
    struct session asks = {.server = t->session.server, .interface = *interface, .transport = TRANSPORT_TCP};
    if (t->forecast->kind != PREDICTED_BY_DECLARATION)
        return syntax_compatible(&t->forecast->interface, interface);
    return by_declaration(k, &asks, t->forecast->seen.time, &forecast);
}

/* Hash look-ups only, unless there is an omen or an inventory: most of these connects are sound. */
void predict_at_syn(struct knowledge *k, const struct fact *fact, struct connection *c) {
    struct forecast forecast = {.at_syn = true, .presumed = true};
    struct session session = {.server = {.address = fact->server.address}, .transport = TRANSPORT_TCP};
    session.interface = SYNTAX_EPM;
    if (by_earlier(k, &session, fact->seen, &forecast)) {
        session.to_mapper = true;
        session.server.port = MAPPER_PORT;
    } else if (serves_nothing(k, fact, &forecast)) {
        session.interface = (struct syntax_id){.major = 0};
    } else if (!by_sole_wish(k, fact, &session, &forecast)) {
        return;
    }
    struct tracked *t = track_apart(k->track, &fact->client, &session.server, &session.interface, TRANSPORT_TCP);
    if (t == NULL)
        return;
    t->session.to_mapper = session.to_mapper;
    t->session.syn = fact->seen;
    predict(t, fact->seen, &forecast);
    c->foretold = t;
}

/* --- at the mapper's answer --------------------------------------------------------------------------------------- */

/* Ports only: whatever address a tower names, clients go to the one that they asked. */
static bool maps_to(const struct session *session, const struct endpoint *endpoint) {
    for (size_t i = 0; i < session->tower_count; i++)
        if (session->towers[i].port == endpoint->port)
            return true;
    return false;
}

/* The mapper names another endpoint than the one that failed before: that says nothing about this one, unless it is
 * the address that differs. Or it has come to name this address too. */
static void withdraw_if_mistaken(struct tracked *t) {
    const struct forecast *forecast = t->forecast;
    if (!t->session.predicted)
        return;
    if ((forecast->kind == PREDICTED_BY_EARLIER && !maps_to(&t->session, &forecast->omen.endpoint) &&
         !forecast->omen.structural) ||
        (forecast->kind == PREDICTED_BY_TOWER && !t->session.elsewhere))
        forecast_withdraw(t, WITHDRAWN_OTHER_PORT);
}

/* Behind address translation towers always name another address, and it works all the same. */
static bool served_in_spite_of_towers(const struct knowledge *k, const struct session *session) {
    const struct binding *binding =
        binding_find_over(k->bindings, &session->server.address, &session->interface, session->transport);
    return binding_after(binding, proof_is_of_serving, INT64_MIN) != NULL;
}

static bool by_other_interface(const struct knowledge *k, const struct session *session, int64_t time,
                               struct forecast *forecast) {
    const struct standing *standing = places_standing(k->places, &session->server.address);
    struct stand stand;
    if (standing == NULL || standing->refused.port == 0 || standing->refused_seen.time > time)
        return false;
    if (standing->accepts && !maps_to(session, &standing->refused))
        return false;
    struct place there = {.address = standing->address,
                          .ports = {standing->refused.port},
                          .port_count = 1,
                          .interface = standing->refused_interface,
                          .time = time};
    if (knowledge_bound_elsewhere(k, &there, SPAN_BEFORE, &stand, 1) == 0 || stand.proof == NULL)
        return false; /* each service has a declaration of its own */
    forecast->kind = PREDICTED_BY_OTHER_INTERFACE;
    forecast->omen = (struct omen){.kind = PROOF_REFUSED,
                                   .interface = standing->refused_interface,
                                   .endpoint = standing->refused,
                                   .seen = standing->refused_seen};
    return true;
}

void predict_at_answer(const struct knowledge *k, struct tracked *t, struct sighting seen) {
    const struct session *session = &t->session;
    struct forecast forecast = {.kind = PREDICTED_NOT};
    withdraw_if_mistaken(t);
    if (session->flagged.frame != 0 || session->tower_count == 0)
        return;
    if (session->elsewhere) {
        forecast.kind = PREDICTED_BY_TOWER;
        forecast.named = session->towers[0];
        if (!served_in_spite_of_towers(k, session))
            predict(t, seen, &forecast);
    } else if (by_earlier(k, session, seen, &forecast) || by_other_interface(k, session, seen.time, &forecast)) {
        predict(t, seen, &forecast);
    }
}
