/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/verdict/trial.h"

#include <stdio.h>

/* What the client told the server, and why it could be wrong. */
static void put_advice(const struct trial *t, struct verdict *v) {
    const struct leg *leg = t->tracked->leg;
    char address[ADDRESS_TEXT_SIZE];
    bool other_card = !address_equal(&leg->to.address, &leg->backup->client.address);
    if (other_card)
        trial_tell(
            v->advice,
            "The client told the server this address and not %s, from which it calls: let the server reach %s, or make "
            "the client tell the other one.",
            address_text(&leg->backup->client.address, address), t->address);
    else if (t->outcome == OUTCOME_REFUSED)
        trial_tell(v->advice,
                   "Check that no firewall on %s or before it rejects connections from the server, and that the backup "
                   "program still ran when the server connected.",
                   t->address);
    else
        trial_tell(
            v->advice,
            "Let the packet filters between %s and %s pass connections from the server to any port of the backup "
            "client, or to the ports that its backup program can be given.",
            t->client, t->address);
}

static bool fires(const struct trial *t, struct verdict *v) {
    const struct leg *leg = t->tracked->leg;
    if (leg == NULL)
        return false;
    char client[ADDRESS_TEXT_SIZE], server[ENDPOINT_TEXT_SIZE], recovered[96] = "";
    bool to_caller = address_equal(&leg->to.address, &leg->backup->client.address);
    bool silent = t->outcome == OUTCOME_UNANSWERED || trial_is_prohibited(t);
    v->cause = silent && to_caller ? CAUSE_FILTERED : CAUSE_UNKNOWN; /* who calls is alive */
    v->bound_at = false;
    if (leg->backup->presumed || leg->accepted.frame != 0 || leg->earlier.frame != 0)
        v->severity = SEVERITY_WARNING;
    if (leg->accepted.frame != 0)
        snprintf(recovered, sizeof recovered, " Another one was accepted %.3f s later.",
                 (double)(leg->accepted.time - leg->failing.time) / 1e9);
    else if (leg->earlier.frame != 0)
        snprintf(recovered, sizeof recovered, " An earlier one was accepted.");
    const char *missing = "";
    if (v->cause == CAUSE_UNKNOWN)
        missing = to_caller ? " Whether a filter refuses it, or nobody listens, cannot be told."
                            : " Whether that address can be reached at all cannot be told.";
    trial_tell(v->message,
               "%s %s a backup over %s at %s. The server, %s, sends the data over a connection of its own, back to the "
               "client, and that fails: %s.%s%s",
               address_text(&leg->backup->client.address, client), leg->backup->presumed ? "presumably runs" : "runs",
               t->interface, endpoint_text(&leg->backup->server, server), t->client, t->failure, recovered, missing);
    put_advice(t, v);
    return true;
}

const struct rule RULE_BACKUP_CALLBACK = {
    .id = "backup-callback",
    .severity = SEVERITY_CRITICAL,
    .title = "the server's data connection back to the backup client fails",
    .page = "What it means\n"
            "  A backup's calls reach the server and are served. Its data does not travel in\n"
            "  them: the server opens a plain TCP connection of its own back to the backup\n"
            "  client, to an address and a port that the client told it. That connection is\n"
            "  refused, not answered or answered by an ICMP error, so no data comes. Exchange\n"
            "  backup shows 0xc7ff1004 for its read call; when is not known. In this finding\n"
            "  the client is the server of the backup's calls, for it is the one that\n"
            "  connects.\n"
            "\n"
            "How it is known\n"
            "  From calls on a backup's interface, and from a failed connect within 10\n"
            "  minutes of them, while their connection is still open, from the called server,\n"
            "  or another address of it, to the caller, or another address of it; at no port\n"
            "  of a known service or RPC endpoint. Silence, or ICMP \"prohibited\", from the\n"
            "  very address that calls is a filter, for who calls is alive; else the cause\n"
            "  cannot be told.\n"
            "  It is critical where the interface is only a backup's, and a warning where\n"
            "  that is presumed: of the Exchange store's administration and database\n"
            "  interfaces, which other programs call as well, and of interfaces of the\n"
            "  store's process that have no name, for that of Exchange 5.5's backup is not\n"
            "  published. Of the latter, mark the uuid as a backup's in the configuration,\n"
            "  and it is critical. A failure is a warning, too, if another such connection\n"
            "  was accepted before, or is within a minute.\n"
            "\n"
            "What to do\n"
            "  Let firewalls, those on the client too, pass connections from the server to\n"
            "  the backup client. Where the client has several cards, see to it that the\n"
            "  address that it tells is one that the server can reach.\n"
            "\n"
            "What can fool it\n"
            "  Another program on the server that connects to the backup client meanwhile, at\n"
            "  a port that says nothing; a backup that began before the capture is not seen.\n",
    .fires = fires,
};
