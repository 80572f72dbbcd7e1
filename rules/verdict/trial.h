/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_VERDICT_TRIAL_H
#define RULES_VERDICT_TRIAL_H

#include "rules/knowledge.h"
#include "rules/verdict/finding.h"
#include "rules/verdict/reason.h"
#include "rules/words/name.h"

/* What a rule is asked about: one session that failed or that was flagged, and what is known around it.
 * Internal to rules/. */
struct trial {
    const struct knowledge *knowledge;
    const struct tracked *tracked;
    const struct session *session;
    struct syntax_id
        interface_id;      /* that is wanted; of a prediction that was wrong, that was expected to be; nil: any */
    enum outcome outcome;  /* as it ended, or as it was predicted to end */
    int64_t time;          /* of the failure, or of the prediction */
    bool served_before;    /* the interface was served at this very address before */
    bool host_alive;       /* its mapper answers */
    struct endpoint moved; /* where this very address has it now, or by its mapper's later word; port 0 = not known */
    int64_t moved_time;
    bool moved_serves;                      /* it was seen to work there */
    struct stand stands[FINDING_MAX_BOUND]; /* where the same server has it bound instead */
    size_t stand_count;
    size_t others;        /* addresses of the same server, those that are only of its cluster not counted, */
    size_t others_failed; /* of them, where it failed at that time too */
    bool seen;            /* some packet of this address is in the capture, or ARP shows that it is there */
    /* Words for the messages. */
    char client[ADDRESS_TEXT_SIZE];
    char address[ADDRESS_TEXT_SIZE];
    char endpoint[ENDPOINT_TEXT_SIZE]; /* where the connect goes; the address where no port is known */
    char interface[INTERFACE_TEXT_SIZE + 24];
    char asked[INTERFACE_TEXT_SIZE + 24]; /* the same, but of a prediction that was wrong what was asked for indeed */
    char failure[224];   /* "10.0.0.1:1112 refuses the connection (RST)", "… does not answer (5 SYNs)" … */
    char elsewhere[256]; /* the stands, "10.0.0.20:1112 and 10.0.0.21:1112"; "" for none */
    char also[480];      /* " The same server has it at …."; "" for none */
    bool of_old;         /* that is known of earlier captures only */
    char recovered[128]; /* " It then went on to the next address, 10.0.0.20:1112, and was served."; "": not so */
    char same[192];      /* whose the stands are: "The same server", or that "or cluster", or as what it is declared */
    char untried[ADDRESS_TEXT_SIZE]; /* one of the others, where it was not seen to fail; "" for none */
};

/* What a rule answers. The caller presets what most of them say: severity of the rule, the error of such a session, the
 * stands as bound_at. */
struct verdict {
    enum cause cause;
    enum severity severity;
    uint32_t win32;
    bool bound_at;         /* whether the other places matter to the finding */
    struct endpoint moved; /* told before them; port 0 = none */
    char message[FINDING_TEXT_SIZE];
    char advice[FINDING_TEXT_SIZE];
};

struct trial trial_open(const struct knowledge *knowledge, const struct tracked *tracked);

/* It was refused at all addresses of the server that are known, of several, at about the same time (N1). */
bool trial_is_down(const struct trial *trial);
/* Words, with a space before them, for one that was refused: why the packets do not tell whether it is unbound at this
 * address or down altogether. Returns text. */
enum { MISSING_TEXT_SIZE = 256 };
char *trial_missing(const struct trial *trial, char text[static MISSING_TEXT_SIZE]);
/* Puts a message or an advice together. */
__attribute__((format(printf, 2, 3))) void trial_tell(char text[static FINDING_TEXT_SIZE], const char *format, ...);

/* The ICMP error that ended it says that a filter did (RFC 1812 5.2.7.1, RFC 4443 3.1). */
bool trial_is_prohibited(const struct trial *trial);

/* Tries the rules on this session and makes its finding; false if none fires (finding.c). */
bool finding_make(const struct knowledge *knowledge, const struct tracked *tracked, struct finding *finding);

#endif
