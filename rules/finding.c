/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/trial.h"

#include <stdio.h>
#include <string.h>

const char *const FINDING_STATE_NAMES[FINDING_STATES] = {"predicted", "failing", "failed", "averted"};
const char *const CAUSE_NAMES[CAUSES] = {"cannot tell", "unbound",        "filtered", "stale",
                                         "down",        "not registered", "rejected", "fault"};

enum { WIN32_SERVER_UNAVAILABLE = 1722 };

/* --- the trial -------------------------------------------------------------------------------------------------- */

/* How a session that was flagged before it failed was expected to end. */
static enum outcome foretold(const struct tracked *t) {
    if (t->prediction == PREDICTED_NOT || t->prediction == PREDICTED_BY_TOWER)
        return OUTCOME_UNKNOWN;
    if (t->omen == PROOF_NOT_REGISTERED)
        return OUTCOME_NOT_REGISTERED;
    if (t->omen == PROOF_UNANSWERED)
        return OUTCOME_UNANSWERED;
    return t->omen == PROOF_UNREACHABLE ? OUTCOME_UNREACHABLE : OUTCOME_REFUSED;
}

static bool is_open(const struct session *session) {
    return session->outcome == OUTCOME_UNKNOWN || session->outcome == OUTCOME_SERVED;
}

static void put_failure(struct trial *t) {
    const struct session *s = t->session;
    char reporter[ADDRESS_TEXT_SIZE];
    if (is_open(s))
        snprintf(t->failure, sizeof t->failure, "failed before (frame %llu)",
                 (unsigned long long)t->tracked->omen_seen.frame);
    else if (s->outcome == OUTCOME_REFUSED)
        snprintf(t->failure, sizeof t->failure, "refuses the connection (RST)");
    else if (s->outcome == OUTCOME_UNANSWERED)
        snprintf(t->failure, sizeof t->failure, "does not answer (%u SYN%s)", (unsigned)s->syns,
                 s->syns == 1 ? "" : "s");
    else
        snprintf(t->failure, sizeof t->failure, "is unreachable (ICMP type %u code %u from %s)", (unsigned)s->icmp_type,
                 (unsigned)s->icmp_code, address_text(&s->reporter, reporter));
}

static void put_elsewhere(struct trial *t) {
    size_t at = 0;
    for (size_t i = 0; i < t->stand_count && at < sizeof t->elsewhere; i++) {
        char endpoint[ENDPOINT_TEXT_SIZE];
        const char *before = i == 0 ? "" : i + 1 == t->stand_count ? " and " : ", ";
        int written = snprintf(t->elsewhere + at, sizeof t->elsewhere - at, "%s%s", before,
                               endpoint_text(&t->stands[i].endpoint, endpoint));
        at += written > 0 ? (size_t)written : 0;
    }
}

/* Another port of this address: given by its mapper to somebody else since this client asked, or serving later. */
static void find_moved(struct trial *t, const struct binding *here) {
    const struct session *s = t->session;
    for (size_t i = 0; here != NULL && s->server.port != 0 && i < here->count; i++) {
        const struct proof *proof = &here->proofs[i];
        bool mapped_since = proof->kind == PROOF_MAPPED && proof->last.time > s->stages[STAGE_MAPPED].time;
        bool serves_later = proof_is_of_serving(proof->kind) && proof->last.time > t->time;
        if (proof->endpoint.port != s->server.port && (mapped_since || serves_later)) {
            t->moved = proof->endpoint;
            t->moved_time = proof->last.time;
        }
    }
}

static struct trial open_trial(const struct knowledge *k, const struct tracked *tracked) {
    const struct session *s = &tracked->session;
    struct trial t = {.knowledge = k, .tracked = tracked, .session = s};
    const struct syntax_id *interface = s->to_mapper ? &SYNTAX_EPM : &s->interface;
    t.outcome = is_open(s) ? foretold(tracked) : s->outcome;
    t.time = s->failing.frame != 0 ? s->failing.time : s->flagged.time;
    const struct binding *here = binding_find(k->bindings, &s->server.address, interface);
    t.served_before = binding_before(here, proof_is_of_serving, t.time);
    find_moved(&t, here);
    struct place place = {s->server, *interface, t.time};
    t.stand_count = knowledge_bound_elsewhere(k, &place, SPAN_ALL, t.stands, FINDING_MAX_BOUND);
    address_text(&s->client.address, t.client);
    address_text(&s->server.address, t.address);
    if (s->server.port != 0)
        endpoint_text(&s->server, t.endpoint);
    else
        snprintf(t.endpoint, sizeof t.endpoint, "%s", t.address);
    interface_text(interface, t.interface);
    put_failure(&t);
    put_elsewhere(&t);
    return t;
}

/* --- the evidence ----------------------------------------------------------------------------------------------- */

static void add_evidence(struct finding *f, struct sighting seen, const char *what) {
    if (seen.frame == 0 || f->evidence_count == FINDING_MAX_EVIDENCE)
        return;
    size_t at = f->evidence_count++;
    while (at > 0 && f->evidence[at - 1].seen.time > seen.time) {
        f->evidence[at] = f->evidence[at - 1];
        at--;
    }
    f->evidence[at].seen = seen;
    snprintf(f->evidence[at].what, sizeof f->evidence[at].what, "%s", what);
}

static void add_stages(struct finding *f, const struct trial *t) {
    char what[EVIDENCE_TEXT_SIZE];
    const struct session *s = t->session;
    if (s->to_mapper) {
        snprintf(what, sizeof what, "SYN from %s to %s", t->client, t->endpoint);
        add_evidence(f, s->stages[STAGE_ASKED], what);
        return;
    }
    snprintf(what, sizeof what, "%s asks the endpoint mapper of %s for %s", t->client, t->address, t->interface);
    add_evidence(f, s->stages[STAGE_ASKED], what);
    if (s->tower_count != 0) {
        char tower[ENDPOINT_TEXT_SIZE];
        snprintf(what, sizeof what, "the endpoint mapper of %s answers with %s", t->address,
                 endpoint_text(&s->towers[0], tower));
        add_evidence(f, s->stages[STAGE_MAPPED], what);
    }
    snprintf(what, sizeof what, "SYN from %s to %s", t->client, t->endpoint);
    add_evidence(f, s->stages[STAGE_CONNECTING], what);
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
        first = "refused (RST)";
        last = "the last refusal or try";
        break;
    case OUTCOME_UNANSWERED:
        first = "SYN repeated, no answer";
        last = "the last SYN, no answer";
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
        break;
    case OUTCOME_FAULTED:
        first = "fault";
        break;
    case OUTCOME_UNKNOWN:
    case OUTCOME_SERVED:
    case OUTCOMES:
        return;
    }
    snprintf(what, sizeof what, "%s: %s", t->endpoint, first);
    add_evidence(f, s->failing, what);
    if (s->failed.frame != s->failing.frame) {
        snprintf(what, sizeof what, "%s: %s", t->endpoint, last);
        add_evidence(f, s->failed, what);
    }
}

static void add_stands(struct finding *f, const struct trial *t) {
    for (size_t i = 0; i < t->stand_count; i++) {
        const struct stand *stand = &t->stands[i];
        char what[EVIDENCE_TEXT_SIZE], endpoint[ENDPOINT_TEXT_SIZE], link[LINK_TEXT_SIZE];
        snprintf(what, sizeof what, "%s: %s", endpoint_text(&stand->endpoint, endpoint),
                 proof_text(stand->proof->kind));
        add_evidence(f, stand->proof->seen, what);
        snprintf(what, sizeof what, "%s (frame %llu)", identity_link_text(&stand->link, link),
                 (unsigned long long)stand->link.other_seen.frame);
        add_evidence(f, stand->link.one_seen, what);
    }
}

static void add_omen(struct finding *f, const struct trial *t) {
    char what[EVIDENCE_TEXT_SIZE], interface[INTERFACE_TEXT_SIZE], where[ENDPOINT_TEXT_SIZE] = "";
    if (t->tracked->omen_endpoint.port != 0)
        endpoint_text(&t->tracked->omen_endpoint, where);
    snprintf(what, sizeof what, "earlier, for %s: %s %s", interface_text(&t->tracked->omen_interface, interface), where,
             proof_text(t->tracked->omen));
    add_evidence(f, t->tracked->omen_seen, what);
}

static void add_way_through(struct finding *f, const struct trial *t) {
    char what[EVIDENCE_TEXT_SIZE];
    if (t->session->got_through == GOT_NOT_THROUGH)
        return;
    snprintf(what, sizeof what, "%s gets through all the same: %s", t->client,
             GOT_THROUGH_NAMES[t->session->got_through]);
    add_evidence(f, t->session->got_through_at, what);
}

/* --- the finding ------------------------------------------------------------------------------------------------ */

static void put_display_filter(struct finding *f, const struct session *s) {
    const char *ip = s->server.address.family == ADDRESS_IPV6 ? "ipv6" : "ip";
    char client[ADDRESS_TEXT_SIZE], server[ADDRESS_TEXT_SIZE], port[32] = "";
    address_text(&s->client.address, client);
    address_text(&s->server.address, server);
    if (s->server.port != 0 && s->server.port != MAPPER_PORT)
        snprintf(port, sizeof port, " || tcp.port == %u", (unsigned)s->server.port);
    snprintf(f->display_filter, sizeof f->display_filter, "%s.addr == %s && %s.addr == %s && (tcp.port == %d%s)", ip,
             client, ip, server, MAPPER_PORT, port);
}

static void put_bound_at(struct finding *f, const struct trial *t, const struct verdict *verdict) {
    if (!verdict->bound_at)
        return;
    if (verdict->moved.port != 0)
        f->bound_at[f->bound_count++] = verdict->moved;
    for (size_t i = 0; i < t->stand_count && f->bound_count < FINDING_MAX_BOUND; i++)
        f->bound_at[f->bound_count++] = t->stands[i].endpoint;
}

static enum finding_state state_of(const struct session *s) {
    if (s->outcome == OUTCOME_SERVED)
        return FINDING_AVERTED;
    if (s->outcome == OUTCOME_UNKNOWN)
        return FINDING_PREDICTED;
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
    struct trial t = open_trial(k, tracked);
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
                          .interface = s->interface,
                          .flagged = s->flagged,
                          .win32 = verdict.win32,
                          .count = 1,
                          .got_through = s->got_through};
    if (f->state == FINDING_AVERTED)
        f->severity = SEVERITY_INFO;
    if (f->state == FINDING_FAILED || f->state == FINDING_FAILING) {
        f->failed = s->failed;
        f->lead = s->failed.time - s->flagged.time;
    }
    snprintf(f->server_name, sizeof f->server_name, "%s", identity_server_name(k->identity, &s->server.address));
    put_bound_at(f, &t, &verdict);
    snprintf(f->message, sizeof f->message, "%s", verdict.message);
    snprintf(f->advice, sizeof f->advice, "%s", verdict.advice);
    put_display_filter(f, s);
    add_failure(f, &t);
    add_stages(f, &t);
    add_way_through(f, &t);
    add_omen(f, &t);
    if (verdict.bound_at)
        add_stands(f, &t);
    return true;
}
