/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/verdict/trial.h"

#include <stdio.h>

/* Where it is now, or what is missing to tell. */
static void put_now(const struct trial *t, char *now, size_t size) {
    char endpoint[ENDPOINT_TEXT_SIZE], missing[MISSING_TEXT_SIZE];
    if (t->moved.port != 0)
        snprintf(now, size, t->moved_serves ? " It is at %s now." : " Its endpoint mapper gives %s now.",
                 endpoint_text(&t->moved, endpoint));
    else if (t->stand_count != 0)
        snprintf(now, size, t->of_old ? " %s had it at %s in earlier captures." : " %s has it at %s now.", t->same,
                 t->elsewhere);
    else if (trial_is_down(t))
        snprintf(now, size, " So it does at every other address of this server that is known: the service is down.");
    else
        snprintf(now, size, "%s", trial_missing(t, missing));
}

static enum cause cause_of(const struct trial *t) {
    if (t->moved.port != 0 || t->stand_count != 0)
        return CAUSE_STALE;
    return trial_is_down(t) ? CAUSE_DOWN : CAUSE_UNKNOWN;
}

static bool fires(const struct trial *t, struct verdict *v) {
    /* A port that only came later is no sign of a move if the interface was bound elsewhere and never here. */
    bool moved = t->moved.port != 0 && (t->stand_count == 0 || (t->moved_serves && t->moved_time <= t->time));
    if (t->session->to_mapper || t->outcome != OUTCOME_REFUSED || (!t->served_before && !moved))
        return false;
    char now[480];
    v->moved = t->moved;
    v->cause = cause_of(t);
    put_now(t, now, sizeof now);
    trial_tell(v->message, "%s goes to %s for %s: %s%s.%s", t->client, t->address, t->interface, t->failure,
               t->served_before ? ", though the interface was served at this address before" : "", now);
    if (v->cause == CAUSE_DOWN)
        trial_tell(v->advice, "Check on the server that the service runs.");
    else
        trial_tell(v->advice,
                   "The service was probably restarted, stopped or moved to another node: check its state, and let the "
                   "client ask the endpoint mapper anew%s%s.",
                   t->stand_count != 0 ? ", or go to " : "", t->elsewhere);
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
            "  that the endpoint mapper no longer gives. The application shows 1722.\n"
            "\n"
            "How it is known\n"
            "  The interface was served at this address before the refusal, or the mapper\n"
            "  there has since given another port. The cause is \"stale\" where it is seen, or\n"
            "  mapped, at another port of this address, or is served at another address of\n"
            "  the server; \"down\" where it is refused at all other known addresses as well;\n"
            "  else it cannot be told, for a service that stopped and one that moved look\n"
            "  alike.\n"
            "\n"
            "What to do\n"
            "  Check the service's state. If it was restarted, a client that asks the mapper\n"
            "  anew succeeds. After a failover, clients must go to the address where it is\n"
            "  served now.\n"
            "\n"
            "What can fool it\n"
            "  A service that is just restarting: it works at the next try.\n",
    .fires = fires,
};
