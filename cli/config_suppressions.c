/* SPDX-License-Identifier: GPL-3.0-or-later */
/* suppressions:                                  findings that match all that is given are counted, and not told
 *   - reason: known, change 4711
 *     rule: unbound-address                      any, if it is not there; and so are the next
 *     client: 10.0.0.0/24
 *     server: 10.0.1.20
 *     interface: a4f1db00-ca47-1067-b31e-00dd010662da
 *     version: 1.0
 *     until: 2026-12-31                          for ever, if it is not there
 */
#include "cli/config_value.h"

enum suppression_key {
    KEY_REASON,
    NEEDED_KEYS,
    KEY_RULE = NEEDED_KEYS,
    KEY_CLIENT,
    KEY_SERVER,
    KEY_INTERFACE,
    KEY_VERSION,
    KEY_UNTIL,
    KEYS
};

static const char *const KEY_NAMES[KEYS] = {"reason", "rule", "client", "server", "interface", "version", "until"};

static bool read_rule(struct config *config, const yaml_node_t *node, struct suppression *s) {
    size_t rule;
    bool sound = config_rule(config, node, &rule);
    if (sound)
        s->rule = RULES[rule];
    return sound;
}

static bool read_interface(struct config *config, const yaml_node_t *const *values, struct suppression *s) {
    s->any_version = true;
    if (values[KEY_INTERFACE] != NULL)
        return config_interface(config, values[KEY_INTERFACE], values[KEY_VERSION], &s->interface, &s->any_version);
    return values[KEY_VERSION] == NULL ||
           config_wrong(config, values[KEY_VERSION], "a version of what? The interface is missing");
}

static bool read_suppression(struct config *config, const yaml_node_t *node, struct suppression *s) {
    const yaml_node_t *values[KEYS];
    *s = (struct suppression){.until = INT64_MAX, .line = config_line(node)};
    bool sound = yaml_mapping(&config->yaml, node, KEY_NAMES, KEYS, NEEDED_KEYS, values);
    if (values[KEY_REASON] != NULL)
        s->reason = yaml_text(&config->yaml, values[KEY_REASON], REASON_SIZE);
    if (values[KEY_RULE] != NULL)
        sound = read_rule(config, values[KEY_RULE], s) && sound;
    if (values[KEY_CLIENT] != NULL)
        sound = config_network(config, values[KEY_CLIENT], &s->client) && sound;
    if (values[KEY_SERVER] != NULL)
        sound = config_network(config, values[KEY_SERVER], &s->server) && sound;
    sound = read_interface(config, values, s) && sound;
    if (values[KEY_UNTIL] != NULL)
        sound = config_until(config, values[KEY_UNTIL], &s->until) && sound;
    return sound && s->reason != NULL;
}

bool config_read_suppressions(struct config *config, const yaml_node_t *list) {
    struct inventory *inventory = &config->inventory;
    const yaml_node_t *item;
    size_t count;
    bool sound = true;
    if (!config_list(config, list, "suppressions", CONFIG_MAX_SUPPRESSIONS, &count))
        return false;
    struct suppression *suppressions = config_allocate(config, count, sizeof *suppressions);
    if (suppressions == NULL)
        return false;
    inventory->suppressions = suppressions;
    for (size_t at = 0; yaml_next_item(&config->yaml, list, &at, &item);) {
        if (read_suppression(config, item, &suppressions[inventory->suppression_count]))
            inventory->suppression_count++;
        else
            sound = false;
    }
    return sound;
}
