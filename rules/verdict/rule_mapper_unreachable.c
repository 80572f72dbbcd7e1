/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/verdict/trial.h"

#include <stdio.h>

static bool fires(const struct trial *t, struct verdict *v) {
    if (!t->session->to_mapper || t->session->failed.frame == 0)
        return false;
    bool elsewhere = t->stand_count != 0;
    v->signature = elsewhere ? "S3" : NULL;
    if (t->outcome == OUTCOME_UNANSWERED)
        v->cause = CAUSE_FILTERED;
    else if (t->outcome == OUTCOME_REFUSED)
        v->cause = elsewhere && !t->stands[0].cluster ? CAUSE_UNBOUND : CAUSE_DOWN; /* each node has a mapper */
    else
        v->cause = CAUSE_UNKNOWN;
    if (elsewhere) {
        snprintf(v->message, sizeof v->message,
                 "%s cannot reach the endpoint mapper of %s: %s. %s's mapper works at %s.", t->client, t->address,
                 t->failure, t->same, t->elsewhere);
        snprintf(v->advice, sizeof v->advice,
                 "Send the client to %s, or lift what keeps the mapper of %s from being reached: a packet filter, or "
                 "RPC bound to chosen network cards only.",
                 t->elsewhere, t->address);
    } else {
        snprintf(v->message, sizeof v->message,
                 "%s cannot reach the endpoint mapper of %s: %s. The capture shows no other address of this "
                 "server where it works.",
                 t->client, t->address, t->failure);
        snprintf(v->advice, sizeof v->advice,
                 "Check that %s is the right address, that the host is up and runs the RPC service, and that no packet "
                 "filter closes port 135.",
                 t->address);
    }
    return true;
}

const struct rule RULE_MAPPER_UNREACHABLE = {
    .id = "mapper-unreachable",
    .severity = SEVERITY_CRITICAL,
    .title = "port 135 refuses or does not answer at this address",
    .page = "What it means\n"
            "  Without the endpoint mapper on port 135 the client never learns where the\n"
            "  service is. The application shows 1722 RPC_S_SERVER_UNAVAILABLE, and no\n"
            "  mapper exchange is in the capture.\n"
            "\n"
            "How it is known\n"
            "  Connects to port 135 are refused (RST), answered by an ICMP error, or repeated\n"
            "  without any answer; likewise questions to UDP port 135. Which interface the\n"
            "  client wanted cannot be known. Where the same server's mapper works at another\n"
            "  address, that is told (S3).\n"
            "\n"
            "What to do\n"
            "  Send the client to an address where the mapper listens. RPC can be bound to\n"
            "  chosen network cards (KB Q229702: ListenOnInternet; later selective binding):\n"
            "  check that, and packet filters, if the address is meant to work.\n"
            "\n"
            "What can fool it\n"
            "  A capture that lacks the server's packets: then every connect looks silent. A\n"
            "  single unanswered SYN is therefore not flagged.\n",
    .fires = fires,
};
