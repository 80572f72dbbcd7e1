/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/verdict/trial.h"

#include <stdio.h>

static enum cause cause_of(const struct trial *t) {
    bool elsewhere = t->stand_count != 0 && !t->stands[0].cluster; /* each node of a cluster has a mapper */
    if (trial_is_prohibited(t) || (t->outcome == OUTCOME_UNANSWERED && t->seen))
        return CAUSE_FILTERED;
    if (t->outcome == OUTCOME_REFUSED && elsewhere)
        return CAUSE_UNBOUND;
    return t->outcome == OUTCOME_REFUSED && trial_is_down(t) ? CAUSE_DOWN : CAUSE_UNKNOWN;
}

/* What else is known of it, or what is missing to tell the cause. */
static const char *rest(const struct trial *t, enum cause cause, char text[static MISSING_TEXT_SIZE]) {
    if (cause == CAUSE_DOWN)
        return " So it does at every other address of this server that is known.";
    if (cause != CAUSE_UNKNOWN)
        return t->stand_count != 0 ? "" : " The capture shows no other address of this server where it works.";
    if (t->outcome == OUTCOME_UNANSWERED)
        return " No packet of this address is in the capture, so whether a filter is in the way, or nobody is there, "
               "cannot be told.";
    if (t->outcome == OUTCOME_UNREACHABLE)
        return " An ICMP error is about the way there: whether a mapper listens cannot be told.";
    return t->stand_count != 0 ? " Whether it is unbound here, or down on this node, cannot be told."
                               : trial_missing(t, text);
}

static bool fires(const struct trial *t, struct verdict *v) {
    char text[MISSING_TEXT_SIZE], works[480] = "";
    if (!t->session->to_mapper)
        return false;
    v->cause = cause_of(t);
    if (t->stand_count != 0)
        snprintf(works, sizeof works, " %s's mapper works at %s.", t->same, t->elsewhere);
    trial_tell(v->message, "%s %s the endpoint mapper of %s: %s.%s%s", t->client,
               t->session->failed.frame != 0 ? "cannot reach" : "will by all signs not reach", t->address, t->failure,
               works, rest(t, v->cause, text));
    if (t->stand_count != 0)
        trial_tell(v->advice,
                   "Send the client to %s, or lift what keeps the mapper of %s from being reached: a packet filter, or "
                   "RPC bound to chosen network cards only.",
                   t->elsewhere, t->address);
    else
        trial_tell(v->advice,
                   "Check that %s is the right address, that the host is up and runs the RPC service, and that no "
                   "packet filter closes port 135.",
                   t->address);
    return true;
}

const struct rule RULE_MAPPER_UNREACHABLE = {
    .id = "mapper-unreachable",
    .severity = SEVERITY_CRITICAL,
    .title = "port 135 refuses or does not answer at this address",
    .page = "What it means\n"
            "  Without the endpoint mapper on port 135 the client never learns where the\n"
            "  service is. The application shows 1722 RPC_S_SERVER_UNAVAILABLE, and no mapper\n"
            "  exchange is in the capture.\n"
            "\n"
            "How it is known\n"
            "  Connects to port 135 are refused (RST), answered by an ICMP error, or repeated\n"
            "  without any answer; likewise questions to UDP port 135. Which interface the\n"
            "  client wanted cannot be known. Where the same server's mapper works at another\n"
            "  address, that is told (signature S3), and a refusal means that it is unbound\n"
            "  here; refused at all known addresses it is down. Silence is a filter where\n"
            "  packets, or ARP, show that the address is alive, or where ICMP says\n"
            "  \"prohibited\". Else the cause cannot be told, and the finding says what is\n"
            "  missing.\n"
            "\n"
            "What to do\n"
            "  Send the client to an address where the mapper listens. RPC can be bound to\n"
            "  chosen network cards (KB Q229702: ListenOnInternet; later selective binding):\n"
            "  check that, and packet filters, if the address is meant to work.\n"
            "\n"
            "What can fool it\n"
            "  A capture that lacks the server's packets: then every connect looks silent. A\n"
            "  single unanswered SYN is therefore not flagged, nor is a repeated one that\n"
            "  came hardly later than this server's other answers. A client that never speaks\n"
            "  RPC and fails at many hosts is taken for a scanner.\n",
    .fires = fires,
};
