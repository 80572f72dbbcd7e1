/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/verdict/trial.h"

enum { NCA_S_UNK_IF = 0x1c010003 };

/* " EcDoConnect (opnum 0)"; "" where the call is not in the capture. What is guessed about has no name. */
static void put_call(const struct trial *t, char call[static OPNUM_TEXT_SIZE + 1]) {
    static const struct syntax_id unknown;
    const struct syntax_id *interface = t->tracked->by_mapper ? &SYNTAX_EPM : &t->session->interface;
    call[0] = '\0';
    if (t->session->opnum == UINT16_MAX)
        return;
    call[0] = ' ';
    opnum_text(t->tracked->guessed ? &unknown : interface, t->session->opnum, call + 1);
}

static bool fires(const struct trial *t, struct verdict *v) {
    const struct session *session = t->session;
    if (t->outcome != OUTCOME_FAULTED)
        return false;
    bool by_mapper = t->tracked->by_mapper;
    char call[OPNUM_TEXT_SIZE + 1];
    const char *name = by_mapper ? mapper_status_name(session->status) : NULL;
    if (name == NULL)
        name = fault_name(session->status);
    v->cause = CAUSE_FAULT;
    v->bound_at = false;
    put_call(t, call);
    trial_tell(v->message, "%s calls %s at %s, and %s answers%s with status 0x%08x%s%s%s.", t->client, t->interface,
               t->endpoint, by_mapper ? "its endpoint mapper" : "the server", call, (unsigned)session->status,
               name != NULL ? " (" : "", name != NULL ? name : "", name != NULL ? ")" : "");
    trial_tell(v->advice, "%s",
               session->status == NCA_S_UNK_IF
                   ? "Another service may own this endpoint: check which process listens there."
                   : "The client reaches the service; look at its permissions and at the state of the service.");
    return true;
}

const struct rule RULE_CALL_FAULT = {
    .id = "call-fault",
    .severity = SEVERITY_INFO,
    .title = "the server is reached, and answers the calls with a fault",
    .page = "What it means\n"
            "  The client reached the service and called it, and every answer seen is a\n"
            "  fault: access denied, unknown interface, server too busy. That is no network\n"
            "  fault, so the severity is info. The application shows at once the Win32 error\n"
            "  that belongs to the status, as far as there is one.\n"
            "\n"
            "How it is known\n"
            "  A fault PDU, and no response before it on this session; or an error status of\n"
            "  the endpoint mapper other than \"not registered\". Faults in sessions that are\n"
            "  also answered are the application's own business and are not told.\n"
            "\n"
            "What to do\n"
            "  Access denied (5): the account. nca_s_server_too_busy (1723): the load.\n"
            "  nca_s_unk_if (1717): the endpoint belongs to another service.\n"
            "\n"
            "What can fool it\n"
            "  Calls whose answers are not in the capture; then the finding says so.\n",
    .fires = fires,
};
