/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Predictions. Each rests on evidence about the very address that the client goes to; that another address works
 * predicts nothing, for most services listen everywhere. */
#include "rules/knowledge.h"

/* A failure that lasted so long is no hiccup, such as a service that is just starting. */
static const int64_t LASTING = 5 * SECOND;

static bool bound_elsewhere_before(const struct knowledge *k, struct place place) {
    struct stand stand;
    return knowledge_bound_elsewhere(k, &place, SPAN_BEFORE, &stand, 1) != 0;
}

static void predict(struct tracked *t, struct sighting seen, enum prediction prediction) {
    t->session.flagged = seen;
    t->session.predicted = true;
    t->prediction = prediction;
}

static const struct proof *latest_verdict(const struct binding *binding) {
    for (size_t i = binding == NULL ? 0 : binding->count; i-- > 0;)
        if (proof_is_for(binding->proofs[i].kind) || proof_is_against(binding->proofs[i].kind))
            return &binding->proofs[i];
    return NULL;
}

static bool is_omen(const struct proof *proof) {
    return proof != NULL && (proof_is_of_silence_or_refusal(proof->kind) || proof->kind == PROOF_NOT_REGISTERED);
}

void predict_at_question(const struct knowledge *k, struct tracked *t, struct sighting seen) {
    const struct session *session = &t->session;
    if (session->flagged.frame != 0)
        return;
    const struct proof *proof =
        latest_verdict(binding_find(k->bindings, &session->server.address, &session->interface));
    if (!is_omen(proof))
        return;
    if (session->server.port != 0 && proof->endpoint.port != session->server.port)
        return; /* it has moved to another port since */
    struct place here = {{session->server.address, proof->endpoint.port}, session->interface, seen.time};
    if (proof->last.time - proof->seen.time < LASTING && !bound_elsewhere_before(k, here))
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

/* The mapper names another endpoint than the one that failed before: that says nothing about this one. */
static void withdraw_if_moved(struct tracked *t) {
    if (t->prediction != PREDICTED_BY_EARLIER || maps_to(&t->session, &t->omen_endpoint))
        return;
    t->session.flagged = (struct sighting){0};
    t->session.predicted = false;
    t->prediction = PREDICTED_NOT;
}

/* Behind address translation towers always name another address, and it works all the same. */
static bool served_in_spite_of_towers(const struct knowledge *k, const struct session *session, int64_t time) {
    const struct binding *binding = binding_find(k->bindings, &session->server.address, &session->interface);
    return binding_before(binding, proof_is_of_serving, time) != NULL;
}

static bool others_are_refused(const struct knowledge *k, const struct session *session, int64_t time) {
    const struct standing *standing = track_standing(k->track, &session->server.address);
    if (standing == NULL || standing->refused.port == 0)
        return false;
    if (standing->accepts && !maps_to(session, &standing->refused))
        return false;
    return bound_elsewhere_before(k, (struct place){standing->refused, standing->refused_interface, time});
}

void predict_at_answer(const struct knowledge *k, struct tracked *t, struct sighting seen) {
    struct session *session = &t->session;
    withdraw_if_moved(t);
    if (session->flagged.frame != 0 || session->tower_count == 0)
        return;
    if (session->elsewhere) {
        if (!served_in_spite_of_towers(k, session, seen.time))
            predict(t, seen, PREDICTED_BY_TOWER);
    } else if (others_are_refused(k, session, seen.time)) {
        const struct standing *standing = track_standing(k->track, &session->server.address);
        predict(t, seen, PREDICTED_BY_OTHER_INTERFACE);
        t->omen = PROOF_REFUSED;
        t->omen_interface = standing->refused_interface;
        t->omen_endpoint = standing->refused;
        t->omen_seen = standing->refused_seen;
    }
}
