/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/name.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof *(table))

/* Interfaces */

enum { ANY = -1 };

struct interface_row {
    const char *uuid;
    int major;
    const char *name;
};

static const struct interface_row INTERFACES[] = {
#include "rules/interface_names.inc"
};

static int by_uuid(const void *uuid, const void *row) {
    return strcmp(uuid, ((const struct interface_row *)row)->uuid);
}

const char *interface_name(const struct syntax_id *interface) {
    char uuid[UUID_TEXT_SIZE];
    uuid_text(&interface->uuid, uuid);
    const struct interface_row *row = bsearch(uuid, INTERFACES, COUNT(INTERFACES), sizeof *INTERFACES, by_uuid);
    if (row == NULL)
        return NULL;
    /* An interface has a row for each of its major versions, and the search may have met any of them. */
    while (row > INTERFACES && by_uuid(uuid, row - 1) == 0)
        row--;
    for (; row < INTERFACES + COUNT(INTERFACES) && by_uuid(uuid, row) == 0; row++)
        if (row->major == ANY || row->major == interface->major)
            return row->name;
    return NULL;
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

#include "rules/error_names.inc"

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
