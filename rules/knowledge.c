/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/knowledge.h"

static const int64_t SAME_TIME = 60 * SECOND; /* what fails so soon after counts as failing together */

bool is_mapper_interface(const struct syntax_id *interface) { return syntax_compatible(interface, &SYNTAX_EPM); }

struct knowledge *knowledge_of(struct knowledge *k, enum transport transport) {
    return transport == TRANSPORT_UDP && k->datagrams != NULL ? k->datagrams : k;
}

const struct knowledge *knowledge_about(const struct knowledge *k, const struct session *session) {
    return session->transport == TRANSPORT_UDP && k->datagrams != NULL ? k->datagrams : k;
}

bool knowledge_of_port(const struct knowledge *k, uint16_t port) {
    return port == MAPPER_PORT || (k->ports[port / 8] & 1U << port % 8) != 0;
}

static void name_port(struct knowledge *k, uint16_t port) { k->ports[port / 8] |= (uint8_t)(1U << port % 8); }

/* Who opened a connection may turn out to be its server. */
void knowledge_name_ports(struct knowledge *k, const struct fact *fact) {
    name_port(k, fact->client.port);
    name_port(k, fact->server.port);
    if (fact->kind == FACT_LOOKUP_ENTRY)
        name_port(k, fact->lookup.tower.endpoint.port);
    for (uint8_t i = 0; fact->kind == FACT_MAP_ANSWERED && i < fact->map.count; i++)
        name_port(k, fact->map.towers[i].endpoint.port);
    for (uint8_t i = 0; fact->kind == FACT_BINDINGS_TOLD && i < fact->bindings.count; i++)
        name_port(k, fact->bindings.bindings[i].endpoint.port);
}

void knowledge_prove(struct knowledge *k, const struct fact *fact, const struct syntax_id *interface,
                     enum binding_proof kind, struct endpoint where) {
    struct proof proof = {.kind = kind, .seen = fact->seen, .endpoint = where, .client = fact->client.address};
    proof.transport = k->connections != NULL              ? TRANSPORT_UDP
                      : places_is_http(k->places, &where) ? TRANSPORT_HTTP
                                                          : TRANSPORT_TCP;
    binding_prove(k->bindings, interface, &where.address, &proof);
}

bool knowledge_is_at(const struct knowledge *k, const struct endpoint *endpoint, const struct syntax_id *interface) {
    const struct binding *binding = binding_find(k->bindings, &endpoint->address, interface);
    for (size_t i = 0; binding != NULL && i < binding->count; i++)
        if (binding->proofs[i].endpoint.port == endpoint->port)
            return true;
    return false;
}

bool knowledge_same_server(const struct knowledge *k, const struct address *one, const struct address *other) {
    struct relative relatives[IDENTITY_MAX_RELATIVES];
    if (address_equal(one, other))
        return true;
    size_t count = identity_relatives(k->identity, one, relatives);
    for (size_t i = 0; i < count; i++)
        if (address_equal(&relatives[i].address, other))
            return true;
    return false;
}

/* A listing is none: a mapper lists the addresses of its host, served or not. */
bool proof_is_of_serving(enum binding_proof kind) {
    return kind == PROOF_ANSWERED || kind == PROOF_BIND_ACCEPTED || kind == PROOF_CONNECTED;
}

bool proof_is_of_silence_or_refusal(enum binding_proof kind) {
    return kind == PROOF_REFUSED || kind == PROOF_UNREACHABLE || kind == PROOF_UNANSWERED;
}

static bool speaks_against(enum binding_proof kind) {
    return proof_is_of_silence_or_refusal(kind) || kind == PROOF_REJECTED || kind == PROOF_NOT_REGISTERED;
}

/* An endpoint that accepts the connection and then rejects the bind belongs to something else. */
static bool serves(const struct binding *binding, size_t index) {
    const struct proof *proof = &binding->proofs[index];
    if (proof->kind != PROOF_CONNECTED)
        return proof_is_of_serving(proof->kind);
    return index + 1 == binding->count || binding->proofs[index + 1].kind != PROOF_REJECTED;
}

/* The latest proof of either sort before this time is one against it. */
static bool was_down(const struct binding *binding, int64_t time) {
    bool down = false;
    for (size_t i = 0; i < binding->count && binding->proofs[i].seen.time < time; i++) {
        if (serves(binding, i))
            down = false;
        else if (speaks_against(binding->proofs[i].kind))
            down = true;
    }
    return down;
}

/* It fell silent, or refused, soon after this time, before it was seen to serve again. */
static bool fell(const struct binding *binding, int64_t time) {
    const struct proof *down = binding_after(binding, proof_is_of_silence_or_refusal, time);
    const struct proof *up = binding_after(binding, proof_is_of_serving, time);
    return down != NULL && down->seen.time - time < SAME_TIME && (up == NULL || up->seen.time > down->seen.time);
}

bool place_knows(const struct place *place, uint16_t port) {
    for (size_t i = 0; i < place->port_count; i++)
        if (place->ports[i] == port)
            return true;
    return place->port_count == 0;
}

/* What an earlier run saw gives way to what this one sees. */
static bool says_more(const struct proof *proof, const struct proof *best) {
    if (best == NULL || sighting_is_earlier(&proof->last) != sighting_is_earlier(&best->last))
        return best == NULL || sighting_is_earlier(&best->last);
    return proof->kind <= best->kind;
}

/* Of the proofs of serving on that side of the time, the one that says most; of equals, the latest. */
static const struct proof *strongest(const struct binding *binding, const struct place *place, bool before,
                                     bool same_ports) {
    const struct proof *best = NULL;
    for (size_t i = 0; i < binding->count; i++) {
        const struct proof *proof = &binding->proofs[i];
        bool there = before ? proof->seen.time < place->time : proof->last.time >= place->time;
        if (there && serves(binding, i) && (!same_ports || place_knows(place, proof->endpoint.port)) &&
            says_more(proof, best))
            best = proof;
    }
    return best;
}

/* The proof that this address has it bound around the time; NULL if there is none, or if it failed there too. */
static const struct proof *stands_at(const struct binding *binding, const struct place *place, enum span span,
                                     bool same_ports) {
    if (binding == NULL || was_down(binding, place->time))
        return NULL;
    const struct proof *before = strongest(binding, place, true, same_ports);
    if (span == SPAN_BEFORE)
        return before;
    if (fell(binding, place->time))
        return NULL;
    return before != NULL ? before : strongest(binding, place, false, same_ports);
}

static void put_path(struct stand *stand, const struct relative *relatives, int last) {
    for (int i = last; i >= 0 && stand->path_length < STAND_MAX_PATH; i = relatives[i].parent)
        stand->path[stand->path_length++] = relatives[i].link;
}

bool binding_served(const struct binding *binding, int64_t before) {
    for (size_t i = 0; binding != NULL && i < binding->count; i++)
        if (binding->proofs[i].seen.time < before && serves(binding, i))
            return true;
    return false;
}

static bool is_among(const struct stand *stands, size_t count, const struct address *address) {
    for (size_t i = 0; i < count; i++)
        if (address_equal(&stands[i].endpoint.address, address))
            return true;
    return false;
}

/* What was seen to fail there outdoes the declaration. */
static bool failed_at(const struct knowledge *k, const struct place *place, enum span span,
                      const struct address *address) {
    const struct binding *binding = binding_find_over(k->bindings, address, &place->interface, place->transport);
    return binding != NULL && (was_down(binding, place->time) || (span == SPAN_ALL && fell(binding, place->time)));
}

static size_t add_declared(const struct knowledge *k, const struct place *place, enum span span,
                           const struct stand *like, struct stand *stands, size_t count, size_t max) {
    const struct declared_service *service = like->declared;
    for (size_t i = 0; i < service->bound_count; i++)
        if (address_equal(&service->bound[i], &place->address))
            return count;
    for (size_t i = 0; i < service->bound_count && count < max; i++) {
        const struct address *bound = &service->bound[i];
        if (is_among(stands, count, bound) || failed_at(k, place, span, bound))
            continue;
        stands[count] = *like;
        stands[count++].endpoint.address = *bound;
    }
    return count;
}

/* Of a session that has not yet said what it wants, where any service of the cluster is. The mapper is no service. */
static size_t declared_elsewhere(const struct knowledge *k, const struct place *place, enum span span,
                                 struct stand *stands, size_t max) {
    if (is_mapper_interface(&place->interface))
        return 0;
    if (!uuid_is_nil(&place->interface.uuid)) {
        struct declaration declaration = inventory_says(k->inventory, &place->address, &place->interface);
        struct stand like = {.cluster_declared = declaration.cluster, .declared = declaration.service, .cluster = true};
        return like.declared == NULL ? 0 : add_declared(k, place, span, &like, stands, 0, max);
    }
    const struct declared_cluster *cluster = inventory_serves_nothing(k->inventory, &place->address);
    size_t count = 0;
    for (size_t i = 0; cluster != NULL && i < cluster->service_count; i++) {
        struct stand like = {.cluster_declared = cluster, .declared = &cluster->services[i], .cluster = true};
        count = add_declared(k, place, span, &like, stands, count, max);
    }
    return count;
}

size_t knowledge_bound_elsewhere(const struct knowledge *k, const struct place *place, enum span span,
                                 struct stand *stands, size_t max) {
    struct relative relatives[IDENTITY_MAX_RELATIVES];
    size_t relative_count = identity_relatives(k->identity, &place->address, relatives);
    size_t count = 0;
    for (size_t i = 0; i < relative_count && count < max; i++) {
        const struct binding *binding =
            binding_find_over(k->bindings, &relatives[i].address, &place->interface, place->transport);
        if (relatives[i].cluster && count > 0 && !stands[0].cluster)
            break; /* the server itself has it elsewhere */
        const struct proof *proof = stands_at(binding, place, span, relatives[i].weak || place->only_ports);
        if (proof == NULL || places_was_down(k->places, &proof->endpoint, place->time, place->time + SAME_TIME))
            continue;
        stands[count] = (struct stand){.endpoint = proof->endpoint, .proof = proof, .cluster = relatives[i].cluster};
        put_path(&stands[count++], relatives, (int)i);
    }
    return count != 0 ? count : declared_elsewhere(k, place, span, stands, max);
}

struct place place_of_session(const struct session *session, int64_t time) {
    struct place place = {.address = session->server.address,
                          .interface = session->interface,
                          .only_ports = session->exporter,
                          .transport = session->transport,
                          .time = time};
    for (size_t i = 0; i < session->tower_count; i++)
        place.ports[place.port_count++] = session->towers[i].port;
    if (session->server.port != 0)
        place.ports[place.port_count++] = session->server.port;
    return place;
}
