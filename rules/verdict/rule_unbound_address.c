/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/verdict/trial.h"

#include <stdio.h>

/* What is foretold is worded by what it rests on. */
static const char *foretold(const struct trial *t) {
    return t->tracked->prediction == PREDICTED_BY_OTHER_INTERFACE ? "is probably not" : "by all signs is not";
}

static bool fires(const struct trial *t, struct verdict *v) {
    /* Served here before: moved or stopped, not unbound. Walked on to the next address: a delay (N5). */
    if (t->session->to_mapper || t->outcome != OUTCOME_REFUSED || t->stand_count == 0 || t->served_before ||
        t->tracked->recovered_elsewhere)
        return false;
    v->cause = CAUSE_UNBOUND;
    v->signature = t->session->elsewhere ? "S4" : "S1";
    bool failed = t->session->failed.frame != 0;
    snprintf(v->message, sizeof v->message,
             "%s goes to %s for %s, which %s bound at that address: %s. %s has it at "
             "%s.",
             t->client, t->address, t->interface, failed ? "is not" : foretold(t), t->failure, t->same, t->elsewhere);
    snprintf(v->advice, sizeof v->advice,
             "Send the client to an address where it is bound (%s), by DNS or a hosts entry on the client, or make the "
             "service bind %s too.",
             t->elsewhere, t->address);
    return true;
}

const struct rule RULE_UNBOUND_ADDRESS = {
    .id = "unbound-address",
    .severity = SEVERITY_CRITICAL,
    .title = "the interface is not bound at the address the client goes to, but at another one of the same server",
    .page = "What it means\n"
            "  The server owns several IP addresses, but the RPC service is bound to one of\n"
            "  them. The endpoint mapper on port 135 listens on all of them and hands out the\n"
            "  service's port everywhere. The client that came to another address is told a\n"
            "  port, connects, and is refused. This is the case of KB Q314588 (Exchange 5.5\n"
            "  on a cluster); the application shows 1722 RPC_S_SERVER_UNAVAILABLE.\n"
            "\n"
            "How it is known\n"
            "  The mapped endpoint refuses at this address (RST; over UDP, ICMP \"port\n"
            "  unreachable\" from the address itself), and the same interface is\n"
            "  served at another address of the same server: a bind or a call was accepted,\n"
            "  or at least its endpoint accepts connections there. That two addresses are one\n"
            "  server is shown by a tower that names the other, by DCOM's list of the server's\n"
            "  addresses, by equal NTLM names or SMB server GUIDs, by an association group\n"
            "  accepted at both, or by the same link-layer address, in packets with a TTL that\n"
            "  no router has counted down or by ARP. That they are of one cluster is shown by\n"
            "  its IP Address resources and by a NetBIOS name that both have; then the finding\n"
            "  says \"server or cluster\". Equal port numbers are no evidence.\n"
            "  It is predicted when the interface was refused here before, or when the server\n"
            "  refuses its other interfaces here and serves them elsewhere.\n"
            "\n"
            "What to do\n"
            "  Make the name that the client uses lead to the address where the service is\n"
            "  bound (DNS, WINS, or a hosts entry on the backup host), or bring the service\n"
            "  to the address: on a cluster, put the IP Address resource and the network name\n"
            "  into the group of the service.\n"
            "\n"
            "What can fool it\n"
            "  A firewall that sends RSTs in the server's place, and a service that stopped\n"
            "  between two looks at it (then it is refused at the other address too, and the\n"
            "  finding is endpoint-refused or stale-endpoint).\n",
    .fires = fires,
};
