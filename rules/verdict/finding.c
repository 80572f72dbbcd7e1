/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/verdict/caveat.h"
#include "rules/verdict/exhibit.h"
#include "rules/verdict/moment.h"
#include "rules/verdict/win32.h"

#include <stdio.h>
#include <string.h>

const char *const FINDING_STATE_NAMES[FINDING_STATES] = {"predicted", "failing", "failed", "averted"};
const char *const CAUSE_NAMES[CAUSES] = {"cannot tell", "unbound",        "filtered", "stale",
                                         "down",        "not registered", "rejected", "fault"};

const char *const SHOWN_NAMES[SHOWNS] = {"never", "unknown", "seen", "computed"};
const char *const CONFIDENCE_NAMES[CONFIDENCES] = {NULL, "low", "medium", "high"};

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
    if (session_is_udp(s) && s->server.port != 0 && s->server.port != asked_at)
        snprintf(port, sizeof port, " || udp.port == %u", (unsigned)s->server.port);
    else if (s->server.port != 0 && s->server.port != asked_at)
        snprintf(port, sizeof port, " || tcp.port == %u", (unsigned)s->server.port);
    if (fallback != 0 && fallback != s->server.port)
        snprintf(pipe, sizeof pipe, " || tcp.port == %u", fallback);
    bool asked_over_tcp = !session_is_udp(s) || (t->tracked->map_flow != 0 && t->tracked->map_flow < DATAGRAM_FLOWS);
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

/* The name leads to the wrong address (S8). */
static void advise_name(struct finding *f, const struct trial *t, const struct shown_by *shown) {
    size_t at = strlen(f->advice);
    if (shown->named.frame != 0 && f->state != FINDING_AVERTED)
        snprintf(f->advice + at, sizeof f->advice - at, " The name %s leads to %s: point it at %s.", shown->name,
                 t->address, t->elsewhere);
}

/* It did not come to what was foretold. */
static void tell_averted(struct finding *f, const struct trial *t) {
    char other[INTERFACE_TEXT_SIZE], what[INTERFACE_TEXT_SIZE + 32] = "was served";
    const struct session *s = t->session;
    enum withdrawal why = t->tracked->forecast->withdrawn;
    if (why == WITHDRAWN_OTHER_WISH) {
        snprintf(what, sizeof what, "asked for %s instead", interface_text(&s->interface, other));
        f->server.port = t->tracked->forecast->omen.endpoint.port;
    } else if (why == WITHDRAWN_NOTHING_ASKED)
        snprintf(what, sizeof what, "asked for nothing there");
    else if (s->outcome != OUTCOME_SERVED && s->got_through == GOT_NOT_THROUGH)
        snprintf(what, sizeof what, why == WITHDRAWN_OTHER_PORT ? "was told another endpoint" : "was let in");
    f->severity = SEVERITY_INFO;
    f->win32 = 0;
    snprintf(f->message, sizeof f->message, "%s was expected to fail at %s for %s, and %s.", t->client, t->address,
             t->interface, what);
    snprintf(f->advice, sizeof f->advice, "Nothing: it is told because it was flagged.");
}

static enum finding_state state_of(const struct session *s) {
    if (reason_is_averted(s))
        return FINDING_AVERTED;
    if (s->failed.frame == 0)
        return FINDING_PREDICTED;
    return s->still_trying ? FINDING_FAILING : FINDING_FAILED;
}

static const struct rule *first_that_fires(const struct trial *t, struct verdict *verdict) {
    for (size_t i = 0; i < RULE_COUNT; i++) {
        *verdict = (struct verdict){
            .severity = RULES[i]->severity, .win32 = win32_of_session(t->tracked, t->outcome), .bound_at = true};
        if (RULES[i]->fires(t, verdict))
            return RULES[i];
    }
    return NULL;
}

bool finding_make(const struct knowledge *k, const struct tracked *tracked, struct finding *f) {
    const struct session *s = &tracked->session;
    if (s->failed.frame == 0 && !s->predicted && !s->withdrawn)
        return false;
    struct trial t = trial_open(k, tracked);
    struct verdict verdict;
    const struct rule *rule = first_that_fires(&t, &verdict);
    if (rule == NULL)
        return false;
    *f = (struct finding){.rule = rule,
                          .severity = inventory_severity(k->inventory, rule, verdict.severity),
                          .cause = verdict.cause,
                          .state = state_of(s),
                          .client = s->client.address,
                          .server = s->server,
                          .interface = s->to_mapper ? (struct syntax_id){.major = 0} : t.interface_id,
                          .flagged = state_of(s) == FINDING_AVERTED ? tracked->forecast->seen : s->flagged,
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
    if (s->predicted || f->state == FINDING_AVERTED)
        reason_put(f, k, tracked);
    struct shown_by shown = {.name = ""};
    signatures_find(f, &t, &shown);
    advise_name(f, &t, &shown);
    exhibits_add(f, &t, &verdict, &shown);
    caveats_find(f, &t);
    moment_find(f, &t);
    return true;
}
