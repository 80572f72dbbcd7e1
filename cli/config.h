/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include "cli/yaml.h"
#include "rules/inventory.h"
#include "rules/words/interfaces.h"

/* What the file of -c says. Its sections are the keys at its top; each is read by a file of its own. */

enum {
    CONFIG_MAX_INTERFACES = 4096,
    CONFIG_MAX_OPNUMS = 16384,
    CONFIG_MAX_CLUSTERS = 256,
    CONFIG_MAX_ADDRESSES = 4096, /* of all clusters */
    CONFIG_MAX_SERVICES = 4096,  /* of all clusters */
    CONFIG_MAX_BOUND = 16384,    /* addresses at which all these are bound */
    CONFIG_MAX_NAMES = 4096,
    CONFIG_MAX_IGNORED = 1024,
    CONFIG_MAX_ROUTERS = 1024,
    CONFIG_MAX_SUPPRESSIONS = 1024
};
enum { CLUSTER_NAME_SIZE = 96, HOST_NAME_SIZE = 96, REASON_SIZE = 200 }; /* with the NUL */

struct config {
    struct interface_table interfaces;
    struct inventory inventory;
    bool mistaken_interfaces; /* names of interfaces cannot be looked up: some may be missing */
    /* What the above points to. */
    struct yaml yaml;
    struct config_block *blocks;
};

/* An empty one without a path. From then on interfaces bear the names of the file (rules/words/interfaces.h), so the
 * configuration must stay where it is. False: something is wrong with the file, which has been complained of. */
bool config_read(struct config *config, const char *path);
void config_free(struct config *config);

/* The sections. All are false if something is wrong, which has been complained of. */
bool config_read_interfaces(struct config *config, const yaml_node_t *list);
bool config_read_clusters(struct config *config, const yaml_node_t *list);
bool config_read_names(struct config *config, const yaml_node_t *mapping);
bool config_read_ignore(struct config *config, const yaml_node_t *list);
bool config_read_routers(struct config *config, const yaml_node_t *list);
bool config_read_severities(struct config *config, const yaml_node_t *mapping);
bool config_read_suppressions(struct config *config, const yaml_node_t *list);

/* Zeroed memory for so many things and one more, which lives as long as the configuration. NULL: there is none, which
 * has been complained of. */
void *config_allocate(struct config *config, size_t count, size_t size);

#endif
