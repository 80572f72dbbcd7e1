/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/verdict/trial.h"

#include <stdarg.h>
#include <stdio.h>

/* How a session that was flagged before it failed was expected to end. */
static enum outcome foretold(const struct tracked *t) {
    const struct forecast *forecast = t->forecast;
    if (forecast == NULL || forecast->kind == PREDICTED_BY_TOWER)
        return OUTCOME_UNKNOWN;
    if (forecast->omen.kind == PROOF_NOT_REGISTERED)
        return OUTCOME_NOT_REGISTERED;
    if (forecast->omen.kind == PROOF_UNANSWERED)
        return OUTCOME_UNANSWERED;
    if (forecast->omen.kind == PROOF_REJECTED)
        return OUTCOME_REJECTED;
    return forecast->omen.kind == PROOF_UNREACHABLE ? OUTCOME_UNREACHABLE : OUTCOME_REFUSED;
}

static bool is_open(const struct session *session) {
    return session->outcome == OUTCOME_UNKNOWN || session->outcome == OUTCOME_SERVED;
}

static void put_omen(struct trial *t) {
    const struct forecast *forecast = t->tracked->forecast;
    char where[ENDPOINT_TEXT_SIZE], interface[INTERFACE_TEXT_SIZE], line[DECLARATION_TEXT_SIZE];
    if (forecast == NULL)
        return;
    if (forecast->kind == PREDICTED_BY_DECLARATION)
        snprintf(t->failure, sizeof t->failure, "%s declares so",
                 declaration_line(t->knowledge->inventory, forecast->cluster, forecast->service, line));
    else if (forecast->kind == PREDICTED_BY_OTHER_INTERFACE)
        snprintf(t->failure, sizeof t->failure, "%s refused %s before", endpoint_text(&forecast->omen.endpoint, where),
                 interface_text(&forecast->omen.interface, interface));
    else if (forecast->omen.endpoint.port != 0)
        snprintf(t->failure, sizeof t->failure, "%s failed before", endpoint_text(&forecast->omen.endpoint, where));
    else
        snprintf(t->failure, sizeof t->failure, "%s failed before", t->address);
}

static void put_failure(struct trial *t) {
    const struct session *s = t->session;
    char reporter[ADDRESS_TEXT_SIZE];
    if (is_open(s))
        put_omen(t);
    else if (s->outcome == OUTCOME_REFUSED)
        snprintf(t->failure, sizeof t->failure,
                 session_is_udp(s) ? "%s refuses (ICMP port unreachable)" : "%s refuses the connection (RST)",
                 t->endpoint);
    else if (s->outcome == OUTCOME_UNANSWERED)
        snprintf(t->failure, sizeof t->failure, "%s does not answer (%u %s)", t->endpoint, (unsigned)s->syns,
                 session_is_udp(s) ? "datagrams" : "SYNs");
    else
        snprintf(t->failure, sizeof t->failure, "%s is unreachable (ICMP type %u code %u from %s)", t->endpoint,
                 (unsigned)s->icmp_type, (unsigned)s->icmp_code, address_text(&s->reporter, reporter));
}

static void put_elsewhere(struct trial *t) {
    size_t at = 0;
    for (size_t i = 0; i < t->stand_count && at < sizeof t->elsewhere; i++) {
        char endpoint[ENDPOINT_TEXT_SIZE];
        const char *before = i == 0 ? "" : i + 1 == t->stand_count ? " and " : ", ";
        const struct endpoint *stand = &t->stands[i].endpoint;
        int written =
            snprintf(t->elsewhere + at, sizeof t->elsewhere - at, "%s%s", before,
                     stand->port != 0 ? endpoint_text(stand, endpoint) : address_text(&stand->address, endpoint));
        at += written > 0 ? (size_t)written : 0;
    }
}

/* That the stand is of the same cluster is only declared; NULL: packets show it. */
static const struct identity_link *declared_link(const struct stand *stand) {
    for (size_t i = 0; i < stand->path_length; i++)
        if (stand->path[i].kind == LINK_INVENTORY)
            return &stand->path[i];
    return NULL;
}

/* This run shows the interface at none of the stands, and nobody declared it there. */
static bool is_of_old(const struct trial *t) {
    for (size_t i = 0; i < t->stand_count; i++)
        if (t->stands[i].proof == NULL || !sighting_is_earlier(&t->stands[i].proof->last))
            return false;
    return t->stand_count != 0;
}

/* Whose the stands are. */
static void put_same(struct trial *t) {
    const struct stand *first = &t->stands[0];
    const struct identity_link *link = t->stand_count == 0 ? NULL : declared_link(first);
    char line[DECLARATION_TEXT_SIZE];
    if (t->stand_count != 0 && first->declared != NULL)
        snprintf(t->same, sizeof t->same, "As declared in %s, cluster %s",
                 declaration_line(t->knowledge->inventory, first->cluster_declared, first->declared, line),
                 first->cluster_declared->name);
    else if (link != NULL)
        snprintf(t->same, sizeof t->same, "The same cluster (declared in %.120s:%u)", link->file, link->line);
    else
        snprintf(t->same, sizeof t->same, "%s",
                 t->stand_count != 0 && first->cluster ? "The same server or cluster" : "The same server");
}

static void put_words(struct trial *t) {
    const struct session *s = t->session;
    char interface[INTERFACE_TEXT_SIZE], next[ENDPOINT_TEXT_SIZE];
    address_text(&s->client.address, t->client);
    address_text(&s->server.address, t->address);
    if (s->server.port != 0)
        endpoint_text(&s->server, t->endpoint);
    else
        snprintf(t->endpoint, sizeof t->endpoint, "%s", t->address);
    interface_text(s->to_mapper ? &SYNTAX_EPM : &t->interface_id, interface);
    if (uuid_is_nil(&t->interface_id.uuid) && !s->to_mapper)
        snprintf(interface, sizeof interface, "whatever it will ask for");
    /* Nobody asked for it in this session: it is what the endpoint was known for. */
    snprintf(t->interface, sizeof t->interface, "%s%s", interface, t->tracked->guessed ? " (presumably)" : "");
    snprintf(t->asked, sizeof t->asked, "%s", t->interface);
    if (!syntax_compatible(&t->interface_id, &s->interface) && !s->to_mapper)
        interface_text(&s->interface, t->asked);
    put_failure(t);
    put_elsewhere(t);
    put_same(t);
    t->of_old = is_of_old(t);
    if (t->stand_count != 0)
        snprintf(t->also, sizeof t->also, " %s %s it at %s%s.", t->same, t->of_old ? "had" : "has", t->elsewhere,
                 t->of_old ? " in earlier captures" : "");
    if (t->tracked->recovered_elsewhere)
        snprintf(t->recovered, sizeof t->recovered, " It then went on to the next address, %s, and was served.",
                 endpoint_text(&t->tracked->recovered_at, next));
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
        bool mapped_since = proof->kind == PROOF_MAPPED && !sighting_is_earlier(&proof->last) &&
                            proof->last.time > s->stages[STAGE_MAPPED].time;
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
    return mapper != NULL && proof_is_for(mapper->kind) && !sighting_is_earlier(&mapper->last);
}

/* The mapper answered this session, or is known to work at this address. What DCOM told came from some address. */
static bool is_alive(const struct knowledge *k, const struct session *s) {
    return (s->stages[STAGE_MAPPED].frame != 0 && !s->exporter) || mapper_works(k, s) ||
           (k->connections != NULL && mapper_works(k->connections, s));
}

static const int64_t FAILED_BEFORE = 300 * SECOND, FAILS_AFTER = 60 * SECOND;

/* The last that was seen of it there, around that time, is a failure. */
static bool failed_there(const struct binding *binding, const struct place *place, bool weak) {
    const struct proof *last = NULL;
    for (size_t i = 0; binding != NULL && i < binding->count; i++) {
        const struct proof *proof = &binding->proofs[i];
        bool then = proof->last.time > place->time - FAILED_BEFORE && proof->last.time < place->time + FAILS_AFTER;
        bool tells = proof_is_of_serving(proof->kind) || proof_is_of_silence_or_refusal(proof->kind);
        bool same = !weak || place_knows(place, proof->endpoint.port);
        if (then && tells && same && (last == NULL || proof->last.time >= last->last.time))
            last = proof;
    }
    return last != NULL && proof_is_of_silence_or_refusal(last->kind);
}

static void find_others(struct trial *t, const struct place *place) {
    struct relative relatives[IDENTITY_MAX_RELATIVES];
    size_t count = identity_relatives(t->knowledge->identity, &place->address, relatives);
    const struct standing *here = places_standing(t->knowledge->places, &place->address);
    t->seen = here != NULL && here->seen;
    for (size_t i = 0; i < count; i++) {
        const struct relative *other = &relatives[i];
        if (other->cluster)
            continue; /* another node's, maybe */
        t->seen = t->seen || (other->parent < 0 && (other->link.kind == LINK_MAC || other->link.kind == LINK_ARP));
        t->others++;
        if (failed_there(
                binding_find_over(t->knowledge->bindings, &other->address, &place->interface, place->transport), place,
                other->weak))
            t->others_failed++;
        else
            address_text(&other->address, t->untried);
    }
}

bool trial_is_down(const struct trial *t) { return t->others != 0 && t->others_failed == t->others; }

char *trial_missing(const struct trial *t, char text[static MISSING_TEXT_SIZE]) {
    if (t->others == 0)
        snprintf(text, MISSING_TEXT_SIZE,
                 " Only this address of the server is in the capture (1722 pattern, single-homed view), so whether it "
                 "is unbound here or down cannot be told.");
    else
        snprintf(text, MISSING_TEXT_SIZE,
                 " The capture does not show it at %s, another address of this server, at that time, so whether it is "
                 "unbound here or down cannot be told.",
                 t->untried);
    return text;
}

void trial_tell(char text[static FINDING_TEXT_SIZE], const char *format, ...) {
    va_list values;
    va_start(values, format);
    vsnprintf(text, FINDING_TEXT_SIZE, format, values);
    va_end(values);
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
    bool averted = s->withdrawn && s->failed.frame == 0;
    t.outcome = is_open(s) ? foretold(tracked) : s->outcome;
    bool other = averted && (tracked->forecast->withdrawn == WITHDRAWN_OTHER_WISH ||
                             tracked->forecast->withdrawn == WITHDRAWN_NOTHING_ASKED);
    t.interface_id = other ? tracked->forecast->interface : s->interface;
    t.time = averted ? tracked->forecast->seen.time : s->failing.frame != 0 ? s->failing.time : s->flagged.time;
    struct place place = place_of_session(s, t.time);
    place.interface = s->to_mapper ? SYNTAX_EPM : t.interface_id;
    if (other) { /* its ports are those of the other */
        place.port_count = tracked->forecast->omen.endpoint.port != 0;
        place.ports[0] = tracked->forecast->omen.endpoint.port;
    }
    if (s->predicted && tracked->forecast->omen.structural) /* after a restart, too, it is the address that differs */
        place.ports[place.port_count++] = tracked->forecast->omen.endpoint.port;
    const struct binding *here = binding_find_over(k->bindings, &s->server.address, &place.interface, place.transport);
    t.served_before = was_served(here, s, t.time);
    t.host_alive = is_alive(k, s);
    find_moved(&t, here);
    t.stand_count = knowledge_bound_elsewhere(k, &place, SPAN_ALL, t.stands, FINDING_MAX_BOUND);
    find_others(&t, &place);
    put_words(&t);
    return t;
}
