/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_VERDICT_FINDING_H
#define RULES_VERDICT_FINDING_H

#include "rules/session.h"
#include "rules/verdict/rule.h"

enum finding_state {
    FINDING_PREDICTED, /* flagged, and no packet of the failure seen */
    FINDING_FAILING,   /* refused or overdue; the client may still be retrying */
    FINDING_FAILED,
    FINDING_AVERTED, /* predicted, yet served */
    FINDING_STATES
};
extern const char *const FINDING_STATE_NAMES[FINDING_STATES];

enum cause {
    CAUSE_UNKNOWN, /* "cannot tell" */
    CAUSE_UNBOUND,
    CAUSE_FILTERED,
    CAUSE_STALE,
    CAUSE_DOWN,
    CAUSE_NOT_REGISTERED,
    CAUSE_REJECTED,
    CAUSE_FAULT,
    CAUSES
};
extern const char *const CAUSE_NAMES[CAUSES];

/* How sure a prediction is: by what the user declares, or by what was seen before at this very address; by what the
 * mapper itself says; by what else was seen. */
enum confidence { CONFIDENCE_NONE, CONFIDENCE_LOW, CONFIDENCE_MEDIUM, CONFIDENCE_HIGH, CONFIDENCES };
extern const char *const CONFIDENCE_NAMES[CONFIDENCES]; /* NULL, "low", "medium", "high" */

/* When the application shows its error. */
enum shown {
    SHOWN_NEVER,    /* the client got through, or it was averted */
    SHOWN_UNKNOWN,  /* the client's schedule is not known */
    SHOWN_SEEN,     /* with a packet of the capture: an answer that says no, the last of its tries */
    SHOWN_COMPUTED, /* by the client's schedule of retries */
    SHOWNS
};
extern const char *const SHOWN_NAMES[SHOWNS]; /* "never", "unknown", "seen", "computed" */

enum { FINDING_MAX_BOUND = 8, FINDING_MAX_EVIDENCE = 16, FINDING_TEXT_SIZE = 1024, NAME_SIZE = FACT_TEXT_SIZE };
enum { FINDING_MAX_CAVEATS = 8, CAVEAT_TEXT_SIZE = 224, FINDING_SIGNATURES = 9 };

/* Sessions with the same rule, server address, interface and client fold into one finding; what is told in detail is
 * the first of them. */
struct finding {
    uint64_t id; /* counts from 1 */
    const struct rule *rule;
    enum severity severity;
    const char
        *signature; /* "S1" … "S9", the ways in which these faults show on the wire; the first of those that hold */
    uint16_t signatures; /* all that hold, up to FINDING_SIGNATURES: bit 1 << 1 is S1 */
    enum cause cause;
    enum finding_state state;
    struct address client;
    struct endpoint server;      /* port 0 if none */
    char server_name[NAME_SIZE]; /* "" if the capture does not tell it */
    struct syntax_id interface;  /* nil for an unreachable mapper */
    struct endpoint bound_at[FINDING_MAX_BOUND];
    size_t bound_count;
    struct sighting flagged;
    struct sighting failed; /* last packet of the failing attempt, so far if it is failing; frame 0 = none */
    int64_t lead;           /* ns from flagged to failed; 0 without failed */
    /* Of one that was flagged before any packet of the failure; else NONE and "". */
    enum confidence confidence;
    char reason[FINDING_TEXT_SIZE / 2]; /* one sentence */
    uint32_t win32;
    enum shown shown;
    int64_t shown_time; /* SEEN, COMPUTED */
    char
        schedule[FINDING_TEXT_SIZE / 4]; /* COMPUTED: how it is reckoned; UNKNOWN: why it cannot be; NEVER: the delay */
    uint64_t count;                      /* sessions folded into it */
    enum got_through got_through;
    char message[FINDING_TEXT_SIZE];
    char advice[FINDING_TEXT_SIZE];
    char display_filter[FINDING_TEXT_SIZE];         /* for Wireshark */
    struct evidence evidence[FINDING_MAX_EVIDENCE]; /* by time */
    size_t evidence_count;
    char caveats[FINDING_MAX_CAVEATS][CAVEAT_TEXT_SIZE]; /* what the capture lacks that could change the verdict */
    size_t caveat_count;
};

#endif
