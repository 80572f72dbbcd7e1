/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clusters:                                      whose addresses are of one cluster, and where its services are bound
 *   - name: EXCLUSTER
 *     addresses: [10.0.0.20, 10.0.1.20]
 *     services:                                  may be left out
 *       - interface: a4f1db00-ca47-1067-b31e-00dd010662da
 *         version: 1.0                           every version if it is not there
 *         bound: [10.0.0.20]                     and at no other address of the cluster
 *       - interface: any                         all others
 *         bound: [10.0.0.20]
 */
#include "cli/config_value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum cluster_key { KEY_NAME, KEY_ADDRESSES, NEEDED_KEYS, KEY_SERVICES = NEEDED_KEYS, KEYS };
enum service_key { KEY_INTERFACE, KEY_BOUND, NEEDED_SERVICE_KEYS, KEY_VERSION = NEEDED_SERVICE_KEYS, SERVICE_KEYS };

static const char *const KEY_NAMES[KEYS] = {"name", "addresses", "services"};
static const char *const SERVICE_KEY_NAMES[SERVICE_KEYS] = {"interface", "bound", "version"};

/* What has been read so far, of all clusters. */
struct section {
    struct config *config;
    struct declared_cluster *clusters;
    size_t count;
    size_t addresses, services, bound;
};

/* The cluster that is being read. */
struct reading {
    struct section *section;
    struct declared_cluster *cluster;
    struct declared_service *services;
    bool all_addresses; /* none of them is wrong, so others are not the cluster's */
};

static bool is_among(const struct address *addresses, size_t count, const struct address *address) {
    for (size_t i = 0; i < count; i++)
        if (address_equal(&addresses[i], address))
            return true;
    return false;
}

/* Counts these things among those of all clusters; false: they are too many. */
static bool take(struct config *config, const yaml_node_t *node, const char *things, int most, size_t more,
                 size_t *sum) {
    *sum += more;
    return *sum <= (size_t)most || config_too_many(config, node, things, most);
}

/* --- addresses -------------------------------------------------------------------------------------------------- */

static bool is_nobodys(const struct reading *r, const yaml_node_t *node, const struct address *addresses,
                       const struct address *address) {
    enum { WHAT_SIZE = 128 };
    const struct section *s = r->section;
    if (is_among(addresses, r->cluster->address_count, address))
        return config_wrong(s->config, node, "this address is here twice");
    for (size_t i = 0; i < s->count; i++) {
        char what[WHAT_SIZE];
        snprintf(what, sizeof what, "the cluster of line %u has this address already: it can be of one only",
                 s->clusters[i].line);
        if (is_among(s->clusters[i].addresses, s->clusters[i].address_count, address))
            return config_wrong(s->config, node, what);
    }
    return true;
}

static bool read_addresses(struct reading *r, const yaml_node_t *list) {
    struct section *s = r->section;
    const yaml_node_t *item;
    size_t count;
    bool sound = true;
    if (!config_list(s->config, list, "addresses", CONFIG_MAX_ADDRESSES, &count) ||
        !take(s->config, list, "addresses of clusters", CONFIG_MAX_ADDRESSES, count, &s->addresses))
        return false;
    struct address *addresses = config_allocate(s->config, count, sizeof *addresses);
    if (addresses == NULL)
        return false;
    r->cluster->addresses = addresses;
    for (size_t at = 0; yaml_next_item(&s->config->yaml, list, &at, &item);) {
        struct address *address = &addresses[r->cluster->address_count];
        if (config_address(s->config, item, address) && is_nobodys(r, item, addresses, address))
            r->cluster->address_count++;
        else
            sound = false;
    }
    return sound;
}

/* --- services --------------------------------------------------------------------------------------------------- */

static bool read_bound(const struct reading *r, struct declared_service *service, const yaml_node_t *list) {
    struct section *s = r->section;
    const yaml_node_t *item;
    size_t count;
    bool sound = true;
    if (!config_list(s->config, list, "addresses", CONFIG_MAX_ADDRESSES, &count) ||
        !take(s->config, list, "addresses where services are bound", CONFIG_MAX_BOUND, count, &s->bound))
        return false;
    struct address *bound = config_allocate(s->config, count, sizeof *bound);
    if (bound == NULL)
        return false;
    service->bound = bound;
    for (size_t at = 0; yaml_next_item(&s->config->yaml, list, &at, &item);) {
        struct address *address = &bound[service->bound_count];
        if (!config_address(s->config, item, address))
            sound = false;
        else if (is_among(bound, service->bound_count, address))
            sound = config_wrong(s->config, item, "this address is here twice");
        else if (r->all_addresses && !is_among(r->cluster->addresses, r->cluster->address_count, address))
            sound = config_wrong(s->config, item,
                                 "this is no address of the cluster: add it to its addresses, or mend it here");
        else
            service->bound_count++;
    }
    return sound;
}

/* Each interface is declared once: one version beside every version would be so twice. */
static bool is_new(const struct reading *r, const struct declared_service *service, const yaml_node_t *node) {
    for (size_t i = 0; i < r->cluster->service_count; i++) {
        const struct declared_service *other = &r->services[i];
        bool versions =
            service->any_version || other->any_version || service->interface.major == other->interface.major;
        if (versions && uuid_equal(&service->interface.uuid, &other->interface.uuid))
            return config_twice(r->section->config, node, "this interface", other->line);
    }
    return true;
}

static bool read_service(struct reading *r, const yaml_node_t *node) {
    struct config *config = r->section->config;
    const yaml_node_t *values[SERVICE_KEYS];
    struct declared_service *service = &r->services[r->cluster->service_count];
    *service = (struct declared_service){0};
    bool sound = yaml_mapping(&config->yaml, node, SERVICE_KEY_NAMES, SERVICE_KEYS, NEEDED_SERVICE_KEYS, values);
    if (values[KEY_BOUND] != NULL)
        sound = read_bound(r, service, values[KEY_BOUND]) && sound;
    const yaml_node_t *interface = values[KEY_INTERFACE];
    if (interface == NULL ||
        !config_interface(config, interface, values[KEY_VERSION], &service->interface, &service->any_version))
        return false;
    service->line = config_line(interface);
    sound = is_new(r, service, interface) && sound;
    if (sound)
        r->cluster->service_count++;
    return sound;
}

static bool read_services(struct reading *r, const yaml_node_t *list) {
    struct section *s = r->section;
    const yaml_node_t *item;
    size_t count;
    bool sound = true;
    if (!config_list(s->config, list, "services", CONFIG_MAX_SERVICES, &count) ||
        !take(s->config, list, "services of clusters", CONFIG_MAX_SERVICES, count, &s->services))
        return false;
    r->services = config_allocate(s->config, count, sizeof *r->services);
    if (r->services == NULL)
        return false;
    r->cluster->services = r->services;
    for (size_t at = 0; yaml_next_item(&s->config->yaml, list, &at, &item);)
        if (!read_service(r, item))
            sound = false;
    return sound;
}

/* --- clusters --------------------------------------------------------------------------------------------------- */

static bool read_name(const struct reading *r, const yaml_node_t *node) {
    const struct section *s = r->section;
    r->cluster->name = yaml_text(&s->config->yaml, node, CLUSTER_NAME_SIZE);
    for (size_t i = 0; r->cluster->name != NULL && i < s->count; i++)
        if (s->clusters[i].name != NULL && strcmp(s->clusters[i].name, r->cluster->name) == 0)
            return config_twice(s->config, node, "this cluster", s->clusters[i].line);
    return r->cluster->name != NULL;
}

static bool read_cluster(struct section *s, const yaml_node_t *node) {
    const yaml_node_t *values[KEYS];
    struct declared_cluster *cluster = &s->clusters[s->count];
    struct reading reading = {.section = s, .cluster = cluster};
    cluster->line = config_line(node);
    bool sound = yaml_mapping(&s->config->yaml, node, KEY_NAMES, KEYS, NEEDED_KEYS, values);
    if (values[KEY_NAME] != NULL)
        sound = read_name(&reading, values[KEY_NAME]) && sound;
    if (values[KEY_ADDRESSES] != NULL)
        reading.all_addresses = read_addresses(&reading, values[KEY_ADDRESSES]);
    sound = reading.all_addresses && sound;
    if (values[KEY_SERVICES] != NULL)
        sound = read_services(&reading, values[KEY_SERVICES]) && sound;
    s->count++;
    return sound;
}

/* All addresses in order, so that one is found soon. */
static bool locate(struct section *s) {
    struct inventory *inventory = &s->config->inventory;
    struct located *located = config_allocate(s->config, s->addresses, sizeof *located);
    if (located == NULL)
        return false;
    for (size_t i = 0; i < s->count; i++)
        for (size_t j = 0; j < s->clusters[i].address_count; j++)
            located[inventory->located_count++] = (struct located){s->clusters[i].addresses[j], &s->clusters[i]};
    qsort(located, inventory->located_count, sizeof *located, located_order);
    inventory->located = located;
    return true;
}

bool config_read_clusters(struct config *config, const yaml_node_t *list) {
    struct section s = {.config = config};
    const yaml_node_t *item;
    size_t count;
    bool sound = true;
    if (!config_list(config, list, "clusters", CONFIG_MAX_CLUSTERS, &count))
        return false;
    s.clusters = config_allocate(config, count, sizeof *s.clusters);
    if (s.clusters == NULL)
        return false;
    for (size_t at = 0; yaml_next_item(&config->yaml, list, &at, &item);)
        if (!read_cluster(&s, item))
            sound = false;
    config->inventory.clusters = s.clusters;
    config->inventory.cluster_count = s.count;
    return sound && locate(&s);
}
