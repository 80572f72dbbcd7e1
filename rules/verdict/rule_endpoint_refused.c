/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/verdict/trial.h"

/* It was refused here and served at the next address of the name (N5). */
static void tell_recovered(const struct trial *t, struct verdict *v) {
    trial_tell(v->message,
               "%s goes to %s for %s and loses time there: %s.%s Whether it is meant to be bound there cannot be told.",
               t->client, t->address, t->interface, t->failure, t->recovered);
    trial_tell(v->advice, "Take %s out of the name that the client uses, to save the delay.", t->address);
}

/* An ICMP error speaks of the way there, not of what is bound (N4). */
static void tell_unreachable(const struct trial *t, struct verdict *v) {
    trial_tell(v->message,
               "%s goes to %s for %s: %s.%s That is about the way there: whether it is bound cannot be told.",
               t->client, t->address, t->interface, t->failure, t->also);
    trial_tell(v->advice, "Check the routes and filters to %s%s%s.", t->address,
               t->stand_count != 0 ? ", or send the client to " : "", t->elsewhere);
}

static void tell_refused(const struct trial *t, struct verdict *v) {
    char missing[MISSING_TEXT_SIZE];
    bool down = trial_is_down(t); /* N1 */
    v->cause = down ? CAUSE_DOWN : CAUSE_UNKNOWN;
    trial_tell(v->message, "%s goes to %s for %s: %s.%s", t->client, t->address, t->interface, t->failure,
               down ? " So it does at every other address of this server that is known: the service is down."
                    : trial_missing(t, missing));
    if (down)
        trial_tell(v->advice, "Check on the server that the service runs.");
    else
        trial_tell(v->advice,
                   "Check on the server that the service runs and which of its addresses it listens on; if it "
                   "owns several addresses, capture a session to another one too.");
}

static bool fires(const struct trial *t, struct verdict *v) {
    if (t->session->to_mapper || (t->outcome != OUTCOME_REFUSED && t->outcome != OUTCOME_UNREACHABLE))
        return false;
    v->cause = CAUSE_UNKNOWN;
    if (t->tracked->recovered_elsewhere)
        tell_recovered(t, v);
    else if (t->outcome == OUTCOME_UNREACHABLE)
        tell_unreachable(t, v);
    else
        tell_refused(t, v);
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
            "  another address of the same server at that time, and it was never served at\n"
            "  this one. Where it is refused at all addresses of the server that are known,\n"
            "  of several, it is down. Where only one address was ever seen (a single-homed\n"
            "  view), or another was not tried, whether it is unbound here or down cannot be\n"
            "  told, and the finding says so.\n"
            "  An ICMP error speaks of the way there, so the cause cannot be told; one that\n"
            "  says \"prohibited\" makes it endpoint-filtered. A client that went on to the\n"
            "  next address of the name by itself and was served there lost time only: a\n"
            "  warning.\n"
            "\n"
            "What to do\n"
            "  Look on the server whether the service runs, and on which of its addresses it\n"
            "  listens. If the server has several addresses, capture a session to another one\n"
            "  as well: then bindsight can tell. After an ICMP error, check the routes.\n"
            "\n"
            "What can fool it\n"
            "  A service that is just starting: it works at the next try. An address of the\n"
            "  same server that nothing in the capture links to this one: see \"bindsight\n"
            "  bindings\", or declare the cluster in the configuration.\n",
    .fires = fires,
};
