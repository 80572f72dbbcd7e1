/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/verdict/trial.h"

#include <stdio.h>

static bool fires(const struct trial *t, struct verdict *v) {
    /* A port that only came later is no sign of a move if the interface was bound elsewhere and never here. */
    bool moved = t->moved.port != 0 && (t->stand_count == 0 || (t->moved_serves && t->moved_time <= t->time));
    if (t->session->to_mapper || t->outcome != OUTCOME_REFUSED || (!t->served_before && !moved))
        return false;
    v->moved = t->moved;
    v->cause = CAUSE_STALE;
    char now[320] = "";
    char endpoint[ENDPOINT_TEXT_SIZE];
    if (t->moved.port != 0)
        snprintf(now, sizeof now, t->moved_serves ? " It is at %s now." : " Its endpoint mapper gives %s now.",
                 endpoint_text(&t->moved, endpoint));
    else if (t->stand_count != 0)
        snprintf(now, sizeof now, " %s has it at %s now.", t->same, t->elsewhere);
    const char *before = t->served_before ? ", though the interface was served at this address before" : "";
    snprintf(v->message, sizeof v->message, "%s goes to %s for %s: %s%s.%s", t->client, t->address, t->interface,
             t->failure, before, now);
    snprintf(v->advice, sizeof v->advice,
             "The service was probably restarted, stopped or moved to another node: check its state, and let the "
             "client ask the "
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
