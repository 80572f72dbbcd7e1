/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/verdict/trial.h"

#include <stdio.h>

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

static void put_omen(struct trial *t) {
    const struct tracked *tracked = t->tracked;
    char where[ENDPOINT_TEXT_SIZE], interface[INTERFACE_TEXT_SIZE];
    if (tracked->prediction == PREDICTED_BY_OTHER_INTERFACE)
        snprintf(t->failure, sizeof t->failure, "%s refused %s before", endpoint_text(&tracked->omen_endpoint, where),
                 interface_text(&tracked->omen_interface, interface));
    else if (tracked->omen_endpoint.port != 0)
        snprintf(t->failure, sizeof t->failure, "%s failed before", endpoint_text(&tracked->omen_endpoint, where));
    else
        snprintf(t->failure, sizeof t->failure, "%s failed before", t->address);
}

static bool is_udp(const struct session *s) { return s->transport == TRANSPORT_UDP; }

static void put_failure(struct trial *t) {
    const struct session *s = t->session;
    char reporter[ADDRESS_TEXT_SIZE];
    if (is_open(s))
        put_omen(t);
    else if (s->outcome == OUTCOME_REFUSED)
        snprintf(t->failure, sizeof t->failure,
                 is_udp(s) ? "%s refuses (ICMP port unreachable)" : "%s refuses the connection (RST)", t->endpoint);
    else if (s->outcome == OUTCOME_UNANSWERED)
        snprintf(t->failure, sizeof t->failure, "%s does not answer (%u %s)", t->endpoint, (unsigned)s->syns,
                 is_udp(s) ? "datagrams" : "SYNs");
    else
        snprintf(t->failure, sizeof t->failure, "%s is unreachable (ICMP type %u code %u from %s)", t->endpoint,
                 (unsigned)s->icmp_type, (unsigned)s->icmp_code, address_text(&s->reporter, reporter));
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

static void put_words(struct trial *t) {
    const struct session *s = t->session;
    char interface[INTERFACE_TEXT_SIZE];
    address_text(&s->client.address, t->client);
    address_text(&s->server.address, t->address);
    if (s->server.port != 0)
        endpoint_text(&s->server, t->endpoint);
    else
        snprintf(t->endpoint, sizeof t->endpoint, "%s", t->address);
    interface_text(s->to_mapper ? &SYNTAX_EPM : &s->interface, interface);
    /* Nobody asked for it in this session: it is what the endpoint was known for. */
    snprintf(t->interface, sizeof t->interface, "%s%s", interface, t->tracked->guessed ? " (presumably)" : "");
    put_failure(t);
    put_elsewhere(t);
    t->same = t->stand_count != 0 && t->stands[0].cluster ? "The same server or cluster" : "The same server";
}

static bool is_among_towers(const struct session *s, uint16_t port) {
    for (size_t i = 0; i < s->tower_count; i++)
        if (s->towers[i].port == port)
            return true;
    return s->server.port == port;
}

/* Another port of this address: given by its mapper to somebody else since this client asked, or serving later. */
static void find_moved(struct trial *t, const struct binding *here) {
    const struct session *s = t->session;
    bool may_move = s->server.port != 0 && !s->exporter; /* at another port is another object's exporter */
    for (size_t i = 0; here != NULL && may_move && i < here->count; i++) {
        const struct proof *proof = &here->proofs[i];
        bool mapped_since = proof->kind == PROOF_MAPPED && proof->last.time > s->stages[STAGE_MAPPED].time;
        bool serves_later = proof_is_of_serving(proof->kind) && proof->last.time > t->time;
        if ((mapped_since || serves_later) && !is_among_towers(s, proof->endpoint.port) &&
            proof->endpoint.port != MAPPER_PORT && !places_is_down(t->knowledge->places, &proof->endpoint)) {
            t->moved = proof->endpoint;
            t->moved_time = proof->last.time;
            t->moved_serves = t->moved_serves || serves_later;
        }
    }
}

static bool was_served(const struct binding *here, const struct session *s, int64_t before) {
    for (size_t i = 0; here != NULL && i < here->count; i++) {
        const struct proof *proof = &here->proofs[i];
        bool same = !s->exporter || proof->endpoint.port == s->server.port;
        if (proof_is_of_serving(proof->kind) && proof->seen.time < before && same)
            return true;
    }
    return false;
}

static bool mapper_works(const struct knowledge *k, const struct session *s) {
    const struct proof *mapper = binding_verdict(binding_find(k->bindings, &s->server.address, &SYNTAX_EPM));
    return mapper != NULL && proof_is_for(mapper->kind);
}

/* The mapper answered this session, or is known to work at this address. What DCOM told came from some address. */
static bool is_alive(const struct knowledge *k, const struct session *s) {
    return (s->stages[STAGE_MAPPED].frame != 0 && !s->exporter) || mapper_works(k, s) ||
           (k->connections != NULL && mapper_works(k->connections, s));
}

bool trial_is_prohibited(const struct trial *t) {
    const struct session *s = t->session;
    if (t->outcome != OUTCOME_UNREACHABLE)
        return false;
    if (s->server.address.family == ADDRESS_IPV6)
        return s->icmp_type == 1 && (s->icmp_code == 1 || s->icmp_code == 5 || s->icmp_code == 6);
    return s->icmp_type == 3 && (s->icmp_code == 9 || s->icmp_code == 10 || s->icmp_code == 13);
}

struct trial trial_open(const struct knowledge *k, const struct tracked *tracked) {
    const struct session *s = &tracked->session;
    struct trial t = {.knowledge = k, .tracked = tracked, .session = s};
    t.outcome = is_open(s) ? foretold(tracked) : s->outcome;
    t.time = s->failing.frame != 0 ? s->failing.time : s->flagged.time;
    struct place place = place_of_session(s, t.time);
    if (s->to_mapper)
        place.interface = SYNTAX_EPM;
    const struct binding *here = binding_find_over(k->bindings, &s->server.address, &place.interface, place.transport);
    t.served_before = was_served(here, s, t.time);
    t.host_alive = is_alive(k, s);
    find_moved(&t, here);
    t.stand_count = knowledge_bound_elsewhere(k, &place, SPAN_ALL, t.stands, FINDING_MAX_BOUND);
    put_words(&t);
    return t;
}
