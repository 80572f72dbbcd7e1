/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/trial.h"

#include <stdio.h>

/* The latest endpoint that the mapper of this address gave, to anyone, before the failure. */
static const struct proof *moved_to(const struct trial *t) {
    const struct session *session = t->session;
    const struct binding *binding = binding_find(t->knowledge->bindings, &session->server.address, &session->interface);
    const struct proof *latest = NULL;
    for (size_t i = 0; binding != NULL && i < binding->count; i++)
        if (binding->proofs[i].kind == PROOF_MAPPED && binding->proofs[i].seen.time < t->time)
            latest = &binding->proofs[i];
    bool own = latest == NULL || latest->last.time <= session->stages[STAGE_MAPPED].time;
    return own || latest->endpoint.port == session->server.port ? NULL : latest;
}

static bool fires(const struct trial *t, struct verdict *v) {
    if (t->session->to_mapper || t->outcome != OUTCOME_REFUSED)
        return false;
    const struct proof *moved = moved_to(t);
    if (t->served_before == NULL && moved == NULL)
        return false;
    v->cause = CAUSE_STALE;
    char now[320] = "";
    if (moved != NULL) {
        char endpoint[ENDPOINT_TEXT_SIZE];
        snprintf(now, sizeof now, " The endpoint mapper has since given %s.",
                 endpoint_text(&moved->endpoint, endpoint));
    } else if (t->stand_count != 0) {
        snprintf(now, sizeof now, " The same server has it at %s now.", t->elsewhere);
    }
    snprintf(v->message, sizeof v->message,
             "%s goes to %s for %s: %s %s, though the interface was served at this address before.%s", t->client,
             t->address, t->interface, t->endpoint, t->failure, now);
    snprintf(v->advice, sizeof v->advice,
             "The service was restarted, stopped or moved to another node: check its state, and let the client ask the "
             "endpoint mapper anew%s%s.",
             t->stand_count != 0 ? ", or go to " : "", t->stand_count != 0 ? t->elsewhere : "");
    return true;
}

const struct rule RULE_STALE_ENDPOINT = {
    .id = "stale-endpoint",
    .severity = SEVERITY_WARNING,
    .title = "the client uses an endpoint that served before, or that the mapper has since moved",
    .page = "What it means\n"
            "  The interface was served at this very address earlier, and now its endpoint\n"
            "  refuses: the service stopped, was restarted on another port, or moved to\n"
            "  another address with its cluster group (failover). Or the client uses a port\n"
            "  that the endpoint mapper no longer gives.\n"
            "\n"
            "How it is known\n"
            "  The capture holds a served connection at this address before the refusal, or a\n"
            "  newer answer of this address's mapper with another port.\n"
            "\n"
            "What to do\n"
            "  Check the service's state. If it was restarted, a client that asks the mapper\n"
            "  anew succeeds. After a failover, clients must go to the address that moved\n"
            "  with the service.\n"
            "\n"
            "What can fool it\n"
            "  A service that is just restarting: it works at the next try.\n",
    .fires = fires,
};
