/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/verdict/trial.h"

static bool fires(const struct trial *t, struct verdict *v) {
    bool prohibited = trial_is_prohibited(t);
    if (t->session->to_mapper || (t->outcome != OUTCOME_UNANSWERED && !prohibited))
        return false;
    v->cause = t->host_alive || prohibited ? CAUSE_FILTERED : CAUSE_UNKNOWN;
    const char *alive = ", though the host is alive";
    if (!t->host_alive)
        alive = prohibited ? ""
                           : ", and nothing shows that the host is alive, so whether a filter is in the way, or nobody "
                             "is there, cannot be told";
    trial_tell(v->message, "%s goes to %s for %s: %s%s.%s%s", t->client, t->address, t->interface, t->failure, alive,
               t->also, t->recovered);
    trial_tell(v->advice,
               "Open the port, or the server's dynamic RPC range, in the packet filters between %s and %s%s%s.",
               t->client, t->address, t->stand_count != 0 ? ", or send the client to " : "", t->elsewhere);
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
            "  dynamic port not (signature S5). The application shows 1722, after 21 seconds\n"
            "  or more; the finding tells when, by the rhythm of the client's SYNs.\n"
            "\n"
            "How it is known\n"
            "  The client repeats its SYN, or over UDP its call, and nothing comes back\n"
            "  (flagged at the first repetition, unless that comes hardly later than this\n"
            "  server's other answers), or ICMP says so. The same address has answered on\n"
            "  port 135, so the host is alive. Where it has not, the cause cannot be told:\n"
            "  nobody may be there.\n"
            "  It is predicted where the same interface was met with silence here before.\n"
            "\n"
            "What to do\n"
            "  Open the dynamic RPC port range (1025-5000 up to Windows 2003, 49152-65535\n"
            "  later) or the service's static port in the filter. Clients may fall back to\n"
            "  named pipes over SMB meanwhile (signature S9); the finding says so where they\n"
            "  did.\n"
            "\n"
            "What can fool it\n"
            "  An address that moved away within the moment, and a capture that lacks the\n"
            "  packets of this one connection.\n",
    .fires = fires,
};
