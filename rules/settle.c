/* SPDX-License-Identifier: GPL-3.0-or-later */
/* After the last fact: what became of each session. */
#include "rules/knowledge.h"

static const int64_t PATIENCE = 3 * SECOND;  /* the longest initial retransmission timeout (Windows 2000 … 2012) */
static const int64_t REFUSAL_RETRY = SECOND; /* Windows asks again 0.5 s after an RST, twice */
static const int64_t FALLBACK_WITHIN = 600 * SECOND; /* a later success of the same client still belongs to it */
static const int64_t WALK_WITHIN = 60 * SECOND;      /* going on to the next address of a name */
enum { MAX_LOOK_AHEAD = 256 };                       /* later sessions of the same client and interface */
enum { REFUSED_SYNS = 3, SILENT_SYNS = 5 };          /* of one Windows connect: refused, and silent with 1 s timeout */

static bool is_windows_ttl(uint8_t ttl) { return ttl > 64 && ttl <= 128; }

static void cannot_tell(struct session *session, const char *why) {
    session->outcome = OUTCOME_UNKNOWN;
    session->unclear = why;
    session->failing = session->failed = (struct sighting){0};
    if (!session->predicted)
        session->flagged = (struct sighting){0};
}

/* The client has turned to this server with another question since. */
static bool went_on(const struct knowledge *k, const struct tracked *t) {
    const struct session *session = &t->session;
    const struct tracked *newest = track_newest(k->track, &session->client.address, &session->server.address);
    while (newest != t && newest->session.transport == TRANSPORT_PIPE) /* which the mapper is not asked for */
        newest = newest->older;
    return newest != t && newest->session.stages[STAGE_ASKED].time > t->last_syn.time;
}

/* A silent connect (protocol.md section 5.1): the client doubles its timeout, and gives up after the last one. */
static void settle_silence(const struct knowledge *k, struct tracked *t) {
    struct session *session = &t->session;
    int64_t waited = k->end - t->last_syn.time;
    if (session->syns <= 1) {
        if (session->to_mapper)
            cannot_tell(session, "one SYN without an answer: the capture may lack the server's packets");
        else if (waited < PATIENCE)
            cannot_tell(session, "the capture ends before the connect can be called overdue");
        return;
    }
    bool gave_up = t->done > t->last_syn.time || went_on(k, t);
    bool exhausted = is_windows_ttl(t->client_ttl) && session->syns >= SILENT_SYNS && t->syn_interval > 4 * SECOND;
    /* A tenth less: timers are coarse. */
    session->still_trying = !exhausted && !gave_up && waited < 2 * t->syn_interval - t->syn_interval / 10;
}

static void settle_refusal(const struct knowledge *k, struct tracked *t) {
    t->session.still_trying = is_windows_ttl(t->client_ttl) && t->session.syns < REFUSED_SYNS &&
                              k->end - t->session.failed.time < REFUSAL_RETRY;
}

static const char *why_unclear(const struct session *session) {
    if (session->stages[STAGE_CONNECTED].frame != 0)
        return "connected, but no answered bind to it can be read";
    if (session->stages[STAGE_CONNECTING].frame != 0)
        return "the connect's outcome is not in the capture";
    if (session->stages[STAGE_MAPPED].frame != 0)
        return session->tower_count == 0 ? "mapped to no TCP endpoint" : "no connect to the mapped endpoint follows";
    if (session->stages[STAGE_ASKED].frame != 0)
        return "the mapper's answer is not in the capture";
    return "only a part of the connection is in the capture";
}

static void settle_one(const struct knowledge *k, struct tracked *t) {
    struct session *session = &t->session;
    if (session->outcome == OUTCOME_UNKNOWN && session->failing.frame != 0)
        session->outcome = OUTCOME_UNANSWERED; /* overdue, and the facts end before the connection does */
    if (session->outcome == OUTCOME_UNANSWERED)
        settle_silence(k, t);
    else if (session->outcome == OUTCOME_REFUSED)
        settle_refusal(k, t);
    if (session->outcome == OUTCOME_UNKNOWN && session->unclear == NULL)
        session->unclear = why_unclear(session);
}

static bool is_relative(const struct knowledge *k, const struct address *one, const struct address *other) {
    struct relative relatives[KNOWLEDGE_MAX_RELATIVES];
    size_t count = identity_relatives(k->identity, one, relatives, KNOWLEDGE_MAX_RELATIVES);
    for (size_t i = 0; i < count; i++)
        if (address_equal(&relatives[i].address, other))
            return true;
    return false;
}

static enum got_through way_of(const struct knowledge *k, const struct session *failed, const struct session *served) {
    bool same = address_equal(&failed->server.address, &served->server.address);
    if (!same && !is_relative(k, &failed->server.address, &served->server.address))
        return GOT_NOT_THROUGH;
    if (served->transport == TRANSPORT_PIPE)
        return GOT_THROUGH_PIPE;
    return same ? GOT_THROUGH_RETRY : GOT_THROUGH_OTHER_ADDRESS;
}

static void find_way_through(const struct knowledge *k, struct tracked *failed) {
    struct session *f = &failed->session;
    struct tracked *t = failed->later;
    for (int i = 0; t != NULL && i < MAX_LOOK_AHEAD; i++, t = t->later) {
        const struct session *s = &t->session;
        int64_t after = t->served_time - f->failed.time;
        if (s->outcome != OUTCOME_SERVED || after < 0 || after > FALLBACK_WITHIN)
            continue;
        f->got_through = way_of(k, f, s);
        if (f->got_through == GOT_NOT_THROUGH)
            continue;
        f->got_through_at = s->stages[STAGE_BOUND].frame != 0 ? s->stages[STAGE_BOUND] : s->stages[STAGE_ANSWERED];
        f->still_trying = false;
        /* The same port at the next address without asking the mapper there: the runtime walked down the list. */
        failed->recovered_elsewhere = f->got_through == GOT_THROUGH_OTHER_ADDRESS && after < WALK_WITHIN &&
                                      s->stages[STAGE_ASKED].frame == 0 && s->server.port == f->server.port;
        return;
    }
}

void settle_sessions(const struct knowledge *k) {
    struct tracked *t;
    for (size_t i = 0; (t = track_at(k->track, i)) != NULL; i++)
        settle_one(k, t);
    for (size_t i = 0; (t = track_at(k->track, i)) != NULL; i++)
        if (t->session.failed.frame != 0)
            find_way_through(k, t);
}
