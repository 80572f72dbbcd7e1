/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of predictions: those that are made before the client has said what it wants, and those that were wrong.
 */
#include "rules/knowledge.h"

#include <stdlib.h>

void forecast_withdraw(struct tracked *t, enum withdrawal why) {
    if (!t->session.predicted)
        return;
    t->forecast->withdrawn = why;
    t->session.predicted = false;
    t->session.withdrawn = true;
    t->session.flagged = t->session.failing;
}

/* That nobody knows the interface there, or rejects it, shows only later. */
void forecast_refuted(struct tracked *t) {
    if (t->session.predicted && t->forecast->omen.kind != PROOF_REJECTED)
        forecast_withdraw(t, WITHDRAWN_CONNECTED);
}

void forecast_forget(struct tracked *t) {
    forecast_withdraw(t, WITHDRAWN_NOTHING_ASKED);
    t->session.withdrawn = false;
    free(t->forecast);
    t->forecast = NULL;
}

/* What was predicted of the mapper itself ends here; what was predicted of a service waits for the question. */
void foretold_connects(struct connection *c, struct sighting seen) {
    struct tracked *t = c->foretold;
    if (t == NULL || !t->session.to_mapper)
        return;
    c->foretold = NULL;
    session_reach(&t->session, STAGE_CONNECTED, seen);
    t->session.outcome = OUTCOME_SERVED;
    forecast_withdraw(t, WITHDRAWN_SERVED);
}

struct tracked *foretold_asks(struct knowledge *k, const struct fact *fact, const struct syntax_id *interface,
                              enum transport carrier) {
    struct connection *c = track_connection(k->track, fact->flow);
    struct tracked *t = c == NULL ? NULL : c->foretold;
    if (t == NULL || !address_equal(&t->session.server.address, &fact->server.address))
        return NULL;
    if (t->session.to_mapper) { /* it was reached, though its SYN-ACK is not in the capture */
        foretold_connects(c, fact->seen);
        return NULL;
    }
    c->foretold = NULL;
    if (!forecast_covers(k, t, interface))
        forecast_withdraw(t, WITHDRAWN_OTHER_WISH);
    else
        t->forecast->presumed = false;
    t->session.interface = *interface;
    t->session.transport = carrier;
    track_join(k->track, t);
    return t;
}

struct tracked *foretold_fails(struct knowledge *k, struct connection *c) {
    struct tracked *t = c->foretold;
    if (t == NULL)
        return NULL;
    c->foretold = NULL;
    t->session.interface = (struct syntax_id){.major = 0}; /* nobody will know */
    t->session.server.port = MAPPER_PORT;
    track_join(k->track, t);
    return t;
}

/* Of a connection that is known whole it is known, too, that nothing was asked on it. */
void foretold_closes(struct connection *c, bool whole) {
    if (c->foretold != NULL && c->established && whole)
        forecast_withdraw(c->foretold, WITHDRAWN_NOTHING_ASKED);
    c->foretold = NULL;
}

/* One SYN without an answer says nothing of the mapper: what was foretold, of the services, is still to come. */
void foretold_untold(struct tracked *t) {
    struct session *s = &t->session;
    if (!s->predicted || !t->forecast->presumed || !s->to_mapper || is_mapper_interface(&t->forecast->interface))
        return;
    s->to_mapper = false;
    s->server.port = 0;
    s->stages[STAGE_ASKED] = (struct sighting){.frame = 0};
    s->interface = t->forecast->interface;
}

/* Of a connection with a hole facts come late: the session that was served may be another one by then. */
void foretold_outdone(const struct knowledge *k, struct tracked *t) {
    const struct session *s = &t->session;
    if (!s->predicted || t->forecast->kind != PREDICTED_BY_DECLARATION)
        return;
    const struct binding *here = binding_find_over(k->bindings, &s->server.address, &s->interface, s->transport);
    for (size_t i = 0; here != NULL && i < here->count; i++) {
        const struct proof *proof = &here->proofs[i];
        if (proof_is_of_serving(proof->kind) && proof->last.time >= s->flagged.time &&
            address_equal(&proof->client, &s->client.address)) {
            forecast_withdraw(t, WITHDRAWN_CONNECTED);
            return;
        }
    }
}
