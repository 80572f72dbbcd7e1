/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/verdict/reason.h"
#include "rules/verdict/trial.h"

#include <stdio.h>

/* It concerns the way to the service: one that was reached has other troubles. */
static bool reached(enum outcome outcome) {
    return outcome == OUTCOME_REJECTED || outcome == OUTCOME_FAULTED || outcome == OUTCOME_NOT_REGISTERED;
}

static enum cause cause_of(const struct trial *t) {
    if (trial_is_prohibited(t) || t->outcome == OUTCOME_UNANSWERED)
        return CAUSE_FILTERED; /* where nothing is bound an RST would come, and the mapper has answered */
    return t->outcome == OUTCOME_UNREACHABLE ? CAUSE_UNKNOWN : CAUSE_UNBOUND;
}

static bool fires(const struct trial *t, struct verdict *v) {
    /* What averts it is no service from before, whatever the clock says. */
    bool served_before = t->served_before && !reason_is_averted(t->session);
    if (!t->session->elsewhere || reached(t->outcome) || served_before || t->tracked->recovered_elsewhere ||
        (t->outcome == OUTCOME_REFUSED && trial_is_down(t)))
        return false;
    char named[ENDPOINT_TEXT_SIZE], then[300] = "";
    endpoint_text(&t->session->towers[0], named);
    v->cause = cause_of(t);
    if (t->session->failed.frame != 0)
        snprintf(then, sizeof then, ": %s", t->failure);
    trial_tell(v->message,
               "%s asks the endpoint mapper of %s for %s and is told %s, an address that it did not ask for. RPC "
               "clients keep to the address that they asked%s.%s",
               t->client, t->address, t->interface, named, then,
               v->cause == CAUSE_UNKNOWN ? " An ICMP error is about the way there: whether it is bound cannot be told."
                                         : "");
    trial_tell(v->advice,
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
            "  is another one: the server itself says that the interface lives elsewhere. RPC\n"
            "  clients take only the port from a tower and keep to the address that they\n"
            "  asked, so the connect goes where nothing is bound. The application shows 1722.\n"
            "\n"
            "How it is known\n"
            "  The answer to ept_map holds at least one TCP or UDP tower, and none of them\n"
            "  names the address asked (signature S4); 0.0.0.0 means \"this address\". It is\n"
            "  predicted at the answer, before the client's first packet to the service.\n"
            "  Where the interface is seen to be served at another address, the finding is\n"
            "  unbound-address. The cause is \"filtered\" where the connect then meets silence,\n"
            "  and cannot be told where it meets an ICMP error about the way there.\n"
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
