/* SPDX-License-Identifier: GPL-3.0-or-later */
/* interfaces:                                    the user's own names, which go before those that are known
 *   - uuid: 11111111-2222-3333-4444-555555555555
 *     version: 1.0                               every version if it is not there
 *     name: our own service
 *     backup: true                               as it is known, else false
 *     opnums: {0: Open, 1: Close}
 */
#include "cli/config_value.h"

#include "cli/complaint.h"

#include <stdlib.h>
#include <string.h>

enum interface_key { KEY_UUID, KEY_NAME, NEEDED_KEYS, KEY_VERSION = NEEDED_KEYS, KEY_BACKUP, KEY_OPNUMS, KEYS };

static const char *const KEY_NAMES[KEYS] = {"uuid", "name", "version", "backup", "opnums"};

/* Rows with their places in the file, as long as two of them may be the same. */
struct placed_interface {
    struct interface row;
    const yaml_node_t *node;
};

struct placed_opnum {
    struct opnum row;
    const yaml_node_t *node;
};

struct section {
    struct config *config;
    struct placed_interface *interfaces;
    size_t interface_count;
    char (*uuids)[UUID_TEXT_SIZE];
    struct placed_opnum *opnums;
    size_t opnum_count, opnum_room;
};

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
    bool sound = yaml_number(&s->config->yaml, key, UINT16_MAX - 1, &number);
    const char *name = yaml_text(&s->config->yaml, value, OPNUM_NAME_SIZE);
    if (!sound || name == NULL)
        return false;
    struct placed_opnum *opnum = new_opnum(s);
    if (opnum == NULL) {
        complain(s->config->yaml.path, "no memory to read it");
        return false;
    }
    *opnum = (struct placed_opnum){{interface->uuid, interface->major, (uint16_t)number, name}, key};
    return true;
}

static bool read_opnums(struct section *s, const struct interface *interface, const yaml_node_t *mapping) {
    struct yaml *yaml = &s->config->yaml;
    const yaml_node_t *key, *value;
    bool sound = true;
    if (mapping == NULL)
        return true;
    if (!yaml_is_mapping(yaml, mapping))
        return false;
    for (size_t at = 0; yaml_next_pair(yaml, mapping, &at, &key, &value);) {
        if (s->opnum_count == CONFIG_MAX_OPNUMS)
            return config_too_many(s->config, key, "opnums", CONFIG_MAX_OPNUMS);
        if (!read_opnum(s, interface, key, value))
            sound = false;
    }
    return sound;
}

static bool read_uuid(struct section *s, const yaml_node_t *node, struct placed_interface *placed) {
    struct uuid uuid;
    if (node == NULL || !config_uuid(s->config, node, &uuid))
        return false;
    placed->row.uuid = uuid_text(&uuid, s->uuids[s->interface_count++]);
    placed->row.backup = interface_is_known_backup(placed->row.uuid);
    placed->node = node;
    return true;
}

/* Of an interface whose uuid cannot be read nothing more is kept, but the rest is looked at, too. */
static bool read_interface(struct section *s, const yaml_node_t *node) {
    struct yaml *yaml = &s->config->yaml;
    const yaml_node_t *values[KEYS];
    struct placed_interface *placed = &s->interfaces[s->interface_count];
    struct interface *row = &placed->row;
    bool sound = yaml_mapping(yaml, node, KEY_NAMES, KEYS, NEEDED_KEYS, values);
    sound = read_uuid(s, values[KEY_UUID], placed) && sound;
    sound = config_version(s->config, values[KEY_VERSION], &row->major, &row->minor) && sound;
    row->name = values[KEY_NAME] == NULL ? NULL : yaml_text(yaml, values[KEY_NAME], INTERFACE_NAME_SIZE);
    if (values[KEY_BACKUP] != NULL)
        sound = yaml_bool(yaml, values[KEY_BACKUP], &row->backup) && sound;
    return read_opnums(s, row, values[KEY_OPNUMS]) && sound && row->name != NULL;
}

static bool read_items(struct section *s, const yaml_node_t *list) {
    const yaml_node_t *item;
    bool sound = true;
    for (size_t at = 0; yaml_next_item(&s->config->yaml, list, &at, &item);)
        if (!read_interface(s, item))
            sound = false;
    return sound;
}

/* What stands there twice. The minor version makes no difference: names are those of a major one. */

static int by_interface(const void *a, const void *b) {
    return interface_order(&((const struct placed_interface *)a)->row, &((const struct placed_interface *)b)->row);
}

static int by_opnum(const void *a, const void *b) {
    return opnum_order(&((const struct placed_opnum *)a)->row, &((const struct placed_opnum *)b)->row);
}

static bool twice(const struct section *s, const yaml_node_t *a, const yaml_node_t *b, const char *thing) {
    const yaml_node_t *first = a->start_mark.index < b->start_mark.index ? a : b;
    return config_twice(s->config, first == a ? b : a, thing, config_line(first));
}

static bool is_each_once(const struct section *s) {
    bool sound = true;
    for (size_t i = 1; i < s->interface_count; i++) {
        const struct placed_interface *one = &s->interfaces[i - 1], *other = &s->interfaces[i];
        if (one->row.major == other->row.major && strcmp(one->row.uuid, other->row.uuid) == 0)
            sound = twice(s, one->node, other->node, "this interface");
    }
    for (size_t i = 1; i < s->opnum_count; i++)
        if (opnum_order(&s->opnums[i - 1].row, &s->opnums[i].row) == 0)
            sound = twice(s, s->opnums[i - 1].node, s->opnums[i].node, "this opnum");
    return sound;
}

/* The sorted rows, without their places. */
static bool hand_over(const struct section *s) {
    struct config *config = s->config;
    struct interface *interfaces = config_allocate(config, s->interface_count, sizeof *interfaces);
    struct opnum *opnums = config_allocate(config, s->opnum_count, sizeof *opnums);
    if (interfaces == NULL || opnums == NULL)
        return false;
    for (size_t i = 0; i < s->interface_count; i++)
        interfaces[i] = s->interfaces[i].row;
    for (size_t i = 0; i < s->opnum_count; i++)
        opnums[i] = s->opnums[i].row;
    config->interfaces = (struct interface_table){interfaces, s->interface_count, opnums, s->opnum_count};
    interfaces_configure(&config->interfaces);
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
    config->mistaken_interfaces = true;
    if (!yaml_is_list(&config->yaml, list))
        return false;
    size_t count = (size_t)(list->data.sequence.items.top - list->data.sequence.items.start);
    if (count > CONFIG_MAX_INTERFACES)
        return config_too_many(config, list, "interfaces", CONFIG_MAX_INTERFACES);
    s.uuids = config_allocate(config, count, sizeof *s.uuids);
    s.interfaces = config_allocate(config, count, sizeof *s.interfaces);
    bool sound = s.uuids != NULL && s.interfaces != NULL && read_items(&s, list);
    sound = sound && sort(&s) && hand_over(&s);
    free(s.opnums);
    config->mistaken_interfaces = !sound;
    return sound;
}
