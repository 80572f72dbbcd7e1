/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/words/interfaces.h"

#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof *(table))

enum { ANY = INTERFACE_ANY, BACKUP = true };

static const struct interface INTERFACES[] = {
#include "rules/words/interface_names.inc"
};

static const struct opnum OPNUMS[] = {
#include "rules/words/opnum_names.inc"
};

static const struct interface_table KNOWN = {INTERFACES, COUNT(INTERFACES), OPNUMS, COUNT(OPNUMS)};
static const struct interface_table NOTHING;
static const struct interface_table *own = &NOTHING;

void interfaces_configure(const struct interface_table *configured) {
    own = configured != NULL ? configured : &NOTHING;
}

int interface_order(const struct interface *a, const struct interface *b) {
    int order = strcmp(a->uuid, b->uuid);
    if (order == 0)
        order = (a->major > b->major) - (a->major < b->major);
    return order != 0 ? order : (a->minor > b->minor) - (a->minor < b->minor);
}

int opnum_order(const struct opnum *a, const struct opnum *b) {
    int order = strcmp(a->uuid, b->uuid);
    if (order == 0)
        order = (a->major > b->major) - (a->major < b->major);
    return order != 0 ? order : (a->number > b->number) - (a->number < b->number);
}

/* The first row of this uuid and major version that is not before the minor one; NULL: none. */
static const struct interface *row_from(const struct interface_table *table, const char *uuid, int major, int minor) {
    struct interface key = {.uuid = uuid, .major = major, .minor = minor};
    size_t low = 0, high = table->interface_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (interface_order(&table->interfaces[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    const struct interface *row = &table->interfaces[low];
    return low < table->interface_count && row->major == major && strcmp(row->uuid, uuid) == 0 ? row : NULL;
}

static const struct interface *find(const struct interface_table *table, const char *uuid, int major, int minor) {
    const struct interface *row = row_from(table, uuid, major, minor);
    if (row == NULL || row->minor != minor)
        row = row_from(table, uuid, major, ANY);
    return row != NULL ? row : row_from(table, uuid, ANY, ANY);
}

const struct interface *interface_find(const struct syntax_id *interface) {
    char uuid[UUID_TEXT_SIZE];
    uuid_text(&interface->uuid, uuid);
    const struct interface *row = find(own, uuid, interface->major, interface->minor);
    return row != NULL ? row : find(&KNOWN, uuid, interface->major, interface->minor);
}

static const struct opnum *opnum_of_version(const struct interface_table *table, const struct opnum *key) {
    size_t low = 0, high = table->opnum_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = opnum_order(&table->opnums[middle], key);
        if (order == 0)
            return &table->opnums[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static const struct opnum *opnum_in(const struct interface_table *table, struct opnum key) {
    const struct opnum *found = opnum_of_version(table, &key);
    key.major = ANY;
    return found != NULL ? found : opnum_of_version(table, &key);
}

const struct opnum *opnum_find(const struct syntax_id *interface, uint16_t number) {
    if (interface_find(interface) == NULL) /* another major version of it may have other operations */
        return NULL;
    char uuid[UUID_TEXT_SIZE];
    struct opnum key = {.uuid = uuid_text(&interface->uuid, uuid), .major = interface->major, .number = number};
    const struct opnum *found = opnum_in(own, key);
    return found != NULL ? found : opnum_in(&KNOWN, key);
}

bool interface_is_known_backup(const char *uuid) {
    for (size_t i = 0; i < KNOWN.interface_count; i++)
        if (KNOWN.interfaces[i].backup && strcmp(KNOWN.interfaces[i].uuid, uuid) == 0)
            return true;
    return false;
}

const struct interface *interface_next(size_t *at) {
    if (*at < own->interface_count)
        return &own->interfaces[(*at)++];
    while (*at < own->interface_count + KNOWN.interface_count) {
        const struct interface *row = &KNOWN.interfaces[(*at)++ - own->interface_count];
        if (find(own, row->uuid, row->major, row->minor) == NULL)
            return row;
    }
    return NULL;
}

const struct opnum *interface_next_opnum(const struct interface *interface, size_t *at) {
    struct syntax_id id = {.major = interface->major == ANY ? UINT16_MAX : (uint16_t)interface->major};
    if (!uuid_parse(interface->uuid, &id.uuid))
        return NULL;
    while (*at < own->opnum_count + KNOWN.opnum_count) {
        size_t i = (*at)++;
        const struct opnum *opnum = i < own->opnum_count ? &own->opnums[i] : &KNOWN.opnums[i - own->opnum_count];
        if (strcmp(opnum->uuid, interface->uuid) == 0 && opnum_find(&id, opnum->number) == opnum)
            return opnum;
    }
    return NULL;
}
