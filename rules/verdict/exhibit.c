/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/verdict/exhibit.h"

#include <stdio.h>

static bool is_after(const struct sighting *a, const struct sighting *b) {
    return a->time != b->time ? a->time > b->time : a->file == b->file && a->frame > b->frame;
}

static void add(struct finding *f, struct sighting seen, const char *what, bool detail) {
    if (seen.frame == 0 || f->evidence_count == FINDING_MAX_EVIDENCE)
        return;
    size_t at = f->evidence_count++;
    while (at > 0 && is_after(&f->evidence[at - 1].seen, &seen)) {
        f->evidence[at] = f->evidence[at - 1];
        at--;
    }
    f->evidence[at].seen = seen;
    f->evidence[at].detail = detail;
    snprintf(f->evidence[at].what, sizeof f->evidence[at].what, "%s", what);
}

static void add_evidence(struct finding *f, struct sighting seen, const char *what) { add(f, seen, what, false); }
/* What goes without saying, beside the rest. */
static void add_detail(struct finding *f, struct sighting seen, const char *what) { add(f, seen, what, true); }

static void add_backup(struct finding *f, const struct trial *t) {
    char what[EVIDENCE_TEXT_SIZE], client[ADDRESS_TEXT_SIZE], server[ENDPOINT_TEXT_SIZE];
    const struct backup *backup = t->tracked->leg->backup;
    snprintf(what, sizeof what, "%s calls %s at %s", address_text(&backup->client.address, client), t->interface,
             endpoint_text(&backup->server, server));
    add_evidence(f, backup->called, what);
    snprintf(what, sizeof what, "SYN from %s to %s", t->client, t->endpoint);
    add_detail(f, t->session->stages[STAGE_CONNECTING], what);
    snprintf(what, sizeof what, "%s accepts an earlier connection from %s", t->address, t->client);
    add_evidence(f, t->tracked->leg->earlier, what);
}

static void add_stages(struct finding *f, const struct trial *t) {
    char what[EVIDENCE_TEXT_SIZE];
    const struct session *s = t->session;
    if (t->tracked->leg != NULL) {
        add_backup(f, t);
        return;
    }
    if (s->to_mapper) {
        snprintf(what, sizeof what, "%s from %s to %s", session_is_udp(s) ? "datagram" : "SYN", t->client, t->endpoint);
        if (s->stages[STAGE_ASKED].frame != s->failing.frame) /* else it is not in the capture */
            add(f, s->stages[STAGE_ASKED], what, s->failing.frame != 0);
        return;
    }
    snprintf(what, sizeof what, "%s asks the endpoint mapper of %s for %s", t->client, t->address, t->asked);
    add(f, s->stages[STAGE_ASKED], what, s->tower_count != 0 || s->failing.frame != 0);
    if (s->tower_count != 0) {
        char tower[ENDPOINT_TEXT_SIZE];
        endpoint_text(&s->towers[0], tower);
        if (s->exporter)
            snprintf(what, sizeof what, "DCOM tells %s of an object at %s", t->client, tower);
        else
            snprintf(what, sizeof what, "the endpoint mapper of %s answers with %s", t->address, tower);
        add_evidence(f, s->stages[STAGE_MAPPED], what);
    }
    snprintf(what, sizeof what, "SYN from %s to %s%s", t->client, t->endpoint,
             t->tracked->condemned ? ", for another session" : "");
    add(f, s->stages[STAGE_CONNECTING], what, s->failing.frame != 0);
    snprintf(what, sizeof what, "%s calls %s at %s", t->client, t->asked, t->endpoint);
    if (session_is_udp(s))
        add(f, s->stages[STAGE_CALLED], what, s->failing.frame != 0);
    snprintf(what, sizeof what, "%s accepts the connection", t->endpoint);
    add_detail(f, s->stages[STAGE_CONNECTED], what);
    snprintf(what, sizeof what, "bind to %s accepted", t->asked);
    add_detail(f, s->stages[STAGE_BOUND], what);
}

static void add_failure(struct finding *f, const struct trial *t) {
    char what[EVIDENCE_TEXT_SIZE], waits[PATIENCE_TEXT_SIZE];
    const struct session *s = t->session;
    const char *first = "", *last = "";
    switch (s->outcome) {
    case OUTCOME_REFUSED:
        if (t->tracked->pipe_use != NULL)
            return; /* it is told as a pipe's */
        first = session_is_udp(s) ? "refused (ICMP port unreachable)" : "refused (RST)";
        last = "the last refusal or try";
        break;
    case OUTCOME_UNANSWERED:
        first = session_is_udp(s) ? "call repeated, no answer" : patience_text(&t->tracked->patience, waits);
        last = session_is_udp(s) ? "the last repetition, no answer" : "the last SYN, no answer";
        break;
    case OUTCOME_UNREACHABLE:
        first = "ICMP error";
        last = "the last ICMP error or try";
        break;
    case OUTCOME_NOT_REGISTERED:
        first = "not registered";
        break;
    case OUTCOME_REJECTED:
        first = s->nak ? "bind_nak" : "bind rejected";
        last = "the last rejection";
        break;
    case OUTCOME_FAULTED:
        first = "fault";
        last = "the last fault";
        break;
    case OUTCOME_UNKNOWN:
    case OUTCOME_SERVED:
    case OUTCOMES:
        return;
    }
    snprintf(what, sizeof what, "%s: %s", t->endpoint, first);
    add_evidence(f, s->failing, what);
    if (s->failed.frame != s->failing.frame)
        add_detail(f, s->failed, last);
}

/* Why two addresses are one server. Two packets show it; the second has an entry of its own if it is in another file.
 */
static void add_link(struct finding *f, const struct identity_link *link, bool detail) {
    char what[EVIDENCE_TEXT_SIZE], text[LINK_TEXT_SIZE];
    identity_link_text(link, text);
    if (link->one_seen.file == link->other_seen.file && link->one_seen.frame != link->other_seen.frame) {
        snprintf(what, sizeof what, "%s (frame %llu)", text, (unsigned long long)link->other_seen.frame);
        add(f, link->one_seen, what, detail);
        return;
    }
    add(f, link->one_seen, text, detail);
    if (link->one_seen.file != link->other_seen.file)
        add(f, link->other_seen, text, detail);
}

/* A declaration has no packet of its own: it is told with the one that it is held against. */
static void add_declared(struct finding *f, const struct trial *t) {
    char what[EVIDENCE_TEXT_SIZE];
    bool is_reason = f->confidence != CONFIDENCE_NONE && t->tracked->forecast->kind == PREDICTED_BY_DECLARATION;
    if (is_reason || t->stand_count == 0 || t->stands[0].proof != NULL)
        return;
    snprintf(what, sizeof what, "%s has it elsewhere, and not at %s", t->same, t->address);
    add_evidence(f, t->session->failing.frame != 0 ? t->session->failing : f->flagged, what);
}

static void add_stands(struct finding *f, const struct trial *t) {
    char what[EVIDENCE_TEXT_SIZE], endpoint[ENDPOINT_TEXT_SIZE];
    add_declared(f, t);
    for (size_t i = 0; i < t->stand_count; i++) {
        const struct stand *stand = &t->stands[i];
        if (stand->proof == NULL)
            continue; /* it is only declared */
        snprintf(what, sizeof what, "%s: %s", endpoint_text(&stand->endpoint, endpoint),
                 proof_text(stand->proof->kind, stand->proof->transport));
        add(f, stand->proof->seen, what, i > 0); /* one of several is enough */
        for (size_t j = 0; j < stand->path_length; j++)
            add_link(f, &stand->path[j], i > 0);
    }
}

static void add_reason(struct finding *f, const struct trial *t) {
    struct evidence evidence[REASON_EVIDENCES];
    size_t count = f->confidence == CONFIDENCE_NONE ? 0 : reason_evidence(t->knowledge, t->tracked, evidence);
    for (size_t i = 0; i < count; i++)
        add_evidence(f, evidence[i].seen, evidence[i].what);
}

const char *pipe_words(const char *name, char words[static PIPE_WORDS_SIZE]) {
    if (name == NULL)
        return "a named pipe";
    snprintf(words, PIPE_WORDS_SIZE, "the pipe \\PIPE\\%s", name);
    return words;
}

static void add_way_by_pipe(struct finding *f, const struct trial *t) {
    char what[EVIDENCE_TEXT_SIZE], pipe[PIPE_WORDS_SIZE], server[ENDPOINT_TEXT_SIZE];
    const struct session *way = &t->tracked->way->session;
    const char *words = pipe_words(way->pipe, pipe);
    endpoint_text(&way->server, server);
    snprintf(what, sizeof what, "%s opens %s at %s", t->client, words, server);
    add_detail(f, way->stages[STAGE_CONNECTED], what);
    snprintf(what, sizeof what, "%s gets through all the same: bind to %s accepted on %s", t->client, t->interface,
             words);
    add_evidence(f, way->stages[STAGE_BOUND], what);
    snprintf(what, sizeof what, "the first answer to its calls on %s", words);
    add_detail(f, way->stages[STAGE_ANSWERED], what);
}

static void add_way_through(struct finding *f, const struct trial *t) {
    char what[EVIDENCE_TEXT_SIZE];
    if (t->session->got_through == GOT_NOT_THROUGH)
        return;
    if (t->session->got_through == GOT_THROUGH_PIPE) {
        add_way_by_pipe(f, t);
        return;
    }
    snprintf(what, sizeof what, "%s gets through all the same: %s", t->client,
             GOT_THROUGH_NAMES[t->session->got_through]);
    add_evidence(f, t->session->got_through_at, what);
}

/* Why the server's address and this other one are one server; nothing if it is no other. */
static void add_relation(struct finding *f, const struct trial *t, const struct address *other) {
    struct relative relatives[IDENTITY_MAX_RELATIVES];
    size_t count = identity_relatives(t->knowledge->identity, &t->session->server.address, relatives);
    for (size_t i = 0; i < count; i++)
        for (int j = (int)i; address_equal(&relatives[i].address, other) && j >= 0; j = relatives[j].parent)
            add_link(f, &relatives[j].link, false);
}

/* A pipe that could not be opened, and why that is held against it. */
static void add_refused_pipe(struct finding *f, const struct trial *t) {
    char what[EVIDENCE_TEXT_SIZE], status[PIPE_STATUS_TEXT_SIZE], server[ENDPOINT_TEXT_SIZE];
    const struct pipe_refusal *refusal = t->tracked->refusal;
    const struct pipe_use *use = t->tracked->pipe_use;
    if (refusal == NULL)
        return;
    snprintf(what, sizeof what, "the pipe \\PIPE\\%s at %s cannot be opened: %s", refusal->name,
             endpoint_text(&refusal->server, server), pipe_status_text(refusal->status, status));
    add_evidence(f, refusal->seen, what);
    if (use == NULL)
        return;
    snprintf(what, sizeof what, "the endpoint mapper there names \\PIPE\\%s for %s", refusal->name, t->interface);
    add_evidence(f, use->mapped, what);
    snprintf(what, sizeof what, "bind to %s accepted on \\PIPE\\%s at %s", t->interface, refusal->name,
             endpoint_text(&use->server, server));
    add_evidence(f, use->served, what);
    add_relation(f, t, &use->server.address);
}

/* A failover, as far as ARP tells it. */
static void add_move(struct finding *f, const struct trial *t) {
    char what[EVIDENCE_TEXT_SIZE];
    struct sighting moved;
    if (f->rule != &RULE_STALE_ENDPOINT ||
        !identity_moved(t->knowledge->identity, &t->session->server.address, &moved) || moved.time > t->time)
        return;
    snprintf(what, sizeof what, "%s moves to another link-layer address, as ARP tells", t->address);
    add_evidence(f, moved, what);
}

/* The names and binds of which only a signature tells. */
static void add_signature(struct finding *f, const struct trial *t, const struct shown_by *shown) {
    char what[EVIDENCE_TEXT_SIZE], from[ADDRESS_TEXT_SIZE], at[ENDPOINT_TEXT_SIZE];
    if (shown->bound.frame != 0) {
        snprintf(what, sizeof what, "%s binds to %s at %s: what is refused is the bind-back",
                 address_text(&shown->bound_from, from), t->interface, endpoint_text(&shown->bound_at, at));
        add_evidence(f, shown->bound, what);
        add_relation(f, t, &shown->bound_from);
    }
    snprintf(what, sizeof what, "a name service tells that %s is at %s", shown->name, t->address);
    add_evidence(f, shown->named, what);
}

void exhibits_add(struct finding *f, const struct trial *t, const struct verdict *verdict,
                  const struct shown_by *shown) {
    add_failure(f, t);
    add_stages(f, t);
    add_way_through(f, t);
    add_refused_pipe(f, t);
    add_reason(f, t);
    if (verdict->bound_at)
        add_stands(f, t);
    add_move(f, t);
    add_signature(f, t, shown);
}
