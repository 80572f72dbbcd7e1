/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RULES_VERDICT_RULE_H
#define RULES_VERDICT_RULE_H

#include <stdbool.h>
#include <stddef.h>

enum severity { SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_CRITICAL, SEVERITIES };
extern const char *const SEVERITY_NAMES[SEVERITIES]; /* "info", "warning", "critical" */

struct trial;
struct verdict;

/* One rule: when it fires, and its page in the manual. Rules are tried in the order of RULES; the first that fires is
 * the session's finding, so the more specific cause stands first. */
struct rule {
    const char *id; /* stable */
    enum severity severity;
    const char *title; /* one line */
    const char *page;  /* what it means, how it is known, what to do, what can fool it; plain text, 80 columns */
    bool (*fires)(const struct trial *trial, struct verdict *verdict);
};

extern const struct rule RULE_MAPPER_UNREACHABLE, RULE_NOT_REGISTERED, RULE_STALE_ENDPOINT, RULE_UNBOUND_ADDRESS,
    RULE_TOWER_ELSEWHERE, RULE_ENDPOINT_FILTERED, RULE_ENDPOINT_REFUSED, RULE_INTERFACE_REJECTED, RULE_CALL_FAULT,
    RULE_BACKUP_CALLBACK, RULE_PIPE_REFUSED;

enum { RULE_COUNT = 11 };
extern const struct rule *const RULES[RULE_COUNT];

/* NULL if there is none of this id. */
const struct rule *rule_find(const char *id);

#endif
