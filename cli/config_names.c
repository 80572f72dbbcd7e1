/* SPDX-License-Identifier: GPL-3.0-or-later */
/* names: {10.0.0.20: EXVS1}                      what hosts are called */
#include "cli/config_value.h"

static bool read_name(struct config *config, const yaml_node_t *key, const yaml_node_t *value,
                      struct declared_name *name) {
    bool sound = config_address(config, key, &name->address);
    name->name = yaml_text(&config->yaml, value, HOST_NAME_SIZE);
    if (sound && inventory_name(&config->inventory, &name->address) != NULL)
        sound = config_wrong(config, key, "this address is here twice");
    return sound && name->name != NULL;
}

bool config_read_names(struct config *config, const yaml_node_t *mapping) {
    struct inventory *inventory = &config->inventory;
    const yaml_node_t *key, *value;
    size_t count;
    bool sound = true;
    if (!config_pairs(config, mapping, "names", CONFIG_MAX_NAMES, &count))
        return false;
    struct declared_name *names = config_allocate(config, count, sizeof *names);
    if (names == NULL)
        return false;
    inventory->names = names;
    for (size_t at = 0; yaml_next_pair(&config->yaml, mapping, &at, &key, &value);) {
        if (read_name(config, key, value, &names[inventory->name_count]))
            inventory->name_count++;
        else
            sound = false;
    }
    return sound;
}
