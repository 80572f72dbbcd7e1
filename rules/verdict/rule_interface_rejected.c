/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/verdict/trial.h"

#include <stdio.h>

enum { NCA_S_UNK_IF = 0x1c010003 };

/* Over UDP there is no bind: who does not have the interface rejects the call. */
static bool is_call_rejected(const struct trial *t) {
    return t->outcome == OUTCOME_FAULTED && t->session->transport == TRANSPORT_UDP && !t->tracked->by_mapper &&
           t->session->status == NCA_S_UNK_IF;
}

static void put_reason(const struct trial *t, struct verdict *v, char *text, size_t size) {
    const struct session *session = t->session;
    if (is_call_rejected(t)) {
        v->win32 = win32_of_fault(session->status);
        snprintf(text, size, "calls %s at %s, and the server rejects it (nca_s_unk_if)", t->interface, t->endpoint);
        return;
    }
    v->win32 = session->nak ? win32_of_nak((uint16_t)session->status) : win32_of_rejection((uint16_t)session->status);
    snprintf(text, size, "binds to %s at %s, and the server rejects it (%s, reason %u)", t->interface, t->endpoint,
             session->nak ? "bind_nak" : "provider rejection", (unsigned)session->status);
}

/* A provider that does not offer an interface is no fault where nobody offers it; bind_nak is one anywhere. */
static bool fires(const struct trial *t, struct verdict *v) {
    const struct session *session = t->session;
    if (t->outcome != OUTCOME_REJECTED && !is_call_rejected(t))
        return false;
    if (!session->nak && t->stand_count == 0)
        return false;
    v->cause = CAUSE_REJECTED;
    v->signature = session->nak ? NULL : "S6";
    char also[320] = "";
    if (t->stand_count != 0)
        snprintf(also, sizeof also, " %s has it at %s.", t->same, t->elsewhere);
    char what[320];
    put_reason(t, v, what, sizeof what);
    snprintf(v->message, sizeof v->message, "%s %s.%s", t->client, what, also);
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
            "  accepts no context because the abstract syntax is not supported; over UDP,\n"
            "  which has no bind, the call: nca_s_unk_if. Another process than the wanted\n"
            "  service owns the endpoint at this address, or the server is at a limit.\n"
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
