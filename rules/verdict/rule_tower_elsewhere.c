/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/verdict/trial.h"

#include <stdio.h>

/* It concerns the way to the service: one that was reached has other troubles. */
static bool reached(enum outcome outcome) {
    return outcome == OUTCOME_REJECTED || outcome == OUTCOME_FAULTED || outcome == OUTCOME_NOT_REGISTERED;
}

static bool fires(const struct trial *t, struct verdict *v) {
    if (!t->session->elsewhere || reached(t->outcome) || t->served_before || t->tracked->recovered_elsewhere)
        return false;
    char named[ENDPOINT_TEXT_SIZE];
    endpoint_text(&t->session->towers[0], named);
    v->cause = CAUSE_UNBOUND;
    v->signature = "S4";
    char then[300] = "";
    if (t->session->failed.frame != 0)
        snprintf(then, sizeof then, ": %s", t->failure);
    snprintf(v->message, sizeof v->message,
             "%s asks the endpoint mapper of %s for %s and is told %s, an address that it did not ask for. RPC clients "
             "keep to the address that they asked%s.",
             t->client, t->address, t->interface, named, then);
    snprintf(v->advice, sizeof v->advice,
             "Send the client to the address that the mapper names (%s), by DNS or a hosts entry on the client.",
             named);
    return true;
}

const struct rule RULE_TOWER_ELSEWHERE = {
    .id = "tower-elsewhere",
    .severity = SEVERITY_WARNING,
    .title = "the endpoint mapper names only other addresses than the one asked",
    .page = "What it means\n"
            "  Asked at one address, the endpoint mapper answers with towers whose IP address\n"
            "  is another one: the server itself says that the interface lives elsewhere.\n"
            "  RPC clients take only the port from a tower and keep to the address that they\n"
            "  asked, so the connect goes where nothing is bound.\n"
            "\n"
            "How it is known\n"
            "  The answer to ept_map holds at least one TCP tower, and none of them names the\n"
            "  address asked; 0.0.0.0 means \"this address\". It is flagged at the answer,\n"
            "  before the client's first packet to the service.\n"
            "\n"
            "What to do\n"
            "  Make the name that the client uses lead to the address that the mapper names.\n"
            "\n"
            "What can fool it\n"
            "  Address translation: behind it, towers name the inner address and it works all\n"
            "  the same. Once the interface has been served at the asked address, such towers\n"
            "  are no longer flagged; a prediction that did not come true is \"averted\".\n",
    .fires = fires,
};
