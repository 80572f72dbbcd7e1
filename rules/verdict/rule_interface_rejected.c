/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/verdict/trial.h"

#include <stdio.h>

enum { NCA_S_UNK_IF = 0x1c010003 };

/* Over UDP there is no bind: who does not have the interface rejects the call. */
static bool is_call_rejected(const struct trial *t) {
    return t->outcome == OUTCOME_FAULTED && t->session->transport == TRANSPORT_UDP && !t->tracked->by_mapper &&
           t->session->status == NCA_S_UNK_IF;
}

static void put_reason(const struct trial *t, char *text, size_t size) {
    const struct session *session = t->session;
    if (is_call_rejected(t))
        snprintf(text, size, "calls %s at %s, and the server rejects it (nca_s_unk_if)", t->interface, t->endpoint);
    else
        snprintf(text, size, "binds to %s at %s, and the server rejects it (%s, reason %u)", t->interface, t->endpoint,
                 session->nak ? "bind_nak" : "provider rejection", (unsigned)session->status);
}

/* A provider that does not offer an interface is no fault where nobody offers it; bind_nak is one anywhere. */
static bool fires(const struct trial *t, struct verdict *v) {
    const struct session *session = t->session;
    char what[320];
    if (t->outcome != OUTCOME_REJECTED && !is_call_rejected(t))
        return false;
    if (!session->nak && t->stand_count == 0)
        return false;
    v->cause = CAUSE_REJECTED;
    put_reason(t, what, sizeof what);
    if (session->failed.frame == 0)
        trial_tell(v->message, "%s goes to %s for %s, and will by all signs be rejected: %s.%s", t->client, t->address,
                   t->interface, t->failure, t->also);
    else
        trial_tell(v->message, "%s %s.%s", t->client, what, t->also);
    trial_tell(v->advice, "Check which process owns %s and whether it is the service that the client wants%s%s.",
               t->endpoint, t->stand_count != 0 ? "; or send the client to " : "", t->elsewhere);
    return true;
}

const struct rule RULE_INTERFACE_REJECTED = {
    .id = "interface-rejected",
    .severity = SEVERITY_WARNING,
    .title = "the server rejects the bind: another process owns the endpoint, or it will not serve",
    .page = "What it means\n"
            "  The connect succeeds, but the bind is rejected: bind_nak, or a bind_ack that\n"
            "  accepts no context; over UDP, which has no bind, the call: nca_s_unk_if.\n"
            "  Another process than the wanted service owns the endpoint at this address, or\n"
            "  the server is at a limit. The application shows at once 1717 RPC_S_UNKNOWN_IF\n"
            "  (no such interface: signature S6), 1730 (no common transfer syntax), or what\n"
            "  belongs to the reason of the bind_nak: 1723 for 1 and 2, 1728 for 4, 1747 for\n"
            "  8, 5 for 9, else 1727.\n"
            "\n"
            "How it is known\n"
            "  From the answer to the bind. A provider rejection is a finding only where\n"
            "  another address of the same server accepts the interface; a bind_nak always.\n"
            "  It is predicted where this address rejected the interface before, while the\n"
            "  server has it elsewhere or it lasted.\n"
            "\n"
            "What to do\n"
            "  Look which process listens on the endpoint. bind_nak reasons 1 and 2 are\n"
            "  congestion and limits on the server; reason 4 is a protocol version, 8 the\n"
            "  authentication, 9 a checksum.\n"
            "\n"
            "What can fool it\n"
            "  Clients that probe for an interface and can do without it.\n",
    .fires = fires,
};
