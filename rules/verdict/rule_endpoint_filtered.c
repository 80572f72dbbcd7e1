/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/verdict/trial.h"

#include <stdio.h>

static bool fires(const struct trial *t, struct verdict *v) {
    const struct session *session = t->session;
    bool silent = t->outcome == OUTCOME_UNANSWERED;
    if (session->to_mapper || (!silent && !trial_is_prohibited(t)))
        return false;
    v->cause = t->host_alive ? CAUSE_FILTERED : CAUSE_UNKNOWN;
    v->signature = t->host_alive ? "S5" : NULL;
    char also[320] = "";
    if (t->stand_count != 0)
        snprintf(also, sizeof also, " %s has it at %s.", t->same, t->elsewhere);
    snprintf(v->message, sizeof v->message, "%s goes to %s for %s: %s, %s.%s", t->client, t->address, t->interface,
             t->failure, t->host_alive ? "though the host is alive" : "and nothing shows that the host is alive", also);
    snprintf(v->advice, sizeof v->advice,
             "Open the port, or the server's dynamic RPC range, in the packet filters between %s and %s%s%s.",
             t->client, t->address, t->stand_count != 0 ? ", or send the client to " : "",
             t->stand_count != 0 ? t->elsewhere : "");
    return true;
}

const struct rule RULE_ENDPOINT_FILTERED = {
    .id = "endpoint-filtered",
    .severity = SEVERITY_CRITICAL,
    .title = "a mapped endpoint does not answer at all, while the host is alive",
    .page = "What it means\n"
            "  The endpoint mapper at this address answers, but connects to the endpoint that\n"
            "  it gave meet silence, or an ICMP error that says \"administratively\n"
            "  prohibited\": a packet filter in between that lets port 135 pass and the\n"
            "  dynamic port not. The application shows 1722, after 21 seconds or more.\n"
            "\n"
            "How it is known\n"
            "  The client repeats its SYN, or over UDP its call, and nothing comes back\n"
            "  (flagged at the first repetition), or ICMP says so. Before, the same address\n"
            "  has answered on port 135, so the host is alive.\n"
            "\n"
            "What to do\n"
            "  Open the dynamic RPC port range (1025-5000 up to Windows 2003, 49152-65535\n"
            "  later) or the service's static port in the filter. Clients may fall back to\n"
            "  named pipes over SMB meanwhile; the finding says so where they did.\n"
            "\n"
            "What can fool it\n"
            "  An address that moved away within the moment, and a capture that lacks the\n"
            "  packets of this one connection.\n",
    .fires = fires,
};
