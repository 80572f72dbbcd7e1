/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/session.h"

#include "rules/tables/table.h"

#include <assert.h>
#include <string.h>

const char *const STAGE_NAMES[STAGES] = {"asked", "mapped", "connecting", "connected", "bound", "called", "answered"};
const char *const OUTCOME_NAMES[OUTCOMES] = {"cannot tell", "served",         "refused",  "unanswered",
                                             "unreachable", "not registered", "rejected", "faulted"};
const char *const GOT_THROUGH_NAMES[GOT_THROUGH_KINDS] = {NULL, "retry", "other address", "pipe"};

bool session_is_udp(const struct session *session) { return session->transport == TRANSPORT_UDP; }

void session_reach(struct session *session, enum stage stage, struct sighting seen) {
    if (session->stages[stage].frame == 0)
        session->stages[stage] = seen;
}

void session_fail(struct session *session, enum outcome outcome, struct sighting first, struct sighting last) {
    session->outcome = outcome;
    if (session->failing.frame == 0)
        session->failing = first;
    session->failed = last;
    if (session->flagged.frame == 0)
        session->flagged = first;
}

void session_unfail(struct session *session) {
    session->failing = session->failed = (struct sighting){0};
    session->syns = 0;
    if (!session->predicted)
        session->flagged = (struct sighting){0};
}

void session_name_pipe(struct session *session, const char *name) {
    assert(session->pipe == NULL);
    size_t size = strlen(name) + 1;
    session->pipe = allocate(size, 1);
    memcpy(session->pipe, name, size);
}
