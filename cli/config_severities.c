/* SPDX-License-Identifier: GPL-3.0-or-later */
/* severities: {stale-endpoint: info}             of a rule's findings, instead of the rule's own */
#include "cli/config_value.h"

#include <string.h>

static bool read_severity(struct config *config, const yaml_node_t *node, enum severity *severity) {
    for (unsigned i = 0; i < SEVERITIES; i++) {
        *severity = (enum severity)i;
        if (strcmp(yaml_scalar(node), SEVERITY_NAMES[i]) == 0)
            return true;
    }
    return config_wrong(config, node, "info, warning or critical is expected here");
}

bool config_read_severities(struct config *config, const yaml_node_t *mapping) {
    const yaml_node_t *key, *value;
    size_t count;
    bool sound = true;
    if (!config_pairs(config, mapping, "rules", RULE_COUNT, &count))
        return false;
    for (size_t at = 0; yaml_next_pair(&config->yaml, mapping, &at, &key, &value);) {
        size_t rule;
        enum severity severity;
        bool known = read_severity(config, value, &severity);
        if (!config_rule(config, key, &rule) || !known)
            sound = false;
        else if (config->inventory.severities[rule].given)
            sound = config_wrong(config, key, "this rule is here twice");
        else {
            config->inventory.severities[rule].given = true;
            config->inventory.severities[rule].severity = severity;
        }
    }
    return sound;
}
