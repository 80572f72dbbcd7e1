/* SPDX-License-Identifier: GPL-3.0-or-later */
/* After the last fact: pipes that could not be opened, those to which a client fell back from a dead endpoint, and
 * others. */
#include "rules/knowledge.h"

static const int64_t FALLS_BACK_WITHIN = 60 * SECOND;
static const int64_t GETS_THROUGH_WITHIN = 600 * SECOND;
enum { MAX_LOOK_BACK = 256 }; /* refusals, and sessions, of one client */

static bool is_fallback(const struct knowledge *k, const struct session *failed, const struct pipe_refusal *refusal) {
    return refusal->seen.time >= failed->failing.time && refusal->seen.time - failed->failed.time < FALLS_BACK_WITHIN &&
           knowledge_same_server(k, &failed->server.address, &refusal->server.address) &&
           named_pipes_belong(k->pipes, refusal->name, &failed->interface);
}

void settle_fallback(const struct knowledge *k, struct tracked *failed) {
    const struct session *session = &failed->session;
    if (session->to_mapper || session->transport == TRANSPORT_PIPE || session->got_through != GOT_NOT_THROUGH)
        return;
    struct pipe_refusal *refusal = named_pipes_newest_refusal(k->pipes, &session->client.address);
    for (int i = 0; refusal != NULL && i < MAX_LOOK_BACK; i++, refusal = refusal->older)
        if (is_fallback(k, session, refusal)) {
            refusal->told = true;
            failed->refusal = refusal; /* of several the first */
        }
}

static const struct pipe_use *mapped_at(const struct knowledge *k, const struct pipe_refusal *refusal) {
    const struct pipe_use *use;
    for (size_t i = 0; (use = named_pipes_at(k->pipes, &refusal->server.address, refusal->name, i)) != NULL; i++)
        if (use->mapped.frame != 0 && use->mapped.time < refusal->seen.time)
            return use;
    return NULL;
}

static bool serves_at(const struct knowledge *k, const struct address *address, const char *name,
                      const struct syntax_id *interface) {
    const struct pipe_use *use;
    for (size_t i = 0; (use = named_pipes_at(k->pipes, address, name, i)) != NULL; i++)
        if (use->served.frame != 0 && syntax_compatible(&use->interface, interface))
            return true;
    return false;
}

/* The same server had it at another address before, and never at this one: else it only came up later, or went down. A
 * pipe's name is the same on many hosts, and does not confirm, as a port does, what a link-layer address suggests. */
static const struct pipe_use *served_elsewhere(const struct knowledge *k, const struct pipe_refusal *refusal) {
    struct relative relatives[IDENTITY_MAX_RELATIVES];
    size_t count = identity_relatives(k->identity, &refusal->server.address, relatives);
    for (size_t i = 0; i < count; i++) {
        const struct pipe_use *use;
        if (relatives[i].weak) /* and another node of a cluster has pipes of its own */
            continue;
        for (size_t j = 0; (use = named_pipes_at(k->pipes, &relatives[i].address, refusal->name, j)) != NULL; j++)
            if (use->served.frame != 0 && use->served_since < refusal->seen.time &&
                !serves_at(k, &refusal->server.address, refusal->name, &use->interface))
                return use;
    }
    return NULL;
}

static bool gets_through(const struct knowledge *k, const struct pipe_refusal *refusal,
                         const struct syntax_id *interface) {
    const struct tracked *t = track_wanted(k->track, &refusal->client.address, interface);
    for (int i = 0; t != NULL && i < MAX_LOOK_BACK; i++, t = t->earlier)
        if (t->session.outcome == OUTCOME_SERVED && t->served_time >= refusal->seen.time &&
            t->served_time - refusal->seen.time < GETS_THROUGH_WITHIN)
            return true;
    return false;
}

/* Clients ask for pipes all the time to see whether they are there, so nothing is made of a refusal but where the
 * server itself said otherwise. */
static void settle_refusal(const struct knowledge *k, const struct pipe_refusal *refusal) {
    const struct pipe_use *use = mapped_at(k, refusal);
    if (use == NULL)
        use = served_elsewhere(k, refusal);
    if (use == NULL || gets_through(k, refusal, &use->interface))
        return;
    struct tracked *t = track_apart(k->track, &refusal->client, &refusal->server, &use->interface, TRANSPORT_PIPE);
    if (t == NULL)
        return;
    t->refusal = refusal;
    t->pipe_use = use;
    t->session.status = refusal->status;
    session_name_pipe(&t->session, refusal->name);
    session_fail(&t->session, OUTCOME_REFUSED, refusal->seen, refusal->seen);
}

void settle_refused_pipes(const struct knowledge *k) {
    const struct pipe_refusal *refusal;
    for (size_t i = 0; (refusal = named_pipes_refusal(k->pipes, i)) != NULL; i++)
        if (!refusal->told && refusal->status == PIPE_NOT_THERE)
            settle_refusal(k, refusal);
}
