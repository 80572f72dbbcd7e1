/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ignore: [192.168.77.0/24, "fe80::/10"]         networks; sessions to or from them are not judged */
#include "cli/config_value.h"

static bool is_new(struct config *config, const yaml_node_t *item, const struct network *network) {
    for (size_t i = 0; i < config->inventory.ignored_count; i++) {
        const struct network *other = &config->inventory.ignored[i];
        if (other->prefix == network->prefix && address_equal(&other->address, &network->address))
            return config_wrong(config, item, "this network is here twice");
    }
    return true;
}

bool config_read_ignore(struct config *config, const yaml_node_t *list) {
    struct inventory *inventory = &config->inventory;
    const yaml_node_t *item;
    size_t count;
    bool sound = true;
    if (!config_list(config, list, "networks", CONFIG_MAX_IGNORED, &count))
        return false;
    struct network *networks = config_allocate(config, count, sizeof *networks);
    if (networks == NULL)
        return false;
    inventory->ignored = networks;
    for (size_t at = 0; yaml_next_item(&config->yaml, list, &at, &item);) {
        struct network *network = &networks[inventory->ignored_count];
        if (config_network(config, item, network) && is_new(config, item, network))
            inventory->ignored_count++;
        else
            sound = false;
    }
    return sound;
}
