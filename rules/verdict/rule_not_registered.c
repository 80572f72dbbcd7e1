/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/verdict/trial.h"

static bool is_known(enum binding_proof kind) { return kind == PROOF_MAPPED || proof_is_of_serving(kind); }

/* Clients also ask for protocols that a server need not offer; that is a failure only if it offers none. */
static bool has_another_protocol(const struct trial *t) {
    if (t->session->transport == TRANSPORT_TCP || t->session->transport == TRANSPORT_UNKNOWN)
        return false;
    const struct knowledge *others = t->knowledge->connections != NULL ? t->knowledge->connections : t->knowledge;
    const struct binding *binding = binding_find(others->bindings, &t->session->server.address, &t->session->interface);
    return binding_after(binding, is_known, INT64_MIN) != NULL;
}

/* Who asks for one interface after the other that is not there lists what the server has, and misses nothing. */
static bool is_enumerating(const struct trial *t) {
    enum { MANY = 10 };
    const struct client *client = places_client(t->knowledge->places, &t->session->client.address);
    return client != NULL && client->unregistered >= MANY;
}

static bool fires(const struct trial *t, struct verdict *v) {
    if (t->outcome != OUTCOME_NOT_REGISTERED || has_another_protocol(t) || (t->stand_count == 0 && is_enumerating(t)))
        return false;
    v->cause = CAUSE_NOT_REGISTERED;
    trial_tell(v->message, "%s asks the endpoint mapper of %s for %s, and it is not registered there.%s", t->client,
               t->address, t->interface,
               t->stand_count != 0 ? t->also : " The capture shows no other address of this server that has it.");
    if (t->stand_count != 0)
        trial_tell(v->advice,
                   "Send the client to an address where it is registered (%s), by DNS or a hosts entry on the client.",
                   t->elsewhere);
    else
        trial_tell(
            v->advice,
            "Check on %s that the service runs, that it is configured to offer RPC over TCP, and that the client "
            "means this server.",
            t->address);
    return true;
}

const struct rule RULE_NOT_REGISTERED = {
    .id = "not-registered",
    .severity = SEVERITY_CRITICAL,
    .title = "the endpoint mapper at this address does not know the interface",
    .page = "What it means\n"
            "  The mapper answers ept_s_not_registered (0x16c9a0d6): at this address nobody\n"
            "  has registered the interface. The application shows 1753 EPT_S_NOT_REGISTERED,\n"
            "  at once; some callers try another protocol and then show 1722.\n"
            "\n"
            "How it is known\n"
            "  From the answer to ept_map itself. Where the same server has the interface at\n"
            "  another address, that is told (signature S2). It is predicted at the question\n"
            "  where the mapper did not know it before, and the server has it elsewhere or it\n"
            "  lasted.\n"
            "\n"
            "What to do\n"
            "  Send the client to the address that has it, or start the service. A service\n"
            "  whose static TCP port was taken when it started offers no TCP endpoint at all\n"
            "  (KB Q180795).\n"
            "\n"
            "What can fool it\n"
            "  A client that asks for an optional interface, or for one that starts later.\n"
            "  Questions for another protocol than TCP count only if no other was registered,\n"
            "  and those of a client that asks for ten and more interfaces in vain, as\n"
            "  scanners and test suites do, only where another address of the server has the\n"
            "  interface.\n",
    .fires = fires,
};
