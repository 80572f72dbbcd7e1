/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why it cannot be told how a session ended: what of it is missing. */
#include "rules/knowledge.h"

/* So shortly before the end of the capture that what comes next may come behind it. */
static bool ends_at(const struct knowledge *k, const struct sighting *seen) { return k->end - seen->time < SECOND; }

static const char *over_udp(const struct tracked *t) {
    const struct sighting *stages = t->session.stages;
    if (t->heard)
        return "the server is there, but no answer to a call is in the capture";
    if (stages[STAGE_CALLED].frame != 0)
        return t->maybe ? "no answer to the call was wanted" : "the call's outcome is not in the capture";
    if (stages[STAGE_MAPPED].frame != 0)
        return t->session.tower_count == 0 ? "mapped to no UDP endpoint" : "no call to the mapped endpoint follows";
    return "the mapper's answer is not in the capture";
}

static const char *connected(const struct knowledge *k, const struct tracked *t) {
    if ((t->lacks & LACKS_BEGINNING) != 0)
        return "the capture begins in the middle of the connection, behind its bind";
    if ((t->lacks & LACKS_BYTES) != 0)
        return "connected, but packets of the server are missing, maybe its answer to the bind";
    if (ends_at(k, &t->session.stages[STAGE_CONNECTED]))
        return "connected just before the capture ends";
    return t->bind_asked ? "connected, but the answer to the bind is not in the capture"
                         : "connected, but no answered bind to it can be read";
}

static const char *mapped(const struct knowledge *k, const struct session *session) {
    if (session->tower_count == 0)
        return "mapped to no TCP endpoint";
    return ends_at(k, &session->stages[STAGE_MAPPED]) ? "mapped just before the capture ends"
                                                      : "no connect to the mapped endpoint follows";
}

static const char *asked(const struct knowledge *k, const struct tracked *t) {
    if ((t->map_lacks & LACKS_BYTES) != 0)
        return "packets of the mapper are missing, its answer among them";
    return ends_at(k, &t->session.stages[STAGE_ASKED]) ? "asked just before the capture ends"
                                                       : "the mapper's answer is not in the capture";
}

const char *unclear_because(const struct knowledge *k, const struct tracked *t) {
    const struct session *session = &t->session;
    if (session_is_udp(session))
        return over_udp(t);
    if (session->stages[STAGE_CONNECTED].frame != 0)
        return connected(k, t);
    if (session->stages[STAGE_CONNECTING].frame != 0)
        return "the connect's outcome is not in the capture";
    if (session->stages[STAGE_MAPPED].frame != 0)
        return mapped(k, session);
    if (session->stages[STAGE_ASKED].frame != 0)
        return asked(k, t);
    if (session->predicted || session->withdrawn)
        return "no question to the mapper is in the capture";
    return (t->lacks & LACKS_BEGINNING) != 0 ? "the capture begins in the middle of the connection"
                                             : "only a part of the connection is in the capture";
}
