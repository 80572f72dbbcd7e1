/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_CONFIG_VALUE_H
#define CLI_CONFIG_VALUE_H

#include "cli/config.h"

/* The values that sections are made of. All complain of what they cannot read, and are false then. */

/* Complains, and is false. */
bool config_wrong(struct config *config, const yaml_node_t *node, const char *what);
/* "more clusters than 256" */
bool config_too_many(struct config *config, const yaml_node_t *node, const char *things, int most);
/* "this address is here twice: it is in line 7 too" */
bool config_twice(struct config *config, const yaml_node_t *node, const char *thing, size_t line);
/* In the file, from 1. */
unsigned config_line(const yaml_node_t *node);

/* A list of at least one thing and at most so many; how many. */
bool config_list(struct config *config, const yaml_node_t *list, const char *things, int most, size_t *count);
/* The same of a mapping. */
bool config_pairs(struct config *config, const yaml_node_t *mapping, const char *things, int most, size_t *count);

bool config_uuid(struct config *config, const yaml_node_t *node, struct uuid *uuid);
/* node NULL: both INTERFACE_ANY. */
bool config_version(struct config *config, const yaml_node_t *node, int *major, int *minor);
/* What a service or a suppression is about: "any", which gives a nil uuid; a uuid; or a name that one interface bears,
 * which stands for that version. The version, as it is given, may be NULL. */
bool config_interface(struct config *config, const yaml_node_t *node, const yaml_node_t *version,
                      struct syntax_id *interface, bool *any_version);
/* An address of a host. */
bool config_address(struct config *config, const yaml_node_t *node, struct address *address);
/* "10.0.0.0/24"; an address alone is a network of one. */
bool config_network(struct config *config, const yaml_node_t *node, struct network *network);
/* The number in RULES. */
bool config_rule(struct config *config, const yaml_node_t *node, size_t *rule);
/* The end of a day, "2026-12-31", or a moment, "2026-12-31T18:00:00Z"; UTC. */
bool config_until(struct config *config, const yaml_node_t *node, int64_t *until);

#endif
