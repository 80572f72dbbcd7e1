/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/verdict/caveat.h"
#include "rules/verdict/trial.h"

#include <stdio.h>
#include <string.h>

const char *const FINDING_STATE_NAMES[FINDING_STATES] = {"predicted", "failing", "failed", "averted"};
const char *const CAUSE_NAMES[CAUSES] = {"cannot tell", "unbound",        "filtered", "stale",
                                         "down",        "not registered", "rejected", "fault"};

const char *const CONFIDENCE_NAMES[CONFIDENCES] = {NULL, "low", "medium", "high"};

enum { WIN32_SERVER_UNAVAILABLE = 1722 };

/* --- the evidence ----------------------------------------------------------------------------------------------- */

static bool is_after(const struct sighting *a, const struct sighting *b) {
    return a->time != b->time ? a->time > b->time : a->file == b->file && a->frame > b->frame;
}

static void add_evidence(struct finding *f, struct sighting seen, const char *what) {
    if (seen.frame == 0 || f->evidence_count == FINDING_MAX_EVIDENCE)
        return;
    size_t at = f->evidence_count++;
    while (at > 0 && is_after(&f->evidence[at - 1].seen, &seen)) {
        f->evidence[at] = f->evidence[at - 1];
        at--;
    }
    f->evidence[at].seen = seen;
    snprintf(f->evidence[at].what, sizeof f->evidence[at].what, "%s", what);
}

static bool is_udp(const struct session *s) { return s->transport == TRANSPORT_UDP; }

static void add_backup(struct finding *f, const struct trial *t) {
    char what[EVIDENCE_TEXT_SIZE], client[ADDRESS_TEXT_SIZE], server[ENDPOINT_TEXT_SIZE];
    const struct backup *backup = t->tracked->leg->backup;
    snprintf(what, sizeof what, "%s calls %s at %s", address_text(&backup->client.address, client), t->interface,
             endpoint_text(&backup->server, server));
    add_evidence(f, backup->called, what);
    snprintf(what, sizeof what, "SYN from %s to %s", t->client, t->endpoint);
    add_evidence(f, t->session->stages[STAGE_CONNECTING], what);
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
        snprintf(what, sizeof what, "%s from %s to %s", is_udp(s) ? "datagram" : "SYN", t->client, t->endpoint);
        if (s->stages[STAGE_ASKED].frame != s->failing.frame) /* else it is not in the capture */
            add_evidence(f, s->stages[STAGE_ASKED], what);
        return;
    }
    snprintf(what, sizeof what, "%s asks the endpoint mapper of %s for %s", t->client, t->address, t->interface);
    add_evidence(f, s->stages[STAGE_ASKED], what);
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
    add_evidence(f, s->stages[STAGE_CONNECTING], what);
    snprintf(what, sizeof what, "%s calls %s at %s", t->client, t->interface, t->endpoint);
    if (is_udp(s))
        add_evidence(f, s->stages[STAGE_CALLED], what);
    snprintf(what, sizeof what, "%s accepts the connection", t->endpoint);
    add_evidence(f, s->stages[STAGE_CONNECTED], what);
    snprintf(what, sizeof what, "bind to %s accepted", t->interface);
    add_evidence(f, s->stages[STAGE_BOUND], what);
}

static void add_failure(struct finding *f, const struct trial *t) {
    char what[EVIDENCE_TEXT_SIZE];
    const struct session *s = t->session;
    const char *first = "", *last = "";
    switch (s->outcome) {
    case OUTCOME_REFUSED:
        if (t->tracked->pipe_use != NULL)
            return; /* it is told as a pipe's */
        first = is_udp(s) ? "refused (ICMP port unreachable)" : "refused (RST)";
        last = "the last refusal or try";
        break;
    case OUTCOME_UNANSWERED:
        first = is_udp(s) ? "call repeated, no answer" : "SYN repeated, no answer";
        last = is_udp(s) ? "the last repetition, no answer" : "the last SYN, no answer";
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
        add_evidence(f, s->failed, last);
}

/* Why two addresses are one server. Two packets show it; the second has an entry of its own if it is in another file.
 */
static void add_link(struct finding *f, const struct identity_link *link) {
    char what[EVIDENCE_TEXT_SIZE], text[LINK_TEXT_SIZE];
    identity_link_text(link, text);
    if (link->one_seen.file == link->other_seen.file && link->one_seen.frame != link->other_seen.frame) {
        snprintf(what, sizeof what, "%s (frame %llu)", text, (unsigned long long)link->other_seen.frame);
        add_evidence(f, link->one_seen, what);
        return;
    }
    add_evidence(f, link->one_seen, text);
    if (link->one_seen.file != link->other_seen.file)
        add_evidence(f, link->other_seen, text);
}

static void add_stands(struct finding *f, const struct trial *t) {
    char what[EVIDENCE_TEXT_SIZE], endpoint[ENDPOINT_TEXT_SIZE];
    for (size_t i = 0; i < t->stand_count; i++) {
        const struct stand *stand = &t->stands[i];
        snprintf(what, sizeof what, "%s: %s", endpoint_text(&stand->endpoint, endpoint),
                 proof_text(stand->proof->kind, stand->proof->transport));
        add_evidence(f, stand->proof->seen, what);
        for (size_t j = 0; j < stand->path_length; j++)
            add_link(f, &stand->path[j]);
    }
}

static void add_omen(struct finding *f, const struct trial *t) {
    char what[EVIDENCE_TEXT_SIZE], interface[INTERFACE_TEXT_SIZE], where[ENDPOINT_TEXT_SIZE] = "";
    if (t->tracked->omen_endpoint.port != 0)
        endpoint_text(&t->tracked->omen_endpoint, where);
    snprintf(what, sizeof what, "earlier, for %s: %s %s", interface_text(&t->tracked->omen_interface, interface), where,
             proof_text(t->tracked->omen, t->session->transport));
    add_evidence(f, t->tracked->omen_seen, what);
}

/* "the pipe \PIPE\svcctl", where its name is known. */
enum { PIPE_WORDS_SIZE = FACT_TEXT_SIZE + 24 };
static const char *pipe_words(const char *name, char words[static PIPE_WORDS_SIZE]) {
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
    add_evidence(f, way->stages[STAGE_CONNECTED], what);
    snprintf(what, sizeof what, "%s gets through all the same: bind to %s accepted on %s", t->client, t->interface,
             words);
    add_evidence(f, way->stages[STAGE_BOUND], what);
    snprintf(what, sizeof what, "the first answer to its calls on %s", words);
    add_evidence(f, way->stages[STAGE_ANSWERED], what);
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
            add_link(f, &relatives[j].link);
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

/* --- the finding ------------------------------------------------------------------------------------------------ */

/* Where the client fell back to a pipe; 0: it did not, or to another address. */
static uint16_t port_of_fallback(const struct trial *t) {
    const struct endpoint *pipe = NULL;
    if (t->session->got_through == GOT_THROUGH_PIPE)
        pipe = &t->tracked->way->session.server;
    else if (t->tracked->refusal != NULL)
        pipe = &t->tracked->refusal->server;
    return pipe != NULL && address_equal(&pipe->address, &t->session->server.address) ? pipe->port : 0;
}

static void put_display_filter(struct finding *f, const struct trial *t) {
    const struct session *s = t->session;
    const char *ip = s->server.address.family == ADDRESS_IPV6 ? "ipv6" : "ip";
    unsigned asked_at = t->tracked->leg != NULL ? t->tracked->leg->backup->server.port : MAPPER_PORT;
    unsigned fallback = port_of_fallback(t);
    char client[ADDRESS_TEXT_SIZE], server[ADDRESS_TEXT_SIZE], port[32] = "", pipe[32] = "";
    address_text(&s->client.address, client);
    address_text(&s->server.address, server);
    if (is_udp(s) && s->server.port != 0 && s->server.port != asked_at)
        snprintf(port, sizeof port, " || udp.port == %u", (unsigned)s->server.port);
    else if (s->server.port != 0 && s->server.port != asked_at)
        snprintf(port, sizeof port, " || tcp.port == %u", (unsigned)s->server.port);
    if (fallback != 0 && fallback != s->server.port)
        snprintf(pipe, sizeof pipe, " || tcp.port == %u", fallback);
    bool asked_over_tcp = !is_udp(s) || (t->tracked->map_flow != 0 && t->tracked->map_flow < DATAGRAM_FLOWS);
    snprintf(f->display_filter, sizeof f->display_filter, "%s.addr == %s && %s.addr == %s && (%s.port == %u%s%s)", ip,
             client, ip, server, asked_over_tcp ? "tcp" : "udp", asked_at, port, pipe);
}

static void put_bound_at(struct finding *f, const struct trial *t, const struct verdict *verdict) {
    if (!verdict->bound_at)
        return;
    if (verdict->moved.port != 0)
        f->bound_at[f->bound_count++] = verdict->moved;
    for (size_t i = 0; i < t->stand_count && f->bound_count < FINDING_MAX_BOUND; i++)
        f->bound_at[f->bound_count++] = t->stands[i].endpoint;
    /* Where nothing else is known, the word of the mapper. */
    for (size_t i = 0; t->session->elsewhere && t->stand_count == 0 && i < t->session->tower_count; i++)
        f->bound_at[f->bound_count++] = t->session->towers[i];
}

/* The client went on to a named pipe: how that ended belongs to the same story. */
static void tell_fallback(struct finding *f, const struct trial *t) {
    size_t at = strlen(f->message);
    char pipe[PIPE_WORDS_SIZE], status[PIPE_STATUS_TEXT_SIZE];
    const struct session *s = t->session;
    const struct pipe_refusal *refusal = t->tracked->refusal;
    const struct sighting *from = &s->stages[s->stages[STAGE_CONNECTING].frame != 0 ? STAGE_CONNECTING : STAGE_ASKED];
    if (s->got_through == GOT_THROUGH_PIPE && from->frame != 0)
        snprintf(f->message + at, sizeof f->message - at, " It then gets through by %s, %.3f s after its first %s.",
                 pipe_words(t->tracked->way->session.pipe, pipe), (double)(s->got_through_at.time - from->time) / 1e9,
                 from == &s->stages[STAGE_CONNECTING] ? "SYN" : "question");
    else if (s->got_through == GOT_THROUGH_PIPE)
        snprintf(f->message + at, sizeof f->message - at, " It then gets through by %s.",
                 pipe_words(t->tracked->way->session.pipe, pipe));
    else if (refusal != NULL && s->transport != TRANSPORT_PIPE)
        snprintf(f->message + at, sizeof f->message - at, " It then tries %s, and that fails as well: %s.",
                 pipe_words(refusal->name, pipe), pipe_status_text(refusal->status, status));
}

/* It did not come to what was foretold. */
static void tell_averted(struct finding *f, const struct trial *t) {
    f->severity = SEVERITY_INFO;
    f->win32 = 0;
    snprintf(f->message, sizeof f->message, "%s was expected to fail at %s for %s, and was served.", t->client,
             t->address, t->interface);
    snprintf(f->advice, sizeof f->advice, "Nothing: it is told because it was flagged.");
}

static enum finding_state state_of(const struct session *s) {
    if (s->outcome == OUTCOME_SERVED)
        return FINDING_AVERTED;
    if (s->outcome == OUTCOME_UNKNOWN) /* who followed the mapper to another address did well, too */
        return s->got_through == GOT_NOT_THROUGH ? FINDING_PREDICTED : FINDING_AVERTED;
    return s->still_trying ? FINDING_FAILING : FINDING_FAILED;
}

static const struct rule *first_that_fires(const struct trial *t, struct verdict *verdict) {
    for (size_t i = 0; i < RULE_COUNT; i++) {
        *verdict =
            (struct verdict){.severity = RULES[i]->severity, .win32 = WIN32_SERVER_UNAVAILABLE, .bound_at = true};
        if (RULES[i]->fires(t, verdict))
            return RULES[i];
    }
    return NULL;
}

bool finding_make(const struct knowledge *k, const struct tracked *tracked, struct finding *f) {
    const struct session *s = &tracked->session;
    if (s->failed.frame == 0 && !s->predicted)
        return false;
    struct trial t = trial_open(k, tracked);
    struct verdict verdict;
    const struct rule *rule = first_that_fires(&t, &verdict);
    if (rule == NULL)
        return false;
    *f = (struct finding){.rule = rule,
                          .severity = verdict.severity,
                          .signature = verdict.signature,
                          .cause = verdict.cause,
                          .state = state_of(s),
                          .client = s->client.address,
                          .server = s->server,
                          .interface = s->to_mapper ? (struct syntax_id){.major = 0} : s->interface,
                          .flagged = s->flagged,
                          .win32 = verdict.win32,
                          .count = 1,
                          .got_through = s->got_through};
    /* A delay, no failure; or nobody said what was wanted there. */
    if ((tracked->recovered_elsewhere || (tracked->guessed && !tracked->own)) && f->severity > SEVERITY_WARNING)
        f->severity = SEVERITY_WARNING;
    if (f->state == FINDING_FAILED || f->state == FINDING_FAILING) {
        f->failed = s->failed;
        f->lead = s->failed.time - s->flagged.time;
    }
    snprintf(f->server_name, sizeof f->server_name, "%s", identity_server_name(k->identity, &s->server.address));
    put_bound_at(f, &t, &verdict);
    snprintf(f->message, sizeof f->message, "%s", verdict.message);
    snprintf(f->advice, sizeof f->advice, "%s", verdict.advice);
    if (f->state == FINDING_AVERTED)
        tell_averted(f, &t);
    else
        tell_fallback(f, &t);
    put_display_filter(f, &t);
    add_failure(f, &t);
    add_stages(f, &t);
    add_way_through(f, &t);
    add_refused_pipe(f, &t);
    add_omen(f, &t);
    if (verdict.bound_at)
        add_stands(f, &t);
    caveats_find(f, &t);
    return true;
}
