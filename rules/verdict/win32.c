/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/verdict/win32.h"

#include "rules/words/name.h"

enum { SERVER_UNAVAILABLE = 1722, CALL_FAILED = 1726, CALL_FAILED_DNE = 1727, NOT_REGISTERED = 1753 };
static const uint32_t READ_FAILS = 0xc7ff1004; /* what HrESEBackupReadFile fails with (protocol.md section 0) */

static const int64_t NOT_IDLE = 10 * SECOND; /* who is bound, and calls later, may have been idle */

static uint32_t of_fault(const struct tracked *t) {
    uint32_t code = t->by_mapper ? win32_of_mapper(t->session.status) : 0;
    return code != 0 ? code : win32_of_fault(t->session.status);
}

static uint32_t of_rejection(const struct session *s) {
    return s->nak ? win32_of_nak((uint16_t)s->status) : win32_of_rejection((uint16_t)s->status);
}

uint32_t win32_of_session(const struct tracked *t, enum outcome outcome) {
    if (t->leg != NULL)
        return t->leg->backup->store ? READ_FAILS : 0;
    switch (outcome) {
    case OUTCOME_REFUSED:
    case OUTCOME_UNANSWERED:
    case OUTCOME_UNREACHABLE:
        return SERVER_UNAVAILABLE;
    case OUTCOME_NOT_REGISTERED:
        return NOT_REGISTERED;
    case OUTCOME_REJECTED:
        return of_rejection(&t->session);
    case OUTCOME_FAULTED:
        return of_fault(t);
    case OUTCOME_UNKNOWN:
    case OUTCOME_SERVED:
    case OUTCOMES:
        break;
    }
    return 0;
}

/* The server broke the connection off while something was wanted of it; nothing of it is missing that could be the
 * answer. */
static void settle_break(struct tracked *t) {
    struct session *s = &t->session;
    const struct sighting *stages = s->stages;
    if (t->broken_off == 0 || t->lacks != 0 || stages[STAGE_ANSWERED].frame != 0)
        return;
    if (s->outcome == OUTCOME_SERVED && stages[STAGE_CALLED].frame != 0) {
        s->win32 = CALL_FAILED;
        s->unclear = "the server reset the connection before it answered a call";
    } else if (s->outcome == OUTCOME_SERVED && t->broken_off - stages[STAGE_BOUND].time < NOT_IDLE) {
        s->win32 = CALL_FAILED_DNE;
        s->unclear = "the server reset the connection after the bind, before a call";
    } else if (s->outcome == OUTCOME_UNKNOWN && stages[STAGE_CONNECTED].frame != 0 && t->bind_asked) {
        s->win32 = SERVER_UNAVAILABLE;
        s->unclear = "the server reset the connection before it answered the bind";
    }
}

void win32_settle(const struct knowledge *k) {
    struct tracked *t;
    for (size_t i = 0; (t = track_at(k->track, i)) != NULL; i++) {
        t->session.win32 = win32_of_session(t, t->session.outcome);
        settle_break(t);
    }
}
