/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/verdict/trial.h"

#include <stdio.h>

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
    snprintf(v->message, sizeof v->message,
             "%s goes to %s for %s by the pipe \\PIPE\\%s, which %sis not there (%s)%s%s.", t->client, t->address,
             t->interface, t->session->pipe, mapped ? "its endpoint mapper names and which " : "", status,
             mapped ? "" : "; the same server has it at ", mapped ? "" : other);
    if (mapped)
        snprintf(v->advice, sizeof v->advice, "Check on %s that the service runs.", t->address);
    else
        snprintf(v->advice, sizeof v->advice, "Send the client to %s.", other);
    return true;
}

const struct rule RULE_PIPE_REFUSED = {
    .id = "pipe-refused",
    .severity = SEVERITY_CRITICAL,
    .title = "a named pipe is not there, though the mapper names it or the server has it elsewhere",
    .page = "What it means\n"
            "  The client goes to an interface over SMB, by a named pipe, and the server says\n"
            "  that there is no such pipe: what a refused port is over TCP. The application\n"
            "  shows 1722.\n"
            "\n"
            "How it is known\n"
            "  The pipe is opened with STATUS_OBJECT_NAME_NOT_FOUND, though the endpoint\n"
            "  mapper of this address has named this very pipe before, or though another\n"
            "  address of the same server had served the interface by it before and this one\n"
            "  never did; an equal link-layer address alone does not show that they are one\n"
            "  server. Any other pipe that is not there is no finding: clients ask for pipes\n"
            "  to see whether they are there. Nor is one whose client gets what it wants\n"
            "  within 10 minutes. A pipe to which a client falls back from a dead endpoint is\n"
            "  told with the finding about that endpoint.\n"
            "\n"
            "What to do\n"
            "  See whether the service runs; of a cluster, on which node. Send the client to\n"
            "  the address that serves it.\n"
            "\n"
            "What can fool it\n"
            "  A service that is just starting or stopping.\n",
    .fires = fires,
};
