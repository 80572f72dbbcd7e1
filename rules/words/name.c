/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/words/name.h"

#include "rules/words/interfaces.h"

#include <assert.h>
#include <stdio.h>

#define COUNT(table) (sizeof(table) / sizeof *(table))

/* Interfaces */

static_assert((int)INTERFACE_NAME_SIZE <= (int)INTERFACE_TEXT_SIZE, "a name fits");
static_assert((int)OPNUM_NAME_SIZE + sizeof " (opnum 65535)" - 1 <= OPNUM_TEXT_SIZE, "a name fits");

const char *interface_name(const struct syntax_id *interface) {
    const struct interface *row = interface_find(interface);
    return row == NULL ? NULL : row->name;
}

bool interface_is_backup(const struct syntax_id *interface) {
    const struct interface *row = interface_find(interface);
    return row != NULL && row->backup;
}

const char *opnum_name(const struct syntax_id *interface, uint16_t opnum) {
    const struct opnum *row = opnum_find(interface, opnum);
    return row == NULL ? NULL : row->name;
}

char *opnum_text(const struct syntax_id *interface, uint16_t opnum, char text[static OPNUM_TEXT_SIZE]) {
    const char *name = opnum_name(interface, opnum);
    if (name != NULL)
        snprintf(text, OPNUM_TEXT_SIZE, "%s (opnum %u)", name, opnum);
    else
        snprintf(text, OPNUM_TEXT_SIZE, "opnum %u", opnum);
    return text;
}

char *interface_text(const struct syntax_id *interface, char text[static INTERFACE_TEXT_SIZE]) {
    const char *name = interface_name(interface);
    char uuid[UUID_TEXT_SIZE];
    if (name != NULL)
        snprintf(text, INTERFACE_TEXT_SIZE, "%s", name);
    else
        snprintf(text, INTERFACE_TEXT_SIZE, "%s v%u.%u", uuid_text(&interface->uuid, uuid), interface->major,
                 interface->minor);
    return text;
}

/* Errors */

struct code_name {
    uint32_t code;
    const char *name;
};

struct code_mapping {
    uint32_t code;
    uint32_t win32;
    const char *name;
};

#include "rules/words/error_names.inc"

const char *win32_name(uint32_t code) {
    for (size_t i = 0; i < COUNT(WIN32_NAMES); i++)
        if (WIN32_NAMES[i].code == code)
            return WIN32_NAMES[i].name;
    return NULL;
}

static const struct code_mapping *mapping_find(const struct code_mapping *table, size_t count, uint32_t code) {
    for (size_t i = 0; i < count; i++)
        if (table[i].code == code)
            return &table[i];
    return NULL;
}

/* Windows puts its own errors on the wire as they are, or as an HRESULT (0x8007 and the number). 0 if it is neither. */
static uint32_t win32_as_it_is(uint32_t status) {
    uint32_t facility = status >> 16;
    return facility == 0 || facility == 0x8007 ? status & 0xffff : 0;
}

static uint32_t win32_of(const struct code_mapping *table, size_t count, uint32_t status) {
    const struct code_mapping *mapping = mapping_find(table, count, status);
    return mapping != NULL ? mapping->win32 : win32_as_it_is(status);
}

static const char *name_of(const struct code_mapping *table, size_t count, uint32_t status) {
    const struct code_mapping *mapping = mapping_find(table, count, status);
    return mapping != NULL ? mapping->name : win32_name(win32_as_it_is(status));
}

uint32_t win32_of_fault(uint32_t status) { return win32_of(FAULTS, COUNT(FAULTS), status); }
uint32_t win32_of_mapper(uint32_t status) { return win32_of(MAPPER_STATUSES, COUNT(MAPPER_STATUSES), status); }

uint32_t win32_of_nak(uint16_t reason) { return reason < COUNT(WIN32_OF_NAK) ? WIN32_OF_NAK[reason] : 0; }

uint32_t win32_of_rejection(uint16_t reason) {
    return reason < COUNT(WIN32_OF_REJECTION) ? WIN32_OF_REJECTION[reason] : 0;
}

const char *fault_name(uint32_t status) { return name_of(FAULTS, COUNT(FAULTS), status); }
const char *mapper_status_name(uint32_t status) { return name_of(MAPPER_STATUSES, COUNT(MAPPER_STATUSES), status); }
