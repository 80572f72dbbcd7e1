/* SPDX-License-Identifier: GPL-3.0-or-later */
/* interfaces:                                    the user's own names, which go before those that are known
 *   - uuid: 11111111-2222-3333-4444-555555555555
 *     version: 1.0                               every version if it is not there
 *     name: our own service
 *     backup: true                               as it is known, else false
 *     opnums: {0: Open, 1: Close}
 */
#include "cli/config.h"

#include "cli/complaint.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum interface_key { KEY_UUID, KEY_NAME, NEEDED_KEYS, KEY_VERSION = NEEDED_KEYS, KEY_BACKUP, KEY_OPNUMS, KEYS };

static const char *const KEY_NAMES[KEYS] = {"uuid", "name", "version", "backup", "opnums"};

/* Rows with their places in the file, as long as two of them may be the same. */
struct placed_interface {
    struct interface row;
    yaml_mark_t mark;
};

struct placed_opnum {
    struct opnum row;
    yaml_mark_t mark;
};

struct section {
    struct config *config;
    struct placed_interface *interfaces;
    size_t interface_count;
    struct placed_opnum *opnums;
    size_t opnum_count, opnum_room;
};

static bool wrong(const struct section *s, yaml_mark_t mark, const char *what) {
    yaml_complain(&s->config->yaml, mark, what);
    return false;
}

static bool no_memory(const struct section *s) {
    complain(s->config->yaml.path, "no memory to read it");
    return false;
}

static bool too_many(const struct section *s, yaml_mark_t mark, const char *what, int most) {
    char line[64];
    snprintf(line, sizeof line, "more %s than %d", what, most);
    return wrong(s, mark, line);
}

/* Values */

static bool read_uuid(const struct section *s, const yaml_node_t *node, char text[static UUID_TEXT_SIZE]) {
    const char *given = node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : "";
    struct uuid uuid;
    if (!uuid_parse(given, &uuid) || uuid_is_nil(&uuid))
        return wrong(s, node->start_mark, "a uuid is expected here, as in e1af8308-5d1f-11c9-91a4-08002b14a0fa");
    uuid_text(&uuid, text);
    return true;
}

/* One half of a version; moves on behind it. */
static bool read_half(const char **text, int *half) {
    char *end;
    if (!isdigit((unsigned char)**text))
        return false;
    unsigned long value = strtoul(*text, &end, 10);
    *text = end;
    *half = value <= UINT16_MAX ? (int)value : INTERFACE_ANY;
    return value <= UINT16_MAX;
}

static bool read_version(const struct section *s, const yaml_node_t *node, struct interface *row) {
    row->major = row->minor = INTERFACE_ANY;
    if (node == NULL)
        return true;
    const char *text = node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : "";
    if (read_half(&text, &row->major) && *text++ == '.' && read_half(&text, &row->minor) && *text == '\0')
        return true;
    return wrong(s, node->start_mark, "a version is expected here, as in 1.0");
}

static struct placed_opnum *new_opnum(struct section *s) {
    if (s->opnum_count == s->opnum_room) {
        size_t room = s->opnum_room == 0 ? 64 : s->opnum_room * 2;
        struct placed_opnum *opnums = realloc(s->opnums, room * sizeof *opnums);
        if (opnums == NULL)
            return NULL;
        s->opnums = opnums;
        s->opnum_room = room;
    }
    return &s->opnums[s->opnum_count++];
}

static bool read_opnum(struct section *s, const struct interface *interface, const yaml_node_t *key,
                       const yaml_node_t *value) {
    unsigned number;
    if (s->opnum_count == CONFIG_MAX_OPNUMS)
        return too_many(s, key->start_mark, "opnums", CONFIG_MAX_OPNUMS);
    if (!yaml_number(&s->config->yaml, key, UINT16_MAX - 1, &number))
        return false;
    const char *name = yaml_text(&s->config->yaml, value, OPNUM_NAME_SIZE);
    if (name == NULL)
        return false;
    struct placed_opnum *opnum = new_opnum(s);
    if (opnum == NULL)
        return no_memory(s);
    *opnum = (struct placed_opnum){{interface->uuid, interface->major, (uint16_t)number, name}, key->start_mark};
    return true;
}

static bool read_opnums(struct section *s, const struct interface *interface, const yaml_node_t *mapping) {
    struct yaml *yaml = &s->config->yaml;
    const yaml_node_t *key, *value;
    if (mapping == NULL)
        return true;
    if (!yaml_is_mapping(yaml, mapping))
        return false;
    for (size_t at = 0; yaml_next_pair(yaml, mapping, &at, &key, &value);)
        if (!read_opnum(s, interface, key, value))
            return false;
    return true;
}

static bool read_interface(struct section *s, const yaml_node_t *node) {
    struct yaml *yaml = &s->config->yaml;
    const yaml_node_t *values[KEYS];
    struct placed_interface *placed = &s->interfaces[s->interface_count];
    struct interface *row = &placed->row;
    char *uuid = s->config->uuids[s->interface_count];
    if (!yaml_mapping(yaml, node, KEY_NAMES, KEYS, NEEDED_KEYS, values) || !read_uuid(s, values[KEY_UUID], uuid) ||
        !read_version(s, values[KEY_VERSION], row))
        return false;
    placed->mark = values[KEY_UUID]->start_mark;
    row->uuid = uuid;
    row->name = yaml_text(yaml, values[KEY_NAME], INTERFACE_NAME_SIZE);
    row->backup = interface_is_known_backup(uuid);
    s->interface_count++;
    return row->name != NULL && (values[KEY_BACKUP] == NULL || yaml_bool(yaml, values[KEY_BACKUP], &row->backup)) &&
           read_opnums(s, row, values[KEY_OPNUMS]);
}

static bool read_items(struct section *s, const yaml_node_t *list) {
    const yaml_node_t *item;
    for (size_t at = 0; yaml_next_item(&s->config->yaml, list, &at, &item);)
        if (!read_interface(s, item))
            return false;
    return true;
}

/* What stands there twice. The minor version makes no difference: names are those of a major one. */

static int by_interface(const void *a, const void *b) {
    return interface_order(&((const struct placed_interface *)a)->row, &((const struct placed_interface *)b)->row);
}

static int by_opnum(const void *a, const void *b) {
    return opnum_order(&((const struct placed_opnum *)a)->row, &((const struct placed_opnum *)b)->row);
}

static bool twice(const struct section *s, const yaml_mark_t *a, const yaml_mark_t *b, const char *what) {
    char line[128];
    const yaml_mark_t *first = a->index < b->index ? a : b;
    snprintf(line, sizeof line, "%s is here twice: it is in line %zu too", what, first->line + 1);
    return wrong(s, *(first == a ? b : a), line);
}

static bool is_each_once(const struct section *s) {
    for (size_t i = 1; i < s->interface_count; i++) {
        const struct placed_interface *one = &s->interfaces[i - 1], *other = &s->interfaces[i];
        if (one->row.major == other->row.major && strcmp(one->row.uuid, other->row.uuid) == 0)
            return twice(s, &one->mark, &other->mark, "this interface");
    }
    for (size_t i = 1; i < s->opnum_count; i++)
        if (opnum_order(&s->opnums[i - 1].row, &s->opnums[i].row) == 0)
            return twice(s, &s->opnums[i - 1].mark, &s->opnums[i].mark, "this opnum");
    return true;
}

/* The sorted rows, without their places. */
static bool hand_over(const struct section *s) {
    struct config *config = s->config;
    config->interface_rows = calloc(s->interface_count + 1, sizeof *config->interface_rows);
    config->opnum_rows = calloc(s->opnum_count + 1, sizeof *config->opnum_rows);
    if (config->interface_rows == NULL || config->opnum_rows == NULL)
        return no_memory(s);
    for (size_t i = 0; i < s->interface_count; i++)
        config->interface_rows[i] = s->interfaces[i].row;
    for (size_t i = 0; i < s->opnum_count; i++)
        config->opnum_rows[i] = s->opnums[i].row;
    config->interfaces =
        (struct interface_table){config->interface_rows, s->interface_count, config->opnum_rows, s->opnum_count};
    return true;
}

static bool sort(struct section *s) {
    if (s->interface_count > 0)
        qsort(s->interfaces, s->interface_count, sizeof *s->interfaces, by_interface);
    if (s->opnum_count > 0)
        qsort(s->opnums, s->opnum_count, sizeof *s->opnums, by_opnum);
    return is_each_once(s);
}

bool config_read_interfaces(struct config *config, const yaml_node_t *list) {
    struct section s = {.config = config};
    if (!yaml_is_list(&config->yaml, list))
        return false;
    size_t count = (size_t)(list->data.sequence.items.top - list->data.sequence.items.start);
    if (count > CONFIG_MAX_INTERFACES)
        return too_many(&s, list->start_mark, "interfaces", CONFIG_MAX_INTERFACES);
    config->uuids = calloc(count + 1, sizeof *config->uuids);
    struct placed_interface *interfaces = calloc(count + 1, sizeof *interfaces);
    s.interfaces = interfaces;
    bool sound = config->uuids != NULL && interfaces != NULL ? read_items(&s, list) : no_memory(&s);
    sound = sound && sort(&s) && hand_over(&s);
    free(interfaces);
    free(s.opnums);
    return sound;
}
