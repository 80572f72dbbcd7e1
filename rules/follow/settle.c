/* SPDX-License-Identifier: GPL-3.0-or-later */
/* After the last fact: what became of each session. */
#include "rules/knowledge.h"

static const int64_t REFUSAL_RETRY = SECOND;         /* Windows asks again 0.5 s after an RST, twice */
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
static bool went_on(const struct tracked *t) {
    const struct tracked *newest = track_newest_beside(t);
    return newest != NULL && newest != t && newest->session.stages[STAGE_ASKED].time > t->last_syn.time;
}

/* A silent connect (protocol.md section 5.1): the client doubles its timeout, and gives up after the last one. */
static void settle_silence(const struct knowledge *k, struct tracked *t) {
    struct session *session = &t->session;
    if (session->syns <= 1) {
        /* Its own stack would have repeated it: something is missing here, the server's packets or the client. */
        cannot_tell(session, session->transport == TRANSPORT_UDP
                                 ? "one call, no answer to it and no repetition of it are in the capture"
                                 : "one SYN, no answer to it and no repetition of it are in the capture");
        return;
    }
    if (session->syns == 2 && patience_is_short(&t->patience)) {
        cannot_tell(session, "one SYN repeated, not much later than this server answered others");
        return;
    }
    const struct standing *server = places_standing(k->places, &session->server.address);
    if (server != NULL && server->unseen && !server->seen) {
        cannot_tell(session, "the server's packets are not in the capture");
        return;
    }
    int64_t waited = k->end - t->last_syn.time;
    bool gave_up = t->done > t->last_syn.time || went_on(t);
    bool exhausted = is_windows_ttl(t->client_ttl) && session->syns >= SILENT_SYNS && t->syn_interval > 4 * SECOND;
    /* A tenth less: timers are coarse. */
    session->still_trying = !exhausted && !gave_up && waited < 2 * t->syn_interval - t->syn_interval / 10;
}

static void settle_refusal(const struct knowledge *k, struct tracked *t) {
    t->session.still_trying = is_windows_ttl(t->client_ttl) && t->session.syns < REFUSED_SYNS &&
                              k->end - t->session.failed.time < REFUSAL_RETRY;
}

/* Who never speaks RPC, and fails at many closed ports or at many mappers, once at each, is looking what is open. */
static bool looks_like_a_scanner(const struct knowledge *k, const struct tracked *t) {
    const struct session *session = &t->session;
    const struct client *client = places_client(k->places, &session->client.address);
    const struct tracked *newest = t->pair != NULL
                                       ? track_newest_beside(t)
                                       : track_newest(k->track, &session->client.address, &session->server.address);
    bool tries_again = t->older != NULL || (newest != NULL && newest != t);
    return client != NULL && !client->speaks_rpc && !tries_again &&
           (client->strays >= CLIENT_MANY || client->dead_mappers >= CLIENT_MANY);
}

static void settle_one(const struct knowledge *all, struct tracked *t) {
    struct session *session = &t->session;
    const struct knowledge *k = knowledge_about(all, session);
    if (session->outcome == OUTCOME_UNKNOWN && session->failing.frame != 0)
        session->outcome = OUTCOME_UNANSWERED; /* overdue, and the facts end before the connection does */
    if (session->outcome == OUTCOME_UNANSWERED)
        settle_silence(k, t);
    else if (session->outcome == OUTCOME_REFUSED)
        settle_refusal(k, t);
    if (session->outcome == OUTCOME_UNKNOWN) {
        foretold_untold(t);
        foretold_outdone(k, t);
    }
    if (t->condemned && session->failed.frame != 0 && !places_is_down(k->places, &session->server))
        cannot_tell(session, "only another connection of this client was refused, and the endpoint accepts again");
    bool doubtful = (session->to_mapper || t->guessed) && session->failed.frame != 0;
    if ((doubtful || (t->forecast != NULL && t->forecast->presumed)) && looks_like_a_scanner(k, t)) {
        forecast_forget(t);
        cannot_tell(session, "the client never speaks RPC and fails at many ports or hosts, as a scanner does");
    }
    if (session->got_through != GOT_NOT_THROUGH)
        session->still_trying = false;
    if (session->outcome == OUTCOME_UNKNOWN && session->unclear == NULL)
        session->unclear = unclear_because(k, t);
}

static enum got_through way_of(const struct knowledge *k, const struct session *failed, const struct session *served) {
    bool same = address_equal(&failed->server.address, &served->server.address);
    if (!knowledge_same_server(k, &failed->server.address, &served->server.address))
        return GOT_NOT_THROUGH;
    if (served->transport == TRANSPORT_PIPE && failed->transport != TRANSPORT_PIPE)
        return GOT_THROUGH_PIPE;
    return same ? GOT_THROUGH_RETRY : GOT_THROUGH_OTHER_ADDRESS;
}

/* No mapper was asked, the SYN follows on the failure, and the client had not been served there before. */
static bool walked_on(const struct tracked *failed, const struct tracked *t, int64_t time) {
    const struct session *f = &failed->session;
    const struct session *s = &t->session;
    const struct sighting *syn = &s->stages[s->transport == TRANSPORT_UDP ? STAGE_CALLED : STAGE_CONNECTING];
    int64_t within = f->outcome == OUTCOME_REFUSED ? 2 * SECOND : WALK_WITHIN;
    if (s->stages[STAGE_ASKED].frame != 0 || s->stages[STAGE_MAPPED].frame != 0 || s->server.port != f->server.port ||
        syn->frame == 0 || syn->time < time || syn->time - time > within)
        return false;
    const struct tracked *e = failed->earlier;
    for (int i = 0; e != NULL && i < MAX_LOOK_AHEAD; i++, e = e->earlier)
        if (e->session.outcome == OUTCOME_SERVED && endpoint_equal(&e->session.server, &s->server))
            return false;
    return true;
}

static void takes_way(struct tracked *failed, const struct tracked *t, enum got_through got_through) {
    struct session *f = &failed->session;
    const struct session *s = &t->session;
    f->got_through = got_through;
    f->got_through_at = s->stages[STAGE_BOUND].frame != 0 ? s->stages[STAGE_BOUND] : s->stages[STAGE_ANSWERED];
    f->still_trying = false;
    failed->way = t;
    failed->recovered_at = s->server;
}

/* DCOM told the client both endpoints at once, and it goes through them until one serves. */
static bool is_next_choice(struct tracked *failed, const struct tracked *t, int64_t time) {
    bool same = address_equal(&failed->session.server.address, &t->session.server.address);
    if (t->session.outcome != OUTCOME_SERVED || t->served_time - time > FALLBACK_WITHIN)
        return false;
    takes_way(failed, t, same ? GOT_THROUGH_RETRY : GOT_THROUGH_OTHER_ADDRESS);
    failed->recovered_elsewhere = !same;
    return true;
}

static bool is_way_through(const struct knowledge *k, struct tracked *failed, const struct tracked *t, int64_t time) {
    struct session *f = &failed->session;
    const struct session *s = &t->session;
    int64_t after = t->served_time - time;
    if (s->outcome != OUTCOME_SERVED || t->served_time == 0 || after < 0 || after > FALLBACK_WITHIN)
        return false;
    enum got_through way = way_of(k, f, s);
    if (way == GOT_NOT_THROUGH || (f->exporter && s->server.port != f->server.port)) /* another process */
        return false;
    takes_way(failed, t, way);
    /* The same port at the next address without asking the mapper there: the runtime walked down the list. */
    failed->recovered_elsewhere =
        f->got_through == GOT_THROUGH_OTHER_ADDRESS && after < WALK_WITHIN && walked_on(failed, t, time);
    return true;
}

static void find_way_through(const struct knowledge *k, struct tracked *failed) {
    const struct session *f = &failed->session;
    int64_t time = f->failed.frame != 0 ? f->failed.time : f->flagged.time;
    struct tracked *t = failed->told_later;
    for (int i = 0; t != NULL && i < MAX_LOOK_AHEAD; i++, t = t->told_later)
        if (is_next_choice(failed, t, time))
            return;
    t = failed->later;
    for (int i = 0; t != NULL && i < MAX_LOOK_AHEAD; i++, t = t->later)
        if (is_way_through(k, failed, t, time))
            return;
}

/* A mapper that was reached after all: this client asked it something later. */
static void find_way_to_mapper(const struct knowledge *k, struct tracked *failed) {
    struct session *f = &failed->session;
    const struct tracked *t = track_newest(k->track, &f->client.address, &f->server.address);
    for (int i = 0; t != NULL && t != failed && i < MAX_LOOK_AHEAD; i++, t = t->older) {
        const struct sighting *asked = &t->session.stages[STAGE_ASKED];
        if (t->session.to_mapper || asked->frame == 0 || asked->time < f->failed.time ||
            asked->time - f->failed.time > FALLBACK_WITHIN)
            continue;
        f->got_through = GOT_THROUGH_RETRY;
        f->got_through_at = *asked;
    }
}

void settle_sessions(const struct knowledge *k) {
    struct tracked *t;
    settle_second_legs(k);
    for (size_t i = 0; (t = track_at(k->track, i)) != NULL; i++)
        settle_one(k, t);
    for (size_t i = 0; (t = track_at(k->track, i)) != NULL; i++) {
        const struct session *session = &t->session;
        if (session->to_mapper && session->failed.frame != 0)
            find_way_to_mapper(k, t);
        else if (session->failed.frame != 0 || (session->predicted && session->outcome == OUTCOME_UNKNOWN))
            find_way_through(k, t);
        if (session->failed.frame != 0)
            settle_fallback(k, t);
    }
    settle_refused_pipes(k);
}
