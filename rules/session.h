/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_SESSION_H
#define RULES_SESSION_H

#include "dissect/fact.h"
#include "rules/evidence.h"

/* A session: one client's try to reach one interface at one address. It begins with the question to the mapper, or
 * with the first connect or bind where there was none, and ends served or not. */

enum stage {
    STAGE_ASKED,      /* ept_map request; for a mapper that was not reached, the SYN to it */
    STAGE_MAPPED,     /* ept_map answer */
    STAGE_CONNECTING, /* first SYN to a mapped endpoint */
    STAGE_CONNECTED,  /* SYN-ACK */
    STAGE_BOUND,      /* bind accepted */
    STAGE_CALLED,     /* first request */
    STAGE_ANSWERED,   /* first response */
    STAGES
};

enum outcome {
    OUTCOME_UNKNOWN, /* cannot tell; `unclear` says why */
    OUTCOME_SERVED,
    OUTCOME_REFUSED,
    OUTCOME_UNANSWERED,
    OUTCOME_UNREACHABLE,
    OUTCOME_NOT_REGISTERED,
    OUTCOME_REJECTED,
    OUTCOME_FAULTED,
    OUTCOMES
};

/* How a failed session's client got what it wanted all the same. */
enum got_through { GOT_NOT_THROUGH, GOT_THROUGH_RETRY, GOT_THROUGH_OTHER_ADDRESS, GOT_THROUGH_PIPE, GOT_THROUGH_KINDS };

enum { SESSION_MAX_TOWERS = FACT_MAX_TOWERS };

struct session {
    uint64_t id;                /* counts from 1 */
    struct endpoint client;     /* port of the latest connection to the service, else of the one to the mapper */
    struct endpoint server;     /* where the client goes; port 0 until a service endpoint is known */
    struct syntax_id interface; /* nil where the mapper itself was not reached */
    enum transport transport;
    char *pipe;    /* without "\\PIPE\\"; NULL: there is none, or it is not known */
    bool exporter; /* of an object that DCOM told where to find: no mapper was asked, and the port is a process's own */
    bool to_mapper; /* failed at the mapper's port; server is the mapper */
    bool ignored;   /* its client or server is in a network that is not judged; known when the judge has finished */
    enum outcome outcome;
    const char *unclear; /* UNKNOWN: why it cannot be told; SERVED: how it broke off then; a constant string */
    uint32_t win32;      /* that the application shows; 0: none, or not known */
    struct sighting stages[STAGES]; /* frame 0 = not seen */
    struct sighting syn;            /* to the mapper, where it was predicted at that; else frame 0 */
    /* Failing: the first packet that shows it and the last of the failing attempt; frame 0 = none. */
    struct sighting failing, failed;
    uint32_t syns;                              /* SYNs of the failing attempts */
    uint32_t status;                            /* mapper status, reject or nak reason, fault status */
    bool nak;                                   /* REJECTED by bind_nak; status is its reason */
    uint16_t opnum;                             /* FAULTED: of the call, as in struct fact_call */
    bool still_trying;                          /* the capture ends while the client may still be retrying */
    uint8_t icmp_type, icmp_code;               /* UNREACHABLE */
    struct address reporter;                    /* UNREACHABLE: who sent the ICMP error */
    struct endpoint towers[SESSION_MAX_TOWERS]; /* mapped TCP endpoints, 0.0.0.0 replaced by the address asked */
    size_t tower_count;
    bool elsewhere; /* the towers name only other addresses than the one asked */
    /* The first packet at which the failure was flagged, and whether that was before any packet of the failure. */
    struct sighting flagged;
    bool predicted;
    bool withdrawn; /* it was predicted, and that was taken back, as it showed to be wrong */
    enum got_through got_through;
    struct sighting got_through_at;
};

bool session_is_udp(const struct session *session);

/* What happens to a session; for rules/ only. */
void session_reach(struct session *session, enum stage stage, struct sighting seen);
/* It fails: `first` shows it, `last` is the latest packet of it. Flags it at the first, if it is not flagged yet. */
void session_fail(struct session *session, enum outcome outcome, struct sighting first, struct sighting last);
/* It goes by this named pipe, without "\\PIPE\\"; copied, and freed by who frees the session. It has one at most. */
void session_name_pipe(struct session *session, const char *name);
/* What looked like a failure was none. It is no longer flagged, unless it had been foretold. */
void session_unfail(struct session *session);

extern const char *const STAGE_NAMES[STAGES];     /* "asked", "mapped", … */
extern const char *const OUTCOME_NAMES[OUTCOMES]; /* "cannot tell", "served", "refused", "not registered", … */
extern const char *const GOT_THROUGH_NAMES[GOT_THROUGH_KINDS]; /* NULL, "retry", "other address", "pipe" */

#endif
