/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_YAML_H
#define CLI_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

/* A YAML file as a tree (libyaml), read with a complaint "FILE:LINE:COLUMN: what" for the first thing that is wrong in
 * it. Every reader below that is false, or NULL, has complained. */

enum { YAML_MAX_BYTES = 1 << 20, YAML_MAX_DEPTH = 16 };

struct yaml {
    const char *path; /* borrowed */
    yaml_document_t document;
};

/* One document, of at most YAML_MAX_BYTES and with at most YAML_MAX_DEPTH lists and mappings in each other. */
bool yaml_open(struct yaml *yaml, const char *path);
void yaml_close(struct yaml *yaml);
/* The topmost node; NULL if the file says nothing, which is no complaint. */
const yaml_node_t *yaml_root(struct yaml *yaml);

/* Where in the file. */
void yaml_complain(const struct yaml *yaml, yaml_mark_t mark, const char *what);

/* A mapping: its values in the order of keys, NULL for those that are not there. Each key is there once at most, the
 * first `needed` of keys must be there, and no other may. */
bool yaml_mapping(struct yaml *yaml, const yaml_node_t *node, const char *const *keys, size_t count, size_t needed,
                  const yaml_node_t **values);
/* A mapping whose keys are up to the file, as pairs; and a list, as items. The next of them: *at begins with 0 and is
 * moved on; false past the end, without a complaint. */
bool yaml_is_mapping(const struct yaml *yaml, const yaml_node_t *node);
bool yaml_next_pair(struct yaml *yaml, const yaml_node_t *mapping, size_t *at, const yaml_node_t **key,
                    const yaml_node_t **value);
bool yaml_is_list(const struct yaml *yaml, const yaml_node_t *node);
bool yaml_next_item(struct yaml *yaml, const yaml_node_t *list, size_t *at, const yaml_node_t **item);

/* Text of 1 to size - 1 bytes, none of them NUL. Borrowed from the tree. */
const char *yaml_text(const struct yaml *yaml, const yaml_node_t *node, size_t size);
/* true or false. */
bool yaml_bool(const struct yaml *yaml, const yaml_node_t *node, bool *value);
/* A decimal number. */
bool yaml_number(const struct yaml *yaml, const yaml_node_t *node, unsigned most, unsigned *value);

#endif
