/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/trial.h"

#include <stdio.h>

/* A provider that does not offer an interface is no fault where nobody offers it; bind_nak is one anywhere. */
static bool fires(const struct trial *t, struct verdict *v) {
    const struct session *session = t->session;
    if (t->outcome != OUTCOME_REJECTED || (!session->nak && t->stand_count == 0))
        return false;
    v->cause = CAUSE_REJECTED;
    v->signature = session->nak ? NULL : "S6";
    v->win32 = session->nak ? win32_of_nak((uint16_t)session->status) : win32_of_rejection((uint16_t)session->status);
    char also[320] = "";
    if (t->stand_count != 0)
        snprintf(also, sizeof also, " The same server has it at %s.", t->elsewhere);
    snprintf(v->message, sizeof v->message, "%s binds to %s at %s, and the server rejects it (%s, reason %u).%s",
             t->client, t->interface, t->endpoint, session->nak ? "bind_nak" : "provider rejection",
             (unsigned)session->status, also);
    snprintf(v->advice, sizeof v->advice,
             "Check which process owns %s and whether it is the service that the client wants%s%s.", t->endpoint,
             t->stand_count != 0 ? "; or send the client to " : "", t->stand_count != 0 ? t->elsewhere : "");
    return true;
}

const struct rule RULE_INTERFACE_REJECTED = {
    .id = "interface-rejected",
    .severity = SEVERITY_WARNING,
    .title = "the server rejects the bind: another process owns the endpoint, or it will not serve",
    .page = "What it means\n"
            "  The connect succeeds, but the bind is rejected: bind_nak, or a bind_ack that\n"
            "  accepts no context because the abstract syntax is not supported. Another\n"
            "  process than the wanted service owns the endpoint at this address, or the\n"
            "  server is at a limit.\n"
            "\n"
            "How it is known\n"
            "  From the answer to the bind. A provider rejection is a finding only where\n"
            "  another address of the same server accepts the interface; a bind_nak always.\n"
            "\n"
            "What to do\n"
            "  Look which process listens on the endpoint. bind_nak reasons 1 and 2 are\n"
            "  congestion and limits on the server; reason 4 a protocol version, 8 and 9 the\n"
            "  authentication.\n"
            "\n"
            "What can fool it\n"
            "  Clients that probe for an interface and can do without it.\n",
    .fires = fires,
};
