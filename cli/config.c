/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/config.h"

#include "cli/complaint.h"

#include <stddef.h>
#include <stdlib.h>

/* In the order in which they are read, wherever they stand in the file: names of interfaces come first. */
static const struct section {
    const char *name;
    bool (*read)(struct config *config, const yaml_node_t *node);
} SECTIONS[] = {
    {"interfaces", config_read_interfaces},
    {"clusters", config_read_clusters},
    {"names", config_read_names},
    {"ignore", config_read_ignore},
    {"routers", config_read_routers},
    {"severities", config_read_severities},
    {"suppressions", config_read_suppressions},
};
enum { SECTION_COUNT = sizeof SECTIONS / sizeof *SECTIONS };

/* Goes on behind what is wrong, so that all of it is told at once. */
static bool read_sections(struct config *config) {
    const char *names[SECTION_COUNT];
    const yaml_node_t *nodes[SECTION_COUNT];
    const yaml_node_t *root = yaml_root(&config->yaml);
    if (root == NULL)
        return true;
    for (size_t i = 0; i < SECTION_COUNT; i++)
        names[i] = SECTIONS[i].name;
    bool sound = yaml_mapping(&config->yaml, root, names, SECTION_COUNT, 0, nodes);
    for (size_t i = 0; i < SECTION_COUNT; i++)
        if (nodes[i] != NULL && !SECTIONS[i].read(config, nodes[i]))
            sound = false;
    return sound;
}

bool config_read(struct config *config, const char *path) {
    *config = (struct config){0};
    if (path == NULL)
        return true;
    if (!yaml_open(&config->yaml, path))
        return false;
    config->inventory.file = path;
    bool sound = read_sections(config);
    if (!sound)
        config_free(config);
    return sound;
}

struct config_block {
    struct config_block *next;
    max_align_t things[];
};

void *config_allocate(struct config *config, size_t count, size_t size) {
    struct config_block *block = calloc(1, sizeof *block + (count + 1) * size);
    if (block == NULL) {
        complain(config->yaml.path, "no memory to read it");
        return NULL;
    }
    block->next = config->blocks;
    config->blocks = block;
    return block->things;
}

void config_free(struct config *config) {
    interfaces_configure(NULL);
    while (config->blocks != NULL) {
        struct config_block *next = config->blocks->next;
        free(config->blocks);
        config->blocks = next;
    }
    yaml_close(&config->yaml);
    *config = (struct config){0};
}
