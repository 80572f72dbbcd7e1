/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/verdict/trial.h"

#include <stdio.h>

static void tell_recovered(const struct trial *t, struct verdict *v) {
    char next[ENDPOINT_TEXT_SIZE];
    snprintf(v->message, sizeof v->message,
             "%s goes to %s for %s and loses time there: %s. It then went on to the next address, %s, and was served.",
             t->client, t->address, t->interface, t->failure, endpoint_text(&t->tracked->recovered_at, next));
    snprintf(v->advice, sizeof v->advice, "Take %s out of the name that the client uses, to save the delay.",
             t->address);
}

static bool fires(const struct trial *t, struct verdict *v) {
    if (t->session->to_mapper || (t->outcome != OUTCOME_REFUSED && t->outcome != OUTCOME_UNREACHABLE))
        return false;
    v->cause = CAUSE_UNKNOWN;
    if (t->tracked->recovered_elsewhere) {
        tell_recovered(t, v);
        return true;
    }
    /* An ICMP error speaks of the way there, not of what is bound (N4). */
    if (t->stand_count != 0) {
        snprintf(v->message, sizeof v->message, "%s goes to %s for %s: %s. %s has it at %s.", t->client, t->address,
                 t->interface, t->failure, t->same, t->elsewhere);
        snprintf(v->advice, sizeof v->advice, "Check the routes and filters to %s, or send the client to %s.",
                 t->address, t->elsewhere);
        return true;
    }
    snprintf(
        v->message, sizeof v->message,
        "%s goes to %s for %s: %s. The capture shows no other address of this server where it works, so whether it "
        "is unbound here or down cannot be told.",
        t->client, t->address, t->interface, t->failure);
    snprintf(v->advice, sizeof v->advice,
             "Check on the server that the service runs and which addresses it listens on (netstat -ano); if it owns "
             "several addresses, capture a session to another one too.");
    return true;
}

const struct rule RULE_ENDPOINT_REFUSED = {
    .id = "endpoint-refused",
    .severity = SEVERITY_CRITICAL,
    .title = "a mapped endpoint refuses, and no other address is known to serve the interface",
    .page = "What it means\n"
            "  The endpoint mapper gave an endpoint, and a connect to it is refused (RST) or\n"
            "  answered by an ICMP error, or a call over UDP is. The application shows 1722.\n"
            "\n"
            "How it is known\n"
            "  From the refusal itself. Nothing in the capture shows the interface working at\n"
            "  another address of the same server at that time, so it may be unbound at this\n"
            "  address, or the service may be down; the packets do not tell which.\n"
            "\n"
            "What to do\n"
            "  Look on the server for what listens on the port (netstat -ano), and whether\n"
            "  the service runs. If the server has several addresses, capture a session to\n"
            "  another one as well: then bindsight can tell.\n"
            "\n"
            "What can fool it\n"
            "  A service that is just starting: it works at the next try.\n",
    .fires = fires,
};
