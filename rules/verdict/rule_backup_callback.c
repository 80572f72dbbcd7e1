/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/verdict/trial.h"

#include <stdio.h>

static const uint32_t READ_FAILS = 0xc7ff1004; /* what HrESEBackupReadFile fails with (protocol.md section 0) */

/* What the client told the server, and why it could be wrong. */
static void put_advice(const struct trial *t, struct verdict *v) {
    const struct leg *leg = t->tracked->leg;
    char address[ADDRESS_TEXT_SIZE];
    bool other_card = !address_equal(&leg->to.address, &leg->backup->client.address);
    if (other_card)
        snprintf(v->advice, sizeof v->advice,
                 "The client told the server this address and not %s, from which it calls: put the card of the backup "
                 "network first in the client's binding order, or let the server reach %s.",
                 address_text(&leg->backup->client.address, address), t->address);
    else if (t->outcome == OUTCOME_REFUSED)
        snprintf(v->advice, sizeof v->advice,
                 "Check that no firewall on %s or before it rejects connections from the server, and that the backup "
                 "program still ran when the server connected.",
                 t->address);
    else
        snprintf(v->advice, sizeof v->advice,
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
    v->win32 = leg->backup->store ? READ_FAILS : 0;
    v->bound_at = false;
    if (leg->backup->presumed || leg->accepted.frame != 0 || leg->earlier.frame != 0)
        v->severity = SEVERITY_WARNING;
    if (leg->accepted.frame != 0)
        snprintf(recovered, sizeof recovered, " Another one was accepted %.3f s later.",
                 (double)(leg->accepted.time - leg->failing.time) / 1e9);
    else if (leg->earlier.frame != 0)
        snprintf(recovered, sizeof recovered, " An earlier one was accepted.");
    snprintf(v->message, sizeof v->message,
             "%s %s a backup over %s at %s. The server, %s, sends the data over a connection of its own, back to the "
             "client, and that fails: %s.%s",
             address_text(&leg->backup->client.address, client), leg->backup->presumed ? "presumably runs" : "runs",
             t->interface, endpoint_text(&leg->backup->server, server), t->client, t->failure, recovered);
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
            "  backup shows 0xc7ff1004 for its read call. In this finding the client is the\n"
            "  server of the backup's calls, for it is the one that connects.\n"
            "\n"
            "How it is known\n"
            "  From calls on a backup's interface, and from a failed connect within 10 minutes\n"
            "  of them, while their connection is still open, from the called server, or\n"
            "  another address of it, to the caller, or another address of it; at no port of\n"
            "  a known service or RPC endpoint. It is critical where the interface is only a\n"
            "  backup's, and a warning where that is presumed: of the Exchange store's\n"
            "  administration, and of interfaces of the store's process that have no name,\n"
            "  for that of Exchange 5.5's backup is not published. Mark its uuid as a backup's\n"
            "  in the configuration to be certain. A failure is a warning, too, if another\n"
            "  such connection was accepted before, or is within a minute.\n"
            "\n"
            "What to do\n"
            "  Let firewalls, those on the client too, pass connections from the server to\n"
            "  the backup client. Where the client has several cards, put the one that the\n"
            "  server can reach first in its binding order.\n"
            "\n"
            "What can fool it\n"
            "  Another program on the server that connects to the backup client meanwhile, at\n"
            "  a port that says nothing; a backup that began before the capture is not seen.\n",
    .fires = fires,
};
