/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_YAML_H
#define CLI_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

/* A YAML file as a tree (libyaml), read with a complaint "FILE:LINE:COLUMN: what" for each thing that is wrong in it.
 * Every reader below that is false, or NULL, has complained; who reads on behind that tells the rest of what is wrong,
 * up to YAML_MAX_COMPLAINTS. */

enum { YAML_MAX_BYTES = 1 << 20, YAML_MAX_DEPTH = 16, YAML_MAX_COMPLAINTS = 20 };

struct yaml {
    const char *path; /* borrowed */
    yaml_document_t document;
    unsigned complaints;
};

/* One document, of at most YAML_MAX_BYTES and with at most YAML_MAX_DEPTH lists and mappings in each other. */
bool yaml_open(struct yaml *yaml, const char *path);
void yaml_close(struct yaml *yaml);
/* The topmost node; NULL if the file says nothing, which is no complaint. */
const yaml_node_t *yaml_root(struct yaml *yaml);

/* Where in the file. After YAML_MAX_COMPLAINTS it says only that there are more, and then no more. */
void yaml_complain(struct yaml *yaml, yaml_mark_t mark, const char *what);

/* A mapping: its values in the order of keys, NULL for those that are not there. Each key is there once at most, the
 * first `needed` of keys must be there, and no other may. The values are good also when it is false. */
bool yaml_mapping(struct yaml *yaml, const yaml_node_t *node, const char *const *keys, size_t count, size_t needed,
                  const yaml_node_t **values);
/* A mapping whose keys are up to the file, as pairs; and a list, as items. The next of them: *at begins with 0 and is
 * moved on; false past the end, without a complaint, and after YAML_MAX_COMPLAINTS. */
bool yaml_is_mapping(struct yaml *yaml, const yaml_node_t *node);
bool yaml_next_pair(struct yaml *yaml, const yaml_node_t *mapping, size_t *at, const yaml_node_t **key,
                    const yaml_node_t **value);
bool yaml_is_list(struct yaml *yaml, const yaml_node_t *node);
bool yaml_next_item(struct yaml *yaml, const yaml_node_t *list, size_t *at, const yaml_node_t **item);

/* Its text as it stands there; "" if it is a list or a mapping, or holds a NUL. */
const char *yaml_scalar(const yaml_node_t *node);
/* Text of 1 to size - 1 bytes, none of them NUL. Borrowed from the tree. */
const char *yaml_text(struct yaml *yaml, const yaml_node_t *node, size_t size);
/* true or false. */
bool yaml_bool(struct yaml *yaml, const yaml_node_t *node, bool *value);
/* A decimal number. */
bool yaml_number(struct yaml *yaml, const yaml_node_t *node, unsigned most, unsigned *value);

#endif
