/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/inventory.h"

#include <string.h>

static bool is_among(const struct address *addresses, size_t count, const struct address *address) {
    for (size_t i = 0; i < count; i++)
        if (address_equal(&addresses[i], address))
            return true;
    return false;
}

static bool is_interface(const struct syntax_id *declared, bool any_version, const struct syntax_id *interface) {
    return any_version ? uuid_equal(&declared->uuid, &interface->uuid) : syntax_compatible(declared, interface);
}

const struct declared_cluster *inventory_cluster(const struct inventory *inventory, const struct address *address) {
    for (size_t i = 0; i < inventory->cluster_count; i++) {
        const struct declared_cluster *cluster = &inventory->clusters[i];
        if (is_among(cluster->addresses, cluster->address_count, address))
            return cluster;
    }
    return NULL;
}

/* The entry about the interface itself comes before the one about all. */
static const struct declared_service *service_of(const struct declared_cluster *cluster,
                                                 const struct syntax_id *interface) {
    const struct declared_service *all = NULL;
    for (size_t i = 0; i < cluster->service_count; i++) {
        const struct declared_service *service = &cluster->services[i];
        if (uuid_is_nil(&service->interface.uuid))
            all = service;
        else if (is_interface(&service->interface, service->any_version, interface))
            return service;
    }
    return all;
}

struct declaration inventory_says(const struct inventory *inventory, const struct address *address,
                                  const struct syntax_id *interface) {
    struct declaration declaration = {.cluster = inventory_cluster(inventory, address)};
    if (declaration.cluster != NULL)
        declaration.service = service_of(declaration.cluster, interface);
    if (declaration.service == NULL)
        return (struct declaration){.declared = DECLARED_NOT};
    bool bound = is_among(declaration.service->bound, declaration.service->bound_count, address);
    declaration.declared = bound ? DECLARED_BOUND : DECLARED_UNBOUND;
    return declaration;
}

const struct declared_cluster *inventory_serves_nothing(const struct inventory *inventory,
                                                        const struct address *address) {
    const struct declared_cluster *cluster = inventory_cluster(inventory, address);
    if (cluster == NULL || cluster->service_count == 0)
        return NULL;
    for (size_t i = 0; i < cluster->service_count; i++)
        if (is_among(cluster->services[i].bound, cluster->services[i].bound_count, address))
            return NULL;
    return cluster;
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
