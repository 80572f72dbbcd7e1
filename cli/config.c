/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/config.h"

#include <stdlib.h>

enum section { SECTION_INTERFACES, SECTIONS };

static const char *const SECTION_NAMES[SECTIONS] = {"interfaces"};

static bool read_sections(struct config *config) {
    const yaml_node_t *sections[SECTIONS];
    const yaml_node_t *root = yaml_root(&config->yaml);
    if (root == NULL)
        return true;
    if (!yaml_mapping(&config->yaml, root, SECTION_NAMES, SECTIONS, 0, sections))
        return false;
    return sections[SECTION_INTERFACES] == NULL || config_read_interfaces(config, sections[SECTION_INTERFACES]);
}

bool config_read(struct config *config, const char *path) {
    *config = (struct config){0};
    if (path == NULL)
        return true;
    if (!yaml_open(&config->yaml, path))
        return false;
    bool sound = read_sections(config);
    if (!sound)
        config_free(config);
    return sound;
}

void config_free(struct config *config) {
    free(config->uuids);
    free(config->interface_rows);
    free(config->opnum_rows);
    yaml_close(&config->yaml);
    *config = (struct config){0};
}
