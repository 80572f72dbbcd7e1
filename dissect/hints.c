/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/hints.h"

bool hints_are_mapper(const struct endpoint *endpoint) {
    return endpoint->port == MAPPER_PORT || endpoint->port == HTTP_MAPPER_PORT;
}

bool hints_know(const struct hints *hints, const struct endpoint *endpoint) {
    if (hints_are_mapper(endpoint))
        return true;
    for (uint32_t i = 0; i < hints->count; i++)
        if (hints->endpoints[i].port == endpoint->port && endpoint_equal(&hints->endpoints[i], endpoint))
            return true;
    return false;
}

static void learn_endpoint(struct hints *hints, const struct address *address, uint16_t port) {
    struct endpoint endpoint = {.address = *address, .port = port};
    if (address_is_unspecified(address) || port == 0 || hints_know(hints, &endpoint))
        return;
    hints->tally->limits[LIMIT_HINTS] += hints->count == HINTS_MAX;
    hints->endpoints[hints->next] = endpoint;
    hints->next = (hints->next + 1) % HINTS_MAX;
    if (hints->count < HINTS_MAX)
        hints->count++;
}

/* ncacn_http, too, is PDUs over TCP. */
static bool concerns(const struct hints *hints, enum transport transport) {
    return transport == hints->transport || (transport == TRANSPORT_HTTP && hints->transport == TRANSPORT_TCP);
}

/* The client goes to the address in the tower, or stays with the one that it asked. */
static void learn_tower(struct hints *hints, const struct fact_tower *tower, const struct endpoint *asked) {
    if (!concerns(hints, tower->transport))
        return;
    learn_endpoint(hints, &tower->endpoint.address, tower->endpoint.port);
    learn_endpoint(hints, &asked->address, tower->endpoint.port);
}

/* A binding that names a host means, as far as can be known, the server that told it. */
static void learn_binding(struct hints *hints, const struct fact_binding *binding, const struct endpoint *asked) {
    const struct endpoint *endpoint = &binding->endpoint;
    if (concerns(hints, binding->transport))
        learn_endpoint(hints, endpoint->address.family != ADDRESS_NONE ? &endpoint->address : &asked->address,
                       endpoint->port);
}

void hints_learn(struct hints *hints, const struct fact *fact) {
    if (fact->kind == FACT_LOOKUP_ENTRY)
        learn_tower(hints, &fact->lookup.tower, &fact->server);
    if (fact->kind == FACT_MAP_ANSWERED)
        for (uint8_t i = 0; i < fact->map.count; i++)
            learn_tower(hints, &fact->map.towers[i], &fact->server);
    if (fact->kind == FACT_BINDINGS_TOLD)
        for (uint8_t i = 0; i < fact->bindings.count; i++)
            learn_binding(hints, &fact->bindings.bindings[i], &fact->server);
}
