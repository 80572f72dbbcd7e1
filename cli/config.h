/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include "cli/yaml.h"
#include "rules/inventory.h"
#include "rules/words/interfaces.h"

/* What the file of -c says. Its sections are the keys at its top; each is read by a file of its own. */
struct config {
    struct interface_table interfaces;
    struct inventory inventory;
    /* What the above points to. */
    struct yaml yaml;
    char (*uuids)[UUID_TEXT_SIZE];
    struct interface *interface_rows;
    struct opnum *opnum_rows;
};

/* An empty one without a path. False: something is wrong with the file, which has been complained of. */
bool config_read(struct config *config, const char *path);
void config_free(struct config *config);

enum { CONFIG_MAX_INTERFACES = 4096, CONFIG_MAX_OPNUMS = 16384 };
/* The section "interfaces" (config_interfaces.c). */
bool config_read_interfaces(struct config *config, const yaml_node_t *list);

#endif
