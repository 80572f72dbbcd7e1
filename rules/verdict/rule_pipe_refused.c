/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/verdict/trial.h"

static bool fires(const struct trial *t, struct verdict *v) {
    const struct pipe_use *use = t->tracked->pipe_use;
    if (use == NULL)
        return false;
    bool mapped = use->mapped.frame != 0 && address_equal(&use->server.address, &t->session->server.address);
    char status[PIPE_STATUS_TEXT_SIZE], other[ADDRESS_TEXT_SIZE];
    pipe_status_text(t->session->status, status);
    address_text(&use->server.address, other);
    v->cause = mapped ? CAUSE_UNKNOWN : CAUSE_UNBOUND;
    if (!mapped)
        v->moved = use->server;
    if (mapped)
        trial_tell(
            v->message,
            "%s goes to %s for %s by the pipe \\PIPE\\%s, which its endpoint mapper names and which is not there "
            "(%s). The capture does not show it at another address, so whether it is elsewhere or down cannot "
            "be told.",
            t->client, t->address, t->interface, t->session->pipe, status);
    else
        trial_tell(
            v->message,
            "%s goes to %s for %s by the pipe \\PIPE\\%s, which is not there (%s); the same server has it at %s.",
            t->client, t->address, t->interface, t->session->pipe, status, other);
    trial_tell(v->advice, mapped ? "Check on %s that the service runs." : "Send the client to %s.",
               mapped ? t->address : other);
    return true;
}

const struct rule RULE_PIPE_REFUSED = {
    .id = "pipe-refused",
    .severity = SEVERITY_CRITICAL,
    .title = "a named pipe is not there, though the mapper names it or the server has it elsewhere",
    .page = "What it means\n"
            "  The client goes to an interface over SMB, by a named pipe, and the server says\n"
            "  that there is no such pipe: what a refused port is over TCP. The application\n"
            "  shows 1722, at once.\n"
            "\n"
            "How it is known\n"
            "  The pipe is opened with STATUS_OBJECT_NAME_NOT_FOUND, though the endpoint\n"
            "  mapper of this address has named this very pipe before (whether it is\n"
            "  elsewhere or down then cannot be told), or though another address of the same\n"
            "  server had served the interface by it before and this one never did (unbound);\n"
            "  an equal link-layer address alone does not show that they are one server. Any\n"
            "  other pipe that is not there is no finding: clients ask for pipes to see\n"
            "  whether they are there. Nor is one whose client gets what it wants within 10\n"
            "  minutes. A pipe to which a client falls back from a dead endpoint is told with\n"
            "  the finding about that endpoint (signature S9).\n"
            "\n"
            "What to do\n"
            "  See whether the service runs; of a cluster, on which node. Send the client to\n"
            "  the address that serves it.\n"
            "\n"
            "What can fool it\n"
            "  A service that is just starting or stopping.\n",
    .fires = fires,
};
