/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/verdict/trial.h"

/* What is foretold is worded by what it rests on. */
static const char *foretold(const struct trial *t) {
    const struct forecast *forecast = t->tracked->forecast;
    bool probably = forecast != NULL && forecast->kind == PREDICTED_BY_OTHER_INTERFACE;
    return probably ? "is probably not" : "by all signs is not";
}

static bool fires(const struct trial *t, struct verdict *v) {
    /* Served here before: moved or stopped, not unbound. Walked on to the next address: a delay (N5). */
    if (t->session->to_mapper || t->outcome != OUTCOME_REFUSED || t->stand_count == 0 || t->served_before ||
        t->tracked->recovered_elsewhere)
        return false;
    v->cause = CAUSE_UNBOUND;
    bool failed = t->session->failed.frame != 0;
    trial_tell(v->message, "%s goes to %s for %s, which %s bound at that address: %s.%s", t->client, t->address,
               t->interface, failed ? "is not" : foretold(t), t->failure, t->also);
    trial_tell(v->advice,
               "Send the client to an address where it is bound (%s), by DNS or a hosts entry on the client, or make "
               "the service bind %s too.",
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
            "  on a cluster); the application shows 1722 RPC_S_SERVER_UNAVAILABLE: Windows\n"
            "  after three tries, about a second after the first refusal.\n"
            "\n"
            "How it is known\n"
            "  The mapped endpoint refuses at this address (RST; over UDP, ICMP \"port\n"
            "  unreachable\" from the address itself), it was never served here before, and\n"
            "  the same interface is served at another address of the same server at that\n"
            "  time: a call was answered or a bind accepted there, or at least its endpoint\n"
            "  accepts connections (signature S1; S4 if the mapper names only the other\n"
            "  address; S8 if a name service led the client here while others use the other\n"
            "  address).\n"
            "  What shows that two addresses are one server, \"bindsight bindings\" tells, link\n"
            "  by link. Equal port numbers are no evidence. Of those that are only of one\n"
            "  cluster the finding says \"server or cluster\".\n"
            "  It is predicted, before any packet of the failure: where the configuration\n"
            "  declares it bound at other addresses (at the first SYN to port 135 if nothing\n"
            "  at all is declared bound here, or the client has only ever asked for this,\n"
            "  else at its question); where the same interface was refused here before; and,\n"
            "  at the mapper's answer, where the server refused another interface here that\n"
            "  it serves elsewhere. \"Because\" tells which.\n"
            "\n"
            "What to do\n"
            "  Make the name that the client uses lead to the address where the service is\n"
            "  bound (DNS, WINS, or a hosts entry on the backup host), or bring the service\n"
            "  to the address: put the IP address into the cluster group of the service.\n"
            "\n"
            "What can fool it\n"
            "  A firewall that sends RSTs in the server's place, and a service that stopped\n"
            "  between two looks at it. If it is refused at the other addresses too, it is\n"
            "  down (endpoint-refused, stale-endpoint); if the client walked on to the next\n"
            "  address of the name by itself and was served there, it is a delay\n"
            "  (endpoint-refused).\n",
    .fires = fires,
};
