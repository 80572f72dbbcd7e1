/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/verdict/rule.h"

#include <string.h>

const char *const SEVERITY_NAMES[SEVERITIES] = {"info", "warning", "critical"};

/* The first two are about what no other rule knows. */
const struct rule *const RULES[RULE_COUNT] = {
    &RULE_BACKUP_CALLBACK,  &RULE_PIPE_REFUSED,       &RULE_MAPPER_UNREACHABLE, &RULE_NOT_REGISTERED,
    &RULE_STALE_ENDPOINT,   &RULE_UNBOUND_ADDRESS,    &RULE_TOWER_ELSEWHERE,    &RULE_ENDPOINT_FILTERED,
    &RULE_ENDPOINT_REFUSED, &RULE_INTERFACE_REJECTED, &RULE_CALL_FAULT,
};

const struct rule *rule_find(const char *id) {
    for (size_t i = 0; i < RULE_COUNT; i++)
        if (strcmp(RULES[i]->id, id) == 0)
            return RULES[i];
    return NULL;
}
