/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Predictions. Each rests on evidence about the very address that the client goes to; that another address works
 * predicts nothing, for most services listen everywhere. */
#include "rules/knowledge.h"

/* A failure that lasted so long is no hiccup, such as a service that is just starting. */
static const int64_t LASTING = 5 * SECOND;

static bool bound_elsewhere_before(const struct knowledge *k, const struct place *place) {
    struct stand stand;
    return knowledge_bound_elsewhere(k, place, SPAN_BEFORE, &stand, 1) != 0;
}

static void predict(struct tracked *t, struct sighting seen, enum prediction prediction) {
    t->session.flagged = seen;
    t->session.predicted = true;
    t->prediction = prediction;
}

static bool is_omen(const struct proof *proof) {
    return proof != NULL && (proof_is_of_silence_or_refusal(proof->kind) || proof->kind == PROOF_NOT_REGISTERED);
}

void predict_at_question(const struct knowledge *k, struct tracked *t, struct sighting seen) {
    const struct session *session = &t->session;
    if (session->flagged.frame != 0)
        return;
    const struct proof *proof = binding_verdict(
        binding_find_over(k->bindings, &session->server.address, &session->interface, session->transport));
    if (!is_omen(proof) || proof->last.time > seen.time)
        return; /* what was captured later, and told earlier, is no omen */
    if (session->server.port != 0 && proof->endpoint.port != session->server.port)
        return; /* it has moved to another port since */
    struct place here = place_of_session(session, seen.time);
    if (proof->endpoint.port != 0)
        here.ports[here.port_count++] = proof->endpoint.port;
    if (proof->last.time - proof->seen.time < LASTING && !bound_elsewhere_before(k, &here))
        return;
    predict(t, seen, PREDICTED_BY_EARLIER);
    t->omen = proof->kind;
    t->omen_interface = session->interface;
    t->omen_endpoint = proof->endpoint;
    t->omen_seen = proof->last;
}

/* Ports only: whatever address a tower names, clients go to the one that they asked. */
static bool maps_to(const struct session *session, const struct endpoint *endpoint) {
    for (size_t i = 0; i < session->tower_count; i++)
        if (session->towers[i].port == endpoint->port)
            return true;
    return false;
}

void predict_nothing(struct tracked *t) {
    if (!t->session.predicted)
        return;
    t->session.predicted = false;
    t->session.flagged = t->session.failing;
    t->prediction = PREDICTED_NOT;
}

/* The mapper names another endpoint than the one that failed before: that says nothing about this one. Or it has come
 * to name this address too. */
static void withdraw_if_mistaken(struct tracked *t) {
    if ((t->prediction == PREDICTED_BY_EARLIER && !maps_to(&t->session, &t->omen_endpoint)) ||
        (t->prediction == PREDICTED_BY_TOWER && !t->session.elsewhere))
        predict_nothing(t);
}

/* Behind address translation towers always name another address, and it works all the same. */
static bool served_in_spite_of_towers(const struct knowledge *k, const struct session *session) {
    const struct binding *binding =
        binding_find_over(k->bindings, &session->server.address, &session->interface, session->transport);
    return binding_after(binding, proof_is_of_serving, INT64_MIN) != NULL;
}

static bool others_are_refused(const struct knowledge *k, const struct session *session, int64_t time) {
    const struct standing *standing = places_standing(k->places, &session->server.address);
    if (standing == NULL || standing->refused.port == 0 || standing->refused_seen.time > time)
        return false;
    if (standing->accepts && !maps_to(session, &standing->refused))
        return false;
    struct place there = {.address = standing->address,
                          .ports = {standing->refused.port},
                          .port_count = 1,
                          .interface = standing->refused_interface,
                          .time = time};
    return bound_elsewhere_before(k, &there);
}

void predict_at_answer(const struct knowledge *k, struct tracked *t, struct sighting seen) {
    struct session *session = &t->session;
    withdraw_if_mistaken(t);
    if (session->flagged.frame != 0 || session->tower_count == 0)
        return;
    if (session->elsewhere) {
        if (!served_in_spite_of_towers(k, session))
            predict(t, seen, PREDICTED_BY_TOWER);
    } else if (others_are_refused(k, session, seen.time)) {
        const struct standing *standing = places_standing(k->places, &session->server.address);
        predict(t, seen, PREDICTED_BY_OTHER_INTERFACE);
        t->omen = PROOF_REFUSED;
        t->omen_interface = standing->refused_interface;
        t->omen_endpoint = standing->refused;
        t->omen_seen = standing->refused_seen;
    }
}
