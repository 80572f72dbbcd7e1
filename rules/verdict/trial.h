/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_VERDICT_TRIAL_H
#define RULES_VERDICT_TRIAL_H

#include "rules/knowledge.h"
#include "rules/verdict/finding.h"
#include "rules/words/name.h"

/* What a rule is asked about: one session that failed or that was flagged, and what is known around it.
 * Internal to rules/. */
struct trial {
    const struct knowledge *knowledge;
    const struct tracked *tracked;
    const struct session *session;
    enum outcome outcome;  /* as it ended, or as it was predicted to end */
    int64_t time;          /* of the failure, or of the prediction */
    bool served_before;    /* the interface was served at this very address before */
    bool host_alive;       /* its mapper answers */
    struct endpoint moved; /* where this very address has it now, or by its mapper's later word; port 0 = not known */
    int64_t moved_time;
    bool moved_serves;                      /* it was seen to work there */
    struct stand stands[FINDING_MAX_BOUND]; /* where the same server has it bound instead */
    size_t stand_count;
    /* Words for the messages. */
    char client[ADDRESS_TEXT_SIZE];
    char address[ADDRESS_TEXT_SIZE];
    char endpoint[ENDPOINT_TEXT_SIZE]; /* where the connect goes; the address where no port is known */
    char interface[INTERFACE_TEXT_SIZE + 24];
    char failure[224];   /* "10.0.0.1:1112 refuses the connection (RST)", "… does not answer (5 SYNs)" … */
    char elsewhere[256]; /* the stands, "10.0.0.20:1112 and 10.0.0.21:1112"; "" for none */
    const char *same;    /* whose the stands are: "The same server", or that "or cluster" */
};

/* What a rule answers. The caller presets what most of them say: severity of the rule, 1722, the stands as bound_at. */
struct verdict {
    const char *signature;
    enum cause cause;
    enum severity severity;
    uint32_t win32;
    bool bound_at;         /* whether the other places matter to the finding */
    struct endpoint moved; /* told before them; port 0 = none */
    char message[FINDING_TEXT_SIZE];
    char advice[FINDING_TEXT_SIZE];
};

struct trial trial_open(const struct knowledge *knowledge, const struct tracked *tracked);

/* The ICMP error that ended it says that a filter did (RFC 1812 5.2.7.1, RFC 4443 3.1). */
bool trial_is_prohibited(const struct trial *trial);

/* Tries the rules on this session and makes its finding; false if none fires (finding.c). */
bool finding_make(const struct knowledge *knowledge, const struct tracked *tracked, struct finding *finding);

#endif
