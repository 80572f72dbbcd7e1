/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/inventory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static_assert(sizeof(struct address) == 17, "it is compared as bytes, so it has no padding");

static bool is_among(const struct address *addresses, size_t count, const struct address *address) {
    for (size_t i = 0; i < count; i++)
        if (address_equal(&addresses[i], address))
            return true;
    return false;
}

static bool is_interface(const struct syntax_id *declared, bool any_version, const struct syntax_id *interface) {
    return any_version ? uuid_equal(&declared->uuid, &interface->uuid) : syntax_compatible(declared, interface);
}

int located_order(const void *a, const void *b) {
    return memcmp(&((const struct located *)a)->address, &((const struct located *)b)->address, sizeof(struct address));
}

const struct declared_cluster *inventory_cluster(const struct inventory *inventory, const struct address *address) {
    if (inventory->located != NULL) {
        struct located key = {.address = *address};
        const struct located *found =
            bsearch(&key, inventory->located, inventory->located_count, sizeof key, located_order);
        return found == NULL ? NULL : found->cluster;
    }
    for (size_t i = 0; i < inventory->cluster_count; i++) {
        const struct declared_cluster *cluster = &inventory->clusters[i];
        if (is_among(cluster->addresses, cluster->address_count, address))
            return cluster;
    }
    return NULL;
}

/* What the endpoint mapper's own process serves at port 135 of every address of a host, wherever services are bound:
 * the mapper, DCOM's object exporter (IObjectExporter) and activation (IActivation, IRemoteSCMActivator); and what
 * every RPC server has, its management. Who says "any" does not mean these. */
static bool is_of_every_host(const struct syntax_id *interface) {
    static const struct uuid OF_EVERY_HOST[] = {
        {{0xe1, 0xaf, 0x83, 0x08, 0x5d, 0x1f, 0x11, 0xc9, 0x91, 0xa4, 0x08, 0x00, 0x2b, 0x14, 0xa0, 0xfa}},
        {{0x99, 0xfc, 0xfe, 0xc4, 0x52, 0x60, 0x10, 0x1b, 0xbb, 0xcb, 0x00, 0xaa, 0x00, 0x21, 0x34, 0x7a}},
        {{0x4d, 0x9f, 0x4a, 0xb8, 0x7d, 0x1c, 0x11, 0xcf, 0x86, 0x1e, 0x00, 0x20, 0xaf, 0x6e, 0x7c, 0x57}},
        {{0x00, 0x00, 0x01, 0xa0, 0x00, 0x00, 0x00, 0x00, 0xc0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x46}},
        {{0xaf, 0xa8, 0xbd, 0x80, 0x7d, 0x8a, 0x11, 0xc9, 0xbe, 0xf4, 0x08, 0x00, 0x2b, 0x10, 0x29, 0x89}},
    };
    for (size_t i = 0; i < sizeof OF_EVERY_HOST / sizeof *OF_EVERY_HOST; i++)
        if (uuid_equal(&OF_EVERY_HOST[i], &interface->uuid))
            return true;
    return false;
}

/* The entry about the interface itself comes before the one about all. */
static const struct declared_service *service_of(const struct declared_cluster *cluster,
                                                 const struct syntax_id *interface) {
    const struct declared_service *all = NULL;
    for (size_t i = 0; i < cluster->service_count; i++) {
        const struct declared_service *service = &cluster->services[i];
        if (uuid_is_nil(&service->interface.uuid))
            all = is_of_every_host(interface) ? NULL : service;
        else if (is_interface(&service->interface, service->any_version, interface))
            return service;
    }
    return all;
}

bool declared_service_is_at(const struct declared_service *service, const struct address *address) {
    return is_among(service->bound, service->bound_count, address);
}

struct declaration inventory_says(const struct inventory *inventory, const struct address *address,
                                  const struct syntax_id *interface) {
    struct declaration declaration = {.cluster = inventory_cluster(inventory, address)};
    if (declaration.cluster != NULL)
        declaration.service = service_of(declaration.cluster, interface);
    if (declaration.service == NULL)
        return (struct declaration){.declared = DECLARED_NOT};
    bool bound = declared_service_is_at(declaration.service, address);
    declaration.declared = bound ? DECLARED_BOUND : DECLARED_UNBOUND;
    return declaration;
}

const struct declared_cluster *inventory_serves_nothing(const struct inventory *inventory,
                                                        const struct address *address) {
    const struct declared_cluster *cluster = inventory_cluster(inventory, address);
    bool all = false;
    for (size_t i = 0; cluster != NULL && i < cluster->service_count; i++) {
        if (declared_service_is_at(&cluster->services[i], address))
            return NULL;
        all = all || uuid_is_nil(&cluster->services[i].interface.uuid);
    }
    return all ? cluster : NULL;
}

const char *inventory_name(const struct inventory *inventory, const struct address *address) {
    for (size_t i = 0; i < inventory->name_count; i++)
        if (address_equal(&inventory->names[i].address, address))
            return inventory->names[i].name;
    return NULL;
}

static bool is_within(const struct network *network, const struct address *address) {
    if (network->address.family != address->family)
        return false;
    size_t octets = network->prefix / 8;
    if (memcmp(network->address.octets, address->octets, octets) != 0)
        return false;
    unsigned mask = 0xff00U >> network->prefix % 8 & 0xffU;
    return mask == 0 || ((network->address.octets[octets] ^ address->octets[octets]) & mask) == 0;
}

bool inventory_ignores(const struct inventory *inventory, const struct address *address) {
    for (size_t i = 0; i < inventory->ignored_count; i++)
        if (is_within(&inventory->ignored[i], address))
            return true;
    return false;
}

bool inventory_is_router(const struct inventory *inventory, const struct mac *mac) {
    for (size_t i = 0; i < inventory->router_count; i++)
        if (memcmp(inventory->routers[i].octets, mac->octets, sizeof mac->octets) == 0)
            return true;
    return false;
}

enum severity inventory_severity(const struct inventory *inventory, const struct rule *rule, enum severity lowered) {
    size_t i = 0;
    while (RULES[i] != rule)
        i++;
    enum severity declared = inventory->severities[i].severity;
    if (!inventory->severities[i].given)
        return lowered;
    return lowered == rule->severity || declared < lowered ? declared : lowered;
}

const struct proof *inventory_contradicted(const struct inventory *inventory, const struct binding *binding) {
    const struct proof *proof = binding_verdict(binding);
    enum declared declared = inventory_says(inventory, &binding->address, &binding->interface).declared;
    if (proof == NULL || declared == DECLARED_NOT)
        return NULL;
    switch (proof->kind) {
    case PROOF_ANSWERED:
    case PROOF_BIND_ACCEPTED:
    case PROOF_CONNECTED:
        return declared == DECLARED_UNBOUND ? proof : NULL;
    case PROOF_REFUSED:
    case PROOF_NOT_REGISTERED:
    case PROOF_NAMED_ELSEWHERE:
    case PROOF_REJECTED:
        return declared == DECLARED_BOUND ? proof : NULL;
    case PROOF_UNREACHABLE:
    case PROOF_UNANSWERED:
    /* A mapper that names an address does not say that anything listens there. */
    case PROOF_LOOKUP_ENTRY:
    case PROOF_TOWER_FROM_ELSEWHERE:
    case PROOF_OXID_BINDING:
    case PROOF_MAPPED:
    case PROOF_KINDS:
        break;
    }
    return NULL;
}

static bool matches(const struct network *network, const struct address *address) {
    return network->address.family == ADDRESS_NONE || is_within(network, address);
}

const struct suppression *inventory_suppresses(const struct inventory *inventory, const struct finding *finding) {
    for (size_t i = 0; i < inventory->suppression_count; i++) {
        const struct suppression *s = &inventory->suppressions[i];
        bool interface =
            uuid_is_nil(&s->interface.uuid) || is_interface(&s->interface, s->any_version, &finding->interface);
        if ((s->rule == NULL || s->rule == finding->rule) && interface && finding->flagged.time < s->until &&
            matches(&s->client, &finding->client) && matches(&s->server, &finding->server.address))
            return s;
    }
    return NULL;
}
